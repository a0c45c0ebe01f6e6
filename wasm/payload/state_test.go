package payload_test

import (
	"flag"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
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
		Answer: payload.Answer{UUID: uuid, Status: status, Verdict: verdict},
	}
}

func learnIn(second int, status payload.Status, expiresIn int) payload.Event {
	e := learn(second, status, payload.VerdictNone)
	e.Answer.ExpiresIn = &expiresIn
	return e
}

// old is an answer of a backend that could not ask the platform.
func old(e payload.Event) payload.Event {
	e.Stale = true
	return e
}

func TestApply(t *testing.T) {
	const (
		waiting    = payload.PhaseWaiting
		pushed     = payload.PhasePushed
		opened     = payload.PhaseOpened
		signing    = payload.PhaseSigning
		submitting = payload.PhaseSubmitting
		signed     = payload.PhaseSigned
		verified   = payload.PhaseVerified
		unverified = payload.PhaseUnverified
		rejected   = payload.PhaseRejected
		expired    = payload.PhaseExpired
		cancelled  = payload.PhaseCancelled
		notFound   = payload.PhaseNotFound

		asks  = true // the event makes the page ask the backend
		quiet = false
	)
	var (
		welcome       = payloadtest.Welcome
		open          = payloadtest.Opened
		fetched       = payloadtest.DevAppFetched
		preSigned     = payloadtest.PreSigned
		dispatched    = payloadtest.Dispatched
		expire        = payloadtest.Expired
		seconds       = payloadtest.ExpiresIn
		sign          = payloadtest.Resolved(uuid, true)
		reject        = payloadtest.Resolved(uuid, false)
		isNotFound    = payload.Event{Kind: payload.NotFound, At: noon}
		notItsAnswer  = learn(1, payload.StatusSigned, payload.VerdictVerified)
		fresh         = payload.State{UUID: uuid}
		wasPushed     = payload.State{UUID: uuid, Pushed: true}
		withoutServer = payload.State{UUID: uuid, Alone: true}
	)
	notItsAnswer.Answer.UUID = other

	type step struct {
		payload.Event
		phase payload.Phase
		asks  bool
	}
	tests := []struct {
		name    string
		state   payload.State
		steps   []step
		final   bool
		maySign bool
	}{
		// What usually happens.
		{"a payment", fresh, []step{
			{hear(0, welcome), waiting, quiet},
			{hear(0, seconds(899)), waiting, quiet},
			{hear(15, seconds(884)), waiting, quiet},
			{hear(20, open), opened, quiet},
			{hear(21, fetched), opened, quiet},
			{hear(30, open), opened, quiet},
			{hear(31, preSigned), signing, quiet},
			{hear(35, dispatched), submitting, quiet},
			{hear(39, sign), signed, asks},
			{hear(40, fetched), signed, quiet},
			{learn(40, payload.StatusSigned, payload.VerdictChecking), signed, quiet},
			{hear(60, seconds(839)), signed, quiet},
			{learn(61, payload.StatusSigned, payload.VerdictVerified), verified, quiet},
		}, true, false},
		{"a sign-in is never dispatched", fresh, []step{
			{hear(0, welcome), waiting, quiet},
			{hear(0, seconds(899)), waiting, quiet},
			{hear(20, open), opened, quiet},
			{hear(30, open), opened, quiet},
			{hear(31, preSigned), signing, quiet},
			{hear(35, sign), signed, asks},
			{learn(36, payload.StatusSigned, payload.VerdictVerified), verified, quiet},
		}, true, false},
		{"a rejection", fresh, []step{
			{hear(0, welcome), waiting, quiet},
			{hear(0, seconds(899)), waiting, quiet},
			{hear(20, open), opened, quiet},
			{hear(30, reject), rejected, asks},
			{learn(31, payload.StatusRejected, payload.VerdictNone), rejected, quiet},
		}, true, false},
		{"a push", wasPushed, []step{
			{hear(0, welcome), pushed, quiet},
			{hear(0, seconds(899)), pushed, quiet},
			{hear(20, open), opened, quiet},
		}, false, true},
		{"the backend refuses what was signed", fresh, []step{
			{hear(1, sign), signed, asks},
			{learn(2, payload.StatusSigned, payload.VerdictUnverified), unverified, quiet},
		}, true, false},

		// Messages repeat, get lost and come in any order.
		{"pre_signed and dispatched never come", fresh, []step{
			{hear(20, open), opened, quiet},
			{hear(30, sign), signed, asks},
		}, false, false},
		{"pre_signed and dispatched come after the resolution", fresh, []step{
			{hear(20, open), opened, quiet},
			{hear(30, sign), signed, asks},
			{hear(31, preSigned), signed, quiet},
			{hear(32, dispatched), signed, quiet},
		}, false, false},
		{"pre_signed and dispatched come twice", fresh, []step{
			{hear(30, preSigned), signing, quiet},
			{hear(31, preSigned), signing, quiet},
			{hear(32, dispatched), submitting, quiet},
			{hear(33, dispatched), submitting, quiet},
			{hear(34, preSigned), submitting, quiet},
		}, false, true},
		{"dispatched comes before pre_signed", fresh, []step{
			{hear(30, dispatched), submitting, quiet},
			{hear(31, preSigned), submitting, quiet},
		}, false, true},
		{"a second opened after pre_signed keeps signing", fresh, []step{
			{hear(20, open), opened, quiet},
			{hear(30, preSigned), signing, quiet},
			{hear(31, open), signing, quiet},
		}, false, true},
		{"opened between welcome and the first countdown", fresh, []step{
			{hear(0, welcome), waiting, quiet},
			{hear(0, open), opened, quiet},
			{hear(0, seconds(899)), opened, quiet},
		}, false, true},
		{"closed on the phone, opened again", fresh, []step{
			{hear(20, open), opened, quiet},
			{hear(500, open), opened, quiet},
		}, false, true},
		{"the first resolution wins", fresh, []step{
			{hear(30, reject), rejected, asks},
			{hear(31, sign), rejected, asks},
		}, false, false},
		{"the resolution repeats", fresh, []step{
			{hear(30, sign), signed, asks},
			{hear(31, sign), signed, asks},
		}, false, false},
		{"a resolution of another payload says nothing", fresh, []step{
			{hear(20, open), opened, quiet},
			{hear(30, payloadtest.Resolved(other, true)), opened, quiet},
			{hear(31, payloadtest.Resolved(other, false)), opened, quiet},
			{hear(32, sign), signed, asks},
		}, false, false},
		{"everything beats nothing known", fresh, []step{
			{hear(0, `{"cancelled":true}`), waiting, quiet},
			{hear(0, `Bad Gateway`), waiting, quiet},
			{hear(0, payloadtest.Echo), waiting, quiet},
		}, false, true},
		{"fetches by the backend are only logged", fresh, []step{
			{hear(0, fetched), waiting, quiet},
			{hear(1, fetched), waiting, quiet},
		}, false, true},
		{"the socket claims, the backend has not heard yet", fresh, []step{
			{hear(30, sign), signed, asks},
			{learn(30, payload.StatusPending, payload.VerdictNone), signed, quiet},
			{learn(31, payload.StatusOpened, payload.VerdictNone), signed, quiet},
			{learn(32, payload.StatusSigned, payload.VerdictChecking), signed, quiet},
		}, false, false},
		{"the socket claims a rejection, the backend says signed", fresh, []step{
			{hear(30, reject), rejected, asks},
			{learn(31, payload.StatusSigned, payload.VerdictVerified), verified, quiet},
		}, true, false},
		{"the socket claims a signature, the backend says rejected", fresh, []step{
			{hear(30, sign), signed, asks},
			{learn(31, payload.StatusRejected, payload.VerdictNone), rejected, quiet},
		}, true, false},
		{"an answer overtakes another", fresh, []step{
			{learn(2, payload.StatusSigned, payload.VerdictVerified), verified, quiet},
			{learn(1, payload.StatusSigned, payload.VerdictChecking), verified, quiet},
			{learn(0, payload.StatusPending, payload.VerdictNone), verified, quiet},
		}, true, false},
		{"a verdict does not change", fresh, []step{
			{learn(1, payload.StatusSigned, payload.VerdictUnverified), unverified, quiet},
			{learn(2, payload.StatusSigned, payload.VerdictVerified), unverified, quiet},
		}, true, false},
		{"an answer about another payload says nothing", fresh, []step{
			{notItsAnswer, waiting, quiet},
		}, false, true},

		// Expired: too late to open, not too late to sign.
		{"never opened in time", fresh, []step{
			{learnIn(0, payload.StatusPending, 30), waiting, quiet},
			{hear(15, seconds(15)), waiting, quiet},
			{hear(30, expire), expired, asks},
			{hear(45, seconds(-15)), expired, quiet},
			{learn(46, payload.StatusExpired, payload.VerdictNone), expired, quiet},
		}, true, false},
		{"opened in time, expired, still to be signed", fresh, []step{
			{learnIn(0, payload.StatusPending, 30), waiting, quiet},
			{hear(20, open), opened, quiet},
			{hear(30, expire), expired, asks},
			{learn(31, payload.StatusOpened, payload.VerdictNone), expired, quiet},
			{hear(45, seconds(-15)), expired, quiet},
		}, false, true},
		{"opened in time, signed after expiry", fresh, []step{
			{learnIn(0, payload.StatusPending, 30), waiting, quiet},
			{hear(20, open), opened, quiet},
			{hear(30, expire), expired, asks},
			{hear(35, open), expired, asks},
			{hear(36, preSigned), expired, quiet},
			{hear(37, dispatched), expired, quiet},
			{hear(39, sign), signed, asks},
			{learn(40, payload.StatusSigned, payload.VerdictVerified), verified, quiet},
		}, true, false},
		{"opened in time, rejected after expiry", fresh, []step{
			{learnIn(0, payload.StatusPending, 30), waiting, quiet},
			{hear(20, open), opened, quiet},
			{hear(30, expire), expired, asks},
			{hear(39, reject), rejected, asks},
		}, false, false},
		{"opened was lost, pre_signed comes after expiry", fresh, []step{
			{learnIn(0, payload.StatusPending, 30), waiting, quiet},
			{hear(30, expire), expired, asks},
			{hear(36, preSigned), expired, quiet},
		}, false, true},
		{"a phone that comes too late is turned away", fresh, []step{
			{learnIn(0, payload.StatusPending, 30), waiting, quiet},
			{hear(30, expire), expired, asks},
			{hear(40, open), expired, asks},
		}, false, false},
		{"the backend knows that it was opened in time", fresh, []step{
			{learnIn(0, payload.StatusPending, 30), waiting, quiet},
			{hear(30, expire), expired, asks},
			{learn(31, payload.StatusOpened, payload.VerdictNone), expired, quiet},
		}, false, true},
		{"the countdown tells expiry as well", fresh, []step{
			{learnIn(0, payload.StatusPending, 15), waiting, quiet},
			{hear(15, seconds(0)), expired, asks},
			{hear(30, seconds(-15)), expired, quiet},
		}, false, false},
		{"the misprinted expired", fresh, []step{
			{learnIn(0, payload.StatusPending, 30), waiting, quiet},
			{hear(30, `{"expired":true"}`), expired, asks},
		}, false, false},
		{"expired comes a moment before the deadline", fresh, []step{
			{learnIn(0, payload.StatusPending, 30), waiting, quiet},
			{hear(29, expire), expired, asks},
		}, false, false},
		{"signed beats expired", fresh, []step{
			{learnIn(0, payload.StatusPending, 30), waiting, quiet},
			{hear(20, sign), signed, asks},
			{hear(30, expire), signed, asks},
			{hear(45, seconds(-15)), signed, quiet},
		}, false, false},
		{"rejected beats expired", fresh, []step{
			{learnIn(0, payload.StatusPending, 30), waiting, quiet},
			{hear(20, reject), rejected, asks},
			{hear(30, expire), rejected, asks},
		}, false, false},
		{"a claim beats an expiry by the backend, and is waited for", fresh, []step{
			{learn(30, payload.StatusExpired, payload.VerdictNone), expired, quiet},
			{hear(31, sign), signed, asks},
			{learn(32, payload.StatusExpired, payload.VerdictNone), signed, quiet},
		}, false, false},

		// A new connection replays nothing, and says expired for resolved.
		{"expired unforeseen may be resolved while away", fresh, []step{
			{hear(0, welcome), waiting, quiet},
			{hear(0, expire), waiting, asks},
		}, false, true},
		{"resolved while away, before the known deadline", fresh, []step{
			{hear(0, seconds(899)), waiting, quiet},
			{hear(20, open), opened, quiet},
			{hear(100, welcome), opened, quiet},
			{hear(100, expire), opened, asks},
			{learn(101, payload.StatusSigned, payload.VerdictVerified), verified, quiet},
		}, true, false},
		{"expired while away", fresh, []step{
			{hear(0, welcome), waiting, quiet},
			{hear(0, expire), waiting, asks},
			{learn(1, payload.StatusExpired, payload.VerdictNone), expired, quiet},
		}, true, false},
		{"connected after expiry, the countdown is negative", fresh, []step{
			{hear(0, welcome), waiting, quiet},
			{hear(0, expire), waiting, asks},
			{hear(15, seconds(-60)), waiting, asks},
			{learnIn(16, payload.StatusExpired, -61), expired, quiet},
		}, true, false},
		{"cancelled is not announced, a new connection sees expired", fresh, []step{
			{hear(0, seconds(899)), waiting, quiet},
			{hear(20, fetched), waiting, quiet},
			{hear(30, welcome), waiting, quiet},
			{hear(30, expire), waiting, asks},
			{learn(31, payload.StatusCancelled, payload.VerdictNone), cancelled, quiet},
		}, true, false},
		{"cancelled, and the countdown goes on", fresh, []step{
			{hear(0, seconds(899)), waiting, quiet},
			{learn(10, payload.StatusCancelled, payload.VerdictNone), cancelled, quiet},
			{hear(15, seconds(884)), cancelled, quiet},
		}, true, false},
		{"no such payload", fresh, []step{
			{hear(0, payloadtest.NoSuchPayload), waiting, asks},
			{isNotFound, notFound, quiet},
		}, true, false},
		{"not found is said of a payload that was signed", fresh, []step{
			{hear(0, sign), signed, asks},
			{isNotFound, signed, quiet},
		}, false, false},
		{"not found, then verified all the same", fresh, []step{
			{hear(0, sign), signed, asks},
			{isNotFound, signed, quiet},
			{learn(1, payload.StatusSigned, payload.VerdictVerified), verified, quiet},
		}, true, false},

		// Everything on the socket is a rumour, bad news too: the backend's word outweighs it.
		{"a made-up countdown does not hide the code", fresh, []step{
			{learnIn(0, payload.StatusPending, 300), waiting, quiet},
			{hear(1, seconds(-5)), waiting, asks},
			{hear(2, seconds(-6)), waiting, asks},
			{learnIn(2, payload.StatusPending, 298), waiting, quiet},
			{hear(3, seconds(1)), waiting, quiet},
			{hear(4, expire), waiting, asks},
		}, false, true},
		{"nor without a deadline of the backend", fresh, []step{
			{hear(0, seconds(1)), waiting, quiet},
			{hear(1, expire), waiting, asks},
			{learn(2, payload.StatusPending, payload.VerdictNone), waiting, quiet},
			{hear(16, seconds(-15)), waiting, asks},
		}, false, true},
		{"a made-up countdown does not prolong it", fresh, []step{
			{learnIn(0, payload.StatusPending, 30), waiting, quiet},
			{hear(1, seconds(9000)), waiting, quiet},
			{hear(26, expire), expired, asks},
		}, false, false},
		{"an expiry too early to be foreseen", fresh, []step{
			{learnIn(0, payload.StatusPending, 30), waiting, quiet},
			{hear(25, expire), waiting, asks},
		}, false, true},
		{"the backend gives more time", fresh, []step{
			{learnIn(0, payload.StatusPending, 30), waiting, quiet},
			{hear(30, expire), expired, asks},
			{learnIn(31, payload.StatusPending, 60), waiting, quiet},
			{hear(32, open), opened, quiet},
		}, false, true},
		{"the backend ends it before the socket does", fresh, []step{
			{hear(0, seconds(300)), waiting, quiet},
			{learnIn(1, payload.StatusPending, 0), expired, quiet},
			{hear(15, seconds(285)), expired, quiet},
			{hear(16, open), expired, asks},
		}, false, false},
		{"a made-up refusal is over when the backend still knows nothing of it", fresh, []step{
			{learnIn(0, payload.StatusPending, 300), waiting, quiet},
			{hear(1, reject), rejected, asks},
			{learnIn(2, payload.StatusPending, 298), rejected, quiet},
			{learn(60, payload.StatusPending, payload.VerdictNone), rejected, quiet},
			{learn(61, payload.StatusPending, payload.VerdictNone), waiting, quiet},
			{hear(70, sign), signed, asks},
			{learn(71, payload.StatusPending, payload.VerdictNone), signed, quiet},
			{learn(72, payload.StatusSigned, payload.VerdictVerified), verified, quiet},
		}, true, false},
		{"so is a made-up signature", fresh, []step{
			{hear(1, sign), signed, asks},
			{learn(61, payload.StatusOpened, payload.VerdictNone), opened, quiet},
		}, false, true},
		{"what is old refutes nothing", fresh, []step{
			{hear(1, sign), signed, asks},
			{old(learn(61, payload.StatusPending, payload.VerdictNone)), signed, quiet},
			{old(learnIn(99, payload.StatusOpened, -1)), signed, quiet},
			{learn(100, payload.StatusOpened, payload.VerdictNone), expired, quiet},
		}, false, true},
		{"what is old is better than nothing", fresh, []step{
			{old(learnIn(1, payload.StatusOpened, 300)), opened, quiet},
		}, false, true},
		{"signed, and nobody knows of it", fresh, []step{
			{hear(0, sign), signed, asks},
			{payload.Event{Kind: payload.NotFound, At: noon.Add(59 * time.Second)}, signed, quiet},
			{payload.Event{Kind: payload.NotFound, At: noon.Add(60 * time.Second)}, notFound, quiet},
		}, true, false},

		// Each situation that the platform's documentation tells apart, as the backend reports it.
		{"answer: created", fresh, []step{{learnIn(0, payload.StatusPending, 899), waiting, quiet}}, false, true},
		{"answer: created and pushed", wasPushed, []step{{learnIn(0, payload.StatusPending, 899), pushed, quiet}}, false, true},
		{"answer: opened", fresh, []step{{learnIn(0, payload.StatusOpened, 899), opened, quiet}}, false, true},
		{"answer: signed", fresh, []step{{learnIn(0, payload.StatusSigned, 899), signed, quiet}}, false, false},
		{"answer: rejected", fresh, []step{{learnIn(0, payload.StatusRejected, 899), rejected, quiet}}, true, false},
		{"answer: never opened, time over", fresh, []step{{learnIn(0, payload.StatusExpired, -1), expired, quiet}}, true, false},
		{"answer: opened, time over", fresh, []step{{learnIn(0, payload.StatusOpened, -1), expired, quiet}}, false, true},
		{"answer: opened in time, signed after expiry", fresh, []step{
			{learnIn(0, payload.StatusOpened, -1), expired, quiet},
			{learnIn(9, payload.StatusSigned, -10), signed, quiet},
		}, false, false},
		{"answer: signed in time, read back later", fresh, []step{{learnIn(0, payload.StatusSigned, -9000), signed, quiet}}, false, false},
		{"answer: cancelled before being opened", fresh, []step{{learnIn(0, payload.StatusCancelled, 0), cancelled, quiet}}, true, false},
		{"answer: cancelled, but a phone signed anyway", fresh, []step{
			{learnIn(0, payload.StatusCancelled, 0), cancelled, quiet},
			{hear(5, sign), signed, asks},
			{learn(6, payload.StatusSigned, payload.VerdictVerified), verified, quiet},
		}, true, false},

		// No backend: the socket is all there is, and still proves nothing.
		{"alone: signed", withoutServer, []step{
			{hear(20, open), opened, quiet},
			{hear(30, sign), signed, asks},
		}, true, false},
		{"alone: rejected", withoutServer, []step{{hear(30, reject), rejected, asks}}, true, false},
		{"alone: expired", withoutServer, []step{
			{hear(0, seconds(30)), waiting, quiet},
			{hear(30, expire), expired, asks},
		}, true, false},
		{"alone: opened, then expired", withoutServer, []step{
			{hear(0, seconds(30)), waiting, quiet},
			{hear(20, open), opened, quiet},
			{hear(30, expire), expired, asks},
		}, false, true},
		{"alone: expired or resolved while away", withoutServer, []step{
			{hear(0, welcome), waiting, quiet},
			{hear(0, expire), expired, asks},
		}, true, false},
		{"alone: no such payload", withoutServer, []step{{isNotFound, notFound, quiet}}, true, false},
	}
	met := map[payload.Phase]bool{}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := test.state
			for i, step := range test.steps {
				met[step.phase] = true
				if got := s.Asks(step.Event); got != step.asks {
					t.Errorf("step %d, %s: got asks %t, want %t", i+1, describe(step.Event), got, step.asks)
				}
				s = s.Apply(step.Event)
				if got := s.Phase(); got != step.phase {
					t.Fatalf("step %d, %s: got phase %s, want %s", i+1, describe(step.Event), got, step.phase)
				}
			}
			if got := s.Final(); got != test.final {
				t.Errorf("got final %t, want %t", got, test.final)
			}
			if got := s.MaySign(); got != test.maySign {
				t.Errorf("got may sign %t, want %t", got, test.maySign)
			}
		})
	}
	if got, want := slices.Sorted(slices.Values(payload.Phases)), slices.Sorted(maps.Keys(met)); !slices.Equal(got, want) {
		t.Errorf("got phases %v, want those met above, %v", got, want)
	}
}

