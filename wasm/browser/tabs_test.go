//go:build js && wasm

package browser

import (
	"syscall/js"
	"testing"

	"github.com/xaman-live/xaman-live/wasm/payload/payloadtest"
)

// otherTab is the channel as another tab of the site has it. Nobody hears what he says himself.
func otherTab(t *testing.T) js.Value {
	channel := js.Global().Get("BroadcastChannel").New(channelName)
	t.Cleanup(func() { channel.Call("close") })
	return channel
}

func TestNewsFromAnotherTab(t *testing.T) {
	tests := map[string]struct {
		says any
		asks int
	}{
		"of this request":        {uuid, 1},
		"of another request":     {other, 0},
		"of no request":          {"", 0},
		"in capitals":            {"9A2C7A52-3C1E-4B53-9D4E-5F1B8C1F0A77", 0},
		"nothing":                {nil, 0},
		"undefined":              {js.Undefined(), 0},
		"a number":               {1, 0},
		"a list":                 {[]any{uuid}, 0},
		"an object":              {map[string]any{"uuid": uuid, "phase": "verified"}, 0},
		"an object that is text": {js.Global().Get("String").New(uuid), 0},
		"a lot":                  {js.Global().Get("Array").New(1_000_000).Call("join", uuid[:1]), 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.live()
			before := w.called(getting)
			tab := otherTab(t)
			tab.Call("postMessage", test.says)
			w.rest()
			if got := w.called(getting) - before; got != test.asks {
				t.Errorf("asked %d times, want %d", got, test.asks)
			}
			if got := w.text("title"); got != "Scan with Xaman" {
				t.Errorf("got %q, want nothing that a tab merely says", got)
			}
		})
	}
}

// The tab that the wallet opened hears of the signature first; the one that was left behind may have no socket.
func TestTwoTabsTellTheSameStory(t *testing.T) {
	w := newWorld(t)
	w.live()
	w.card(map[string]any{"uuid": uuid, "backend": base})
	w.say(w.socket(1), payloadtest.Welcome)
	w.card(map[string]any{"payload": created(other)})
	w.say(w.socket(2), payloadtest.Welcome)
	w.reads("title", "Scan with Xaman|Scan with Xaman|Scan with Xaman")
	w.rest()
	w.js.Get("sockets").Index(0).Call("drop")
	w.route(getting, 200, answer(uuid, "signed", "verified"))
	w.say(w.js.Get("sockets").Index(1), payloadtest.Resolved(payloadtest.UUID, true))
	w.reads("title", "Done|Done|Scan with Xaman")
	w.rest()
	settled := 0
	for _, e := range w.events() {
		if e == "settled verified live" || e == "settled verified reconnecting" || e == "settled verified polling" {
			settled++
		}
	}
	if settled != 2 {
		t.Errorf("got %d cards settled, want 2: %q", settled, w.events())
	}
}

// Many cards of one request tell each other everything, and still ask no more than a few times each.
func TestNewsDoesNotEcho(t *testing.T) {
	w := newWorld(t)
	w.route(getting, 200, answer(uuid, "pending", "none"))
	const cards = 20
	for n := range cards {
		w.card(map[string]any{"uuid": uuid, "backend": base})
		w.say(w.socket(n), payloadtest.Welcome)
	}
	w.rest()
	before := w.called(getting)
	w.route(getting, 200, answer(uuid, "opened", "none"))
	w.say(w.js.Get("sockets").Index(0), payloadtest.Opened)
	w.until("every card has heard", func() bool { return w.js.Call("shown", `[data-phase="opened"]`).Length() == cards })
	w.rest()
	if got := w.called(getting) - before; got > 4*cards {
		t.Errorf("asked %d times because of one event, want at most 4 times for each of %d cards", got, cards)
	}
}

func TestDeafAfterClose(t *testing.T) {
	w := newWorld(t)
	w.route(getting, 200, answer(uuid, "pending", "none"))
	handle := w.card(map[string]any{"uuid": uuid, "backend": base})
	w.say(w.socket(0), payloadtest.Welcome)
	w.rest()
	before := w.called(getting)
	tab := otherTab(t)
	handle.Call("close")
	w.until("the card is gone", w.gone)
	if got := w.js.Get("channels").Int(); got != 1 {
		t.Errorf("got %d channels, want this test's only", got)
	}
	tab.Call("postMessage", uuid)
	w.rest()
	if got := w.called(getting) - before; got != 0 {
		t.Errorf("asked %d times after close, want none", got)
	}
}
