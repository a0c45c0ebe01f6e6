//go:build js && wasm

package browser

import (
	"strings"
	"syscall/js"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/wasm/payload/payloadtest"
)

// sleep lets time go by during which no timer of the page runs. Those that are due then run at once.
func (w *world) sleep(d time.Duration) {
	w.js.Call("sleep", d.Milliseconds())
	turn()
}

func (w *world) hide()       { w.js.Call("hide", true) }
func (w *world) dialed() int { return w.js.Get("sockets").Length() }
func (w *world) reveal()     { w.js.Call("hide", false) }

// live mounts the card of a known request whose socket has spoken, and waits until it has nothing left to ask.
func (w *world) live(frames ...string) (socket js.Value) {
	w.t.Helper()
	w.route(getting, 200, answer(uuid, "pending", "none"))
	w.card(map[string]any{"uuid": uuid, "backend": base})
	socket = w.socket(0)
	w.say(socket, append([]string{payloadtest.Welcome}, frames...)...)
	w.until("it is live", func() bool { return w.lastEvent("change").Get("connection").String() == "live" })
	w.rest()
	w.sleep(600 * time.Millisecond) // two questions have a least distance
	return socket
}

func dispatch(target js.Value, name string, members map[string]any) {
	event := js.Global().Get("Event").New(name)
	for member, value := range members {
		event.Set(member, value)
	}
	target.Call("dispatchEvent", event)
}

// whenBack lists the ways in which a page learns that it may have missed something.
var whenBack = map[string]func(w *world){
	"seen again":                   func(w *world) { w.js.Call("hide", false) },
	"shown from the browser cache": func(*world) { dispatch(js.Global(), "pageshow", map[string]any{"persisted": true}) },
	"not frozen any more":          func(*world) { dispatch(js.Global().Get("document"), "resume", nil) },
	"online again":                 func(*world) { dispatch(js.Global(), "online", nil) },
	"all at once": func(w *world) {
		dispatch(js.Global().Get("document"), "resume", nil)
		dispatch(js.Global(), "pageshow", map[string]any{"persisted": true})
		w.js.Call("hide", false)
		dispatch(js.Global(), "online", nil)
	},
	"all twice": func(w *world) {
		for range 2 {
			dispatch(js.Global(), "online", nil)
			w.js.Call("hide", false)
			dispatch(js.Global().Get("document"), "resume", nil)
			dispatch(js.Global(), "pageshow", map[string]any{"persisted": true})
		}
	},
}

// A phone freezes the page while its visitor is in the wallet. What became of the socket meanwhile, the page may or may
// not be told.
func TestPageIsBack(t *testing.T) {
	sockets := map[string]struct {
		meanwhile func(w *world, socket js.Value)
		replaced  bool
	}{
		"socket is fine": {func(w *world, s js.Value) { w.say(s, payloadtest.ExpiresIn(200)) }, false},
		"socket is lost": {func(w *world, s js.Value) { s.Call("drop") }, true},
		"socket is silent": {func(w *world, _ js.Value) {
			w.sleep(25 * time.Second) // less than it takes the reader to doubt it
		}, true},
	}
	for name, back := range whenBack {
		for state, socket := range sockets {
			t.Run(name+", "+state, func(t *testing.T) {
				w := newWorld(t)
				s := w.live(payloadtest.ExpiresIn(225))
				w.hide()
				socket.meanwhile(w, s)
				dials, asked := w.dialed(), w.called(getting)
				back(w)
				w.rest()
				want := dials
				if socket.replaced {
					want++
				}
				if got := w.dialed(); got != want {
					t.Errorf("got %d sockets, want %d", got, want)
				}
				// What happens while the backend is being asked is reason to ask it again, but only once.
				asks, most := w.called(getting)-asked, 1
				if strings.HasPrefix(name, "all") {
					most = 2
				}
				if asks < 1 || asks > most {
					t.Errorf("asked the backend %d times, want at least once and at most %d times", asks, most)
				}
				if open := s.Get("readyState").Int() == 1; open == socket.replaced {
					t.Errorf("old socket is open: got %t, want %t", open, !socket.replaced)
				}
				w.route(getting, 200, answer(uuid, "opened", "none"))
				if socket.replaced {
					s = w.socket(dials)
					w.say(s, payloadtest.Welcome)
				}
				w.say(s, payloadtest.Opened)
				w.reads("title", "Opened on your phone")
				if got := w.dialed(); got != want {
					t.Errorf("got %d sockets in the end, want %d", got, want)
				}
			})
		}
	}
}

// What was signed while the page was frozen is shown as soon as it is back, without any socket.
func TestSignedWhileFrozen(t *testing.T) {
	for name, back := range whenBack {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.live()
			w.hide()
			w.js.Get("sockets").Index(0).Call("drop")
			w.sleep(90 * time.Second)
			w.route(getting, 200, answer(uuid, "signed", "verified"))
			back(w)
			w.reads("title", "Done")
			w.until("it is settled", func() bool { return !w.lastEvent("settled").IsUndefined() })
		})
	}
}

