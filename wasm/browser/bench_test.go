//go:build js && wasm

package browser

import (
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/wasm/payload"
	"github.com/xaman-live/xaman-live/wasm/payload/payloadtest"
	"github.com/xaman-live/xaman-live/wasm/view"
)

// BenchmarkFrameToDOM measures from a frame of the socket to the patched page, without the goroutines in between.
func BenchmarkFrameToDOM(b *testing.B) {
	w := newMounts(b)
	f := w.face(view.LayoutCard, nothing)
	frames := [2][]byte{[]byte(payloadtest.ExpiresIn(100)), []byte(payloadtest.ExpiresIn(200))}
	state := payload.State{UUID: payloadtest.UUID, Alone: true}
	in := view.Input{Connection: payload.Live, Link: link, State: state}
	n := 0
	for b.Loop() {
		in.Now = time.Now()
		in.State.Add(new(payload.Decode(frames[n%2], in.Now)))
		f.Show(view.Render(&in))
		n++
	}
	if got, want := w.text("countdown-time"), []string{"3:20", "1:40"}[n%2]; got != want {
		b.Errorf("got %q left, want %q", got, want)
	}
}
