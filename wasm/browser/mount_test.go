//go:build js && wasm

package browser

import (
	"runtime"
	"syscall/js"
	"testing"

	"github.com/xaman-live/xaman-live/wasm/payload/payloadtest"
)

func (w *world) gone() bool { return w.js.Get("root").Get("childElementCount").Int() == 0 }

func TestClose(t *testing.T) {
	w := newWorld(t)
	before := goroutines()
	w.route(creating, 201, answer(uuid, "pending", "none"))
	w.route(getting, 200, answer(uuid, "pending", "none"))
	handle := w.card(map[string]any{"demo": "payment", "backend": base})
	s := w.socket(0)
	w.say(s, payloadtest.Welcome)
	w.until("it is live", func() bool { return w.lastEvent("change").Get("connection").String() == "live" })
	handle.Call("close")
	handle.Call("close")
	w.until("the card is gone", w.gone)
	w.until("the socket is closed", func() bool { return s.Get("readyState").Int() == 3 })
	handle.Call("close")
	if got := s.Get("code").Int(); got != 1000 {
		t.Errorf("got close code %d, want 1000", got)
	}
	w.until("no goroutine is left", func() bool { return runtime.NumGoroutine() == before })
	if got := w.js.Get("listeners").Int(); got != 0 {
		t.Errorf("got %d listeners left, want 0", got)
	}
	told := len(w.events())
	s.Call("say", payloadtest.Opened)
	turn()
	if got := w.events(); len(got) != told {
		t.Errorf("got events %q after the end", got[told:])
	}
}

func TestCloseOneOfTwo(t *testing.T) {
	w := newWorld(t)
	first := w.card(map[string]any{"payload": created(uuid)})
	w.card(map[string]any{"payload": created(other)})
	w.until("both listen", func() bool { return w.js.Get("sockets").Length() == 2 })
	w.acceptAll()
	first.Call("close")
	first.Call("close")
	w.until("one is gone", func() bool { return w.js.Get("root").Get("childElementCount").Int() == 1 })
	for i := range 2 {
		w.js.Get("sockets").Index(i).Call("say", payloadtest.Opened)
	}
	w.reads("title", "Opened on your phone")
}

// Closing ends what the card waits for, and nothing is told of it.
func TestCloseWhileWaiting(t *testing.T) {
	tests := map[string]struct {
		hangs   string
		options map[string]any
		reach   func(w *world) // what hangs
	}{
		"for the request to be made": {creating, map[string]any{"demo": "payment", "backend": base}, func(*world) {}},
		"for a known request":        {getting, map[string]any{"uuid": uuid, "backend": base}, func(*world) {}},
		"for an answer": {getting, map[string]any{"demo": "payment", "backend": base}, func(w *world) {
			w.say(w.socket(0), payloadtest.Welcome)
		}},
		"for the cancellation": {deleting, map[string]any{"demo": "payment", "backend": base}, func(w *world) {
			w.button("cancel").Call("click")
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			for _, route := range []string{creating, getting, deleting} {
				w.route(route, 200, answer(uuid, "pending", "none"))
			}
			w.route(test.hangs, -1, "")
			handle := w.card(test.options)
			test.reach(w)
			w.until("the call is under way", func() bool { return w.called(test.hangs) == 1 })
			told := len(w.events())
			handle.Call("close")
			w.until("the card is gone", w.gone)
			calls := w.js.Get("calls")
			for i := range calls.Length() {
				if call := calls.Index(i); call.Get("name").String() == test.hangs && !call.Get("signal").Get("aborted").Bool() {
					t.Errorf("%s is still under way", test.hangs)
				}
			}
			turn()
			if got := w.events(); len(got) != told {
				t.Errorf("got events %q after the end", got[told:])
			}
		})
	}
}

// A browser cannot be told to stop connecting: such a socket is closed once it is open.
func TestCloseWhileDialing(t *testing.T) {
	w := newWorld(t)
	handle := w.card(map[string]any{"payload": created(uuid)})
	w.until("it dials", func() bool { return w.js.Get("sockets").Length() == 1 })
	handle.Call("close")
	w.until("the card is gone", w.gone)
	s := w.socket(0)
	w.until("the socket is closed", func() bool { return s.Get("readyState").Int() == 3 })
	if got := s.Get("code").Int(); got != 1000 {
		t.Errorf("got close code %d, want 1000", got)
	}
}

func TestManyCards(t *testing.T) {
	w := newWorld(t)
	before := goroutines()
	for i := range 100 {
		handle := w.card(map[string]any{"payload": created(uuid)})
		if i%2 == 0 { // the others are closed before they listen
			w.say(w.socket(w.js.Get("sockets").Length()-1), payloadtest.Welcome)
		}
		handle.Call("close")
		w.until("the card is gone", w.gone)
		w.acceptAll()
	}
	w.until("no goroutine is left", func() bool { return runtime.NumGoroutine() == before })
	if got := w.js.Get("listeners").Int(); got != 0 {
		t.Errorf("got %d listeners left, want 0", got)
	}
}

