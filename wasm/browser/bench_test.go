//go:build js && wasm

package browser

import (
	"context"
	"runtime"
	"testing"

	"github.com/hack-pad/safejs"

	"github.com/xaman-live/xaman-live/wasm/card"
	"github.com/xaman-live/xaman-live/wasm/payload/payloadtest"
	"github.com/xaman-live/xaman-live/wasm/subscribe"
)

// frames is a socket that says what the benchmark sends.
type frames chan string

func (f frames) Read(ctx context.Context) ([]byte, error) {
	select {
	case frame := <-f:
		return []byte(frame), nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
func (frames) Write(context.Context, []byte) error { return nil }
func (frames) Close()                              {}

// BenchmarkFrameToDOM measures from a frame of the socket to the patched page, through everything in between.
func BenchmarkFrameToDOM(b *testing.B) {
	w := newMounts(b)
	p := document(b)
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	socket := make(frames)
	c := card.New(card.Options{
		Payload: created("wss://xumm.app/sign/" + uuid),
		Page:    newFace(p, safejs.Safe(w.root), safejs.Safe(w.emit.Value)),
		Clock:   card.NewClock(),
		Storage: newStorage(safejs.Global()),
		Tell:    func(string) {},
		Dial:    func(context.Context, string) (subscribe.Conn, error) { return socket, nil },
	})
	ended := make(chan struct{})
	go func() { c.Run(ctx); close(ended) }()
	said := [2]string{payloadtest.ExpiresIn(100), payloadtest.ExpiresIn(200)}
	want := [2]string{"1:40", "3:20"}
	socket <- payloadtest.Welcome
	socket <- said[1]
	w.reads("countdown-time", want[1])
	clock := w.root.Call("querySelector", "[part=countdown-time]")
	n := 0
	for b.Loop() {
		socket <- said[n%2]
		for clock.Get("textContent").String() != want[n%2] {
			runtime.Gosched()
		}
		n++
	}
	cancel()
	<-ended
}
