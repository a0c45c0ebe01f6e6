//go:build js && wasm

package browser

import (
	"slices"
	"strings"
	"syscall/js"
	"testing"

	"github.com/hack-pad/safejs"
)

func TestStorage(t *testing.T) {
	defer js.Global().Get("localStorage").Call("clear")
	s := newStorage(safejs.Global())
	s.Set("a", "1")
	s.Set("b", "2")
	s.Set("a", "3")
	keys := s.Keys()
	slices.Sort(keys)
	if got := s.Text("a"); got != "3" || !slices.Equal(keys, []string{"a", "b"}) {
		t.Errorf("got %q and keys %q", got, keys)
	}
	s.Remove("a")
	if got := s.Text("a"); got != "" || js.Global().Get("localStorage").Get("length").Int() != 1 {
		t.Errorf("got %q of what was removed", got)
	}
	s.Set("big", strings.Repeat("x", 20<<20)) // more than there is room for
	if got := s.Text("b"); got != "2" {
		t.Errorf("got %q once the storage is full", got)
	}
}

func TestTabs(t *testing.T) {
	p := document(t)
	var heard []string
	ours := openTabs(safejs.Global(), func(message string) { heard = append(heard, message) })
	ours.listen(p)
	theirs := js.Global().Get("BroadcastChannel").New(channelName)
	defer theirs.Call("close")
	says := func(what ...any) {
		for _, message := range what {
			theirs.Call("postMessage", message)
		}
	}
	says(nil, js.Undefined(), 1, []any{"a"}, map[string]any{"a": "b"}, eval("return new String('a')"), "hello", "")
	until(t, "both are heard", func() bool { return len(heard) == 2 })
	if heard[0] != "hello" || heard[1] != "" {
		t.Errorf("got %q, want only what is text", heard)
	}
	back := js.Null()
	answer := js.FuncOf(func(_ js.Value, args []js.Value) any { back = args[0].Get("data"); return nil })
	defer answer.Release()
	theirs.Set("onmessage", answer)
	ours.tell("and back")
	until(t, "the other one hears", func() bool { return back.Type() == js.TypeString })
	p.close()
	says("too late")
	for range 10 {
		turn()
	}
	if want := []string{"hello", "", "and back"}; !slices.Equal(heard, want) { // the page's own cards hear it too
		t.Errorf("got %q, want %q", heard, want)
	}
}

// A page learns from several events that it may have missed something.
func TestWatch(t *testing.T) {
	p := document(t)
	var seen []bool
	checks := 0
	p.watch(safejs.Global(), func(is bool) { seen = append(seen, is) }, func() { checks++ })
	window, document := js.Global().Get("window"), js.Global().Get("document")
	dispatch := func(target js.Value, name string, persisted bool) {
		event := js.Global().Get("Event").New(name)
		event.Set("persisted", persisted)
		target.Call("dispatchEvent", event)
	}
	dispatch(document, "visibilitychange", false)
	if p.hidden() || !slices.Equal(seen, []bool{true}) {
		t.Errorf("got %v, want that the page is visible", seen)
	}
	dispatch(window, "pageshow", false) // the first one: nothing was missed
	if checks != 0 {
		t.Errorf("got %d checks of a page that is shown for the first time", checks)
	}
	for n, what := range []struct {
		target js.Value
		name   string
	}{{document, "resume"}, {window, "online"}, {window, "pageshow"}} {
		if dispatch(what.target, what.name, true); checks != n+1 {
			t.Errorf("%s: got %d checks, want %d", what.name, checks, n+1)
		}
	}
	p.close()
	dispatch(document, "resume", false)
	dispatch(document, "visibilitychange", false)
	if checks != 3 || len(seen) != 1 {
		t.Error("events are still reported after the end")
	}
}

