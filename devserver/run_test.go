package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// devserver is a running dev server, as a person would start it.
type devserver struct{ site, sandbox string }

// start runs the dev server until the test ends.
func start(t testing.TB, env map[string]string, args ...string) devserver {
	t.Helper()
	site := t.TempDir()
	if err := os.WriteFile(filepath.Join(site, "index.html"), []byte("<title>demo</title>"), 0o600); err != nil {
		t.Fatal(err)
	}
	data := t.TempDir()
	ctx, stop := context.WithCancel(context.Background())
	out, stdout := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		args := append([]string{"-addr", "127.0.0.1:0", "-sandbox-addr", "127.0.0.1:0", "-site", site, "-data", data}, args...)
		err := run(ctx, args, func(name string) string { return env[name] }, nil, stdout, io.Discard)
		stdout.CloseWithError(err)
		ended <- err
	}()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("run: got %v, want it to end well", err)
		}
	})
	lines := bufio.NewScanner(out)
	var d devserver
	if !lines.Scan() {
		t.Fatalf("got no URL: %v", lines.Err())
	}
	d.site = strings.TrimSuffix(strings.TrimPrefix(lines.Text(), "Open "), "/")
	lines.Scan()
	if fields := strings.Fields(lines.Text()); fields[0] == "Sandbox" {
		d.sandbox = strings.TrimSuffix(fields[1], "/")
	}
	return d
}

// visitor is a browser's client of the contract, with its own cookies.
func (d devserver) visitor(t testing.TB) api.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar, Transport: transport(t)}
	return api.Client{Base: d.site + "/api", Fetch: func(ctx context.Context, method, url string, header map[string]string, body []byte) (int, []byte, error) {
		r, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
		if err != nil {
			return 0, nil, err
		}
		for name, value := range header {
			r.Header.Set(name, value)
		}
		res, err := browser.Do(r)
		if err != nil {
			return 0, nil, err
		}
		defer res.Body.Close()
		data, err := io.ReadAll(res.Body)
		return res.StatusCode, data, err
	}}
}

func transport(t testing.TB) *http.Transport {
	tr := &http.Transport{}
	t.Cleanup(tr.CloseIdleConnections)
	return tr
}

func (d devserver) phone(t testing.TB, uuid payload.UUID, acts ...string) {
	t.Helper()
	for _, act := range acts {
		client := &http.Client{Transport: transport(t)}
		res, err := client.Post(d.sandbox+"/phone/"+string(uuid)+"/"+act, "", nil)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != http.StatusOK {
			t.Fatalf("%s: got %s", act, res.Status)
		}
	}
}

// await asks until the backend's answer is final.
func await(t *testing.T, c api.Client, uuid payload.UUID) payload.Answer {
	t.Helper()
	deadline := time.After(10 * time.Second)
	tick := time.NewTicker(freshFor)
	defer tick.Stop()
	for {
		r, err := c.Get(t.Context(), uuid)
		if err != nil {
			t.Fatal(err)
		}
		if r.Final() {
			return r.Answer
		}
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("got %+v, want it to become final", r.Answer)
		}
	}
}

