package backend

import (
	"context"
	"crypto/rand"
	"sync"
	"time"
)

// A server follows requests for as long as it keeps telling the record that it is alive. What it has taken is free six
// seconds after it was last heard of, and others look for what is free every second: so nothing waits for ten.
const (
	beatEvery = 2 * time.Second
	lifetime  = 6 * time.Second
)

// lease is what this server follows requests under, term by term. A term ends when the record has not heard of the
// server for as long as it had said that it would be alive: then what it has taken is anybody's.
type lease struct {
	mu    sync.Mutex
	term  *term // nil before the first
	lapse *time.Timer
}

// term is the time in which the record knows the server as one that is alive, by a name of its own: what was taken in
// an earlier one is not this one's.
type term struct {
	context.Context // until its end
	server          string
}

// begin is a term under way, or one that has to be renewed before anything is taken.
func (l *lease) begin(ctx context.Context, server string) *term {
	if t := l.current(); t != nil {
		return t
	}
	return &term{ctx, server + "-" + rand.Text()}
}

// renew lets a term go on until a moment, if it has not ended meanwhile.
func (l *lease) renew(t *term, until time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if t == l.term {
		l.lapse.Reset(time.Until(until))
		return
	}
	ctx, end := context.WithCancel(t.Context)
	l.term, l.lapse = &term{ctx, t.server}, time.AfterFunc(time.Until(until), end)
}

// current returns the term under way, or nil.
func (l *lease) current() *term {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.term == nil || l.term.Err() != nil {
		return nil
	}
	return l.term
}

// end lets nothing remain of the lease.
func (l *lease) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.lapse != nil {
		l.lapse.Stop()
	}
}

// beat tells the record that this server is alive.
func (b *Backend) beat(ctx context.Context) {
	t, began := b.lease.begin(ctx, b.server), time.Now()
	call, cancel := context.WithTimeout(ctx, beatEvery)
	defer cancel()
	err := b.record.Alive(call, t.server, lifetime)
	if ctx.Err() != nil {
		return
	}
	b.recordOutage.note(b.log, "record", err)
	if err == nil {
		b.lease.renew(t, began.Add(lifetime))
	}
}

// repeat does something in the background again and again, after so long a pause, or at once when it is woken.
func (b *Backend) repeat(pause time.Duration, wake <-chan struct{}, do func(context.Context)) {
	b.background.start(func(ctx context.Context) {
		for {
			do(ctx)
			select {
			case <-time.After(pause):
			case <-wake:
			case <-ctx.Done():
				return
			}
		}
	})
}
