package backend

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/xaman-live/xaman-live/devserver/xaman"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// ErrExists is what an error matches if there is an order for the payload that another order is of.
var ErrExists = errors.New("there is an order for this payload already")

// adopt takes a payload for that of an order, which the site's own program has made with the credentials of this
// server. What the platform shows of it has to be what the order asks for: else nothing that is signed for it could be
// verified. Only if nobody has opened it yet, the transaction cannot be in a ledger that there is already.
func (b *Backend) adopt(ctx context.Context, o Order, now time.Time) (made, error) {
	created, err := payload.ParseCreated(o.Created, b.platform.Origin())
	if err != nil {
		return made{}, fmt.Errorf("%w: created: %w", ErrOrder, err)
	}
	d, err := b.demand(o, "", now, 0)
	if err != nil {
		return made{}, err
	}
	if !bytes.Equal(d.TxJSON, o.TxJSON) {
		return made{}, fmt.Errorf("%w: the payload's template has no mark of its own, without which what is signed would "+
			"answer other orders as well: give a payment a random InvoiceID, and anything else a random memo", ErrOrder)
	}
	if _, err := b.record.Get(ctx, created.UUID); err == nil {
		return made{}, ErrExists
	}
	newest := b.newestLedger(ctx, o)
	p, err := b.shown(ctx, created.UUID)
	if errors.Is(err, xaman.ErrNotFound) {
		err = fmt.Errorf("%w: the platform does not know the payload, or it is another application's", ErrOrder)
	}
	if err != nil {
		return made{}, err
	}
	d.UUID, d.Identifier, d.Pathfinding = created.UUID, p.CustomMeta.Identifier, p.Meta.Pathfinding
	if at, err := time.Parse(time.RFC3339, p.Payload.CreatedAt); err == nil {
		d.Created = at
	}
	if !p.Meta.AppOpened && !p.Meta.Resolved {
		d.Ledger = newest
	}
	if err := d.Describes(p); err != nil {
		return made{}, fmt.Errorf("%w: %w", ErrOrder, err)
	}
	m := made{
		order: d, created: created, asker: b.heard(p.Application), deadline: deadline(o, now), resolved: p.Meta.Resolved,
	}
	if left := p.Payload.ExpiresInSeconds; left != nil {
		m.deadline = now.Add(time.Duration(*left) * time.Second)
	}
	return m, nil
}

// shownPauses are the pauses before the platform is asked again for a payload that it does not know: its replicas need
// a moment to know of one that was just made.
var shownPauses = []time.Duration{500 * time.Millisecond, time.Second, time.Second}

// shown returns what the platform shows of a payload that was made a moment ago.
func (b *Backend) shown(ctx context.Context, uuid payload.UUID) (xaman.Payload, error) {
	p, err := b.platform.Get(ctx, uuid)
	for _, pause := range shownPauses {
		if !errors.Is(err, xaman.ErrNotFound) {
			break
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return p, err
		}
		if wait, booked := b.limits.take(ctx, time.Now(), asking, caller{}, ""); wait > 0 || booked != nil {
			return p, err
		}
		p, err = b.platform.Get(ctx, uuid)
	}
	return p, err
}
