//go:build js && wasm

package browser

import (
	"fmt"
	"syscall/js"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/wasm/payload/payloadtest"
)

const manyCards = 100

// countingDown mounts many cards of requests that run out at different moments.
func (w *world) countingDown() {
	w.t.Helper()
	for n := range manyCards {
		w.card(map[string]any{"payload": created(fmt.Sprintf("00000000-0000-4000-8000-%012d", n))})
		w.say(w.socket(n), payloadtest.Welcome, payloadtest.ExpiresIn(200+n))
		turn()
	}
	w.until("each shows the time left", func() bool {
		return w.js.Call("shown", `[part="countdown-time"]`).Length() == manyCards
	})
}

// clocks are the times left that the cards show.
func (w *world) clocks() []string {
	shown := w.js.Call("shown", `[part="countdown-time"]`)
	all := make([]string, shown.Length())
	for i := range all {
		all[i] = shown.Index(i).Get("textContent").String()
	}
	return all
}

// Many cards cost the page no more wake-ups than one.
func TestOneTimerForAllCards(t *testing.T) {
	w := newWorld(t)
	w.countingDown()
	before := w.clocks()
	wait := func(steps int) {
		stepped := make(chan struct{})
		done := js.FuncOf(func(js.Value, []js.Value) any { close(stepped); return nil })
		defer done.Release()
		w.js.Call("steps", w.js.Call("shown", `[part="countdown-time"]`).Index(0), steps, done)
		<-stepped
	}
	wait(1) // the first one may come in the middle of the mounting
	w.js.Set("wakes", 0)
	const steps = 4
	wait(steps)
	// A browser may be a little early, and is then asked again. The runtime has timers of its own.
	got := w.js.Get("wakes").Int()
	t.Logf("%d wake-ups for %d steps of %d cards", got, steps, manyCards)
	if got < steps || got > 4*steps {
		t.Errorf("got %d wake-ups for %d steps of %d cards, want about one for each step", got, steps, manyCards)
	}
	for i, now := range w.clocks() {
		if now == before[i] {
			t.Errorf("card %d still shows %s", i, now)
		}
	}
}

// wakesUp reports whether the clock has set its timer. The program may wake up for other reasons: a socket that should
// have spoken, or the runtime's own.
func (w *world) wakesUp() bool {
	turn()
	w.mounter.clock.mu.Lock()
	defer w.mounter.clock.mu.Unlock()
	return w.mounter.clock.timer != nil
}

func TestNoTimerWhileHidden(t *testing.T) {
	w := newWorld(t)
	w.countingDown()
	if !w.wakesUp() {
		t.Error("there is no timer although the cards count down")
	}
	w.hide()
	w.until("there is no timer any more", func() bool { return !w.wakesUp() })
	before := w.clocks()
	w.sleep(10 * time.Second)
	w.say(w.js.Get("sockets").Index(0), payloadtest.ExpiresIn(300)) // and what happens meanwhile sets none
	turn()
	if w.wakesUp() {
		t.Error("there is a timer again although nobody can see the page")
	}
	w.reveal()
	w.until("the time is right again", func() bool {
		now := w.clocks()
		for i := range now {
			if now[i] == before[i] {
				return false
			}
		}
		return true
	})
	w.until("there is a timer again", w.wakesUp)
}

func TestNoTimerForWhatStaysTheSame(t *testing.T) {
	for _, preview := range []string{"verified", "opened", "signed", "loading", "expired", "trying", "failed"} {
		t.Run(preview, func(t *testing.T) {
			w := newWorld(t)
			for range manyCards {
				w.card(map[string]any{"preview": preview})
			}
			w.until("all are shown", func() bool { return w.js.Get("root").Get("childElementCount").Int() == manyCards })
			if w.wakesUp() {
				t.Error("there is a timer to change nothing")
			}
		})
	}
}

// A card that is mounted on a page in the background does not count either.
func TestNoTimerForCardsMountedHidden(t *testing.T) {
	w := newWorld(t)
	w.hide()
	for range manyCards {
		w.card(map[string]any{"preview": "waiting"})
	}
	w.until("all are shown", func() bool { return w.js.Get("root").Get("childElementCount").Int() == manyCards })
	if w.wakesUp() {
		t.Error("there is a timer although nobody can see the page")
	}
	w.reveal()
	w.until("there is a timer", w.wakesUp)
}

func TestNoTimerOnceAllCardsAreGone(t *testing.T) {
	w := newWorld(t)
	handle := w.card(map[string]any{"preview": "waiting"})
	w.until("it counts down", w.wakesUp)
	handle.Call("close")
	w.until("the card is gone", w.gone)
	w.until("there is no timer", func() bool { return !w.wakesUp() })
}
