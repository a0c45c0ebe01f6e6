package card

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/wasm/payload/payloadtest"
	"github.com/xaman-live/xaman-live/wasm/view"
)

func TestCopy(t *testing.T) {
	play(t, func(w *world) {
		c := w.card(pasted)
		w.say(0, payloadtest.Welcome, payloadtest.ExpiresIn(300))
		label := func() string {
			for _, a := range c.model.Actions {
				if a.ID == view.Copy {
					return a.Label
				}
			}
			return ""
		}
		c.click(view.Copy)
		if got := label(); c.copied != link || got != "Copied" || c.model.Field.Text != "" {
			t.Errorf("got %q copied and label %q, want %q and no field", c.copied, got, link)
		}
		w.wait(3 * time.Second)
		if got := label(); got != "Copy link" {
			t.Errorf("got label %q after a while", got)
		}
		c.copyErr = errors.New("forbidden")
		c.click(view.Copy)
		if c.model.Field.Text != link || c.selected != link {
			t.Error("got no field that is ready to be copied from")
		}
		w.say(0, payloadtest.Opened, payloadtest.Resolved(payloadtest.UUID, true))
		if c.model.Field.Text != "" {
			t.Error("got the link in its field on a card that was signed")
		}
	})
}

func TestReveal(t *testing.T) {
	play(t, func(w *world) {
		o := pasted
		o.Touch = true
		c := w.card(o)
		if c.model.Stage == view.StageCode {
			t.Error("got a code on a phone that did not ask for it")
		}
		for _, want := range []bool{true, false} {
			if c.click(view.Reveal); (c.model.Stage == view.StageCode) != want {
				t.Errorf("got stage %s, want a code: %t", c.model.Stage, want)
			}
		}
	})
}

func TestCancel(t *testing.T) {
	play(t, func(w *world) {
		w.route(creating, answer(uuid, "pending", "none"))
		w.route(getting, answer(uuid, "pending", "none"))
		w.route(deleting, answer(uuid, "cancelled", "none"))
		c := w.card(w.ordered())
		w.say(0, payloadtest.Welcome)
		w.route(getting, answer(uuid, "cancelled", "none"))
		c.click(view.Cancel, view.Cancel)
		c.reads("Request cancelled")
		if got := w.called(deleting); got != 1 {
			t.Errorf("a double click cancelled %d times, want once", got)
		}
		if e := c.last("settled"); e["phase"] != "cancelled" {
			t.Errorf("got settled %v, want cancelled", e)
		}
	})
}

// What is open on a phone cannot be cancelled here. Whoever wants that must be told where he can.
func TestCancelInVain(t *testing.T) {
	tests := map[string]struct {
		reply reply
		want  string
	}{
		"open on a phone": {answer(uuid, "opened", "none").with(`"OK"`, `"ALREADY_OPENED"`), "Finish or decline it there"},
		"signed already":  {answer(uuid, "signed", "checking").with(`"OK"`, `"ALREADY_RESOLVED"`), "signed already"},
		"backend is down": {reply{0, ""}, "could not be cancelled"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			play(t, func(w *world) {
				w.route(creating, answer(uuid, "pending", "none"))
				w.route(getting, answer(uuid, "opened", "none"))
				w.route(deleting, test.reply)
				c := w.card(w.ordered())
				w.say(0, payloadtest.Welcome, payloadtest.Opened)
				c.click(view.Cancel)
				w.until("the card says why not", func() bool { return strings.Contains(c.model.Status, test.want) })
				if got := c.said[len(c.said)-1].Polite; got != c.model.Status {
					t.Errorf("got said %q, want %q", got, c.model.Status)
				}
				w.say(0, payloadtest.PreSigned)
				if got := c.model.Status; got != "" {
					t.Errorf("got %q when things stand otherwise", got)
				}
			})
		})
	}
}

