package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/xaman-live/xaman-live/devserver/record"
	"github.com/xaman-live/xaman-live/devserver/sandbox"
	"github.com/xaman-live/xaman-live/wasm/api"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// devserver is a running dev server, as a person would start it.
type devserver struct{ site, sandbox, private string }

// start runs the dev server until the test ends.
func start(t testing.TB, env map[string]string, args ...string) devserver {
	t.Helper()
	d, stop := startLogged(t, io.Discard, env, args...)
	t.Cleanup(stop)
	return d
}

// startLogged runs the dev server until it is told to stop. Its log is complete then.
func startLogged(
	t testing.TB, log io.Writer, env map[string]string, args ...string,
) (d devserver, stop func()) {
	t.Helper()
	site := t.TempDir()
	if err := os.WriteFile(filepath.Join(site, "index.html"), []byte("<title>demo</title>"), 0o600); err != nil {
		t.Fatal(err)
	}
	data := t.TempDir()
	ctx, end := context.WithCancel(context.Background())
	out, stdout := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		args := append([]string{"-addr", "127.0.0.1:0", "-sandbox-addr", "127.0.0.1:0", "-site", site, "-data", data},
			args...)
		err := run(ctx, args, func(name string) string { return env[name] }, nil, stdout, log)
		stdout.CloseWithError(err)
		ended <- err
	}()
	stop = func() {
		end()
		if err := <-ended; err != nil {
			t.Errorf("run: got %v, want it to end well", err)
		}
	}
	lines := bufio.NewScanner(out)
	if !lines.Scan() {
		t.Fatalf("got no URL: %v", lines.Err())
	}
	d.site = strings.TrimSuffix(strings.TrimPrefix(lines.Text(), "Open "), "/")
	lines.Scan()
	if fields := strings.Fields(lines.Text()); fields[0] == "Sandbox" {
		d.sandbox = strings.TrimSuffix(fields[1], "/")
	}
	if slices.Contains(args, "-private-addr") {
		lines.Scan()
		d.private = strings.TrimSuffix(strings.Fields(lines.Text())[1], "/")
	}
	return d, stop
}

func transport(t testing.TB) *http.Transport {
	tr := &http.Transport{}
	t.Cleanup(tr.CloseIdleConnections)
	return tr
}

