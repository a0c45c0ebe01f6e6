//go:build js && wasm

package browser

import (
	"context"
	_ "embed"
	"flag"
	"fmt"
	"os"
	"runtime"
	"strings"
	"syscall/js"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload/payloadtest"
)

func TestMain(m *testing.M) {
	// Tests let minutes go by in no time, which must not look like a test that hangs. The go command still limits the
	// real time.
	flag.Parse()
	if err := flag.Set("test.timeout", "0"); err != nil {
		panic(err)
	}
	before := goroutines()
	code := m.Run()
	for start := time.Now(); runtime.NumGoroutine() > before && time.Since(start) < patience; {
		turn()
	}
	if after := runtime.NumGoroutine(); after > before {
		fmt.Printf("got %d goroutines at the end, want %d\n%s\n", after, before, stacks())
		code = 1
	}
	os.Exit(code)
}

// goroutines counts them after the first event, which starts one of the runtime's own.
func goroutines() int {
	turn()
	return runtime.NumGoroutine()
}

func stacks() []byte {
	b := make([]byte, 1<<16)
	return b[:runtime.Stack(b, true)]
}

const patience = 5 * time.Second

// turn lets the page's event loop go round once.
func turn() {
	done := make(chan struct{})
	f := js.FuncOf(func(js.Value, []js.Value) any { close(done); return nil })
	defer f.Release()
	js.Global().Call("setTimeout", f)
	<-done
}

const (
	uuid     = string(payloadtest.UUID)
	link     = "https://xumm.app/sign/" + uuid
	sockets  = "wss://xumm.app/sign/" + uuid
	other    = "1b2c7a52-3c1e-4b53-9d4e-5f1b8c1f0a77" // the request that takes the place of the first one
	account  = "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh"
	txid     = "C0FFEE00C0FFEE00C0FFEE00C0FFEE00C0FFEE00C0FFEE00C0FFEE00C0FFEE00"
	base     = "/api"
	creating = "POST /api/sign-requests"
	getting  = "GET /api/sign-requests/" + uuid
	deleting = "DELETE /api/sign-requests/" + uuid
)

func created(uuid string) string {
	return fmt.Sprintf(`{"uuid":%q,"next":{"always":"https://xumm.app/sign/%[2]s"},"refs":{"websocket_status":"wss://xumm.app/sign/%[2]s"},"pushed":false}`, uuid, uuid)
}

// answer is what the backend says of a request.
func answer(uuid, status, verdict string) string {
	return fmt.Sprintf(`{"uuid":%q,"status":%q,"verdict":%q,"payload":%s,"expires_in":300,"cancelled":%t,"reason":"OK",`+
		`"summary":{"site":"Corner Shop","type":"Payment","amount":"2.5","currency":"XRP","destination":%q,"network":"TESTNET"},`+
		`"checks":[%s],"result":{"account":%q,"txid":%q,"network":"TESTNET"}}`,
		uuid, status, verdict, created(uuid), status == "cancelled", account, checks(verdict), account, txid)
}

// late is an answer about a request whose time is over.
func late(answer string) string {
	return strings.Replace(answer, `"expires_in":300`, `"expires_in":0`, 1)
}

// checks are such that the verdict follows from them.
func checks(verdict string) string {
	all := make([]string, len(api.Checks))
	for i, name := range api.Checks {
		outcome := "pass"
		if name == "network" && verdict == "unverified" {
			outcome = "fail"
		}
		all[i] = fmt.Sprintf(`{"name":%q,"outcome":%q,"detail":"It was signed for TESTNET."}`, name, outcome)
	}
	return strings.Join(all, ",")
}

//go:embed testdata/world.js
var script string

// world is the page around the cards of one test, with scripted sockets and a scripted backend.
type world struct {
	t       testing.TB
	js      js.Value
	mount   js.Value
	mounter *Mounter
}

// newWorld replaces what the card uses of the page until the test ends, and then checks that the cards have left
// nothing behind.
func newWorld(t testing.TB) *world {
	t.Helper()
	before := goroutines()
	w := &world{t: t, js: js.Global().Get("Function").New(script).Invoke()}
	ctx, cancel := context.WithCancel(t.Context())
	m, err := NewMounter(ctx)
	if err != nil {
		t.Fatal(err)
	}
	w.mounter = m
	const ready = "xamanLiveTestReady"
	publish := js.FuncOf(func(_ js.Value, args []js.Value) any {
		w.mount = args[0].Get("mount")
		return nil
	})
	js.Global().Set(ready, publish)
	if err := m.Publish(ready); err != nil {
		t.Fatal(err)
	}
	js.Global().Delete(ready)
	publish.Release()
	t.Cleanup(func() {
		cancel()
		m.Wait()
		w.acceptAll() // a socket that still connects can only be closed once it is open
		defer w.js.Call("undo")
		w.until("every goroutine ends", func() bool { return runtime.NumGoroutine() <= before })
		w.until("every socket is closed", func() bool {
			return w.none("sockets", func(s js.Value) bool { return s.Get("readyState").Int() != 3 })
		})
		if got := w.js.Get("listeners").Int(); got != 0 {
			t.Errorf("got %d listeners that nobody removed", got)
		}
		if got := w.js.Get("channels").Int(); got != 0 {
			t.Errorf("got %d channels between tabs that nobody closed", got)
		}
		if got := w.js.Get("root").Get("childElementCount").Int(); got != 0 {
			t.Errorf("got %d cards that nobody removed", got)
		}
		if got := w.js.Get("html").Int(); got != 0 {
			t.Errorf("got %d uses of HTML from strings, want 0", got)
		}
		if uncaught := w.js.Get("uncaught"); uncaught.Length() != 0 {
			t.Errorf("got uncaught %s", uncaught.Call("join", "; "))
		}
	})
	return w
}

