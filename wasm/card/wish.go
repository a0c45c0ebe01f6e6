package card

import (
	"context"

	"github.com/xaman-live/xaman-live/wasm/payload"
	"github.com/xaman-live/xaman-live/wasm/view"
)

// Do does what a script of the page wants: Cancel, Renew, Recheck or Dismiss, whether or not there is a button for it.
// What is not possible is not done.
func (c *Card) Do(id view.ActionID) {
	select {
	case c.wishes <- id:
	default: // as with clicks
	}
}

// wish does what a script of the page wants, and reports whether that is a new request, at once. Whoever has signed is
// not asked to do it again.
func (c *Card) wish(ctx context.Context, id view.ActionID) (renew bool) {
	switch id {
	case view.Cancel:
		c.unwanted = c.obtaining
		if c.input.State.Final() {
			return false
		}
	case view.Renew:
		phase := c.input.State.Phase()
		if !c.input.Renewable || phase == payload.PhaseSigned || phase == payload.PhaseVerified {
			return false
		}
	case view.Recheck, view.Dismiss:
	default:
		return false
	}
	return c.act(ctx, id)
}
