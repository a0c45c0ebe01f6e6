package backend

import (
	"context"
	"time"
)

// What is older than it is to be kept is dropped in small steps, so that no visitor waits for the removal of much.
const (
	dropEvery   = time.Minute
	dropsAtOnce = 50
)

// drop goes on dropping requests that are older than they are to be kept.
func (b *Backend) drop(ctx context.Context) {
	for {
		dropped, err := b.record.Purge(ctx, time.Now(), b.ages, dropsAtOnce)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			b.log.Error("cannot drop old requests, trying again", "err", err)
		case len(dropped) > 0:
			b.requests.dropped(dropped)
			b.log.Info("dropped old requests", "number", len(dropped))
		}
		pause := dropEvery
		if len(dropped) == dropsAtOnce {
			pause = time.Second
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return
		}
	}
}