func (w *world) acceptAll() {
	for i := range w.js.Get("sockets").Length() {
		w.js.Get("sockets").Index(i).Call("open")
	}
}

func (w *world) none(list string, is func(js.Value) bool) bool {
	all := w.js.Get(list)
	for i := range all.Length() {
		if is(all.Index(i)) {
			return false
		}
	}
	return true
}

func (w *world) until(what string, holds func() bool) {
	w.t.Helper()
	for start := time.Now(); !holds(); turn() {
		if time.Since(start) > patience {
			w.t.Fatalf("not so after %v: %s\ncard: %q\nevents: %q\ncalls: %q", patience, what,
				w.js.Get("root").Get("innerText").String(), w.events(), w.calls())
		}
	}
}

// rest waits until the page has had nothing to ask the backend for a while.
func (w *world) rest() {
	for quiet, n := 0, 0; quiet < 20; quiet++ {
		turn()
		if calls := len(w.calls()); calls != n {
			quiet, n = 0, calls
		}
	}
}

// card mounts a card and returns its handle.
func (w *world) card(options map[string]any) js.Value {
	w.t.Helper()
	options["emit"] = w.js.Get("emit")
	if options["language"] == nil {
		options["language"] = "en"
	}
	handle := w.mount.Invoke(w.js.Get("root"), options)
	if handle.Type() != js.TypeObject {
		w.t.Fatalf("mount: got %v, want a handle", handle)
	}
	return handle
}

// route says what the backend answers; status 0 is one that is down, -1 one that never answers.
func (w *world) route(name string, status int, body string) {
	w.js.Get("routes").Set(name, map[string]any{"status": status, "body": body})
}

// calls are the requests that reached the backend.
func (w *world) calls() []string {
	all := make([]string, w.js.Get("calls").Length())
	for i := range all {
		all[i] = w.js.Get("calls").Index(i).Get("name").String()
	}
	return all
}

func (w *world) called(name string) int {
	n := 0
	for _, call := range w.calls() {
		if call == name {
			n++
		}
	}
	return n
}

// event is what the page was told, as text.
func event(v js.Value) string {
	text := v.Get("type").String() + " " + v.Get("phase").String() + " " + v.Get("connection").String()
	if code := v.Get("code"); !code.IsUndefined() {
		text += " " + code.String()
	}
	return text
}

func (w *world) events() []string {
	all := make([]string, w.js.Get("events").Length())
	for i := range all {
		all[i] = event(w.js.Get("events").Index(i))
	}
	return all
}

// lastEvent returns the last event of that type, or undefined.
func (w *world) lastEvent(kind string) js.Value {
	last := js.Undefined()
	for i := range w.js.Get("events").Length() {
		if e := w.js.Get("events").Index(i); e.Get("type").String() == kind {
			last = e
		}
	}
	return last
}

// socket waits for the socket of that number and opens it.
func (w *world) socket(n int) js.Value {
	w.t.Helper()
	w.until(fmt.Sprintf("socket %d is dialed", n), func() bool { return w.js.Get("sockets").Length() > n })
	s := w.js.Get("sockets").Index(n)
	s.Call("open")
	return s
}

func (w *world) say(socket js.Value, frames ...string) {
	for _, frame := range frames {
		socket.Call("say", frame)
	}
}

// text is what can be read in a part of the card.
func (w *world) text(part string) string {
	shown := w.js.Call("shown", fmt.Sprintf("[part~=%q]", part))
	var all []string
	for i := range shown.Length() {
		all = append(all, shown.Index(i).Get("textContent").String())
	}
	return strings.Join(all, "|")
}

func (w *world) reads(part, want string) {
	w.t.Helper()
	w.until(fmt.Sprintf("%s reads %q", part, want), func() bool { return w.text(part) == want })
}

// button waits for a button and returns it.
func (w *world) button(action string) js.Value {
	w.t.Helper()
	selector := fmt.Sprintf("[data-action=%q]", action)
	w.until("there is a button to "+action, func() bool { return w.js.Call("shown", selector).Length() == 1 })
	return w.js.Call("shown", selector).Index(0)
}

// path is the drawing of the code, if it can be seen.
func (w *world) path() string {
	shown := w.js.Call("shown", "svg path")
	for i := range shown.Length() {
		if d := shown.Index(i).Call("getAttribute", "d"); d.Type() == js.TypeString && shown.Index(i).Call("closest", `[part~="qr"]`).Truthy() {
			return d.String()
		}
	}
	return ""
}

// scan looks for attributes that a content security policy forbids, and for links that run scripts.
func (w *world) scan() {
	w.t.Helper()
	all := w.js.Get("root").Call("querySelectorAll", "*")
	for i := range all.Length() {
		names := all.Index(i).Call("getAttributeNames")
		for j := range names.Length() {
			name := names.Index(j).String()
			value := all.Index(i).Call("getAttribute", name).String()
			if name == "style" || strings.HasPrefix(name, "on") || name == "href" && !strings.HasPrefix(value, "https://") {
				w.t.Errorf("got %s with %s=%q", all.Index(i).Get("tagName"), name, value)
			}
		}
	}
	if all.Length() == 0 {
		w.t.Error("there is no card to scan")
	}
}

func (w *world) errors() []string {
	var all []string
	for i := range w.js.Get("events").Length() {
		if e := w.js.Get("events").Index(i); e.Get("type").String() == "error" {
			all = append(all, fmt.Sprintf("%s %s %t", e.Get("uuid"), e.Get("code"), e.Get("fatal").Bool()))
		}
	}
	return all
}

func stringify(v js.Value) string { return js.Global().Get("JSON").Call("stringify", v).String() }
