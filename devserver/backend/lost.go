package backend

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/xaman-live/xaman-live/devserver/xaman"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// lostPauses are the pauses before each look for a payload whose creation was not answered. The call may still be on
// its way when its answer is given up, and the platform's replicas need some seconds to know of what is new.
var lostPauses = []time.Duration{10 * time.Second, 30 * time.Second, 2 * time.Minute}

// mayExist reports whether a creation that failed may have made a payload all the same: the answer was lost on the way,
// or the call arrived twice and the second was refused because of the first.
func mayExist(err error) bool {
	refusal, ok := errors.AsType[*xaman.Error](err)
	return errors.Is(err, xaman.ErrUnavailable) || ok && refusal.Code == http.StatusConflict
}

// cancelLost looks in the background for a payload that has no order, and cancels it: nobody has its link, but a phone
// may have been told of it, and what is signed there would count for nothing.
func (b *Backend) cancelLost(identifier string) {
	b.background.start(func(ctx context.Context) {
		for _, pause := range lostPauses {
			select {
			case <-time.After(pause):
			case <-ctx.Done():
				return
			}
			if b.foundLost(ctx, identifier) {
				return
			}
		}
	})
}

// foundLost reports whether the payload was found, and is over or beyond reach.
func (b *Backend) foundLost(ctx context.Context, identifier string) bool {
	if wait, err := b.limits.take(ctx, time.Now(), asking, caller{}, ""); wait > 0 || err != nil {
		return false
	}
	p, err := b.platform.ByIdentifier(ctx, identifier)
	if err != nil || p.CustomMeta.Identifier != identifier {
		return false
	}
	uuid, err := payload.ParseUUID(p.Meta.UUID)
	if err != nil {
		return false
	}
	if known, err := b.requests.get(ctx, uuid); !errors.Is(err, errNotFound) {
		if err == nil {
			b.requests.release(known)
		}
		return err == nil // it belongs to an order
	}
	c, err := b.platform.Cancel(ctx, uuid)
	if err != nil {
		return false
	}
	log := b.log.With(about(uuid), "reason", c.Reason)
	switch s := statusOf(p.Meta); {
	case c.Cancelled:
		log.Warn("cancelled a request whose creation was not answered")
	case s == payload.StatusCancelled, s == payload.StatusExpired, s == payload.StatusRejected:
		log.Warn("a request whose creation was not answered is over")
	default: // a phone has it open, or has signed it, which nobody can undo
		log.Error("cannot cancel a request whose creation was not answered: what is signed for it counts for nothing")
	}
	return true
}
