package backend

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/xaman-live/xaman-live/devserver/record"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// stuckRecord is a record that drops nothing while it is stuck.
type stuckRecord struct {
	record.Record
	stuck atomic.Bool
}

func (r *stuckRecord) Purge(ctx context.Context, now time.Time, a record.Ages, most int) ([]payload.UUID, error) {
	if r.stuck.Load() {
		return nil, errors.New("the disk is full")
	}
	return r.Record.Purge(ctx, now, a, most)
}

// What is old goes in small steps and is not known any more, even if it was used just now. What is not old stays.
func TestOldRequestsAreDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, err := record.Open(t.TempDir(), func(err error) { t.Errorf("the record is lost: %v", err) })
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		const old, month = dropsAtOnce + 20, 30 * 24 * time.Hour
		add := func(uuid payload.UUID, age time.Duration, v payload.Verdict) {
			e := newEntry(uuid, "mine")
			e.Answer.Status, e.Answer.Verdict = payload.StatusSigned, v
			e.Order.Created = time.Now().Add(-age)
			if err := f.Add(t.Context(), e); err != nil {
				t.Fatal(err)
			}
		}
		for n := range old {
			add(payload.UUID(fmt.Sprint(n)), 2*month, payload.VerdictUnverified)
		}
		add("verified", 2*month, payload.VerdictVerified)
		add("new", month-10*time.Minute, payload.VerdictUnverified)
		var log strings.Builder
		stuck := &stuckRecord{Record: f}
		stuck.stuck.Store(true)
		o := testOptions(t, &fakePlatform{}, nil, slog.New(slog.NewTextHandler(&log, nil)))
		o.Record, o.Ages = stuck, record.Ages{Ended: month}
		b := startTestBackend(t, o)
		defer b.Close()
		known := func(uuid payload.UUID) bool {
			r, err := b.requests.get(t.Context(), uuid)
			if err != nil && !errors.Is(err, errNotFound) {
				t.Fatal(err)
			}
			if err == nil {
				b.requests.release(r)
			}
			return err == nil
		}
		want := func(when string, left int, others ...payload.UUID) {
			t.Helper()
			synctest.Wait()
			got := 0
			for n := range old {
				if known(payload.UUID(fmt.Sprint(n))) {
					got++
				}
			}
			if got != left {
				t.Errorf("%s: got %d old requests, want %d", when, got, left)
			}
			for _, uuid := range others {
				if !known(uuid) {
					t.Errorf("%s: %s is not known", when, uuid)
				}
			}
		}
		want("when nothing can be dropped", old, "verified", "new")
		stuck.stuck.Store(false)
		time.Sleep(dropEvery)
		want("after a minute", old-dropsAtOnce, "verified", "new")
		time.Sleep(time.Second)
		want("after the second step", 0, "verified", "new")
		time.Sleep(11 * time.Minute)
		if want("when it is old", 0, "verified"); known("new") {
			t.Error("what has become old is known still")
		}
		b.Close()
		if n := strings.Count(log.String(), "cannot drop old requests"); n != 1 {
			t.Errorf("got %d lines about what could not be dropped, want 1: %s", n, &log)
		}
	})
}
