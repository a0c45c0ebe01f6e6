//go:build js && wasm

package browser

import (
	"strings"
	"syscall/js"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/wasm/payload/payloadtest"
)

// card is an attribute of an element's data, as the page reads it.
func (w *world) data(name string) string {
	return w.js.Call("part", "card").Call("getAttribute", "data-"+name).String()
}

const refusal = `{"error":{"code":"platform-unavailable","message":"Not now."}}`

// troubles are what a backend may answer, or somebody in its place, before it answers as it should.
var troubles = map[string]struct {
	status int
	body   string
	code   string
}{
	"down":                     {0, "", "backend-unreachable"},
	"without its platform":     {503, refusal, "platform-unavailable"},
	"refused by its platform":  {502, strings.Replace(refusal, "unavailable", "refused", 1), "platform-refused"},
	"asked too often":          {429, strings.Replace(refusal, "platform-unavailable", "too-many-requests", 1), "too-many-requests"},
	"broken":                   {500, strings.Replace(refusal, "platform-unavailable", "internal", 1), "internal"},
	"behind a proxy's page":    {502, "<h1>Bad Gateway</h1>", "backend-unreachable"},
	"somewhere else":           {404, "<h1>Not Found</h1>", "bad-answer"},
	"a page":                   {200, "<p>Hello", "bad-answer"},
	"speaking of another":      {200, answer(other, "signed", "verified"), "bad-answer"},
	"contradicting itself":     {200, strings.Replace(answer(uuid, "signed", "verified"), `"pass"`, `"fail"`, 1), "bad-answer"},
	"saying that it is twice":  {200, strings.Replace(answer(uuid, "pending", "none"), `"status"`, `"status":"signed","status"`, 1), "bad-answer"},
	"not knowing it for a bit": {404, `{"error":{"code":"not-found","message":"There is none."}}`, ""},
}

// A visitor comes back from the wallet: the request may well be signed, and one bad answer must not deny it.
func TestFirstQuestionIsAskedAgain(t *testing.T) {
	for name, trouble := range troubles {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.route(getting, trouble.status, trouble.body)
			w.card(map[string]any{"uuid": uuid, "backend": base})
			if trouble.code != "" {
				w.reads("line", "We keep trying. If you have signed in Xaman already, do not sign again.")
				if got := w.lastEvent("error"); got.Get("fatal").Bool() || got.Get("code").String() != trouble.code {
					t.Errorf("got error %s, want %s, which is not fatal", stringify(got), trouble.code)
				}
				if got := w.data("phase") + " " + w.data("connection"); got != "waiting offline" {
					t.Errorf("got %s, want waiting offline", got)
				}
				w.button("renew")
				w.scan()
			} else {
				w.until("it was asked", func() bool { return w.called(getting) == 1 })
			}
			w.route(getting, 200, answer(uuid, "signed", "verified"))
			w.reads("title", "Done")
			w.until("it is settled", func() bool { return !w.lastEvent("settled").IsUndefined() })
			for _, e := range w.errors() {
				if !strings.HasSuffix(e, " "+trouble.code+" false") {
					t.Errorf("got error %q", e)
				}
			}
			if got := w.dialed(); got > 1 {
				t.Errorf("got %d sockets, want one at most", got)
			}
		})
	}
}

// Each attempt to make the same request has the same key, and the next request another one.
func TestCreationIsTriedAgain(t *testing.T) {
	keys := func(w *world) (all []string) {
		calls := w.js.Get("calls")
		for i := range calls.Length() {
			if call := calls.Index(i); call.Get("name").String() == creating {
				all = append(all, call.Get("headers").Get("Idempotency-Key").String())
			}
		}
		return all
	}
	for name, trouble := range troubles {
		if trouble.code == "" || strings.Contains(trouble.body, `"uuid"`) {
			continue // what is said of a request that is known
		}
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.route(creating, trouble.status, trouble.body)
			w.card(map[string]any{"demo": "payment", "backend": base})
			w.reads("line", "We keep trying. You do not have to do anything.")
			w.button("renew").Call("click")
			w.until("it is tried again", func() bool { return w.called(creating) >= 2 })
			w.route(getting, 200, answer(uuid, "rejected", "none"))
			w.route(creating, 201, answer(uuid, "rejected", "none"))
			w.reads("title", "Request declined")
			first := keys(w)
			for _, key := range first {
				if key != first[0] || len(key) < 16 || len(key) > 64 {
					t.Fatalf("got keys %q, want one of 16 to 64 characters", first)
				}
			}
			w.route(deleting, 200, answer(uuid, "rejected", "none"))
			w.route(creating, 201, answer(other, "pending", "none"))
			w.button("renew").Call("click")
			w.reads("title", "Scan with Xaman")
			if all := keys(w); len(all) != len(first)+1 || all[len(first)] == first[0] {
				t.Errorf("got keys %q, want another one for the new request", all)
			}
		})
	}
}

