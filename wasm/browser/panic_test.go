//go:build js && wasm

package browser

import (
	"context"
	"fmt"
	"strings"
	"syscall/js"
	"testing"

	"github.com/xaman-live/xaman-live/wasm/payload/payloadtest"
)

// newest returns the card that was mounted last.
func (w *world) newest() *card { return w.mounter.live[w.mounter.last] }

func (w *world) errors() []string {
	var all []string
	for i := range w.js.Get("events").Length() {
		if e := w.js.Get("events").Index(i); e.Get("type").String() == "error" {
			all = append(all, fmt.Sprintf("%s %s %t", e.Get("uuid"), e.Get("code"), e.Get("fatal").Bool()))
		}
	}
	return all
}

// A defect of ours ends the card that met it, says so, and leaves the other cards alone.
func TestPanics(t *testing.T) {
	hit := func(w *world) { w.say(w.js.Get("sockets").Index(1), payloadtest.Resolved(other, true)) }
	tests := map[string]struct {
		spoil func(w *world, c *card)
		reach func(w *world)
	}{
		"of the card": {func(_ *world, c *card) { go func() { c.results <- func() bool { panic("test") } }() }, func(*world) {}},
		"of the view": {func(_ *world, c *card) { c.face.facts.make = nil; c.face.title = nil }, hit},
		"while the backend is asked": {func(_ *world, c *card) {
			c.backend.Fetch = func(context.Context, string, string, map[string]string, []byte) (int, []byte, error) { panic("test") }
		}, hit},
		"of what the visitor asked for": {func(_ *world, c *card) {
			c.backend.Fetch = func(context.Context, string, string, map[string]string, []byte) (int, []byte, error) { panic("test") }
		}, func(w *world) {
			w.js.Call("shown", `[data-action="cancel"]`).Index(1).Call("click")
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.live()
			w.route(creating, 201, answer(other, "pending", "none"))
			w.route("GET /api/sign-requests/"+other, 200, answer(other, "pending", "none"))
			w.card(map[string]any{"demo": "payment", "backend": base})
			w.say(w.socket(1), payloadtest.Welcome)
			w.reads("title", "Scan with Xaman|Scan with Xaman")
			w.rest()
			test.spoil(w, w.newest())
			test.reach(w)
			w.until("the page is told", func() bool { return len(w.errors()) > 0 })
			if got, want := strings.Join(w.errors(), "|"), other+" internal true"; got != want {
				t.Errorf("got errors %q, want %q", got, want)
			}
			w.rest()
			w.say(w.js.Get("sockets").Index(0), payloadtest.Opened)
			w.until("the other card goes on", func() bool {
				return w.js.Get("root").Get("firstElementChild").Call("getAttribute", "data-phase").String() == "opened"
			})
		})
	}
}

// Some browsers within apps, and some extensions, take WebSocket away.
func TestWithoutWebSocket(t *testing.T) {
	tests := map[string]js.Value{
		"there is none": js.Undefined(),
		"it throws":     js.Global().Get("Function").New("throw new DOMException('no', 'SecurityError')"),
	}
	for name, class := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			js.Global().Get("window").Set("WebSocket", class)
			w.route(getting, 200, answer(uuid, "pending", "none"))
			w.card(map[string]any{"uuid": uuid, "backend": base})
			w.until("it polls", func() bool { return w.lastEvent("change").Get("connection").String() == "polling" })
			w.route(getting, 200, answer(uuid, "signed", "verified"))
			w.reads("title", "Done")
		})
	}
}

// A card that is asked for its report tells nothing worse than that there is none.
func TestPanicInReport(t *testing.T) {
	w := newWorld(t)
	handle := w.card(map[string]any{"payload": created(uuid)})
	w.say(w.socket(0), payloadtest.Welcome)
	w.newest().journal.faults = []any{"not an entry"}
	if got := handle.Call("report"); !got.IsNull() {
		t.Errorf("got %v, want null", got)
	}
	w.say(w.js.Get("sockets").Index(0), payloadtest.Opened)
	w.reads("title", "Opened on your phone")
}
