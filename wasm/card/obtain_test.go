package card

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/wasm/payload/payloadtest"
	"github.com/xaman-live/xaman-live/wasm/view"
)

// refused is what a backend says when it cannot do what it is asked for.
func refused(status int, code string) reply {
	return reply{status, `{"error":{"code":"` + code + `","message":"Not now."}}`}
}

// failures are what a backend may answer, or somebody in its place, before it answers as it should.
var failures = map[string]struct {
	reply
	code  string
	known bool // is said of a request that is known
}{
	"down":                    {reply{0, ""}, "backend-unreachable", false},
	"without its platform":    {refused(503, "platform-unavailable"), "platform-unavailable", false},
	"refused by its platform": {refused(502, "platform-refused"), "platform-refused", false},
	"asked too often":         {refused(429, "too-many-requests"), "too-many-requests", false},
	"broken":                  {refused(500, "internal"), "internal", false},
	"behind a proxy's page":   {reply{502, "<h1>Bad Gateway</h1>"}, "backend-unreachable", false},
	"somewhere else":          {reply{404, "<h1>Not Found</h1>"}, "bad-answer", false},
	"a page":                  {reply{200, "<p>Hello"}, "bad-answer", false},
	"speaking of another":     {answer(other, "signed", "verified"), "bad-answer", true},
	"contradicting itself":    {answer(uuid, "signed", "verified").with(`"pass"`, `"fail"`), "bad-answer", true},
}

// A visitor comes back from the wallet: the request may well be signed, and one bad answer must not deny it.
func TestFirstQuestionIsAskedAgain(t *testing.T) {
	for name, failure := range failures {
		t.Run(name, func(t *testing.T) {
			play(t, func(w *world) {
				w.route(getting, failure.reply)
				c := w.card(w.known())
				if want := "We keep trying. If you have signed in Xaman already, do not sign again."; c.model.Line != want {
					t.Errorf("got line %q, want %q", c.model.Line, want)
				}
				w.wait(10 * time.Minute)
				if c.model.Phase != "waiting" || c.model.Connection != "offline" || !c.offers(view.Renew) {
					t.Errorf("got %s %s and actions %v, want it to go on trying", c.model.Phase, c.model.Connection, c.model.Actions)
				}
				w.route(getting, answer(uuid, "signed", "verified"))
				c.reads("Done")
				for _, e := range c.told() {
					if strings.HasPrefix(e, "error") && !strings.HasSuffix(e, " "+failure.code+" false") {
						t.Errorf("got %q", e)
					}
				}
				if c.last("error") == nil || c.last("settled") == nil {
					t.Errorf("got events %q, want errors and then the outcome", c.told())
				}
			})
		})
	}
}

// Each attempt to make the same request has the same key, and the next request another one.
func TestCreationIsTriedAgain(t *testing.T) {
	for name, failure := range failures {
		if failure.known {
			continue
		}
		t.Run(name, func(t *testing.T) {
			play(t, func(w *world) {
				w.route(creating, failure.reply)
				c := w.card(w.ordered())
				if want := "We keep trying. You do not have to do anything."; c.model.Line != want {
					t.Errorf("got line %q, want %q", c.model.Line, want)
				}
				c.click(view.Renew)
				w.wait(time.Minute)
				w.route(getting, answer(uuid, "rejected", "none"))
				w.route(creating, answer(uuid, "rejected", "none"))
				c.reads("Request declined")
				first := w.keys()
				for _, key := range first {
					if key != first[0] || len(key) != 32 || len(first) < 3 {
						t.Fatalf("got keys %q, want one of 32 characters at each of several attempts", first)
					}
				}
				w.route(deleting, answer(uuid, "rejected", "none"))
				w.route(creating, answer(other, "pending", "none"))
				c.click(view.Renew)
				c.reads("Scan with Xaman")
				if all := w.keys(); len(all) != len(first)+1 || all[len(first)] == first[0] {
					t.Errorf("got keys %q, want another one for the new request", all)
				}
			})
		})
	}
}

// While nobody looks, no backend is asked again and again to make a request.
func TestNothingIsMadeWhileHidden(t *testing.T) {
	play(t, func(w *world) {
		w.route(creating, failures["refused by its platform"].reply)
		c := w.card(w.ordered())
		w.until("it was refused twice", func() bool { return w.called(creating) == 2 })
		c.Visible(false)
		w.wait(time.Hour)
		if got := w.called(creating); got != 2 {
			t.Errorf("asked %d times, want 2", got)
		}
		w.route(creating, answer(uuid, "pending", "none"))
		w.route(getting, answer(uuid, "pending", "none"))
		c.Visible(true)
		w.settle()
		if c.model.Title != "Scan with Xaman" {
			t.Errorf("got %q when somebody looks again", c.model.Title)
		}
	})
}

