package backend

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
)

// background is work that outlives the request that caused it. It ends with the server, which waits for it.
type background struct {
	ctx    context.Context
	cancel context.CancelFunc

	mu sync.Mutex // orders start and close
	wg sync.WaitGroup
}

func newBackground(ctx context.Context) *background {
	ctx, cancel := context.WithCancel(ctx)
	return &background{ctx: ctx, cancel: cancel}
}

// start begins some work, unless the server is ending, and reports whether it did.
func (b *background) start(work func(context.Context)) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ctx.Err() != nil {
		return false
	}
	b.wg.Go(func() { work(b.ctx) })
	return true
}

// close tells the work to end and waits until it has.
func (b *background) close() {
	b.mu.Lock()
	b.cancel()
	b.mu.Unlock()
	b.wg.Wait()
}

// outage knows whether something that the background needs is out of reach. It logs when that begins and ends, not
// each time that it shows.
type outage struct{ is atomic.Bool }

func (o *outage) note(log *slog.Logger, who string, err error) {
	switch {
	case err != nil && !o.is.Swap(true):
		log.Error("no answer, trying again", "from", who, "err", err)
	case err == nil && o.is.Swap(false):
		log.Info("answers again", "from", who)
	}
}
