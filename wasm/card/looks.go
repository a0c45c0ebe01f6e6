package card

import "github.com/xaman-live/xaman-live/wasm/view"

// language is what a card speaks.
type language struct {
	texts   view.Texts
	formats view.Formats
}

// Speak makes the card speak another language, or say other things. The request stays the same.
func (c *Card) Speak(texts view.Texts, formats view.Formats) {
	c.language.Store(&language{texts, formats})
	c.looks.send()
}

// Clipped tells whether part of the code is outside of the window, so that no phone can read it.
func (c *Card) Clipped(is bool) {
	if c.clipped.Swap(is) != is {
		c.looks.send()
	}
}
