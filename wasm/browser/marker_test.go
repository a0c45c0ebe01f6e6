//go:build js && wasm

package browser

import (
	"strconv"
	"strings"
	"syscall/js"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/wasm/payload/payloadtest"
)

// The page that the wallet opens knows the UUID and nothing else.
func TestResumesByUUID(t *testing.T) {
	store := js.Global().Get("localStorage")
	tests := map[string]struct {
		meanwhile func(w *world)
		resumes   bool
	}{
		"at once":     {func(*world) {}, true},
		"after a bit": {func(w *world) { w.js.Call("setClock", (50 * time.Minute).Milliseconds()) }, true},
		"after hours": {func(w *world) { w.js.Call("setClock", (2 * time.Hour).Milliseconds()) }, false},
		"after another request": {func(w *world) {
			another := w.card(map[string]any{"payload": created(other)})
			w.say(w.socket(1), payloadtest.Welcome)
			another.Call("close")
		}, true},
		"once it is settled": {func(w *world) {
			w.say(w.js.Get("sockets").Index(0), payloadtest.Opened, payloadtest.Resolved(payloadtest.UUID, true))
			w.until("it is settled", func() bool { return !w.lastEvent("settled").IsUndefined() })
		}, false},
		"marker is gone":     {func(*world) { store.Call("clear") }, false},
		"marker is nonsense": {func(*world) { store.Call("setItem", "xaman-live:"+uuid, "nonsense") }, false},
		"marker has no time": {func(*world) { store.Call("setItem", "xaman-live:"+uuid, created(uuid)) }, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			first := w.card(map[string]any{"payload": created(uuid)})
			w.say(w.socket(0), payloadtest.Welcome)
			w.reads("title", "Scan with Xaman")
			test.meanwhile(w)
			first.Call("close")
			w.until("the cards are gone", w.gone)
			dialed := w.dialed()
			w.card(map[string]any{"uuid": uuid})
			if !test.resumes {
				w.until("the page is told", func() bool { return len(w.errors()) > 0 })
				if got := w.dialed(); got != dialed {
					t.Errorf("got %d more sockets, want none", got-dialed)
				}
				return
			}
			s := w.socket(dialed)
			if got := s.Get("url").String(); got != sockets {
				t.Errorf("got socket %q, want %q", got, sockets)
			}
			w.say(s, payloadtest.Welcome, payloadtest.Opened)
			w.until("it goes on", func() bool { return strings.Contains(w.text("title"), "Opened on your phone") })
			if got := w.js.Call("part", "link").Get("href").String(); got != link {
				t.Errorf("got link %q, want %q", got, link)
			}
		})
	}
}

// What a page of the site's own left there is not to be trusted either: other scripts write to the same storage.
func TestMarkerIsNotTrusted(t *testing.T) {
	tests := map[string]struct {
		created string
		code    string
	}{
		"link is a script":        {strings.Replace(created(uuid), link, "javascript:alert(1)", 1), "unsafe-link"},
		"socket is not encrypted": {strings.Replace(created(uuid), "wss://xumm.app", "ws://evil.example", 1), "insecure-socket"},
		"of another request":      {created(other), "bad-payload"},
		"not JSON":                {"{", "bad-payload"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			js.Global().Get("localStorage").Call("setItem", "xaman-live:"+uuid, strconv.FormatInt(time.Now().Unix(), 10)+" "+test.created)
			w.card(map[string]any{"uuid": uuid})
			w.until("the page is told", func() bool { return len(w.errors()) > 0 })
			if got := w.lastEvent("error").Get("code").String(); got != test.code {
				t.Errorf("got code %q, want %q", got, test.code)
			}
		})
	}
}