func TestMountOfNothing(t *testing.T) {
	w := newWorld(t)
	root := w.js.Get("root")
	tests := map[string][]any{
		"no arguments": {},
		"no options":   {root},
		"null options": {root, nil},
		"too many":     {root, map[string]any{}, 1},
	}
	for name, args := range tests {
		if got := w.mount.Invoke(args...); !got.IsNull() {
			t.Errorf("%s: got %v, want null", name, got)
		}
	}
	if !w.gone() {
		t.Error("got a card")
	}
}

// A card without a place to be ends, and says so.
func TestMountNowhere(t *testing.T) {
	for name, root := range map[string]any{"null": nil, "undefined": js.Undefined(), "number": 5, "object": map[string]any{}} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.mount.Invoke(root, map[string]any{"payload": created(uuid), "emit": w.js.Get("emit")})
			w.until("the page is told", func() bool { return !w.lastEvent("error").IsUndefined() })
			if got := w.lastEvent("error").Get("code").String(); got != "internal" {
				t.Errorf("got code %q, want internal", got)
			}
		})
	}
}

func TestCloseFromInsideAnEvent(t *testing.T) {
	w := newWorld(t)
	w.js.Set("handle", w.card(map[string]any{"payload": created(uuid)}))
	w.js.Set("closing", true)
	s := w.socket(0)
	w.say(s, payloadtest.Welcome, payloadtest.Opened, payloadtest.PreSigned)
	w.until("the card is gone", w.gone)
	w.until("the socket is closed", func() bool { return s.Get("readyState").Int() == 3 })
	if got := w.events(); got[len(got)-1] != "change opened live" {
		t.Errorf("got events %q, want none after the one that closed the card", got)
	}
}

// What the socket still had to say when the page closed the card is nobody's business any more.
func TestNothingIsToldAfterClose(t *testing.T) {
	w := newWorld(t)
	w.js.Set("handle", w.card(map[string]any{"payload": created(uuid)}))
	w.js.Set("closing", true)
	w.js.Set("lastWords", payloadtest.Resolved(payloadtest.UUID, true))
	w.say(w.socket(0), payloadtest.Welcome, payloadtest.Opened)
	w.until("the card is gone", w.gone)
	turn()
	if got := w.events(); got[len(got)-1] != "change opened live" {
		t.Errorf("got events %q, want none after the one that closed the card", got)
	}
}

func TestDefectsOfThePage(t *testing.T) {
	tests := map[string]func(w *world, options map[string]any){
		"emit throws": func(w *world, options map[string]any) {
			w.js.Set("throwing", true)
			options["emit"] = w.js.Get("emit")
		},
		"emit is missing":        func(*world, map[string]any) {},
		"emit is not a function": func(_ *world, options map[string]any) { options["emit"] = 1 },
	}
	for name, spoil := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			options := map[string]any{"payload": created(uuid), "language": "en"}
			spoil(w, options)
			w.mount.Invoke(w.js.Get("root"), options)
			w.say(w.socket(0), payloadtest.Welcome, payloadtest.Opened)
			w.reads("title", "Opened on your phone")
		})
	}
}

func TestReleased(t *testing.T) {
	var w *world
	var handle js.Value
	t.Run("world", func(t *testing.T) {
		w = newWorld(t)
		handle = w.card(map[string]any{"preview": "waiting"})
	})
	console := js.Global().Get("console")
	complain := console.Get("error")
	defer console.Set("error", complain)
	console.Set("error", js.Global().Get("Function").New("globalThis.complaint = arguments[0]"))
	for name, call := range map[string]func(){
		"mount": func() { w.mount.Invoke() },
		"close": func() { handle.Call("close") },
	} {
		js.Global().Delete("complaint")
		call()
		if got := js.Global().Get("complaint"); got.Type() != js.TypeString || got.String() != "call to released function" {
			t.Errorf("got %v, want %s released once all cards are gone", got, name)
		}
	}
	js.Global().Delete("complaint")
}

// Where the network is dead, it takes a socket some time to close. The card is gone at once.
func TestClosedOnADeadNetwork(t *testing.T) {
	w := newWorld(t)
	w.route(getting, 200, answer(uuid, "pending", "none"))
	handle := w.card(map[string]any{"payload": created(uuid), "backend": base})
	s := w.socket(0)
	w.say(s, payloadtest.Welcome)
	w.until("it is live", func() bool { return w.lastEvent("change").Get("connection").String() == "live" })
	w.js.Set("lost", true)
	handle.Call("close")
	w.until("the card is gone", func() bool { return w.js.Get("root").Get("childElementCount").Int() == 0 })
	if got := s.Get("readyState").Int(); got != 2 {
		t.Errorf("socket's state is %d, want it closing", got)
	}
	s.Call("drop")
}

func TestDebugReportAfterClose(t *testing.T) {
	w := newWorld(t)
	handle := w.card(map[string]any{"payload": created(uuid)})
	w.say(w.socket(0), payloadtest.Welcome)
	handle.Call("close")
	w.until("the card is gone", w.gone)
	if got := handle.Call("report"); !got.IsNull() {
		t.Errorf("got %s of a card that is closed, want null", stringify(got))
	}
}
