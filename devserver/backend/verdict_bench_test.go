package backend

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/devserver/ledger"
	"github.com/xaman-live/xaman-live/devserver/sandbox"
	"github.com/xaman-live/xaman-live/devserver/xaman"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// counted counts the calls that go through it.
type counted struct {
	http.RoundTripper
	calls atomic.Int64
}

func (c *counted) RoundTrip(r *http.Request) (*http.Response, error) {
	c.calls.Add(1)
	return c.RoundTripper.RoundTrip(r)
}

// BenchmarkVerdict measures how long it takes from the phone's accept to the verdict on the page, with ledgers that
// close every three seconds, and what that costs. Twenty visitors begin at as many moments between two ledgers; their
// pages ask as soon as there is a signature, and each second while it is being checked.
func BenchmarkVerdict(b *testing.B) {
	const visitors, every = 20, 3 * time.Second
	offline, err := sandbox.New(b.Context(), sandbox.Config{CloseEvery: every})
	if err != nil {
		b.Fatal(err)
	}
	defer offline.Close()
	platform := httptest.NewServer(offline)
	defer platform.Close()
	origin := platform.URL
	calls, asked := &counted{RoundTripper: platform.Client().Transport},
		&counted{RoundTripper: platform.Client().Transport}
	c, err := xaman.ParseCredentials(sandbox.Key, sandbox.Secret)
	if err != nil {
		b.Fatal(err)
	}
	backend, _ := newTestBackend(b, b.TempDir(), nil, ledger.NewClient(origin+"/ledger", asked),
		nil)
	backend.platform = xaman.NewClient(origin, c, calls)
	backend.limits = limits{backend.platform.Allowed, backend.record, &atomic.Int64{}}
	var mu sync.Mutex
	var took []time.Duration
	for b.Loop() {
		var all sync.WaitGroup
		for n := range visitors {
			all.Go(func() {
				time.Sleep(time.Duration(n) * every / visitors)
				page := browserOf(b, backend)
				made := decodeAnswer(b, page.call("POST", "/api/sign-requests", `{"demo":"pay"}`))
				path := "/api/sign-requests/" + string(made.UUID)
				page.call("GET", path, "")
				began := time.Now()
				res, err := platform.Client().Post(origin+"/phone/"+string(made.UUID)+"/accept", "", nil)
				if err != nil {
					b.Error(err)
					return
				}
				res.Body.Close()
				for a := made; a.Verdict != payload.VerdictVerified; {
					a = decodeAnswer(b, page.call("GET", path, ""))
					switch a.Verdict {
					case payload.VerdictUnverified:
						b.Errorf("got %+v", a.Checks)
						return
					case payload.VerdictNone:
						time.Sleep(250 * time.Millisecond)
					case payload.VerdictChecking:
						time.Sleep(time.Second)
					}
				}
				mu.Lock()
				defer mu.Unlock()
				took = append(took, time.Since(began))
			})
		}
		all.Wait()
	}
	slices.Sort(took)
	if len(took) == 0 {
		b.Fatal("nobody got a verdict")
	}
	b.ReportMetric(took[len(took)/2].Seconds(), "s-median")
	b.ReportMetric(took[len(took)-1].Seconds(), "s-longest")
	b.ReportMetric(float64(calls.calls.Load())/float64(len(took)), "platform-calls/journey")
	b.ReportMetric(float64(asked.calls.Load())/float64(len(took)), "node-calls/journey")
}
