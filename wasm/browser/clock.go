//go:build js && wasm

package browser

import (
	"sync"
	"sync/atomic"
	"time"
)

// clock wakes the cards of the page whose looks depend on the time. There is one timer for all of them, and none while
// nobody can see the page or nothing on it changes by time alone.
type clock struct {
	epoch  time.Time   // of the countdowns, so that they step at the same moments
	hidden atomic.Bool // nobody can see the page; the cards are woken when that changes

	mu    sync.Mutex
	due   map[*card]time.Time
	timer *time.Timer // nil: there is none
	set   time.Time   // for when
}

func newClock() *clock { return &clock{epoch: time.Now(), due: map[*card]time.Time{}} }

// wake sends to the card's channel of ticks at a time, or never if that is zero. It takes the place of what was said
// before.
func (k *clock) wake(c *card, at time.Time) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if at.IsZero() {
		delete(k.due, c)
	} else {
		k.due[c] = at
	}
	k.arm()
}

// ring wakes the cards that are due.
func (k *clock) ring() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.timer, k.set = nil, time.Time{}
	now := time.Now()
	for c, at := range k.due {
		if at.After(now) {
			continue
		}
		delete(k.due, c)
		c.tick()
	}
	k.arm()
}

// arm sets the timer for the first card that is due.
func (k *clock) arm() {
	var first time.Time
	for _, at := range k.due {
		if first.IsZero() || at.Before(first) {
			first = at
		}
	}
	if k.hidden.Load() {
		first = time.Time{}
	}
	if first.Equal(k.set) {
		return
	}
	if k.timer != nil {
		k.timer.Stop()
		k.timer = nil
	}
	if k.set = first; !first.IsZero() {
		k.timer = time.AfterFunc(time.Until(first), k.ring)
	}
}
