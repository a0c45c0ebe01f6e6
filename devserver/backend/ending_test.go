package backend

import (
	"context"
	"errors"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/xaman-live/xaman-live/devserver/xaman"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// announced creates a request of which the platform says that something became of it.
func (b *browser) announced() {
	b.t.Helper()
	b.do(webhook(string(b.create("pay").UUID), "null"))
}

// endsAtOnce ends the backend, and wants that nobody waits for anything, and that only so many use its requests still.
func (v *visit) endsAtOnce(users int) {
	v.Helper()
	began := time.Now()
	if v.stop(); time.Since(began) != 0 {
		v.Errorf("ended after %v, want at once", time.Since(began))
	}
	v.wantUsers(users)
}

// A server that ends does not wait for the next round of what it follows, and does not begin one.
func TestServerEndsBetweenRounds(t *testing.T) {
	visiting(t, &fakePlatform{allowed: mostCalls, meta: metaSigned}, func(v *visit) {
		v.node.missing.Store(true)
		for range 30 {
			v.other().announced()
		}
		synctest.Wait()
		calls := v.node.calls.Load()
		v.endsAtOnce(0)
		if more := v.node.calls.Load() - calls; more != 0 {
			v.Errorf("got %d calls to the ledger at the end, want none", more)
		}
	})
}

// A server that ends does not wait for those who wait for their turn.
func TestServerEndsWhileItWaits(t *testing.T) {
	for name, tt := range map[string]struct {
		begin    func(*visit, *request)
		followed bool
	}{
		"for others that ask": {func(v *visit, r *request) {
			v.fillRounds()
			v.backend.follow(held{r}, func() {})
		}, true},
		"for a record": {func(v *visit, r *request) {
			v.take(r)
			v.backend.follow(held{r}, func() {})
		}, true},
		"for a record to go on with": {func(v *visit, r *request) {
			v.take(r)
			v.resume()
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			paying(t, &fakePlatform{}, func(v *visit) {
				r := v.kept()
				tt.begin(v, r)
				synctest.Wait()
				v.endsAtOnce(1)
				v.wantCalls("at the end", 1)
				if r.followed != tt.followed {
					v.Errorf("got it taken for followed: %t", r.followed)
				}
			})
		})
	}
	t.Run("for a record to judge", func(t *testing.T) {
		paying(t, &fakePlatform{meta: metaSigned}, func(v *visit) {
			v.node.slow.Store(int64(time.Second))
			v.announce()
			synctest.Wait()
			r := v.kept()
			v.take(r)
			time.Sleep(time.Minute)
			v.endsAtOnce(1)
			if r.Answer.Verdict != payload.VerdictChecking {
				v.Errorf("got %s, want no verdict out of turn", r.Answer.Verdict)
			}
		})
	})
}

// take takes the turn of a request, and keeps it.
func (v *visit) take(r *request) held {
	v.Helper()
	h, err := r.take(v.Context())
	if err != nil {
		v.Fatal(err)
	}
	return h
}

// A server that ends while it goes through what it left behind does not begin with the rest.
func TestServerEndsWhileItResumes(t *testing.T) {
	visiting(t, &fakePlatform{allowed: mostCalls}, func(v *visit) {
		for range 100 {
			v.other().create("pay")
		}
		v.fillRounds()
		v.resume()
		synctest.Wait()
		v.wantUsers(32)
		v.endsAtOnce(0)
	})
}

// What is followed already keeps nothing else from being resumed.
func TestResumeSkipsWhatIsFollowed(t *testing.T) {
	paying(t, &fakePlatform{allowed: mostCalls, meta: xaman.Meta{AppOpened: true}}, func(v *visit) {
		for range resumedAtOnce + 1 {
			v.other().announced()
		}
		synctest.Wait()
		v.resume()
		synctest.Wait()
		if a := see(v.T, v.kept()).Answer; a.Status != payload.StatusOpened {
			v.Errorf("got %s, want the platform to be asked for the rest", a.Status)
		}
	})
}

// A visitor who leaves while the ledger is asked is not made to wait for it, and gets no answer.
func TestVisitorLeavesTheLedger(t *testing.T) {
	paying(t, &fakePlatform{meta: metaSigned}, func(v *visit) {
		v.node.slow.Store(int64(time.Hour))
		v.get()
		r := v.kept()
		for range 20 {
			ctx, leave := context.WithTimeout(v.Context(), 100*time.Millisecond)
			began := time.Now()
			_, err := v.backend.current(ctx, r, func() visitor { return visitor{"s", "a"} })
			leave()
			if !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != 100*time.Millisecond {
				v.Fatalf("got %v after %v, want to be free at once", err, time.Since(began))
			}
		}
	})
}

// A visitor who leaves while others have their turn hears nothing, whatever he wanted.
func TestVisitorLeavesTheOthers(t *testing.T) {
	paying(t, &fakePlatform{}, func(v *visit) {
		b, r, who := v.backend, v.kept(), visitor{"s", "a"}
		defer v.take(r).end()
		for name, wish := range map[string]func(context.Context) error{
			"current": func(ctx context.Context) error {
				_, err := b.current(ctx, r, func() visitor { return who })
				return err
			},
			"last": func(ctx context.Context) error { _, err := b.last(ctx, r); return err },
			"stop": func(ctx context.Context) error { _, err := b.stop(ctx, r, who); return err },
		} {
			ctx, leave := context.WithTimeout(v.Context(), time.Second)
			if err := wish(ctx); !errors.Is(err, context.DeadlineExceeded) {
				v.Errorf("%s: got %v, want it to be given up", name, err)
			}
			leave()
		}
	})
}

// A visitor who leaves while the platform is asked is no outage of it.
func TestVisitorLeavesThePlatform(t *testing.T) {
	paying(t, &fakePlatform{}, func(v *visit) {
		v.f.change(func() { v.f.slow = time.Minute })
		ctx, leave := context.WithTimeout(v.Context(), time.Second)
		defer leave()
		v.do(httptest.NewRequestWithContext(ctx, "GET", onePath, nil))
		v.wantLog("no answer", 0)
		v.f.change(func() { v.f.slow = 0 })
		v.refuses(502, "")
		v.get()
		v.wantLog(`msg="no answer, trying again" from=platform`, 1)
	})
}
