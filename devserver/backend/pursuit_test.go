package backend

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/xaman-live/xaman-live/devserver/ledger"
	"github.com/xaman-live/xaman-live/devserver/record"
	"github.com/xaman-live/xaman-live/devserver/xaman"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// waitingNode is a node that does not answer before the server ends.
type waitingNode struct{ fakeNode }

func (n *waitingNode) Server(ctx context.Context) (ledger.Server, error) {
	<-ctx.Done()
	return ledger.Server{}, ledger.ErrUnavailable
}

// What fails because the server ends is no outage.
func TestEndIsNoOutage(t *testing.T) {
	for name, slow := range map[string]time.Duration{"ledger": 0, "platform": time.Hour} {
		t.Run(name, func(t *testing.T) {
			visitingWith(t, &fakePlatform{meta: metaSigned}, &waitingNode{}, func(v *visit) {
				v.create("sign-in")
				v.f.change(func() { v.f.slow = slow })
				v.announce()
				synctest.Wait()
				v.stop()
				v.wantLog("no answer", 0)
			})
		})
	}
}

func TestLogNamesWhoIsSilentAndWhatWasJudged(t *testing.T) {
	visiting(t, &fakePlatform{meta: metaSigned}, func(v *visit) {
		v.node.silent.Store(true)
		v.create("pay")
		v.get()
		v.node.silent.Store(false)
		v.pass(steadily)
		v.wantLog(`msg="no answer, trying again" from=ledger`, 1)
		v.wantLog(`msg="answers again" from=ledger`, 1)
		v.wantLog("msg=order uuid=9a2c7a52 event=verified ", 1)
		v.wantLog("level=ERROR", 1)
	})
	paying(t, &fakePlatform{}, func(v *visit) {
		v.refuses(502, "")
		v.announce()
		v.pass(10 * time.Second)
		v.wantLog(`msg="no answer, trying again" from=platform`, 1)
	})
}

// The phone's report of where it submitted is asked for after five seconds, when the ledger should have it already.
func TestReportIsAskedForLate(t *testing.T) {
	paying(t, &fakePlatform{meta: metaSigned, unreported: true}, func(v *visit) {
		v.node.missing.Store(true)
		v.get()
		time.Sleep(4900 * time.Millisecond)
		v.wantCalls("before five seconds", 2)
		time.Sleep(200 * time.Millisecond)
		v.wantCalls("after five seconds", 3)
	})
}

// A transaction that does not come is looked for each second in two minutes, each five seconds up to ten, and each ten
// minutes after that, with two calls each time. One is for the order.
func TestLedgerIsAskedLessInTheLongRun(t *testing.T) {
	paying(t, &fakePlatform{meta: metaSigned}, func(v *visit) {
		v.node.missing.Store(true)
		v.get()
		for _, step := range []struct {
			pass time.Duration
			want int64 // calls in all
		}{{2*time.Minute + 500*time.Millisecond, 1 + 2*121}, {time.Minute, 1 + 2*(121+12)}, {time.Hour, 1 + 2*(121+96+5)}} {
			time.Sleep(step.pass)
			if got := v.node.calls.Load(); got != step.want {
				v.Errorf("after %v more: got %d calls, want %d", step.pass, got, step.want)
			}
		}
	})
}

// What visitors may ask is used up. What was announced, or is signed, is asked for from the reserve.
func TestReserveIsForWhatWasSigned(t *testing.T) {
	const forVisitors = leastCalls * 6 / 8
	t.Run("announced", func(t *testing.T) {
		paying(t, &fakePlatform{}, func(v *visit) {
			v.useUp(forVisitors)
			v.says(metaSigned)
			v.wantOld(true)
			v.announce()
			synctest.Wait()
			v.want(payload.VerdictVerified)
		})
	})
	t.Run("signed, and where it was submitted is not reported", func(t *testing.T) {
		paying(t, &fakePlatform{meta: metaSigned, unreported: true}, func(v *visit) {
			v.node.missing.Store(true)
			v.get()
			v.useUp(forVisitors)
			time.Sleep(reporting + steadily/2)
			v.wantCalls("where it was submitted is asked for", 3)
		})
	})
}