func TestRealPlatform(t *testing.T) {
	d := start(t, map[string]string{"XAMAN_API_KEY": sandbox.Key, "XAMAN_API_SECRET": sandbox.Secret})
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
	used, err := record.Open(filepath.Join(data, "taken"), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer used.Close()
	free := filepath.Join(data, "free")
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
		{"private port in use", []string{"-site", site, "-data", free, "-addr", "127.0.0.1:0", "-private-addr", addr}, nil,
			"listen on " + addr + ": the port is in use: choose another with -private-addr, or 0 for any"},
		{"not an address", []string{"-site", site, "-data", free, "-addr", "here"}, nil, "listen on -addr here: "},
		{"data in use", []string{"-site", site, "-data", filepath.Join(data, "taken")}, nil,
			"open -data " + filepath.Join(data, "taken") + ": another server is using it"},
		{"other machines, and no origin", []string{"-site", site, "-data", free, "-addr", "0.0.0.0:0"}, nil,
			"listen on -addr 0.0.0.0:"},
		{"origin without a scheme", []string{"-origin", "shop.example"}, nil,
			"invalid value \"shop.example\" for flag -origin: \"shop.example\" is not an origin, as in https:"},
		{"page without a scheme", []string{"-allow-origin", "www.shop.example"}, nil,
			"invalid value \"www.shop.example\" for flag -allow-origin: \"www.shop.example\" is not an origin, as in "},
		{"ledger is no URL", []string{"-ledger", "s.altnet.rippletest.net:51234"}, nil,
			"invalid value \"s.altnet.rippletest.net:51234\" for flag -ledger: "},
		{"platform without credentials", []string{"-platform", "https://xumm.example"}, nil, "-platform needs credentials"},
		{"form of the log", []string{"-log", "xml"}, nil,
			"invalid value \"xml\" for flag -log: \"xml\" is neither text nor json"},
		{"proxy by its name", []string{"-trusted-proxy", "127.0.0.1", "-trusted-proxy", "proxy.example"}, nil,
			"invalid value \"proxy.example\" for flag -trusted-proxy: \"proxy.example\" is neither the address of "},
		{"certificate without a key", []string{"-tls-cert", "cert.pem"}, nil, "-tls-cert and -tls-key belong together"},
		{"key without a certificate", []string{"-tls-key", "key.pem"}, nil, "-tls-cert and -tls-key belong together"},
		{"certificate that is not there", []string{"-site", site, "-data", free, "-addr", "127.0.0.1:0", "-tls-cert",
			filepath.Join(site, "cert.pem"), "-tls-key", filepath.Join(site, "key.pem")}, nil,
			"read -tls-cert " + filepath.Join(site, "cert.pem") + " and -tls-key "},
		{"no site", []string{"-site", filepath.Join(site, "missing")}, nil, "open -site: "},
		{"unknown flag", []string{"-port", "1"}, nil, "flag provided but not defined: -port"},
		{"argument", []string{"now"}, nil, `unexpected argument "now"`},
		{"argument of check", []string{"check", "now"}, nil, `unexpected argument "now"`},
		{"key of a program too short", nil, map[string]string{"XAMAN_LIVE_KEY": "hunter2"},
			"read XAMAN_LIVE_KEY: key 1 is not 32 or more visible ASCII characters"},
		{"key alone", nil, map[string]string{"XAMAN_API_KEY": sandbox.Key}, "set both XAMAN_API_KEY and XAMAN_API_SECRET"},
		{"secret alone", nil, map[string]string{"XAMAN_API_SECRET": sandbox.Secret},
			"set both XAMAN_API_KEY and XAMAN_API_SECRET"},
		{"malformed secret", nil, map[string]string{"XAMAN_API_KEY": sandbox.Key, "XAMAN_API_SECRET": "hunter2"},
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
	for _, name := range []string{"check", "conform", "doctor", "export"} {
		if !strings.Contains(stderr.String(), "  xaman-live "+name+" ") {
			t.Errorf("got %s, want %s in it", stderr.String(), name)
		}
		var its strings.Builder
		err := run(t.Context(), []string{name, "-h"}, func(string) string { return "" }, nil, io.Discard, &its)
		if err != nil || !strings.Contains(its.String(), "xaman-live "+name) {
			t.Errorf("%s -h: got %v and %s", name, err, its.String())
		}
	}
}

func TestVersion(t *testing.T) {
	var stdout bytes.Buffer
	err := run(t.Context(), []string{"-version"}, func(string) string { return "" }, nil, &stdout, io.Discard)
	if want := "xaman-live " + api.Version + " "; err != nil || !strings.HasPrefix(stdout.String(), want) {
		t.Errorf("got %q, %v, want %q at its start", &stdout, err, want)
	}
}

// The server ends, and says why, rather than take orders that it will not remember.
func TestServerEndsWithItsDatabase(t *testing.T) {
	data, site := t.TempDir(), t.TempDir()
	out, stdout := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		noEnv := func(string) string { return "" }
		err := run(context.Background(), []string{
			"-addr", "127.0.0.1:0", "-sandbox-addr", "127.0.0.1:0", "-data", data, "-site", site,
		}, noEnv, nil, stdout, io.Discard)
		stdout.Close()
		ended <- err
	}()
	var line string
	if _, err := fmt.Fscanf(out, "Open %s\n", &line); err != nil {
		t.Fatal(err)
	}
	go io.Copy(io.Discard, out)
	if err := os.Remove(filepath.Join(data, "devserver.db")); err != nil {
		t.Fatal(err)
	}
	res, err := (&http.Client{Transport: transport(t)}).Post(
		strings.TrimSuffix(line, "/")+"/api/sign-requests", "application/json", strings.NewReader(`{"demo":"pay"}`))
	if err == nil && res.StatusCode == http.StatusCreated {
		t.Errorf("got %s, want no request that the server will not remember", res.Status)
	}
	if err == nil {
		res.Body.Close()
	}
	select {
	case err := <-ended:
		want := "stop, since nothing can be remembered: " + data
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("got %v, want to be told why it ended", err)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("the server goes on")
	}
}
