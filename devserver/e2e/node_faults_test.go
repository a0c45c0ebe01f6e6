package e2e

import (
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// While the site's own node errs, a payment that was made is verified or waited for, and verified once the node is
// well. What the node says for certain is another matter: then it is the wrong one to ask.
func TestErringNodes(t *testing.T) {
	tests := []struct {
		fault   string
		refuted string // the check that fails, for good
		waits   bool   // as long as the fault lasts
	}{
		{fault: "no-network-id", waits: true},
		{fault: "other-network", refuted: api.CheckNetwork},
		{fault: "no-validated-ledger"},
		{fault: "history-with-gaps"},
		{fault: "lagging"},
		{fault: "several-nodes"},
		{fault: "version-1", waits: true},
		{fault: "only-version-1", waits: true},
		{fault: "no-close-time-iso"},
		{fault: "no-meta", waits: true},
		{fault: "no-delivered-amount", waits: true},
		{fault: "no-ledger-index", waits: true},
		{fault: "no-validated", waits: true},
		{fault: "no-hash", waits: true},
		{fault: "other-hash", waits: true},
		{fault: "no-searched-all"},
		{fault: "empty-ledgers-count-as-missing"},
		{fault: "busy", waits: true},
		{fault: "error-page", waits: true},
	}
	untested := listed(t, startPlatform(t, quick)+"/faults", "node")
	delete(untested, "timeout") // which takes ten seconds, and is tested where those are
	for _, tt := range tests {
		delete(untested, tt.fault)
		t.Run(tt.fault, func(t *testing.T) {
			t.Parallel()
			platform := startPlatform(t, quick)
			node, asked := counting(t, platform)
			d := startOn(t, platform, node)
			c := d.visitor(t)
			made := create(t, c, "pay")
			setFaults(t, platform, "node", tt.fault)
			before := asked.Load()
			d.accept(t, made.UUID, everyday)
			a := awaitAnswer(t, c, made.UUID, func(a payload.Answer) bool { return a.Final() || asked.Load() >= before+2 })
			if tt.waits && a.Verdict != payload.VerdictChecking {
				t.Errorf("got %+v, want the node to be waited for", a)
			}
			setFaults(t, platform, "node")
			a = await(t, c, made.UUID)
			if got := failing(a); got != tt.refuted || got == "" && a.Verdict != payload.VerdictVerified {
				t.Errorf("got %+v, want it verified, or to fail by %q", a, tt.refuted)
			}
		})
	}
	if len(untested) > 0 {
		t.Errorf("not tested: %q", slices.Sorted(maps.Keys(untested)))
	}
}

// counting puts a counter of calls in front of a server, and returns its origin.
func counting(t *testing.T, to string) (origin string, calls *atomic.Int64) {
	t.Helper()
	calls = new(atomic.Int64)
	proxy := httputil.NewSingleHostReverseProxy(parseURL(t, to))
	proxy.Transport = transport(t)
	proxy.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, 0) // of callers that have gone
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
	})
	return server.URL, calls
}

func parseURL(t *testing.T, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}
