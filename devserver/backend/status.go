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

// current returns what is known of a request, and asks the platform if that may be out of date. If that cannot be, the
// answer is the last one, and says so. While a signature is being checked, news comes in the background.
func (b *Backend) current(ctx context.Context, r *request, v visitor) (api.SignRequest, error) {
	arrived := time.Now()
	end, err := r.take(ctx)
	if err != nil {
		return api.SignRequest{}, err
	}
	stale := false
	if !r.Final() && !r.Checking() && !r.asked.After(arrived.Add(-freshFor)) {
		stale, err = b.refresh(ctx, r, v)
	}
	seen := b.pursue(r)
	end()
	if err != nil {
		return api.SignRequest{}, err
	}
	select {
	case <-seen:
	case <-time.After(lookPatience):
	case <-ctx.Done():
		return api.SignRequest{}, ctx.Err()
	}
	answer, err := b.last(ctx, r)
	answer.Stale = stale
	return answer, err
}

// pursue has a signature checked in the background. The channel it returns is closed when there may be news. The caller
// holds the turn.
func (b *Backend) pursue(r *request) (news <-chan struct{}) {
	switch {
	case !r.Checking():
		return closed
	case r.looking:
		return r.seen
	case time.Since(r.looked) < leastLook:
		return closed
	}
	b.follow(r, func() {})
	select {
	case r.wake <- struct{}{}:
	default:
	}
	return r.seen
}

var closed = func() chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}()

// last returns what is known of a request.
func (b *Backend) last(ctx context.Context, r *request) (api.SignRequest, error) {
	end, err := r.take(ctx)
	if err != nil {
		return api.SignRequest{}, err
	}
	defer end()
	return b.known(r), nil
}

// known is last for a caller who holds the turn.
func (b *Backend) known(r *request) api.SignRequest {
	left := int(time.Until(r.Deadline).Round(time.Second) / time.Second)
	a := r.Answer
	a.Summary, a.ExpiresIn = r.Summary, &left
	return api.SignRequest{Answer: a, Payload: api.Raw(r.Created), Platform: b.platform.Origin()}
}

// allow books a call to the platform about a request. The caller holds the turn.
func (b *Backend) allow(r *request, v visitor) (wait time.Duration, ok bool) {
	now := time.Now()
	p := asking
	if r.told() {
		p = confirming
	}
	if wait := r.calls.wait(now, askBurst, askEvery); wait > 0 && v != (visitor{}) {
		return wait, false
	}
	wait, ok = b.limits.take(now, p, v)
	if ok && v != (visitor{}) {
		r.calls.used++
	}
	return wait, ok
}

// refresh asks the platform for the sake of a visitor, and reports whether that could not be. The caller holds the
// turn.
func (b *Backend) refresh(ctx context.Context, r *request, v visitor) (stale bool, err error) {
	if _, ok := b.allow(r, v); !ok {
		return true, r.gone()
	}
	err = b.ask(ctx, r)
	r.denied = errors.Is(err, xaman.ErrNotFound) || r.denied && err != nil
	switch {
	case r.denied:
		return true, r.gone()
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
	end, err := r.take(ctx)
	if err != nil {
		return api.Cancellation{}, err
	}
	defer end()
	if wait, ok := b.allow(r, v); !ok {
		return api.Cancellation{}, tooMany("Too many calls. Wait a few seconds.", wait)
	}
	c, err := b.platform.Cancel(ctx, r.Order.UUID)
	if err != nil {
		return api.Cancellation{}, translate(err)
	}
	switch {
	case r.Final(): // whatever the platform says now
	case c.Cancelled && !r.Checking():
		next := r.Entry
		next.Answer, next.Deadline = unsigned(r.Order.UUID, payload.StatusCancelled), time.Now()
		err = b.update(ctx, r, next, "")
	default:
		err = b.ask(ctx, r)
	}
	if err != nil {
		return api.Cancellation{}, translate(err)
	}
	b.pursue(r)
	return api.Cancellation{SignRequest: b.known(r), Cancelled: c.Cancelled, Reason: c.Reason}, nil
}

// ask reads a payload from the platform. The caller holds the turn.
func (b *Backend) ask(ctx context.Context, r *request) error {
	began := time.Now()
	p, err := b.platform.Get(ctx, r.Order.UUID)
	if err != nil {
		return err
	}
	next := r.Entry
	if left := p.Payload.ExpiresInSeconds; left != nil {
		next.Deadline = time.Now().Add(time.Duration(*left) * time.Second)
	}
	if p.Meta.Resolved {
		next.Announced = false
	}
	if r.Signed != nil && r.Signed.Response.Hex != p.Response.Hex {
		next.Evidence = verify.Evidence{} // it was about another transaction
	}
	if err := b.judge(ctx, r, next, p); err != nil {
		return err
	}
	r.asked = began
	return nil
}

// translate tells the visitor that there is no such payload, which is otherwise one of the platform's refusals.
func translate(err error) error {
	if errors.Is(err, xaman.ErrNotFound) {
		return fmt.Errorf("%w: %w", errNotFound, err)
	}
	return err
}
