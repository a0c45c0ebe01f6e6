package card

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/wasm/payload/payloadtest"
	"github.com/xaman-live/xaman-live/wasm/qr"
	"github.com/xaman-live/xaman-live/wasm/view"
)

func TestJourney(t *testing.T) {
	play(t, func(w *world) {
		w.route(creating, answer(uuid, "pending", "none"))
		w.route(getting, answer(uuid, "pending", "none"))
		c := w.card(w.ordered())
		c.reads("Scan with Xaman")
		if got := w.calls[0].body; got != `{"demo":"payment"}` {
			t.Errorf("got body %s, want the name of the request", got)
		}
		code, err := qr.Encode(link, qr.Medium)
		if err != nil {
			t.Fatal(err)
		}
		if c.link != link || c.code.Path() != code.Path() {
			t.Errorf("got link %q, want it and its code to be those of %q", c.link, link)
		}
		if got := w.socket(0).url; got != sockets {
			t.Errorf("got socket %q, want %q", got, sockets)
		}
		w.say(0, payloadtest.Welcome, payloadtest.ExpiresIn(125))
		if got := c.model.Countdown.Time; !strings.HasPrefix(got, "4:5") && got != "5:00" { // by the backend
			t.Errorf("got %q left, want 5 minutes", got)
		}
		w.say(0, payloadtest.Opened, payloadtest.PreSigned, payloadtest.Dispatched)
		w.route(getting, answer(uuid, "signed", "checking"))
		w.say(0, payloadtest.Resolved(payloadtest.UUID, true))
		c.reads("Signed")
		w.route(getting, answer(uuid, "signed", "verified"))
		c.reads("Done")
		w.settle()
		if got := w.storage.Keys(); len(got) > 0 || !w.socket(0).closed {
			t.Errorf("got markers %q of a request that is settled, and its socket closed: %t", got, w.socket(0).closed)
		}
		want := []string{
			"change waiting connecting", "change waiting connecting", // with the request
			"change waiting live", "change opened live", "change signing live", "change submitting live",
			"change signed live", "change verified live", "settled verified live", "change verified closed",
		}
		if got := c.told(); !slices.Equal(got, want) {
			t.Errorf("got  events %q\nwant %q", got, want)
		}
		if e := c.last("settled"); e["account"] != account || e["txid"] != txid || e["uuid"] != uuid {
			t.Errorf("got settled %v", e)
		}
		for _, e := range c.events {
			for name, value := range e {
				if _, ok := value.(string); !ok {
					t.Errorf("got %s %v, want strings only", name, value)
				}
			}
		}
	})
}

func TestWithoutBackend(t *testing.T) {
	play(t, func(w *world) {
		c := w.card(pasted)
		w.say(0, payloadtest.Welcome, payloadtest.Opened, payloadtest.Resolved(payloadtest.UUID, true))
		c.reads("Signed, says Xaman")
		if e := c.last("settled"); e["phase"] != "signed" || e["account"] != "" || e["txid"] != "" {
			t.Errorf("got settled %v, want nothing that nobody verified", e)
		}
		if len(w.calls) > 0 {
			t.Errorf("got %d calls, want none", len(w.calls))
		}
	})
}

// Whatever is pressed on a canned card, nobody is asked for anything, and nothing is told.
func TestPreviewCallsNobody(t *testing.T) {
	play(t, func(w *world) {
		for _, name := range view.Previews {
			for _, layout := range []view.Layout{view.LayoutCard, view.LayoutButton} {
				o := w.ordered()
				o.Preview, o.Layout = name, layout
				c := w.card(o)
				for _, id := range view.ActionIDs {
					c.Click(id)
					w.settle()
				}
				c.Do(view.Cancel)
				w.settle()
				if len(w.calls) > 0 || len(c.events) > 0 || len(w.tells) > 0 {
					t.Fatalf("%s, %s: got calls %v, events %q and %q told", name, layout, w.calls, c.told(), w.tells)
				}
			}
		}
	})
}

// A request that is given counts more than a canned one, and is told of.
func TestPreviewBesideAPayload(t *testing.T) {
	play(t, func(w *world) {
		o := pasted
		o.Preview = "verified"
		c := w.card(o)
		w.say(0, payloadtest.Welcome, payloadtest.Opened)
		if got := c.told(); c.model.Title != "Opened on your phone" || len(got) == 0 {
			t.Errorf("got %q and events %q", c.model.Title, got)
		}
	})
}

func TestPreview(t *testing.T) {
	play(t, func(w *world) {
		for _, name := range view.Previews {
			c := w.card(Options{Preview: name, Backend: w.backend()})
			if c.model.Title == "" || (c.model.Link.Label != "" || c.model.Stage == view.StageCode) && c.link == "" {
				t.Errorf("%s: got title %q and link %q", name, c.model.Title, c.link)
			}
			if len(c.events) > 0 {
				t.Errorf("%s: got events %q of a card that is nobody's request", name, c.told())
			}
			c.close()
		}
		c := w.card(Options{Preview: "lunch"})
		if got := c.told(); c.model.Title == "" || !slices.Contains(got, "error waiting closed internal true") {
			t.Errorf("got %q and events %q for a preview that there is not", c.model.Title, got)
		}
		if len(w.calls) > 0 || len(w.sockets) > 0 {
			t.Errorf("got %d calls and %d sockets, want none", len(w.calls), len(w.sockets))
		}
	})
}

