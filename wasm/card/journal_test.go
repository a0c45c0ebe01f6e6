package card

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/wasm/payload"
	"github.com/xaman-live/xaman-live/wasm/payload/payloadtest"
	"github.com/xaman-live/xaman-live/wasm/view"
)

// text is the report as a page may send it somewhere.
func (s *shownCard) text() string {
	s.w.t.Helper()
	text, err := json.Marshal(s.Report())
	if err != nil {
		s.w.t.Fatal(err)
	}
	return string(text)
}

func TestReport(t *testing.T) {
	play(t, func(w *world) {
		w.route(getting, answer(uuid, "pending", "none"))
		o := w.known()
		o.Language = "de"
		c := w.card(o)
		w.wait(time.Second)
		w.say(0, payloadtest.Welcome, payloadtest.Opened, `{"news":"`+uuid+`"}`)
		w.drop(0)
		w.say(1, payloadtest.Welcome)
		w.wait(20 * time.Second)
		w.say(1, payloadtest.PreSigned)

		report := c.Report()
		asks := w.called(getting) - 1
		want := map[string]any{
			"request": "9A2C", "phase": "signing", "connection": "live",
			"go": runtime.Version(), "backend": "/api", "language": "de",
			"dials": 2, "closes": 1, "asks": asks, "lastClose": "socket of wss://xumm.app/sign/9A2C… is lost",
			"unknown": 1, "lastUnknown": `{"news":"9A2C…"}`,
		}
		for key, value := range want {
			if got := report[key]; got != value {
				t.Errorf("%s: got %v, want %v", key, got, value)
			}
		}
		// The same keys as the type that pages are written against.
		keys := append(slices.Collect(maps.Keys(want)), "history", "errors")
		if got := slices.Sorted(maps.Keys(report)); !slices.Equal(got, slices.Sorted(slices.Values(keys))) {
			t.Errorf("got keys %q, want %q", got, keys)
		}
		var history []string
		for _, entry := range report["history"].([]any) {
			e := entry.(map[string]any)
			history = append(history, fmt.Sprintf("%s %s %d", e["phase"], e["connection"], int(e["seconds"].(float64))))
		}
		if want := []string{
			"waiting connecting 0", "waiting live 1", "opened live 1", "opened reconnecting 1", "opened live 1",
			"signing live 21",
		}; !slices.Equal(history, want) {
			t.Errorf("got history %q, want %q", history, want)
		}
	})
}

// With the whole UUID anybody may listen to the request. It is in many an error's text.
func TestReportHidesTheUUID(t *testing.T) {
	complaint := refused(500, "internal").with("Not now", "No success with "+uuid+", or "+strings.ToUpper(uuid))
	tests := map[string]func(w *world) *shownCard{
		"dial fails": func(w *world) *shownCard {
			w.offline = true
			return w.card(pasted)
		},
		"backend fails while the request is obtained": func(w *world) *shownCard {
			w.route(getting, complaint)
			return w.card(w.known())
		},
		"there is a new request": func(w *world) *shownCard {
			w.route(creating, answer(uuid, "opened", "none").late())
			w.route(getting, complaint)
			c := w.card(w.ordered())
			w.say(0, payloadtest.Welcome, payloadtest.ExpiresIn(0))
			w.until("the page is told", func() bool { return c.last("error") != nil })
			w.route(deleting, answer(uuid, "cancelled", "none"))
			w.route(creating, answer(other, "pending", "none"))
			c.click(view.Renew)
			w.until("the new one is shown", func() bool { return strings.HasSuffix(c.link, other) })
			return c
		},
	}
	for name, reach := range tests {
		t.Run(name, func(t *testing.T) {
			play(t, func(w *world) {
				c := reach(w)
				w.wait(time.Second)
				report := c.text()
				if len(c.Report()["errors"].([]any)) == 0 && c.Report()["lastClose"] == "" {
					t.Fatalf("got nothing to hide in %s", report)
				}
				for _, whole := range []string{uuid, other} {
					if strings.Contains(strings.ToLower(report), whole) {
						t.Errorf("got the whole of %s in the report: %s", whole, report)
					}
				}
			})
		})
	}
}

func TestReportIsBounded(t *testing.T) {
	j := journal{began: time.Now()}
	const many = 500
	for n := range many {
		j.failed("internal", fmt.Errorf("error %d: %w", n, errors.New("x")))
		j.changed(view.Model{Connection: payload.Live})
	}
	if len(j.faults) != journalLength || len(j.history) != journalLength {
		t.Errorf("got %d errors and %d changes, want the newest %d", len(j.faults), len(j.history), journalLength)
	}
	want := fmt.Sprintf("error %d: x", many-1)
	if got := j.faults[journalLength-1].(map[string]any)["message"]; got != want {
		t.Errorf("got last error %q, want %q", got, want)
	}
}

// A page may ask for the report at any time, also while it is told of something.
func TestReportWhileItChanges(t *testing.T) {
	play(t, func(w *world) {
		c := w.card(pasted, func(s *shownCard) {
			s.onEvent = func(event map[string]any) {
				if got := s.Report()["phase"]; got != event["phase"] {
					t.Errorf("got phase %s in the report, want %s", got, event["phase"])
				}
			}
		})
		asked := make(chan struct{})
		go func() {
			defer close(asked)
			for c.Report()["phase"] != "opened" {
				time.Sleep(time.Millisecond)
			}
		}()
		w.say(0, payloadtest.Welcome, payloadtest.Opened)
		<-asked
	})
}
