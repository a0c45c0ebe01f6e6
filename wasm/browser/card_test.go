//go:build js && wasm

package browser

import (
	"slices"
	"strings"
	"syscall/js"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/wasm/payload/payloadtest"
	"github.com/xaman-live/xaman-live/wasm/qr"
	"github.com/xaman-live/xaman-live/wasm/view"
)

func TestPreviews(t *testing.T) {
	w := newWorld(t)
	for _, language := range []string{"en", "de"} {
		for _, name := range view.Previews {
			in, err := view.Preview(view.Input{Language: language}, name, time.Now())
			if err != nil {
				t.Fatal(err)
			}
			want := view.Render(in)
			handle := w.card(map[string]any{"preview": name, "language": language})
			w.reads("title", want.Title)
			w.reads("line", want.Line)
			var labels []string
			for _, action := range want.Actions {
				labels = append(labels, action.Label)
			}
			w.reads("action", strings.Join(labels, "|"))
			w.reads("link", want.Link.Label)
			if got := w.path() != ""; got != want.QR {
				t.Errorf("%s: got a code %t, want %t", name, got, want.QR)
			}
			w.scan()
			handle.Call("close")
			w.until("the card is gone", func() bool { return w.js.Get("root").Get("childElementCount").Int() == 0 })
		}
	}
	if got := w.events(); len(got) != 0 {
		t.Errorf("got events %q of cards that are nobody's request", got)
	}
}

func TestJourney(t *testing.T) {
	w := newWorld(t)
	w.route(creating, 201, answer(uuid, "pending", "none"))
	w.route(getting, 200, answer(uuid, "pending", "none"))
	w.card(map[string]any{"demo": "payment", "backend": base})
	w.reads("title", "Scan with Xaman")
	if body := w.js.Get("calls").Index(0).Get("body").String(); body != `{"demo":"payment"}` {
		t.Errorf("got body %s, want the name of the request", body)
	}
	code, err := qr.Encode(link, qr.Medium)
	if err != nil {
		t.Fatal(err)
	}
	if got := w.path(); got != code.Path() {
		t.Errorf("got code %q, want %q", got, code.Path())
	}
	if got := w.js.Call("part", "link").Get("href").String(); got != link {
		t.Errorf("got link %q, want %q", got, link)
	}
	title, line := w.js.Call("part", "title"), w.js.Call("part", "line")
	polite := w.js.Get("root").Call("querySelector", "[role=status]")
	w.js.Call("observe")

	s := w.socket(0)
	if got := s.Get("url").String(); got != sockets {
		t.Errorf("got socket %q, want %q", got, sockets)
	}
	w.say(s, payloadtest.Welcome, payloadtest.ExpiresIn(125))
	w.until("the time left is shown", func() bool { return strings.HasPrefix(w.text("countdown-time"), "4:5") }) // by the backend
	w.say(s, payloadtest.Opened)
	w.reads("title", "Opened on your phone")
	w.say(s, payloadtest.PreSigned)
	w.reads("title", "Waiting for your approval")
	w.say(s, payloadtest.Dispatched)
	w.reads("title", "Sending to the XRP Ledger")
	w.route(getting, 200, answer(uuid, "signed", "checking"))
	w.say(s, payloadtest.Resolved(payloadtest.UUID, true))
	w.reads("title", "Signed")
	if w.text("link") != "" || w.path() != "" || w.text("countdown-time") != "" {
		t.Errorf("got a way into the wallet on a card that was signed: %q", w.js.Get("root").Get("innerText"))
	}
	w.route(getting, 200, answer(uuid, "signed", "verified"))
	w.reads("title", "Done")
	if got := polite.Get("textContent").String(); !strings.HasPrefix(got, "Done.") {
		t.Errorf("got %q spoken, want the result", got)
	}
	w.until("the socket is closed", func() bool { return s.Get("readyState").Int() == 3 })
	if got := s.Get("code").Int(); got != 1000 {
		t.Errorf("got close code %d, want 1000", got)
	}
	w.until("the page knows", func() bool { return w.lastEvent("change").Get("connection").String() == "closed" })

	want := []string{
		"change waiting connecting", "change waiting connecting", // with the request
		"change waiting live", "change opened live", "change signing live", "change submitting live",
		"change signed live", "change verified live", "settled verified live", "change verified closed",
	}
	if got := w.events(); !slices.Equal(got, want) {
		t.Errorf("got  events %q\nwant %q", got, want)
	}
	if got := w.lastEvent("settled"); got.Get("account").String() != account || got.Get("txid").String() != txid || got.Get("uuid").String() != uuid {
		t.Errorf("got settled %s", js.Global().Get("JSON").Call("stringify", got))
	}
	for i := range w.js.Get("events").Length() {
		values := js.Global().Get("Object").Call("values", w.js.Get("events").Index(i))
		for j := range values.Length() {
			if kind := values.Index(j).Type(); kind != js.TypeString {
				t.Errorf("event %d has a %v, want strings only", i, kind)
			}
		}
	}
	if got := w.js.Call("removed").Int(); got != 0 {
		t.Errorf("got %d elements replaced, want them patched", got)
	}
	if !title.Equal(w.js.Call("part", "title")) || !line.Equal(w.js.Call("part", "line")) {
		t.Error("title or line is another node than at the start")
	}
	w.scan()
}

