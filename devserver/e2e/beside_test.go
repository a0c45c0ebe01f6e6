//go:build e2e

package e2e

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

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
