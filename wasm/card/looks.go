package card

import (
	"time"

	"github.com/xaman-live/xaman-live/wasm/subscribe"
	"github.com/xaman-live/xaman-live/wasm/view"
)

// language is what a card speaks.
type language struct {
	texts   view.Texts
	formats view.Formats
}

// Speak makes the card speak another language, or say other things. The request stays the same.
func (c *Card) Speak(texts view.Texts, formats view.Formats) {
	c.language.Store(&language{texts, formats})
	c.call(looks)
}

// Clipped tells whether part of the code is outside of the window, so that no phone can read it.
func (c *Card) Clipped(is bool) {
	if c.clipped.Swap(is) != is {
		c.call(looks)
	}
}

// InView tells whether the card is in the window, or near it. Until then it is taken to be.
func (c *Card) InView(is bool) {
	if was := !c.outside.Swap(!is); is && !was {
		c.call(looks)
	}
}

// tick shows the time that is left if anybody can see it, and reports whether nothing else has to be shown anew.
func (c *Card) tick() (done bool) {
	if !c.shown.Tick(c.input.Deadline(), time.Now()) {
		return false
	}
	if !c.outside.Load() {
		c.opts.Page.Count(c.shown.Countdown)
	}
	c.wake()
	return true
}

// countedAnew reports whether an update says nothing new but how much time is left, as most frames do, and somebody can
// see the card: to render all of it would take many times longer.
func (c *Card) countedAnew(u *subscribe.Update) bool {
	state := u.State
	state.Deadline = c.input.State.Deadline
	return u.Err == nil && !c.outside.Load() && u.Connection == c.input.Connection &&
		u.Unanswered == c.input.Unanswered && state.Same(&c.input.State)
}

// wake has the clock wake the card when it is another one.
func (c *Card) wake() {
	at := c.shown.Next
	if c.outside.Load() {
		at = c.shown.Unseen()
	}
	c.opts.Clock.wake(c.ticks, at)
}

// show renders, patches what differs, and tells the page if the request, the phase or the connection changed.
func (c *Card) show() {
	speaks := c.language.Load()
	c.input.Now, c.input.Texts, c.input.Formats = time.Now(), speaks.texts, speaks.formats
	c.input.Clipped = c.clipped.Load()
	before := c.shown
	c.shown = view.Render(&c.input)
	c.opts.Page.Show(c.shown)
	if speech := view.Announce(before, c.shown); speech != (view.Speech{}) && c.opts.Preview == "" {
		c.opts.Page.Say(speech)
	}
	c.wake()
	moved := c.shown.Phase != before.Phase || c.shown.Connection != before.Connection
	if moved {
		c.journal.changed(c.shown)
	}
	c.publish()
	if c.opts.Preview != "" {
		return
	}
	if moved || c.input.State.UUID != c.told {
		c.told = c.input.State.UUID
		c.emit("change", nil)
	}
	if c.shown.Phase != before.Phase && c.subscription != nil {
		c.opts.Tell(position(c.input.State.UUID, c.shown.Phase))
	}
	if c.input.State.Final() && !c.settled {
		c.settled = true
		unmark(c.opts.Storage, c.input.State.UUID)
		c.emit("settled", nil)
	}
}
