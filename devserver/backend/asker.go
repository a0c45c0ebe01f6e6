package backend

import (
	"cmp"
	"strings"

	"github.com/xaman-live/xaman-live/devserver/xaman"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

const (
	maxName = 60   // characters that a page shows
	maxIcon = 2048 // bytes
)

// asker is who asks the visitor to sign, as his phone shows it.
type asker struct{ name, icon string }

// heard keeps what the platform says of the application. All requests are of the same, so the next one is introduced
// by it from the beginning. What is said of another application is for the check of the owner.
func (b *Backend) heard(a xaman.Application) *asker {
	now := b.asker.Load()
	if !strings.EqualFold(a.UUID, b.platform.Credentials().Application()) {
		return now
	}
	next := asker{name: cmp.Or(payload.Readable(a.Name, maxName), now.name), icon: now.icon}
	if len(a.IconURL) <= maxIcon && payload.SafeLink(a.IconURL) {
		next.icon = a.IconURL
	}
	b.asker.Store(&next)
	return &next
}

// introduce puts who asks before what is asked.
func (a asker) introduce(s payload.Summary) payload.Summary {
	s.Site, s.Icon = a.name, a.icon
	return s
}