// Anybody who knows the identifier might say anything on the socket, or in its place.
func TestForgedSignature(t *testing.T) {
	w := newWorld(t)
	w.route(getting, 200, answer(uuid, "pending", "none"))
	w.card(map[string]any{"uuid": uuid, "backend": base})
	s := w.socket(0)
	w.say(s, payloadtest.Welcome, payloadtest.Resolved(payloadtest.UUID, true),
		`{"verified":true}`, `{"status":"signed","verdict":"verified","uuid":"`+uuid+`"}`)
	w.reads("title", "Signed")
	w.until("the backend was asked again and again", func() bool { return w.called(getting) >= 4 })
	if got := w.text("title"); got != "Signed" {
		t.Errorf("got %q, want it not confirmed", got)
	}
	for _, e := range w.events() {
		if strings.Contains(e, "verified") || strings.HasPrefix(e, "settled") {
			t.Errorf("got event %q", e)
		}
	}
}

func TestAnotherRequestsResolutionCountsForNothing(t *testing.T) {
	w := newWorld(t)
	w.card(map[string]any{"payload": created(uuid)})
	s := w.socket(0)
	w.say(s, payloadtest.Welcome, payloadtest.Resolved(other, true), payloadtest.Opened)
	w.reads("title", "Opened on your phone")
}

func TestWithoutBackend(t *testing.T) {
	w := newWorld(t)
	w.card(map[string]any{"payload": created(uuid)})
	s := w.socket(0)
	w.say(s, payloadtest.Welcome, payloadtest.Opened, payloadtest.Resolved(payloadtest.UUID, true))
	w.reads("title", "Signed, says Xaman")
	if got := w.text("notice"); !strings.HasPrefix(got, "Not verified") {
		t.Errorf("got notice %q", got)
	}
	w.until("it is settled", func() bool { return !w.lastEvent("settled").IsUndefined() })
	if e := w.lastEvent("settled"); e.Get("phase").String() != "signed" || e.Get("account").String() != "" || e.Get("txid").String() != "" {
		t.Errorf("got settled %s, want nothing that nobody verified", js.Global().Get("JSON").Call("stringify", e))
	}
	if got := w.calls(); len(got) != 0 {
		t.Errorf("got calls %q, want none", got)
	}
}

func TestReconnect(t *testing.T) {
	w := newWorld(t)
	w.route(getting, 200, answer(uuid, "pending", "none"))
	w.card(map[string]any{"uuid": uuid, "backend": base})
	w.say(w.socket(0), payloadtest.Welcome)
	w.reads("connection", "")
	w.route(getting, 200, answer(uuid, "opened", "none"))
	w.js.Get("sockets").Index(0).Call("drop")
	w.say(w.socket(1), payloadtest.Welcome)
	w.reads("title", "Opened on your phone")
	if got := w.events(); !slices.Contains(got, "change waiting reconnecting") {
		t.Errorf("got events %q, want one of the lost connection", got)
	}
}

