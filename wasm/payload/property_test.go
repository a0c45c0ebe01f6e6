package payload_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/wasm/payload"
	"github.com/xaman-live/xaman-live/wasm/payload/payloadtest"
)

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
		verdicts := []payload.Verdict{payload.VerdictNone, payload.VerdictChecking, payload.VerdictVerified,
			payload.VerdictUnverified}
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
			s.Add(&e)
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
			s.Add(&e)
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
			s.Add(&e)
			again := s
			if again.Add(&e); !reflect.DeepEqual(again, s) {
				t.Fatalf("got %+v, want %+v, after the last of %s came twice", again, s, describe(events[:i+1]...))
			}
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
			want.Add(new(hear(0, f)))
		}
		slices.Sort(some)
		for _, f := range some {
			got.Add(new(hear(0, f)))
		}
		if !reflect.DeepEqual(got, want) || got.Phase() != want.Phase() {
			t.Fatalf("got %+v in alphabetical order, want %+v", got, want)
		}
	}
}

// No story of the socket alone hides the code of a request that the backend knows to be open, or offers another one.
func TestForgedFramesNeitherEndNorRenew(t *testing.T) {
	forged := func(r *rand.Rand) []payload.Event {
		frames := []string{payloadtest.Expired, `{"expired":true"}`, payloadtest.NoSuchPayload, payloadtest.Welcome,
			payloadtest.Echo}
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
		s.Add(new(parseEvent(t, 0, "answer pending none in 100")))
		want := s.Phase()
		for i, e := range events {
			if s.Add(&e); s.Phase() != want || s.Final() || !s.MaySign() ||
				!s.Deadline.Equal(noon.Add(100*time.Second)) {
				t.Fatalf("got %s with deadline %v, after %s", s.Phase(), s.Deadline, describe(events[:i+1]...))
			}
		}
	})
}

// forEachStory checks many random stories, the same in every run, for payloads pushed and not, with and without a
// backend.
func forEachStory(t *testing.T, story func(*rand.Rand) []payload.Event,
	check func(*testing.T, payload.State, []payload.Event)) {
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