// The code that was shown instead of a push must not look as if it had still to be scanned.
func TestCodeIsDimmedWhenItIsScanned(t *testing.T) {
	play(t, func(w *world) {
		o := pasted
		o.Payload = strings.Replace(o.Payload, `"pushed":false`, `"pushed":true`, 1)
		c := w.card(o)
		w.say(0, payloadtest.Welcome)
		c.click(view.Reveal)
		if c.model.Stage != view.StageCode || c.model.Code.Dim {
			t.Fatalf("got stage %s, dim %t, want the code", c.model.Stage, c.model.Code.Dim)
		}
		w.say(0, payloadtest.Opened)
		if !c.model.Code.Dim {
			t.Error("got a code that looks as if it had to be scanned")
		}
		if c.click(view.Reveal); c.model.Stage != view.StageCode || c.model.Code.Dim {
			t.Error("got no code for a visitor who asked for it again")
		}
	})
}

func TestRecheck(t *testing.T) {
	play(t, func(w *world) {
		w.route(getting, answer(uuid, "signed", "checking"))
		c := w.card(w.known())
		w.say(0, payloadtest.Welcome)
		w.wait(5 * time.Minute)
		w.route(getting, answer(uuid, "signed", "unverified"))
		c.click(view.Recheck)
		c.reads("We could not confirm this")
		if got := c.said[len(c.said)-1]; !strings.HasPrefix(got.Alert, c.model.Title) {
			t.Errorf("got %q said, want the result", got)
		}
		if e := c.last("settled"); e["phase"] != "unverified" || e["account"] != "" || e["txid"] != "" {
			t.Errorf("got settled %v, want nothing that was refused", e)
		}
	})
}

// Neither a backend nor a clipboard that takes its time may hold up what the socket says.
func TestCardGoesOnWhileAnActionTakesItsTime(t *testing.T) {
	for _, action := range []view.ActionID{view.Cancel, view.Copy} {
		t.Run(string(action), func(t *testing.T) {
			play(t, func(w *world) {
				w.route(creating, answer(uuid, "pending", "none"))
				w.route(getting, answer(uuid, "pending", "none"))
				w.route(deleting, reply{-1, ""})
				c := w.card(w.ordered())
				c.opts.Copy = func(ctx context.Context, _ string) error { <-ctx.Done(); return ctx.Err() }
				w.say(0, payloadtest.Welcome)
				c.click(action)
				w.say(0, payloadtest.Opened)
				if got := c.model.Title; got != "Opened on your phone" {
					t.Errorf("got %q, want what the socket says", got)
				}
				w.wait(answerTimeout + time.Second) // and the visitor is not told to wait for ever
				if failed := c.last("error") != nil; failed != (action == view.Cancel) {
					t.Errorf("got events %q", c.told())
				}
			})
		})
	}
}

// A new request is made only when the backend says that nobody can sign the old one any more. Otherwise somebody pays
// twice.
func TestRenewOnlyWhenTheOldOneIsOver(t *testing.T) {
	const open, unsure, signed = "still open on your phone", "could not be cancelled", "signed already"
	signIn := func(r reply) reply { return r.with(`"type":"Payment"`, `"type":"SignIn"`) }
	tests := map[string]struct {
		reply reply
		why   string // ""; the new one is made
	}{
		"cancelled":                {answer(uuid, "cancelled", "none"), ""},
		"expired":                  {answer(uuid, "expired", "none"), ""},
		"declined":                 {answer(uuid, "rejected", "none"), ""},
		"sign-in that was refused": {signIn(answer(uuid, "signed", "unverified")), ""},
		"sign-in that is open":     {signIn(answer(uuid, "opened", "none")), ""},
		"sign-in that is signed":   {signIn(answer(uuid, "signed", "checking")), signed},
		"open on a phone":          {answer(uuid, "opened", "none"), open},
		"as if nothing happened":   {answer(uuid, "pending", "none"), unsure},
		"signed":                   {answer(uuid, "signed", "checking"), signed},
		"signed and verified":      {answer(uuid, "signed", "verified").with(`"OK"`, `"ALREADY_RESOLVED"`), signed},
		"signed and refused":       {answer(uuid, "signed", "unverified"), signed},
		"another one cancelled":    {answer(other, "cancelled", "none"), unsure},
		"backend is down":          {reply{0, ""}, unsure},
		"platform is down":         {refused(503, "platform-unavailable"), unsure},
		"not known":                {none, unsure},
		"a page":                   {reply{200, "<p>Hello"}, unsure},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			play(t, func(w *world) {
				c := w.lapsed(test.reply)
				c.click(view.Renew, view.Renew)
				made := 1
				if test.why == "" {
					made = 2
					c.reads("Scan with Xaman")
					w.say(1, payloadtest.Welcome)
				} else {
					w.until("the card says why not", func() bool { return strings.Contains(c.model.Status, test.why) })
				}
				if got := w.called(creating); got != made || strings.HasSuffix(c.link, other) != (made == 2) {
					t.Errorf("got %d requests made and link %s, want %d and that of the last", got, c.link, made)
				}
				if got := w.called(deleting); got != 1 {
					t.Errorf("got %d requests cancelled, want 1", got)
				}
				if !w.sockets[0].closed && made == 2 {
					t.Error("the socket of the old request is still open")
				}
			})
		})
	}
}

