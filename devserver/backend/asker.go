package backend

import (
	"cmp"
	"context"
	"strings"
	"time"

	"github.com/xaman-live/xaman-live/devserver/xaman"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

const (
	maxName = 60   // characters that a page shows
	maxIcon = 2048 // bytes
)

// asker is who asks the visitor to sign, as his phone shows it.
type asker struct {
	name, icon string
	known      bool // the platform has been asked
}

// introduce puts who asks before what is asked.
func (a asker) introduce(s payload.Summary) payload.Summary {
	s.Site, s.Icon = a.name, a.icon
	return s
}

// whoAsks is the asker. Until that is known, the platform is asked about a request that it has just made: else a card
// would change its name before the visitor's eyes. All requests are of the same application, so that happens once.
func (b *Backend) whoAsks(ctx context.Context, uuid payload.UUID) *asker {
	a := b.asker.Load()
	if a.known {
		return a
	}
	// For this there is more left than for the creation just before.
	if _, err := b.limits.take(ctx, time.Now(), asking, caller{}, ""); err != nil {
		return a
	}
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	p, err := b.platform.Get(ctx, uuid)
	if err != nil {
		b.log.Warn("the platform does not say who asks", "err", err)
		return a
	}
	return b.heard(p.Application)
}

// heard keeps what the platform says of the application. What it says of another is for the check of the owner.
func (b *Backend) heard(a xaman.Application) *asker {
	next := *b.asker.Load()
	next.known = true
	if strings.EqualFold(a.UUID, b.platform.Credentials().Application()) {
		next.name = cmp.Or(payload.Readable(a.Name, maxName), next.name)
		if len(a.IconURL) <= maxIcon && payload.SafeLink(a.IconURL) {
			next.icon = a.IconURL
		}
	}
	b.asker.Store(&next)
	return &next
}
