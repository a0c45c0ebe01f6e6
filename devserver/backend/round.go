package backend

import (
	"context"
	"errors"
	"time"

	"github.com/xaman-live/xaman-live/devserver/record"
	"github.com/xaman-live/xaman-live/devserver/verify"
	"github.com/xaman-live/xaman-live/devserver/xaman"
)

// round asks platform and ledger for what is still open about a request. It returns how long to wait for another one,
// which may bring more, or false if the request is followed no longer.
func (b *Backend) round(ctx context.Context, r *request, p *pace) (pause time.Duration, more bool) {
	select {
	case b.rounds <- struct{}{}:
		defer func() { <-b.rounds }()
	case <-ctx.Done():
		return 0, false
	}
	q, pause, more := b.look(ctx, r, p)
	if !more || q.Signed == nil {
		return pause, more
	}
	node := b.node(q.Order.Network)
	began := time.Now()
	evidence, err := verify.Gather(ctx, q.Order, q.blob, q.Answer.Checks, node, q.Evidence)
	if ctx.Err() != nil {
		return 0, false
	}
	b.nodeSaid(q.Entry, evidence, time.Since(began))
	b.ledgerOutage.note(b.log, "ledger", err)
	return b.conclude(ctx, r, p, *q.Signed, evidence)
}

// question is what is open about a request, for who does not hold its turn.
type question struct {
	record.Entry
	blob *verify.Blob // nil if nothing was signed
}

// look reads a payload from the platform, unless all it has to say of it is known. It returns what is known then, and
// whether to go on. It decides that while it holds the turn: whoever has news for a request that is followed no more
// then finds it so.
func (b *Backend) look(ctx context.Context, r *request, p *pace) (q question, pause time.Duration, more bool) {
	h, err := r.take(ctx)
	if err != nil {
		return question{}, 0, false
	}
	defer h.end()
	owed := false
	if now := time.Now(); !h.Final() && h.unreported() && p.asking(now) {
		owed = b.inquire(ctx, h)
	}
	if ctx.Err() != nil {
		return question{}, 0, false
	}
	q = question{Entry: h.Entry}
	if h.Signed == nil {
		pause, more = b.goOn(h, p, owed || h.Announced)
		return q, pause, more
	}
	q.blob = b.read(h, *h.Signed)
	h.looked, h.looking = time.Now(), true
	select {
	case <-h.wake: // this is what was wished for
	default:
	}
	return q, 0, true
}

// goOn decides whether a request is followed any longer, and with what pause.
func (b *Backend) goOn(h held, p *pace, open bool) (pause time.Duration, more bool) {
	now := time.Now()
	pause, long := p.next(now, h.Entry)
	switch {
	case !open:
		b.letGo(h, time.Time{})
	case long:
		b.letGo(h, now.Add(pause))
	default:
		return pause, true
	}
	return 0, false
}

// inquire asks the platform, and reports whether it still has to be asked.
func (b *Backend) inquire(ctx context.Context, h held) (owed bool) {
	if wait, err := b.allow(ctx, h, caller{}); wait > 0 || err != nil {
		return true
	}
	err := b.ask(ctx, h)
	if errors.Is(err, xaman.ErrNotFound) && time.Since(h.Order.Created) >= spreading {
		b.log.Info("the platform knows nothing of a request", about(h.Order.UUID))
		err = b.close(ctx, h)
	}
	if ctx.Err() == nil {
		b.noteOutage(err)
	}
	return err != nil
}

// conclude judges a payload on the evidence that was gathered, and lets those know who wait for it.
func (b *Backend) conclude(
	ctx context.Context, r *request, p *pace, signed xaman.Payload, e verify.Evidence,
) (pause time.Duration, more bool) {
	h, err := r.take(ctx)
	if err != nil {
		return 0, false
	}
	defer h.end()
	err = b.decide(ctx, h, func() error {
		if h.Final() {
			return nil
		}
		next := h.Entry
		next.Evidence = e
		return b.judge(ctx, h, next, signed)
	})
	switch {
	case ctx.Err() != nil:
		return 0, false
	case errors.Is(err, record.ErrAway):
		b.noteOutage(err)
	case err != nil:
		b.log.Error("cannot store a verdict, trying again", about(h.Order.UUID), "err", err)
	}
	h.looking = false
	close(h.seen)
	h.seen = make(chan struct{})
	return b.goOn(h, p, h.Checking() || h.Announced)
}
