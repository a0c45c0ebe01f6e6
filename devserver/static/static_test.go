package static

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
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
		// Copied without its time, by which it would be of an older file.
		dir + "/dist/a.0123456789abcdef.wasm.br": now.Add(-time.Hour),
		// Kept in whole seconds, and in every other one, by what copied one of the two.
		dir + "/seconds.js":       now.Add(999 * time.Millisecond),
		dir + "/seconds.js.br":    now,
		dir + "/twoseconds.js":    now.Add(1999 * time.Millisecond),
		dir + "/twoseconds.js.gz": now,
		dir + "/docs/index.html":  now,
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
		{"the same, compressed", "/dist/a.0123456789abcdef.wasm", "br", "a.0123456789abcdef.wasm.br",
			"application/wasm", "br", "public, max-age=31536000, immutable"},
		{"times in seconds", "/seconds.js", "br", "seconds.js.br", script, "br", "no-cache"},
		{"times in two seconds", "/twoseconds.js", "gzip", "twoseconds.js.gz", script, "gzip", "no-cache"},
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

// A copy of a site has the same ETags, and one with other content others.
func TestETagsAreOfTheContent(t *testing.T) {
	dir := t.TempDir()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	site := Handler(root)
	tag := func(name, content string, age time.Duration) string {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		made := time.Now().Add(-age)
		if err := os.Chtimes(filepath.Join(dir, name), made, made); err != nil {
			t.Fatal(err)
		}
		return get(site, "/"+name, "", "").Header().Get("ETag")
	}
	const named = "a.0123456789abcdef.js"
	large := strings.Repeat("x", mostRead+1)
	first, same, other := tag("a.html", "one", 0), tag("a.html", "one", time.Hour), tag("a.html", "two", time.Hour)
	if first != same || same == other || len(first) != 18 {
		t.Errorf("got %s, %s for the same later, %s for another content", first, same, other)
	}
	if got := tag(named, "one", 0); got != `"0123456789abcdef"` {
		t.Errorf("got %s, want the hash of the name", got)
	}
	if one, other := tag("large", large, 0), tag("large", large, time.Hour); one == other {
		t.Errorf("got %s twice, for a large file that may have changed", one)
	}
}

// What is asked for in part, or on a condition, is answered so, compressed or not.
func TestPartsAndConditions(t *testing.T) {
	server := httptest.NewServer(testSite(t))
	defer server.Close()
	const module = "/dist/a.wasm"
	bodies := map[string]string{"": "content of a.wasm", "br": "content of a.wasm.br"}
	for coding, body := range bodies {
		ask := func(method, header, value string) (status int, h http.Header, got string) {
			r, err := http.NewRequestWithContext(t.Context(), method, server.URL+module, nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Accept-Encoding", coding)
			if header != "" {
				r.Header.Set(header, value)
			}
			res, err := server.Client().Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			content, err := io.ReadAll(res.Body)
			if err != nil {
				t.Fatal(err)
			}
			return res.StatusCode, res.Header, string(content)
		}
		_, whole, _ := ask("GET", "", "")
		etag, changed := whole.Get("ETag"), whole.Get("Last-Modified")
		tests := []struct {
			method, header, value string
			status                int
			length, body          string
		}{
			{"GET", "", "", 200, strconv.Itoa(len(body)), body},
			{"HEAD", "", "", 200, strconv.Itoa(len(body)), ""},
			{"GET", "Range", "bytes=8-9", 206, "2", body[8:10]},
			{"HEAD", "Range", "bytes=8-9", 206, "2", ""},
			{"GET", "Range", "bytes=-3", 206, "3", body[len(body)-3:]},
			{"GET", "Range", "bytes=1000-", 416, "", "invalid range: failed to overlap\n"},
			{"GET", "If-None-Match", etag, 304, "", ""},
			{"HEAD", "If-None-Match", etag, 304, "", ""},
			{"GET", "If-None-Match", `"other"`, 200, strconv.Itoa(len(body)), body},
			{"GET", "If-Modified-Since", changed, 304, "", ""},
			{"GET", "If-Match", etag, 200, "", body},
			{"GET", "If-Match", `"other"`, 412, "0", ""},
			{"GET", "If-Unmodified-Since", "Thu, 01 Jan 2015 00:00:00 GMT", 412, "0", ""},
		}
		for _, tt := range tests {
			status, h, got := ask(tt.method, tt.header, tt.value)
			length := h.Get("Content-Length")
			if status != tt.status || got != tt.body || tt.length != "" && length != tt.length {
				t.Errorf("coding %q, %s %s %s: got %d %q, length %q; want %d %q, %q", coding, tt.method, tt.header, tt.value,
					status, got, length, tt.status, tt.body, tt.length)
			}
		}
		if part, _, _ := ask("GET", "If-Range", etag); part != 200 {
			t.Errorf("coding %q: If-Range without a range: got %d", coding, part)
		}
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
