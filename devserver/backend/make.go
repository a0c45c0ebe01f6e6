package backend

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"time"

	"github.com/xaman-live/xaman-live/devserver/record"
	"github.com/xaman-live/xaman-live/devserver/verify"
	"github.com/xaman-live/xaman-live/devserver/xaman"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// defaultExpire is how many minutes the platform leaves to open a payload if it is not told.
const defaultExpire = 24 * 60

// creation is a sign request to be made, for a visitor or, without a session, for the site's own program.
type creation struct {
	order   Order
	visitor Visitor
	from    caller // the zero value for the program
	hosted  bool   // the visitor's session is that of the program
	key     string // what the record knows the idempotency key by; "": there is none
}

// make creates a request, if the visitor may. The caller releases it.
func (b *Backend) make(ctx context.Context, c creation) (*request, error) {
	ctx, cancel := context.WithTimeout(ctx, createFor)
	defer cancel()
	now := time.Now()
	free, err := b.admit(ctx, c, now)
	if err != nil {
		return nil, err
	}
	defer free()
	o, err := b.ordered(ctx, c)
	if err != nil {
		return nil, err
	}
	obtain := b.obtain
	if len(o.Created) > 0 {
		obtain = b.adopt
	}
	m, err := obtain(ctx, o, now)
	if err != nil {
		return nil, err
	}
	uuid := m.order.UUID
	e := record.Entry{
		Session:   c.from.session,
		Next:      b.next(c, uuid),
		Key:       c.key,
		Asked:     o.Asked,
		Purpose:   o.Offer,
		Reference: o.Reference,
		Callback:  o.Callback,
		Order:     m.order,
		Created:   m.created.JSON(),
		Summary:   m.asker.introduce(m.order.Summary()),
		Answer:    unsigned(uuid, payload.StatusPending),
		Deadline:  m.deadline,
	}
	// The webhook that told of it came before the order, and does not come again.
	if m.resolved {
		e.Announced, e.Since = true, now
	}
	// Nobody gets a link to a request that the server would not remember.
	err = b.record.Add(ctx, e)
	switch {
	case err == nil:
	case len(o.Created) == 0:
		b.cancelLost(m.order.Identifier)
		return nil, err
	case errors.Is(err, record.ErrRepeated):
		return nil, ErrExists
	default:
		return nil, err
	}
	b.began(e, m.created.Pushed)
	return b.requests.get(ctx, uuid)
}

// made is a payload of the platform, and what is known of it when its order is kept.
type made struct {
	order    verify.Order
	created  payload.Created
	asker    *asker
	deadline time.Time
	resolved bool // it was signed or declined already
}

// obtain has the platform make a payload.
func (b *Backend) obtain(ctx context.Context, o Order, now time.Time) (made, error) {
	identifier := rand.Text()
	order, err := b.demand(o, identifier, now, b.newestLedger(ctx, o))
	if err != nil {
		return made{}, err
	}
	created, err := b.platform.Create(ctx, xaman.Request{
		TxJSON:  order.TxJSON,
		Options: o.Options,
		CustomMeta: xaman.CustomMeta{
			Identifier:  identifier,
			Instruction: strings.ReplaceAll(o.Instruction, "{host}", hostOf(b.origin)),
			Blob:        o.Custom,
		},
		UserToken: o.UserToken,
	})
	if err != nil {
		if mayExist(err) {
			b.cancelLost(identifier)
		}
		return made{}, err
	}
	order.UUID = created.UUID
	return made{
		order: order, created: created, asker: b.whoAsks(ctx, created.UUID), deadline: deadline(o, now),
	}, nil
}

// deadline is when it becomes too late to open a payload that is made now.
func deadline(o Order, now time.Time) time.Time {
	return now.Add(time.Duration(cmp.Or(o.Options.Expire, defaultExpire)) * time.Minute)
}

// admit makes sure that a visitor may create one more request, and books the call to the platform. The place among his
// open requests is his until free is called.
func (b *Backend) admit(ctx context.Context, c creation, now time.Time) (free func(), err error) {
	free = func() {}
	if c.from.visits() {
		deadlines, err := b.record.Deadlines(ctx, c.from.session, now)
		if err != nil {
			return nil, err
		}
		if free, err = b.creations.reserve(c.from.session, deadlines, now); err != nil {
			return nil, err
		}
	}
	wait, err := b.limits.take(ctx, now, creating, c.from, "")
	if wait > 0 {
		err = tooMany("There are too many new requests at the moment. Try again in a while.", wait)
	}
	if err != nil {
		free()
		return nil, err
	}
	return free, nil
}

// ordered returns what is to be signed, with all that the platform has to be told.
func (b *Backend) ordered(ctx context.Context, c creation) (o Order, err error) {
	if o = c.order; len(o.TxJSON) == 0 {
		if o, err = b.offered(ctx, o, c.visitor); err != nil {
			return Order{}, err
		}
	}
	o.Network = cmp.Or(o.Network, b.network)
	o.Options.ForceNetwork = o.Network
	if o.Account != "" {
		o.Options.Signers = []string{o.Account}
	}
	if !c.from.visits() {
		return o, nil
	}
	// The tab that the wallet opens shows the same request as the one that was left behind.
	o.Options.ReturnURL.App = cmp.Or(o.Options.ReturnURL.App, b.origin+"/?request={id}")
	if o.UserToken == "" {
		o.UserToken, err = b.record.Token(ctx, c.from.session)
	}
	return o, err
}

// next is what the record knows the session by that takes the place of a visitor's when his request is verified. One of
// the site's program goes on.
func (b *Backend) next(c creation, uuid payload.UUID) string {
	switch {
	case !c.from.visits():
		return ""
	case c.hosted:
		return c.from.session
	}
	return fingerprint(b.cookies.next(uuid))
}

// newestLedger asks the node for what the order's transaction cannot be older than, if there is to be one. Without an
// answer it takes longer to tell later that a transaction can never happen any more.
func (b *Backend) newestLedger(ctx context.Context, o Order) uint32 {
	if !o.Options.Submit {
		return 0
	}
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	node, err := b.node(o.Network).Server(ctx)
	if err != nil {
		b.log.Warn("the ledger does not answer", "network", o.Network, "err", err)
	}
	return node.Validated
}
