//go:build e2e

package e2e

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/devserver/sandbox"
	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// The backends of the guides in other languages, which answer the card themselves.

// guideBackend runs one beside the server at a private address, and returns the URL that the card would have.
func guideBackend(t *testing.T, language, platform, private string) (log *output, url string) {
	t.Helper()
	run := map[string][]string{"node": {"node", "server.mjs"}, "python": {"python3", "backend.py"}}[language]
	dir := copyFiles(t, "backend-"+language+"/"+run[1])
	if language == "node" {
		packages, err := filepath.Abs(os.Getenv("XUMM_SDK"))
		if err == nil {
			err = os.Symlink(filepath.Join(packages, "node_modules"), filepath.Join(dir, "node_modules"))
		}
		if err != nil || os.Getenv("XUMM_SDK") == "" {
			t.Fatalf("XUMM_SDK has to be a folder with node_modules/express, as in ./build.sh test: %v", err)
		}
	}
	log = command(t, dir, []string{
		"ORDERS=" + private + "/api/orders", "XAMAN_LIVE_KEY=" + programKey, "PLATFORM=" + platform, "PORT=0",
		"XAMAN_API_KEY=" + sandbox.Key, "XAMAN_API_SECRET=" + sandbox.Secret,
	}, run[0], run[1:]...)
	log.await(t, "/api\n")
	return log, regexp.MustCompile(`http://127\.0\.0\.1:\d+/api`).FindString(log.String())
}

// lateOrders is a private API of which each order expired two hours ago: the first as it is made, with the first of
// these verdicts, and with the next one whenever it is asked for.
func lateOrders(t *testing.T, verdicts ...payload.Verdict) (url string) {
	t.Helper()
	var asked atomic.Int64
	answer := func(w http.ResponseWriter, created json.RawMessage) {
		var made struct{ UUID payload.UUID }
		if err := json.Unmarshal(created, &made); err != nil {
			t.Error(err)
		}
		verdict := verdicts[min(int(asked.Add(1)), len(verdicts))-1]
		status := payload.StatusSigned
		if verdict == payload.VerdictNone {
			status = payload.StatusExpired
		}
		json.NewEncoder(w).Encode(map[string]any{
			"uuid": made.UUID, "status": status, "verdict": verdict, "final": verdict == payload.VerdictVerified,
			"expires_at": time.Now().Add(-2 * time.Hour).UTC().Format("2006-01-02T15:04:05.000Z"), "created": created,
			"checks": []any{}, "result": map[string]string{"amount": "2.5", "currency": "XRP"}, "summary": struct{}{},
		})
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/orders", func(w http.ResponseWriter, r *http.Request) {
		order := struct{ Created json.RawMessage }{json.RawMessage(`{"uuid":"13f8490d-1a34-406c-9b06-2eb1c35857c7"}`)}
		if err := json.NewDecoder(r.Body).Decode(&order); err != nil {
			t.Error(err)
		}
		w.WriteHeader(http.StatusCreated)
		answer(w, order.Created)
	})
	mux.HandleFunc("GET /api/orders/{uuid}", func(w http.ResponseWriter, r *http.Request) {
		answer(w, fmt.Appendf(nil, `{"uuid":%q}`, r.PathValue("uuid")))
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}

// What was signed late, and is verified later still, is booked once: whether or not a visitor asks for it.
func TestEndToEndConformLate(t *testing.T) {
	t.Parallel()
	const none, checking, verified = payload.VerdictNone, payload.VerdictChecking, payload.VerdictVerified
	for _, name := range []string{"node", "python"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, tt := range []struct {
				name     string
				verdicts []payload.Verdict
				visited  bool
			}{
				{"verified when the visitor has left", []payload.Verdict{checking, verified}, false},
				{"verified when the program asks no more", []payload.Verdict{none, verified}, true},
			} {
				t.Run(tt.name, func(t *testing.T) {
					t.Parallel()
					log, url := guideBackend(t, name, startPlatform(t, quick), lateOrders(t, tt.verdicts...))
					visitor := devserver{site: strings.TrimSuffix(url, "/api")}.visitor(t)
					made := create(t, visitor, "coffee")
					for i := 0; tt.visited && i < 2; i++ {
						visitor.Get(t.Context(), made.UUID) // what a card makes of the answer is no matter here
					}
					log.await(t, "paid ")
					if got, want := strings.Count(log.String(), "paid "+string(made.UUID)+" 2.5 XRP\n"), 1; got != want {
						t.Errorf("booked %d times, want %d:\n%s", got, want, log.String())
					}
				})
			}
		})
	}
}

// A server in the place of the one beside them, such as a proxy that is up while it is not, is none that answers.
func TestEndToEndConformDown(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, "<html>maintenance</html>", http.StatusBadGateway)
	}))
	t.Cleanup(server.Close)
	for _, name := range []string{"node", "python"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, url := guideBackend(t, name, startPlatform(t, quick), server.URL)
			visitor := devserver{site: strings.TrimSuffix(url, "/api")}.visitor(t)
			_, err := visitor.Create(t.Context(), api.Create{Demo: "coffee"}, "")
			var refusal *api.Error
			if !errors.As(err, &refusal) || refusal.Code != api.Unavailable {
				t.Errorf("got %v, want %s", err, api.Unavailable)
			}
		})
	}
}
