package main

import (
	"context"
	"errors"
	"time"

	"github.com/xaman-live/xaman-live/devserver/verify"
	"github.com/xaman-live/xaman-live/devserver/xaman"
)

// A request is followed for longer than the 20 ledgers, some 80 seconds, in which a transaction may still happen. If
// the ledger gives no answer for so long, the request stays in doubt, until somebody asks for it or the server starts
// again.
const (
	followFor    = 10 * time.Minute
	firstPause   = time.Second
	longestPause = 5 * time.Second
	roundsAtOnce = 4
)

// resume follows the requests that were left unfinished when the server ended.
func (b *backend) resume(ctx context.Context) error {
	unfinished, err := b.records.unfinished(time.Now())
	if err != nil {
		return err
	}
	for _, uuid := range unfinished {
		r, err := b.records.get(uuid)
		if err != nil {
			return err
		}
		end, err := r.take(ctx)
		if err != nil {
			return err
		}
		b.follow(r)
		end()
	}
	return nil
}

// follow has a request brought to its verdict in the background: once, however many ask for it. The caller holds the
// turn.
func (b *backend) follow(r *record) {
	if r.followed {
		return
	}
	r.followed = true
	b.background.start(func(ctx context.Context) {
		until := time.Now().Add(followFor)
		for pause := firstPause; b.round(ctx, r, until); pause = min(pause*3/2, longestPause) {
			select {
			case <-time.After(pause):
			case <-ctx.Done():
				return
			}
		}
	})
}

// round asks platform and ledger for what is still open about a request, and reports whether another round may bring
// more.
func (b *backend) round(ctx context.Context, r *record, until time.Time) bool {
	select {
	case b.rounds <- struct{}{}:
		defer func() { <-b.rounds }()
	case <-ctx.Done():
		return false
	}
	e, more := b.look(ctx, r, until)
	if !more || e.Signed == nil {
		return more
	}
	evidence, err := verify.Gather(ctx, e.Order, *e.Signed, b.ledger, e.Evidence)
	if ctx.Err() != nil {
		return false
	}
	b.ledgerOutage.note(b.log, "ledger", err)
	return b.conclude(ctx, r, *e.Signed, evidence)
}

// look reads a payload from the platform, unless all it has to say of it is known. It returns what is known then, and
// whether to go on. It decides that while it holds the turn: whoever has news for a request that is followed no more
// then finds it so.
func (b *backend) look(ctx context.Context, r *record, until time.Time) (entry, bool) {
	end, err := r.take(ctx)
	if err != nil {
		return entry{}, false
	}
	defer end()
	if r.unreported() && r.calls.take(time.Now(), askBurst, askEvery) {
		err = b.ask(ctx, r)
		if ctx.Err() != nil {
			return entry{}, false
		}
		if errors.Is(err, xaman.ErrNotFound) && time.Since(r.Order.Created) >= spreading {
			b.log.Info("the platform knows nothing of a request", "uuid", r.Order.UUID.Short())
			r.followed = false
			return r.entry, false
		}
		b.platformOutage.note(b.log, "platform", err)
	}
	r.followed = time.Now().Before(until) && (err != nil || r.Announced || r.checking())
	return r.entry, r.followed
}

// conclude judges a payload on the evidence that was gathered.
func (b *backend) conclude(ctx context.Context, r *record, p xaman.Payload, e verify.Evidence) (more bool) {
	end, err := r.take(ctx)
	if err != nil {
		return false
	}
	defer end()
	if !r.settled() {
		next := r.entry
		next.Evidence = e
		if err := b.settle(r, next, p); err != nil {
			b.log.Error("cannot store a verdict, trying again", "uuid", r.Order.UUID.Short(), "err", err)
		}
	}
	if r.settled() {
		b.log.Info("judged", "demo", r.Purpose, "uuid", r.Order.UUID.Short(), "verdict", r.Answer.Verdict)
	}
	r.followed = !r.settled()
	return r.followed
}
