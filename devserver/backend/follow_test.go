package backend

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/xaman-live/xaman-live/devserver/xaman"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

var metaSigned = xaman.Meta{AppOpened: true, Resolved: true, Signed: true}

func TestLedgerOutOfReach(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		node := &fakeNode{}
		node.silent.Store(true)
		backend, _ := newTestBackend(t, t.TempDir(), &fakePlatform{meta: metaSigned}, node,
			slog.New(slog.NewTextHandler(&log, nil)))
		b := browserOf(t, backend)
		b.create("pay")
		for range 3 {
			b.get()
			time.Sleep(followFor + time.Minute)
			synctest.Wait()
			calls := node.calls.Load()
			time.Sleep(time.Hour)
			if node.calls.Load() != calls {
				t.Error("polls for ever, although nobody asks")
			}
		}
		if a := b.get(); a.Verdict != payload.VerdictChecking {
			t.Errorf("got %s, want checking for as long as the ledger says nothing", a.Verdict)
		}
		node.silent.Store(false)
		time.Sleep(seldom)
		synctest.Wait()
		if a := b.get(); a.Verdict != payload.VerdictVerified {
			t.Errorf("got %s, want it verified when the ledger answers and somebody asks", a.Verdict)
		}
		if n := strings.Count(log.String(), "no answer"); n != 1 {
			t.Errorf("got %d lines about the outage, want 1: %s", n, log.String())
		}
	})
}

// What the platform says of the submission comes seconds after the signature.
func TestPlatformIsAskedUntilItHasSaidAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, node := &fakePlatform{meta: metaSigned, unreported: true}, &fakeNode{}
		node.missing.Store(true)
		_, b := ordered(t, f, node, nil)
		b.get()
		time.Sleep(2 * seldom)
		f.become(metaSigned, false)
		time.Sleep(seldom)
		calls := f.calls.Load()
		if calls < 4 || calls > 8 {
			t.Errorf("got %d calls to the platform, want it to be asked now and then", calls)
		}
		time.Sleep(time.Minute)
		if got := f.calls.Load(); got != calls {
			t.Errorf("got %d more calls, want none once it has said all", got-calls)
		}
	})
}

func TestServerEndsAndGoesOn(t *testing.T) {
	tests := []struct {
		name   string
		before xaman.Meta // what the platform says while the first server runs
		hook   bool       // a webhook is the last that it hears
	}{
		{"created", xaman.Meta{}, false},
		{"opened", xaman.Meta{AppOpened: true}, false},
		{"announced", xaman.Meta{AppOpened: true}, true},
		{"being checked", metaSigned, false},
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
	b.start(func(context.Context) { t.Error("started") })
	b.wg.Wait()
}
