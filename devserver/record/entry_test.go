package record

import (
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

func TestDueAndEnded(t *testing.T) {
	created := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	deadline := created.Add(5 * time.Minute)
	never := time.Time{}
	tests := []struct {
		name       string
		status     payload.Status
		verdict    payload.Verdict
		change     func(*Entry)
		due, ended time.Time
	}{
		{"pending", payload.StatusPending, payload.VerdictNone, nil, deadline.Add(5 * time.Second), never},
		{"opened", payload.StatusOpened, payload.VerdictNone, nil, deadline.Add(5 * time.Second), never},
		{"opened, and late", payload.StatusOpened, payload.VerdictNone, func(e *Entry) { e.Late = true },
			deadline.Add(time.Hour), never},
		{"opened, and closed", payload.StatusOpened, payload.VerdictNone, func(e *Entry) { e.Late, e.Closed = true, true },
			never, deadline.Add(time.Hour)},
		{"announced", payload.StatusOpened, payload.VerdictNone, func(e *Entry) { e.Announced = true },
			time.Unix(0, 0), never},
		{"announced when it had expired", payload.StatusExpired, payload.VerdictNone,
			func(e *Entry) { e.Announced = true }, time.Unix(0, 0), never},
		{"announced, and closed", payload.StatusExpired, payload.VerdictNone,
			func(e *Entry) { e.Announced, e.Closed = true, true }, never, deadline.Add(time.Hour)},
		{"expired", payload.StatusExpired, payload.VerdictNone, nil, never, deadline.Add(time.Hour)},
		{"cancelled", payload.StatusCancelled, payload.VerdictNone, nil, never, deadline.Add(time.Hour)},
		{"rejected", payload.StatusRejected, payload.VerdictNone, nil, never, created},
		{"checking", payload.StatusSigned, payload.VerdictChecking, nil, time.Unix(0, 0), never},
		{"checking, and closed", payload.StatusSigned, payload.VerdictChecking, func(e *Entry) { e.Closed = true },
			time.Unix(0, 0), never},
		{"verified", payload.StatusSigned, payload.VerdictVerified, nil, never, created},
		{"unverified", payload.StatusSigned, payload.VerdictUnverified, nil, never, created},
		{"verified, and announced again", payload.StatusSigned, payload.VerdictVerified,
			func(e *Entry) { e.Announced = true }, never, created},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := newEntry("a", "mine").as(tt.status, tt.verdict)
			e.Order.Created, e.Deadline = created, deadline
			if tt.change != nil {
				tt.change(&e)
			}
			if due, ended := e.Due(), e.Ended(); !due.Equal(tt.due) || !ended.Equal(tt.ended) {
				t.Errorf("got it due at %v and ended at %v, want %v and %v", due, ended, tt.due, tt.ended)
			}
		})
	}
}
