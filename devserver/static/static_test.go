package static

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func testSite(t *testing.T) http.Handler {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "site")
	now := time.Date(2026, 1, 5, 10, 0, 0, 0, time.UTC)
	outside := filepath.Join(dir, "..", "outside.txt")
	for name, made := range map[string]time.Time{
		outside:                               now,
		dir + "/index.html":                   now,
		dir + "/loader.js":                    now,
		dir + "/loader.js.gz":                 now.Add(-time.Hour), // of an older loader.js
		dir + "/element.d.ts":                 now,
		dir + "/element.css":                  now,
		dir + "/icon.svg":                     now,
		dir + "/thing.xyz":                    now,
		dir + "/.secret":                      now,
		dir + "/.git/config":                  now,
		dir + "/dist/a.wasm":                  now,
		dir + "/dist/a.wasm.br":               now,
		dir + "/dist/a.wasm.gz":               now.Add(time.Hour),
		dir + "/dist/a.0123456789abcdef.wasm": now,
		dir + "/docs/index.html":              now,
	} {
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte("content of "+filepath.Base(name)), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(name, made, made); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(outside, dir+"/link.txt"); err != nil {
		t.Fatal(err)
	}
	for _, pipe := range []string{dir + "/pipe.js", dir + "/icon.svg.br", dir + "/docs/pipe/index.html"} {
		if err := os.MkdirAll(filepath.Dir(pipe), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := syscall.Mkfifo(pipe, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	return Handler(root)
}

func TestSite(t *testing.T) {
	site := testSite(t)
	tests := []struct {
		name, path, accept          string
		status                      int
		body, kind, encoding, cache string
	}{
		{"page", "/", "", 200, "content of index.html", "text/html; charset=utf-8", "", "private, no-cache"},
		{"page of a folder", "/docs/", "", 200, "content of index.html", "text/html; charset=utf-8", "", "private, no-cache"},
		{"script", "/loader.js", "", 200, "content of loader.js", "text/javascript; charset=utf-8", "", "no-cache"},
		{"script, compressed copy out of date", "/loader.js", "gzip", 200, "content of loader.js",
			"text/javascript; charset=utf-8", "", "no-cache"},
		{"types", "/element.d.ts", "", 200, "content of element.d.ts", "text/plain; charset=utf-8", "", "no-cache"},
		{"style", "/element.css", "br", 200, "content of element.css", "text/css; charset=utf-8", "", "no-cache"},
		{"picture", "/icon.svg", "", 200, "content of icon.svg", "image/svg+xml", "", "no-cache"},
		{"unknown type", "/thing.xyz", "", 200, "content of thing.xyz", "application/octet-stream", "", "no-cache"},
		{"module", "/dist/a.wasm", "", 200, "content of a.wasm", "application/wasm", "", "no-cache"},
		{"module in brotli", "/dist/a.wasm", "gzip, br", 200, "content of a.wasm.br", "application/wasm", "br", "no-cache"},
		{"module in gzip", "/dist/a.wasm", "gzip, br;q=0", 200, "content of a.wasm.gz", "application/wasm", "gzip",
			"no-cache"},
		{"module named after its content", "/dist/a.0123456789abcdef.wasm", "", 200, "content of a.0123456789abcdef.wasm",
			"application/wasm", "", "public, max-age=31536000, immutable"},

		{"picture whose copy is a pipe", "/icon.svg", "br", 200, "content of icon.svg", "image/svg+xml", "", "no-cache"},
		{"pipe", "/pipe.js", "br", 404, "There is no such page.\n", "text/plain; charset=utf-8", "", ""},
		{"page that is a pipe", "/docs/pipe/", "", 404, "There is no such page.\n", "text/plain; charset=utf-8", "", ""},
		{"missing", "/missing.js", "", 404, "There is no such page.\n", "text/plain; charset=utf-8", "", ""},
		{"folder", "/dist", "", 404, "There is no such page.\n", "text/plain; charset=utf-8", "", ""},
		{"folder without page", "/dist/", "", 404, "There is no such page.\n", "text/plain; charset=utf-8", "", ""},
		{"hidden file", "/.secret", "", 404, "There is no such page.\n", "text/plain; charset=utf-8", "", ""},
		{"hidden folder", "/.git/config", "", 404, "There is no such page.\n", "text/plain; charset=utf-8", "", ""},
		{"above the site", "/../outside.txt", "", 404, "There is no such page.\n", "text/plain; charset=utf-8", "", ""},
		{"link out of the site", "/link.txt", "", 404, "There is no such page.\n", "text/plain; charset=utf-8", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := httptest.NewRequest("GET", "/", nil)
			r.URL.Path = tt.path
			if tt.accept != "" {
				r.Header.Set("Accept-Encoding", tt.accept)
			}
			w := httptest.NewRecorder()
			site.ServeHTTP(w, r)
			got := []string{w.Body.String(), w.Header().Get("Content-Type"), w.Header().Get("Content-Encoding"),
				w.Header().Get("Cache-Control")}
			want := []string{tt.body, tt.kind, tt.encoding, tt.cache}
			if w.Code != tt.status || strings.Join(got, "|") != strings.Join(want, "|") {
				t.Errorf("got %d %q, want %d %q", w.Code, got, tt.status, want)
			}
			if w.Code == 200 && w.Header().Get("Vary") != "Accept-Encoding" {
				t.Errorf("got Vary %q, want Accept-Encoding", w.Header().Get("Vary"))
			}
		})
	}
}

func TestSiteRevalidates(t *testing.T) {
	site := testSite(t)
	get := func(accept, etag string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("GET", "/dist/a.wasm", nil)
		r.Header.Set("Accept-Encoding", accept)
		r.Header.Set("If-None-Match", etag)
		w := httptest.NewRecorder()
		site.ServeHTTP(w, r)
		return w
	}
	etag := get("br", "").Header().Get("ETag")
	if w := get("br", etag); w.Code != http.StatusNotModified {
		t.Errorf("same file: got %d, want 304", w.Code)
	}
	if w := get("gzip", etag); w.Code != http.StatusOK {
		t.Errorf("same file in another coding: got %d, want 200", w.Code)
	}
}

func TestSiteIsReadOnly(t *testing.T) {
	w := httptest.NewRecorder()
	testSite(t).ServeHTTP(w, httptest.NewRequest("PUT", "/index.html", strings.NewReader("x")))
	if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "GET, HEAD" {
		t.Errorf("got %d, Allow %q, want 405 and the methods that are", w.Code, w.Header().Get("Allow"))
	}
}

func TestAccepted(t *testing.T) {
	tests := []struct{ name, header, want string }{
		{"none", "", ""},
		{"a browser's", "gzip, deflate, br, zstd", "br gzip"},
		{"gzip alone", "gzip", "gzip"},
		{"letter case and blanks", " BR ; q = 0.5 ", "br"},
		{"refused", "br;q=0, gzip;q=0.000", ""},
		{"anything", "*", "br gzip"},
		{"anything but brotli", "*, br;q=0", "gzip"},
		{"unreadable quality", "br;q=high", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var names []string
			for _, c := range accepted(tt.header) {
				names = append(names, c.name)
			}
			if got := strings.Join(names, " "); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
