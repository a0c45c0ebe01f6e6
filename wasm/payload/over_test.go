package payload_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/wasm/payload"
	"github.com/xaman-live/xaman-live/wasm/payload/payloadtest"
)

// Only what has come to an end without a signature may be replaced: with anything else, both could be paid.
func TestOver(t *testing.T) {
	tests := []struct {
		status payload.Status
		want   bool
	}{
		{payload.StatusPending, false}, {payload.StatusOpened, false}, {payload.StatusSigned, false}, {"", false},
		{payload.StatusRejected, true}, {payload.StatusExpired, true}, {payload.StatusCancelled, true},
	}
	for _, tt := range tests {
		for _, verdict := range []payload.Verdict{payload.VerdictNone, payload.VerdictVerified, payload.VerdictUnverified} {
			if got := (payload.Answer{UUID: uuid, Status: tt.status, Verdict: verdict}).Over(); got != tt.want {
				t.Errorf("%s, %s: got over %t, want %t", tt.status, verdict, got, tt.want)
			}
		}
	}
}

// A new request is offered when the backend agrees that this one is over, whatever the socket says.
func TestStateOver(t *testing.T) {
	fresh := payload.State{UUID: uuid}
	alone := payload.State{UUID: uuid, Alone: true}
	nobodyKnows := payload.Event{Kind: payload.NotFound, At: noon.Add(time.Second)}
	sign, reject := hear(1, payloadtest.Resolved(uuid, true)), hear(1, payloadtest.Resolved(uuid, false))
	tests := []struct {
		name   string
		state  payload.State
		events []payload.Event
		want   bool
	}{
		{"nothing known", fresh, nil, false},
		{"said to be refused", fresh, []payload.Event{reject}, false},
		{"refused", fresh, []payload.Event{reject, learn(2, payload.StatusRejected, payload.VerdictNone)}, true},
		{"said to be over", fresh, []payload.Event{hear(1, payloadtest.Expired)}, false},
		{"time is over", fresh, []payload.Event{learnIn(1, payload.StatusPending, 0)}, false},
		{"time is over, and it is open on a phone", fresh, []payload.Event{learnIn(1, payload.StatusOpened, 0)}, false},
		{"expired", fresh, []payload.Event{learnIn(1, payload.StatusExpired, 0)}, true},
		{"expired, as it was", fresh, []payload.Event{old(learnIn(1, payload.StatusExpired, 0))}, true},
		{"expired, said to be signed", fresh, []payload.Event{sign, learn(2, payload.StatusExpired, payload.VerdictNone)}, false},
		{"expired, said to be signed long ago", fresh, []payload.Event{sign, learn(62, payload.StatusExpired, payload.VerdictNone)}, true},
		{"cancelled", fresh, []payload.Event{learn(1, payload.StatusCancelled, payload.VerdictNone)}, true},
		{"signed", fresh, []payload.Event{learn(1, payload.StatusSigned, payload.VerdictChecking)}, false},
		{"verified", fresh, []payload.Event{learn(1, payload.StatusSigned, payload.VerdictVerified)}, false},
		{"unverified", fresh, []payload.Event{learn(1, payload.StatusSigned, payload.VerdictUnverified)}, false},
		{"not found", fresh, []payload.Event{nobodyKnows}, true},
		{"not found, said to be signed", fresh, []payload.Event{sign, nobodyKnows}, false},
		{"verified, then not found", fresh, []payload.Event{learn(1, payload.StatusSigned, payload.VerdictVerified), nobodyKnows}, false},
		{"signed, then not found", fresh, []payload.Event{learn(1, payload.StatusSigned, payload.VerdictChecking), nobodyKnows}, false},
		{"alone, refused", alone, []payload.Event{reject}, false},
		{"alone, expired", alone, []payload.Event{hear(0, payloadtest.ExpiresIn(0))}, false},
		{"alone, not found", alone, []payload.Event{nobodyKnows}, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := test.state
			for _, e := range test.events {
				s = s.Apply(e)
			}
			if got := s.Over(); got != test.want {
				t.Errorf("got %t, want %t", got, test.want)
			}
			if heard := s.Answer.Status != ""; s.Heard() != heard {
				t.Errorf("got the backend heard %t, want %t", s.Heard(), heard)
			}
		})
	}
}

// No story of the socket alone hides the code of a request that the backend knows to be alive, or offers another one.
func TestRumoursNeitherEndNorRenew(t *testing.T) {
	forged := func(r *rand.Rand) []payload.Event {
		frames := []string{payloadtest.Expired, `{"expired":true"}`, payloadtest.NoSuchPayload, payloadtest.Welcome, payloadtest.Echo}
		events := make([]payload.Event, 1+r.IntN(20))
		for i := range events {
			if n := r.IntN(len(frames) + 3); n < len(frames) {
				events[i] = hear(r.IntN(90), frames[n])
			} else {
				events[i] = hear(r.IntN(90), payloadtest.ExpiresIn(r.IntN(400)-200))
			}
		}
		return events
	}
	forEachStory(t, forged, func(t *testing.T, s payload.State, events []payload.Event) {
		if s.Alone {
			return
		}
		s = s.Apply(learnIn(0, payload.StatusPending, 100))
		want := s.Phase()
		for i, e := range events {
			if s = s.Apply(e); s.Phase() != want || s.Over() || s.Final() || !s.MaySign() || !s.Deadline.Equal(noon.Add(100*time.Second)) {
				t.Fatalf("got %s with deadline %v, over %t, after %s", s.Phase(), s.Deadline, s.Over(), describe(events[:i+1]...))
			}
		}
	})
}
