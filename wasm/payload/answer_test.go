package payload_test

import (
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/wasm/payload"
	"github.com/xaman-live/xaman-live/wasm/payload/payloadtest"
)

// Answers overtake each other. One that knows less than an earlier one changes nothing and refutes nothing, one that
// knows more counts, and of two that know as much the later one counts unless the earlier one was final.
func TestWhatAnswersKnow(t *testing.T) {
	type answer struct {
		status  payload.Status
		verdict payload.Verdict
	}
	order := [][]answer{ // those in a row know as much
		{{"brand-new", "none"}},
		{{payload.StatusPending, payload.VerdictNone}},
		{{payload.StatusOpened, payload.VerdictNone}},
		{{payload.StatusExpired, payload.VerdictNone}, {payload.StatusCancelled, payload.VerdictNone}},
		{{payload.StatusRejected, payload.VerdictNone}},
		{{payload.StatusSigned, payload.VerdictNone}, {payload.StatusSigned, payload.VerdictChecking}},
		{{payload.StatusSigned, payload.VerdictVerified}, {payload.StatusSigned, payload.VerdictUnverified}},
	}
	for i, row := range order {
		for j, others := range order {
			for _, first := range row {
				for _, then := range others {
					s := payload.State{UUID: uuid}.Apply(learn(1, first.status, first.verdict))
					want, at := then, noon.Add(2*time.Second)
					if j < i {
						want, at = first, noon.Add(time.Second)
					} else if i == j && s.Answer.Final() {
						want = first
					}
					s = s.Apply(learn(2, then.status, then.verdict))
					if got := (answer{s.Answer.Status, s.Answer.Verdict}); got != want || !s.AnsweredAt.Equal(at) {
						t.Errorf("%s, then %s: got %s of %v, want %s of %v", first, then, got, s.AnsweredAt, want, at)
					}
				}
			}
		}
	}
}

// An answer that contradicts itself is never a success, and once refused stays refused.
func TestContradictoryAnswers(t *testing.T) {
	fresh := payload.State{UUID: uuid}
	for status, want := range map[payload.Status]payload.Phase{
		payload.StatusPending: payload.PhaseWaiting, payload.StatusOpened: payload.PhaseOpened,
		payload.StatusRejected: payload.PhaseRejected, payload.StatusExpired: payload.PhaseExpired,
		payload.StatusCancelled: payload.PhaseCancelled,
	} {
		if got := fresh.Apply(learn(1, status, payload.VerdictVerified)).Phase(); got != want {
			t.Errorf("%s and verified: got phase %s, want %s", status, got, want)
		}
		s := fresh.Apply(learn(1, status, payload.VerdictUnverified))
		s = s.Apply(learn(2, payload.StatusSigned, payload.VerdictChecking))
		if got := s.Phase(); got != payload.PhaseUnverified {
			t.Errorf("%s and unverified: got phase %s", status, got)
		}
	}
}

// What is known is not forgotten because of what comes later.
func TestKnownFactsStay(t *testing.T) {
	fresh := payload.State{UUID: uuid}
	alone := payload.State{UUID: uuid, Alone: true}
	open, expire := hear(20, payloadtest.Opened), hear(30, payloadtest.Expired)
	tests := []struct {
		name           string
		state          payload.State
		events         []payload.Event
		phase          payload.Phase
		final, maySign bool
		late           bool // a phone would come too late now
	}{
		{"opened, and the backend does not know yet", fresh, []payload.Event{
			open, learn(21, payload.StatusPending, payload.VerdictNone),
		}, payload.PhaseOpened, false, true, false},
		{"opened too late, as the backend knows", fresh, []payload.Event{
			open, learn(31, payload.StatusExpired, payload.VerdictNone),
		}, payload.PhaseExpired, true, false, false},
		{"signing, expired for certain", fresh, []payload.Event{
			hear(21, payloadtest.PreSigned), learnIn(31, payload.StatusOpened, -1),
		}, payload.PhaseExpired, false, true, true},
		{"submitting, expired for certain", fresh, []payload.Event{
			hear(21, payloadtest.Dispatched), learnIn(31, payload.StatusPending, -1),
		}, payload.PhaseExpired, false, true, true},
		{"the backend gives a deadline, then none", fresh, []payload.Event{
			learnIn(1, payload.StatusPending, 29), learn(2, payload.StatusPending, payload.VerdictNone), expire,
		}, payload.PhaseExpired, false, false, true},
		{"a second is left, the backend says", fresh, []payload.Event{
			learnIn(1, payload.StatusPending, 1),
		}, payload.PhaseWaiting, false, true, false},
		{"alone, over at an unknown time", alone, []payload.Event{expire}, payload.PhaseExpired, true, false, false},
		{"alone, over at an unknown time, then opened", alone, []payload.Event{
			hear(10, payloadtest.Expired), open,
		}, payload.PhaseExpired, false, true, false},
		{"alone, over as foreseen, then opened", alone, []payload.Event{
			hear(0, payloadtest.ExpiresIn(15)), hear(15, payloadtest.Expired), open,
		}, payload.PhaseExpired, true, false, true},
		{"alone, signed, then said not to exist", alone, []payload.Event{
			hear(1, payloadtest.Resolved(uuid, true)), {Kind: payload.NotFound, At: noon.Add(time.Hour)},
		}, payload.PhaseSigned, true, false, false},
		{"not found, then answered", fresh, []payload.Event{
			{Kind: payload.NotFound, At: noon}, learn(1, payload.StatusOpened, payload.VerdictNone),
		}, payload.PhaseNotFound, true, false, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := test.state
			for _, e := range test.events {
				s = s.Apply(e)
			}
			if got := s.Phase(); got != test.phase || s.Final() != test.final || s.MaySign() != test.maySign {
				t.Errorf("got phase %s, final %t, may sign %t, want %s, %t, %t",
					got, s.Final(), s.MaySign(), test.phase, test.final, test.maySign)
			}
			if got := s.Asks(hear(99, payloadtest.Opened)); got != test.late {
				t.Errorf("got too late %t, want %t", got, test.late)
			}
		})
	}
}

func TestClaimed(t *testing.T) {
	sign := hear(1, payloadtest.Resolved(uuid, true))
	tests := []struct {
		name   string
		events []payload.Event
		want   bool
	}{
		{"nothing", nil, false},
		{"opened", []payload.Event{hear(1, payloadtest.Opened)}, false},
		{"signed", []payload.Event{sign}, true},
		{"rejected", []payload.Event{hear(1, payloadtest.Resolved(uuid, false))}, true},
		{"another one is signed", []payload.Event{hear(1, payloadtest.Resolved(other, true))}, false},
		{"signed, not known yet", []payload.Event{sign, learn(60, payload.StatusPending, payload.VerdictNone)}, true},
		{"signed, made up", []payload.Event{sign, learn(61, payload.StatusPending, payload.VerdictNone)}, false},
	}
	for _, test := range tests {
		s := payload.State{UUID: uuid}
		for _, e := range test.events {
			s = s.Apply(e)
		}
		if got := s.Claimed(); got != test.want {
			t.Errorf("%s: got %t, want %t", test.name, got, test.want)
		}
	}
}