// Requests of a platform elsewhere are shown if the page or the backend says so, and not because a marker has them.
func TestPlatformElsewhere(t *testing.T) {
	const sandbox = "http://127.0.0.1:8081"
	moved := strings.NewReplacer("https://xumm.app", sandbox, "wss://xumm.app", "ws://127.0.0.1:8081")
	there := moved.Replace(created(uuid))
	said := func(platform string) string {
		return strings.Replace(moved.Replace(answer(uuid, "pending", "none")), `"payload"`, `"platform":"`+platform+`","payload"`, 1)
	}
	marker := func() {
		js.Global().Get("localStorage").Call("setItem", "xaman-live:"+uuid, strconv.FormatInt(time.Now().Unix(), 10)+" "+there)
	}
	tests := map[string]struct {
		options map[string]any
		answer  string
		code    string // "": it is shown
	}{
		"payload":                            {map[string]any{"payload": there}, "", "unsafe-link"},
		"payload, page allows it":            {map[string]any{"payload": there, "platform": sandbox}, "", ""},
		"payload, page allows several":       {map[string]any{"payload": there, "platform": "https://a.example \n" + sandbox}, "", ""},
		"payload, page allows another":       {map[string]any{"payload": there, "platform": "http://127.0.0.1:8082"}, "", "unsafe-link"},
		"marker":                             {map[string]any{"uuid": uuid}, "", "unsafe-link"},
		"marker, page allows it":             {map[string]any{"uuid": uuid, "platform": sandbox}, "", ""},
		"backend":                            {map[string]any{"uuid": uuid, "backend": base}, said(""), "unsafe-link"},
		"backend allows it":                  {map[string]any{"uuid": uuid, "backend": base}, said(sandbox), ""},
		"backend allows another":             {map[string]any{"uuid": uuid, "backend": base}, said("https://evil.example"), "unsafe-link"},
		"backend allows what is no origin":   {map[string]any{"uuid": uuid, "backend": base}, said(sandbox + "/"), "unsafe-link"},
		"backend makes one and allows it":    {map[string]any{"demo": "payment", "backend": base}, said(sandbox), ""},
		"backend makes one and says nothing": {map[string]any{"demo": "payment", "backend": base}, said(""), "unsafe-link"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			marker()
			w.route(getting, 200, test.answer)
			w.route(creating, 201, test.answer)
			w.card(test.options)
			if test.code == "" {
				w.reads("title", "Scan with Xaman")
				return
			}
			w.until("the page is told", func() bool { return len(w.errors()) > 0 })
			if got, want := w.errors()[0], " "+test.code+" true"; got != want {
				t.Errorf("got error %q, want %q", got, want)
			}
			if w.path() != "" || w.text("link") != "" || w.dialed() != 0 {
				t.Error("got a code, a link or a socket")
			}
		})
	}
}

// Old markers go when a new one comes, and what is not a marker stays.
func TestOldMarkersGo(t *testing.T) {
	w := newWorld(t)
	store := js.Global().Get("localStorage")
	old := strconv.FormatInt(time.Now().Add(-2*time.Hour).Unix(), 10)
	for _, key := range []string{"xaman-live:a", "xaman-live:b", "xaman-live:c"} {
		store.Call("setItem", key, old+" {}")
	}
	store.Call("setItem", "cart", "two coffees")
	handle := w.card(map[string]any{"payload": created(uuid)})
	w.say(w.socket(0), payloadtest.Welcome)
	w.reads("title", "Scan with Xaman")
	handle.Call("close")
	w.until("the card is gone", w.gone)
	if got := store.Get("length").Int(); got != 2 || store.Call("getItem", "cart").IsNull() || store.Call("getItem", "xaman-live:"+uuid).IsNull() {
		t.Errorf("got %d items, want the new marker and what is not ours: %s", got, stringify(store))
	}
}

func TestWithoutStorage(t *testing.T) {
	reasons := map[string]string{
		"it is forbidden": "throw new DOMException('no', 'SecurityError')",
		"there is none":   "return undefined",
		"it is full":      "return { length: 0, getItem: () => null, setItem() { throw new DOMException('full', 'QuotaExceededError'); } }",
	}
	for name, body := range reasons {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.js.Call("replace", js.Global(), "localStorage", map[string]any{"get": js.Global().Get("Function").New(body)})
			w.card(map[string]any{"payload": created(uuid)})
			w.say(w.socket(0), payloadtest.Welcome, payloadtest.Opened, payloadtest.Resolved(payloadtest.UUID, true))
			w.reads("title", "Signed, says Xaman")
			w.card(map[string]any{"uuid": other})
			w.until("the page is told", func() bool { return len(w.errors()) > 0 })
			if got, want := w.errors()[0], " not-found true"; got != want {
				t.Errorf("got error %q, want %q", got, want)
			}
		})
	}
}
