package backend

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/xaman-live/xaman-live/devserver/callback"
	"github.com/xaman-live/xaman-live/devserver/record"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// What becomes of a request, as a [Verdict] tells it. One that expired or was cancelled may still be signed by a phone
// that had opened it before: then its verdict follows, which for one that was cancelled is that it is unverified.
const (
	EventVerified   = "verified"
	EventUnverified = "unverified"
	EventRejected   = "rejected"
	EventExpired    = "expired" // or it was opened, and not signed for long after it was too late to open
	EventCancelled  = "cancelled"
)

// hook is the name of Options.OnVerdict among those who are told.
const hook = "hook"

const (
	deliverEvery     = time.Second
	deliveriesAtOnce = 64
	deliveriesToOne  = deliveriesAtOnce / 2
	laterBy          = 10 * time.Second
	laterByMost      = 10 * time.Minute
	hookPatience     = 30 * time.Second
)

// event is what somebody is told of when a request changes, or "".
func event(before, after record.Entry) string {
	switch a := after.Answer; {
	case a.Verdict != before.Answer.Verdict && a.Verdict == payload.VerdictVerified:
		return EventVerified
	case a.Verdict != before.Answer.Verdict && a.Verdict == payload.VerdictUnverified:
		return EventUnverified
	case after.Closed && !before.Closed:
		return EventExpired
	case a.Status == before.Answer.Status:
	case a.Status == payload.StatusRejected:
		return EventRejected
	case a.Status == payload.StatusExpired:
		return EventExpired
	case a.Status == payload.StatusCancelled:
		return EventCancelled
	}
	return ""
}

// news is what a change of a request brings besides: who is to be told, and a user token for the session that follows
// its own. Nobody has that session before the request is verified, unless it is one of the site's program, which goes
// on: until then the phone may be a stranger's, and what is asked for in that session is not to be pushed to it.
func (b *Backend) news(before, after record.Entry, token string) (n record.News) {
	if after.Next != "" && (after.Next != after.Session || after.Verified()) {
		n.Token = token
	}
	what := event(before, after)
	if what == "" {
		return n
	}
	now := time.Now()
	for _, to := range b.receivers(after) {
		id := string(after.Order.UUID) + "-" + what + "-" + to
		body, err := json.Marshal(Verdict{ID: id, Event: what, Time: now.UTC(), Report: NewReport(after)})
		if err != nil { // of what was read from JSON
			b.log.Error("cannot tell of a verdict", about(after.Order.UUID), "err", err)
			continue
		}
		n.Deliveries = append(n.Deliveries, record.Delivery{
			ID: id, UUID: after.Order.UUID, Event: what, To: to, Body: body, Made: now, Due: now,
		})
	}
	return n
}

// receivers are the names of those who are told what becomes of a request.
func (b *Backend) receivers(e record.Entry) (names []string) {
	if b.onVerdict != nil {
		names = append(names, hook)
	}
	if e.Callback != "" {
		return append(names, e.Callback)
	}
	for name, always := range b.callbacks {
		if always {
			names = append(names, name)
		}
	}
	return names
}

// underWay counts the deliveries that are being made.
type underWay struct {
	mu  sync.Mutex
	all int
	to  map[string]int
}

// room returns how many more may begin.
func (u *underWay) room() int {
	u.mu.Lock()
	defer u.mu.Unlock()
	return deliveriesAtOnce - u.all
}

// begin counts one more to a receiver, and reports whether there may be.
func (u *underWay) begin(to string) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.to[to] == deliveriesToOne {
		return false
	}
	u.all++
	u.to[to]++
	return true
}

func (u *underWay) end(to string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.all--
	if u.to[to]--; u.to[to] == 0 {
		delete(u.to, to)
	}
}

func (b *Backend) wakeDeliveries() {
	select {
	case b.tell <- struct{}{}:
	default:
	}
}

// takeDeliveries makes those that are due, and that no other server makes. A receiver that answers slowly gets no more
// at once than leaves room for others: what else is due to it is put off.
func (b *Backend) takeDeliveries(context.Context) {
	for t, more := b.lease.current(), true; t != nil && more && b.delivering.room() > 0; {
		more = false
		now := time.Now()
		due, err := b.record.TakeDeliveries(t, t.server, now, b.delivering.room())
		if t.Err() == nil {
			b.recordOutage.note(b.log, "record", err)
		}
		for _, d := range due {
			if !b.delivering.begin(d.To) {
				d.Due = now.Add(max(laterBy, min(now.Sub(d.Made), laterByMost))) // there may be thousands
				more = b.saved(t, d)
				continue
			}
			started := b.background.start(func(context.Context) {
				defer b.delivering.end(d.To)
				b.deliver(t, d)
			})
			if !started { // the server ends
				b.delivering.end(d.To)
				b.saved(t, d)
			}
		}
	}
}

// deliver makes a delivery, or puts it off. What was told and cannot be noted is told again: at least once.
func (b *Backend) deliver(term context.Context, d record.Delivery) {
	err := b.tellOne(term, d)
	ends := b.background.ctx.Err() != nil
	now := time.Now()
	switch {
	case err == nil:
		d.Attempts++
		d.Due, d.Done, d.Problem = time.Time{}, now, ""
		b.log.Info("delivery", about(d.UUID), "event", d.Event, "to", d.To, "attempts", d.Attempts)
	case ends: // given back as it is
	case term.Err() != nil:
		return // it is another server's now
	default:
		d.Attempts++
		d.Due, d.Problem = callback.Retry(d.Made, now, d.Attempts), err.Error()
		b.log.Warn("delivery", about(d.UUID), "event", d.Event, "to", d.To, "attempts", d.Attempts, "again", d.Due,
			"err", err)
	}
	for !b.saved(term, d) && term.Err() == nil {
		select {
		case <-time.After(time.Second):
		case <-term.Done():
		}
	}
}

// saved notes what became of a delivery, even if the server ends, and reports whether it could.
func (b *Backend) saved(ctx context.Context, d record.Delivery) bool {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), beatEvery)
	defer cancel()
	err := b.record.SaveDelivery(ctx, d)
	b.recordOutage.note(b.log, "record", err)
	return err == nil || errors.Is(err, record.ErrNotFound)
}

// tellOne makes one attempt.
func (b *Backend) tellOne(ctx context.Context, d record.Delivery) error {
	switch {
	case d.To == hook && b.onVerdict != nil:
		ctx, cancel := context.WithTimeout(ctx, hookPatience)
		defer cancel()
		var v Verdict
		if err := json.Unmarshal(d.Body, &v); err != nil {
			return fmt.Errorf("read the delivery: %w", err)
		}
		return b.onVerdict(ctx, v)
	case d.To != hook && b.deliverTo != nil:
		return b.deliverTo(ctx, d)
	}
	return fmt.Errorf("there is no receiver %q any more", d.To)
}
