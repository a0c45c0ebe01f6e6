package callback

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

const (
	oldSecret = "0e0d6a1b5f3d4f4f8a7f0c2f1f9a4a5ce93f6b7a"
	newSecret = "b1946ac92492d2347c6235b4d2611184f00c9d5e"
)

func TestReceiversThatAreRefused(t *testing.T) {
	long := strings.Repeat("x", 257)
	tests := []struct {
		name string
		to   string
		r    Receiver
		want string
	}{
		{"name with a space", "my shop", Receiver{"https://shop.example/paid", []Secret{oldSecret}}, "needs another name"},
		{"no name", "", Receiver{"https://shop.example/paid", []Secret{oldSecret}}, "needs another name"},
		{"no address", "shop", Receiver{"", []Secret{oldSecret}}, "not an https: URL"},
		{"path alone", "shop", Receiver{"/paid", []Secret{oldSecret}}, "not an https: URL"},
		{"another scheme", "shop", Receiver{"ftp://shop.example/", []Secret{oldSecret}}, "not an https: URL"},
		{"port alone", "shop", Receiver{"https://:443/", []Secret{oldSecret}}, "not an https: URL"},
		{"plain HTTP", "shop", Receiver{"http://shop.example/paid", []Secret{oldSecret}}, "for this machine alone"},
		{"plain HTTP in this network", "shop", Receiver{"http://10.0.0.1/", []Secret{oldSecret}}, "for this machine alone"},
		{"looks like this machine", "shop", Receiver{"http://127.0.0.1.shop.example/", []Secret{oldSecret}},
			"for this machine alone"},
		{"password", "shop", Receiver{"https://a:b@shop.example/", []Secret{oldSecret}}, "a name or a password"},
		{"fragment", "shop", Receiver{"https://shop.example/#paid", []Secret{oldSecret}}, "a part after #"},
		{"no secret", "shop", Receiver{"https://shop.example/", nil}, "it has 0 secrets"},
		{"three secrets", "shop", Receiver{"https://shop.example/", []Secret{oldSecret, newSecret, oldSecret}},
			"it has 3 secrets"},
		{"short secret", "shop", Receiver{"https://shop.example/", []Secret{Secret(oldSecret[:31])}}, "32 to 256 characters"},
		{"line break after the secret", "shop", Receiver{"https://shop.example/", []Secret{oldSecret + "\n"}},
			"32 to 256 characters"},
		{"endless secret", "shop", Receiver{"https://shop.example/", []Secret{Secret(long)}}, "32 to 256 characters"},
		{"second secret is empty", "shop", Receiver{"https://shop.example/", []Secret{oldSecret, ""}},
			"32 to 256 characters"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := New(map[string]Receiver{tt.to: tt.r})
			if err == nil || !strings.HasPrefix(err.Error(), fmt.Sprintf("the callback %q ", tt.to)) ||
				!strings.Contains(err.Error(), tt.want) {
				t.Fatalf("got %v, want it to name the callback and say %q", err, tt.want)
			}
			for _, s := range tt.r.Secrets {
				if s != "" && strings.Contains(err.Error(), string(s)) {
					t.Errorf("got %v, which tells a secret", err)
				}
			}
		})
	}
}

func TestReceiversThatAreTaken(t *testing.T) {
	for _, url := range []string{
		"https://shop.example/paid?from=here", "https://10.0.0.1:8443/", "http://127.0.0.1:3000/paid", "http://[::1]:3000/",
		"http://localhost/",
	} {
		s, err := New(map[string]Receiver{"shop-1": {url, []Secret{oldSecret, newSecret}}})
		if err != nil {
			t.Errorf("%s: got %v", url, err)
			continue
		}
		s.Close()
	}
}

func TestSecretsAreHidden(t *testing.T) {
	r := Receiver{"https://shop.example/", []Secret{oldSecret}}
	s, err := New(map[string]Receiver{"shop": r})
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("callback", "receiver", r, "secret", r.Secrets[0])
	slog.New(slog.NewTextHandler(&log, nil)).Info("callback", "receiver", r, "secret", r.Secrets[0])
	document, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	printed := log.String() + string(document)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		printed += fmt.Sprintf(verb+verb, r, s)
	}
	if strings.Contains(printed, oldSecret) || strings.Contains(printed, fmt.Sprintf("%x", oldSecret)) {
		t.Errorf("got the secret in %s", printed)
	}
}
