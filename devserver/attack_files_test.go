package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// site is a running site with files that are not for everybody.
func (a *attempt) site() (origin string, dir string) {
	a.Helper()
	dir = filepath.Join(a.TempDir(), "site")
	for name, content := range map[string]string{
		"index.html": "home", "dist/a.js": "script", ".env": "secret", ".git/config": "secret", "dist/.hidden/a.js": "secret",
		"../outside.txt": "secret", "../outside/a.txt": "secret",
	} {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			a.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			a.Fatal(err)
		}
	}
	for link, to := range map[string]string{
		"link.txt": "../outside.txt", "folder": "../outside", "absolute.txt": dir + "/../outside.txt",
	} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			a.Fatal(err)
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		a.Fatal(err)
	}
	s := httptest.NewServer(routes(newShop(a).backend, siteHandler(root), contentPolicy(), true, discard))
	a.Cleanup(func() {
		s.Close()
		root.Close()
	})
	return s.URL, dir
}

// raw sends lines as they stand, which no client would, and returns what is answered until the connection closes.
func (a *attempt) raw(origin string, lines ...string) string {
	a.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(origin, "http://"))
	if err != nil {
		a.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(10 * time.Second))
	if _, err := io.WriteString(c, strings.Join(append(lines, "Connection: close", "", ""), "\r\n")); err != nil {
		a.Fatal(err)
	}
	answer, err := io.ReadAll(c)
	if err != nil {
		a.Fatalf("%q: %v after %.200q", lines, err, answer)
	}
	return string(answer)
}

func pathAttacks() []attack {
	rows := []struct{ name, how, path string }{
		{"dot-file", "A file whose name begins with a dot is asked for.", "/.env"},
		{"dot-folder", "A file below such a folder is asked for.", "/.git/config"},
		{"dot-folder-below", "The same, further below.", "/dist/.hidden/a.js"},
		{"encoded-dot", "The dot is encoded.", "/%2egit/config"},
		{"parent", "The path leads out of the folder.", "/../outside.txt"},
		{"parent-below", "The path leads out from a folder below.", "/dist/../../outside.txt"},
		{"encoded-parent", "The same, encoded.", "/%2e%2e/outside.txt"},
		{"encoded-slash", "The slash is encoded.", "/..%2foutside.txt"},
		{"encoded-twice", "The path is encoded twice.", "/%252e%252e%252foutside.txt"},
		{"backslash", "The slash is a backslash.", `/..\outside.txt`},
		{"encoded-backslash", "The slash is an encoded backslash.", "/..%5coutside.txt"},
		{"absolute", "The path is one of the machine.", "//etc/passwd"},
		{"link-out", "A link in the folder leads out of it.", "/link.txt"},
		{"absolute-link-out", "A link in the folder names a path of the machine.", "/absolute.txt"},
		{"folder-link-out", "A link to a folder leads out.", "/folder/a.txt"},
		{"listing", "The files of a folder are to be listed.", "/dist/"},
		{"folder-as-a-file", "A folder is read as a file.", "/dist"},
		{"end-of-text", "A zero byte ends the name early.", "/index.html%00.js"},
		{"long-name", "The name is longer than any.", "/" + strings.Repeat("a", 8000)},
		{"overlong-dot", "The dots are in a form that is not UTF-8.", "/%c0%ae%c0%ae/outside.txt"},
	}
	var all []attack
	for _, row := range rows {
		all = append(all, attack{row.name, row.how, func(a *attempt) {
			origin, _ := a.site()
			answer := a.raw(origin, "GET "+row.path+" HTTP/1.1", "Host: localhost")
			status := strings.SplitN(answer+"   ", " ", 3)[1]
			a.holds(strings.HasPrefix(status, "4") || status == "301" || status == "307", "got %.300q", answer)
			for _, inside := range []string{"secret", "root:", "a.js"} {
				a.holds(!strings.Contains(answer, inside), "got %.300q", answer)
			}
		}})
	}
	return append(all,
		attack{"pipe", "A pipe lies in the folder, so that reading it never ends.",
			func(a *attempt) { a.pipe("pipe.txt", "/pipe.txt", 404) }},
		attack{"compressed-pipe", "The compressed form of a file is a pipe.",
			func(a *attempt) { a.pipe("dist/a.js.br", "/dist/a.js", 200) }},
		attack{"writing", "A file is written, made and removed.", func(a *attempt) {
			origin, dir := a.site()
			for _, method := range []string{"PUT", "POST", "DELETE", "PATCH", "MKCOL", "TRACE", "CONNECT"} {
				r, err := http.NewRequest(method, origin+"/index.html", strings.NewReader("x"))
				if err != nil {
					a.Fatal(err)
				}
				res, err := (&http.Client{Transport: transport(a.T)}).Do(r)
				if err != nil {
					a.Fatal(err)
				}
				res.Body.Close()
				a.holds(res.StatusCode == 405, "%s: got %s", method, res.Status)
			}
			content, err := os.ReadFile(filepath.Join(dir, "index.html"))
			a.holds(err == nil && string(content) == "home", "the file is %q, %v", content, err)
		}},
	)
}

