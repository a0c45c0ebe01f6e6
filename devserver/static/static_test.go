package static

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
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
	const script, text = "text/javascript; charset=utf-8", "text/plain; charset=utf-8"
	tests := []struct {
		name, path, accept    string
		file                  string // whose content is wanted
		kind, encoding, cache string
	}{
		{"page", "/", "", "index.html", "text/html; charset=utf-8", "", "private, no-cache"},
		{"page of a folder", "/docs/", "", "index.html", "text/html; charset=utf-8", "", "private, no-cache"},
		{"script", "/loader.js", "", "loader.js", script, "", "no-cache"},
		{"script, compressed copy out of date", "/loader.js", "gzip", "loader.js", script, "", "no-cache"},
		{"types", "/element.d.ts", "", "element.d.ts", text, "", "no-cache"},
		{"style", "/element.css", "br", "element.css", "text/css; charset=utf-8", "", "no-cache"},
		{"picture", "/icon.svg", "", "icon.svg", "image/svg+xml", "", "no-cache"},
		{"unknown type", "/thing.xyz", "", "thing.xyz", "application/octet-stream", "", "no-cache"},
		{"module", "/dist/a.wasm", "", "a.wasm", "application/wasm", "", "no-cache"},
		{"module in brotli", "/dist/a.wasm", "gzip, br", "a.wasm.br", "application/wasm", "br", "no-cache"},
		{"module in gzip", "/dist/a.wasm", "gzip, br;q=0", "a.wasm.gz", "application/wasm", "gzip", "no-cache"},
		{"module named after its content", "/dist/a.0123456789abcdef.wasm", "", "a.0123456789abcdef.wasm",
			"application/wasm", "", "public, max-age=31536000, immutable"},

		{"picture whose copy is a pipe", "/icon.svg", "br", "icon.svg", "image/svg+xml", "", "no-cache"},
	}
	for _, path := range []string{
		"/pipe.js", "/docs/pipe/", "/missing.js", "/dist", "/dist/", "/.secret", "/.git/config", "/../outside.txt",
		"/link.txt",
	} {
		w := get(site, path, "br", "")
		if got := w.Body.String(); w.Code != http.StatusNotFound || got != "There is no such page.\n" ||
			w.Header().Get("Content-Type") != text || w.Header().Get("Cache-Control") != "" {
			t.Errorf("%s: got %d %s %v, want no page", path, w.Code, got, w.Header())
		}
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := get(site, tt.path, tt.accept, "")
			h := w.Header()
			got := []string{
				w.Body.String(), h.Get("Content-Type"), h.Get("Content-Encoding"), h.Get("Cache-Control"), h.Get("Vary"),
			}
			want := []string{"content of " + tt.file, tt.kind, tt.encoding, tt.cache, "Accept-Encoding"}
			if w.Code != http.StatusOK || !slices.Equal(got, want) {
				t.Errorf("got %d %q, want 200 %q", w.Code, got, want)
			}
		})
	}
}

// get asks for a path, as it is.
func get(site http.Handler, path, accept, etag string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", "/", nil)
	r.URL.Path = path
	r.Header.Set("Accept-Encoding", accept)
	r.Header.Set("If-None-Match", etag)
	w := httptest.NewRecorder()
	site.ServeHTTP(w, r)
	return w
}

func TestSiteRevalidates(t *testing.T) {
	site := testSite(t)
	const module = "/dist/a.wasm"
	etag := get(site, module, "br", "").Header().Get("ETag")
	if w := get(site, module, "br", etag); w.Code != http.StatusNotModified {
		t.Errorf("same file: got %d, want 304", w.Code)
	}
	if w := get(site, module, "gzip", etag); w.Code != http.StatusOK {
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
