package main

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xaman-live/xaman-live/devserver/sandbox"
	"github.com/xaman-live/xaman-live/wasm/api"
)

func TestContentPolicy(t *testing.T) {
	const before = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; "
	const after = "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
		"require-trusted-types-for 'script'; trusted-types 'none'"
	tests := []struct {
		name      string
		phone     string
		platforms []string
		want      string
	}{
		{"sandbox", "http://127.0.0.1:8081", []string{"http://127.0.0.1:8081"},
			"img-src 'self' http://127.0.0.1:8081; " +
				"connect-src 'self' ws://127.0.0.1:8081 http://127.0.0.1:8081; frame-src http://127.0.0.1:8081"},
		{"platform", "", []string{"https://xumm.app", "https://xaman.app"},
			"img-src 'self' https://xumm.app https://xaman.app https://xumm-cdn.imgix.net; " +
				"connect-src 'self' wss://xumm.app wss://xaman.app; frame-src 'none'"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := contentPolicy(tt.phone, tt.platforms...); got != before+tt.want+after {
				t.Errorf("got %s, want %s", got, before+tt.want+after)
			}
		})
	}
}

// The guides' form says the same for anybody's hosts as the server for its own; the e2e tests fill it in.
func TestContentPolicyOfTheGuides(t *testing.T) {
	data, err := os.ReadFile("testdata/policies.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Files, Backend, Platform, Policy string
		Phone                            bool
	}
	if err := json.Unmarshal(data, &cases); err != nil || len(cases) < 5 {
		t.Fatalf("got %+v, %v", cases, err)
	}
	for _, c := range cases {
		platforms, phone := xamanOrigins, ""
		if c.Platform != "" {
			platforms = append([]string{c.Platform}, xamanOrigins...)
		}
		if c.Phone {
			phone = c.Platform
		}
		got := c.Policy
		for _, own := range []string{c.Files, c.Backend} { // which the server's own pages do not have
			if own != "" {
				got = strings.ReplaceAll(got, " "+own, "")
			}
		}
		if want := contentPolicy(phone, platforms...); got != want {
			t.Errorf("%+v: without hosts of one's own it is %s, want %s", c, got, want)
		}
	}
}

// What describes the npm package says the same of what the element loads.
func TestContentPolicyOfThePackage(t *testing.T) {
	text := read(t, "release/npm/README.md")
	for rule := range strings.SplitSeq(contentPolicy("", xamanOrigins...), "; ") {
		name, _, _ := strings.Cut(rule, " ")
		switch name {
		case "script-src", "style-src", "img-src", "connect-src":
			if !strings.Contains(text, rule) {
				t.Errorf("it lacks %s", rule)
			}
		}
	}
}

