package backend

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/xaman-live/xaman-live/devserver/xaman"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

var metaSigned = xaman.Meta{AppOpened: true, Resolved: true, Signed: true}

func TestLedgerOutOfReach(t *testing.T) {
	visiting(t, &fakePlatform{meta: metaSigned}, func(v *visit) {
		v.node.silent.Store(true)
		v.create("pay")
		for range 3 {
			v.get()
			v.pass(followFor + time.Minute)
			calls := v.node.calls.Load()
			time.Sleep(time.Hour)
			if got := v.node.calls.Load() - calls; got < 5 || got > 7 {
				v.Errorf("asks %d times in an hour in which nobody else does, want it every ten minutes", got)
			}
		}
		v.want(payload.VerdictChecking) // for as long as the ledger says nothing
		v.node.silent.Store(false)
		v.pass(seldom)
		v.want(payload.VerdictVerified)
		v.wantLog("no answer", 1)
	})
}

// What the platform says of the submission comes seconds after the signature.
func TestPlatformIsAskedUntilItHasSaidAll(t *testing.T) {
	paying(t, &fakePlatform{meta: metaSigned, unreported: true}, func(v *visit) {
		v.node.missing.Store(true)
		v.get()
		time.Sleep(2 * seldom)
		v.says(metaSigned)
		time.Sleep(seldom)
		calls := v.f.calls.Load()
		if calls < 4 || calls > 8 {
			v.Errorf("got %d calls to the platform, want it to be asked now and then", calls)
		}
		time.Sleep(time.Minute)
		v.wantCalls("once it has said all", calls)
	})
}

func TestServerEndsAndGoesOn(t *testing.T) {
	tests := []struct {
		name   string
		before xaman.Meta // what the platform says while the first server runs
		hook   bool       // a webhook is the last that it hears
		after  time.Duration
	}{
		{"created", xaman.Meta{}, false, 306 * time.Second}, // when it is too late to open
		{"opened", xaman.Meta{AppOpened: true}, false, 306 * time.Second},
		{"announced", xaman.Meta{AppOpened: true}, true, 0},
		{"being checked", metaSigned, false, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				dir := t.TempDir()
				f, node := &fakePlatform{meta: tt.before, left: 300}, &fakeNode{}
				node.missing.Store(true)
				first, stop := newTestBackend(t, dir, f, node, nil)
				b := browserOf(t, first)
				b.create("pay")
				b.get()
				if tt.hook {
					b.do(webhook(testUUID, "null"))
				}
				synctest.Wait()
				stop() // waits for the background

				f.become(metaSigned, false)
				node.missing.Store(false)
				second, _ := newTestBackend(t, dir, f, node, nil)
				time.Sleep(tt.after)
				synctest.Wait()
				calls := f.calls.Load()
				again := browserOf(t, second)
				again.cookies = b.cookies
				if a := again.get(); a.Verdict != payload.VerdictVerified || f.calls.Load() != calls {
					t.Errorf("got %+v, want it verified before anybody asks", a)
				}
			})
		})
	}
}

func TestNothingStartsAfterTheEnd(t *testing.T) {
	b := newBackground(t.Context())
	b.close()
	if b.start(func(context.Context) { t.Error("started") }) {
		t.Error("got it started")
	}
	b.wg.Wait()
}
