package backend

import (
	"context"
	"errors"
	"time"

	"github.com/xaman-live/xaman-live/devserver/record"
	"github.com/xaman-live/xaman-live/devserver/verify"
	"github.com/xaman-live/xaman-live/devserver/xaman"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// A request is followed for longer than the 20 ledgers, some 80 seconds, in which a transaction may still happen. If
// the ledger gives no answer for so long, the request stays in doubt, until somebody asks for it or the server starts
// again.
const (
	followFor     = 10 * time.Minute
	roundsAtOnce  = 4
	resumedAtOnce = 32
)

// pace is how a request is followed. The ledger is asked steadily, since one may close at any time; seldom when it
// has not brought the transaction in the time that this takes. The platform, which counts calls, is asked less and
// less.
type pace struct {
	began time.Time
	ask   time.Time     // when the platform may be asked next
	pause time.Duration // before the ask after that
}

const (
	steadily  = time.Second
	steadyFor = 2 * time.Minute
	seldom    = 5 * time.Second
	firstAsk  = time.Second
	lastAsk   = 30 * time.Second

	// The phone reports where it has submitted a transaction some time after the signature. The ledger knows it sooner.
	reporting = 5 * time.Second
)

// asking reports whether the platform may be asked now, and if so reckons with it.
func (p *pace) asking(now time.Time) bool {
	if now.Before(p.ask) {
		return false
	}
	p.pause = min(max(2*p.pause, firstAsk), lastAsk)
	p.ask = now.Add(p.pause)
	return true
}

// next is how long to wait for the next round.
func (p *pace) next(now time.Time, checking bool) time.Duration {
	switch {
	case !checking:
		return p.ask.Sub(now)
	case now.Sub(p.began) < steadyFor:
		return steadily
	}
	return seldom
}

// resume follows the requests that were left unfinished when the server ended, so many at once.
func (b *Backend) resume(ctx context.Context) error {
	now := time.Now()
	unfinished, rest, err := b.record.Unfinished(ctx, now, "", resumedAtOnce)
	if err != nil {
		return err
	}
	b.background.start(func(ctx context.Context) {
		slots := make(chan struct{}, resumedAtOnce)
		for {
			for _, uuid := range unfinished {
				select {
				case slots <- struct{}{}:
				case <-ctx.Done():
					return
				}
				if err := b.resumeOne(ctx, uuid, func() { <-slots }); err != nil && ctx.Err() == nil {
					b.log.Error("cannot go on with a request", "uuid", uuid.Short(), "err", err)
				}
			}
			if rest == "" {
				return
			}
			if unfinished, rest, err = b.record.Unfinished(ctx, now, rest, resumedAtOnce); err != nil {
				b.log.Error("cannot go on with more requests", "err", err)
				return
			}
		}
	})
	return nil
}

func (b *Backend) resumeOne(ctx context.Context, uuid payload.UUID, then func()) error {
	r, err := b.requests.get(ctx, uuid)
	if err != nil {
		then()
		return err
	}
	defer b.requests.release(r)
	h, err := r.take(ctx)
	if err != nil {
		then()
		return err
	}
	defer h.end()
	if !b.follow(h, then) {
		then()
	}
	return nil
}

// follow has a request brought to its verdict in the background, and calls then when that ends. It does so once,
// however many ask for it: if the request is followed already, it returns false.
func (b *Backend) follow(h held, then func()) bool {
	if h.followed {
		return false
	}
	h.followed = true
	r := h.request // whose turn ends meanwhile
	b.requests.keep(r)
	p := pace{began: time.Now()}
	if h.Checking() {
		p.ask = h.asked.Add(reporting)
	}
	b.background.start(func(ctx context.Context) {
		defer then()
		defer b.requests.release(r)
		for {
			pause, more := b.round(ctx, r, &p)
			if !more {
				return
			}
			select {
			case <-time.After(pause):
			case <-r.wake:
			case <-ctx.Done():
				return
			}
		}
	})
	return true
}

// round asks platform and ledger for what is still open about a request. It returns how long to wait for another one,
// which may bring more, or false if none can.
func (b *Backend) round(ctx context.Context, r *request, p *pace) (pause time.Duration, more bool) {
	select {
	case b.rounds <- struct{}{}:
		defer func() { <-b.rounds }()
	case <-ctx.Done():
		return 0, false
	}
	q, more := b.look(ctx, r, p)
	if more && q.Signed != nil {
		evidence, err := verify.Gather(ctx, q.Order, q.blob, q.Answer.Checks, b.node, q.Evidence)
		if ctx.Err() != nil {
			return 0, false
		}
		b.ledgerOutage.note(b.log, "ledger", err)
		more = b.conclude(ctx, r, *q.Signed, evidence)
	}
	return p.next(time.Now(), q.Signed != nil), more
}

// question is what is open about a request, for who does not hold its turn.
type question struct {
	record.Entry
	blob *verify.Blob // nil if nothing was signed
}

// look reads a payload from the platform, unless all it has to say of it is known. It returns what is known then, and
// whether to go on. It decides that while it holds the turn: whoever has news for a request that is followed no more
// then finds it so.
func (b *Backend) look(ctx context.Context, r *request, p *pace) (question, bool) {
	h, err := r.take(ctx)
	if err != nil {
		return question{}, false
	}
	defer h.end()
	owed := false
	if now := time.Now(); h.unreported() && p.asking(now) {
		owed, err = b.inquire(ctx, h)
		if errors.Is(err, errNotFound) {
			h.followed = false
			return question{}, false
		}
	}
	h.followed = time.Since(p.began) < followFor && (owed || h.Announced || h.Checking())
	q := question{Entry: h.Entry}
	if h.followed && h.Signed != nil {
		q.blob = b.read(h, *h.Signed)
		h.looked, h.looking = time.Now(), true
		select {
		case <-h.wake: // this is what was wished for
		default:
		}
	}
	return q, h.followed
}

// inquire asks the platform, and reports whether it still has to be asked. The error matches errNotFound if it knows
// nothing of the request.
func (b *Backend) inquire(ctx context.Context, h held) (owed bool, err error) {
	if _, ok := b.allow(h, visitor{}); !ok {
		return true, nil
	}
	err = b.ask(ctx, h)
	if errors.Is(err, xaman.ErrNotFound) && time.Since(h.Order.Created) >= spreading {
		b.log.Info("the platform knows nothing of a request", "uuid", h.Order.UUID.Short())
		return false, errNotFound
	}
	if ctx.Err() == nil {
		b.platformOutage.note(b.log, "platform", err)
	}
	return err != nil, nil
}

// conclude judges a payload on the evidence that was gathered, and lets those know who wait for it.
func (b *Backend) conclude(ctx context.Context, r *request, p xaman.Payload, e verify.Evidence) (more bool) {
	h, err := r.take(ctx)
	if err != nil {
		return false
	}
	defer h.end()
	if !h.Final() {
		next := h.Entry
		next.Evidence = e
		if err := b.judge(ctx, h, next, p); err != nil {
			b.log.Error("cannot store a verdict, trying again", "uuid", h.Order.UUID.Short(), "err", err)
		}
	}
	if h.Final() {
		b.log.Info("judged", "demo", h.Purpose, "uuid", h.Order.UUID.Short(), "verdict", h.Answer.Verdict)
	}
	h.looking = false
	close(h.seen)
	h.seen = make(chan struct{})
	h.followed = !h.Final()
	return h.followed
}