func TestListenersAreReleased(t *testing.T) {
	p := document(t)
	target := eval("return { addEventListener(_, f) { this.added = f }, removeEventListener(_, f) { this.removed = f } }")
	if err := p.listen(safejs.Safe(target), "click", func(safejs.Value) {}); err != nil {
		t.Fatal(err)
	}
	if released(target.Get("added")) {
		t.Error("the callback is released although it is needed")
	}
	p.close()
	if !target.Get("removed").Equal(target.Get("added")) || !released(target.Get("added")) || p.err != nil {
		t.Errorf("the callback was not removed and released: %v", p.err)
	}
}

func TestClipboard(t *testing.T) {
	for script, works := range map[string]bool{
		"return { clipboard: { writeText: async (text) => { globalThis.copied = text } } }":                    true,
		"return { clipboard: { writeText: () => Promise.reject(new DOMException('no', 'NotAllowedError')) } }": false,
	} {
		err := copyTo(safejs.Safe(eval(script)))(t.Context(), link)
		if (err == nil) != works {
			t.Errorf("%s: got %v", script, err)
		}
	}
	if got := js.Global().Get("copied").String(); got != link {
		t.Errorf("got %q on the clipboard, want %q", got, link)
	}
	eval("delete globalThis.copied")
}

// The card works without what browsers forbid or do not have: Firefox throws at each use of storage and tabs where the
// visitor allows no cookies.
func TestWithoutOptionalThings(t *testing.T) {
	const throws = "throw new DOMException('no', 'SecurityError')"
	proxy := func(get string) string {
		const handler = `, construct() { return this.made ??= new Proxy({}, this) } }`
		return "{ value: new Proxy(function () {}, { get() { " + get + " }" + handler + ") }"
	}
	ways := map[string]string{
		"reading it throws":  "{ get() { " + throws + " } }",
		"it is undefined":    "{ value: undefined }",
		"it is null":         "{ value: null }",
		"it is a number":     "{ value: 1 }",
		"using it throws":    "{ value() { " + throws + " } }",
		"it has no methods":  "{ value: {} }",
		"its methods throw":  proxy("return () => { " + throws + " }"),
		"its members throw":  proxy(throws),
		"its members are 0":  proxy("return 0"),
		"what it makes is 0": "{ value: function () { return 0 } }",
	}
	for way, descriptor := range ways {
		t.Run(way, func(t *testing.T) {
			with := func(name string) safejs.Value {
				return safejs.Safe(eval("return Object.defineProperty({}, '" + name + "', " + descriptor + ")"))
			}
			s := newStorage(with("localStorage"))
			s.Set("a", "b")
			s.Remove("a")
			if got := s.Text("a"); got != "" || len(s.Keys()) > 0 {
				t.Errorf("got %q from a storage that there is not", got)
			}
			p := document(t)
			var heard []string
			tabs := openTabs(with("BroadcastChannel"), func(message string) { heard = append(heard, message) })
			tabs.listen(p)
			if tabs.tell("hello"); !slices.Equal(heard, []string{"hello"}) {
				t.Errorf("heard %q", heard)
			}
			if err := copyTo(with("clipboard"))(t.Context(), link); err == nil && !strings.Contains(way, "0") {
				t.Error("copied to a clipboard that there is not")
			}
			(&page{document: with("hidden")}).hidden()
			(&page{document: with("addEventListener")}).watch(with("addEventListener"), func(bool) {}, func() {})
			if p.close(); p.err != nil {
				t.Errorf("got %v, want it to do without", p.err)
			}
		})
	}
}

// What the program takes for the global object, see site/runtime.js.
func TestGlobalObject(t *testing.T) {
	window := js.Global().Get("window")
	defer eval("delete globalThis.probe; document.querySelector('a[id]').remove()")
	eval("globalThis.probe = function () { return this === globalThis }")
	if !js.Global().Call("probe").Bool() {
		t.Error("a function of a script of the page is not called on the page's global object")
	}
	if !js.Global().Get("Uint8Array").Equal(window.Get("Uint8Array")) {
		t.Error("a class is not the page's")
	}
	eval("document.body.append(Object.assign(document.createElement('a'), { id: 'named' }))")
	if window.Get("named").IsUndefined() || !js.Global().Get("named").IsUndefined() {
		t.Error("an element of the page is taken for something by its name")
	}
}
