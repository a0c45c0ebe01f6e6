package backend

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/xaman-live/xaman-live/devserver/record"
	"github.com/xaman-live/xaman-live/devserver/xaman"
	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// BenchmarkStatus measures what a page costs that asks again and again.
func BenchmarkStatus(b *testing.B) {
	for _, bb := range []struct {
		name string
		meta xaman.Meta
	}{{"fresh", xaman.Meta{AppOpened: true}}, {"verified", metaSigned}} {
		b.Run(bb.name, func(b *testing.B) {
			backend, _ := newTestBackend(b, b.TempDir(), &fakePlatform{meta: bb.meta}, &fakeNode{},
				nil)
			browser := browserOf(b, backend)
			browser.create("sign-in")
			browser.get()
			backend.background.wg.Wait()
			for b.Loop() {
				r := httptest.NewRequest("GET", onePath, nil)
				for _, c := range browser.cookies {
					r.AddCookie(c)
				}
				w := httptest.NewRecorder()
				if browser.handler.ServeHTTP(w, r); w.Code != http.StatusOK {
					b.Fatalf("got %d %s", w.Code, w.Body)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "calls/s")
		})
	}
}

// What is known of a request is fresh for 200 ms, and given out at once.
func TestAnswersAreFreshForAMoment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakePlatform{meta: xaman.Meta{AppOpened: true}}
		_, c := ordered(t, f, nil, nil)
		began := time.Now()
		c.get()
		time.Sleep(199 * time.Millisecond)
		if c.get(); f.calls.Load() != 2 {
			t.Errorf("got %d calls to the platform after 199 ms, want 2", f.calls.Load())
		}
		time.Sleep(time.Millisecond)
		if c.get(); f.calls.Load() != 3 || time.Since(began) != 200*time.Millisecond {
			t.Errorf("got %d calls to the platform in %v, want 3 in 200 ms", f.calls.Load(), time.Since(began))
		}
	})
}

// The platform may take ten seconds to hear of a request that it has made. What it does not know then is gone.
func TestUnknownRequestIsGoneAfterTenSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakePlatform{allowed: mostCalls}
		_, c := ordered(t, f, nil, nil)
		f.change(func() { f.refuse = func(string) (int, string) { return 404, `{"error":{"code":404}}` } })
		time.Sleep(9 * time.Second)
		if w := c.call("GET", onePath, ""); !stale(w) {
			t.Errorf("got %s, want the last known answer, which says that it is old", w.Body)
		}
		f.change(func() { f.refuse = func(string) (int, string) { return 502, "" } })
		time.Sleep(time.Second)
		checkError(t, c.call("GET", onePath, ""), api.NotFound)
		f.change(func() { f.refuse = nil })
		if w := c.call("GET", onePath, ""); w.Code != http.StatusOK || stale(w) {
			t.Errorf("got %d %s, want it to be known again", w.Code, w.Body)
		}
		f.change(func() { f.refuse = func(string) (int, string) { return 502, "" } })
		time.Sleep(time.Second)
		if w := c.call("GET", onePath, ""); !stale(w) {
			t.Errorf("got %s, want the last known answer, which says that it is old", w.Body)
		}
	})
}

func TestGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := held{newRequest(record.Entry{})}
		for _, tt := range []struct {
			denied bool
			age    time.Duration
			want   error
		}{
			{true, 10*time.Second - 1, nil}, {true, 10 * time.Second, errNotFound}, {false, time.Hour, nil},
		} {
			r.denied, r.Order.Created = tt.denied, time.Now().Add(-tt.age)
			if err := r.gone(); err != tt.want {
				t.Errorf("denied: %v, %v old: got %v, want %v", tt.denied, tt.age, err, tt.want)
			}
		}
	})
}

// Of a request that the platform has denied nobody hears for as long as it cannot be asked.
func TestDeniedRequestUnderALimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakePlatform{}
		b, c := ordered(t, f, nil, nil)
		f.change(func() { f.refuse = func(string) (int, string) { return 404, `{"error":{"code":404}}` } })
		c.get()
		for range leastCalls {
			b.limits.take(time.Now(), confirming, visitor{})
		}
		time.Sleep(10 * time.Second)
		checkError(t, c.call("GET", onePath, ""), api.NotFound)
	})
}

