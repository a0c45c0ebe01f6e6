package card

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/wasm/view"
)

const askedKey = "the-key-of-the-page"

// asked has the page have asked already, with that outcome. The count is how often somebody has waited for it.
func asked(o Options, outcome reply) (_ Options, waited *int) {
	waited = new(int)
	o.Asked = &Asked{Key: askedKey, Answer: func(ctx context.Context) (int, []byte, error) {
		*waited++
		switch outcome.status {
		case 0:
			return 0, nil, errors.New("failed to fetch")
		case -1:
			<-ctx.Done()
			return 0, nil, ctx.Err()
		}
		return outcome.status, []byte(outcome.body), nil
	}}
	return o, waited
}

func (w *world) keys() (all []string) {
	for _, call := range w.calls {
		if call.name == creating {
			all = append(all, call.header["Idempotency-Key"])
		}
	}
	return all
}

// What the page has asked is not asked again, and what comes after it is a question of its own.
func TestPageHasAsked(t *testing.T) {
	tests := map[string]struct {
		request func(w *world) Options
		status  string
		verdict string
		title   string
	}{
		"for a new request":   {(*world).ordered, "pending", "none", "Scan with Xaman"},
		"for a known request": {(*world).known, "pending", "none", "Scan with Xaman"},
		"for one that counts": {(*world).known, "signed", "verified", "Done"},
		"for one that is not": {(*world).known, "rejected", "none", "Request declined"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			play(t, func(w *world) {
				o, waited := asked(test.request(w), answer(uuid, test.status, test.verdict))
				c := w.card(o)
				if c.model.Title != test.title {
					t.Errorf("got %q at once, want %q", c.model.Title, test.title)
				}
				if len(w.calls) > 0 && test.status == "pending" || w.called(creating) > 0 || *waited != 1 {
					t.Errorf("got calls %v, and the page's answer was taken %d times, want none and once", w.calls, *waited)
				}
				if kept := w.storage[markerPrefix+uuid]; (kept != "") != (test.status == "pending") {
					t.Errorf("got marker %q", kept)
				}
			})
		})
	}
}

func TestPageHasAskedForTheFirstRequestOnly(t *testing.T) {
	play(t, func(w *world) {
		o, waited := asked(w.ordered(), answer(uuid, "rejected", "none"))
		w.route(getting, answer(uuid, "rejected", "none"))
		c := w.card(o)
		c.reads("Request declined")
		w.route(deleting, answer(uuid, "rejected", "none"))
		w.route(creating, answer(other, "pending", "none"))
		c.click(view.Renew)
		c.reads("Scan with Xaman")
		if keys := w.keys(); len(keys) != 1 || len(keys[0]) != 32 || *waited != 1 {
			t.Errorf("got keys %q, and the page's answer was taken %d times, want one new key, and once", keys, *waited)
		}
	})
}

// A page that could not ask has asked for the same request: whoever asks again says so.
func TestPageHasAskedInVain(t *testing.T) {
	for name, failure := range failures {
		for _, request := range []func(*world) Options{(*world).ordered, (*world).known} {
			t.Run(name, func(t *testing.T) {
				play(t, func(w *world) {
					w.route(creating, answer(uuid, "pending", "none"))
					w.route(getting, answer(uuid, "pending", "none"))
					o, waited := asked(request(w), failure.reply)
					if o.Demo != "" && failure.known {
						return
					}
					c := w.card(o)
					if !strings.HasPrefix(c.model.Line, "We keep trying.") || c.last("error")["code"] != failure.code {
						t.Errorf("got line %q and events %q, want that it is tried again", c.model.Line, c.told())
					}
					c.reads("Scan with Xaman")
					keys := w.keys()
					if o.Demo != "" && (len(keys) != 1 || keys[0] != askedKey) {
						t.Errorf("got keys %q, want that of the page's question", keys)
					}
					if o.UUID != "" && (len(keys) > 0 || w.called(getting) == 0) {
						t.Errorf("got calls %v, want the same question", w.calls)
					}
					if *waited != 1 {
						t.Errorf("the page's answer was taken %d times, want once", *waited)
					}
				})
			})
		}
	}
}

// What can be no better next time is the end of it, as if the card had asked itself.
func TestPageHasAskedForNothing(t *testing.T) {
	pending := answer(uuid, "pending", "none")
	tests := map[string]struct {
		reply reply
		code  string
	}{
		"no such offer": {refused(400, "unknown-demo"), "unknown-demo"},
		"no payload":    {pending.with(created(uuid), "null"), "bad-payload"},
		"unsafe link":   {pending.with(`"https://xumm.app/sign/`, `"javascript:`), "unsafe-link"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			play(t, func(w *world) {
				o, _ := asked(w.ordered(), test.reply)
				c := w.card(o)
				if e := c.last("error"); e["code"] != test.code || e["fatal"] != true || len(w.calls) > 0 || c.link != "" {
					t.Errorf("got error %v, calls %v and link %q, want code %s", e, w.calls, c.link, test.code)
				}
			})
		})
	}
}

// An answer that does not come is not waited for any longer than that to a question of the card's own.
func TestPageHasNoAnswer(t *testing.T) {
	for name, wake := range map[string]func(c *shownCard){
		"for too long":          func(*shownCard) {},
		"when the page is back": func(c *shownCard) { c.Refresh() },
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(w *world) {
				w.route(creating, answer(uuid, "pending", "none"))
				o, _ := asked(w.ordered(), reply{-1, ""})
				c := w.card(o)
				w.wait(5 * time.Second)
				if c.model.Title != "Preparing your request" || len(w.calls) > 0 {
					t.Errorf("got %q and calls %v, want it to wait", c.model.Title, w.calls)
				}
				wake(c)
				c.reads("Scan with Xaman")
				if keys := w.keys(); len(keys) != 1 || keys[0] != askedKey {
					t.Errorf("got keys %q, want that of the page's question", keys)
				}
			})
		})
	}
}

// A payload has nothing to ask for.
func TestPageHasAskedTooMuch(t *testing.T) {
	play(t, func(w *world) {
		o, waited := asked(pasted, reply{0, ""})
		c := w.card(o)
		if c.model.Title != "Scan with Xaman" || *waited > 0 {
			t.Errorf("got %q, and the page's answer was taken %d times, want the request that it has", c.model.Title, *waited)
		}
	})
}
