package backend

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/xaman-live/xaman-live/devserver/record"
)

// maxOpen is how many requests of a session can be open at a time.
const maxOpen = 25

const (
	// A key is booked for longer than a creation may take, so that it makes one request whatever happens meanwhile. If the
	// server dies, it is free as soon as others take over.
	createFor = 40 * time.Second
	bookedFor = time.Minute
	// Whoever comes with a key that is booked looks so often whether it has made something.
	bookedWait = 100 * time.Millisecond
)

// once returns the request that an idempotency key has made, or makes it. The caller releases it. Whoever gives up, and
// asks again, finds what was under way then; whoever comes meanwhile, to whichever server, waits for it.
func (b *Backend) once(ctx context.Context, c creation) (r *request, made bool, err error) {
	for {
		r, free, err := b.book(ctx, c.key)
		switch {
		case r != nil || err != nil:
			return r, false, err
		case free:
			r, err := b.make(context.WithoutCancel(ctx), c)
			if err != nil {
				b.unbook(c.key)
			}
			if !errors.Is(err, record.ErrChanged) { // else it took so long that somebody else has made one
				return r, true, err
			}
		}
		select {
		case <-time.After(bookedWait):
		case <-ctx.Done():
			return nil, false, ctx.Err()
		}
	}
}

// book returns the request that an idempotency key has made, which the caller releases, or whether the key is free to
// make one.
func (b *Backend) book(ctx context.Context, key string) (r *request, free bool, err error) {
	if key == "" {
		return nil, true, nil
	}
	now, server := time.Now(), ""
	if t := b.lease.current(); t != nil {
		server = t.server
	}
	uuid, free, err := b.record.Reserve(ctx, server, key, now, now.Add(bookedFor))
	if uuid == "" || err != nil {
		return nil, free, err
	}
	r, err = b.requests.get(ctx, uuid)
	return r, false, err
}

// unbook lets others make what has failed. If that fails, too, they can when the booking ends.
func (b *Backend) unbook(key string) {
	if key == "" {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), beatEvery)
	defer cancel()
	b.recordOutage.note(b.log, "record", b.record.Free(ctx, key))
}

// creations are those under way: each counts as an open request of its session.
type creations struct {
	mu       sync.Mutex
	sessions map[string]int // how many, by session
}

func newCreations() *creations { return &creations{sessions: map[string]int{}} }

// reserve makes room for one more open request of a session, besides those that become too late to open at the
// deadlines.
func (c *creations) reserve(session string, deadlines []time.Time, now time.Time) (free func(), err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(deadlines)+c.sessions[session] >= maxOpen {
		wait := 5 * time.Second
		for i, at := range deadlines {
			if left := at.Sub(now); i == 0 || left < wait {
				wait = left
			}
		}
		return nil, tooMany("You have too many open requests. Finish or cancel one, or wait until one expires.", wait)
	}
	c.sessions[session]++
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.sessions[session]--; c.sessions[session] == 0 {
			delete(c.sessions, session)
		}
	}, nil
}
