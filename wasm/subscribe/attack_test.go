package subscribe

import (
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// storms are what somebody may do to a page so that it asks the backend without end, or stops asking. Each goes on for
// a minute, twenty times a second: of a frame that comes on the socket, or of something that happens to the page.
var storms = []struct {
	name, how string
	act       func(w *world, i int)
}{
	{"words", "Frames that say nothing ask each time.", func(w *world, _ int) { w.say(`{"message":"x"}`) }},
	{"absence", "Frames say that there is no such request.", func(w *world, _ int) {
		w.say(`{"message":"Payload not found"}`)
	}},
	{"expiry", "Frames say that the request has expired.", func(w *world, _ int) { w.say(expired) }},
	{"countdown", "Frames say that the time is over, and that it is not.", func(w *world, i int) {
		w.say(expiresIn(300 * (i % 2)))
	}},
	{"signature", "Frames say that it was signed.", func(w *world, _ int) { w.say(signed) }},
	{"other-request", "Frames say that another request was signed.", func(w *world, _ int) {
		w.say(`{"payload_uuidv4":"00000000-0000-4000-8000-000000000000","signed":true}`)
	}},
	{"opening", "Frames say that it was opened.", func(w *world, _ int) { w.say(opened) }},
	{"own-questions", "Frames announce the backend's own questions.", func(w *world, _ int) {
		w.say(`{"devapp_fetched":true}`)
	}},
	{"welcome", "Frames welcome the page again.", func(w *world, _ int) { w.say(welcome) }},
	{"garbage", "Frames are no JSON.", func(w *world, _ int) { w.say("\x00{") }},
	{"everything", "Frames of all kinds come in turn.", func(w *world, i int) {
		w.say([]string{expired, signed, opened, welcome, expiresIn(-5), `{"message":"x"}`, `{"dispatched":true}`}[i%7])
	}},
	{"hints", "Another tab says that it knows more.", func(w *world, _ int) { w.Hint() }},
	{"checks", "The page is told to look again.", func(w *world, _ int) { w.Refresh() }},
	{"flicker", "The page is hidden and shown.", func(w *world, i int) { w.Visible(i%2 == 0) }},
	{"hang-ups", "Each socket is closed as soon as it has spoken.", func(w *world, _ int) {
		for _, c := range w.conns[len(w.conns)-1:] {
			if c.err == nil {
				w.say(welcome)
				w.drop(errLost)
			}
		}
	}},
}

func TestAttacks(t *testing.T) {
	const (
		lasts    = time.Minute
		gap      = 50 * time.Millisecond
		mostAsks = 2 * int(lasts/time.Second) // so that a page is never a burden, whatever it hears
		dials    = 30
	)
	names := map[string]bool{}
	for _, storm := range storms {
		names[storm.name] = true
		t.Run(storm.name, func(t *testing.T) {
			start(t, false, func(w *world) {
				w.answer.ExpiresIn = new(int)
				*w.answer.ExpiresIn = 290
				w.say(welcome)
				before := len(w.asks)
				for i := range int(lasts / gap) {
					storm.act(w, i)
					w.wait(gap)
				}
				if asks := len(w.asks) - before; asks > mostAsks {
					t.Errorf("the backend was asked %d times in %v, want at most %d", asks, lasts, mostAsks)
				}
				if len(w.dials) > dials {
					t.Errorf("%d sockets were dialed in %v, want at most %d", len(w.dials), lasts, dials)
				}
				if got := w.last().State.Phase(); got == payload.PhaseVerified || w.last().State.Final() {
					t.Errorf("got %s, which the backend has not said", got)
				}
				w.settle(payload.StatusSigned, payload.VerdictVerified)
				w.wait(lasts)
				w.wantPhase(payload.PhaseVerified) // it did not stop to ask
			})
		})
	}
	if len(names) != len(storms) {
		t.Errorf("%d storms have %d names", len(storms), len(names))
	}
}
