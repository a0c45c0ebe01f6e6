package view

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

const (
	uuid    = payload.UUID("9a2c7a52-3c1e-4b53-9d4e-5f1b8c1f0a77")
	link    = "https://xumm.app/sign/" + string(uuid)
	account = "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh"
)

var now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// input is a desktop's card of a live request that the site can renew, in this state.
func input(s payload.State) Input {
	s.UUID, s.Answer.UUID = uuid, uuid
	s.Deadline = now.Add(90 * time.Second)
	return Input{State: s, Connection: payload.Live, Now: now, Link: link, Renewable: true}
}

// say is a text in English.
func say(key string) string { return English()[key] }

func with(in Input, change func(*Input)) Input {
	change(&in)
	return in
}

func answered(status payload.Status, verdict payload.Verdict) payload.State {
	return payload.State{Answer: payload.Answer{Status: status, Verdict: verdict}}
}

// A card is another one exactly when it says that it will be, and not before.
func TestNext(t *testing.T) {
	second := func(in Input) Input { in.Now = now.Add(time.Second); return in }
	heard := func(s payload.State) payload.State { s.Answer.Status = payload.StatusPending; return s }
	tests := map[string]struct {
		in   Input
		want time.Duration // from now; 0: never
	}{
		"time left":              {input(heard(payload.State{})), 500*time.Millisecond + 1},
		"time left, a bit later": {second(input(heard(payload.State{}))), 1500*time.Millisecond + 1},
		"time left, pushed":      {input(heard(payload.State{Pushed: true})), 500*time.Millisecond + 1},
		"no time left":           {with(input(heard(payload.State{})), func(in *Input) { in.State.Deadline = now }), 0},
		"time left not known": {with(input(heard(payload.State{})), func(in *Input) { in.State.Deadline = time.Time{} }),
			0},
		"copied": {with(input(heard(payload.State{})),
			func(in *Input) { in.Copied, in.CopiedUntil = Copy, now.Add(100*time.Millisecond) }), 100 * time.Millisecond},
		"copied once": {with(input(heard(payload.State{})), func(in *Input) { in.CopiedUntil = now.Add(-time.Second) }),
			500*time.Millisecond + 1},
		"not heard yet": {with(input(payload.State{Opened: true}), func(in *Input) { in.Began = now.Add(-time.Second) }),
			4 * time.Second},
		"opened":   {input(heard(payload.State{Opened: true})), 0},
		"verified": {input(answered(payload.StatusSigned, payload.VerdictVerified)), 0},
		"loading":  {Input{Now: now}, 0},
		"failed":   {Input{Now: now, Failure: payload.BadPayload}, 0},
	}
	for name, test := range tests {
		got := rendered(test.in).Next
		if test.want == 0 {
			if !got.IsZero() {
				t.Errorf("%s: got %v, want never", name, got.Sub(now))
			}
			continue
		}
		if got.Sub(now) != test.want {
			t.Errorf("%s: got %v, want %v", name, got.Sub(now), test.want)
		}
		same, other := test.in, test.in
		same.Now, other.Now = got.Add(-1), got
		shown := func(in Input) string { return strings.Join(rendered(in).said(), "|") }
		if shown(same) != shown(test.in) {
			t.Errorf("%s: the card is another one before it says so", name)
		}
		if shown(other) == shown(test.in) {
			t.Errorf("%s: the card is the same when it says that it is another one", name)
		}
	}
}

func TestCopied(t *testing.T) {
	label := func(until time.Time) string {
		m := rendered(with(input(payload.State{}), func(in *Input) { in.Copied, in.CopiedUntil = Copy, until }))
		return m.Actions[slices.IndexFunc(m.Actions, func(a Action) bool { return a.ID == Copy })].Label
	}
	tests := map[string]struct {
		until time.Time
		want  string
	}{
		"never copied": {time.Time{}, "Copy link"},
		"just copied":  {now.Add(time.Second), "Copied"},
		"copied once":  {now.Add(-time.Second), "Copy link"},
	}
	for name, test := range tests {
		if got := label(test.until); got != test.want {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
	}
}

// Who comes back to a page after the visit to the wallet may hear "expired" and nothing else, whether the request was
// signed or not. Only the backend knows.
func TestWhatIsNotKnownIsNotDenied(t *testing.T) {
	tests := map[string]struct {
		state payload.State
		want  string
	}{
		"nobody to ask, over when the page came": {payload.State{Alone: true, Gone: true}, say("gone.line")},
		"nobody to ask, over while it listened":  {payload.State{Alone: true, Expired: true}, say("gone.line")},
		"the backend has not said yet":           {payload.State{Expired: true}, say("gone.line")},
		"the backend says so": {answered(payload.StatusExpired, payload.VerdictNone),
			say("expired.line")},
	}
	for name, test := range tests {
		if got := rendered(input(test.state)).Line; got != test.want {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
	}
}