// A page in the background hears nothing: phones freeze it while the visitor is in the wallet. It is quiet until
// somebody can see it, or there is reason to ask.
func TestPageIsBack(t *testing.T) {
	for name, back := range map[string]func(c *shownCard){
		"seen":      func(c *shownCard) { c.Visible(true) },
		"refreshed": func(c *shownCard) { c.Refresh() },
		"both":      func(c *shownCard) { c.Refresh(); c.Visible(true); c.Refresh() },
	} {
		for state, hide := range map[string]func(w *world) *shownCard{
			"hidden": func(w *world) *shownCard {
				c := w.live()
				c.Visible(false)
				w.offline = true
				w.drop(0)
				return c
			},
			"mounted hidden": func(w *world) *shownCard {
				w.clock.Hide(true)
				w.offline = true
				w.route(getting, answer(uuid, "pending", "none"))
				return w.card(w.known())
			},
		} {
			t.Run(state+", "+name, func(t *testing.T) {
				play(t, func(w *world) {
					c := hide(w)
					w.wait(time.Minute)
					before := w.called(getting)
					w.wait(20 * time.Minute)
					if got := w.called(getting); got != before {
						t.Errorf("asked %d times although nobody can see the page", got-before)
					}
					w.route(getting, answer(uuid, "signed", "verified"))
					back(c)
					w.settle()
					if got := c.model.Title; got != "Done" {
						t.Errorf("got %q, want what the backend says now", got)
					}
				})
			})
		}
	}
}

// Closing ends what the card waits for, and nothing is told of it.
func TestCloseWhileWaiting(t *testing.T) {
	tests := map[string]struct {
		hangs   string
		request func(w *world) Options
		reach   func(w *world, c *shownCard) // what hangs
	}{
		"for the request to be made": {creating, (*world).ordered, func(*world, *shownCard) {}},
		"for a known request":        {getting, (*world).known, func(*world, *shownCard) {}},
		"for an answer": {getting, (*world).ordered, func(w *world, _ *shownCard) {
			w.say(0, payloadtest.Welcome)
		}},
		"for the cancellation": {deleting, (*world).ordered, func(_ *world, c *shownCard) { c.click(view.Cancel) }},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			play(t, func(w *world) {
				for _, route := range []string{creating, getting, deleting} {
					w.route(route, answer(uuid, "pending", "none"))
				}
				w.route(test.hangs, reply{-1, ""})
				c := w.card(test.request(w))
				test.reach(w, c)
				w.until("the call is under way", func() bool { return w.called(test.hangs) == 1 })
				told := len(c.events)
				c.close()
				for _, call := range w.calls {
					if call.name == test.hangs && !call.aborted {
						t.Errorf("%s is still under way", test.hangs)
					}
				}
				if got := c.told(); len(got) != told {
					t.Errorf("got events %q after the end", got[told:])
				}
			})
		})
	}
}

// What the socket still had to say when the page closed the card is told to nobody.
func TestCloseFromInsideAnEvent(t *testing.T) {
	play(t, func(w *world) {
		var c *shownCard
		c = w.card(pasted, func(s *shownCard) {
			s.onEvent = func(event map[string]any) {
				if event["phase"] == "opened" {
					c.stop()
				}
			}
		})
		w.say(0, payloadtest.Welcome, payloadtest.Opened)
		<-c.ended
		if got := c.told(); got[len(got)-1] != "change opened live" {
			t.Errorf("got events %q, want none after the one that closed the card", got)
		}
	})
}

// Where the network is dead, it takes a socket some time to close. The card is gone at once.
func TestClosedOnADeadNetwork(t *testing.T) {
	play(t, func(w *world) {
		c := w.card(pasted)
		hang := make(chan struct{})
		w.socket(0).closing = hang
		c.stop()
		w.settle()
		if c.open {
			t.Error("the card waits for its socket")
		}
		close(hang)
	})
}

// A defect ends the card that met it, says so, and leaves the other cards alone.
func TestPanics(t *testing.T) {
	reached := func(w *world, _ *shownCard) { w.say(1, payloadtest.Resolved(other, true)) }
	tests := map[string]struct {
		spoil func(c *shownCard)
		reach func(w *world, c *shownCard)
	}{
		"of the page":                   {func(c *shownCard) { c.onShow = func() error { panic("test") } }, reached},
		"while the backend is asked":    {spoilBackend, reached},
		"of what the visitor asked for": {spoilBackend, func(_ *world, c *shownCard) { c.click(view.Cancel) }},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			play(t, func(w *world) {
				first := w.live()
				w.route(creating, answer(other, "pending", "none"))
				w.route("GET /api/sign-requests/"+other, answer(other, "pending", "none"))
				second := w.card(w.ordered())
				w.say(1, payloadtest.Welcome)
				w.wait(5 * time.Second)
				test.spoil(second)
				test.reach(w, second)
				<-second.ended
				e := second.last("error")
				if e["uuid"] != other || e["code"] != "internal" || e["fatal"] != true || e["connection"] != "closed" {
					t.Errorf("got error %v, want a fatal one of the request", e)
				}
				w.say(0, payloadtest.Opened)
				first.reads("Opened on your phone")
				if e := first.last("error"); e != nil {
					t.Errorf("got error %v of the other card", e)
				}
			})
		})
	}
}

func spoilBackend(c *shownCard) { c.opts.Backend.Fetch = nil }

// A page that cannot show the card is told so, too.
func TestPageFails(t *testing.T) {
	failure := errors.New("no")
	play(t, func(w *world) {
		c := w.card(pasted, func(s *shownCard) { s.openErr = failure })
		<-c.ended
		if e := c.last("error"); e["code"] != "internal" || e["fatal"] != true || e["message"] != "show card: no" {
			t.Errorf("got error %v, want a fatal one", e)
		}
		c = w.card(pasted, func(s *shownCard) { s.onShow = func() error { return failure } })
		c.close()
		if e := c.last("error"); e["code"] != "internal" || e["message"] != "draw card: no" {
			t.Errorf("got error %v, want that of drawing", e)
		}
	})
}