// lapsed is a card whose code has expired while a phone has the request open. The backend answers so to a cancellation,
// and makes another request then.
func (w *world) lapsed(cancellation reply) *shownCard {
	w.t.Helper()
	w.route(creating, answer(uuid, "opened", "none"))
	w.route(getting, answer(uuid, "opened", "none").late())
	w.route(deleting, cancellation)
	c := w.card(w.ordered())
	w.say(0, payloadtest.Welcome, payloadtest.Opened, payloadtest.ExpiresIn(0))
	w.until("the code has expired", func() bool { return strings.Contains(c.model.Line, "The code has expired") })
	w.route(creating, answer(other, "pending", "none"))
	w.route("GET /api/sign-requests/"+other, answer(other, "pending", "none"))
	return c
}

// What is heard while the old request is being cancelled counts more than that it was: a phone may sign at that moment.
func TestRenewWhileItIsSigned(t *testing.T) {
	const open, signed = "still open on your phone", "signed already"
	signIn := func(r reply) reply { return r.with(`"type":"Payment"`, `"type":"SignIn"`) }
	resolved, declined := payloadtest.Resolved(payloadtest.UUID, true), payloadtest.Resolved(payloadtest.UUID, false)
	tests := map[string]struct {
		heard []string
		reply reply  // to the cancellation
		why   string // ""; the new one is made
	}{
		"signed":             {[]string{payloadtest.PreSigned, resolved}, answer(uuid, "cancelled", "none"), signed},
		"signed, expired":    {[]string{resolved}, answer(uuid, "expired", "none"), signed},
		"signed, not known":  {[]string{resolved}, none, signed},
		"signed, declined":   {[]string{resolved}, answer(uuid, "rejected", "none"), ""},
		"signed, a sign-in":  {[]string{resolved}, signIn(answer(uuid, "cancelled", "none")), ""},
		"signing":            {[]string{payloadtest.PreSigned}, answer(uuid, "cancelled", "none"), open},
		"sending":            {[]string{payloadtest.Dispatched}, answer(uuid, "expired", "none"), open},
		"sending, a sign-in": {[]string{payloadtest.Dispatched}, signIn(answer(uuid, "cancelled", "none")), ""},
		"declined":           {[]string{declined}, answer(uuid, "cancelled", "none"), ""},
		"opened again":       {[]string{payloadtest.Opened}, answer(uuid, "cancelled", "none"), ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			play(t, func(w *world) {
				c := w.lapsed(test.reply)
				c.click(view.Renew)
				w.say(0, test.heard...)
				if test.why == "" {
					c.reads("Scan with Xaman")
					return
				}
				w.until("the card says why not", func() bool { return strings.Contains(c.model.Status, test.why) })
				w.wait(time.Second)
				if got := w.called(creating); got != 1 || strings.HasSuffix(c.link, other) {
					t.Fatalf("got %d requests made and link %s, want the first one alone", got, c.link)
				}
				w.route(getting, answer(uuid, "signed", "verified"))
				c.reads("Done")
			})
		})
	}
}

