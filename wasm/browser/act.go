//go:build js && wasm

package browser

import (
	"context"
	"time"

	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
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
		c.cancel(ctx, func(api.Cancellation, error) bool {
			c.check() // what became of it is the backend's to say
			return false
		})
	case view.Renew:
		return c.renew(ctx)
	}
	return false
}

// renew makes way for a new request. The old one is cancelled first, as both could be paid otherwise, and stays unless
// the backend says that nobody can sign it any more.
func (c *card) renew(ctx context.Context) (renew bool) {
	switch {
	case c.obtaining:
		if c.input.Trying { // else it is the second half of a double click
			c.input.Failure, c.input.Trying = "", false
			c.check()
		}
		return false
	case c.subscription == nil:
		return true
	}
	c.input.Kept = ""
	c.cancel(ctx, func(done api.Cancellation, err error) bool {
		state := c.input.State
		switch {
		case err == nil && (done.Over() || done.Verdict == payload.VerdictUnverified && done.Summary.Type == view.SignIn):
			return true
		case notFound(err) && (state.Answer.Over() || state.NotFound && !state.Started()):
			return true // it is over, or the backend never had it and will never count it
		case err == nil && done.Status == payload.StatusOpened:
			c.input.Kept = view.KeptOpen
		case err == nil && done.Status == payload.StatusSigned:
			c.input.Kept = view.KeptSigned
		default:
			c.input.Kept = view.KeptUnsure
		}
		c.check()
		return false
	})
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
		c.tell(ctx, work(ctx))
	})
}

// check asks the backend now, for the request or after it. It never blocks.
func (c *card) check() {
	if c.subscription != nil {
		c.subscription.Refresh()
		return
	}
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// cancel asks the backend to cancel the request, unless it is being asked already.
func (c *card) cancel(ctx context.Context, then func(api.Cancellation, error) (renew bool)) {
	if c.cancelling || c.backend == nil || c.input.State.UUID == "" {
		return
	}
	c.cancelling = true
	uuid := c.input.State.UUID
	c.later(ctx, func(ctx context.Context) func() bool {
		ctx, cancel := context.WithTimeout(ctx, answerTimeout)
		defer cancel()
		done, err := c.backend.Cancel(ctx, uuid)
		if err == nil && done.UUID != uuid {
			err = &payload.Error{Code: payload.BadAnswer, Message: "backend's answer is about another request"}
		}
		return func() bool {
			c.cancelling = false
			if err != nil {
				c.report(err)
			}
			return then(done, err)
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
