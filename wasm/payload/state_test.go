package payload_test

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/wasm/payload"
	"github.com/xaman-live/xaman-live/wasm/payload/payloadtest"
)

// hear is a frame of the socket, so many seconds after noon.
func hear(second int, frame string) payload.Event {
	return payload.Decode([]byte(frame), noon.Add(time.Duration(second)*time.Second))
}

// learn is an answer of the backend about the payload under test.
func learn(second int, status payload.Status, verdict payload.Verdict) payload.Event {
	return payload.Event{
		Kind:   payload.Answered,
		At:     noon.Add(time.Duration(second) * time.Second),
		Answer: &payload.Answer{UUID: uuid, Status: status, Verdict: verdict},
	}
}

// frameWords are what testdata/stories.txt calls the frames of the socket. What is not among them is a frame itself.
var frameWords = map[string]string{
	"welcome": payloadtest.Welcome, "echo": payloadtest.Echo, "no-such-payload": payloadtest.NoSuchPayload,
	"opened": payloadtest.Opened, "fetched": payloadtest.DevAppFetched, "pre_signed": payloadtest.PreSigned,
	"dispatched": payloadtest.Dispatched, "expired": payloadtest.Expired,
	"signed": payloadtest.Resolved(uuid, true), "rejected": payloadtest.Resolved(uuid, false),
	"another-signed": payloadtest.Resolved(other, true), "another-rejected": payloadtest.Resolved(other, false),
}

// parseEvent reads what happens in a story: "expires 30", "not-found", "answer signed checking in 30 stale", and so on.
func parseEvent(t *testing.T, second int, text string) payload.Event {
	t.Helper()
	number := func(text string) int {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	words := strings.Fields(text)
	switch words[0] {
	case "not-found":
		return payload.Event{Kind: payload.NotFound, At: noon.Add(time.Duration(second) * time.Second)}
	case "expires":
		return hear(second, payloadtest.ExpiresIn(number(words[1])))
	case "answer":
		e := learn(second, payload.Status(words[1]), payload.Verdict(words[2]))
		for i, word := range words[3:] {
			switch word {
			case "in":
				n := number(words[3+i+1])
				e.Answer.ExpiresIn = &n
			case "stale":
				e.Stale = true
			case "about-another":
				e.Answer.UUID = other
			}
		}
		return e
	}
	return hear(second, cmp.Or(frameWords[text], text))
}

// known is what a story ends with, besides the phase.
func known(s payload.State) string {
	text := "="
	for _, fact := range []struct {
		name string
		is   bool
	}{
		{"final", s.Final()}, {"may-sign", s.MaySign()}, {"unsettled", s.Unsettled()},
		{"announced", s.OutcomeAnnounced()}, {"heard", s.Heard()},
	} {
		if fact.is {
			text += " " + fact.name
		}
	}
	if !s.Deadline.IsZero() {
		text += fmt.Sprintf(" deadline %d", s.Deadline.Unix()-noon.Unix())
	}
	return text
}

// The stories of testdata/stories.txt, which says how to read them.
func TestStories(t *testing.T) {
	text, err := os.ReadFile("testdata/stories.txt")
	if err != nil {
		t.Fatal(err)
	}
	met := map[payload.Phase]bool{}
	for story := range strings.SplitSeq(strings.TrimSpace(string(text)), "\n\n") {
		title, rest, _ := strings.Cut(story, "\n")
		title, isStory := strings.CutPrefix(title, "# ")
		if !isStory {
			continue
		}
		name, page, _ := strings.Cut(title, " | ")
		t.Run(name, func(t *testing.T) {
			s := payload.State{UUID: uuid, Pushed: page == "pushed", Alone: page == "alone"}
			lines := strings.Split(rest, "\n")
			end := lines[len(lines)-1]
			for _, line := range lines[:len(lines)-1] {
				second, event, _ := strings.Cut(line, " ")
				event, want, _ := strings.Cut(event, " -> ")
				at, err := strconv.Atoi(second)
				if err != nil {
					t.Fatal(err)
				}
				e := parseEvent(t, at, event)
				asks := s.Asks(&e)
				s.Add(&e)
				met[s.Phase()] = true
				got := string(s.Phase())
				if asks {
					got += " asks"
				}
				if got != want {
					t.Fatalf("%s: got %s", line, got)
				}
			}
			if got := known(s); got != end {
				t.Errorf("got %q at the end, want %q", got, end)
			}
		})
	}
	if got, want := slices.Sorted(maps.Keys(met)), slices.Sorted(slices.Values(payload.Phases)); !slices.Equal(got, want) {
		t.Errorf("got phases %v in stories, want all, %v", got, want)
	}
}
