//go:build e2e

package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/devserver/callback"
	"github.com/xaman-live/xaman-live/devserver/sandbox"
	"github.com/xaman-live/xaman-live/devserver/xaman"
)

// How the guides have programs in other languages tell what was signed from what was not. Each language is a subtest,
// which can be left out by its name.

// signedCall is a call that was signed, and whether it is to be believed.
type signedCall struct {
	Secret  string            `json:"secret"`
	Headers map[string]string `json:"headers"`
	Body    string            `json:"body"`
	Now     int64             `json:"now"`
	name    string
	genuine bool
}

// received reads a call as a program gets it.
func received(t *testing.T, r *http.Request, secret string) signedCall {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Errorf("read: %v", err)
	}
	headers := map[string]string{}
	for name := range r.Header {
		headers[strings.ToLower(name)] = r.Header.Get(name)
	}
	return signedCall{Secret: secret, Headers: headers, Body: string(body), Now: time.Now().Unix(), genuine: true}
}

// forge adds to a good call what nobody may believe.
func forge(good signedCall, stamp, signature string) []signedCall {
	change := func(name string, change func(*signedCall)) signedCall {
		bad := good
		bad.Headers = maps.Clone(good.Headers)
		change(&bad)
		bad.name, bad.genuine = name, false
		return bad
	}
	return []signedCall{
		good,
		change("another body", func(s *signedCall) { s.Body += " " }),
		change("another secret", func(s *signedCall) { s.Secret = sandbox.Key }),
		change("an hour ago", func(s *signedCall) { s.Now += 3600 }),
		change("another time", func(s *signedCall) { s.Headers[stamp] = fmt.Sprint(s.Now + 1000) }),
		change("no time", func(s *signedCall) { delete(s.Headers, stamp) }),
		change("time in words", func(s *signedCall) { s.Headers[stamp] = "now" }),
		change("no signature", func(s *signedCall) { delete(s.Headers, signature) }),
		change("half a signature", func(s *signedCall) { s.Headers[signature] = s.Headers[signature][:20] }),
	}
}

// webhook has the sandbox send one.
func webhook(t *testing.T) signedCall {
	t.Helper()
	sent := make(chan signedCall, 1)
	site := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		got := received(t, r, sandbox.Secret)
		credentials, err := xaman.ParseCredentials(sandbox.Key, sandbox.Secret)
		if err == nil {
			_, err = credentials.ParseWebhook(r.Header, []byte(got.Body), time.Now())
		}
		if err != nil {
			t.Errorf("the backend refuses the webhook: %v", err)
		}
		sent <- got
	}))
	t.Cleanup(site.Close)
	platform := startPlatform(t, sandbox.Config{WebhookURL: site.URL})
	d := startOn(t, platform, platform)
	d.phone(t, create(t, d.visitor(t), "sign-in").UUID, "reject")
	return <-sent
}

// delivery sends a callback that is signed with some secrets, and is received by who knows the last of them.
func delivery(t *testing.T, secrets ...callback.Secret) signedCall {
	t.Helper()
	sent := make(chan signedCall, 1)
	shop := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		sent <- received(t, r, string(secrets[len(secrets)-1]))
	}))
	t.Cleanup(shop.Close)
	s, err := callback.New(map[string]callback.Receiver{"shop": {URL: shop.URL, Secrets: secrets}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	const id = "9a2c7a52-3c1e-4b53-9d4e-5f1b8c1f0a77-verified-shop"
	if err := s.Send(t.Context(), "shop", id, []byte(`{"event":"verified","reference":"Zwei Kännchen ☕"}`)); err != nil {
		t.Fatal(err)
	}
	return <-sent
}

// wantTold fails the test unless the function that a file of each language has tells genuine calls from others.
func wantTold(t *testing.T, file string, all []signedCall) {
	t.Helper()
	for name, run := range map[string][]string{
		"node": {"node", "--input-type=module", "-e", `import { genuine } from './` + file + `.mjs';
			import { readFileSync } from 'node:fs';
			const all = JSON.parse(readFileSync(0));
			console.log(JSON.stringify(all.map((it) => genuine(it.secret, it.headers, it.body, it.now))))`},
		"python": {"python3", "-c", `import json, sys
from ` + file + ` import genuine
print(json.dumps([genuine(h["secret"], h["headers"], h["body"].encode(), h["now"]) for h in json.load(sys.stdin)]))`},
		"php": {"php", "-r", `require '` + file + `.php';
			echo json_encode(array_map(fn($h) => genuine($h['secret'], $h['headers'], $h['body'], $h['now']),
				json_decode(file_get_contents('php://stdin'), true)));`},
	} {
		t.Run(name, func(t *testing.T) {
			cmd := exec.Command(run[0], run[1:]...)
			cmd.Dir, cmd.Stdin = filepath.Join(guideCode, name), strings.NewReader(toJSON(all))
			cmd.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1")
			var complaints bytes.Buffer
			cmd.Stderr = &complaints
			out, err := cmd.Output()
			var got []bool
			if err != nil || json.Unmarshal(out, &got) != nil || len(got) != len(all) {
				t.Fatalf("got %s, %v: %s", out, err, complaints.String())
			}
			for i, s := range all {
				if got[i] != s.genuine {
					t.Errorf("%q: got %t", s.name, got[i])
				}
			}
		})
	}
}

func TestEndToEndWebhooksElsewhere(t *testing.T) {
	t.Parallel()
	wantTold(t, "webhook", forge(webhook(t), "x-xumm-request-timestamp", "x-xumm-request-signature"))
}

func TestEndToEndCallbacksElsewhere(t *testing.T) {
	t.Parallel()
	const one, other = "0e0d6a1b5f3d4f4f8a7f0c2f1f9a4a5c", "b1946ac92492d2347c6235b4d2611184"
	const stamp, signature = "xaman-live-time", "xaman-live-signature"
	all := forge(delivery(t, one), stamp, signature)
	all = append(all, forge(delivery(t, one, other), stamp, signature)...)
	all = append(all, delivery(t, other, one))
	wantTold(t, "callback", all)
}
