//go:build js && wasm

package browser

import (
	"strings"

	"github.com/hack-pad/safejs"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// tabs connects the cards of one payload, in this page and in the site's other tabs: the one that the wallet opened, and
// the one that was left behind. They tell each other how far they are. Who is elsewhere asks the backend: nobody believes
// the others, but who is as far need not ask.
type tabs struct{ channel safejs.Value }

const channelName = "xaman-live"

// joinTabs calls heard with the payload of another card, and how far that card is. It returns nil where there are no
// channels between tabs: some browsers throw where the visitor allows no cookies.
func joinTabs(p *page, heard func(payload.UUID, payload.Phase)) *tabs {
	global, err := window()
	if err != nil {
		return nil
	}
	class, err := property(global, "BroadcastChannel")
	if err != nil {
		return nil
	}
	channel, err := class.New(channelName)
	if err != nil {
		return nil
	}
	p.listenIfPossible(channel, "message", func(event safejs.Value) {
		data, err := event.Get("data")
		if err != nil || data.Type() != safejs.TypeString {
			return
		}
		if text, err := data.String(); err == nil {
			uuid, phase, _ := strings.Cut(text, " ")
			heard(payload.UUID(uuid), payload.Phase(phase))
		}
	})
	p.undo = append(p.undo, func() { _, _ = callOn(channel, "close") })
	return &tabs{channel}
}

// tell says how far a payload is.
func (t *tabs) tell(uuid payload.UUID, phase payload.Phase) {
	if t != nil {
		_, _ = callOn(t.channel, "postMessage", string(uuid)+" "+string(phase)) // nobody may be listening either
	}
}
