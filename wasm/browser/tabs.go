//go:build js && wasm

package browser

import "github.com/hack-pad/safejs"

// tabs connects the site's cards: those of this page, which share one channel, and those in other tabs. Some browsers
// throw where the visitor allows no cookies: then only the cards of this page hear each other.
type tabs struct {
	channel safejs.Value
	hear    func(message string)
}

const channelName = "xaman-live"

func openTabs(global safejs.Value, hear func(message string)) tabs {
	t := tabs{hear: hear}
	if class, err := property(global, "BroadcastChannel"); err == nil {
		t.channel, _ = class.New(channelName) // undefined, on which every call fails
	}
	return t
}

// listen takes what the cards of other tabs tell, until the page is closed.
func (t tabs) listen(p *page) {
	_ = p.listen(t.channel, "message", func(event safejs.Value) {
		data, err := event.Get("data")
		if err != nil || data.Type() != safejs.TypeString {
			return
		}
		if text, err := data.String(); err == nil {
			t.hear(text)
		}
	})
	p.undo = append(p.undo, func() { _, _ = callOn(t.channel, "close") })
}

func (t tabs) tell(message string) {
	t.hear(message)
	_, _ = callOn(t.channel, "postMessage", message)
}
