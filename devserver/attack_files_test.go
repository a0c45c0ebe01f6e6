package main

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// openSite starts a site with files that are not for everybody.
func openSite(t *testing.T) (origin string, dir string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "site")
	for name, content := range map[string]string{
		"index.html": "home", "assets/a.js": "script", ".env": "secret", ".git/config": "secret",
		"assets/.hidden/a.js": "secret",
		"../outside.txt":      "secret", "../outside/a.txt": "secret",
	} {
		name = filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o700),
			os.WriteFile(name, []byte(content), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	for link, to := range map[string]string{
		"link.txt": "../outside.txt", "folder": "../outside", "absolute.txt": dir + "/../outside.txt",
	} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	later := time.Now().Add(time.Hour)
	for _, name := range []string{"pipe.txt", "assets/a.js.br"} {
		name = filepath.Join(dir, name)
		if err := errors.Join(syscall.Mkfifo(name, 0o600), os.Chtimes(name, later, later)); err != nil {
			t.Fatal(err)
		}
	}
	return start(t, nil, "-site", dir).site, dir
}

// raw sends lines as they stand, which no client would, and returns what is answered until the connection closes.
func raw(t *testing.T, origin string, lines ...string) string {
	t.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(origin, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(10 * time.Second))
	if _, err := io.WriteString(c, strings.Join(append(lines, "Connection: close", "", ""), "\r\n")); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(c)
	if err != nil {
		t.Fatalf("%q: %v after %.200q", lines, err, answer)
	}
	return string(answer)
}

func TestAttacksOnFiles(t *testing.T) {
	origin, dir := openSite(t)
	rows := []struct{ name, how, path string }{
		{"dot-file", "A file whose name begins with a dot is asked for.", "/.env"},
		{"dot-folder", "A file below such a folder is asked for.", "/.git/config"},
		{"dot-folder-below", "The same, further below.", "/assets/.hidden/a.js"},
		{"encoded-dot", "The dot is encoded.", "/%2egit/config"},
		{"parent", "The path leads out of the folder.", "/../outside.txt"},
		{"parent-below", "The path leads out from a folder below.", "/assets/../../outside.txt"},
		{"encoded-parent", "The same, encoded.", "/%2e%2e/outside.txt"},
		{"encoded-slash", "The slash is encoded.", "/..%2foutside.txt"},
		{"encoded-twice", "The path is encoded twice.", "/%252e%252e%252foutside.txt"},
		{"backslash", "The slash is a backslash.", `/..\outside.txt`},
		{"encoded-backslash", "The slash is an encoded backslash.", "/..%5coutside.txt"},
		{"absolute", "The path is one of the machine.", "//etc/passwd"},
		{"link-out", "A link in the folder leads out of it.", "/link.txt"},
		{"absolute-link-out", "A link in the folder names a path of the machine.", "/absolute.txt"},
		{"folder-link-out", "A link to a folder leads out.", "/folder/a.txt"},
		{"listing", "The files of a folder are to be listed.", "/assets/"},
		{"folder-as-a-file", "A folder is read as a file.", "/assets"},
		{"end-of-text", "A zero byte ends the name early.", "/index.html%00.js"},
		{"pipe", "A pipe lies in the folder, so that reading it never ends.", "/pipe.txt"},
		{"long-name", "The name is longer than any.", "/" + strings.Repeat("a", 8000)},
		{"overlong-dot", "The dots are in a form that is not UTF-8.", "/%c0%ae%c0%ae/outside.txt"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			answer := raw(t, origin, "GET "+row.path+" HTTP/1.1", "Host: localhost")
			status := strings.SplitN(answer+"   ", " ", 3)[1]
			if !strings.HasPrefix(status, "4") && status != "301" && status != "307" {
				t.Errorf("%s: got %.300q", row.how, answer)
			}
			for _, inside := range []string{"secret", "root:", "a.js"} {
				if strings.Contains(answer, inside) {
					t.Errorf("%s: got %.300q", row.how, answer)
				}
			}
		})
	}
	t.Run("compressed form is a pipe", func(t *testing.T) {
		answer := raw(t, origin, "GET /assets/a.js HTTP/1.1", "Host: localhost", "Accept-Encoding: br")
		if !strings.HasPrefix(answer, "HTTP/1.1 200 ") {
			t.Errorf("got %.300q", answer)
		}
	})
	t.Run("writing", func(t *testing.T) {
		for _, method := range []string{"PUT", "POST", "DELETE", "PATCH", "MKCOL", "TRACE", "CONNECT"} {
			answer := raw(t, origin, method+" /index.html HTTP/1.1", "Host: localhost", "Content-Length: 0")
			if !strings.HasPrefix(answer, "HTTP/1.1 405 ") {
				t.Errorf("%s: got %.300q", method, answer)
			}
		}
		if content, err := os.ReadFile(filepath.Join(dir, "index.html")); err != nil || string(content) != "home" {
			t.Errorf("the file is %q, %v", content, err)
		}
	})
}