func TestUnsettled(t *testing.T) {
	fresh := payload.State{UUID: uuid}
	tests := []struct {
		name   string
		state  payload.State
		events []payload.Event
		want   bool
	}{
		{"nothing known", fresh, nil, false},
		{"opened", fresh, []payload.Event{hear(1, payloadtest.Opened)}, false},
		{"dispatched", fresh, []payload.Event{hear(1, payloadtest.Dispatched)}, false},
		{"claims signed", fresh, []payload.Event{hear(1, payloadtest.Resolved(uuid, true))}, true},
		{"claims rejected", fresh, []payload.Event{hear(1, payloadtest.Resolved(uuid, false))}, true},
		{"another payload's claim", fresh, []payload.Event{hear(1, payloadtest.Resolved(other, true))}, false},
		{"claims signed, the backend has not heard yet", fresh, []payload.Event{
			hear(1, payloadtest.Resolved(uuid, true)), learn(1, payload.StatusOpened, payload.VerdictNone),
		}, true},
		{"signed, being checked", fresh, []payload.Event{learn(1, payload.StatusSigned, payload.VerdictChecking)}, true},
		{"verified", fresh, []payload.Event{
			hear(1, payloadtest.Resolved(uuid, true)), learn(2, payload.StatusSigned, payload.VerdictVerified),
		}, false},
		{"unverified", fresh, []payload.Event{
			hear(1, payloadtest.Resolved(uuid, true)), learn(2, payload.StatusSigned, payload.VerdictUnverified),
		}, false},
		{"rejected", fresh, []payload.Event{
			hear(1, payloadtest.Resolved(uuid, false)), learn(2, payload.StatusRejected, payload.VerdictNone),
		}, false},
		{"expired or resolved while away", fresh, []payload.Event{hear(1, payloadtest.Expired)}, true},
		{"expired, as foreseen", fresh, []payload.Event{learnIn(0, payload.StatusPending, 30), hear(30, payloadtest.Expired)}, false},
		{"expired while away", fresh, []payload.Event{
			hear(1, payloadtest.Expired), learn(2, payload.StatusExpired, payload.VerdictNone),
		}, false},
		{"expired while away, opened before", fresh, []payload.Event{
			hear(1, payloadtest.Expired), learnIn(2, payload.StatusOpened, -60),
		}, false},
		{"said to be over, the backend has not heard yet", fresh, []payload.Event{
			hear(1, payloadtest.Expired), learnIn(60, payload.StatusPending, 300),
		}, true},
		{"said to be over, the backend knows better", fresh, []payload.Event{
			hear(1, payloadtest.Expired), hear(30, payloadtest.Expired), learnIn(61, payload.StatusPending, 300),
		}, false},
		{"said to be over, the backend's word is old", fresh, []payload.Event{
			hear(1, payloadtest.Expired), old(learnIn(61, payload.StatusPending, 300)),
		}, true},
		{"said to be over, the backend knows better, said again", fresh, []payload.Event{
			hear(1, payloadtest.Expired), learnIn(61, payload.StatusPending, 300), hear(62, payloadtest.Expired), learnIn(63, payload.StatusPending, 298),
		}, true},
		{"claims signed, the backend knows better", fresh, []payload.Event{
			hear(1, payloadtest.Resolved(uuid, true)), learn(61, payload.StatusOpened, payload.VerdictNone),
		}, false},
		{"alone, claims signed", payload.State{UUID: uuid, Alone: true}, []payload.Event{hear(1, payloadtest.Resolved(uuid, true))}, false},
		{"alone, expired or resolved while away", payload.State{UUID: uuid, Alone: true}, []payload.Event{hear(1, payloadtest.Expired)}, false},
		{"alone, over and on a phone", payload.State{UUID: uuid, Alone: true}, []payload.Event{
			hear(1, payloadtest.Expired), hear(2, payloadtest.Opened),
		}, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := test.state
			for _, e := range test.events {
				s = s.Apply(e)
			}
			if got := s.Unsettled(); got != test.want {
				t.Errorf("got %t, want %t", got, test.want)
			}
		})
	}
}

