package sandbox

import (
	"context"
	"sync"
	"time"
)

// lifetime is what all goroutines and requests of a sandbox hang from.
type lifetime struct {
	ctx    context.Context
	cancel context.CancelFunc
	wg     sync.WaitGroup
	mu     sync.Mutex // so that nobody enters once the wait for all has begun
}

func newLifetime(ctx context.Context) *lifetime {
	l := &lifetime{}
	l.ctx, l.cancel = context.WithCancel(ctx)
	return l
}

// enter reports whether the sandbox still lives, which then waits for whoever has entered.
func (l *lifetime) enter() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ctx.Err() != nil {
		return false
	}
	l.wg.Add(1)
	return true
}

func (l *lifetime) end() {
	l.mu.Lock()
	l.cancel()
	l.mu.Unlock()
	l.wg.Wait()
}

// wait reports false if the sandbox ends first.
func (l *lifetime) wait(d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-l.ctx.Done():
		return false
	}
}

// block waits until the caller has gone or the sandbox ends.
func (l *lifetime) block(caller context.Context) {
	select {
	case <-caller.Done():
	case <-l.ctx.Done():
	}
}