// The first pageshow of a page tells of nothing that was missed.
func TestPageIsShownForTheFirstTime(t *testing.T) {
	w := newWorld(t)
	w.live()
	before := w.called(getting)
	dispatch(js.Global(), "pageshow", map[string]any{"persisted": false})
	w.rest()
	if got := w.called(getting) - before; got != 0 {
		t.Errorf("asked %d times, want none", got)
	}
}

func TestPollsOnlyWhileSeen(t *testing.T) {
	w := newWorld(t)
	w.live()
	w.js.Get("sockets").Index(0).Call("drop")
	var gaps []time.Duration
	for range 6 {
		gaps = append(gaps, w.nextAsk(20*time.Second))
	}
	for i, gap := range gaps {
		if gap < 2*time.Second || gap > 16*time.Second || i > 0 && gap < gaps[i-1] {
			t.Errorf("got pauses of %v between asks, want them to grow from 2 s to 15 s", gaps)
			break
		}
	}
	w.hide()
	if gap := w.nextAsk(2 * time.Minute); gap != 0 {
		t.Errorf("asked after %v although nobody can see the page", gap)
	}
	before := w.called(getting)
	w.reveal()
	w.rest()
	if got := w.called(getting) - before; got != 1 {
		t.Errorf("asked %d times when the page was seen again, want once", got)
	}
	if gap := w.nextAsk(20 * time.Second); gap == 0 {
		t.Error("asked no more although the page is seen again and has no socket")
	}
}

// nextAsk returns after which time the backend is asked next, or 0 if it is not within most.
func (w *world) nextAsk(most time.Duration) time.Duration {
	before := w.called(getting)
	for gone := time.Duration(0); gone < most; {
		w.sleep(500 * time.Millisecond)
		gone += 500 * time.Millisecond
		if w.called(getting) > before {
			w.rest()
			return gone
		}
	}
	return 0
}

// A card that was mounted while nobody could see the page does not poll either.
func TestMountedHidden(t *testing.T) {
	w := newWorld(t)
	w.hide()
	w.route(getting, 200, answer(uuid, "pending", "none"))
	w.card(map[string]any{"uuid": uuid, "backend": base})
	w.until("it dials", func() bool { return w.dialed() == 1 })
	w.rest()
	if gap := w.nextAsk(time.Minute); gap != 0 {
		t.Errorf("asked after %v although nobody can see the page", gap)
	}
	w.route(getting, 200, answer(uuid, "rejected", "none"))
	w.reveal()
	w.reads("title", "Request declined")
}

// The countdown follows the time that the platform left, whatever the clock of the visitor says.
func TestCountdown(t *testing.T) {
	tests := map[string]struct {
		clock time.Duration // how far it is set
		slept time.Duration
		want  [2]string // the most and the least that may be left
	}{
		"nothing happens":                {0, 0, [2]string{"5:00", "4:50"}},
		"clock is set hours ahead":       {5 * time.Hour, 0, [2]string{"5:00", "4:50"}},
		"clock is set hours back":        {-5 * time.Hour, 0, [2]string{"5:00", "4:50"}},
		"page is frozen":                 {0, time.Minute, [2]string{"4:00", "3:50"}},
		"page is frozen, clock goes off": {-2 * time.Hour, time.Minute, [2]string{"4:00", "3:50"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.card(map[string]any{"payload": created(uuid)})
			s := w.socket(0)
			w.say(s, payloadtest.Welcome, payloadtest.ExpiresIn(300))
			w.until("the time left is shown", func() bool { return w.text("countdown-time") != "" })
			for _, clock := range []time.Duration{test.clock, 0} {
				w.js.Call("setClock", clock.Milliseconds())
				w.sleep(test.slept)
				test.slept = 0
				shown := w.text("countdown-time")
				w.until("the countdown goes on", func() bool { return w.text("countdown-time") != shown })
				if got := w.text("countdown-time"); got > test.want[0] || got < test.want[1] {
					t.Errorf("got %s left, want between %s and %s", got, test.want[1], test.want[0])
				}
			}
		})
	}
}

func TestClockDoesNotExpire(t *testing.T) {
	w := newWorld(t)
	w.live(payloadtest.ExpiresIn(300))
	w.js.Call("setClock", (24 * time.Hour).Milliseconds())
	dispatch(js.Global(), "online", nil)
	w.rest()
	if got := w.text("title"); got != "Scan with Xaman" {
		t.Errorf("got %q, want the request still to be signed", got)
	}
	for _, e := range w.events() {
		if strings.Contains(e, "expired") {
			t.Errorf("got event %q", e)
		}
	}
}