// The frame's number is bounded by Decode. The answer's is not, and must not wrap around into the past either.
func TestDeadline(t *testing.T) {
	after := func(n int) time.Time { return noon.Add(time.Duration(n) * time.Second) }
	tests := []struct {
		name   string
		events []payload.Event
		want   time.Time
	}{
		{"not known", []payload.Event{hear(0, payloadtest.Welcome)}, time.Time{}},
		{"from the countdown", []payload.Event{hear(0, payloadtest.ExpiresIn(899))}, after(899)},
		{"set anew by each message", []payload.Event{hear(0, payloadtest.ExpiresIn(899)), hear(400, payloadtest.ExpiresIn(500))}, after(900)},
		{"from the backend", []payload.Event{learnIn(10, payload.StatusPending, 60)}, after(70)},
		{"in the past, by the socket alone", []payload.Event{hear(100, payloadtest.ExpiresIn(-15))}, time.Time{}},
		{"in a second, by the socket alone", []payload.Event{hear(100, payloadtest.ExpiresIn(1))}, after(101)},
		{"now, by the socket alone", []payload.Event{hear(100, payloadtest.ExpiresIn(0))}, time.Time{}},
		{"absurdly far away", []payload.Event{learnIn(1, payload.StatusPending, math.MaxInt)}, after(1 + 3162240000)},
		{"absurdly long ago", []payload.Event{learnIn(1, payload.StatusPending, math.MinInt)}, after(1 - 3162240000)},
		{"in the past, by the backend", []payload.Event{learnIn(100, payload.StatusOpened, -15)}, after(85)},
		{"the backend outweighs the socket", []payload.Event{hear(0, payloadtest.ExpiresIn(30)), learnIn(1, payload.StatusPending, 300)}, after(301)},
		{"the socket does not outweigh the backend", []payload.Event{learnIn(1, payload.StatusPending, 300), hear(2, payloadtest.ExpiresIn(30))}, after(301)},
		{"the backend corrects itself", []payload.Event{learnIn(1, payload.StatusPending, 300), learnIn(2, payload.StatusPending, 30)}, after(32)},
		{"not moved by expired", []payload.Event{hear(0, payloadtest.ExpiresIn(30)), hear(31, payloadtest.Expired)}, after(30)},
		{"not moved by an answer without it", []payload.Event{hear(0, payloadtest.ExpiresIn(30)), learn(9, payload.StatusOpened, payload.VerdictNone)}, after(30)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := payload.State{UUID: uuid}
			for _, e := range test.events {
				s = s.Apply(e)
			}
			if !s.Deadline.Equal(test.want) {
				t.Errorf("got %v, want %v", s.Deadline, test.want)
			}
		})
	}
}

