package e2e

import (
	"encoding/json"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/devserver/sandbox"
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
	untested := nodeFaults(t)
	delete(untested, "timeout") // which takes ten seconds, and is tested where those are
	for _, tt := range tests {
		delete(untested, tt.fault)
		t.Run(tt.fault, func(t *testing.T) {
			t.Parallel()
			platform := startPlatform(t, sandbox.Config{CloseEvery: 10 * time.Millisecond, Lag: time.Millisecond})
			node, asked := counting(t, platform)
			d := start(t, sandboxCredentials, "-platform", platform, "-ledger", node+"/ledger")
			d.sandbox = platform
			c := d.visitor(t)
			made, err := c.Create(t.Context(), "pay", "")
			if err != nil {
				t.Fatal(err)
			}
			setFaults(t, platform, "node", tt.fault)
			before := asked.Load()
			d.accept(t, made.UUID, everyday)
			tick := time.NewTicker(10 * time.Millisecond)
			defer tick.Stop()
			var a payload.Answer
			for asked.Load() < before+2 && !a.Final() {
				<-tick.C
				r, err := c.Get(t.Context(), made.UUID)
				if err != nil {
					t.Fatal(err)
				}
				a = r.Answer
			}
			if tt.waits && a.Verdict != payload.VerdictChecking {
				t.Errorf("got %+v, want the node to be waited for", a)
			}
			setFaults(t, platform, "node")
			a = await(t, c, made.UUID)
			failing := slices.IndexFunc(a.Checks, func(c payload.Check) bool { return c.Outcome == payload.Fail })
			switch {
			case tt.refuted == "" && a.Verdict != payload.VerdictVerified:
				t.Errorf("got %+v, want it verified", a)
			case tt.refuted != "" && (failing < 0 || a.Checks[failing].Name != tt.refuted):
				t.Errorf("got %+v, want it to fail by %s", a, tt.refuted)
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
	target, err := url.Parse(to)
	if err != nil {
		t.Fatal(err)
	}
	calls = new(atomic.Int64)
	proxy := httputil.NewSingleHostReverseProxy(target)
	through := &http.Transport{}
	proxy.Transport = through
	proxy.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, 0) // of callers that have gone
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
		through.CloseIdleConnections()
	})
	return server.URL, calls
}

// nodeFaults are the names of the faults of the ledger's node.
func nodeFaults(t *testing.T) map[string]bool {
	t.Helper()
	res, err := (&http.Client{Transport: transport(t)}).Get(startPlatform(t, sandbox.Config{}) + "/faults")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var list struct{ Node []struct{ Name string } }
	if err := json.NewDecoder(res.Body).Decode(&list); err != nil || len(list.Node) == 0 {
		t.Fatalf("got %+v, %v, want the node's faults", list, err)
	}
	names := map[string]bool{}
	for _, f := range list.Node {
		names[f.Name] = true
	}
	return names
}
