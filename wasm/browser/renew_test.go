//go:build js && wasm

package browser

import (
	"strings"
	"testing"

	"github.com/xaman-live/xaman-live/wasm/payload/payloadtest"
)

// A new request is made only when the backend says that nobody can sign the old one any more. Otherwise somebody pays
// twice.
func TestRenewOnlyWhenTheOldOneIsOver(t *testing.T) {
	const open, unsure = "still open on your phone", "could not be ended"
	tests := map[string]struct {
		status int
		body   string
		why    string // ""; the new one is made
	}{
		"cancelled":              {200, answer(uuid, "cancelled", "none"), ""},
		"expired":                {200, answer(uuid, "expired", "none"), ""},
		"declined":               {200, answer(uuid, "rejected", "none"), ""},
		"open on a phone":        {200, answer(uuid, "opened", "none"), open},
		"as if nothing happened": {200, answer(uuid, "pending", "none"), unsure},
		"signed":                 {200, answer(uuid, "signed", "checking"), "signed already"},
		"signed and verified":    {200, answer(uuid, "signed", "verified"), "signed already"},
		"signed and refused":     {200, answer(uuid, "signed", "unverified"), "signed already"},
		"another one cancelled":  {200, answer(other, "cancelled", "none"), unsure},
		"backend is down":        {0, "", unsure},
		"platform is down":       {503, refusal, unsure},
		"not known":              {404, `{"error":{"code":"not-found","message":"There is none."}}`, unsure},
		"a page":                 {200, "<p>Hello", unsure},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.route(creating, 201, answer(uuid, "opened", "none"))
			w.route(getting, 200, answer(uuid, "opened", "none"))
			w.route(deleting, test.status, test.body)
			w.card(map[string]any{"demo": "payment", "backend": base})
			w.say(w.socket(0), payloadtest.Welcome, payloadtest.Opened)
			w.route(getting, 200, strings.Replace(answer(uuid, "opened", "none"), `"expires_in":300`, `"expires_in":-1`, 1))
			w.say(w.js.Get("sockets").Index(0), payloadtest.ExpiresIn(0))
			w.reads("title", "Code expired")
			button := w.button("renew")
			w.route(creating, 201, answer(other, "pending", "none"))
			button.Call("click")
			button.Call("click")
			if test.why == "" {
				w.reads("title", "Scan with Xaman")
			} else {
				w.until("the card says why not", func() bool { return strings.Contains(w.text("connection"), test.why) })
				w.rest()
			}
			made := map[bool]int{true: 2, false: 1}[test.why == ""]
			if got := w.called(creating); got != made {
				t.Errorf("got %d requests made, want %d", got, made)
			}
			if got := w.called(deleting); got != 1 {
				t.Errorf("got %d requests cancelled, want 1", got)
			}
		})
	}
}

// What cannot be paid twice can be tried again: nobody can sign the old one once it is signed.
func TestRenewOfASignInThatWasRefused(t *testing.T) {
	signIn := func(s string) string { return strings.Replace(s, `"type":"Payment"`, `"type":"SignIn"`, 1) }
	w := newWorld(t)
	w.route(creating, 201, signIn(answer(uuid, "signed", "unverified")))
	w.route(getting, 200, signIn(answer(uuid, "signed", "unverified")))
	w.route(deleting, 200, signIn(answer(uuid, "signed", "unverified")))
	w.card(map[string]any{"demo": "sign-in", "backend": base})
	w.reads("title", "We could not confirm this")
	w.route(creating, 201, signIn(answer(other, "pending", "none")))
	w.button("renew").Call("click")
	w.reads("title", "Scan with Xaman")
}

// The reason goes when the visitor tries again and it is none any more.
func TestRenewAtTheSecondAttempt(t *testing.T) {
	w := newWorld(t)
	w.route(creating, 201, answer(uuid, "rejected", "none"))
	w.route(getting, 200, answer(uuid, "rejected", "none"))
	w.route(deleting, 0, "")
	w.card(map[string]any{"demo": "payment", "backend": base})
	w.reads("title", "Request declined")
	w.button("renew").Call("click")
	w.until("the card says why not", func() bool { return strings.Contains(w.text("connection"), "could not be ended") })
	w.route(deleting, 200, answer(uuid, "rejected", "none"))
	w.route(creating, 201, answer(other, "pending", "none"))
	w.button("renew").Call("click")
	w.reads("title", "Scan with Xaman")
	if got := w.text("connection"); got != "" {
		t.Errorf("got %q beside the new request", got)
	}
}