// The properties below are checked against this many random stories each.
var sequences = flag.Int("sequences", 5000, "random stories per property")

// socketEvents is everything that a page without a backend can learn, NotFound included.
func socketEvents(r *rand.Rand) []payload.Event {
	frames := []string{
		payloadtest.Welcome, payloadtest.Echo, payloadtest.NoSuchPayload, payloadtest.Opened, payloadtest.DevAppFetched,
		payloadtest.PreSigned, payloadtest.Dispatched, payloadtest.Expired, "Bad Gateway", `{"cancelled":true}`,
		payloadtest.Resolved(uuid, true), payloadtest.Resolved(uuid, false),
		payloadtest.Resolved(other, true), payloadtest.Resolved(other, false),
	}
	events := make([]payload.Event, r.IntN(20))
	second := 0
	for i := range events {
		second += r.IntN(20)
		switch n := r.IntN(len(frames) + 5); {
		case n < len(frames):
			events[i] = hear(second, frames[n])
		case n == len(frames) && r.IntN(4) == 0:
			events[i] = payload.Event{Kind: payload.NotFound, At: noon.Add(time.Duration(second) * time.Second)}
		default:
			events[i] = hear(second, payloadtest.ExpiresIn(100-second+r.IntN(3)))
		}
	}
	return events
}