// Only a visitor's call counts against a request's own limit, and only if it is made.
func TestAllowCountsWhatVisitorsAsk(t *testing.T) {
	paying(t, &fakePlatform{allowed: mostCalls}, func(v *visit) {
		r, mine := v.kept(), caller{"s", "a"}
		v.create("pay") // which tells the platform's limit
		for range askBurst {
			v.allowed(r, caller{}, true)
		}
		v.allowed(r, mine, true)
		v.useUp(mostCalls)
		for range 2 * askBurst {
			v.allowed(r, mine, false)
		}
		time.Sleep(time.Minute)
		for range askBurst {
			v.allowed(r, mine, true)
		}
		v.allowed(r, mine, false)
	})
}

// allowed wants that somebody may, or may not, call the platform about a request.
func (v *visit) allowed(r *request, from caller, want bool) (wait time.Duration) {
	v.Helper()
	wait, err := v.backend.allow(v.Context(), held{r}, from)
	if err != nil || (wait == 0) != want {
		v.Errorf("%+v: got %v, %v, want it allowed: %t", from, wait, err, want)
	}
	return wait
}

// An answer from memory that is fresh, or final, is not called old.
func TestAnswersFromMemoryAreNotOld(t *testing.T) {
	paying(t, &fakePlatform{meta: xaman.Meta{AppOpened: true}}, func(v *visit) {
		v.wantOld(false)
		v.wantOld(false)
		time.Sleep(time.Second)
		v.says(xaman.Meta{Resolved: true})
		v.wantOld(false)
		time.Sleep(time.Second)
		v.wantOld(false)
	})
}

// However many tell of a request at once, one verifies it.
func TestOneFollowsForManyWebhooks(t *testing.T) {
	paying(t, &fakePlatform{meta: xaman.Meta{AppOpened: true}}, func(v *visit) {
		r := v.kept()
		v.f.change(func() { v.f.slow = time.Second })
		for range 5 {
			v.announce()
		}
		v.backend.requests.mu.Lock()
		users := r.users
		v.backend.requests.mu.Unlock()
		if users != 2 {
			v.Errorf("got %d users of the record, want this test and one that follows", users)
		}
	})
}

func TestVisitorsMayAskTenTimesAtOnce(t *testing.T) {
	paying(t, &fakePlatform{allowed: mostCalls}, func(v *visit) {
		r := v.kept()
		mine := caller{"s", "a"}
		for range askBurst {
			v.allowed(r, mine, true)
		}
		if wait := v.allowed(r, mine, false); wait != askEvery {
			v.Errorf("got %v to wait, want %v", wait, askEvery)
		}
		v.allowed(r, caller{}, true)
	})
}

// busyNode counts who asks it at the same time.
type busyNode struct {
	fakeNode
	now, most atomic.Int64
}

func (n *busyNode) Transaction(ctx context.Context, hash string, in ledger.Range) (ledger.Transaction, error) {
	n.most.Store(max(n.most.Load(), n.now.Add(1)))
	defer n.now.Add(-1)
	time.Sleep(100 * time.Millisecond)
	return n.fakeNode.Transaction(ctx, hash, in)
}

func TestFewAskTheLedgerAtOnce(t *testing.T) {
	node := &busyNode{}
	node.missing.Store(true)
	visitingWith(t, &fakePlatform{allowed: mostCalls, meta: metaSigned}, node, func(v *visit) {
		for range 12 {
			v.announced()
		}
		time.Sleep(3 * time.Second)
		if got := node.most.Load(); got != 4 {
			v.Errorf("got %d who ask at once, want 4", got)
		}
	})
}

// countedRecord counts what is saved.
type countedRecord struct {
	record.Record
	saves int
}

func (r *countedRecord) Save(ctx context.Context, e record.Entry, n record.News) (record.Entry, error) {
	r.saves++
	return r.Record.Save(ctx, e, n)
}

// The time that is left changes with each answer, and is no reason to write.
func TestAskingAgainWritesNothing(t *testing.T) {
	visiting(t, &fakePlatform{meta: xaman.Meta{AppOpened: true}, left: 300}, func(v *visit) {
		v.stop()
		counted := &countedRecord{Record: v.open()}
		o := v.options
		o.Record = counted
		v.start(o)
		v.browser = browserOf(v.T, v.backend)
		v.create("pay")
		v.get()
		before := counted.saves
		for range 3 {
			time.Sleep(time.Second)
			v.f.change(func() { v.f.left -= 2 })
			v.get()
		}
		if counted.saves != before || before == 0 {
			v.Errorf("got %d writes, and then %d, want none more", before, counted.saves-before)
		}
	})
}
