package payload_test

import (
	"errors"
	"testing"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

func TestParseUUID(t *testing.T) {
	tests := []struct {
		name, in, want string // want is empty for an error
	}{
		{"lower case", "9a2c7a52-3c1e-4b53-9d4e-5f1b8c1f0a77", "9a2c7a52-3c1e-4b53-9d4e-5f1b8c1f0a77"},
		{"upper case", "9A2C7A52-3C1E-4B53-9D4E-5F1B8C1F0A77", "9a2c7a52-3c1e-4b53-9d4e-5f1b8c1f0a77"},
		{"variant 8", "00000000-0000-4000-8000-000000000000", "00000000-0000-4000-8000-000000000000"},
		{"variant b", "00000000-0000-4000-B000-000000000000", "00000000-0000-4000-b000-000000000000"},
		{"empty", "", ""},
		{"version 1", "9a2c7a52-3c1e-1b53-9d4e-5f1b8c1f0a77", ""},
		{"version 7", "9a2c7a52-3c1e-7b53-9d4e-5f1b8c1f0a77", ""},
		{"nil", "00000000-0000-0000-0000-000000000000", ""},
		{"another variant", "9a2c7a52-3c1e-4b53-cd4e-5f1b8c1f0a77", ""},
		{"not hexadecimal", "9a2c7a52-3c1e-4b53-9d4e-5f1b8c1f0a7g", ""},
		{"without hyphens", "9a2c7a523c1e4b539d4e5f1b8c1f0a77", ""},
		{"hyphen out of place", "9a2c7a5-23c1e-4b53-9d4e-5f1b8c1f0a77", ""},
		{"too short", "9a2c7a52-3c1e-4b53-9d4e-5f1b8c1f0a7", ""},
		{"too long", "9a2c7a52-3c1e-4b53-9d4e-5f1b8c1f0a777", ""},
		{"in braces", "{9a2c7a52-3c1e-4b53-9d4e-5f1b8c1f0a77}", ""},
		{"as a URN", "urn:uuid:9a2c7a52-3c1e-4b53-9d4e-5f1b8c1f0a77", ""},
		{"with a path", "../../52-3c1e-4b53-9d4e-5f1b8c1f0a77", ""},
		{"white space", " 9a2c7a52-3c1e-4b53-9d4e-5f1b8c1f0a77", ""},
		{"new line", "9a2c7a52-3c1e-4b53-9d4e-5f1b8c1f0a7\n", ""},
		{"full-width digit", "9a2c7a52-3c1e-4b53-9d4e-5f1b8c1f0\uff17", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := payload.ParseUUID(test.in)
			if string(got) != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
			var e *payload.Error
			if wantErr := test.want == ""; wantErr != (errors.As(err, &e) && e.Code == payload.BadUUID) ||
				!wantErr && err != nil {
				t.Errorf("got error %v, want code %s: %t", err, payload.BadUUID, wantErr)
			}
		})
	}
}

func TestUUIDShort(t *testing.T) {
	for in, want := range map[payload.UUID]string{uuid: "9A2C", "": "", "9a2": "", "9a2c": "9A2C"} {
		if got := in.Short(); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}