func TestJourneys(t *testing.T) {
	d := start(t, nil)
	tests := []struct {
		name, demo  string
		acts        []string
		status      payload.Status
		verdict     payload.Verdict
		wantAccount bool
		wantTxID    bool
	}{
		{"sign in", "sign-in", []string{"open", "accept"}, payload.StatusSigned, payload.VerdictVerified, true, false},
		{"pay", "pay", []string{"open", "accept"}, payload.StatusSigned, payload.VerdictVerified, true, true},
		{"decline", "pay", []string{"open", "reject"}, payload.StatusRejected, payload.VerdictNone, false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			visitor := d.visitor(t)
			made, err := visitor.Create(t.Context(), tt.demo, "")
			if err != nil {
				t.Fatal(err)
			}
			d.phone(t, made.UUID, tt.acts...)
			a := await(t, visitor, made.UUID)
			if a.Status != tt.status || a.Verdict != tt.verdict {
				t.Errorf("got %s %s, want %s %s: %+v", a.Status, a.Verdict, tt.status, tt.verdict, a.Checks)
			}
			if (a.Result.Account != "") != tt.wantAccount || (a.Result.TxID != "") != tt.wantTxID {
				t.Errorf("got result %+v, want account: %v, txid: %v", a.Result, tt.wantAccount, tt.wantTxID)
			}
			if other, err := d.visitor(t).Get(t.Context(), made.UUID); err == nil {
				t.Errorf("another session: got %+v, want an error", other)
			}
		})
	}
	t.Run("cancel", func(t *testing.T) {
		visitor := d.visitor(t)
		made, err := visitor.Create(t.Context(), "pay", "")
		if err != nil {
			t.Fatal(err)
		}
		gone, err := visitor.Cancel(t.Context(), made.UUID)
		if err != nil || !gone.Cancelled || gone.Status != payload.StatusCancelled {
			t.Errorf("got %+v, %v, want it cancelled", gone, err)
		}
		if a := await(t, visitor, made.UUID); a.Status != payload.StatusCancelled {
			t.Errorf("asked again: got %s, want cancelled", a.Status)
		}
	})
}

func TestRealPlatform(t *testing.T) {
	d := start(t, map[string]string{"XAMAN_API_KEY": testApp, "XAMAN_API_SECRET": "11111111-2222-4333-8444-555555555555"})
	if d.sandbox != "" {
		t.Errorf("got sandbox %s, want none", d.sandbox)
	}
	client := &http.Client{Transport: transport(t)}
	res, err := client.Get(d.site)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	want := "connect-src 'self' wss://xumm.app wss://xaman.app;"
	if policy := res.Header.Get("Content-Security-Policy"); res.StatusCode != 200 || !strings.Contains(policy, want) {
		t.Errorf("got %s with policy %s, want 200 with %s", res.Status, policy, want)
	}
}

func TestRunRefuses(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	addr := taken.Addr().String()
	site, data := t.TempDir(), t.TempDir()
	newTestStore(t, filepath.Join(data, "taken"), 1)
	free := filepath.Join(data, "free")
	const secret = "11111111-2222-4333-8444-555555555555"
	tests := []struct {
		name string
		args []string
		env  map[string]string
		want string
	}{
		{"port in use", []string{"-site", site, "-data", free, "-addr", addr}, nil,
			"listen on " + addr + ": the port is in use: choose another with -addr, or 0 for any"},
		{"sandbox's port in use", []string{"-site", site, "-data", free, "-addr", "127.0.0.1:0", "-sandbox-addr", addr}, nil,
			"listen on " + addr + ": the port is in use: choose another with -sandbox-addr, or 0 for any"},
		{"not an address", []string{"-site", site, "-data", free, "-addr", "here"}, nil, "listen on -addr here: "},
		{"data in use", []string{"-site", site, "-data", filepath.Join(data, "taken")}, nil,
			"open -data " + filepath.Join(data, "taken") + ": another server is using it"},
		{"other machines, and no origin", []string{"-site", site, "-data", free, "-addr", "0.0.0.0:0"}, nil, "listen on -addr 0.0.0.0:"},
		{"origin without a scheme", []string{"-origin", "shop.example"}, nil, "-origin \"shop.example\" is not an origin, as in https://shop.example"},
		{"ledger is no URL", []string{"-ledger", "s.altnet.rippletest.net:51234"}, nil, "-ledger \"s.altnet.rippletest.net:51234\" is not an http: or https: URL"},
		{"platform without credentials", []string{"-platform", "https://xumm.example"}, nil, "-platform needs credentials"},
		{"no site", []string{"-site", filepath.Join(site, "missing")}, nil, "open -site: "},
		{"unknown flag", []string{"-port", "1"}, nil, "flag provided but not defined: -port"},
		{"argument", []string{"now"}, nil, `unexpected argument "now"`},
		{"key alone", nil, map[string]string{"XAMAN_API_KEY": testApp}, "set both XAMAN_API_KEY and XAMAN_API_SECRET"},
		{"secret alone", nil, map[string]string{"XAMAN_API_SECRET": secret}, "set both XAMAN_API_KEY and XAMAN_API_SECRET"},
		{"malformed secret", nil, map[string]string{"XAMAN_API_KEY": testApp, "XAMAN_API_SECRET": "hunter2"},
			"read XAMAN_API_KEY and XAMAN_API_SECRET: secret is not a version 4 UUID"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var stdout strings.Builder
			err := run(t.Context(), tt.args, func(name string) string { return tt.env[name] }, nil, &stdout, io.Discard)
			if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
			if stdout.Len() > 0 {
				t.Errorf("got %q on stdout, want nothing", stdout.String())
			}
		})
	}
}

