package card

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/wasm/payload/payloadtest"
)

// marked leaves a marker of now.
func (w *world) marked(created string) {
	w.storage["xaman-live:"+uuid] = strconv.FormatInt(time.Now().Unix(), 10) + " " + created
}

// The page that the wallet opens knows the UUID and nothing else.
func TestResumesByUUID(t *testing.T) {
	tests := map[string]struct {
		meanwhile func(w *world)
		resumes   bool
	}{
		"at once":     {func(*world) {}, true},
		"after a bit": {func(w *world) { w.cards[0].close(); w.wait(50 * time.Minute) }, true},
		"after hours": {func(w *world) { w.cards[0].close(); w.wait(2 * time.Hour) }, false},
		"after another request": {func(w *world) {
			w.card(Options{Payload: created(other)}).close()
		}, true},
		"once it is settled": {func(w *world) {
			w.say(0, payloadtest.Welcome, payloadtest.Opened, payloadtest.Resolved(payloadtest.UUID, true))
		}, false},
		"marker is gone":     {func(w *world) { clear(w.storage) }, false},
		"marker is nonsense": {func(w *world) { w.storage["xaman-live:"+uuid] = "nonsense" }, false},
		"marker has no time": {func(w *world) { w.storage["xaman-live:"+uuid] = created(uuid) }, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			play(t, func(w *world) {
				first := w.card(pasted)
				test.meanwhile(w)
				first.close()
				dialed := len(w.sockets)
				c := w.card(Options{UUID: uuid})
				if !test.resumes {
					if e := c.last("error"); e["code"] != "not-found" || len(w.sockets) != dialed {
						t.Errorf("got error %v and %d more sockets, want it not found and none", e, len(w.sockets)-dialed)
					}
					return
				}
				w.say(dialed, payloadtest.Welcome, payloadtest.Opened)
				if c.link != link || c.model.Title != "Opened on your phone" {
					t.Errorf("got link %q and title %q, want it to go on", c.link, c.model.Title)
				}
			})
		})
	}
}

// What a page of the site's own left there is not to be trusted either: other scripts write to the same storage.
func TestMarkerIsNotTrusted(t *testing.T) {
	for created, code := range map[string]string{
		strings.Replace(created(uuid), link, "javascript:alert(1)", 1):           "unsafe-link",
		strings.Replace(created(uuid), "wss://xumm.app", "ws://evil.example", 1): "insecure-socket",
		created(other): "bad-payload",
		"{":            "bad-payload",
	} {
		play(t, func(w *world) {
			w.marked(created)
			if e := w.card(Options{UUID: uuid}).last("error"); e["code"] != code {
				t.Errorf("%s: got error %v, want code %s", created, e, code)
			}
		})
	}
}

// Requests of a platform elsewhere are shown if the page or the backend says so, and not because a marker has them.
func TestPlatformElsewhere(t *testing.T) {
	const sandbox = "http://127.0.0.1:8081"
	moved := strings.NewReplacer("https://xumm.app", sandbox, "wss://xumm.app", "ws://127.0.0.1:8081")
	there := moved.Replace(created(uuid))
	page := func(platform string) Options { return Options{Payload: there, Platform: platform} }
	known, ordered := Options{UUID: uuid}, Options{Demo: "payment"}
	const silent = "-" // no backend
	tests := map[string]struct {
		request Options
		backend string // says that the platform is there
		shown   bool
	}{
		"payload":                            {page(""), silent, false},
		"payload, page allows it":            {page(sandbox), silent, true},
		"marker":                             {known, silent, false},
		"marker, page allows it":             {Options{UUID: uuid, Platform: sandbox}, silent, true},
		"backend":                            {known, "", false},
		"backend allows it":                  {known, sandbox, true},
		"backend makes one and allows it":    {ordered, sandbox, true},
		"backend makes one and says nothing": {ordered, "", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			play(t, func(w *world) {
				w.marked(there)
				if test.backend != silent {
					test.request.Backend = w.backend()
				}
				said := answer(uuid, "pending", "none").with(`"payload"`, `"platform":"`+test.backend+`","payload"`)
				said.body = moved.Replace(said.body)
				w.route(getting, said)
				w.route(creating, said)
				c := w.card(test.request)
				if test.shown {
					c.reads("Scan with Xaman")
				} else if e := c.last("error"); e["code"] != "unsafe-link" || c.link != "" || len(w.sockets) > 0 {
					t.Errorf("got error %v, link %q and %d sockets, want it refused", e, c.link, len(w.sockets))
				}
			})
		})
	}
}

// Old markers go, and what is not a marker stays.
func TestOldMarkersGo(t *testing.T) {
	play(t, func(w *world) {
		old := strconv.FormatInt(time.Now().Add(-2*time.Hour).Unix(), 10)
		for _, key := range []string{"xaman-live:a", "xaman-live:b", "xaman-live:c"} {
			w.storage[key] = old + " {}"
		}
		w.storage["cart"] = "two coffees"
		w.card(pasted)
		Sweep(w.storage, time.Now())
		if got, want := w.storage.Keys(), []string{"cart", "xaman-live:" + uuid}; !slices.Equal(got, want) {
			t.Errorf("got %q, want the new marker and what is not ours", got)
		}
	})
}

// store is what the site keeps.
type store map[string]string

func (s store) Keys() []string         { return slices.Sorted(maps.Keys(s)) }
func (s store) Text(key string) string { return s[key] }
func (s store) Set(key, text string)   { s[key] = text }
func (s store) Remove(key string)      { delete(s, key) }
