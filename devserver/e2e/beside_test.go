//go:build e2e

package e2e

import (
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
	"sync/atomic"
	"syscall"
	"testing"
	"time"

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

// guideShop runs a shop beside a backend, and returns its origin.
func guideShop(t *testing.T, language, backend string) (log *output, shop string) {
	t.Helper()
	addr := freeAddr(t)
	run := map[string][]string{
		"node": {"node", "server.mjs"}, "python": {"python3", "server.py"}, "php": {"php", "-S", addr, "index.php"},
	}[language]
	port := "0"
	if language == "php" {
		port = addr[strings.LastIndexByte(addr, ':')+1:]
	}
	dir, env := filepath.Join(guideCode, language), []string{"BACKEND=" + backend, "PORT=" + port}
	log = command(t, dir, env, run[0], run[1:]...)
	log.await(t, "http://127.0.0.1:")
	return log, regexp.MustCompile(`http://127\.0\.0\.1:\d+`).FindString(log.String())
}

// newBrowser has cookies of its own.
func newBrowser(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar, Transport: transport(t)}
}

var guideLanguages = []string{"node", "python", "php"}

// A shop in each language sells coffee to one visitor, who pays, and to another, who does not want it any more.
func TestEndToEndBeside(t *testing.T) {
	t.Parallel()
	d := start(t, nil)
	for _, name := range guideLanguages {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			log, shop := guideShop(t, name, d.site)
			browser := newBrowser(t)
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

// onlyOrder is the one that a lateBackend has.
const onlyOrder payload.UUID = "13f8490d-1a34-406c-9b06-2eb1c35857c7"

// lateBackend is a backend with one order, of which it says what it is set to.
type lateBackend struct {
	origin string
	says   atomic.Value // string
	asked  chan struct{}
	close  func()
}

func openLateBackend(t *testing.T, says string) *lateBackend {
	t.Helper()
	b := &lateBackend{asked: make(chan struct{}, 1)}
	b.says.Store(says)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == "POST" {
			w.WriteHeader(http.StatusCreated)
			fmt.Fprintf(w, `{"uuid":%q}`, onlyOrder)
			return
		}
		io.WriteString(w, b.says.Load().(string))
		select {
		case b.asked <- struct{}{}:
		default:
		}
	}))
	t.Cleanup(server.Close)
	b.origin, b.close = server.URL, server.Close
	return b
}

// What has expired may have been signed in time, and is booked once: by a shop that asks on, or when a visitor asks.
func TestEndToEndBesideLate(t *testing.T) {
	t.Parallel()
	const (
		expired = `{"status":"expired","verdict":"none","expires_in":-5}`
		ended   = `{"status":"expired","verdict":"none","expires_in":-3700}`
		paid    = `{"status":"signed","verdict":"verified","result":{"txid":"AB","amount":"2.5","currency":"XRP"}}`
	)
	for _, name := range guideLanguages {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for was, visited := range map[string]bool{expired: false, ended: true} {
				asks := name != "php" // which does nothing between two calls
				t.Run(was, func(t *testing.T) {
					t.Parallel()
					b := openLateBackend(t, was)
					log, shop := guideShop(t, name, b.origin)
					browser := newBrowser(t)
					buy(t, browser, shop)
					if asks {
						select {
						case <-b.asked:
						case <-time.After(maxWait):
							t.Fatal("the shop does not ask")
						}
					}
					b.says.Store(paid)
					for i := 0; (visited || !asks) && i < 2; i++ {
						clientOf(browser, shop).Get(t.Context(), onlyOrder) // what a card makes of the answer is no matter here
					}
					booked := "paid " + string(onlyOrder) + " 2.5 XRP"
					log.await(t, booked)
					if n := strings.Count(log.String(), booked); n != 1 {
						t.Errorf("it was booked %d times", n)
					}
				})
			}
		})
	}
}

// While the backend is down, or another server answers in its place, visitors are told so, and the shop goes on.
func TestEndToEndBesideDown(t *testing.T) {
	t.Parallel()
	for _, name := range guideLanguages {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := openLateBackend(t, "<html>maintenance</html>")
			log, shop := guideShop(t, name, b.origin)
			browser := newBrowser(t)
			buy(t, browser, shop)
			if name != "php" {
				<-b.asked // by the shop itself
			}
			wantUnavailable := func(method, path string) {
				t.Helper()
				r, err := http.NewRequestWithContext(t.Context(), method, shop+path, nil)
				if err != nil {
					t.Fatal(err)
				}
				res, err := browser.Do(r)
				if err != nil {
					t.Errorf("%s %s: %v", method, path, err)
					return
				}
				defer res.Body.Close()
				body, err := io.ReadAll(res.Body)
				if res.StatusCode != 503 || !strings.Contains(string(body), `"code":`) || err != nil {
					t.Errorf("%s %s: got %s %s, %v", method, path, res.Status, body, err)
				}
			}
			wantUnavailable("GET", "/api/sign-requests/"+string(onlyOrder))
			b.says.Store(`{"status":"signed","verdict":"verified","result":{"txid":"AB","amount":"2.5","currency":"XRP"}}`)
			clientOf(browser, shop).Get(t.Context(), onlyOrder)
			log.await(t, "paid "+string(onlyOrder)+" 2.5 XRP")
			b.close()
			wantUnavailable("GET", "/api/sign-requests/"+string(onlyOrder))
			wantUnavailable("DELETE", "/api/sign-requests/"+string(onlyOrder))
			wantUnavailable("POST", "/orders")
		})
	}
}
