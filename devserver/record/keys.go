package record

import (
	"context"
	"fmt"
	"sync"
	"time"

	"go.etcd.io/bbolt"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// bookings are the keys that somebody in this process is making something for.
type bookings struct {
	mu  sync.Mutex
	all map[string]booking // by key
}

// booking is for a server that is alive, until a moment.
type booking struct {
	server string
	until  time.Time
}

func newBookings() *bookings { return &bookings{all: map[string]booking{}} }

func (b *bookings) free(key string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.all, key)
}

// Reserve looks at the bookings first: one that is gone may have made something meanwhile.
func (f *File) Reserve(
	_ context.Context, server, key string, now, until time.Time,
) (made payload.UUID, free bool, err error) {
	b := f.booked
	b.mu.Lock()
	defer b.mu.Unlock()
	if of := b.all[key]; of.until.After(now) && (of.server == "" || f.turns.living(of.server)) {
		return "", false, nil
	}
	err = f.view(func(tx *bbolt.Tx) error {
		made = payload.UUID(tx.Bucket(keysBucket).Get([]byte(key)))
		return nil
	})
	if err != nil {
		return "", false, fmt.Errorf("look up idempotency key: %w", err)
	}
	if made != "" {
		return made, false, nil
	}
	b.all[key] = booking{server, until}
	return "", true, nil
}

func (f *File) Free(_ context.Context, key string) error {
	f.booked.free(key)
	return nil
}