func anyAnswer(r *rand.Rand, second int) payload.Event {
	statuses := []payload.Status{
		payload.StatusPending, payload.StatusOpened, payload.StatusSigned, payload.StatusRejected, payload.StatusExpired,
		payload.StatusCancelled,
	}
	e := learn(second, statuses[r.IntN(len(statuses))], payload.VerdictNone)
	if e.Answer.Status == payload.StatusSigned {
		verdicts := []payload.Verdict{payload.VerdictNone, payload.VerdictChecking, payload.VerdictVerified, payload.VerdictUnverified}
		e.Answer.Verdict = verdicts[r.IntN(len(verdicts))]
	}
	if r.IntN(2) == 0 {
		n := 100 - second
		e.Answer.ExpiresIn = &n
	}
	return e
}

func TestPhaseNeverMovesBackwards(t *testing.T) {
	order := map[payload.Phase]int{
		payload.PhaseWaiting: 0, payload.PhasePushed: 1, payload.PhaseOpened: 2, payload.PhaseSigning: 3,
		payload.PhaseSubmitting: 4, payload.PhaseExpired: 5, payload.PhaseNotFound: 6,
		payload.PhaseRejected: 7, payload.PhaseSigned: 7,
	}
	forEachStory(t, socketEvents, func(t *testing.T, s payload.State, events []payload.Event) {
		for i, e := range events {
			before := s.Phase()
			s = s.Apply(e)
			after := s.Phase()
			was, now := order[before], order[after]
			if _, known := order[after]; !known {
				t.Fatalf("got phase %s without an answer of the backend, after %s", after, describe(events[:i+1]...))
			}
			if e.Kind == payload.NotFound && !s.Alone {
				continue // the backend's word
			}
			if now < was || now == was && after != before {
				t.Fatalf("got phase %s after %s, after %s", after, before, describe(events[:i+1]...))
			}
		}
	})
}