func TestHelpIsNoError(t *testing.T) {
	var stderr strings.Builder
	err := run(t.Context(), []string{"-h"}, func(string) string { return "" }, nil, io.Discard, &stderr)
	if err != nil || !strings.Contains(stderr.String(), "-sandbox-addr") {
		t.Errorf("got %v and %s, want the flags", err, stderr.String())
	}
}

func TestParseOrigin(t *testing.T) {
	for said, want := range map[string]string{
		"": "", "https://shop.example": "https://shop.example", "https://shop.example/": "https://shop.example",
		"HTTPS://Shop.Example:443": "https://shop.example", "http://127.0.0.1:80/": "http://127.0.0.1",
		"https://shop.example:80": "https://shop.example:80", "http://[::1]:8080": "http://[::1]:8080",
	} {
		if got, err := parseOrigin(said); err != nil || got != want {
			t.Errorf("%s: got %q, %v, want %q", said, got, err, want)
		}
	}
	for _, bad := range []string{
		"shop.example", "ftp://shop.example", "https://", "https://shop.example/pay", "https://u@shop.example", "https://shop.example?x",
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

func TestOnlyOrigin(t *testing.T) {
	tests := []struct {
		origin, host string
		want         int
	}{
		{"https://shop.example", "shop.example", 200}, {"https://shop.example", "SHOP.example:443", 200},
		{"https://shop.example", "shop.example:80", 421}, {"https://shop.example", "localhost", 421},
		{"https://shop.example", "127.0.0.1", 421}, {"https://shop.example", "", 421}, {"https://shop.example", "shop.example.evil.example", 421},
		{"https://shop.example", "evil.example", 421}, {"https://shop.example", "shop.example:8443", 421},
		{"https://shop.example:8443", "shop.example:8443", 200}, {"https://shop.example:8443", "shop.example", 421},
		{"http://shop.example", "shop.example:80", 200}, {"http://shop.example", "shop.example:443", 421},
	}
	for _, tt := range tests {
		h := onlyOrigin(tt.origin, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
		r := httptest.NewRequest("GET", "/", nil)
		r.Host = tt.host
		w := httptest.NewRecorder()
		if h.ServeHTTP(w, r); w.Code != tt.want {
			t.Errorf("%s asked as %q: got %d, want %d", tt.origin, tt.host, w.Code, tt.want)
		}
	}
}

func TestOnlyLocalHosts(t *testing.T) {
	tests := []struct {
		host string
		want int
	}{
		{"127.0.0.1:8080", 200}, {"localhost:8080", 200}, {"[::1]:8080", 200}, {"localhost", 200}, {"[::1]", 200}, {"127.0.0.1", 200},
		{"rebound.example:8080", 421}, {"rebound.example", 421}, {"192.168.0.2:8080", 421}, {"", 421}, {"localhost.example", 421},
	}
	h := onlyLocalHosts(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	for _, tt := range tests {
		t.Run(tt.host, func(t *testing.T) {
			r := httptest.NewRequest("GET", "/", nil)
			r.Host = tt.host
			w := httptest.NewRecorder()
			if h.ServeHTTP(w, r); w.Code != tt.want {
				t.Errorf("got %d, want %d", w.Code, tt.want)
			}
		})
	}
}
