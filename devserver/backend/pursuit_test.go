package backend

import (
	"context"
	"log/slog"
	"strings"
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
	for name, signed := range map[string]bool{"ledger": true, "platform": false} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var log strings.Builder
				f := &fakePlatform{meta: metaSigned}
				b, stop := newTestBackend(t, t.TempDir(), f, &waitingNode{}, slog.New(slog.NewTextHandler(&log, nil)))
				c := browserOf(t, b)
				c.create("sign-in")
				if !signed {
					f.change(func() { f.slow = time.Hour })
				}
				c.do(webhook(testUUID, "null"))
				synctest.Wait()
				stop()
				if strings.Contains(log.String(), "no answer") {
					t.Errorf("got log %s", log.String())
				}
			})
		})
	}
}

func TestLogNamesWhoIsSilentAndWhatWasJudged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log strings.Builder
		node := &fakeNode{}
		node.silent.Store(true)
		b, _ := newTestBackend(t, t.TempDir(), &fakePlatform{meta: metaSigned}, node,
			slog.New(slog.NewTextHandler(&log, nil)))
		c := browserOf(t, b)
		c.create("pay")
		c.get()
		node.silent.Store(false)
		time.Sleep(steadily)
		synctest.Wait()
		for _, want := range []string{`msg="no answer, trying again" from=ledger`, `msg="answers again" from=ledger`,
			"msg=judged demo=pay uuid=9A2C verdict=verified"} {
			if !strings.Contains(log.String(), want) {
				t.Errorf("got log %s, want %s", log.String(), want)
			}
		}
		if errs := strings.Count(log.String(), "level=ERROR"); errs != 1 {
			t.Errorf("got log %s, want no other error", log.String())
		}
	})
}

// The phone's report of where it submitted is asked for after five seconds, when the ledger should have it already.
func TestReportIsAskedForLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, node := &fakePlatform{meta: metaSigned, unreported: true}, &fakeNode{}
		node.missing.Store(true)
		_, c := ordered(t, f, node, nil)
		c.get()
		time.Sleep(4900 * time.Millisecond)
		if calls := f.calls.Load(); calls != 2 {
			t.Errorf("got %d calls to the platform before five seconds, want 2", calls)
		}
		time.Sleep(200 * time.Millisecond)
		if calls := f.calls.Load(); calls != 3 {
			t.Errorf("got %d calls to the platform after five seconds, want 3", calls)
		}
	})
}

// A transaction that does not come is looked for each second in two minutes, and each five seconds after that.
func TestLedgerIsAskedLessInTheLongRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		node := &fakeNode{}
		node.missing.Store(true)
		_, c := ordered(t, &fakePlatform{meta: metaSigned}, node, nil)
		c.get()
		time.Sleep(2*time.Minute + 500*time.Millisecond)
		first := node.calls.Load()
		if first != 1+2*121 {
			t.Errorf("got %d calls in two minutes, want one for the order and two each second", first)
		}
		time.Sleep(time.Minute)
		if more := node.calls.Load() - first; more != 2*12 {
			t.Errorf("got %d calls in the minute after that, want two each five seconds", more)
		}
		time.Sleep(time.Hour)
		if all := node.calls.Load(); all != 1+2*121+2*95 {
			t.Errorf("got %d calls in all, want none from ten minutes on", all)
		}
	})
}

// What visitors may ask is used up. What was announced, or is signed, is asked for from the reserve.
func TestReserveIsForWhatWasSigned(t *testing.T) {
	useUp := func(b *Backend) {
		for range leastCalls * 6 / 8 {
			b.limits.take(time.Now(), confirming, visitor{})
		}
	}
	t.Run("announced", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			f := &fakePlatform{}
			b, c := ordered(t, f, nil, nil)
			useUp(b)
			f.change(func() { f.meta = metaSigned })
			if w := c.call("GET", onePath, ""); !stale(w) {
				t.Fatalf("got %s, want nothing to be left for visitors", w.Body)
			}
			c.do(webhook(testUUID, "null"))
			synctest.Wait()
			if a := c.get(); a.Verdict != payload.VerdictVerified {
				t.Errorf("got %s, want it verified", a.Verdict)
			}
		})
	})
	t.Run("signed, and where it was submitted is not reported", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			f, node := &fakePlatform{meta: metaSigned, unreported: true}, &fakeNode{}
			node.missing.Store(true)
			b, c := ordered(t, f, node, nil)
			c.get()
			useUp(b)
			calls := f.calls.Load()
			time.Sleep(reporting + steadily)
			if f.calls.Load() == calls {
				t.Error("the platform is not asked any more")
			}
		})
	})
}

