package card

import (
	"strings"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/wasm/payload/payloadtest"
)

func TestHear(t *testing.T) {
	for message, asks := range map[string]int{
		uuid:                                1,
		uuid + " verified":                  1,
		uuid + " waiting":                   0, // it is no further
		other + " verified":                 0,
		"":                                  0,
		" verified":                         0,
		strings.ToUpper(uuid):               0,
		strings.Repeat(uuid[:1], 1_000_000): 0,
	} {
		play(t, func(w *world) {
			c := w.live()
			before := w.called(getting)
			c.Hear(message)
			w.settle()
			if got := w.called(getting) - before; got != asks {
				t.Errorf("%.50s: asked %d times, want %d", message, got, asks)
			}
			if got := c.model.Title; got != "Scan with Xaman" {
				t.Errorf("got %q, want nothing that a tab merely says", got)
			}
		})
	}
}

// Many cards of one request tell each other everything, and still ask no more than a few times each.
func TestNewsDoesNotEcho(t *testing.T) {
	play(t, func(w *world) {
		const cards = 20
		w.route(getting, answer(uuid, "pending", "none"))
		for n := range cards {
			w.card(w.known())
			w.say(n, payloadtest.Welcome)
		}
		w.wait(5 * time.Second)
		before := w.called(getting)
		w.route(getting, answer(uuid, "opened", "none"))
		w.say(0, payloadtest.Opened)
		w.wait(5 * time.Second)
		for i, c := range w.cards {
			if c.model.Phase != "opened" {
				t.Errorf("card %d is still %s", i, c.model.Phase)
			}
		}
		if got := w.called(getting) - before; got > 4*cards {
			t.Errorf("asked %d times because of one event, want at most 4 times for each of %d cards", got, cards)
		}
	})
}
