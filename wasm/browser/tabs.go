//go:build js && wasm

package browser

import "github.com/hack-pad/safejs"

// tabs connects the site's cards, in this page and in other tabs. Some browsers throw where the visitor allows no
// cookies: then nothing is sent and nothing heard.
type tabs struct{ channel safejs.Value }

const channelName = "xaman-live"

func openTabs(global safejs.Value) tabs {
	class, err := property(global, "BroadcastChannel")
	if err != nil {
		return tabs{}
	}
	channel, err := class.New(channelName)
	if err != nil {
		return tabs{}
	}
	return tabs{channel}
}

// listen calls hear with what other cards tell, until the page is closed.
func (t tabs) listen(p *page, hear func(message string)) {
	_ = p.listen(t.channel, "message", func(event safejs.Value) {
		data, err := event.Get("data")
		if err != nil || data.Type() != safejs.TypeString {
			return
		}
		if text, err := data.String(); err == nil {
			hear(text)
		}
	})
	p.undo = append(p.undo, func() { _, _ = callOn(t.channel, "close") })
}

func (t tabs) tell(message string) { _, _ = callOn(t.channel, "postMessage", message) }
