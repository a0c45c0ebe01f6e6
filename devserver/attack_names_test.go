package main

import (
	"net"
	"strings"
	"testing"
)

// turnedAway fails the test unless requests under a name are refused, page and contract alike, and without a session.
func turnedAway(t *testing.T, site, host, header string) {
	t.Helper()
	for _, path := range []string{"/", "/api/sign-requests"} {
		lines := []string{"GET " + path + " HTTP/1.1", "Host: " + host}
		if header != "" {
			lines = append(lines, header)
		}
		answer := raw(t, site, lines...)
		if !strings.HasPrefix(answer, "HTTP/1.1 421 ") || strings.Contains(answer, "Set-Cookie") {
			t.Errorf("%s: got %.300q", path, answer)
		}
	}
}

// A server for this machine alone, whose names a foreign site may point here.
func TestAttacksOnLocalNames(t *testing.T) {
	site := start(t, nil).site
	rows := []struct{ name, host, header string }{
		{"foreign name that was pointed here", "rebound.example:8080", ""},
		{"name that contains an address of this machine", "127.0.0.1.nip.example", ""},
		{"localhost, absolute", "localhost.", ""},
		{"address of all interfaces", "0.0.0.0:8080", ""},
		{"address of the local network", "192.168.0.2:8080", ""},
		{"address as one number", "2130706433:8080", ""},
		{"name in a header", "evil.example", "X-Forwarded-Host: localhost"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) { turnedAway(t, site, row.host, row.header) })
	}
	answer := raw(t, site, "POST /api/webhook HTTP/1.1", "Host: rebound.example", "Content-Length: 0")
	if !strings.HasPrefix(answer, "HTTP/1.1 401 ") || strings.Contains(answer, "Set-Cookie") {
		t.Errorf("webhook, which may come under any name: got %.300q", answer)
	}
}

// A server that says that it is https://shop.example, behind a proxy.
func TestAttacksOnPublicNames(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	start(t, nil, "-addr", l.Addr().String(), "-origin", "https://shop.example")
	site := "http://" + l.Addr().String()
	good := raw(t, site, "GET /api/sign-requests HTTP/1.1", "Host: shop.example")
	if !strings.HasPrefix(good, "HTTP/1.1 200 ") {
		t.Fatalf("without an attack: %.200q", good)
	}
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
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) { turnedAway(t, site, row.host, row.header) })
	}
	answer := raw(t, site, "GET / HTTP/1.1", "Host: shop.example")
	for _, want := range []string{"Set-Cookie: __Host-xaman-live-session", "; Secure", "; HttpOnly", "; SameSite=Lax"} {
		if !strings.Contains(answer, want) {
			t.Errorf("session in the clear: got %.400q, want %s", answer, want)
		}
	}
}