// A phone that is signing when the request is cancelled may still bring it to an end, for a while.
func TestCancelledWhileItIsSigned(t *testing.T) {
	for name, comes := range map[string]bool{"signed": true, "given up on the phone": false} {
		t.Run(name, func(t *testing.T) {
			play(t, func(w *world) {
				w.route(creating, answer(uuid, "pending", "none"))
				w.route(getting, answer(uuid, "pending", "none"))
				w.route(deleting, answer(uuid, "cancelled", "none"))
				c := w.card(w.ordered())
				w.say(0, payloadtest.Welcome, payloadtest.Opened, payloadtest.PreSigned)
				w.route(getting, answer(uuid, "cancelled", "none").late())
				c.click(view.Cancel)
				w.until("the card says why not", func() bool { return strings.Contains(c.model.Status, "still open") })
				w.say(0, payloadtest.Dispatched)
				w.wait(30 * time.Second)
				if c.model.Title != "Sending to the XRP Ledger" || c.offers(view.Renew) || c.last("settled") != nil {
					t.Errorf("got %q, actions %v and events %q", c.model.Title, c.model.Actions, c.told())
				}
				if !comes {
					w.wait(40 * time.Second)
					if e := c.last("settled"); e["phase"] != "cancelled" || !c.offers(view.Renew) {
						t.Errorf("got settled %v and actions %v, want that it is over", e, c.model.Actions)
					}
					return
				}
				w.route(getting, answer(uuid, "signed", "verified"))
				w.say(0, payloadtest.Resolved(payloadtest.UUID, true))
				c.reads("Done")
			})
		})
	}
}

// A phone that gave it up minutes ago is not signing, and one that signs again is, whatever was heard before.
func TestRenewAfterAPhoneGaveUp(t *testing.T) {
	for name, test := range map[string]struct {
		heard []string // at last
		made  int
	}{"for good": {nil, 2}, "and signs again": {[]string{payloadtest.PreSigned}, 1}} {
		t.Run(name, func(t *testing.T) {
			play(t, func(w *world) {
				w.route(creating, answer(uuid, "pending", "none"))
				w.route(getting, answer(uuid, "opened", "none").with(`"expires_in":300,`, ``))
				w.route(deleting, answer(uuid, "cancelled", "none"))
				c := w.card(w.ordered())
				w.say(0, payloadtest.Welcome, payloadtest.Opened, payloadtest.PreSigned)
				for range 8 {
					w.wait(15 * time.Second)
					w.say(0, payloadtest.Welcome)
				}
				w.say(0, test.heard...)
				w.wait(time.Second)
				w.route(creating, answer(other, "pending", "none"))
				w.route("GET /api/sign-requests/"+other, answer(other, "pending", "none"))
				c.Do(view.Renew)
				w.wait(time.Second)
				if got := w.called(creating); got != test.made {
					t.Errorf("got %d requests made, want %d", got, test.made)
				}
			})
		})
	}
}

// The reason goes when the visitor tries again and it is none any more. A request settles once, whatever follows.
func TestRenewAtTheSecondAttempt(t *testing.T) {
	play(t, func(w *world) {
		w.route(creating, answer(uuid, "rejected", "none"))
		w.route(getting, answer(uuid, "rejected", "none"))
		w.route(deleting, reply{0, ""})
		c := w.card(w.ordered())
		c.reads("Request declined")
		c.click(view.Renew)
		w.until("the card says why not", func() bool { return strings.Contains(c.model.Status, "could not be cancelled") })
		w.route(deleting, answer(uuid, "rejected", "none"))
		w.route(creating, answer(other, "pending", "none"))
		c.click(view.Renew)
		c.reads("Scan with Xaman")
		if got := c.model.Status; got != "" {
			t.Errorf("got status %q beside the new request", got)
		}
		if got := strings.Count(strings.Join(c.told(), "|"), "settled"); got != 1 {
			t.Errorf("got %d settled events for one request that is: %q", got, c.told())
		}
	})
}
