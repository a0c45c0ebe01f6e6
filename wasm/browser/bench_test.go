//go:build js && wasm

package browser

import (
	"testing"

	"github.com/xaman-live/xaman-live/wasm/payload/payloadtest"
)

// BenchmarkMessageToDOM measures from a socket's message event to the patched page, through everything in between. The
// event is dispatched from here, and returns when Go has nothing left to do.
func BenchmarkMessageToDOM(b *testing.B) {
	w := newWorld(b)
	w.card(map[string]any{"payload": created(uuid)})
	s := w.socket(0)
	frames := [2]string{payloadtest.ExpiresIn(100), payloadtest.ExpiresIn(200)}
	want := [2]string{"1:40", "3:20"}
	w.say(s, payloadtest.Welcome, frames[1])
	w.until("the time left is shown", func() bool { return w.text("countdown-time") == want[1] })
	clock := w.js.Call("part", "countdown-time")
	n := 0
	for b.Loop() {
		s.Call("say", frames[n%2])
		if got := clock.Get("textContent").String(); got != want[n%2] {
			b.Fatalf("message %d: got %q on the page when the event is over, want %q", n, got, want[n%2])
		}
		n++
	}
}
