//go:build e2e

package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/devserver/sandbox"
	"github.com/xaman-live/xaman-live/devserver/xaman"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// The programs in other languages that the guides show. Each language is a subtest, which can be left out by its name.

const guideCode = "../../site/guides/code"

// command runs a program of the guides until the test ends. Its output is the log.
func command(t *testing.T, dir string, env []string, name string, args ...string) *output {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	log := &output{}
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // what it starts ends with it
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		cmd.Wait()
		if t.Failed() {
			t.Logf("%s says:\n%s", name, log.String())
		}
	})
	return log
}

// A shop in each language sells coffee to one visitor, who pays, and to another, who does not want it any more.
func TestEndToEndBeside(t *testing.T) {
	t.Parallel()
	d := start(t, nil)
	addr := freeAddr(t)
	for name, run := range map[string][]string{
		"node":   {"node", "server.mjs"},
		"python": {"python3", "server.py"},
		"php":    {"php", "-S", addr, "index.php"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			port := "0"
			if name == "php" {
				port = addr[strings.LastIndexByte(addr, ':')+1:]
			}
			log := command(t, filepath.Join(guideCode, name), []string{"BACKEND=" + d.site, "PORT=" + port}, run[0], run[1:]...)
			log.await(t, "http://127.0.0.1:")
			shop := regexp.MustCompile(`http://127\.0\.0\.1:\d+`).FindString(log.String())

			jar, err := cookiejar.New(nil)
			if err != nil {
				t.Fatal(err)
			}
			browser := &http.Client{Jar: jar, Transport: transport(t)}
			uuid := buy(t, browser, shop)
			visitor := clientOf(browser, shop)
			if r, err := visitor.Get(t.Context(), uuid); err != nil || r.Status != payload.StatusPending {
				t.Errorf("before it is paid: got %+v, %v", r, err)
			}
			if r, err := (devserver{site: shop}).visitor(t).Get(t.Context(), uuid); err == nil {
				t.Errorf("somebody else sees the request: %+v", r)
			}
			d.phone(t, uuid, "accept")
			if a := await(t, visitor, uuid); a.Verdict != payload.VerdictVerified {
				t.Errorf("got %+v", a)
			}
			booked := "paid " + string(uuid) + " 2.5 XRP"
			log.await(t, booked)
			await(t, visitor, uuid)
			if n := strings.Count(log.String(), booked); n != 1 {
				t.Errorf("it was booked %d times", n)
			}

			other := buy(t, browser, shop)
			if c, err := visitor.Cancel(t.Context(), other); err != nil || !c.Cancelled {
				t.Errorf("got %+v, %v, want it cancelled", c, err)
			}
		})
	}
}

// buy presses the button of a shop's page, and returns the request that the next page shows.
func buy(t *testing.T, browser *http.Client, shop string) payload.UUID {
	t.Helper()
	res, err := browser.PostForm(shop+"/orders", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	page, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	match := regexp.MustCompile(`<xaman-sign-request backend="/api" uuid="([^"]+)"`).FindSubmatch(page)
	if match == nil {
		t.Fatalf("got %s and no request: %s", res.Status, page)
	}
	uuid, err := payload.ParseUUID(string(match[1]))
	if err != nil {
		t.Fatal(err)
	}
	return uuid
}

// hooked is a webhook, and whether it is to be believed.
type hooked struct {
	Secret  string            `json:"secret"`
	Headers map[string]string `json:"headers"`
	Body    string            `json:"body"`
	Now     int64             `json:"now"`
	name    string
	genuine bool
}

// webhooks has the sandbox send a webhook, and adds what is not one.
func webhooks(t *testing.T) []hooked {
	t.Helper()
	sent := make(chan hooked, 1)
	site := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		now := time.Now()
		credentials, err := xaman.ParseCredentials(sandbox.Key, sandbox.Secret)
		if err == nil {
			_, err = credentials.ParseWebhook(r.Header, body, now)
		}
		if err != nil {
			t.Errorf("the backend refuses the webhook: %v", err)
		}
		headers := map[string]string{}
		for name := range r.Header {
			headers[strings.ToLower(name)] = r.Header.Get(name)
		}
		sent <- hooked{Secret: sandbox.Secret, Headers: headers, Body: string(body), Now: now.Unix(), genuine: true}
	}))
	t.Cleanup(site.Close)
	platform := startPlatform(t, sandbox.Config{WebhookURL: site.URL})
	d := startOn(t, platform, platform)
	d.phone(t, create(t, d.visitor(t), "sign-in").UUID, "reject")
	good := <-sent
	change := func(name string, change func(*hooked)) hooked {
		bad := good
		bad.Headers = map[string]string{}
		for name, value := range good.Headers {
			bad.Headers[name] = value
		}
		change(&bad)
		bad.name, bad.genuine = name, false
		return bad
	}
	const stamp, signature = "x-xumm-request-timestamp", "x-xumm-request-signature"
	return []hooked{
		good,
		change("another body", func(h *hooked) { h.Body += " " }),
		change("another secret", func(h *hooked) { h.Secret = sandbox.Key }),
		change("an hour ago", func(h *hooked) { h.Now += 3600 }),
		change("another time", func(h *hooked) { h.Headers[stamp] = fmt.Sprint(h.Now + 1000) }),
		change("no time", func(h *hooked) { delete(h.Headers, stamp) }),
		change("time in words", func(h *hooked) { h.Headers[stamp] = "now" }),
		change("no signature", func(h *hooked) { delete(h.Headers, signature) }),
		change("half a signature", func(h *hooked) { h.Headers[signature] = h.Headers[signature][:20] }),
	}
}

func TestEndToEndWebhooksElsewhere(t *testing.T) {
	t.Parallel()
	all := webhooks(t)
	for name, run := range map[string][]string{
		"node": {"node", "--input-type=module", "-e", `import { genuine } from './webhook.mjs';
			import { readFileSync } from 'node:fs';
			console.log(JSON.stringify(JSON.parse(readFileSync(0)).map((h) => genuine(h.secret, h.headers, h.body, h.now))))`},
		"python": {"python3", "-c", `import json, sys
from webhook import genuine
print(json.dumps([genuine(h["secret"], h["headers"], h["body"].encode(), h["now"]) for h in json.load(sys.stdin)]))`},
		"php": {"php", "-r", `require 'webhook.php';
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
			for i, h := range all {
				if got[i] != h.genuine {
					t.Errorf("%q: got %t", h.name, got[i])
				}
			}
		})
	}
}
