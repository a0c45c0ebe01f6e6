package proxies

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestVisitor(t *testing.T) {
	trusted, err := Parse([]string{"127.0.0.1", "10.0.0.0/8", "2001:db8::/32"})
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, peer string
		headers    []string
		want       string
	}{
		{"nobody between", "203.0.113.9:1234", nil, "203.0.113.9:1234"},
		{"a visitor who says he is another", "203.0.113.9:1234", []string{"198.51.100.1"}, "203.0.113.9:1234"},
		{"a visitor who says he is a proxy", "203.0.113.9:1234", []string{"198.51.100.1, 10.0.0.1"}, "203.0.113.9:1234"},
		{"one proxy", "127.0.0.1:1234", []string{"203.0.113.9"}, "203.0.113.9:0"},
		{"one proxy, and a forged beginning", "127.0.0.1:1234", []string{"198.51.100.1, 203.0.113.9"}, "203.0.113.9:0"},
		{"one proxy, and a forged proxy", "127.0.0.1:1234", []string{"198.51.100.1, 10.0.0.1, 203.0.113.9"},
			"203.0.113.9:0"},
		{"two proxies", "127.0.0.1:1234", []string{"198.51.100.1, 203.0.113.9, 10.1.2.3"}, "203.0.113.9:0"},
		{"two headers", "127.0.0.1:1234", []string{"198.51.100.1", "203.0.113.9, 10.1.2.3"}, "203.0.113.9:0"},
		{"proxies alone", "127.0.0.1:1234", []string{"10.0.0.2, 10.0.0.1"}, "10.0.0.2:0"},
		{"a proxy that says nothing", "127.0.0.1:1234", nil, "127.0.0.1:1234"},
		{"a proxy that says an empty header", "127.0.0.1:1234", []string{""}, "127.0.0.1:1234"},
		{"a name", "127.0.0.1:1234", []string{"visitor.example"}, "127.0.0.1:1234"},
		{"a name before a proxy", "127.0.0.1:1234", []string{"unknown, 10.0.0.1"}, "10.0.0.1:0"},
		{"with a port", "127.0.0.1:1234", []string{"203.0.113.9:555"}, "203.0.113.9:0"},
		{"IPv6", "[2001:db8::1]:1234", []string{"2001:470::9"}, "[2001:470::9]:0"},
		{"IPv6 with a port", "[2001:db8::1]:1234", []string{"[2001:470::9]:555"}, "[2001:470::9]:0"},
		{"IPv6 in brackets", "[2001:db8::1]:1234", []string{"[2001:470::9]"}, "[2001:470::9]:0"},
		{"IPv4 as IPv6", "[::ffff:127.0.0.1]:1234", []string{"::ffff:203.0.113.9"}, "203.0.113.9:0"},
		{"a socket of this machine", "@", []string{"203.0.113.9"}, "@"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := httptest.NewRequest("GET", "/", nil)
			r.RemoteAddr = tt.peer
			r.Header["X-Forwarded-For"] = tt.headers
			r.Header["X-Real-Ip"] = []string{"192.0.2.1"}
			r.Header["Forwarded"] = []string{"for=192.0.2.1"}
			got := ""
			trusted.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				got = r.RemoteAddr
			})).ServeHTTP(httptest.NewRecorder(), r)
			if got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

// Without a list, the headers are those of strangers.
func TestNobodyIsTrusted(t *testing.T) {
	trusted, err := Parse(nil)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("GET", "/", nil)
	r.RemoteAddr = "127.0.0.1:1234"
	r.Header.Set("X-Forwarded-For", "203.0.113.9")
	trusted.Handler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.RemoteAddr != "127.0.0.1:1234" {
			t.Errorf("got %s, want the peer", r.RemoteAddr)
		}
	})).ServeHTTP(httptest.NewRecorder(), r)
}

func TestWhatNobodyCanTrust(t *testing.T) {
	for text, want := range map[string]string{
		"":              "neither the address of a proxy nor a network",
		"proxy.example": "neither the address of a proxy nor a network",
		"10.0.0.1:80":   "neither the address of a proxy nor a network",
		"10.0.0.0/40":   "neither the address of a proxy nor a network",
		"fe80::1%eth0":  "neither the address of a proxy nor a network",
		"10.0.0.7/8":    "say 10.0.0.0/8 for all of it, or 10.0.0.7 alone",
		"0.0.0.0/0":     "trusts everybody",
		"::/0":          "trusts everybody",
	} {
		if got, err := Parse([]string{"127.0.0.1", text}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, %v, want %s", text, got, err, want)
		}
	}
}
