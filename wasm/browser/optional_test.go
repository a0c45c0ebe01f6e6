//go:build js && wasm

package browser

import (
	"slices"
	"syscall/js"
	"testing"

	"github.com/xaman-live/xaman-live/wasm/payload/payloadtest"
)

// The card works without what browsers forbid or do not have: Firefox throws at each of the first two where the visitor
// allows no cookies.
func TestWithoutOptionalThings(t *testing.T) {
	function := func(body string) js.Value { return js.Global().Get("Function").New(body) }
	throws := "throw new DOMException('no', 'SecurityError')"
	getter := func(body string) map[string]any { return map[string]any{"get": function(body)} }
	value := func(v any) map[string]any { return map[string]any{"value": v, "writable": true} }
	proxy := func(get string) any {
		handler := map[string]any{"get": function(get), "construct": function("return this.made ??= new Proxy({}, this)")}
		return js.Global().Get("Proxy").New(function(""), handler)
	}
	ways := map[string]map[string]any{
		"reading it throws":  getter(throws),
		"it is undefined":    value(js.Undefined()),
		"it is null":         value(nil),
		"it is a number":     value(1),
		"using it throws":    value(function(throws)),
		"it has no methods":  value(map[string]any{}),
		"its methods throw":  value(proxy("return () => { " + throws + " }")),
		"its members throw":  value(proxy(throws)),
		"its members are 0":  value(proxy("return 0")),
		"what it makes is 0": value(function("return 0")),
	}
	document := js.Global().Get("document")
	things := map[string]struct {
		object js.Value
		name   string
	}{
		"storage":    {js.Global(), "localStorage"},
		"tabs":       {js.Global(), "BroadcastChannel"},
		"clipboard":  {js.Global().Get("navigator"), "clipboard"},
		"visibility": {document, "hidden"},
		"events":     {document, "addEventListener"},
	}
	called := []string{"its methods throw", "its members throw", "its members are 0", "what it makes is 0"}
	for thing, of := range things {
		for way, descriptor := range ways {
			if thing == "events" && slices.Contains(called, way) {
				continue // a function that does nothing is as good as a page on which nothing happens
			}
			t.Run(thing+", "+way, func(t *testing.T) {
				w := newWorld(t)
				w.route(getting, 200, answer(uuid, "pending", "none"))
				w.js.Call("replace", of.object, of.name, descriptor)
				w.card(map[string]any{"payload": created(uuid), "backend": base})
				s := w.socket(0)
				w.say(s, payloadtest.Welcome)
				w.reads("title", "Scan with Xaman")
				w.button("copy").Call("click")
				if thing == "clipboard" {
					w.until("there is a field", func() bool { return w.js.Call("shown", "input").Length() == 1 })
				}
				w.route(getting, 200, answer(uuid, "signed", "verified"))
				w.say(s, payloadtest.Opened, payloadtest.Resolved(payloadtest.UUID, true))
				w.reads("title", "Done")
				w.until("it is settled", func() bool { return !w.lastEvent("settled").IsUndefined() })
				if got := w.errors(); len(got) != 0 {
					t.Errorf("got errors %q, want none", got)
				}
			})
		}
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
