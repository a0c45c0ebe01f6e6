package backend

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/xaman-live/xaman-live/devserver/verify"
	"github.com/xaman-live/xaman-live/devserver/xaman"
	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// The platform announces a signature some 100 ms before it can be read, so a page that asks at once asks again after a
// quarter of a second. It must not get the same answer from memory then.
const freshFor = 200 * time.Millisecond

// What visitors may ask of the platform about one request.
const (
	askBurst = 10
	askEvery = 3 * time.Second
)

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
func (b *Backend) current(ctx context.Context, r *request, who func() visitor) (answer, error) {
	arrived := time.Now()
	h, err := r.take(ctx)
	if err != nil {
		return answer{}, err
	}
	stale := false
	if !h.Final() && !h.Checking() && !h.asked.After(arrived.Add(-freshFor)) {
		stale, err = b.refresh(ctx, h, who())
	}
	news := b.verifyInBackground(h)
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
// news; it is nil if there is nothing to wait for.
func (b *Backend) verifyInBackground(h held) (news <-chan struct{}) {
	switch {
	case !h.Checking():
		return nil
	case h.looking:
		return h.seen
	case time.Since(h.looked) < leastLook:
		return nil
	}
	b.follow(h, func() {})
	select {
	case h.wake <- struct{}{}:
	default:
	}
	return h.seen
}

// allow books a call to the platform about a request.
func (b *Backend) allow(h held, v visitor) (wait time.Duration, ok bool) {
	now := time.Now()
	p := asking
	if h.told() {
		p = confirming
	}
	if wait := h.calls.wait(now, askBurst, askEvery); wait > 0 && v != (visitor{}) {
		return wait, false
	}
	wait, ok = b.limits.take(now, p, v)
	if ok && v != (visitor{}) {
		h.calls.used++
	}
	return wait, ok
}

// refresh asks the platform for the sake of a visitor, and reports whether that could not be.
func (b *Backend) refresh(ctx context.Context, h held, v visitor) (stale bool, err error) {
	if _, ok := b.allow(h, v); !ok {
		return true, h.gone()
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
		b.platformOutage.note(b.log, "platform", err)
		return true, nil
	}
	return true, err
}

// stop asks the platform to end a request, and says what became of it.
func (b *Backend) stop(ctx context.Context, r *request, v visitor) (api.Cancellation, error) {
	h, err := r.take(ctx)
	if err != nil {
		return api.Cancellation{}, err
	}
	defer h.end()
	if wait, ok := b.allow(h, v); !ok {
		return api.Cancellation{}, tooMany("Too many calls. Wait a few seconds.", wait)
	}
	c, err := b.platform.Cancel(ctx, h.Order.UUID)
	if err != nil {
		return api.Cancellation{}, translate(err)
	}
	switch {
	case h.Final(): // whatever the platform says now
	case c.Cancelled && !h.Checking():
		next := h.Entry
		next.Answer, next.Deadline = unsigned(h.Order.UUID, payload.StatusCancelled), time.Now()
		err = b.update(ctx, h, next, "")
	default:
		err = b.ask(ctx, h)
	}
	if err != nil {
		return api.Cancellation{}, translate(err)
	}
	b.verifyInBackground(h)
	return api.Cancellation{SignRequest: b.known(h, h.left()), Cancelled: c.Cancelled, Reason: c.Reason}, nil
}

// ask reads a payload from the platform.
func (b *Backend) ask(ctx context.Context, h held) error {
	began := time.Now()
	p, err := b.platform.Get(ctx, h.Order.UUID)
	if err != nil {
		return err
	}
	next := h.Entry
	if left := p.Payload.ExpiresInSeconds; left != nil {
		next.Deadline = time.Now().Add(time.Duration(*left) * time.Second)
	}
	if p.Meta.Resolved {
		next.Announced = false
	}
	next.Summary = b.heard(p.Application).introduce(h.Summary)
	if h.Signed != nil && h.Signed.Response.Hex != p.Response.Hex {
		next.Evidence = verify.Evidence{} // it was about another transaction
	}
	if err := b.judge(ctx, h, next, p); err != nil {
		return err
	}
	h.asked = began
	return nil
}

// translate tells the visitor that there is no such payload, which is otherwise one of the platform's refusals.
func translate(err error) error {
	if errors.Is(err, xaman.ErrNotFound) {
		return fmt.Errorf("%w: %w", errNotFound, err)
	}
	return err
}