// A final answer stays, and so does a final phase that rests on it.
func TestAnswersAreFinal(t *testing.T) {
	mixed := func(r *rand.Rand) []payload.Event {
		events := socketEvents(r)
		for i := range events {
			if r.IntN(3) == 0 {
				events[i] = anyAnswer(r, int(events[i].At.Sub(noon).Seconds()))
			}
		}
		return events
	}
	forEachStory(t, mixed, func(t *testing.T, s payload.State, events []payload.Event) {
		for i, e := range events {
			before := s
			s = s.Apply(e)
			if p := before.Phase(); (p == payload.PhaseVerified || p == payload.PhaseUnverified) && s.Phase() != p {
				t.Fatalf("got phase %s after %s, after %s", s.Phase(), p, describe(events[:i+1]...))
			}
			if s.Phase() == payload.PhaseVerified && s.Answer.Verdict != payload.VerdictVerified {
				t.Fatalf("got %+v verified without a verdict, after %s", s, describe(events[:i+1]...))
			}
			if s.Final() && s.MaySign() {
				t.Fatalf("got final, although it may be signed, after %s", describe(events[:i+1]...))
			}
			if s.Final() && s.Unsettled() {
				t.Fatalf("got final, although unsettled, after %s", describe(events[:i+1]...))
			}
			if !s.Alone && s.Phase() == payload.PhaseVerified && !s.Final() {
				t.Fatalf("got verified, but not final, after %s", describe(events[:i+1]...))
			}
		}
	})
}

