package main

import (
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xaman-live/xaman-live/devserver/backend"
	"github.com/xaman-live/xaman-live/devserver/config"
	"github.com/xaman-live/xaman-live/devserver/sandbox"
)

// What the guide shows works against a server as it is started.
func TestGuideOfOrders(t *testing.T) {
	t.Parallel()
	d := start(t, nil, "-private-addr", "127.0.0.1:0")
	dir := t.TempDir()
	const pay = `#!/bin/sh
curl -sSf -X POST "$SANDBOX/phone/$1/accept" >paid.json
until curl -sSf -H "Authorization: Bearer $KEY" "$PRIVATE/api/orders/$1" | grep -q '"final":true'; do :; done
`
	if err := os.WriteFile(filepath.Join(dir, "pay"), []byte(pay), 0o700); err != nil {
		t.Fatal(err)
	}
	script, err := filepath.Abs("../site/guides/code/orders/order.sh")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "sh", script)
	cmd.Dir, cmd.Stderr = dir, t.Output()
	cmd.Env = []string{"PATH=" + dir + ":" + os.Getenv("PATH"), "PRIVATE=" + d.private, "KEY=" + sandboxKey,
		"SANDBOX=" + d.sandbox}
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	type order struct {
		UUID, Reference, Verdict string
		Final                    bool
	}
	var status, gone order
	var found struct{ Orders []order }
	var view struct {
		Key string `json:"view_key"`
	}
	var told struct{ Deliveries []any }
	answers := json.NewDecoder(strings.NewReader(string(out)))
	for _, into := range []any{&status, &found, &view, &gone, &told} {
		if err := answers.Decode(into); err != nil {
			t.Fatalf("got %s, %v", out, err)
		}
	}
	if status.Verdict != "verified" || !status.Final || status.Reference != "order 117" || len(found.Orders) != 1 ||
		found.Orders[0] != status || gone != status || view.Key == "" || told.Deliveries == nil {
		t.Errorf("got %s, want a verified order", out)
	}
}

// Programs order with the keys that were said, or with the one that everybody knows on a server to play with, and with
// none of them from where visitors are.
func TestKeysOfThePrivateAddress(t *testing.T) {
	type env = map[string]string
	const first, next = "0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210"
	for name, tt := range map[string]struct {
		env  env
		want map[string]int // status, by the key that is shown
	}{
		"sandbox": {nil, map[string]int{sandboxKey: 400, first: 401, "": 401}},
		"own keys": {env{"XAMAN_LIVE_KEY": first + " " + next},
			map[string]int{first: 400, next: 400, sandboxKey: 401, first + " " + next: 401}},
		"platform and no key": {env{"XAMAN_API_KEY": sandbox.Key, "XAMAN_API_SECRET": sandbox.Secret},
			map[string]int{sandboxKey: 401, "": 401}},
	} {
		t.Run(name, func(t *testing.T) {
			d := start(t, tt.env, "-private-addr", "127.0.0.1:0")
			client := &http.Client{Transport: transport(t)}
			for key, want := range tt.want {
				for address, want := range map[string]int{d.private: want, d.site: 404} {
					if got := empty(t, client, address, key); got != want {
						t.Errorf("%s with %q: got %d, want %d", address, key, got, want)
					}
				}
			}
		})
	}
}

// empty sends an order without anything in it, and returns the status of the answer.
func empty(t *testing.T, client *http.Client, address, key string) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "POST", address+"/api/orders", strings.NewReader(`{}`))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+key)
	res, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		t.Fatal(err)
	}
	return res.StatusCode
}

// reachable is a listener that other machines reach.
type reachable struct{ net.Listener }

func (reachable) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4zero, Port: 8082} }

// A key that everybody knows is none where others can call.
func TestKnownKeyIsForThisMachine(t *testing.T) {
	var log strings.Builder
	_, told, err := programKeys(options{}, reachable{}, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil || told != "" || !strings.Contains(log.String(), "set XAMAN_LIVE_KEY") {
		t.Errorf("got %q, %v and log %s, want no key", told, err, log.String())
	}
}

// local is a listener of this machine alone.
type local struct{ net.Listener }

func (local) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8082} }

// A person is told of an offer that there is.
func TestOfferToTry(t *testing.T) {
	offers := func(names ...string) options {
		c := &config.Config{Offers: map[string]backend.Offer{}}
		for _, name := range names {
			c.Offers[name] = backend.Offer{}
		}
		return options{config: c}
	}
	for name, tt := range map[string]struct {
		o    options
		want string // at the end
	}{
		"demos":      {options{}, `-d '{"offer":"pay"}'`},
		"own":        {offers("tea", "coffee"), `-d '{"offer":"coffee"}'`},
		"one of all": {offers("coffee", "pay"), `-d '{"offer":"pay"}'`},
		"none":       {offers(), "key " + sandboxKey},
	} {
		_, told, err := programKeys(tt.o, local{}, slog.New(slog.DiscardHandler))
		if err != nil || !strings.HasSuffix(told, tt.want) {
			t.Errorf("%s: got %q, %v, want %q", name, told, err, tt.want)
		}
	}
}
