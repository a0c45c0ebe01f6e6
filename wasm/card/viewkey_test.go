package card

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/wasm/payload/payloadtest"
	"github.com/xaman-live/xaman-live/wasm/view"
)

const (
	viewKey  = "t8yz1k.Qk9XUF9WSUVXX0tFWQ"
	freshKey = "t8z2q4.RlJFU0hfVklFV19LRVk"
	outdated = "This page is out of date"
)

var expired = refused(403, "view-key-expired")

// keyed shows a card whose page has a key, which the test can change.
func (w *world) keyed(o Options) (c *shownCard, key *string) {
	w.t.Helper()
	key = new(viewKey)
	o.Backend.ViewKey = func() string { w.sync(); return *key }
	return w.card(o), key
}

// A key goes with each call, the latest one, and nowhere else.
func TestViewKeyIsSentAlone(t *testing.T) {
	play(t, func(w *world) {
		w.route(getting, answer(uuid, "pending", "none"))
		w.route(deleting, answer(uuid, "opened", "none"))
		c, key := w.keyed(w.known())
		w.say(0, payloadtest.Welcome)
		w.wait(5 * time.Second)
		before := len(w.calls)
		*key = freshKey
		c.click(view.Cancel)
		w.wait(time.Second)
		w.route(getting, answer(uuid, "signed", "verified"))
		w.say(0, payloadtest.Resolved(payloadtest.UUID, true))
		c.reads("Done")
		var all strings.Builder
		for i, call := range w.calls {
			want := map[bool]string{true: viewKey, false: freshKey}[i < before]
			if call.header["View-Key"] != want {
				t.Errorf("%s has the key %q, want %q", call.name, call.header["View-Key"], want)
			}
			fmt.Fprintln(&all, call.name, call.body)
		}
		if before == 0 || w.called(deleting) != 1 || len(w.calls) < before+2 {
			t.Errorf("got calls %v, want some with each key", w.calls)
		}
		fmt.Fprint(&all, w.storage, w.tells, c.events, c.Report(), c.details(), c.model, c.said)
		for _, secret := range []string{viewKey, freshKey} {
			if strings.Contains(all.String(), secret) {
				t.Errorf("a view key is in %s", all.String())
			}
		}
	})
}

// Without an answer there is nothing to show: whoever has a new key is told at once.
func TestViewKeyHasExpiredBefore(t *testing.T) {
	for name, options := range map[string]func(w *world) Options{
		"asked by the card": (*world).known,
		"asked by the page": func(w *world) Options {
			o, _ := asked(w.known(), expired)
			return o
		},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(w *world) {
				w.route(getting, expired)
				c, key := w.keyed(options(w))
				c.reads(outdated)
				w.wait(10 * time.Minute)
				e := c.last("error")
				if e["code"] != "view-key-expired" || e["fatal"] != false || c.offers(view.Renew) || !c.offers(view.CopyDetails) {
					t.Errorf("got error %v and actions %v, want no end, and nothing that cannot help", e, c.model.Actions)
				}
				*key = freshKey
				w.route(getting, answer(uuid, "pending", "none"))
				c.Do(view.Recheck)
				w.wait(time.Second)
				if c.model.Title != "Scan with Xaman" {
					t.Errorf("got %q with the new key, want the request", c.model.Title)
				}
			})
		})
	}
}

// Whoever is about to sign, or has signed, is told what to do, and hears of the outcome when there is a new key.
func TestViewKeyExpiresMeanwhile(t *testing.T) {
	for name, request := range map[string]func(w *world) Options{
		"of a known request": (*world).known,
		"of a payload": func(w *world) Options {
			o := w.known()
			o.Payload, o.UUID = created(uuid), ""
			return o
		},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(w *world) {
				w.route(getting, answer(uuid, "pending", "none"))
				c, key := w.keyed(request(w))
				w.say(0, payloadtest.Welcome, payloadtest.Opened)
				w.wait(5 * time.Second)
				w.route(getting, expired)
				c.Do(view.Recheck)
				c.reads(outdated)
				w.say(0, payloadtest.Resolved(payloadtest.UUID, true))
				w.wait(time.Minute)
				line := "Reload it to go on. If you have signed in Xaman already, do not sign again."
				if c.model.Title != outdated || c.model.Line != line || c.last("settled") != nil {
					t.Errorf("got %q, %q and events %q", c.model.Title, c.model.Line, c.told())
				}
				*key = freshKey
				w.route(getting, answer(uuid, "signed", "verified"))
				c.Do(view.Recheck)
				w.wait(time.Second)
				if c.model.Title != "Done" || c.last("settled")["phase"] != "verified" {
					t.Errorf("got %q and events %q, want the outcome", c.model.Title, c.told())
				}
			})
		})
	}
}

// A key that is wrong shows nothing, in whichever browser.
func TestViewKeyIsWrong(t *testing.T) {
	play(t, func(w *world) {
		w.route(getting, none)
		o := w.known()
		o.Touch = true
		c, _ := w.keyed(o)
		c.reads("Request not found")
		if want := "To try again, start over on this site."; c.model.Line != want || c.last("error")["code"] != "not-found" {
			t.Errorf("got line %q and events %q, want %q", c.model.Line, c.told(), want)
		}
	})
}

// A backend that cannot be reached is another thing than a key that it does not take.
func TestViewKeyIsNotBlamed(t *testing.T) {
	play(t, func(w *world) {
		w.route(getting, answer(uuid, "pending", "none"))
		c, _ := w.keyed(w.known())
		w.say(0, payloadtest.Welcome)
		w.wait(5 * time.Second)
		for _, way := range []struct {
			reply reply
			title string
		}{{expired, outdated}, {reply{0, ""}, "Do not sign yet"}, {expired, outdated}} {
			w.route(getting, way.reply)
			c.reads(way.title)
		}
		w.route(getting, none)
		c.reads("Request not found")
	})
}

// The amount that a visitor has chosen goes with the offer, and what the backend says of it is for him.
func TestAmount(t *testing.T) {
	for name, tt := range map[string]struct {
		message, line string
	}{
		"with a sentence": {"Give between 1 and 100 XRP.", "Give between 1 and 100 XRP."},
		"without":         {"", "This site does not take this one."},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(w *world) {
				w.route(creating, reply{400, fmt.Sprintf(`{"error":{"code":"amount","message":%q}}`, tt.message)})
				o := w.ordered()
				o.Amount = "0.5"
				c := w.card(o)
				c.reads("Choose another amount")
				e := c.last("error")
				if c.model.Line != tt.line || e["code"] != "amount" || e["fatal"] != true {
					t.Errorf("got line %q and error %v, want %q and the end", c.model.Line, e, tt.line)
				}
				if w.calls[0].body != `{"demo":"payment","amount":"0.5"}` || len(w.calls) != 1 {
					t.Errorf("got calls %v, want one with the amount", w.calls[0])
				}
			})
		})
	}
}