func TestApplyTwiceIsApplyOnce(t *testing.T) {
	mixed := func(r *rand.Rand) []payload.Event {
		events := socketEvents(r)
		return append(events, anyAnswer(r, r.IntN(200)), anyAnswer(r, r.IntN(200)))
	}
	forEachStory(t, mixed, func(t *testing.T, s payload.State, events []payload.Event) {
		for i, e := range events {
			s = s.Apply(e)
			if again := s.Apply(e); !reflect.DeepEqual(again, s) {
				t.Fatalf("got %+v, want %+v, after the last of %s came twice", again, s, describe(events[:i+1]...))
			}
		}
	})
}

func TestAnswersAboutOthersChangeNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	forEachStory(t, socketEvents, func(t *testing.T, s payload.State, events []payload.Event) {
		for _, e := range events {
			s = s.Apply(e)
		}
		stray := anyAnswer(r, 50)
		stray.Answer.UUID = other
		if got := s.Apply(stray); !reflect.DeepEqual(got, s) {
			t.Fatalf("got %+v, want %+v, after %s", got, s, describe(append(events, stray)...))
		}
	})
}

func TestFetchesByTheBackendNeverAsk(t *testing.T) {
	forEachStory(t, socketEvents, func(t *testing.T, s payload.State, events []payload.Event) {
		for _, e := range events {
			s = s.Apply(e)
		}
		e := hear(500, payloadtest.DevAppFetched)
		if s.Asks(e) {
			t.Fatalf("got a question to the backend because it asked, after %s", describe(events...))
		}
		if got := s.Apply(e); !reflect.DeepEqual(got, s) {
			t.Fatalf("got %+v, want %+v, after %s", got, s, describe(events...))
		}
	})
}

