//go:build js && wasm

package browser

import (
	"fmt"
	"runtime"
	"strings"
	"syscall/js"
	"testing"

	"github.com/xaman-live/xaman-live/wasm/payload"
	"github.com/xaman-live/xaman-live/wasm/payload/payloadtest"
)

func TestHundredCards(t *testing.T) {
	w := newWorld(t)
	const cards = 100
	uuids, roots := make([]string, cards), make([]js.Value, cards)
	document := js.Global().Get("document")
	for n := range cards {
		uuids[n] = fmt.Sprintf("00000000-0000-4000-8000-%012d", n)
		roots[n] = document.Call("createElement", "div")
		w.mount.Invoke(roots[n], map[string]any{"payload": created(uuids[n]), "emit": w.js.Get("emit")})
	}
	w.until("each has a socket", func() bool { return w.dialed() == cards })
	sockets := map[string]js.Value{}
	for n := range cards {
		s := w.socket(n)
		url := s.Get("url").String()
		sockets[url[strings.LastIndex(url, "/")+1:]] = s
		w.say(s, payloadtest.Welcome, payloadtest.ExpiresIn(300))
	}
	phase := func(n int) string {
		return roots[n].Get("firstElementChild").Call("getAttribute", "data-phase").String()
	}
	connection := func(n int) string {
		return roots[n].Get("firstElementChild").Call("getAttribute", "data-connection").String()
	}
	all := func(holds func(n int) bool) func() bool {
		return func() bool {
			for n := range cards {
				if !holds(n) {
					return false
				}
			}
			return true
		}
	}
	w.until("each is live", all(func(n int) bool { return connection(n) == "live" }))
	want := make([]string, cards)
	for n, uuid := range uuids {
		want[n] = "waiting"
		switch n % 4 {
		case 1:
			want[n] = "opened"
			w.say(sockets[uuid], payloadtest.Opened)
		case 2:
			want[n] = "signed"
			w.say(sockets[uuid], payloadtest.Opened, payloadtest.Resolved(payload.UUID(uuid), true))
		case 3: // what is said of another request
			w.say(sockets[uuid], payloadtest.Resolved(payload.UUID(uuids[0]), true))
		}
	}
	w.until("each follows its own request", all(func(n int) bool { return phase(n) == want[n] }))
	w.rest()
	for n := range cards {
		if got := phase(n); got != want[n] {
			t.Errorf("card %d: got %s, want %s", n, got, want[n])
		}
	}
	if got := w.dialed(); got != cards {
		t.Errorf("got %d sockets, want %d", got, cards)
	}
}

// footprint is what the cards of a world use of the page and of the program.
type footprint struct {
	goroutines, listeners, sockets, channels, nodes, callbacks, values, heap, memory int
}

// measure counts what is left once everything has been collected.
func (w *world) measure() footprint {
	unreleased := w.js.Call("unreleased").Int()
	for range 3 { // finalizers free what the first collection found, and then that is collected
		runtime.GC()
		turn()
	}
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return footprint{
		goroutines: runtime.NumGoroutine(),
		listeners:  w.js.Get("listeners").Int(),
		sockets:    w.js.Call("open").Int(),
		channels:   w.js.Get("channels").Int(),
		nodes:      js.Global().Get("document").Call("querySelectorAll", "*").Get("length").Int(),
		callbacks:  unreleased,
		values:     w.js.Call("values").Int(),
		heap:       int(stats.HeapAlloc),
		memory:     w.js.Call("memory").Int(),
	}
}

// Pages that live for days show and drop cards all the time.
func TestThousandCardsLeaveNothing(t *testing.T) {
	w := newWorld(t)
	w.route(creating, 201, answer(uuid, "pending", "none"))
	w.route(getting, 200, answer(uuid, "pending", "none"))
	w.route(deleting, 200, answer(uuid, "pending", "none"))
	w.js.Get("callbacks").Set("length", 0) // those that all cards share
	none := w.measure()

	// Ten cards at a time, in all states in which a card may be closed.
	cycle := func() {
		first := w.dialed()
		var handles []js.Value
		mount := func(options map[string]any) { handles = append(handles, w.card(options)) }
		for range 2 {
			mount(map[string]any{"payload": created(uuid)})
			mount(map[string]any{"demo": "payment", "backend": base})
			mount(map[string]any{"uuid": uuid, "backend": base})
		}
		w.until("they dial", func() bool { return w.dialed() == first+len(handles) })
		for n := first; n < w.dialed(); n++ {
			switch s := w.js.Get("sockets").Index(n); n % 6 {
			case 0: // closed while it dials
			case 1, 2:
				s.Call("open")
				w.say(s, payloadtest.Welcome, payloadtest.ExpiresIn(300), payloadtest.Opened)
			case 3:
				s.Call("open")
				w.say(s, payloadtest.Welcome, payloadtest.Resolved(payloadtest.UUID, false))
			case 4:
				s.Call("drop")
			case 5:
				s.Call("open")
				w.say(s, payloadtest.Welcome, strings.Repeat("x", 70_000))
			}
		}
		if cancel := w.js.Call("shown", `[data-action="cancel"]`); cancel.Length() > 0 {
			cancel.Index(0).Call("click")
		}
		mount(map[string]any{"payload": created(uuid)}) // closed at once, as the next ones
		mount(map[string]any{"demo": "payment", "backend": base})
		mount(map[string]any{"preview": "verified"})
		mount(map[string]any{})
		for _, handle := range handles {
			handle.Call("close")
		}
		w.acceptAll()
		w.until("the cards are gone", w.gone)
		w.until("the goroutines have ended", func() bool { return runtime.NumGoroutine() <= none.goroutines })
		w.acceptAll()
		for _, list := range []string{"calls", "events"} {
			w.js.Get(list).Set("length", 0)
		}
	}
	var early, late footprint
	for n := range 10 {
		for range 10 {
			cycle()
		}
		late = w.measure()
		if n == 0 {
			early = late
		}
		t.Logf("%+v", late)
	}

	want := none
	want.values, want.heap, want.memory = late.values, late.heap, late.memory
	if late != want {
		t.Errorf("after 1000 cards: got %+v, want it as before them: %+v", late, none)
	}
	if late.values > early.values {
		t.Errorf("after 1000 cards Go refers to %d JavaScript values, want no more than the %d after 100", late.values, early.values)
	}
	if most := early.heap + 4<<10; late.heap > most {
		t.Errorf("after 1000 cards the program holds %d bytes, want no more than the %d after 100", late.heap, early.heap)
	}
	// What the runtime needs for itself depends on when it happens to collect, and comes in steps of 256 kB.
	if most := early.memory + 4*256<<10; late.memory > most {
		t.Errorf("after 1000 cards the program has %d bytes of memory, want about the %d after 100", late.memory, early.memory)
	}
}
