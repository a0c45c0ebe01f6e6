//go:build js && wasm

package browser

import (
	"context"
	"time"

	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/view"
)

// act does what the visitor asked for and reports whether that is a new request, at once. What takes its time goes on
// beside the card, which would otherwise miss what happens meanwhile.
func (c *card) act(ctx context.Context, id view.ActionID) (renew bool) {
	switch id {
	case view.Reveal:
		c.input.ShowQR = !c.input.ShowQR
	case view.Copy:
		c.later(ctx, c.copyLink)
	case view.Recheck:
		c.check()
	case view.Cancel:
		c.cancel(ctx, func(api.Cancellation) bool {
			c.check() // what became of it is the backend's to say
			return false
		})
	case view.Renew:
		if c.subscription == nil || !c.input.State.MaySign() {
			return true
		}
		c.cancel(ctx, func(done api.Cancellation) bool {
			if !done.Over() {
				c.check()
			}
			return done.Over()
		})
	}
	return false
}

// later does work on a goroutine of its own, and its outcome on the card's.
func (c *card) later(ctx context.Context, work func(context.Context) (outcome func() (renew bool))) {
	c.working.Go(func() {
		defer func() {
			if r := recover(); r != nil {
				c.fate(ctx, panicked(r))
			}
		}()
		outcome := work(ctx)
		select {
		case c.results <- outcome:
		case <-ctx.Done():
		}
	})
}

func (c *card) check() {
	if c.subscription != nil {
		c.subscription.Check()
	}
}

// cancel asks the backend to cancel the request, unless it is being asked already.
func (c *card) cancel(ctx context.Context, then func(api.Cancellation) (renew bool)) {
	if c.cancelling || c.backend == nil || c.input.State.UUID == "" {
		return
	}
	c.cancelling = true
	uuid := c.input.State.UUID
	c.later(ctx, func(ctx context.Context) func() bool {
		ctx, cancel := context.WithTimeout(ctx, answerTimeout)
		defer cancel()
		done, err := c.backend.Cancel(ctx, uuid)
		return func() bool {
			c.cancelling = false
			if err != nil {
				c.report(err)
			}
			return then(done)
		}
	})
}

// copyLink puts the link on the clipboard, or where that is forbidden, in a field from which the visitor can copy it.
func (c *card) copyLink(ctx context.Context) func() bool {
	err := writeClipboard(ctx, c.input.Link)
	return func() bool {
		if err != nil {
			c.input.ShowLink = true
			c.show()
			c.face.field.call("focus")
			c.face.field.call("select")
		} else {
			c.input.CopiedUntil = time.Now().Add(2 * time.Second)
		}
		return false
	}
}
