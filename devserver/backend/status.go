package backend

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/xaman-live/xaman-live/devserver/record"
	"github.com/xaman-live/xaman-live/devserver/verify"
	"github.com/xaman-live/xaman-live/devserver/xaman"
	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// The platform announces a signature some 100 ms before it can be read, so a page that asks at once asks again after a
// quarter of a second. It must not get the same answer from memory then.
const freshFor = 200 * time.Millisecond

// Its replicas may not know of a payload yet that was just created. A page that is told "not found" gives up.
const spreading = 10 * time.Second

// While a signature is being checked, somebody who asks gets what the ledger says now, unless that takes longer than
// this. It is not asked again so soon, however many want to know.
const (
	lookPatience = 400 * time.Millisecond
	leastLook    = 500 * time.Millisecond
)

// current returns what is known of a request, and asks the platform if that may be out of date, for the sake of the
// visitor: most calls need not know him. If that cannot be, the answer is the last one, and says so. While a signature
// is being checked, news comes in the background.
func (b *Backend) current(ctx context.Context, r *request, who func() caller) (answer, error) {
	arrived := time.Now()
	h, err := b.hold(ctx, r)
	if err != nil {
		return answer{}, err
	}
	stale := false
	if !h.Final() && !h.Checking() && !h.asked.After(arrived.Add(-freshFor)) {
		stale, err = b.refresh(ctx, h, who())
	}
	news := b.verifyInBackground(ctx, h)
	if err != nil || news == nil {
		defer h.end()
		if err != nil {
			return answer{}, err
		}
		return b.answer(h, stale)
	}
	h.end()
	select {
	case <-news:
	case <-time.After(lookPatience):
	case <-ctx.Done():
		return answer{}, ctx.Err()
	}
	return b.last(ctx, r)
}

// verifyInBackground has a signature checked in the background. The channel it returns is closed when there may be
// news; it is nil if there is nothing to wait for, as when another server is at it.
func (b *Backend) verifyInBackground(ctx context.Context, h held) (news <-chan struct{}) {
	switch {
	case !h.Checking():
		return nil
	case h.looking:
		return h.seen
	case time.Since(h.looked) < leastLook:
		return nil
	}
	if !b.follow(ctx, h) {
		h.looked = time.Now()
		return nil
	}
	select {
	case h.wake <- struct{}{}:
	default:
	}
	return h.seen
}

// allow books a call to the platform about a request, or returns how long to wait.
func (b *Backend) allow(ctx context.Context, h held, from caller) (wait time.Duration, err error) {
	p := asking
	switch {
	case h.told():
		p = confirming
	case from == caller{}:
		p = settling
	}
	return b.limits.take(ctx, time.Now(), p, from, h.uuid)
}

// refresh asks the platform for the sake of a visitor, and reports whether that could not be.
func (b *Backend) refresh(ctx context.Context, h held, from caller) (stale bool, err error) {
	if wait, err := b.allow(ctx, h, from); wait > 0 || err != nil {
		return true, cmp.Or(err, h.gone())
	}
	err = b.ask(ctx, h)
	h.denied = errors.Is(err, xaman.ErrNotFound) || h.denied && err != nil
	switch {
	case h.denied:
		return true, h.gone()
	case err == nil:
		return false, nil
	case ctx.Err() != nil:
		return true, ctx.Err()
	case errors.Is(err, xaman.ErrRateLimited), errors.Is(err, xaman.ErrUnavailable):
		b.noteOutage(err)
		return true, nil
	case errors.Is(err, record.ErrChanged): // again and again: what is known is not old
		return true, nil
	}
	return true, err
}

// stop asks the platform to end a request, and says what became of it.
func (b *Backend) stop(ctx context.Context, r *request, from caller) (api.Cancellation, error) {
	h, err := b.hold(ctx, r)
	if err != nil {
		return api.Cancellation{}, err
	}
	defer h.end()
	if wait, err := b.allow(ctx, h, from); err != nil {
		return api.Cancellation{}, err
	} else if wait > 0 {
		return api.Cancellation{}, tooMany("Too many calls. Wait a few seconds.", wait)
	}
	c, err := b.platform.Cancel(ctx, h.Order.UUID)
	if err != nil {
		return api.Cancellation{}, translate(err)
	}
	switch {
	case h.Final(): // whatever the platform says now
	case c.Cancelled && !h.Checking():
		err = b.decide(ctx, h, func() error { return b.cancelled(ctx, h) })
	default:
		err = b.ask(ctx, h)
	}
	if err != nil {
		return api.Cancellation{}, translate(err)
	}
	b.verifyInBackground(ctx, h)
	return api.Cancellation{SignRequest: b.known(h, h.left()), Cancelled: c.Cancelled, Reason: c.Reason}, nil
}

// ask reads a payload from the platform.
func (b *Backend) ask(ctx context.Context, h held) error {
	began := time.Now()
	p, err := b.platform.Get(ctx, h.Order.UUID)
	if err != nil {
		return err
	}
	b.platformSaid(h.Entry, p, time.Since(began))
	err = b.decide(ctx, h, func() error { return b.show(ctx, h, p) })
	if err == nil {
		h.asked = began
	}
	return err
}

// show brings a request up to date with what the platform shows of it.
func (b *Backend) show(ctx context.Context, h held, p xaman.Payload) error {
	if h.Final() || h.Checking() && !p.Meta.Resolved { // another server has heard more
		return nil
	}
	now, next := time.Now(), h.Entry
	if left := p.Payload.ExpiresInSeconds; left != nil && !h.Late {
		next.Deadline = now.Add(time.Duration(*left) * time.Second)
	}
	if p.Meta.Resolved || now.Sub(since(h.Entry)) >= followFor {
		next.Announced = false
	}
	next.Summary = b.heard(p.Application).introduce(h.Summary)
	if h.Signed != nil && h.Signed.Response.Hex != p.Response.Hex {
		next.Evidence = verify.Evidence{} // it was about another transaction
	}
	return b.judge(ctx, h, next, p)
}

// cancelled notes that the platform has cancelled a request, unless something else has become of it.
func (b *Backend) cancelled(ctx context.Context, h held) error {
	if h.Final() || h.Checking() {
		return nil
	}
	next := h.Entry
	next.Answer, next.Deadline = unsigned(h.Order.UUID, payload.StatusCancelled), time.Now()
	return b.update(ctx, h, next, "")
}

// close notes that the platform is not asked about a request any more, since it knows nothing of it.
func (b *Backend) close(ctx context.Context, h held) error {
	return b.decide(ctx, h, func() error {
		next := h.Entry
		next.Announced, next.Closed = false, !h.Final() && !h.Checking()
		return b.update(ctx, h, next, "")
	})
}

// translate tells the visitor that there is no such payload, which is otherwise one of the platform's refusals.
func translate(err error) error {
	if errors.Is(err, xaman.ErrNotFound) {
		return fmt.Errorf("%w: %w", errNotFound, err)
	}
	return err
}
