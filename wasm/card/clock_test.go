package card

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/wasm/payload"
	"github.com/xaman-live/xaman-live/wasm/payload/payloadtest"
	"github.com/xaman-live/xaman-live/wasm/subscribe"
	"github.com/xaman-live/xaman-live/wasm/view"
)

// countingDown shows many cards of requests that run out at different moments.
func (w *world) countingDown() {
	for n := range 20 {
		w.card(Options{Payload: created(fmt.Sprintf("00000000-0000-4000-8000-%012d", n))})
		w.say(n, payloadtest.Welcome, payloadtest.ExpiresIn(200+n))
		w.wait(17 * time.Millisecond)
	}
}

// Many cards cost the page no more wake-ups than one.
func TestOneTimerForAllCards(t *testing.T) {
	play(t, func(w *world) {
		w.countingDown()
		before := make([]string, len(w.cards))
		for i, c := range w.cards {
			before[i], c.shows = c.model.Countdown.Time, nil
		}
		w.wait(4 * time.Second)
		var wakes []time.Time
		for i, c := range w.cards {
			wakes = append(wakes, c.shows...)
			if c.model.Countdown.Time == before[i] {
				t.Errorf("card %d still shows %s", i, before[i])
			}
		}
		slices.SortFunc(wakes, time.Time.Compare)
		if wakes = slices.CompactFunc(wakes, time.Time.Equal); len(wakes) != 4 {
			t.Errorf("got %d wake-ups in 4 seconds, want one a second: %v", len(wakes), wakes)
		}
	})
}

func TestNoTimerWhileHidden(t *testing.T) {
	play(t, func(w *world) {
		w.countingDown()
		for _, c := range w.cards {
			c.Visible(false)
		}
		w.settle()
		if w.clock.timer != nil {
			t.Error("there is a timer although nobody can see the page")
		}
		shown := w.cards[1].model.Countdown.Time
		w.wait(10 * time.Second)
		w.say(0, payloadtest.ExpiresIn(300)) // what happens meanwhile sets none
		if w.clock.timer != nil || w.cards[1].model.Countdown.Time != shown {
			t.Error("a card went on although nobody can see the page")
		}
		for _, c := range w.cards {
			c.Visible(true)
		}
		w.settle()
		if w.clock.timer == nil || w.cards[1].model.Countdown.Time == shown {
			t.Error("there is no timer, or the wrong time, although somebody can see the page again")
		}
	})
}

// A card that is not in the window is left as it is, but what has to be said is said.
func TestNoCountdownOutOfView(t *testing.T) {
	play(t, func(w *world) {
		c := w.card(pasted)
		w.say(0, payloadtest.Welcome, payloadtest.ExpiresIn(70))
		c.InView(false)
		w.wait(2 * time.Second) // what it had set the clock to
		shown, shows, said := c.model.Countdown.Time, len(c.shows), len(c.said)
		w.wait(5 * time.Second)
		if c.model.Countdown.Time != shown || len(c.shows) != shows {
			t.Errorf("got %s, shown %d times, although nobody sees it", c.model.Countdown.Time, len(c.shows)-shows)
		}
		c.InView(true)
		w.settle()
		if got := c.model.Countdown.Time; got != "1:03" {
			t.Errorf("got %s when it is seen again, want 1:03", got)
		}
		c.InView(false)
		w.wait(5 * time.Second)
		if len(c.said) != said+1 || c.said[said].Polite != "1 minute left." {
			t.Errorf("got said %q, want how much time is left", c.said[said:])
		}
	})
}

func TestTimerOnlyForWhatChanges(t *testing.T) {
	for _, preview := range view.Previews {
		play(t, func(w *world) {
			c := w.card(Options{Preview: preview})
			if got, want := w.clock.timer != nil, !c.model.Next.IsZero(); got != want {
				t.Errorf("%s: there is a timer: %t, want %t", preview, got, want)
			}
			w.clock.Hide(true)
			if w.card(Options{Preview: preview}); w.clock.timer != nil {
				t.Errorf("%s: there is a timer although nobody can see the page", preview)
			}
		})
	}
}

// The visitor may set the wall clock at any time: what is counted down to has to be a time of the monotonic clock.
// There is none in a bubble.
func TestCountdownKeepsToTheMonotonicClock(t *testing.T) {
	seconds := 300
	known := payload.Answer{UUID: payloadtest.UUID, Status: payload.StatusPending, ExpiresIn: &seconds}
	o := subscribe.Options{UUID: payloadtest.UUID, Backend: &subscribe.Backend{Known: known}}
	state := subscribe.New(o).Latest().State
	heard := state
	heard.Add(new(payload.Decode([]byte(payloadtest.ExpiresIn(100)), time.Now())))
	m := view.Render(&view.Input{State: state, Link: link, Now: time.Now(), Epoch: NewClock().epoch})
	for name, at := range map[string]time.Time{
		"by the backend": state.Deadline, "by the socket": heard.Deadline,
		"epoch": NewClock().epoch, "next step": m.Next,
	} {
		if !strings.Contains(at.String(), " m=") {
			t.Errorf("%s: got %v, want a monotonic time", name, at)
		}
	}
}

// Most frames say only how much time is left. That shows the card anew only where there is something to be said of it.
func TestFramesOfTimeAreCounted(t *testing.T) {
	play(t, func(w *world) {
		shown := 0
		c := w.card(pasted, func(c *shownCard) { c.onShow = func() error { shown++; return nil } })
		w.say(0, payloadtest.Welcome, payloadtest.ExpiresIn(300))
		told := func(seconds, shows int, left, said string) {
			t.Helper()
			before := len(c.said)
			shown = 0
			w.say(0, payloadtest.ExpiresIn(seconds))
			if got := c.model.Countdown.Time; got != left || shown != shows {
				t.Errorf("got %s, shown %d times, want %s, shown %d times", got, shown, left, shows)
			}
			if got := c.said[before:]; len(got) > 0 != (said != "") || said != "" && got[0].Polite != said {
				t.Errorf("got said %q, want %q", got, said)
			}
		}
		told(200, 0, "3:20", "")
		w.wait(2 * time.Second)
		if got := c.model.Countdown.Time; got != "3:18" {
			t.Errorf("got %s two seconds later, want 3:18", got)
		}
		told(60, 1, "1:00", "1 minute left.")
		c.InView(false)
		told(70, 1, "1:10", "")
		before := len(c.said)
		w.wait(11 * time.Second)
		if got := c.said[before:]; len(got) != 1 || got[0].Polite != "1 minute left." {
			t.Errorf("got said %q of a card that is not in the window, want how much time is left", got)
		}
	})
}
