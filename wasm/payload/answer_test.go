package payload_test

import (
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/wasm/payload"
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
					s := payload.State{UUID: uuid}
					s.Add(new(learn(1, first.status, first.verdict)))
					want, at := then, noon.Add(2*time.Second)
					if j < i {
						want, at = first, noon.Add(time.Second)
					} else if i == j && s.Answer.Final() {
						want = first
					}
					s.Add(new(learn(2, then.status, then.verdict)))
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
		verified := fresh
		verified.Add(new(learn(1, status, payload.VerdictVerified)))
		if got := verified.Phase(); got != want {
			t.Errorf("%s and verified: got phase %s, want %s", status, got, want)
		}
		s := fresh
		s.Add(new(learn(1, status, payload.VerdictUnverified)))
		s.Add(new(learn(2, payload.StatusSigned, payload.VerdictChecking)))
		if got := s.Phase(); got != payload.PhaseUnverified {
			t.Errorf("%s and unverified: got phase %s", status, got)
		}
	}
}

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
			answer := payload.Answer{UUID: uuid, Status: tt.status, Verdict: verdict}
			if got := answer.Over(); got != tt.want {
				t.Errorf("%s, %s: got over %t, want %t", tt.status, verdict, got, tt.want)
			}
		}
	}
}