func TestFailures(t *testing.T) {
	fault := func(uuid, link, socket string) string {
		return `{"uuid":"` + uuid + `","next":{"always":"` + link + `"},"refs":{"websocket_status":"` + socket + `"}}`
	}
	tests := map[string]struct {
		options map[string]any
		status  int
		body    string
		code    string
		phase   string
		title   string
	}{
		"payload is not JSON":        {map[string]any{"payload": `{"uuid":`}, 0, "", "bad-payload", "waiting", "This request cannot be shown"},
		"payload is something else":  {map[string]any{"payload": `[1]`}, 0, "", "bad-payload", "waiting", "This request cannot be shown"},
		"link is a script":           {map[string]any{"payload": fault(uuid, "javascript:alert(1)", sockets)}, 0, "", "unsafe-link", "waiting", "This request is not safe to open"},
		"link is data":               {map[string]any{"payload": fault(uuid, "data:text/html,x", sockets)}, 0, "", "unsafe-link", "waiting", "This request is not safe to open"},
		"socket is not encrypted":    {map[string]any{"payload": fault(uuid, link, "ws://xumm.app/sign/"+uuid)}, 0, "", "insecure-socket", "waiting", "This request is not safe to open"},
		"uuid in payload is not one": {map[string]any{"payload": fault("../admin", link, sockets)}, 0, "", "bad-uuid", "waiting", "This request cannot be shown"},
		"uuid is not one":            {map[string]any{"uuid": "../admin", "backend": base}, 0, "", "bad-uuid", "waiting", "This request cannot be shown"},
		"nothing to show":            {map[string]any{"demo": "payment"}, 0, "", "bad-payload", "waiting", "This request cannot be shown"},
		"no options at all":          {map[string]any{}, 0, "", "bad-payload", "waiting", "This request cannot be shown"},
		"link too long for a code":   {map[string]any{"payload": fault(uuid, link+"/"+strings.Repeat("x", 8000), sockets)}, 0, "", "internal", "waiting", "Something went wrong on this page"},
		"backend is down":            {map[string]any{"demo": "payment", "backend": base}, 0, "", "backend-unreachable", "waiting", "The site does not answer"},
		"backend talks HTML":         {map[string]any{"demo": "payment", "backend": base}, 200, "<p>Hello", "bad-answer", "waiting", "The site does not answer"},
		"backend has no payload":     {map[string]any{"demo": "payment", "backend": base}, 201, `{"uuid":"` + uuid + `","status":"pending","verdict":"none"}`, "bad-payload", "waiting", "This request cannot be shown"},
		"backend is busy":            {map[string]any{"demo": "payment", "backend": base}, 429, `{"error":{"code":"too-many-requests","message":"Slow down."}}`, "too-many-requests", "waiting", "Xaman is busy"},
		"backend fails":              {map[string]any{"demo": "payment", "backend": base}, 500, "oops", "bad-answer", "waiting", "The site does not answer"},
		"backend knows no such":      {map[string]any{"uuid": uuid, "backend": base}, 404, `{"error":{"code":"not-found","message":"There is none."}}`, "not-found", "not-found", "Request not found"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.route(creating, test.status, test.body)
			w.route(getting, test.status, test.body)
			w.card(test.options)
			w.reads("title", test.title)
			if w.text("line") == "" {
				t.Error("the card does not say what to do")
			}
			w.until("the page is told", func() bool { return !w.lastEvent("error").IsUndefined() })
			e := w.lastEvent("error")
			if got := e.Get("code").String(); got != test.code {
				t.Errorf("got code %q, want %q", got, test.code)
			}
			if e.Get("message").String() == "" {
				t.Error("got no message for the developer")
			}
			if got := w.js.Call("part", "card").Call("getAttribute", "data-phase").String(); got != test.phase {
				t.Errorf("got phase %q, want %q", got, test.phase)
			}
			if w.js.Get("sockets").Length() != 0 || w.path() != "" || w.text("link") != "" {
				t.Error("got a socket, a code or a link of a request that cannot be shown")
			}
			w.scan()
		})
	}
}

// The request may well have been signed: that is why a page comes back to it.
func TestUnreachableBackendDoesNotDenyASignature(t *testing.T) {
	for name, status := range map[string]int{"down": 0, "busy": 429, "without a platform": 503} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.route(getting, status, `{"error":{"code":"too-many-requests","message":"Slow down."}}`)
			w.card(map[string]any{"uuid": uuid, "backend": base})
			w.until("the page is told", func() bool { return !w.lastEvent("error").IsUndefined() })
			if got := w.text("line"); strings.Contains(got, "Nothing was signed") {
				t.Errorf("got %q of a request that nobody was asked about", got)
			}
		})
	}
}

