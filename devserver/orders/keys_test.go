package orders

import (
	"net/http"
	"strings"
	"testing"

	"github.com/xaman-live/xaman-live/wasm/api"
)

const testKey, nextKey = "0123456789abcdef0123456789abcdef", "another-key-while-one-is-changed-for-it"

func TestParseKeys(t *testing.T) {
	for name, tt := range map[string]struct {
		text, want string // of the error
		keys       int
	}{
		"one":              {testKey, "", 1},
		"two":              {" " + testKey + "  " + nextKey + "\n", "", 2},
		"none":             {"", "there is no key", 0},
		"spaces":           {" \t", "there is no key", 0},
		"short":            {testKey[1:], "key 1 is not 32 or more", 0},
		"second is short":  {testKey + " secret", "key 2 is not 32 or more", 0},
		"low control":      {testKey + "\x01", "key 1 is not 32 or more visible ASCII characters", 0},
		"not ASCII":        {testKey + "é", "key 1 is not 32 or more visible ASCII characters", 0},
		"control in a key": {testKey + "\x7f", "key 1 is not 32 or more visible ASCII characters", 0},
	} {
		k, err := ParseKeys(tt.text)
		switch {
		case tt.want == "" && (err != nil || len(k.sums) != tt.keys):
			t.Errorf("%s: got %d keys, %v, want %d", name, len(k.sums), err, tt.keys)
		case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
			t.Errorf("%s: got %v, want %q in it", name, err, tt.want)
		case err != nil && strings.Contains(err.Error(), "secret"):
			t.Errorf("%s: the error shows a key: %v", name, err)
		}
	}
}

func TestAdmit(t *testing.T) {
	k, err := ParseKeys(testKey + " " + nextKey)
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		header []string
		want   string // of the refusal, "" for none
	}{
		"first key":         {[]string{"Bearer " + testKey}, ""},
		"second key":        {[]string{"bearer " + nextKey}, ""},
		"none":              {nil, "Say who calls"},
		"two":               {[]string{"Bearer " + testKey, "Bearer " + testKey}, "Say who calls"},
		"key alone":         {[]string{testKey}, "has to begin with Bearer"},
		"another scheme":    {[]string{"Basic " + testKey}, "has to begin with Bearer"},
		"empty":             {[]string{""}, "has to begin with Bearer"},
		"no key":            {[]string{"Bearer "}, "none of those"},
		"beginning":         {[]string{"Bearer " + testKey[:31]}, "none of those"},
		"more than the key": {[]string{"Bearer " + testKey + "0"}, "none of those"},
		"both keys":         {[]string{"Bearer " + testKey + " " + nextKey}, "none of those"},
		"other letter case": {[]string{"Bearer " + strings.ToUpper(testKey)}, "none of those"},
	} {
		e := k.admit(http.Header{"Authorization": tt.header})
		switch {
		case tt.want == "" && e != nil:
			t.Errorf("%s: got %v, want it let in", name, e)
		case tt.want == "":
		case e == nil || e.Code != api.Unauthorized || e.Status != 401 || !strings.Contains(e.Message, tt.want):
			t.Errorf("%s: got %v, want %q in it", name, e, tt.want)
		}
	}
	e := (Keys{}).admit(http.Header{"Authorization": {"Bearer "}})
	if e == nil || !strings.Contains(e.Message, "started without a key") {
		t.Errorf("without any key: got %v, want nobody let in", e)
	}
}