// What is said of a folder is said of one that is there.
func TestOpenRoot(t *testing.T) {
	const warned = "no dist folder"
	dir := t.TempDir()
	made := filepath.Join(dir, "made")
	if err := os.MkdirAll(filepath.Join(made, "dist"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		dir          string
		fails, warns bool
	}{{dir, false, true}, {made, false, false}, {filepath.Join(dir, "none"), true, false}} {
		var log strings.Builder
		root, err := openRoot(tt.dir, slog.New(slog.NewTextHandler(&log, nil)))
		if root != nil {
			root.Close()
		}
		if (err != nil) != tt.fails || strings.Contains(log.String(), warned) != tt.warns {
			t.Errorf("%s: got %v, and the log %q", tt.dir, err, log.String())
		}
	}
}

func TestSecurityHeaders(t *testing.T) {
	d := start(t, nil)
	res, err := (&http.Client{Transport: transport(t)}).Get(d.site)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	for name, want := range map[string]string{
		"Content-Security-Policy":      contentPolicy(d.sandbox, append([]string{d.sandbox}, xamanOrigins...)...),
		"Cross-Origin-Opener-Policy":   "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin",
		"Referrer-Policy":              "same-origin",
		"X-Content-Type-Options":       "nosniff",
	} {
		if got := res.Header.Get(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

// Pages are told of a platform that runs for them, and of no other that they might play with.
func TestSandboxIsListed(t *testing.T) {
	key := map[string]string{"XAMAN_API_KEY": sandbox.Key, "XAMAN_API_SECRET": sandbox.Secret}
	own := start(t, nil)
	for site, want := range map[string]string{
		own.site: own.sandbox, start(t, key, "-platform", own.sandbox).site: "",
	} {
		res, err := (&http.Client{Transport: transport(t)}).Get(site + "/api/sign-requests")
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		var list api.Offers
		err = json.NewDecoder(res.Body).Decode(&list)
		if err != nil || list.Sandbox != want || list.Platform != own.sandbox {
			t.Errorf("got %+v, %v, want sandbox %q", list, err, want)
		}
	}
}

// A page comes with a session, and a file that caches may share without.
func TestPagesBringASession(t *testing.T) {
	site := start(t, nil).site
	client := &http.Client{Transport: transport(t)}
	for path, want := range map[string]int{"/": 1, "/missing.html": 1, "/dist/a.wasm": 0} {
		res, err := client.Get(site + path)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if got := len(res.Cookies()); got != want {
			t.Errorf("%s: got %d cookies, want %d", path, got, want)
		}
	}
}

func TestParseOrigin(t *testing.T) {
	for said, want := range map[string]string{
		"https://shop.example": "https://shop.example", "https://shop.example/": "https://shop.example",
		"HTTPS://Shop.Example:443": "https://shop.example", "http://127.0.0.1:80/": "http://127.0.0.1",
		"https://shop.example:80": "https://shop.example:80", "http://[::1]:8080": "http://[::1]:8080",
	} {
		if got, err := parseOrigin(said); err != nil || got != want {
			t.Errorf("%s: got %q, %v, want %q", said, got, err, want)
		}
	}
	for _, bad := range []string{
		"", "shop.example", "ftp://shop.example", "https://", "https://shop.example/pay", "https://u@shop.example",
		"https://shop.example?x",
		"https://shop.example#x", "//shop.example", "https://shop.example//", "https://:443", "%",
	} {
		if got, err := parseOrigin(bad); err == nil {
			t.Errorf("%s: got %q, want an error", bad, got)
		}
	}
}

// The server is behind one that speaks TLS.
func TestOrigin(t *testing.T) {
	d := start(t, nil, "-origin", "https://Shop.example/")
	if d.site != "https://shop.example" {
		t.Errorf("got %s to open, want the origin", d.site)
	}
}

func TestNamesThatAreAnswered(t *testing.T) {
	tests := []struct {
		origin string // "": the names of this machine
		host   string
		want   int
	}{
		{"https://shop.example", "shop.example", 200}, {"https://shop.example", "SHOP.example:443", 200},
		{"https://shop.example", "shop.example:80", 421}, {"https://shop.example", "", 421},
		{"https://shop.example:8443", "shop.example:8443", 200}, {"https://shop.example:8443", "shop.example", 421},
		{"http://shop.example", "shop.example:80", 200}, {"http://shop.example", "shop.example:443", 421},
		{"", "127.0.0.1:8080", 200}, {"", "localhost:8080", 200}, {"", "[::1]:8080", 200}, {"", "localhost", 200},
		{"", "[::1]", 200}, {"", "127.0.0.1", 200}, {"", "", 421}, {"", "localhost.example", 421},
	}
	for _, tt := range tests {
		site := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
		h := onlyOrigin(tt.origin, site)
		if tt.origin == "" {
			h = onlyLocalHosts(site)
		}
		r := httptest.NewRequest("GET", "/", nil)
		r.Host = tt.host
		w := httptest.NewRecorder()
		if h.ServeHTTP(w, r); w.Code != tt.want {
			t.Errorf("%q asked as %q: got %d, want %d", tt.origin, tt.host, w.Code, tt.want)
		}
	}
}