// Those who ask while a signature is checked share one look at the ledger each half second.
func TestLookIsSharedForHalfASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		node := &fakeNode{}
		node.missing.Store(true)
		_, c := ordered(t, &fakePlatform{meta: metaSigned}, node, nil)
		calls := func(when string, want int64) {
			t.Helper()
			c.get()
			synctest.Wait()
			if got := node.calls.Load(); got != want {
				t.Errorf("%s: got %d calls to the ledger, want %d", when, got, want)
			}
		}
		calls("first", 1+2)
		time.Sleep(499 * time.Millisecond)
		calls("before half a second", 1+2)
		time.Sleep(time.Millisecond)
		calls("after half a second", 1+4)
		calls("and again", 1+4)
		time.Sleep(time.Second)
		synctest.Wait()
		node.slow.Store(int64(100 * time.Millisecond))
		time.Sleep(time.Second)
		synctest.Wait()
		before := node.calls.Load() // a look has begun
		for range 3 {
			c.get()
		}
		time.Sleep(900 * time.Millisecond)
		if more := node.calls.Load() - before; more != 1 {
			t.Errorf("got %d more calls to the ledger, want the other one of the look that had begun", more)
		}
	})
}

// Many ask while others are at the ledger: one look is enough for all.
func TestOneLookForAllWhoWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		node := &fakeNode{}
		node.missing.Store(true)
		b, c := ordered(t, &fakePlatform{meta: metaSigned}, node, nil)
		for range cap(b.rounds) {
			b.rounds <- struct{}{}
		}
		for range 3 {
			c.get()
		}
		<-b.rounds
		time.Sleep(100 * time.Millisecond)
		if calls := node.calls.Load(); calls != 1+2 {
			t.Errorf("got %d calls to the ledger, want one for the order and two for one look", calls)
		}
	})
}

// The platform cancels what it has shown as signed: the signature counts.
func TestCancellationDoesNotUndoASignature(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, node := &fakePlatform{meta: metaSigned, cancel: xaman.Cancellation{Cancelled: true, Reason: "OK"}}, &fakeNode{}
		node.missing.Store(true)
		_, c := ordered(t, f, node, nil)
		c.get()
		if a := decodeAnswer(t, c.call("DELETE", onePath, "")); a.Verdict != payload.VerdictChecking {
			t.Errorf("got %s %s, want it to be checked still", a.Status, a.Verdict)
		}
		node.missing.Store(false)
		time.Sleep(seldom)
		synctest.Wait()
		if a := c.get(); a.Verdict != payload.VerdictVerified {
			t.Errorf("got %s %s, want it verified", a.Status, a.Verdict)
		}
	})
}

// What is final stays as it is, and is asked for no more, although a signature was being checked.
func TestLateEvidenceChangesNothing(t *testing.T) {
	for name, busy := range map[string]func(*fakeNode){
		"while the ledger is asked": func(n *fakeNode) { n.slow.Store(int64(time.Second)) },
		"between two rounds":        func(n *fakeNode) { n.missing.Store(true) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f, node := &fakePlatform{meta: metaSigned, cancel: xaman.Cancellation{Reason: "ALREADY_RESOLVED"}}, &fakeNode{}
				_, c := ordered(t, f, node, nil)
				busy(node)
				c.get()
				f.become(xaman.Meta{AppOpened: true, Resolved: true}, false)
				c.call("DELETE", onePath, "")
				before := f.calls.Load()
				time.Sleep(time.Minute)
				synctest.Wait()
				if a, more := c.get(), f.calls.Load()-before; a.Status != payload.StatusRejected || more != 0 {
					t.Errorf("got %s %s after %d more calls, want it rejected after none", a.Status, a.Verdict, more)
				}
			})
		})
	}
}
