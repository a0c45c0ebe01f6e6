package backend

import (
	"context"
	"errors"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/xaman-live/xaman-live/devserver/xaman"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// announced creates a request of which the platform says that something became of it.
func (b *browser) announced() {
	b.t.Helper()
	made := decodeAnswer(b.t, b.call("POST", "/api/sign-requests", `{"demo":"pay"}`))
	b.do(webhook(string(made.UUID), "null"))
}

// endsAtOnce ends a backend, and checks that nobody waits for anything, and that nobody uses a record any more except
// the test itself, for so many times.
func endsAtOnce(t *testing.T, b *Backend, stop func(), users int) {
	t.Helper()
	began := time.Now()
	if stop(); time.Since(began) != 0 {
		t.Errorf("ended after %v, want at once", time.Since(began))
	}
	for _, r := range b.requests.kept {
		users -= r.users
	}
	if users != 0 {
		t.Errorf("got %d users of records too few", users)
	}
}

// A server that ends does not wait for the next round of what it follows, and does not begin one.
func TestServerEndsBetweenRounds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, node := &fakePlatform{allowed: mostCalls, meta: metaSigned}, &fakeNode{}
		node.missing.Store(true)
		b, stop := newTestBackend(t, t.TempDir(), f, node, nil)
		c := browserOf(t, b)
		for range 30 {
			c.other().announced()
		}
		synctest.Wait()
		calls := node.calls.Load()
		endsAtOnce(t, b, stop, 0)
		if more := node.calls.Load() - calls; more != 0 {
			t.Errorf("got %d calls to the ledger at the end, want none", more)
		}
	})
}

// A server that ends does not wait for those who wait for their turn.
func TestServerEndsWhileItWaits(t *testing.T) {
	pending := func(t *testing.T, f *fakePlatform) (*Backend, func(), *request) {
		t.Helper()
		b, stop := newTestBackend(t, t.TempDir(), f, nil, nil)
		browserOf(t, b).create("pay")
		return b, stop, kept(t, b)
	}
	take := func(t *testing.T, r *request) {
		t.Helper()
		if _, err := r.take(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	t.Run("for others that ask", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			f := &fakePlatform{}
			b, stop, r := pending(t, f)
			for range cap(b.rounds) {
				b.rounds <- struct{}{}
			}
			b.follow(held{r}, func() {})
			synctest.Wait()
			endsAtOnce(t, b, stop, 1)
			if calls := f.calls.Load(); calls != 1 {
				t.Errorf("got %d calls to the platform, want the one that created", calls)
			}
		})
	})
	t.Run("for a record", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			b, stop, r := pending(t, &fakePlatform{})
			take(t, r)
			b.follow(held{r}, func() {})
			synctest.Wait()
			endsAtOnce(t, b, stop, 1)
		})
	})
	t.Run("for a record to go on with", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			b, stop, r := pending(t, &fakePlatform{})
			take(t, r)
			if err := b.resume(t.Context()); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			endsAtOnce(t, b, stop, 1)
			if r.followed {
				t.Error("it is taken for followed")
			}
		})
	})
	t.Run("for a record to judge", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			f, node := &fakePlatform{meta: metaSigned}, &fakeNode{}
			b, stop := newTestBackend(t, t.TempDir(), f, node, nil)
			c := browserOf(t, b)
			c.create("pay")
			node.slow.Store(int64(time.Second))
			c.do(webhook(testUUID, "null"))
			synctest.Wait()
			r := kept(t, b)
			take(t, r)
			time.Sleep(time.Minute)
			endsAtOnce(t, b, stop, 1)
			if r.Answer.Verdict != payload.VerdictChecking {
				t.Errorf("got %s, want no verdict out of turn", r.Answer.Verdict)
			}
		})
	})
}

// A server that ends while it goes through what it left behind does not begin with the rest.
func TestServerEndsWhileItResumes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakePlatform{allowed: mostCalls}
		b, stop := newTestBackend(t, t.TempDir(), f, nil, nil)
		for range 100 {
			browserOf(t, b).create("pay")
		}
		for range cap(b.rounds) {
			b.rounds <- struct{}{}
		}
		if err := b.resume(t.Context()); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		users := 0
		for _, r := range b.requests.kept {
			users += r.users
		}
		if users != 32 {
			t.Errorf("got %d requests followed at once, want 32", users)
		}
		endsAtOnce(t, b, stop, 0)
	})
}

// What is followed already keeps nothing else from being resumed.
func TestResumeSkipsWhatIsFollowed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakePlatform{allowed: mostCalls, meta: xaman.Meta{AppOpened: true}}
		b, c := ordered(t, f, nil, nil)
		for range resumedAtOnce + 1 {
			c.other().announced()
		}
		synctest.Wait()
		if err := b.resume(t.Context()); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		r, err := b.requests.get(t.Context(), testUUID)
		if err != nil || see(t, r).Answer.Status != payload.StatusOpened {
			t.Errorf("got %v, want the platform to be asked for the rest", err)
		}
	})
}

// A visitor who leaves while the ledger is asked is not made to wait for it, and gets no answer.
func TestVisitorLeavesTheLedger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		node := &fakeNode{}
		b, c := ordered(t, &fakePlatform{meta: metaSigned}, node, nil)
		node.slow.Store(int64(time.Hour))
		c.get()
		r := kept(t, b)
		for range 20 {
			ctx, leave := context.WithTimeout(t.Context(), 100*time.Millisecond)
			began := time.Now()
			_, err := b.current(ctx, r, visitor{"s", "a"})
			leave()
			if !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != 100*time.Millisecond {
				t.Fatalf("got %v after %v, want to be free at once", err, time.Since(began))
			}
		}
	})
}

// A visitor who leaves while others have their turn hears nothing, whatever he wanted.
func TestVisitorLeavesTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, _ := ordered(t, &fakePlatform{}, nil, nil)
		r := kept(t, b)
		h, err := r.take(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer h.end()
		for name, wish := range map[string]func(context.Context) error{
			"current": func(ctx context.Context) error { _, err := b.current(ctx, r, visitor{"s", "a"}); return err },
			"last":    func(ctx context.Context) error { _, err := b.last(ctx, r); return err },
			"stop":    func(ctx context.Context) error { _, err := b.stop(ctx, r, visitor{"s", "a"}); return err },
		} {
			ctx, leave := context.WithTimeout(t.Context(), time.Second)
			if err := wish(ctx); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%s: got %v, want it to be given up", name, err)
			}
			leave()
		}
	})
}

// A visitor who leaves while the platform is asked is no outage of it.
func TestVisitorLeavesThePlatform(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log strings.Builder
		f := &fakePlatform{}
		_, c := ordered(t, f, nil, slog.New(slog.NewTextHandler(&log, nil)))
		f.change(func() { f.slow = time.Minute })
		ctx, leave := context.WithTimeout(t.Context(), time.Second)
		defer leave()
		c.do(httptest.NewRequestWithContext(ctx, "GET", onePath, nil))
		if strings.Contains(log.String(), "no answer") {
			t.Errorf("got log %s, want no word of an outage", log.String())
		}
		f.change(func() { f.slow, f.refuse = 0, func(string) (int, string) { return 502, "" } })
		c.call("GET", onePath, "")
		if !strings.Contains(log.String(), `msg="no answer, trying again" from=platform`) {
			t.Errorf("got log %s, want the outage", log.String())
		}
	})
}
