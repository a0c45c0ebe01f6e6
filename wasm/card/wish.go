package card

import (
	"context"

	"github.com/xaman-live/xaman-live/wasm/payload"
	"github.com/xaman-live/xaman-live/wasm/view"
)

// wishes are what a script of the page may want, in the order in which it is done if it is wanted at the same time: a
// new request last, as then the one that is shown is given up.
var wishes = [...]view.ActionID{view.Cancel, view.Recheck, view.Dismiss, view.Renew}

// Do does what a script of the page wants: Cancel, Renew, Recheck or Dismiss, whether or not there is a button for it.
// What is not possible is not done.
func (c *Card) Do(id view.ActionID) {
	for i, wish := range wishes {
		if id == wish {
			c.call(wished << i)
		}
	}
}

// grant does what a script of the page wants, and reports whether that is a new request, at once.
func (c *Card) grant(ctx context.Context, why reason) (renew bool) {
	for i, id := range wishes {
		if why&(wished<<i) != 0 && c.allowed(id) {
			renew = c.act(ctx, id)
		}
	}
	return renew
}

// allowed reports whether what a script of the page wants is to be done. Who has signed is not asked to do it again.
func (c *Card) allowed(id view.ActionID) bool {
	switch id {
	case view.Cancel:
		c.unwanted = c.obtaining
		return !c.input.State.Final()
	case view.Renew:
		phase := c.input.State.Phase()
		return c.input.Renewable && phase != payload.PhaseSigned && phase != payload.PhaseVerified
	}
	return true
}
