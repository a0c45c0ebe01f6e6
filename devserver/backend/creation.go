package backend

import (
	"context"
	"sync"
	"time"
)

// maxOpen is how many requests of a session can be open at a time.
const maxOpen = 25

// creations are those under way: each counts as an open request of its session, and one that is repeated waits for the
// first, to get the same.
type creations struct {
	mu       sync.Mutex
	sessions map[string]int           // how many, by session
	keys     map[string]chan struct{} // closed when the one with the key has ended
}

func newCreations() *creations {
	return &creations{sessions: map[string]int{}, keys: map[string]chan struct{}{}}
}

// begin waits for its turn among those with the same key, if it has one.
func (c *creations) begin(ctx context.Context, key string) (end func(), err error) {
	if key == "" {
		return func() {}, nil
	}
	for {
		c.mu.Lock()
		other, busy := c.keys[key]
		if !busy {
			mine := make(chan struct{})
			c.keys[key] = mine
			c.mu.Unlock()
			return func() {
				c.mu.Lock()
				defer c.mu.Unlock()
				delete(c.keys, key)
				close(mine)
			}, nil
		}
		c.mu.Unlock()
		select {
		case <-other:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

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
