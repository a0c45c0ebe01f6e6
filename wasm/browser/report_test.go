//go:build js && wasm

package browser

import (
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"syscall/js"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/wasm/payload"
	"github.com/xaman-live/xaman-live/wasm/payload/payloadtest"
)

func stringify(v js.Value) string { return js.Global().Get("JSON").Call("stringify", v).String() }

// wantNoUUID fails if a report has more of a request than people compare.
func wantNoUUID(t *testing.T, report js.Value, uuids ...string) {
	t.Helper()
	for _, uuid := range uuids {
		if text := stringify(report); strings.Contains(strings.ToLower(text), uuid) {
			t.Errorf("got the whole of %s in the report: %s", uuid, text)
		}
	}
}

func TestDebugReport(t *testing.T) {
	w := newWorld(t)
	w.route(getting, 200, answer(uuid, "pending", "none"))
	handle := w.card(map[string]any{"uuid": uuid, "backend": base, "language": "de"})
	w.say(w.socket(0), payloadtest.Welcome, payloadtest.Opened)
	w.until("it is live", func() bool { return w.lastEvent("change").Get("connection").String() == "live" })
	w.rest()
	w.js.Get("sockets").Index(0).Call("drop")
	w.say(w.socket(1), payloadtest.Welcome)
	w.until("it is live again", func() bool { return w.lastEvent("change").Get("connection").String() == "live" })
	w.rest()

	report := handle.Call("report")
	want := map[string]string{
		"request": "9A2C", "phase": "opened", "connection": "live", "go": runtime.Version(), "backend": base, "language": "de",
		"dials": "2", "closes": "1",
	}
	for key, value := range want {
		if got := js.Global().Call("String", report.Get(key)).String(); got != value {
			t.Errorf("%s: got %q, want %q", key, got, value)
		}
	}
	if got, want := report.Get("asks").Int(), w.called(getting)-1; got != want {
		t.Errorf("got %d asks, want %d", got, want)
	}
	if got := report.Get("lastClose"); got.Type() != js.TypeString || got.String() == "" {
		t.Errorf("got last close %v, want a reason", got)
	}
	var phases []string
	last := -1.0
	for i := range report.Get("history").Length() {
		entry := report.Get("history").Index(i)
		phases = append(phases, entry.Get("phase").String()+" "+entry.Get("connection").String())
		at := entry.Get("seconds").Float()
		if at < last {
			t.Errorf("entry %d is from %v s, after one from %v s", i, at, last)
		}
		last = at
	}
	if want := []string{"waiting connecting", "waiting live", "opened live", "opened reconnecting", "opened live"}; !slices.Equal(phases, want) {
		t.Errorf("got history %q, want %q", phases, want)
	}
	if got := report.Get("errors").Length(); got != 0 {
		t.Errorf("got %d errors, want none: %s", got, stringify(report))
	}
	// The same keys as the type that pages are written against.
	declared := []string{"phase", "connection", "request", "go", "backend", "language", "dials", "closes", "asks", "lastClose", "history", "errors", "unknown", "lastUnknown"}
	keys := map[string]bool{}
	for names, i := js.Global().Get("Object").Call("keys", report), 0; i < names.Length(); i++ {
		keys[names.Index(i).String()] = true
	}
	for _, key := range declared {
		if !keys[key] {
			t.Errorf("got no %s", key)
		}
		delete(keys, key)
	}
	if len(keys) > 0 {
		t.Errorf("got keys %q, of which the type declaration knows nothing", slices.Sorted(maps.Keys(keys)))
	}
	wantNoUUID(t, report, uuid)
}