func TestRetryAfterFailure(t *testing.T) {
	w := newWorld(t)
	w.route(creating, 0, "")
	w.card(map[string]any{"demo": "payment", "backend": base})
	again := w.button("renew")
	w.route(creating, 201, answer(uuid, "pending", "none"))
	w.route(getting, 200, answer(uuid, "pending", "none"))
	again.Call("click")
	w.reads("title", "Scan with Xaman")
}

func TestCopy(t *testing.T) {
	w := newWorld(t)
	w.card(map[string]any{"payload": created(uuid)})
	w.say(w.socket(0), payloadtest.Welcome, payloadtest.ExpiresIn(300))
	button := w.button("copy")
	button.Call("click")
	w.until("the button says so", func() bool { return button.Get("textContent").String() == "Copied" })
	if got := w.js.Get("copied").Call("join", "|").String(); got != link {
		t.Errorf("got %q copied, want %q", got, link)
	}
	w.until("the button is itself again", func() bool { return button.Get("textContent").String() == "Copy link" })
	if w.text("field") != "" || w.js.Call("shown", "input").Length() != 0 {
		t.Error("got a field to copy from, want none")
	}
}

func TestCopyWithoutClipboard(t *testing.T) {
	clipboards := map[string]func(w *world){
		"there is none": func(*world) {
			js.Global().Get("Object").Call("defineProperty", js.Global().Get("navigator"), "clipboard",
				map[string]any{"configurable": true, "value": js.Undefined()})
		},
		"it is forbidden": func(*world) {
			js.Global().Get("navigator").Get("clipboard").Set("writeText",
				js.Global().Get("Function").New("return Promise.reject(new DOMException('no', 'NotAllowedError'))"))
		},
	}
	for name, forbid := range clipboards {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			forbid(w)
			w.card(map[string]any{"payload": created(uuid)})
			s := w.socket(0)
			w.say(s, payloadtest.Welcome)
			w.button("copy").Call("click")
			w.until("there is a field", func() bool { return w.js.Call("shown", "input").Length() == 1 })
			field := w.js.Call("shown", "input").Index(0)
			if got := field.Get("value").String(); got != link {
				t.Errorf("got %q in the field, want %q", got, link)
			}
			if !js.Global().Get("document").Get("activeElement").Equal(field) || field.Get("selectionEnd").Int() != len(link) {
				t.Error("the field is not ready to be copied from")
			}
			w.say(s, payloadtest.Opened, payloadtest.Resolved(payloadtest.UUID, true))
			w.reads("title", "Signed, says Xaman")
			if w.js.Call("shown", "input").Length() != 0 {
				t.Error("got the link in its field on a card that was signed")
			}
		})
	}
}

func TestReveal(t *testing.T) {
	w := newWorld(t)
	w.card(map[string]any{"payload": created(uuid), "touch": true})
	w.reads("title", "Continue in Xaman")
	if w.path() != "" {
		t.Error("got a code on a phone that did not ask for it")
	}
	w.button("reveal").Call("click")
	w.until("there is a code", func() bool { return w.path() != "" })
}

func TestCancel(t *testing.T) {
	w := newWorld(t)
	w.route(creating, 201, answer(uuid, "pending", "none"))
	w.route(getting, 200, answer(uuid, "pending", "none"))
	w.route(deleting, 200, answer(uuid, "cancelled", "none"))
	w.card(map[string]any{"demo": "payment", "backend": base})
	w.say(w.socket(0), payloadtest.Welcome)
	button := w.button("cancel")
	w.route(getting, 200, answer(uuid, "cancelled", "none"))
	button.Call("click")
	button.Call("click")
	w.reads("title", "Request cancelled")
	w.until("it is settled", func() bool { return !w.lastEvent("settled").IsUndefined() })
	if got := w.called(deleting); got != 1 {
		t.Errorf("a double click cancelled %d times, want once", got)
	}
	if got := w.lastEvent("settled").Get("phase").String(); got != "cancelled" {
		t.Errorf("got settled %q, want cancelled", got)
	}
}