// pipe asks for a path that leads to a pipe that nobody writes to.
func (a *attempt) pipe(name, path string, want int) {
	a.Helper()
	origin, dir := a.site()
	name = filepath.Join(dir, name)
	if err := syscall.Mkfifo(name, 0o600); err != nil {
		a.Fatal(err)
	}
	later := time.Now().Add(time.Hour)
	if err := os.Chtimes(name, later, later); err != nil {
		a.Fatal(err)
	}
	r, err := http.NewRequestWithContext(a.Context(), "GET", origin+path, nil)
	if err != nil {
		a.Fatal(err)
	}
	r.Header.Set("Accept-Encoding", "br")
	res, err := (&http.Client{Transport: transport(a.T), Timeout: 3 * time.Second}).Do(r)
	if err != nil {
		if f, err := os.OpenFile(name, os.O_WRONLY|syscall.O_NONBLOCK, 0); err == nil {
			f.Close() // lets the server go on
		}
	} else {
		res.Body.Close()
	}
	a.holds(err == nil && res.StatusCode == want, "got %v, %v, want %d", res, err, want)
}

func splittingAttacks() []attack {
	const injected = "%0d%0aX-Injected:%20yes%0d%0a%0d%0a<script>"
	rows := []struct{ name, how, path, header string }{
		{"line-break-in-the-path", "The path holds a header of its own.", "/" + injected, ""},
		{"line-break-in-a-folder", "A folder without its slash, which may be answered with a redirect.",
			"/dist" + injected + "/..", ""},
		{"line-break-in-the-uuid", "The UUID holds a header of its own.", allPath + "/" + injected, ""},
		{"line-break-in-the-query", "The query holds a header of its own.", "/?request=" + injected, ""},
		{"line-break-in-a-header", "A header that the answer depends on holds another.",
			"/", "Accept-Encoding: gzip\r\n\tX-Injected: yes"},
		{"line-feed-in-the-cookie", "A cookie holds a header of its own.",
			"/", "Cookie: " + sessionCookie + "=a\rX-Injected: yes"},
		{"redirect-elsewhere", "A path that is a host is redirected to it.", "//evil.example/..", ""},
		{"redirect-with-a-backslash", "The same, with a slash that only browsers know.",
			`/\evil.example/%2e%2e`, ""},
		{"redirect-below", "The same, within a folder.", "/dist//evil.example/..//evil.example", ""},
		{"target-of-a-proxy", "The target names another server.", "http://evil.example/", ""},
	}
	var all []attack
	for _, row := range rows {
		all = append(all, attack{row.name, row.how, func(a *attempt) {
			origin, _ := a.site()
			lines := []string{"GET " + row.path + " HTTP/1.1", "Host: localhost"}
			if row.header != "" {
				lines = append(lines, row.header)
			}
			answer := a.raw(origin, lines...)
			res, err := http.ReadResponse(bufio.NewReader(strings.NewReader(answer)), nil)
			if err != nil {
				a.Fatalf("got %q, %v", answer, err)
			}
			defer res.Body.Close()
			a.holds(res.Header.Get("X-Injected") == "", "got %.300q", answer)
			to := res.Header.Get("Location")
			here := to == "" || to[0] == '/' && !strings.HasPrefix(to, "//") && !strings.Contains(to, `\`)
			a.holds(here, "redirected to %q", to)
			a.holds(!strings.Contains(answer, "<script>"), "got %.300q", answer)
		}})
	}
	hidden := func(a *attempt) {
		origin, _ := a.site()
		answer := a.raw(origin, "POST "+allPath+" HTTP/1.1", "Host: localhost", "Content-Type: application/json",
			"Content-Length: 4", "Transfer-Encoding: chunked", "Transfer-Encoding: identity", "",
			"0", "", "DELETE "+onePath+" HTTP/1.1", "Host: localhost")
		a.holds(strings.Count(answer, "HTTP/1.1 ") == 1, "got %.400q", answer)
	}
	return append(all, attack{"two-requests-in-one", "A body that ends in two ways hides a second request.", hidden})
}

var fileAttacks = []attack{
	{"damaged-database", "The database has been overwritten.", func(a *attempt) {
		a.database(func(name string) error { return os.WriteFile(name, []byte(strings.Repeat("garbage ", 8192)), 0o600) })
	}},
	{"zeros-in-the-database", "The database is nothing but zeros, as after a crash of the machine.",
		func(a *attempt) {
			a.database(func(name string) error { return os.WriteFile(name, make([]byte, 64<<10), 0o600) })
		}},
	{"cut-database", "The database has lost its end.", func(a *attempt) {
		a.database(func(name string) error { return os.Truncate(name, 3000) })
	}},
	{"folder-for-a-database", "A folder lies where the database should be.", func(a *attempt) {
		a.database(func(name string) error { return replaceWith(name, func() error { return os.Mkdir(name, 0o700) }) })
	}},
	{"pipe-for-a-database", "A pipe lies where the database should be.", func(a *attempt) {
		a.database(func(name string) error { return replaceWith(name, func() error { return syscall.Mkfifo(name, 0o600) }) })
	}},
	{"open-folder", "Everybody on the machine may read and write the folder of the database.", func(a *attempt) {
		a.database(func(name string) error { return os.Chmod(filepath.Dir(name), 0o777) })
	}},
	{"open-database", "What the server makes may be read by others on the machine.", func(a *attempt) {
		dir := filepath.Join(a.TempDir(), "data")
		newTestStore(a.T, dir, 10)
		for _, name := range []string{dir, filepath.Join(dir, "devserver.db")} {
			info, err := os.Stat(name)
			if err != nil {
				a.Fatal(err)
			}
			a.holds(info.Mode().Perm()&0o077 == 0, "%s has mode %v", filepath.Base(name), info.Mode())
		}
	}},
	{"two-servers", "Two servers write into one database.", func(a *attempt) {
		dir := a.TempDir()
		newTestStore(a.T, dir, 10)
		s, err := openStore(dir, 10, func(error) {})
		if err == nil {
			s.close()
		}
		a.holds(err != nil, "the second server got it, too")
	}},
}

func replaceWith(name string, replace func() error) error {
	if err := os.Remove(name); err != nil {
		return err
	}
	return replace()
}

// database harms the database of a server that has ended, and starts another on it, which has to say what is wrong and
// where.
func (a *attempt) database(harm func(name string) error) {
	a.Helper()
	dir := filepath.Join(a.TempDir(), "data")
	s, err := openStore(dir, 10, func(error) {})
	if err != nil {
		a.Fatal(err)
	}
	if err := s.add(testEntry(testUUID, "session"), time.Now()); err != nil {
		a.Fatal(err)
	}
	if err := s.close(); err != nil {
		a.Fatal(err)
	}
	if err := harm(filepath.Join(dir, "devserver.db")); err != nil {
		a.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				ended <- fmt.Errorf("panic: %v", p)
			}
		}()
		s, err := openStore(dir, 10, func(error) {})
		if err == nil {
			s.close()
		}
		ended <- err
	}()
	select {
	case err := <-ended:
		a.holds(err != nil && strings.Contains(err.Error(), dir) && !strings.HasPrefix(err.Error(), "panic"), "got %v", err)
	case <-time.After(10 * time.Second):
		a.holds(false, "the start does not end")
	}
}
