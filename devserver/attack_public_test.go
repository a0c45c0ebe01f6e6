package main

import (
	"context"
	"io"
	"net"
	"path/filepath"
	"strings"
)

// publicAttacks are tried on a server that says that it is https://shop.example, behind a proxy.
func publicAttacks() []attack {
	rows := []struct{ name, how, host, header string }{
		{"foreign-name", "A foreign name has been pointed at the site.", "evil.example", ""},
		{"name-with-a-tail", "The name begins with the site's.", "shop.example.evil.example", ""},
		{"name-with-a-head", "The name ends with the site's.", "evilshop.example", ""},
		{"name-with-a-dot", "The name is the site's, with a dot at its end.", "shop.example.", ""},
		{"name-on-another-port", "The port is another server's.", "shop.example:8443", ""},
		{"address-of-the-server", "The proxy is passed by.", "127.0.0.1", ""},
		{"name-of-this-machine", "The proxy is passed by from the machine itself.", "localhost", ""},
		{"name-in-a-header", "A header says that the name is the site's.", "evil.example", "X-Forwarded-Host: shop.example"},
	}
	var all []attack
	for _, row := range rows {
		all = append(all, attack{row.name, row.how, func(a *attempt) {
			site := a.public()
			good := a.raw(site, "GET "+allPath+" HTTP/1.1", "Host: shop.example")
			if !strings.HasPrefix(good, "HTTP/1.1 200 ") {
				a.Fatalf("without the attack: %.200q", good)
			}
			lines := []string{"GET " + allPath + " HTTP/1.1", "Host: " + row.host}
			if row.header != "" {
				lines = append(lines, row.header)
			}
			answer := a.raw(site, lines...)
			a.holds(strings.HasPrefix(answer, "HTTP/1.1 421 "), "got %.200q", answer)
			a.holds(!strings.Contains(answer, "Set-Cookie"), "it comes with a session: %.300q", answer)
		}})
	}
	return append(all,
		attack{"session-of-a-public-site", "A public site's session is sent in the clear.", func(a *attempt) {
			site := a.public()
			answer := a.raw(site, "GET / HTTP/1.1", "Host: shop.example")
			for _, want := range []string{"Set-Cookie: __Host-" + sessionCookie, "; Secure", "; HttpOnly", "; SameSite=Lax"} {
				a.holds(strings.Contains(answer, want), "got %.400q, want %s", answer, want)
			}
		}},
		attack{"site-without-a-name", "Other machines can reach a site that does not know its own name.", func(a *attempt) {
			a.holds(a.starts("-addr", "0.0.0.0:0") != nil, "it starts")
		}},
		attack{"name-that-is-none", "The site is told a name that is none, which would become links.", func(a *attempt) {
			for _, name := range []string{
				"shop.example", "javascript://shop.example", "https://", "https://user@shop.example", "//shop.example",
				"https://shop.example/path", "https://shop.example?x", "https://shop.example#x",
				"https://shop.example\r\nX-Injected: yes",
			} {
				a.holds(a.starts("-origin", name) != nil, "it starts with %q", name)
			}
		}},
	)
}

// public starts such a server and returns where its proxy reaches it.
func (a *attempt) public() string {
	a.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		a.Fatal(err)
	}
	l.Close()
	start(a.T, nil, "-addr", l.Addr().String(), "-origin", "https://shop.example")
	return "http://" + l.Addr().String()
}

// starts runs the server with a context that has ended, so that it does not stay.
func (a *attempt) starts(args ...string) error {
	a.Helper()
	ctx, cancel := context.WithCancel(a.Context())
	cancel()
	dir := a.TempDir()
	args = append([]string{
		"-addr", "127.0.0.1:0", "-sandbox-addr", "127.0.0.1:0", "-site", dir, "-data", filepath.Join(dir, "data"),
	}, args...)
	return run(ctx, args, func(string) string { return "" }, nil, io.Discard, io.Discard)
}