func TestRenew(t *testing.T) {
	w := newWorld(t)
	w.route(creating, 201, answer(uuid, "pending", "none"))
	w.route(getting, 200, answer(uuid, "rejected", "none"))
	w.card(map[string]any{"demo": "payment", "backend": base})
	s := w.socket(0)
	w.say(s, payloadtest.Welcome, payloadtest.Resolved(payloadtest.UUID, false))
	w.reads("title", "Request declined")
	w.until("it is settled", func() bool { return !w.lastEvent("settled").IsUndefined() })
	button := w.button("renew")
	w.route(deleting, 200, answer(uuid, "rejected", "none"))
	w.route(creating, 201, answer(other, "pending", "none"))
	w.route("GET /api/sign-requests/"+other, 200, answer(other, "pending", "none"))
	button.Call("click")
	button.Call("click")
	w.reads("title", "Scan with Xaman")
	w.say(w.socket(1), payloadtest.Welcome, payloadtest.ExpiresIn(300))
	w.until("the time left is shown", func() bool { return w.text("countdown-time") != "" })
	if got := w.called(creating); got != 2 {
		t.Errorf("got %d requests made, want the first and one more", got)
	}
	if got := w.js.Call("part", "link").Get("href").String(); !strings.HasSuffix(got, other) {
		t.Errorf("got link %q, want that of the new request", got)
	}
	if got := s.Get("code").Int(); got != 1000 {
		t.Errorf("got close code %d of the old socket, want 1000", got)
	}
	settled := 0
	for _, e := range w.events() {
		if strings.HasPrefix(e, "settled") {
			settled++
		}
	}
	if settled != 1 {
		t.Errorf("got %d settled events for one request that is, want 1: %q", settled, w.events())
	}
}

// A request that turns out to be signed is not replaced.
func TestRenewOfASignedRequest(t *testing.T) {
	w := newWorld(t)
	w.route(creating, 201, answer(uuid, "opened", "none"))
	w.route(getting, 200, late(answer(uuid, "opened", "none")))
	w.card(map[string]any{"demo": "payment", "backend": base})
	w.say(w.socket(0), payloadtest.Welcome, payloadtest.Opened, payloadtest.ExpiresIn(0))
	w.reads("title", "Code expired")
	w.route(deleting, 200, strings.Replace(answer(uuid, "signed", "verified"), `"reason":"OK"`, `"reason":"ALREADY_RESOLVED"`, 1))
	w.route(getting, 200, answer(uuid, "signed", "verified"))
	w.button("renew").Call("click")
	w.reads("title", "Done")
	if got := w.called(creating); got != 1 {
		t.Errorf("got %d requests made, want 1", got)
	}
}

// Neither a backend nor a clipboard that takes its time may hold up what the socket says.
func TestCardGoesOnWhileAnActionTakesItsTime(t *testing.T) {
	tests := map[string]func(w *world){
		"cancel": func(w *world) { w.route(deleting, -1, "") },
		"copy": func(*world) {
			js.Global().Get("navigator").Get("clipboard").Set("writeText", js.Global().Get("Function").New("return new Promise(() => {})"))
		},
	}
	for action, stall := range tests {
		t.Run(action, func(t *testing.T) {
			w := newWorld(t)
			stall(w)
			w.route(creating, 201, answer(uuid, "pending", "none"))
			w.route(getting, 200, answer(uuid, "pending", "none"))
			w.card(map[string]any{"demo": "payment", "backend": base})
			s := w.socket(0)
			w.say(s, payloadtest.Welcome)
			w.button(action).Call("click")
			w.say(s, payloadtest.Opened)
			w.reads("title", "Opened on your phone")
		})
	}
}

func TestRecheck(t *testing.T) {
	w := newWorld(t)
	w.route(creating, 201, answer(uuid, "pending", "none"))
	w.route(getting, 200, answer(uuid, "signed", "checking"))
	w.card(map[string]any{"demo": "payment", "backend": base})
	w.say(w.socket(0), payloadtest.Welcome)
	w.reads("title", "Signed")
	w.route(getting, 200, answer(uuid, "signed", "unverified"))
	w.button("recheck").Call("click")
	w.reads("title", "We could not confirm this")
	w.until("it is settled", func() bool { return !w.lastEvent("settled").IsUndefined() })
	if e := w.lastEvent("settled"); e.Get("phase").String() != "unverified" || e.Get("account").String() != "" || e.Get("txid").String() != "" {
		t.Errorf("got settled %s, want nothing that was refused", js.Global().Get("JSON").Call("stringify", e))
	}
	alert := w.js.Get("root").Call("querySelector", "[role=alert]").Get("textContent").String()
	if !strings.HasPrefix(alert, "We could not confirm this") {
		t.Errorf("got %q in the alert, want the result", alert)
	}
}