// With the whole UUID anybody may listen to the request. It is in many an error's text.
func TestDebugReportHidesTheUUID(t *testing.T) {
	complaint := `{"error":{"code":"internal","message":"No luck with ` + uuid + `, or ` + strings.ToUpper(uuid) + `."}}`
	tests := map[string]func(w *world) (handle js.Value){
		"dial fails": func(w *world) js.Value {
			handle := w.card(map[string]any{"payload": created(uuid)})
			w.until("it dials", func() bool { return w.dialed() == 1 })
			w.js.Get("sockets").Index(0).Call("drop")
			w.until("it dials again", func() bool { return w.dialed() == 2 })
			return handle
		},
		"backend fails while the request is obtained": func(w *world) js.Value {
			w.route(getting, 500, complaint)
			handle := w.card(map[string]any{"uuid": uuid, "backend": base})
			w.until("the page is told", func() bool { return len(w.errors()) > 0 })
			return handle
		},
		"backend fails later": func(w *world) js.Value {
			w.route(creating, 201, answer(uuid, "pending", "none"))
			w.route(getting, 500, complaint)
			handle := w.card(map[string]any{"demo": "payment", "backend": base})
			w.say(w.socket(0), payloadtest.Welcome)
			w.until("the page is told", func() bool { return len(w.errors()) > 0 })
			return handle
		},
		"a new request is being made": func(w *world) js.Value {
			w.route(creating, 201, late(answer(uuid, "opened", "none")))
			w.route(getting, 500, complaint)
			handle := w.card(map[string]any{"demo": "payment", "backend": base})
			w.until("the first socket is dialed", func() bool { return w.dialed() == 1 })
			w.js.Get("sockets").Index(0).Call("drop")
			w.say(w.socket(1), payloadtest.Welcome, payloadtest.ExpiresIn(0))
			w.route(deleting, 200, answer(uuid, "cancelled", "none"))
			w.until("the page is told", func() bool { return len(w.errors()) > 0 })
			w.route(creating, -1, "")
			w.button("renew").Call("click")
			w.until("a new one is asked for", func() bool { return w.called(creating) == 2 })
			return handle
		},
		"there is a new request": func(w *world) js.Value {
			w.route(creating, 201, late(answer(uuid, "opened", "none")))
			w.route(getting, 500, complaint)
			handle := w.card(map[string]any{"demo": "payment", "backend": base})
			w.say(w.socket(0), payloadtest.Welcome, payloadtest.ExpiresIn(0))
			w.until("the page is told", func() bool { return len(w.errors()) > 0 })
			w.route(deleting, 200, answer(uuid, "cancelled", "none"))
			w.route(creating, 201, answer(other, "pending", "none"))
			w.route("GET /api/sign-requests/"+other, 200, answer(other, "pending", "none"))
			w.button("renew").Call("click")
			w.say(w.socket(1), payloadtest.Welcome)
			w.until("the new one is shown", func() bool { return strings.HasSuffix(w.js.Call("part", "link").Get("href").String(), other) })
			return handle
		},
	}
	for name, reach := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			report := reach(w).Call("report")
			if report.Get("errors").Length() == 0 && report.Get("lastClose").String() == "" {
				t.Fatalf("got nothing to hide in %s", stringify(report))
			}
			wantNoUUID(t, report, uuid, other)
		})
	}
}

func TestDebugReportIsBounded(t *testing.T) {
	w := newWorld(t)
	handle := w.card(map[string]any{"payload": created(uuid)})
	w.say(w.socket(0), payloadtest.Welcome)
	c := w.newest()
	const many = 500
	done := make(chan struct{})
	c.results <- func() bool {
		defer close(done)
		for n := range many {
			c.report(fmt.Errorf("error %d: %w", n, errors.New(strings.Repeat("x", 10))))
			c.input.Connection = []payload.Connection{payload.Live, payload.Reconnecting}[n%2]
			c.show()
		}
		return false
	}
	<-done
	report := handle.Call("report")
	for _, list := range []string{"history", "errors"} {
		entries := report.Get(list)
		if got := entries.Length(); got != journalLength {
			t.Errorf("got %d entries of %s, want the newest %d", got, list, journalLength)
		}
	}
	if got, want := report.Get("errors").Index(journalLength-1).Get("message").String(), fmt.Sprintf("error %d: xxxxxxxxxx", many-1); got != want {
		t.Errorf("got last error %q, want %q", got, want)
	}
}

func TestDebugReportAfterClose(t *testing.T) {
	w := newWorld(t)
	handle := w.card(map[string]any{"payload": created(uuid)})
	w.say(w.socket(0), payloadtest.Welcome)
	handle.Call("close")
	w.until("the card is gone", w.gone)
	if got := handle.Call("report"); !got.IsNull() {
		t.Errorf("got %s of a card that is closed, want null", stringify(got))
	}
}

// A sleep in between is part of the story.
func TestDebugReportKeepsTime(t *testing.T) {
	w := newWorld(t)
	handle := w.card(map[string]any{"payload": created(uuid)})
	s := w.socket(0)
	w.say(s, payloadtest.Welcome)
	w.reads("title", "Scan with Xaman")
	w.js.Call("setClock", (-3 * time.Hour).Milliseconds())
	w.sleep(20 * time.Second)
	w.say(s, payloadtest.Opened)
	w.reads("title", "Opened on your phone")
	history := handle.Call("report").Get("history")
	if got := history.Index(history.Length() - 1).Get("seconds").Float(); got < 20 || got > 25 {
		t.Errorf("got %v s since the card was mounted, want 20 and a little", got)
	}
}
