package card

import (
	"context"
	"time"

	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
	"github.com/xaman-live/xaman-live/wasm/view"
)

// act does what the visitor asked for and reports whether that is a new request, at once. What takes its time goes on
// beside the card, which would otherwise miss what happens meanwhile.
func (c *Card) act(ctx context.Context, id view.ActionID) (renew bool) {
	switch id {
	case view.Reveal:
		c.input.ShowQR = !c.input.ShowQR
	case view.Copy:
		c.copy(ctx, id, c.input.Link)
	case view.CopyHash:
		c.copy(ctx, id, c.input.State.Answer.Result.TxID)
	case view.CopyDetails:
		c.copy(ctx, id, c.details())
	case view.Start:
		c.input.Open = true
		if c.opts.Layout == view.LayoutButton && c.unasked() {
			c.look(ctx)
		}
	case view.Dismiss:
		c.input.Open = false
	case view.Recheck:
		c.askNow()
	case view.Cancel:
		c.input.Kept = ""
		c.cancel(ctx, func(done *api.Cancellation, err error) bool {
			if err != nil || !done.Over() || c.input.State.Signing() {
				c.keep(done, err)
			}
			c.askNow() // what became of it is the backend's to say
			return false
		})
	case view.Renew:
		return c.renew(ctx)
	}
	return false
}

// unasked reports whether nobody has asked for a request yet.
func (c *Card) unasked() bool {
	return !c.obtaining && c.subscription == nil && c.input.Failure == "" && !c.input.State.NotFound &&
		c.input.Link == "" && c.opts.Preview == ""
}

// copy puts text on the clipboard and shows that it is there, or where that is forbidden, a field to copy it from.
func (c *Card) copy(ctx context.Context, id view.ActionID, text string) {
	c.later(ctx, func(ctx context.Context) func() bool {
		err := c.opts.Copy(ctx, text)
		return func() bool {
			if err == nil {
				c.input.Copied, c.input.CopiedUntil = id, time.Now().Add(2*time.Second)
				return false
			}
			c.input.ByHand = text
			c.show()
			c.opts.Page.SelectLink()
			return false
		}
	})
}

// renew makes way for a new request. The old one is cancelled first, as both could be paid otherwise, and stays unless
// the backend says that nobody can sign it any more.
func (c *Card) renew(ctx context.Context) (renew bool) {
	switch {
	case c.obtaining:
		if c.input.Trying { // else it is the second half of a double click
			c.input.Failure, c.input.Trying = "", false
			c.askNow()
		}
		return false
	case c.subscription == nil:
		return true
	}
	c.input.Kept = ""
	c.cancel(ctx, func(done *api.Cancellation, err error) bool {
		if c.replaceable(done, err) {
			return true
		}
		c.keep(done, err)
		c.askNow()
		return false
	})
	return false
}

// keep says why a request was not cancelled.
func (c *Card) keep(done *api.Cancellation, err error) {
	state := &c.input.State
	switch {
	case err == nil && done.Status == payload.StatusSigned, state.Signed():
		c.input.Kept = view.KeptSigned
	case err == nil && (done.Status == payload.StatusOpened || state.Signing()):
		c.input.Kept = view.KeptOpen
	default:
		c.input.Kept = view.KeptUnsure
	}
}

// replaceable reports whether nothing can be paid twice if there is a new request, by the answer to the cancellation of
// the old one, and by what was learned while that was under way.
func (c *Card) replaceable(done *api.Cancellation, err error) bool {
	state := &c.input.State
	switch {
	case err == nil && done.Summary.Type == view.SignIn: // it moves no money
		return done.Over() || done.Verdict == payload.VerdictUnverified || done.Status == payload.StatusOpened
	case err == nil && done.Status == payload.StatusRejected:
		return true
	case state.Signed(), state.Signing(): // a phone may sign what is cancelled at the same moment
		return false
	case err == nil:
		return done.Over()
	case notFound(err):
		return state.Answer.Over() || state.NotFound && !state.Started() // the backend will never count it
	}
	return false
}

// askNow asks the backend now, for the request or after it.
func (c *Card) askNow() {
	if c.subscription != nil {
		c.subscription.Refresh()
	} else {
		c.retry.send()
	}
}

// cancel asks the backend to cancel the request, unless it is being asked already.
func (c *Card) cancel(ctx context.Context, then func(*api.Cancellation, error) (renew bool)) {
	uuid := c.input.State.UUID
	if c.cancelling || c.opts.Backend == nil || uuid == "" {
		return
	}
	c.cancelling = true
	c.later(ctx, func(ctx context.Context) func() bool {
		ctx, cancel := context.WithTimeout(ctx, answerTimeout)
		defer cancel()
		done, err := c.opts.Backend.Cancel(ctx, uuid)
		return func() bool {
			c.cancelling = false
			if err != nil {
				c.complain(err, false)
			}
			return then(done, err)
		}
	})
}
