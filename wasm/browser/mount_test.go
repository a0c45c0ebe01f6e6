//go:build js && wasm

package browser

import (
	"syscall/js"
	"testing"

	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// From a request that the backend makes to its verdict, over a real socket and with real calls.
func TestJourney(t *testing.T) {
	w := newMounts(t)
	w.card(map[string]any{"demo": "payment", "backend": server(t, "BACKEND")})
	w.reads("title", "Done")
	until(t, "the page has been told", func() bool { return w.last().Get("connection").String() == "closed" })
	phases := map[string]bool{}
	for _, e := range w.events {
		phases[e.Get("phase").String()] = true
		if e.Get("type").String() == "error" {
			t.Errorf("got error %s", js.Global().Get("JSON").Call("stringify", e))
		}
	}
	for _, phase := range []string{"waiting", "opened", "signed", "verified"} {
		if !phases[phase] {
			t.Errorf("the page was not told of phase %s: %v", phase, phases)
		}
	}
	if got := w.root.Call("querySelector", "[part=link]").Get("href").String(); got != link {
		t.Errorf("got link %q, want %q", got, link)
	}
}

func TestClose(t *testing.T) {
	w := newMounts(t)
	first, second := w.card(pasted(t)), w.card(pasted(t))
	w.reads("title", "Scan with Xaman|Scan with Xaman")
	until(t, "both count down", func() bool { return len(w.text("countdown-time")) > len("0:00|") })
	if got := first.Call("report").Get("request").String(); got != payload.UUID(uuid).Short() {
		t.Errorf("got a report of %q, want %q", got, payload.UUID(uuid).Short())
	}
	for range 2 {
		first.Call("close")
	}
	w.reads("title", "Scan with Xaman")
	if got := first.Call("report"); !got.IsNull() {
		t.Errorf("got %v of a card that is closed, want null", got)
	}
	told := len(w.events)
	second.Call("close")
	until(t, "the cards are gone", w.gone)
	turn()
	if len(w.events) != told {
		t.Errorf("got %d events after the end", len(w.events)-told)
	}
}

func TestReleased(t *testing.T) {
	var w *mounts
	var handle js.Value
	t.Run("page", func(t *testing.T) {
		w = newMounts(t)
		handle = w.card(map[string]any{"preview": "waiting"})
	})
	for _, f := range []js.Value{w.mount, handle.Get("close"), handle.Get("report"), handle.Get("act")} {
		if !released(f) {
			t.Error("a function is not released although all cards are gone")
		}
	}
}

func TestMountOfNothing(t *testing.T) {
	w := newMounts(t)
	for name, args := range map[string][]any{
		"no arguments": {},
		"no options":   {w.root},
		"null options": {w.root, nil},
		"too many":     {w.root, map[string]any{}, 1},
	} {
		if got := w.mount.Invoke(args...); !got.IsNull() || !w.gone() {
			t.Errorf("%s: got %v, want null and no card", name, got)
		}
	}
}

// A card without a place to be ends, and says so.
func TestMountNowhere(t *testing.T) {
	for _, root := range []any{nil, js.Undefined(), 5, map[string]any{}} {
		w := newMounts(t)
		w.mount.Invoke(root, map[string]any{"preview": "waiting", "emit": w.emit})
		until(t, "the page is told", func() bool { return w.last().Get("code").String() == "internal" })
	}
}

func TestDefectsOfThePage(t *testing.T) {
	for _, emit := range []any{eval("return () => { throw 1 }"), nil, 1} {
		w := newMounts(t)
		options := pasted(t)
		options["emit"] = emit
		w.mount.Invoke(w.root, options)
		until(t, "it counts down", func() bool { return w.text("countdown-time") != "" })
	}
}

// Some browsers within apps, and some extensions, take WebSocket away.
func TestWithoutWebSocket(t *testing.T) {
	class := js.Global().Get("WebSocket")
	defer js.Global().Set("WebSocket", class) // the program's own, not the page's
	for _, class := range []any{js.Undefined(), eval("return () => { throw 1 }")} {
		js.Global().Set("WebSocket", class)
		w := newMounts(t)
		w.card(map[string]any{"demo": "payment", "backend": server(t, "BACKEND")})
		w.reads("title", "Done")
	}
}

// The program tells the loader its version, and does not run for one of another.
func TestLoaderOfAnotherVersion(t *testing.T) {
	w := newMounts(t)
	for _, version := range []any{"9.9.9", nil, 1} {
		told := ""
		loader := js.FuncOf(func(_ js.Value, args []js.Value) any {
			told = args[0].Get("version").String()
			return version
		})
		js.Global().Set("otherReady", loader)
		err := w.mounter.Publish("otherReady")
		js.Global().Delete("otherReady")
		loader.Release()
		if err == nil || told != api.Version {
			t.Errorf("loader of version %v: got %v, and it was told of version %q", version, err, told)
		}
	}
}
