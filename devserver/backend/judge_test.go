package backend

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/xaman-live/xaman-live/devserver/record"
	"github.com/xaman-live/xaman-live/devserver/verify"
	"github.com/xaman-live/xaman-live/devserver/xaman"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

func TestStatusOf(t *testing.T) {
	tests := []struct {
		name string
		meta xaman.Meta
		want payload.Status
	}{
		{"nothing happened", xaman.Meta{}, payload.StatusPending},
		{"opened", xaman.Meta{AppOpened: true}, payload.StatusOpened},
		{"signed", xaman.Meta{Resolved: true, Signed: true, AppOpened: true}, payload.StatusSigned},
		{"declined", xaman.Meta{Resolved: true, AppOpened: true}, payload.StatusRejected},
		{"declined, read back later", xaman.Meta{Resolved: true, Expired: true, AppOpened: true}, payload.StatusRejected},
		{"never opened, time over", xaman.Meta{Expired: true}, payload.StatusExpired},
		{"opened, time over, may still be signed", xaman.Meta{Expired: true, AppOpened: true}, payload.StatusOpened},
		{"signed after expiry", xaman.Meta{Resolved: true, Signed: true, Expired: true, AppOpened: true},
			payload.StatusSigned},
		{"cancelled", xaman.Meta{Cancelled: true, Expired: true}, payload.StatusCancelled},
		{"cancelled, and signed anyway", xaman.Meta{Resolved: true, Signed: true, Cancelled: true, Expired: true,
			AppOpened: true}, payload.StatusSigned},
		{"signed but not resolved", xaman.Meta{Signed: true}, payload.StatusPending},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := statusOf(tt.meta); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

// A platform that calls a request signed and leaves out what was signed is asked again, until it shows it.
func TestIncompletePayloadIsAskedForAgain(t *testing.T) {
	paying(t, &fakePlatform{meta: metaSigned, blank: 1}, func(v *visit) {
		v.want(payload.VerdictChecking)
		v.pass(time.Minute)
		v.want(payload.VerdictVerified)
	})
}

// From its creation to its verdict, however often it is asked for and followed, a payment's signature is verified once.
// That all else is judged by what was read is for package verify to test.
func TestSignatureIsVerifiedOnce(t *testing.T) {
	paying(t, &fakePlatform{unreported: true}, func(v *visit) {
		read := 0
		v.backend.readBlob = func(hex string) *verify.Blob {
			read++
			return verify.ReadBlob(hex)
		}
		v.node.missing.Store(true)
		want := func(when string, verdict payload.Verdict, reads int) {
			v.Helper()
			for range 10 {
				v.pass(time.Second)
				v.get()
			}
			if a := v.get(); a.Verdict != verdict || read != reads {
				v.Errorf("%s: got %s after %d, want %s after %d", when, a.Verdict, read, verdict, reads)
			}
		}
		want("created", payload.VerdictNone, 0)
		v.f.become(metaSigned, true)
		v.announce()
		want("signed, and neither reported nor on the ledger", payload.VerdictChecking, 1)
		v.says(metaSigned)
		want("reported", payload.VerdictChecking, 1)
		v.node.missing.Store(false)
		want("on the ledger", payload.VerdictVerified, 1)
	})
}

// unclaimed is a record that grants no claim: what was signed has counted for another request, or it cannot say.
type unclaimed struct {
	record.Record
	fails atomic.Bool
}

func (r *unclaimed) Claim(
	_ context.Context, e record.Entry, _ string, _ record.News,
) (_ record.Entry, free bool, err error) {
	if r.fails.Load() {
		err = errors.New("the disk is full")
	}
	return e, false, err
}

func TestClaimDecides(t *testing.T) {
	visiting(t, &fakePlatform{meta: metaSigned}, func(v *visit) {
		v.stop()
		claims := &unclaimed{Record: v.open()}
		claims.fails.Store(true)
		o := v.options
		o.Record = claims
		v.start(o)
		v.browser = browserOf(v.T, v.backend)
		v.create("pay")
		v.get()
		synctest.Wait()
		v.want(payload.VerdictChecking)
		claims.fails.Store(false)
		v.pass(steadily)
		if a := v.get(); a.Verdict != payload.VerdictUnverified || a.Result != (payload.Result{}) {
			v.Errorf("claimed for another: got %s %+v, want it unverified and no result", a.Verdict, a.Result)
		}
	})
}
