package card

import (
	"sync"
	"sync/atomic"
	"time"
)

// Clock wakes the cards of a page whose looks depend on the time. There is one timer for all of them, and none while
// nobody can see the page or nothing on it changes by time alone. Make one with [NewClock].
type Clock struct {
	epoch  time.Time   // of the countdowns, so that they step at the same moments
	hidden atomic.Bool // nobody can see the page; the cards are woken when that changes

	mu    sync.Mutex
	due   map[signal]time.Time // when to send to which card
	timer *time.Timer          // nil: there is none
	set   time.Time            // for when
}

// NewClock returns the clock of a page that somebody can see.
func NewClock() *Clock { return &Clock{epoch: time.Now(), due: map[signal]time.Time{}} }

// Hide tells whether nobody can see the page.
func (k *Clock) Hide(is bool) { k.hidden.Store(is) }

// wake sends to a card at a time, or never if that is zero. It takes the place of what was said before.
func (k *Clock) wake(card signal, at time.Time) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if at.IsZero() {
		delete(k.due, card)
	} else {
		k.due[card] = at
	}
	if k.timer == nil || at.Before(k.set) || k.hidden.Load() { // else it rings in time, and looks at all of them then
		k.arm()
	}
}

// ring wakes the cards that are due.
func (k *Clock) ring() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.timer, k.set = nil, time.Time{}
	now := time.Now()
	for card, at := range k.due {
		if !at.After(now) {
			delete(k.due, card)
			card.send()
		}
	}
	k.arm()
}

// arm sets the timer for the first card that is due.
func (k *Clock) arm() {
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
