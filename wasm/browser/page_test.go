//go:build js && wasm

package browser

import (
	"context"
	"flag"
	"fmt"
	"os"
	"runtime"
	"strings"
	"syscall/js"
	"testing"
	"time"

	"github.com/hack-pad/safejs"

	"github.com/xaman-live/xaman-live/wasm/payload/payloadtest"
)

func TestMain(m *testing.M) {
	flag.Parse()
	before := goroutines()
	code := m.Run()
	for start := time.Now(); runtime.NumGoroutine() > before && time.Since(start) < patience; {
		turn()
	}
	if after := runtime.NumGoroutine(); after > before {
		stacks := make([]byte, 1<<16)
		fmt.Printf("got %d goroutines at the end, want %d\n%s\n", after, before, stacks[:runtime.Stack(stacks, true)])
		code = 1
	}
	os.Exit(code)
}

// goroutines counts them after the first event, which starts one of the runtime's own.
func goroutines() int {
	turn()
	return runtime.NumGoroutine()
}

const patience = 10 * time.Second

// turn lets the page's event loop go round once.
func turn() {
	done := make(chan struct{})
	f := js.FuncOf(func(js.Value, []js.Value) any { close(done); return nil })
	defer f.Release()
	js.Global().Call("setTimeout", f)
	<-done
}

func until(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for start := time.Now(); !holds(); turn() {
		if time.Since(start) > patience {
			t.Fatalf("not so after %v: %s", patience, what)
		}
	}
}

// The server at the other end runs in the process that started this one, see TestInBrowser in the folder above.
func server(t testing.TB, name string) string {
	t.Helper()
	url := os.Getenv("BROWSER_" + name)
	if url == "" {
		t.Fatal("there is no server: start this test with ./build.sh test")
	}
	return url
}

const (
	uuid = string(payloadtest.UUID)
	link = "https://xumm.app/sign/" + uuid
)

// pasted are the options of a card whose socket says how much time is left, and no more.
func pasted(t testing.TB) map[string]any {
	socket := server(t, "SOCKET")
	platform := "http" + strings.TrimSuffix(strings.TrimPrefix(socket, "ws"), "/sign/"+uuid)
	return map[string]any{"payload": created(socket), "platform": platform}
}

func created(socket string) string {
	return fmt.Sprintf(`{"uuid":%q,"next":{"always":%q},"refs":{"websocket_status":%q}}`, uuid, link, socket)
}

// mounts is a page with a place for cards.
type mounts struct {
	t       testing.TB
	root    js.Value
	mount   js.Value
	emit    js.Func
	events  []js.Value
	mounter *Mounter
}

// newMounts makes a page whose cards have to be gone at the end of the test with all that belongs to them.
func newMounts(t testing.TB) *mounts {
	t.Helper()
	before := goroutines()
	document := js.Global().Get("document")
	w := &mounts{t: t, root: document.Call("createElement", "div")}
	document.Get("body").Call("append", w.root)
	w.emit = js.FuncOf(func(_ js.Value, args []js.Value) any { w.events = append(w.events, args[0]); return nil })
	ctx, cancel := context.WithCancel(t.Context())
	m, err := NewMounter(ctx)
	if err != nil {
		t.Fatal(err)
	}
	w.mounter = m
	publish := js.FuncOf(func(_ js.Value, args []js.Value) any {
		w.mount = args[0].Get("mount")
		return args[0].Get("version")
	})
	js.Global().Set("ready", publish)
	if err := m.Publish("ready"); err != nil {
		t.Fatal(err)
	}
	js.Global().Delete("ready")
	publish.Release()
	t.Cleanup(func() {
		cancel()
		m.Wait()
		w.emit.Release()
		js.Global().Get("localStorage").Call("clear")
		if !w.gone() {
			t.Error("got a card that nobody removed")
		}
		w.root.Call("remove")
		until(t, "every goroutine has ended", func() bool { return runtime.NumGoroutine() <= before })
	})
	return w
}

func (w *mounts) gone() bool { return w.root.Get("childElementCount").Int() == 0 }

// card mounts a card and returns its handle.
func (w *mounts) card(options map[string]any) js.Value {
	w.t.Helper()
	options["emit"], options["language"] = w.emit, "en"
	handle := w.mount.Invoke(w.root, options)
	if handle.Type() != js.TypeObject {
		w.t.Fatalf("mount: got %v, want a handle", handle)
	}
	return handle
}

// text is what can be read in the parts of that name.
func (w *mounts) text(part string) string {
	parts := w.root.Call("querySelectorAll", fmt.Sprintf("[part~=%q]", part))
	var all []string
	for i := range parts.Length() {
		if p := parts.Index(i); p.Call("closest", "[hidden]").IsNull() {
			all = append(all, p.Get("textContent").String())
		}
	}
	return strings.Join(all, "|")
}

func (w *mounts) reads(part, want string) {
	w.t.Helper()
	until(w.t, fmt.Sprintf("%s reads %q", part, want), func() bool { return w.text(part) == want })
}

func (w *mounts) last() js.Value {
	if len(w.events) == 0 {
		return js.ValueOf(map[string]any{"type": "", "phase": "", "connection": "", "code": ""})
	}
	return w.events[len(w.events)-1]
}

// document is the page's, for what needs no card.
func document(t testing.TB) *page {
	t.Helper()
	p, err := newPage(safejs.Global())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.close)
	return p
}

func eval(script string) js.Value { return js.Global().Get("Function").New(script).Invoke() }

// released reports whether Go has forgotten a callback: it then has no result, not even null.
func released(callback js.Value) bool { return callback.Invoke().IsUndefined() }
