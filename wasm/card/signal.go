package card

// reason is why a card is called.
type reason uint32

const (
	looks   reason = 1 << iota // what it speaks, or what of it can be seen, has changed
	seen                       // the page was hidden or shown
	refresh                    // something may have been missed
	hint                       // another card of the request is at another phase
	wished                     // the page wants the first of wishes; the bits after it are those after that
)

func (c *Card) call(why reason) {
	c.reasons.Or(uint32(why))
	c.called.send()
}

// signal is a reason to do something. Sending one never blocks; those that nobody has looked at yet become one.
type signal chan struct{}

func newSignal() signal { return make(signal, 1) }

func (s signal) send() {
	select {
	case s <- struct{}{}:
	default:
	}
}

// answer does what the card was called for. All of it may have changed how the card looks.
func (c *Card) answer(why reason) {
	if why&seen != 0 {
		c.see()
	}
	if why&refresh != 0 {
		c.askNow()
	}
	if why&hint != 0 && c.subscription != nil {
		c.subscription.Hint()
	}
}
