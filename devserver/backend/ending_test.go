package backend

import (
	"context"
	"errors"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

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
	for name, begin := range map[string]func(*visit, *request){
		"for others that ask": func(v *visit, r *request) {
			v.fillRounds()
			v.backend.follow(v.Context(), held{r})
		},
		"for a record": func(v *visit, r *request) {
			v.take(r)
			v.backend.follow(v.Context(), held{r})
		},
		"for a record to go on with": func(v *visit, r *request) {
			v.take(r)
			v.resume()
		},
	} {
		t.Run(name, func(t *testing.T) {
			paying(t, &fakePlatform{}, func(v *visit) {
				begin(v, v.kept())
				synctest.Wait()
				v.endsAtOnce(1)
				v.wantCalls("at the end", 1)
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

// A server that ends while it goes through what is due does not begin with the rest.
func TestServerEndsWhileItResumes(t *testing.T) {
	visiting(t, &fakePlatform{allowed: mostCalls}, func(v *visit) {
		v.backend.most.Store(32)
		for range 100 {
			v.other().create("pay")
		}
		v.fillRounds()
		v.pass(6 * time.Minute)
		v.wantUsers(32)
		v.endsAtOnce(0)
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
			_, err := v.backend.current(ctx, r, func() caller { return caller{"s", "a"} })
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
		b, r, who := v.backend, v.kept(), caller{"s", "a"}
		defer v.take(r).end()
		for name, wish := range map[string]func(context.Context) error{
			"current": func(ctx context.Context) error {
				_, err := b.current(ctx, r, func() caller { return who })
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

// A webhook that came while no server was running does not come again.
func TestServerStartsWithWhatWasSignedMeanwhile(t *testing.T) {
	sharing(t, 1, &fakePlatform{allowed: mostCalls}, func(c *cluster) {
		c.at(0, nil).create("pay")
		c.servers[0].Close()
		c.f.become(metaSigned, false)
		c.start()
		c.pass(2 * takeEvery)
		c.wantTold(verifiedID)
	})
}
