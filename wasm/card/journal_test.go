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
	"unicode/utf8"

	"github.com/xaman-live/xaman-live/wasm/payload"
	"github.com/xaman-live/xaman-live/wasm/payload/payloadtest"
	"github.com/xaman-live/xaman-live/wasm/view"
)

func TestReport(t *testing.T) {
	play(t, func(w *world) {
		w.route(getting, answer(uuid, "pending", "none"))
		o := w.known()
		o.Texts = view.Texts{"language": "de"}
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
	play(t, func(w *world) {
		w.offline = true
		w.route(creating, answer(uuid, "opened", "none").late())
		w.route(getting, complaint)
		c := w.card(w.ordered())
		w.wait(time.Second)
		hidden := func() {
			text, err := json.Marshal(c.Report())
			if err != nil || !strings.Contains(string(text), "…") {
				t.Fatalf("got nothing to hide in %s, %v", text, err)
			}
			if low := strings.ToLower(string(text)); strings.Contains(low, uuid) || strings.Contains(low, other) {
				t.Errorf("got the whole UUID of a request in %s", text)
			}
		}
		hidden()
		w.route(deleting, answer(uuid, "cancelled", "none"))
		w.route(creating, answer(other, "pending", "none"))
		c.click(view.Renew)
		w.until("the new one is shown", func() bool { return strings.HasSuffix(c.link, other) })
		w.wait(time.Second)
		hidden()
	})
}

// Wherever it stands in what was not understood, of which the report has a part, and whatever stands before it.
func TestReportHidesAUUIDThatIsCut(t *testing.T) {
	play(t, func(w *world) {
		w.route(getting, answer(uuid, "pending", "none"))
		c := w.card(w.known())
		w.say(0, payloadtest.Welcome)
		for at := 130; at < 280; at++ {
			for _, first := range []string{"", uuid} {
				w.say(0, first+strings.Repeat("ü", (at-len(first))/2)+strings.ToUpper(uuid))
				got := c.Report()["lastUnknown"].(string)
				if strings.Contains(got, strings.ToUpper(uuid[:5])) || len(got) > 202 || !utf8.ValidString(got) {
					t.Fatalf("at byte %d: got %q", at, got)
				}
			}
		}
	})
}

func TestReportIsBounded(t *testing.T) {
	j := journal{began: time.Now()}
	const many = 500
	for n := range many {
		j.failed("internal", fmt.Errorf("error %d: %w", n, errors.New("x")))
		j.changed(&view.Model{Connection: payload.Live})
	}
	if len(j.faults) != journalLength || len(j.history) != journalLength {
		t.Errorf("got %d errors and %d changes, want the newest %d", len(j.faults), len(j.history), journalLength)
	}
	want := fmt.Sprintf("error %d: x", many-1)
	if got := j.faults[journalLength-1].of; got != want {
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
