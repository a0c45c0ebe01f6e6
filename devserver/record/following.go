package record

import (
	"context"
	"fmt"
	"sync"
	"time"

	"go.etcd.io/bbolt"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// turns are who of this process follows which request, or makes which delivery, by UUID and ID.
type turns struct {
	mu    sync.Mutex
	alive map[string]time.Time // servers: until when
	taken map[string]string    // by which server
	later map[string]time.Time // what was given back is not due before
}

func newTurns() *turns {
	return &turns{alive: map[string]time.Time{}, taken: map[string]string{}, later: map[string]time.Time{}}
}

// live notes that a server is alive, and forgets those that are not, with what they have taken.
func (t *turns) live(server string, now, until time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.alive[server] = until
	for other, until := range t.alive {
		if until.After(now) {
			continue
		}
		delete(t.alive, other)
		for what, by := range t.taken {
			if by == other {
				delete(t.taken, what)
			}
		}
	}
}

// living reports whether a server is alive.
func (t *turns) living(server string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.alive[server].After(time.Now())
}

// free reports whether something was taken by nobody who is alive. The caller holds the lock.
func (t *turns) free(what string) bool {
	return !t.alive[t.taken[what]].After(time.Now())
}

// takeDue takes something that is due but for a moment to which it was put off.
func (t *turns) takeDue(server, what string, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.free(what) || t.later[what].After(now) {
		return false
	}
	t.taken[what] = server
	delete(t.later, what)
	return true
}

// take takes something, unless it is another server's.
func (t *turns) take(server, what string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.taken[what] != server && !t.free(what) {
		return false
	}
	t.taken[what] = server
	return true
}

// leave gives back what is the server's, and puts it off.
func (t *turns) leave(server, what string, due time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.taken[what] != server {
		return
	}
	delete(t.taken, what)
	if !due.IsZero() {
		t.later[what] = due
	}
}

// forgive ends that something was put off.
func (t *turns) forgive(what string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.later, what)
}

// forget gives something back, whoever has it.
func (t *turns) forget(what string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.taken, what)
	delete(t.later, what)
}

func (f *File) Alive(_ context.Context, server string, lasting time.Duration) error {
	now := time.Now()
	f.turns.live(server, now, now.Add(lasting))
	return nil
}

func (f *File) Take(_ context.Context, server string, now time.Time, most int) (some []payload.UUID, err error) {
	err = f.view(func(tx *bbolt.Tx) error {
		c := tx.Bucket(dueBucket).Cursor()
		for k, _ := c.First(); k != nil && string(k[:momentSize]) <= moment(now) && len(some) < most; k, _ = c.Next() {
			if uuid := string(k[momentSize:]); f.turns.takeDue(server, uuid, now) {
				some = append(some, payload.UUID(uuid))
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("take requests: %w", err)
	}
	return some, nil
}

func (f *File) TakeOne(_ context.Context, server string, uuid payload.UUID) (bool, error) {
	return f.turns.take(server, string(uuid)), nil
}

func (f *File) Leave(_ context.Context, server string, uuid payload.UUID, due time.Time) error {
	f.turns.leave(server, string(uuid), due)
	return nil
}