// A visitor who does not want to wait need not, nor does one who comes back.
func TestTryAgainNow(t *testing.T) {
	for name, again := range map[string]func(c *shownCard){
		"button": func(c *shownCard) { c.click(view.Renew) },
		"online": func(c *shownCard) { c.Refresh() },
		"seen":   func(c *shownCard) { c.Visible(true) },
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(w *world) {
				w.route(getting, reply{0, ""})
				c := w.card(w.known())
				w.until("the pauses are long", func() bool { return w.called(getting) == 4 })
				w.wait(time.Second)
				w.route(getting, reply{-1, ""})
				again(c)
				w.settle()
				if got := w.called(getting); got != 5 {
					t.Errorf("asked %d times, want once more", got)
				}
				if name == "button" && c.model.Title != "Preparing your request" {
					t.Errorf("got %q, want that it is being tried", c.model.Title)
				}
			})
		})
	}
}

// Only what is certain is the end of it.
func TestFailures(t *testing.T) {
	made := func(uuid, link, socket string) Options {
		const text = `{"uuid":%q,"next":{"always":%q},"refs":{"websocket_status":%q}}`
		return Options{Payload: fmt.Sprintf(text, uuid, link, socket)}
	}
	pending := answer(uuid, "pending", "none")
	ordered, known, lost := Options{Demo: "payment"}, Options{UUID: uuid}, Options{UUID: uuid, Touch: true}
	tests := map[string]struct {
		request Options
		reply   reply // of the backend; zero: there is none
		code    string
		title   string
	}{
		"payload is not JSON":     {Options{Payload: `{"uuid":`}, reply{}, "bad-payload", cannot},
		"link is a script":        {made(uuid, "javascript:alert(1)", sockets), reply{}, "unsafe-link", unsafe},
		"socket is not encrypted": {made(uuid, link, "ws://xumm.app/sign/"+uuid), reply{}, "insecure-socket", unsafe},
		"uuid of payload is none": {made("../admin", link, sockets), reply{}, "bad-uuid", cannot},
		"link too long for a code": {
			made(uuid, link+"/"+strings.Repeat("x", 8000), sockets), reply{}, "internal", "Something went wrong on this page",
		},
		"uuid is none":          {Options{UUID: "../admin"}, none, "bad-uuid", cannot},
		"no backend":            {ordered, reply{}, "bad-payload", cannot},
		"nothing to show":       {Options{}, reply{}, "bad-payload", cannot},
		"no such offer":         {ordered, refused(400, "unknown-demo"), "unknown-demo", cannot},
		"no payload":            {ordered, pending.with(created(uuid), "null"), "bad-payload", cannot},
		"payload of another":    {known, pending.with(created(uuid), created(other)), "bad-payload", cannot},
		"backend knows no such": {known, none, "not-found", "Request not found"},
		"nobody knows of it":    {known, reply{}, "not-found", "Request not found"},

		// Wallets lead to the phone's own browser, which knows nothing of a code that was scanned from another screen.
		"asked in another browser":               {lost, none, "not-found", elsewhere},
		"in another browser and without backend": {lost, reply{}, "not-found", elsewhere},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			play(t, func(w *world) {
				o := test.request
				if test.reply != (reply{}) {
					o.Backend = w.backend()
				}
				w.route(creating, test.reply)
				w.route(getting, test.reply)
				c := w.card(o)
				c.reads(test.title)
				phase := "waiting"
				if test.code == "not-found" {
					phase = test.code
				}
				e := c.last("error")
				if e["code"] != test.code || e["fatal"] != true || e["connection"] != "closed" || e["message"] == "" {
					t.Errorf("got error %v, want code %s, and that it is fatal", e, test.code)
				}
				if c.model.Line == "" || string(c.model.Phase) != phase || c.model.Connection != "closed" {
					t.Errorf("got %s %s and line %q, want phase %s", c.model.Phase, c.model.Connection, c.model.Line, phase)
				}
				calls := len(w.calls)
				w.wait(10 * time.Minute)
				if len(w.calls) != calls || len(w.sockets) > 0 || c.link != "" || c.model.Stage == view.StageCode {
					t.Errorf("got %d more calls, %d sockets and link %q, want none", len(w.calls)-calls, len(w.sockets), c.link)
				}
			})
		})
	}
}

const (
	cannot    = "This request cannot be shown"
	unsafe    = "This request is not safe to open"
	elsewhere = "Go back to where you started"
)

// A backend that is not there is found out before anything is signed, and the visitor is told what to do.
func TestBackendIsNotHeard(t *testing.T) {
	play(t, func(w *world) {
		w.route(getting, failures["speaking of another"].reply)
		o := w.known()
		o.Payload = created(uuid)
		c := w.card(o)
		w.say(0, payloadtest.Welcome, payloadtest.ExpiresIn(300))
		c.reads("Do not sign yet")
		e := c.last("error")
		if e["code"] != "bad-answer" || e["fatal"] != false || !strings.Contains(e["message"].(string), "/api/sign-") {
			t.Errorf("got error %v, want one that names the URL", e)
		}
		w.say(0, payloadtest.Opened, payloadtest.Resolved(payloadtest.UUID, true))
		w.route(getting, answer(uuid, "signed", "checking"))
		c.click(view.Recheck)
		w.wait(time.Second)
		if want := "Confirming. Keep this page open."; c.model.Line != want {
			t.Errorf("got line %q, want %q", c.model.Line, want)
		}
	})
}