// A visitor who does not want to wait need not, nor does one who comes back.
func TestTryAgainNow(t *testing.T) {
	ways := map[string]func(w *world){
		"button": func(w *world) { w.button("renew").Call("click") },
		"online": func(*world) { dispatch(js.Global(), "online", nil) },
		"seen":   func(w *world) { w.js.Call("hide", false) },
	}
	for name, again := range ways {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.route(getting, 0, "")
			w.card(map[string]any{"uuid": uuid, "backend": base})
			for n := 2; n <= 3; n++ { // until the pauses are longer than this test has patience
				w.until("it is asked again", func() bool { return w.called(getting) == n })
			}
			w.button("renew")
			w.route(getting, -1, "")
			again(w)
			w.until("it is asked at once", func() bool { return w.called(getting) == 4 })
			if name == "button" {
				w.reads("title", "Preparing your request")
			}
			// That one is never answered.
			w.route(getting, 200, answer(uuid, "signed", "verified"))
			w.sleep(60 * time.Millisecond)
			dispatch(js.Global(), "online", nil)
			w.reads("title", "Done")
		})
	}
}

// Only what the backend says for certain is the end of it.
func TestFirstQuestionIsNotAskedForEver(t *testing.T) {
	tests := map[string]struct {
		options map[string]any
		status  int
		body    string
		code    string
		phase   string
	}{
		"there is none":      {map[string]any{"uuid": uuid, "backend": base}, 404, `{"error":{"code":"not-found","message":"There is none."}}`, "not-found", "not-found"},
		"no such offer":      {map[string]any{"demo": "lunch", "backend": base}, 400, `{"error":{"code":"unknown-demo","message":"No."}}`, "unknown-demo", "waiting"},
		"uuid is not one":    {map[string]any{"uuid": "../admin", "backend": base}, 200, "", "bad-uuid", "waiting"},
		"nobody knows of it": {map[string]any{"uuid": uuid}, 200, "", "not-found", "not-found"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.route(getting, test.status, test.body)
			w.route(creating, test.status, test.body)
			w.card(test.options)
			w.until("the page is told", func() bool { return len(w.errors()) > 0 })
			if got, want := w.errors()[0], " "+test.code+" true"; got != want {
				t.Errorf("got error %q, want %q", got, want)
			}
			if got := w.lastEvent("error"); got.Get("connection").String() != "closed" || got.Get("phase").String() == "" {
				t.Errorf("got error %s, want it closed and in a phase", stringify(got))
			}
			w.until("the card says so", func() bool { return w.data("connection") == "closed" && w.data("phase") == test.phase })
			calls := len(w.calls())
			w.sleep(time.Minute)
			w.rest()
			if got := len(w.calls()); got != calls {
				t.Errorf("asked %d times more", got-calls)
			}
		})
	}
}

// Wallets lead to the phone's own browser, which knows nothing of a code that was scanned from another screen.
func TestReturnFromARequestOfAnotherBrowser(t *testing.T) {
	for name, backend := range map[string]string{"with a backend": base, "without one": ""} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.card(map[string]any{"uuid": uuid, "backend": backend, "touch": true})
			w.reads("title", "Go back to where you started")
			if got := w.data("phase"); got != "not-found" {
				t.Errorf("got phase %s, want not-found", got)
			}
		})
	}
}

func TestAnswerAboutAnotherRequest(t *testing.T) {
	w := newWorld(t)
	w.live()
	w.route(getting, 200, answer(other, "signed", "verified"))
	w.say(w.js.Get("sockets").Index(0), payloadtest.Opened, payloadtest.Resolved(payloadtest.UUID, true))
	w.until("the page is told", func() bool { return len(w.errors()) > 0 })
	if got, want := w.errors()[0], uuid+" bad-answer false"; got != want {
		t.Errorf("got error %q, want %q", got, want)
	}
	w.reads("title", "Signed")
	if got := w.data("phase"); got != "signed" {
		t.Errorf("got phase %s of a request about which the backend has not said a word", got)
	}
}

// A backend that is not there is found out before anything is signed, and the visitor is told what to do.
func TestBackendIsNotHeard(t *testing.T) {
	for name, trouble := range troubles {
		if trouble.code == "" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.route(getting, trouble.status, trouble.body)
			w.card(map[string]any{"payload": created(uuid), "backend": base})
			s := w.socket(0)
			w.say(s, payloadtest.Welcome, payloadtest.ExpiresIn(300))
			w.reads("title", "Do not sign yet")
			if got := w.lastEvent("error"); got.Get("code").String() != trouble.code || got.Get("fatal").Bool() ||
				trouble.code == "bad-answer" && !strings.Contains(got.Get("message").String(), base+"/sign-requests") {
				t.Errorf("got error %s, want %s that names the URL", stringify(got), trouble.code)
			}
			w.button("recheck")
			w.say(s, payloadtest.Opened, payloadtest.PreSigned, payloadtest.Resolved(payloadtest.UUID, true))
			w.until("it says not to sign again", func() bool { return strings.Contains(w.text("line"), "Do not sign again") })
			if got := w.text("title"); got != "Signed" {
				t.Errorf("got %q, want it signed", got)
			}
			w.button("recheck")
			w.route(getting, 200, answer(uuid, "signed", "checking"))
			w.button("recheck").Call("click")
			w.reads("line", "Confirming. Keep this page open.")
		})
	}
}
