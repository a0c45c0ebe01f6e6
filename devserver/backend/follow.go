package backend

import (
	"context"
	"errors"
	"time"

	"github.com/xaman-live/xaman-live/devserver/record"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// Each request that is due, see [record.Entry.Due], is followed by one of the servers that share the record, until it
// has come to a verdict or is put off.
const (
	takeEvery      = time.Second
	followedAtOnce = 500
	roundsAtOnce   = 4

	// When a server starts, it also looks at what can still be signed: what the platform has told while nobody listened,
	// it does not tell again.
	ahead = 10 * 365 * 24 * time.Hour
)

func (b *Backend) takeDue(context.Context) { b.take(time.Now()) }

// take follows requests that are due at a moment, and that no other server follows.
func (b *Backend) take(at time.Time) {
	t, free := b.lease.current(), b.most.Load()-b.followed.Load()
	if t == nil || free <= 0 {
		return
	}
	due, err := b.record.Take(t, t.server, at, int(free))
	if t.Err() == nil {
		b.recordOutage.note(b.log, "record", err)
	}
	for _, uuid := range due {
		started := b.background.start(func(context.Context) {
			if err := b.resume(t, uuid); err != nil && t.Err() == nil {
				b.log.Error("cannot go on with a request, trying again", about(uuid), "err", err)
				b.leave(t, uuid, time.Now().Add(putOff))
			} else if err != nil {
				b.leave(t, uuid, time.Time{})
			}
		})
		if !started { // the server ends
			b.leave(t, uuid, time.Time{})
		}
	}
}

// resume follows a request that was taken.
func (b *Backend) resume(t *term, uuid payload.UUID) error {
	r, err := b.requests.get(t, uuid)
	if err != nil {
		return err
	}
	defer b.requests.release(r)
	h, err := b.hold(t, r)
	if err != nil {
		return err
	}
	defer h.end()
	if h.term == nil {
		b.pursue(t, h)
	}
	return nil
}

// follow has a request followed at once, and reports whether this server does. It does so once, however many ask.
func (b *Backend) follow(ctx context.Context, h held) bool {
	if h.term != nil {
		return true
	}
	t := b.lease.current()
	if t == nil {
		return false
	}
	if mine, err := b.record.TakeOne(ctx, t.server, h.uuid); mine && err == nil {
		b.pursue(t, h)
	}
	return h.term != nil
}

// pursue follows a request that was taken in the background.
func (b *Backend) pursue(t *term, h held) {
	r := h.request // whose turn ends meanwhile
	p := pace{began: time.Now()}
	if h.Checking() {
		p.ask = h.asked.Add(reporting)
	}
	b.requests.keep(r)
	started := b.background.start(func(context.Context) {
		b.followed.Add(1)
		defer b.followed.Add(-1)
		defer b.requests.release(r)
		for {
			pause, more := b.round(t, r, &p)
			if t.Err() != nil {
				b.abandon(t, r)
				return
			}
			if !more {
				return
			}
			select {
			case <-time.After(pause):
			case <-r.wake:
			case <-t.Done():
			}
		}
	})
	if started {
		h.term = t
	} else {
		b.requests.release(r)
		b.leave(t, r.uuid, time.Time{})
	}
}

// abandon gives back a request that was followed until the term ended, or the server, which waits for nobody then.
func (b *Backend) abandon(t *term, r *request) {
	h, err := r.take(b.background.ctx)
	if err != nil {
		b.leave(t, r.uuid, time.Time{})
		return
	}
	defer h.end()
	if h.term == t {
		h.looking = false
		b.letGo(h, time.Time{})
	}
}

// letGo follows a request no longer. It is due again as its entry says, but not before a moment.
func (b *Backend) letGo(h held, due time.Time) {
	b.leave(h.term, h.uuid, due)
	h.term = nil
}

// leave gives a request back, so that another server may take it. If that fails, it is free when the term ends.
func (b *Backend) leave(t *term, uuid payload.UUID, due time.Time) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t), beatEvery)
	defer cancel()
	if err := b.record.Leave(ctx, t.server, uuid, due); err != nil && !errors.Is(err, record.ErrAway) {
		b.log.Error("cannot give a request back", about(uuid), "err", err)
	}
}
