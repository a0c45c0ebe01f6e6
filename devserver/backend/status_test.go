package backend

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/xaman-live/xaman-live/devserver/xaman"
	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// What is known of a request is fresh for 200 ms, and given out at once.
func TestAnswersAreFreshForAMoment(t *testing.T) {
	paying(t, &fakePlatform{meta: xaman.Meta{AppOpened: true}}, func(v *visit) {
		began := time.Now()
		v.get()
		time.Sleep(199 * time.Millisecond)
		v.get()
		v.wantCalls("after 199 ms", 2)
		time.Sleep(time.Millisecond)
		v.get()
		v.wantCalls("after 200 ms", 3)
		if took := time.Since(began); took != 200*time.Millisecond {
			v.Errorf("the answers took %v, want nothing besides the pauses", took)
		}
	})
}

// The platform may take ten seconds to hear of a request that it has made. What it does not know then is gone, until it
// is known again.
func TestUnknownRequestIsGoneAfterTenSeconds(t *testing.T) {
	paying(t, &fakePlatform{allowed: mostCalls}, func(v *visit) {
		v.refuses(404, `{"error":{"code":404}}`)
		time.Sleep(9 * time.Second)
		v.wantOld(true)
		v.refuses(502, "")
		time.Sleep(time.Second)
		checkError(v.T, v.call("GET", onePath, ""), api.NotFound)
		v.refuses(0, "")
		v.wantOld(false)
		v.refuses(502, "")
		time.Sleep(time.Second)
		v.wantOld(true)
	})
}

func TestGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := held{newRequest("")}
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
	paying(t, &fakePlatform{}, func(v *visit) {
		v.refuses(404, `{"error":{"code":404}}`)
		v.get()
		v.useUp(leastCalls)
		time.Sleep(10 * time.Second)
		checkError(v.T, v.call("GET", onePath, ""), api.NotFound)
	})
}

// Those who ask while a signature is checked share one look at the ledger each half second, of two calls. One is for
// the order.
func TestLookIsSharedForHalfASecond(t *testing.T) {
	paying(t, &fakePlatform{meta: metaSigned}, func(v *visit) {
		v.node.missing.Store(true)
		for _, step := range []struct {
			after time.Duration
			want  int64
		}{{0, 1 + 2}, {499 * time.Millisecond, 1 + 2}, {time.Millisecond, 1 + 4}, {0, 1 + 4}} {
			time.Sleep(step.after)
			v.get()
			synctest.Wait()
			if got := v.node.calls.Load(); got != step.want {
				v.Errorf("after %v more: got %d calls to the ledger, want %d", step.after, got, step.want)
			}
		}
		v.pass(time.Second)
		v.node.slow.Store(int64(100 * time.Millisecond))
		v.pass(time.Second)
		before := v.node.calls.Load() // a look has begun
		for range 3 {
			v.get()
		}
		time.Sleep(900 * time.Millisecond)
		if more := v.node.calls.Load() - before; more != 1 {
			v.Errorf("got %d more calls to the ledger, want the other one of the look that had begun", more)
		}
	})
}

// Many ask while others are at the ledger: one look is enough for all.
func TestOneLookForAllWhoWait(t *testing.T) {
	paying(t, &fakePlatform{meta: metaSigned}, func(v *visit) {
		v.node.missing.Store(true)
		v.fillRounds()
		for range 3 {
			v.get()
		}
		<-v.backend.rounds
		time.Sleep(100 * time.Millisecond)
		if calls := v.node.calls.Load(); calls != 1+2 {
			v.Errorf("got %d calls to the ledger, want one for the order and two for one look", calls)
		}
	})
}

// The platform cancels what it has shown as signed: the signature counts.
func TestCancellationDoesNotUndoASignature(t *testing.T) {
	f := &fakePlatform{meta: metaSigned, cancel: xaman.Cancellation{Cancelled: true, Reason: "OK"}}
	paying(t, f, func(v *visit) {
		v.node.missing.Store(true)
		v.get()
		if a := decodeAnswer(v.T, v.call("DELETE", onePath, "")); a.Verdict != payload.VerdictChecking {
			v.Errorf("got %s %s, want it to be checked still", a.Status, a.Verdict)
		}
		v.node.missing.Store(false)
		v.pass(seldom)
		v.want(payload.VerdictVerified)
	})
}

// What is final stays as it is, and is asked for no more, although a signature was being checked.
func TestLateEvidenceChangesNothing(t *testing.T) {
	for name, busy := range map[string]func(*fakeNode){
		"while the ledger is asked": func(n *fakeNode) { n.slow.Store(int64(time.Second)) },
		"between two rounds":        func(n *fakeNode) { n.missing.Store(true) },
	} {
		t.Run(name, func(t *testing.T) {
			f := &fakePlatform{meta: metaSigned, cancel: xaman.Cancellation{Reason: "ALREADY_RESOLVED"}}
			paying(t, f, func(v *visit) {
				busy(v.node)
				v.get()
				v.says(xaman.Meta{AppOpened: true, Resolved: true})
				v.call("DELETE", onePath, "")
				calls := f.calls.Load()
				v.pass(time.Minute)
				if a := v.get(); a.Status != payload.StatusRejected {
					v.Errorf("got %s %s, want it rejected", a.Status, a.Verdict)
				}
				v.wantCalls("once it is rejected", calls)
			})
		})
	}
}
