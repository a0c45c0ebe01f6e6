//go:build js && wasm

package browser

import (
	"fmt"

	"github.com/hack-pad/safejs"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// tabs connects the cards of one payload, in this page and in the site's other tabs: the one that the wallet opened, and
// the one that was left behind. They tell each other that there is news, not what: each asks the backend for itself.
type tabs struct {
	page    *page
	channel safejs.Value
}

const channelName = "xaman-live"

// joinTabs calls heard with the payload of which another card has news.
func joinTabs(p *page, heard func(payload.UUID)) (*tabs, error) {
	class, err := safejs.Global().Get("BroadcastChannel")
	if err != nil {
		return nil, fmt.Errorf("join tabs: %w", err)
	}
	channel, err := class.New(channelName)
	if err != nil {
		return nil, fmt.Errorf("join tabs: %w", err)
	}
	p.listen(channel, "message", func(event safejs.Value) {
		data, err := event.Get("data")
		if err != nil || data.Type() != safejs.TypeString {
			return
		}
		if uuid, err := data.String(); err == nil {
			heard(payload.UUID(uuid))
		}
	})
	p.undo = append(p.undo, func() {
		_, err := channel.Call("close")
		p.note(err)
	})
	return &tabs{p, channel}, nil
}

// tell says that there is news of a payload.
func (t *tabs) tell(uuid payload.UUID) {
	_, err := t.channel.Call("postMessage", string(uuid))
	t.page.note(err)
}