// A page in the background hears nothing: phones freeze it while the visitor is in the wallet.
func TestAsksWhenThePageIsBack(t *testing.T) {
	tests := map[string]js.Value{
		"visibilitychange": js.Global().Get("document"),
		"online":           js.Global(),
	}
	for event, target := range tests {
		t.Run(event, func(t *testing.T) {
			w := newWorld(t)
			w.route(getting, 200, answer(uuid, "pending", "none"))
			w.card(map[string]any{"uuid": uuid, "backend": base})
			w.say(w.socket(0), payloadtest.Welcome)
			w.until("it is live", func() bool { return w.lastEvent("change").Get("connection").String() == "live" })
			w.rest()
			w.route(getting, 200, answer(uuid, "rejected", "none"))
			target.Call("dispatchEvent", js.Global().Get("Event").New(event))
			w.reads("title", "Request declined")
		})
	}
}

// A backend that answers before the socket is open is no reason to speak of lost updates.
func TestConnectsQuietly(t *testing.T) {
	w := newWorld(t)
	w.route(creating, 201, answer(uuid, "pending", "none"))
	w.route(getting, 200, answer(uuid, "pending", "none"))
	w.card(map[string]any{"demo": "payment", "backend": base})
	w.reads("title", "Scan with Xaman")
	w.rest()
	if got, want := w.events(), []string{"change waiting connecting", "change waiting connecting"}; !slices.Equal(got, want) || w.text("connection") != "" {
		t.Errorf("got events %q and status %q, want events %q and none", got, w.text("connection"), want)
	}
}

// What one tab learns is news to the other, and each asks for itself.
func TestTwoCardsOfOneRequest(t *testing.T) {
	w := newWorld(t)
	w.route(getting, 200, answer(uuid, "pending", "none"))
	for n := range 2 {
		w.card(map[string]any{"uuid": uuid, "backend": base})
		w.say(w.socket(n), payloadtest.Welcome)
	}
	w.rest()
	before := w.called(getting)
	channel := js.Global().Get("BroadcastChannel").New("xaman-live")
	for _, nonsense := range []any{other, "", 1, nil, map[string]any{"uuid": uuid}} {
		channel.Call("postMessage", nonsense)
	}
	channel.Call("close")
	w.rest()
	if got := w.called(getting); got != before {
		t.Errorf("asked %d times because of nonsense, want none", got-before)
	}
	w.route(getting, 200, answer(uuid, "opened", "none"))
	w.say(w.js.Get("sockets").Index(0), payloadtest.Opened)
	w.reads("title", "Opened on your phone|Opened on your phone")
	w.rest()
	if got := w.called(getting); got > before+2 {
		t.Errorf("asked %d times because of one event, want at most once for each card", got-before)
	}
}

func TestFrameThatIsTooBig(t *testing.T) {
	w := newWorld(t)
	w.card(map[string]any{"payload": created(uuid)})
	s := w.socket(0)
	w.say(s, payloadtest.Welcome, `{"opened":"`+strings.Repeat("x", 70_000)+`"}`)
	w.until("the page is told", func() bool { return !w.lastEvent("error").IsUndefined() })
	if got := w.lastEvent("error").Get("code").String(); got != "frame-too-big" {
		t.Errorf("got code %q, want frame-too-big", got)
	}
	w.say(w.socket(1), payloadtest.Welcome, payloadtest.Opened)
	w.reads("title", "Opened on your phone")
}

func TestFramesThatMeanNothing(t *testing.T) {
	w := newWorld(t)
	w.card(map[string]any{"payload": created(uuid)})
	w.say(w.socket(0), payloadtest.Welcome, "", "null", "[]", "Bad Gateway", "{", `{"opened":"yes"}`, `{"expires_in_seconds":"soon"}`,
		"\u0000", strings.Repeat("[", 10_000), payloadtest.Echo, payloadtest.DevAppFetched)
	w.until("it is live", func() bool { return w.lastEvent("change").Get("connection").String() == "live" })
	if got, want := w.events(), []string{"change waiting connecting", "change waiting connecting", "change waiting live"}; !slices.Equal(got, want) {
		t.Errorf("got events %q, want %q", got, want)
	}
}