func TestAttacksByLineBreaks(t *testing.T) {
	origin, _ := openSite(t)
	const injected = "%0d%0aX-Injected:%20yes%0d%0a%0d%0a<script>"
	rows := []struct{ name, how, path, header string }{
		{"line-break-in-the-path", "The path holds a header of its own.", "/" + injected, ""},
		{"line-break-in-a-folder", "A folder without its slash, which may be answered with a redirect.",
			"/assets" + injected + "/..", ""},
		{"line-break-in-the-uuid", "The UUID holds a header of its own.", "/api/sign-requests/" + injected, ""},
		{"line-break-in-the-query", "The query holds a header of its own.", "/?request=" + injected, ""},
		{"line-break-in-a-header", "A header that the answer depends on holds another.",
			"/", "Accept-Encoding: gzip\r\n\tX-Injected: yes"},
		{"line-feed-in-the-cookie", "A cookie holds a header of its own.",
			"/", "Cookie: xaman-live-session=a\rX-Injected: yes"},
		{"redirect-elsewhere", "A path that is a host is redirected to it.", "//evil.example/..", ""},
		{"redirect-with-a-backslash", "The same, with a slash that only browsers know.",
			`/\evil.example/%2e%2e`, ""},
		{"redirect-below", "The same, within a folder.", "/assets//evil.example/..//evil.example", ""},
		{"target-of-a-proxy", "The target names another server.", "http://evil.example/", ""},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			lines := []string{"GET " + row.path + " HTTP/1.1", "Host: localhost"}
			if row.header != "" {
				lines = append(lines, row.header)
			}
			answer := raw(t, origin, lines...)
			res, err := http.ReadResponse(bufio.NewReader(strings.NewReader(answer)), nil)
			if err != nil {
				t.Fatalf("got %q, %v", answer, err)
			}
			defer res.Body.Close()
			to := res.Header.Get("Location")
			here := to == "" || to[0] == '/' && !strings.HasPrefix(to, "//") && !strings.Contains(to, `\`)
			if res.Header.Get("X-Injected") != "" || !here || strings.Contains(answer, "<script>") {
				t.Errorf("%s: got %.300q", row.how, answer)
			}
		})
	}
	t.Run("two requests in one", func(t *testing.T) {
		const path = "/api/sign-requests"
		answer := raw(t, origin, "POST "+path+" HTTP/1.1", "Host: localhost", "Content-Type: application/json",
			"Content-Length: 4", "Transfer-Encoding: chunked", "Transfer-Encoding: identity", "",
			"0", "", "DELETE "+path+"/9a2c7a52-3c1e-4b53-9d4e-5f1b8c1f0a77 HTTP/1.1", "Host: localhost")
		if strings.Count(answer, "HTTP/1.1 ") != 1 {
			t.Errorf("a body that ends in two ways hides a second request: got %.400q", answer)
		}
	})
}
