//go:build browser && !js

package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload/payloadtest"
)

// TestInBrowser runs the tests of package browser in a browser, against servers of this process. BROWSER_TEST_RUNNER is
// the program that runs a test binary in a browser, and BROWSER_TEST_GOFLAGS what it is built with; build.sh sets both.
func TestInBrowser(t *testing.T) {
	begins := []string{payloadtest.Welcome, payloadtest.ExpiresIn(300)}
	quiet := payloadtest.NewServer(t, payloadtest.Transcript(begins...)...)
	journey := payloadtest.NewServer(t, payloadtest.Transcript(append(begins, payloadtest.Opened,
		payloadtest.PreSigned, payloadtest.Dispatched, payloadtest.Resolved(payloadtest.UUID, true))...)...)
	backend := httptest.NewServer((&backend{socket: journey.URL()}).handler())
	defer backend.Close()
	runner := os.Getenv("BROWSER_TEST_RUNNER")
	cmd := exec.CommandContext(t.Context(), "go", "test", "-count=1", "-timeout=2m", "-exec="+runner, "./browser")
	// The runner hands its whole environment to the page, which has room for little.
	cmd.Env = append(cmd.Env, "GOOS=js", "GOARCH=wasm", "PATH="+os.Getenv("PATH"), "HOME="+os.Getenv("HOME"),
		"GOFLAGS="+os.Getenv("BROWSER_TEST_GOFLAGS"), "GOCACHE="+os.Getenv("GOCACHE"),
		"BROWSER_SOCKET="+quiet.URL(), "BROWSER_BACKEND="+backend.URL)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	quiet.AwaitClosed()
	journey.AwaitClosed()
}

// backend is one on another origin, that verifies what it is asked about a second time.
type backend struct {
	socket  string
	mu      sync.Mutex
	asked   int
	hanging atomic.Bool
}

func (b *backend) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /sign-requests", func(w http.ResponseWriter, _ *http.Request) {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.asked = 0
		w.WriteHeader(http.StatusCreated)
		b.answer(w, "pending", "none")
	})
	mux.HandleFunc("GET /sign-requests/"+string(payloadtest.UUID), func(w http.ResponseWriter, _ *http.Request) {
		b.mu.Lock()
		defer b.mu.Unlock()
		if b.asked++; b.asked == 1 {
			b.answer(w, "signed", "checking")
		} else {
			b.answer(w, "signed", "verified")
		}
	})
	mux.HandleFunc("/echo", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return // the client has gone
		}
		fmt.Fprintf(w, "%s %s %s", r.Method, r.Header.Get("Idempotency-Key"), body)
	})
	mux.HandleFunc("/empty", func(http.ResponseWriter, *http.Request) {})
	mux.Handle("/redirect", http.RedirectHandler("/empty", http.StatusFound))
	mux.HandleFunc("/cookie", func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "session", Value: "1"})
		fmt.Fprint(w, r.Header.Get("Cookie"), r.Header.Get(api.ViewKey))
	})
	mux.HandleFunc("/everybody", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
	})
	mux.HandleFunc("/hang", func(_ http.ResponseWriter, r *http.Request) {
		b.hanging.Store(true)
		<-r.Context().Done()
		b.hanging.Store(false)
	})
	mux.HandleFunc("/hanging", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, b.hanging.Load()) })
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
		w.Header().Set("Access-Control-Allow-Credentials", "true")
		w.Header().Set("Access-Control-Allow-Methods", "GET, POST, DELETE")
		w.Header().Set("Access-Control-Allow-Headers", "Content-Type, Idempotency-Key, View-Key")
		if r.Method != http.MethodOptions {
			mux.ServeHTTP(w, r)
		}
	})
}

// answer is what the contract says, of a platform that is where its socket is.
func (b *backend) answer(w io.Writer, status, verdict string) {
	platform := "http" + strings.TrimSuffix(strings.TrimPrefix(b.socket, "ws"), "/sign/"+string(payloadtest.UUID))
	var checks []string
	for _, name := range api.Checks {
		checks = append(checks, fmt.Sprintf(`{"name":%q,"outcome":"pass"}`, name))
	}
	fmt.Fprintf(w, `{"uuid":%[1]q,"status":%[2]q,"verdict":%[3]q,"platform":%[4]q,"expires_in":300,"checks":[%[6]s],
		"payload":{"uuid":%[1]q,"next":{"always":"https://xumm.app/sign/%[1]s"},"refs":{"websocket_status":%[5]q}}}`,
		string(payloadtest.UUID), status, verdict, platform, b.socket, strings.Join(checks, ","))
}
