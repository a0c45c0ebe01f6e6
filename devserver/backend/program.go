package backend

import (
	"context"
	"errors"

	"github.com/xaman-live/xaman-live/devserver/record"
	"github.com/xaman-live/xaman-live/devserver/xaman"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// program is where the calls of the site's own program come from. It has no share of its own, but asks about one
// request no more often than a visitor may.
var program = caller{session: "program"}

// ErrKeyReused is what an error matches if an idempotency key has made something else.
var ErrKeyReused = errors.New("the idempotency key has been used for another order")

// Create makes a sign request of an order that the site's own program wants. No visitor may see it, but for those that
// the program lets. A key that is not "" makes one request: whoever calls again with it gets the same, and made is
// false. If its Order.Asked is another, the error matches [ErrKeyReused]. It matches [ErrOrder] if the order is at
// fault, and is an [*api.Error] if it is refused for another reason that the program may know.
func (b *Backend) Create(ctx context.Context, o Order, key string) (e record.Entry, made bool, err error) {
	if key != "" {
		key = fingerprint("program\n" + key)
	}
	r, made, err := b.once(ctx, creation{order: o, visitor: Visitor{Amount: o.Amount}, key: key})
	if err != nil {
		return record.Entry{}, false, err
	}
	defer b.requests.release(r)
	if e, err = b.entry(ctx, r); err == nil && e.Asked != o.Asked {
		err = ErrKeyReused
	}
	return e, made, err
}

// Lookup returns what is known of a request, whoever made it, as up to date as a visitor of a page gets it. The error
// is an [api.Error] with the code [api.NotFound] if there is none.
func (b *Backend) Lookup(ctx context.Context, uuid payload.UUID) (record.Entry, error) {
	r, err := b.requests.get(ctx, uuid)
	if err != nil {
		return record.Entry{}, err
	}
	defer b.requests.release(r)
	// What the platform does not know any more is kept all the same.
	_, err = b.current(ctx, r, func() caller { return program })
	if err != nil && !errors.Is(err, errNotFound) {
		return record.Entry{}, err
	}
	return b.entry(ctx, r)
}

// Stop cancels a request, whoever made it, if that can still be done, and returns what is known of it then.
func (b *Backend) Stop(ctx context.Context, uuid payload.UUID) (record.Entry, xaman.Cancellation, error) {
	r, err := b.requests.get(ctx, uuid)
	if err != nil {
		return record.Entry{}, xaman.Cancellation{}, err
	}
	defer b.requests.release(r)
	c, err := b.stop(ctx, r, program)
	if err != nil {
		return record.Entry{}, xaman.Cancellation{}, err
	}
	e, err := b.entry(ctx, r)
	return e, xaman.Cancellation{Cancelled: c.Cancelled, Reason: c.Reason}, err
}