// As long as nothing expires and the resolutions agree, the order in which facts arrive does not matter.
func TestOrderOfFactsDoesNotMatter(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	frames := []string{
		payloadtest.Welcome, payloadtest.Opened, payloadtest.Opened, payloadtest.DevAppFetched, payloadtest.PreSigned,
		payloadtest.Dispatched, payloadtest.Dispatched, payloadtest.Echo, payloadtest.Resolved(uuid, true),
		payloadtest.Resolved(uuid, true), payloadtest.Resolved(other, false),
	}
	for range *sequences {
		r.Shuffle(len(frames), func(i, j int) { frames[i], frames[j] = frames[j], frames[i] })
		some := slices.Clone(frames[:r.IntN(len(frames)+1)])
		want, got := payload.State{UUID: uuid}, payload.State{UUID: uuid}
		for _, f := range some {
			want = want.Apply(hear(0, f))
		}
		slices.Sort(some)
		for _, f := range some {
			got = got.Apply(hear(0, f))
		}
		if !reflect.DeepEqual(got, want) || got.Phase() != want.Phase() {
			t.Fatalf("got %+v in alphabetical order, want %+v", got, want)
		}
	}
}

// Answers travel on requests of their own and overtake each other: the page ends where the backend did.
func TestOrderOfAnswersDoesNotMatter(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	stories := []struct {
		last   payload.Event
		others []payload.Event
	}{
		{learn(9, payload.StatusSigned, payload.VerdictVerified), []payload.Event{
			learnIn(0, payload.StatusPending, 9), learnIn(1, payload.StatusOpened, 8), learn(2, payload.StatusSigned, payload.VerdictChecking),
		}},
		{learn(9, payload.StatusSigned, payload.VerdictUnverified), []payload.Event{
			learn(0, payload.StatusCancelled, payload.VerdictNone), learn(2, payload.StatusSigned, payload.VerdictNone),
		}},
		{learn(9, payload.StatusRejected, payload.VerdictNone), []payload.Event{
			learnIn(0, payload.StatusPending, 9), learnIn(1, payload.StatusOpened, -8),
		}},
		{learn(9, payload.StatusExpired, payload.VerdictNone), []payload.Event{learnIn(0, payload.StatusPending, 9)}},
	}
	for _, story := range stories {
		want := (payload.State{UUID: uuid}).Apply(story.last)
		events := append(slices.Clone(story.others), story.last)
		for range 100 {
			r.Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
			got := payload.State{UUID: uuid}
			for _, e := range events {
				got = got.Apply(e)
			}
			if got.Phase() != want.Phase() || !reflect.DeepEqual(got.Answer, want.Answer) || !got.Final() {
				t.Fatalf("got %s, final %t, want %s, final, after %s", got.Phase(), got.Final(), want.Phase(), describe(events...))
			}
		}
	}
}

func TestCopiesAreIndependent(t *testing.T) {
	before := payload.State{UUID: uuid}.Apply(hear(0, payloadtest.Opened))
	before.Apply(hear(1, payloadtest.Resolved(uuid, true)))
	if got, want := before.Phase(), payload.PhaseOpened; got != want {
		t.Errorf("got phase %s, want %s", got, want)
	}
}

// forEachStory checks many random stories, the same in every run, for payloads pushed and not, with and without a backend.
func forEachStory(t *testing.T, story func(*rand.Rand) []payload.Event, check func(*testing.T, payload.State, []payload.Event)) {
	t.Helper()
	r := rand.New(rand.NewPCG(2026, 1))
	for i := range *sequences {
		check(t, payload.State{UUID: uuid, Pushed: i%2 == 0, Alone: i%3 == 0}, story(r))
	}
}

// describe retells events in a failure.
func describe(events ...payload.Event) string {
	text := ""
	for i, e := range events {
		if i > 0 {
			text += ", "
		}
		switch {
		case e.Kind == payload.Answered:
			text += fmt.Sprintf("answer %s %s", e.Answer.Status, e.Answer.Verdict)
		case e.Kind == payload.NotFound:
			text += "not found"
		case e.Kind == payload.Resolved:
			text += fmt.Sprintf("resolved signed %t %s", e.Signed, e.UUID.Short())
		default:
			text += string(e.Frame)
		}
		text += fmt.Sprintf(" (%v)", e.At.Sub(noon))
	}
	return text
}