// Only a visitor's call counts against a request's own limit, and only if it is made.
func TestAllowCountsWhatVisitorsAsk(t *testing.T) {
	b, _ := ordered(t, &fakePlatform{}, nil, nil)
	r := kept(t, b)
	if _, ok := b.allow(held{r}, visitor{}); !ok || r.calls.used != 0 {
		t.Errorf("the server itself: got %v and %v used, want it free", ok, r.calls.used)
	}
	if _, ok := b.allow(held{r}, visitor{"s", "a"}); !ok || r.calls.used != 1 {
		t.Errorf("visitor: got %v and %v used, want one", ok, r.calls.used)
	}
	for range leastCalls {
		b.limits.take(time.Now(), confirming, visitor{})
	}
	if _, ok := b.allow(held{r}, visitor{"s", "a"}); ok || r.calls.used > 1 {
		t.Errorf("refused: got %v and %v used, want no more", ok, r.calls.used)
	}
}

// An answer from memory that is fresh, or final, is not called old.
func TestAnswersFromMemoryAreNotOld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakePlatform{meta: xaman.Meta{AppOpened: true}}
		_, c := ordered(t, f, nil, nil)
		for range 2 {
			if w := c.call("GET", onePath, ""); stale(w) {
				t.Errorf("opened: got %s", w.Body)
			}
		}
		time.Sleep(time.Second)
		f.change(func() { f.meta = xaman.Meta{Resolved: true} })
		for range 2 {
			if w := c.call("GET", onePath, ""); stale(w) {
				t.Errorf("declined: got %s", w.Body)
			}
			time.Sleep(time.Second)
		}
	})
}

// However many tell of a request at once, one verifies it.
func TestOneFollowsForManyWebhooks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakePlatform{meta: xaman.Meta{AppOpened: true}}
		b, c := ordered(t, f, nil, nil)
		r := kept(t, b)
		f.change(func() { f.slow = time.Second })
		for range 5 {
			c.do(webhook(testUUID, "null"))
		}
		b.requests.mu.Lock()
		users := r.users
		b.requests.mu.Unlock()
		if users != 2 {
			t.Errorf("got %d users of the record, want this test and one that follows", users)
		}
	})
}

func TestLogNamesThePlatformThatIsSilent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log strings.Builder
		f := &fakePlatform{}
		_, c := ordered(t, f, nil, slog.New(slog.NewTextHandler(&log, nil)))
		f.change(func() { f.refuse = func(string) (int, string) { return 502, "" } })
		c.do(webhook(testUUID, "null"))
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if n := strings.Count(log.String(), `msg="no answer, trying again" from=platform`); n != 1 {
			t.Errorf("got log %s, want one line about the outage", log.String())
		}
	})
}

func TestVisitorsMayAskTenTimesAtOnce(t *testing.T) {
	b, _ := ordered(t, &fakePlatform{allowed: mostCalls}, nil, nil)
	r := kept(t, b)
	for n := range 11 {
		wait, ok := b.allow(held{r}, visitor{"s", "a"})
		if ok != (n < 10) {
			t.Errorf("call %d: got allowed: %v", n, ok)
		}
		if !ok && (wait <= 2*time.Second || wait > 3*time.Second) {
			t.Errorf("got %v to wait, want up to three seconds", wait)
		}
	}
	if _, ok := b.allow(held{r}, visitor{}); !ok {
		t.Error("the server itself: got refused, want the visitors' limit not to be its own")
	}
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
	synctest.Test(t, func(t *testing.T) {
		node := &busyNode{}
		node.missing.Store(true)
		f := &fakePlatform{allowed: mostCalls, meta: metaSigned}
		b, _ := newTestBackend(t, t.TempDir(), f, node, nil)
		c := browserOf(t, b)
		for range 12 {
			c.announced()
		}
		time.Sleep(3 * time.Second)
		if got := node.most.Load(); got != 4 {
			t.Errorf("got %d who ask at once, want 4", got)
		}
	})
}

// The time that is left changes with each answer, and is no reason to write.
func TestAskingAgainWritesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakePlatform{meta: xaman.Meta{AppOpened: true}, left: 300}
		b, c := ordered(t, f, nil, nil)
		c.get()
		counted := &countedRecord{Record: b.record}
		b.record = counted
		for range 3 {
			time.Sleep(time.Second)
			f.change(func() { f.left -= 2 })
			c.get()
		}
		if counted.saves != 0 {
			t.Errorf("got %d writes, want none", counted.saves)
		}
	})
}

// countedRecord counts what is saved.
type countedRecord struct {
	record.Record
	saves int
}

func (r *countedRecord) Save(ctx context.Context, e record.Entry, token string) error {
	r.saves++
	return r.Record.Save(ctx, e, token)
}
