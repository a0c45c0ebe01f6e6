package backend

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
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
	synctest.Test(t, func(t *testing.T) {
		f := &fakePlatform{meta: metaSigned}
		shown := http.RoundTripper(f)
		blank := true
		platform := transportFunc(func(r *http.Request) (*http.Response, error) {
			res, err := shown.RoundTrip(r)
			if err != nil || r.Method != "GET" || !blank {
				return res, err
			}
			blank = false
			data, err := io.ReadAll(res.Body)
			if err != nil {
				return nil, err
			}
			return reply(res.StatusCode, strings.Replace(string(data), `"hex":"`+signatures["Payment"].blob+`"`, `"hex":null`,
				1)), nil
		})
		_, b := ordered(t, platform, nil, nil)
		if a := b.get(); a.Status != payload.StatusSigned || a.Verdict != payload.VerdictChecking {
			t.Errorf("got %+v, want a signature that is waited for", a)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if a := b.get(); a.Verdict != payload.VerdictVerified {
			t.Errorf("got %+v, want it verified", a)
		}
	})
}

type transportFunc func(*http.Request) (*http.Response, error)

func (f transportFunc) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// From its creation to its verdict, however often it is asked for and followed, a payment's signature is verified once.
// That all else is judged by what was read is for package verify to test.
func TestSignatureIsVerifiedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, node := &fakePlatform{unreported: true}, &fakeNode{}
		b, _ := newTestBackend(t, t.TempDir(), f, node, nil)
		read := 0
		b.readBlob = func(hex string) *verify.Blob {
			read++
			return verify.ReadBlob(hex)
		}
		node.missing.Store(true)
		c := browserOf(t, b)
		want := func(when string, verdict payload.Verdict, reads int) {
			t.Helper()
			for range 10 {
				time.Sleep(time.Second)
				synctest.Wait()
				c.get()
			}
			if a := c.get(); a.Verdict != verdict || read != reads {
				t.Errorf("%s: got %s after %d, want %s after %d", when, a.Verdict, read, verdict, reads)
			}
		}
		c.create("pay")
		want("created", payload.VerdictNone, 0)
		f.become(metaSigned, true)
		c.do(webhook(testUUID, "null"))
		want("signed, and neither reported nor on the ledger", payload.VerdictChecking, 1)
		f.become(metaSigned, false)
		want("reported", payload.VerdictChecking, 1)
		node.missing.Store(false)
		want("on the ledger", payload.VerdictVerified, 1)
	})
}

// unclaimed is a record that grants no claim: what was signed has counted for another request, or it cannot say.
type unclaimed struct {
	record.Record
	fails atomic.Bool
}

func (r *unclaimed) Claim(context.Context, record.Entry, string, string) (free bool, err error) {
	if r.fails.Load() {
		err = errors.New("the disk is full")
	}
	return false, err
}

func TestClaimDecides(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, c := ordered(t, &fakePlatform{meta: metaSigned}, nil, nil)
		claims := &unclaimed{Record: b.record}
		claims.fails.Store(true)
		b.record = claims
		c.get()
		synctest.Wait()
		if a := c.get(); a.Verdict != payload.VerdictChecking {
			t.Errorf("not claimed: got %s, want checking", a.Verdict)
		}
		claims.fails.Store(false)
		time.Sleep(steadily)
		synctest.Wait()
		if a := c.get(); a.Verdict != payload.VerdictUnverified || a.Result != (payload.Result{}) {
			t.Errorf("claimed for another: got %s %+v, want it unverified and no result", a.Verdict, a.Result)
		}
	})
}
