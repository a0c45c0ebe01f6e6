package subscribe

import (
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// noon is when the tests below begin.
var noon = time.Date(2026, 1, 5, 12, 0, 0, 0, time.UTC)

// at is so many seconds after noon.
func at(seconds float64) time.Time { return noon.Add(time.Duration(seconds * float64(time.Second))) }

// When the next question is asked, for each situation that the policy tells apart.
func TestNextQuestion(t *testing.T) {
	// after is a schedule whose latest question, of so many, was asked at 10 s and answered half a second later.
	after := func(n int) schedule {
		return schedule{question: question{began: at(10), stage: answered}, since: at(10.5), newsAt: at(0), asked: n}
	}
	wanted := func(n int) schedule {
		s := after(n)
		s.wanted = true
		return s
	}
	failed := func(n int) schedule {
		s := after(n)
		s.question.stage, s.failures = unanswered, n
		return s
	}
	unsure := func(n int) schedule {
		s := after(n)
		s.rechecks = 1
		return s
	}
	quick := func(s schedule) schedule { s.since = at(10.1); return s }
	busy := func(q question) schedule {
		q.began, q.stage = at(10), asking
		return schedule{question: q, wanted: true, since: at(10.5)}
	}

	in := func(state payload.State) facts { return facts{state: &state, live: true, heard: at(982)} }
	calm := in(payload.State{})
	until := func(deadline float64) facts { return in(payload.State{Deadline: at(deadline)}) }
	silent := func(heard float64) facts { return facts{state: &payload.State{}, live: true, heard: at(heard)} }
	over := in(payload.State{Gone: true})
	announced := in(payload.State{Announced: payload.AnnouncedSigned})
	checking := in(payload.State{Answer: payload.Answer{Status: payload.StatusSigned}})
	denied := facts{state: &payload.State{}, denied: true, live: true, heard: at(982)}
	cutOff := facts{state: &payload.State{}, heard: at(982)}
	hide := func(f facts) facts { f.hidden = true; return f }
	const never = -1
	tests := []struct {
		name string
		s    schedule
		f    facts
		now  float64
		want float64
	}{
		{"all is well", after(2), calm, 11, 70.5},
		{"all is well, a phone holds it", after(2), in(payload.State{Opened: true}), 11, 25.5},
		{"all is well, a phone holds it too late", after(2), in(payload.State{Opened: true, Expired: true}), 11, 70.5},
		{"all is well, the socket will be missed before", after(2), silent(10), 11, 28},
		{"all is well, the deadline is before", after(2), until(40), 11, 41},
		{"all is well, the deadline is after", after(2), until(400), 11, 70.5},
		{"all is well, asked since the deadline", after(2), until(9), 11, 70.5},
		{"all is well, asked just after the deadline", after(2), until(10), 11, 11},
		{"all is well, over for certain", after(2), in(payload.State{Deadline: at(40), Expired: true}), 11, 70.5},
		{"all is well, nobody looks", after(2), hide(calm), 11, never},

		{"a question is under way", busy(question{}), checking, 11, never},
		{"a question is in doubt", busy(question{doubted: true}), calm, 11, 10.5},
		{"a question is in doubt after one that was", busy(question{doubted: true, patient: true}), calm, 11, 15},

		{"something new", wanted(0), calm, 12, 12},
		{"something new, nobody looks", wanted(0), hide(calm), 12, 12},
		{"something new, right after a question", quick(wanted(0)), calm, 10.2, 10.5},
		{"something old", wanted(1), calm, 10.6, 11},
		{"something old, again and again", wanted(4), calm, 10.6, 14.5},
		{"something old, for ever", wanted(99), calm, 10.6, 15.5},
		{"something old, nobody looks", wanted(2), hide(calm), 10.6, 11.5},
		{"something old while a verdict is due", wanted(99), checking, 10.6, 10.75},
		{"something old while the socket is missed", wanted(3), cutOff, 10.6, 12.5},

		{"said to be over", after(1), over, 10.6, 11},
		{"said to be over, for long", after(9), over, 10.6, 15.5},
		{"said to be over, nobody looks", after(2), hide(over), 10.6, 11.5},
		{"announced", quick(after(9)), announced, 10.2, 10.7},
		{"announced, and the backend takes its time", after(9), announced, 10.6, 10.75},
		{"announced long ago", after(9), announced, 15, 15.5},
		{"checking", quick(after(9)), checking, 119, 10.7},
		{"checking for long", after(9), checking, 120, 15.5},
		{"checking, nobody looks", after(2), hide(checking), 11, 11.5},
		{"checking, and the backend fails", failed(1), checking, 11, 11},
		{"checking, and the backend goes on to fail", failed(3), checking, 11, 12.5},
		{"checking, and the backend fails for ever", failed(99), checking, 11, 15.5},
		{"denied", after(1), denied, 11, 11},
		{"denied twice, nobody looks", after(2), hide(denied), 11, 11.5},
		{"denied for ever", after(99), denied, 11, 15.5},

		{"the backend fails", failed(1), calm, 11, 11.5},
		{"the backend goes on to fail", failed(4), calm, 11, 18.5},
		{"the backend fails for ever", failed(99), calm, 11, 18.5},
		{"the backend fails, nobody looks", failed(1), hide(calm), 11, never},
		{"not sure", unsure(1), calm, 11, 11.5},
		{"not sure for long", unsure(9), calm, 11, 15.5},
		{"not sure, nobody looks", unsure(1), hide(calm), 11, never},
		{"no socket", after(0), cutOff, 11, 12.5},
		{"no socket for long", after(99), cutOff, 11, 18.5},
		{"no socket, nobody looks", after(1), hide(cutOff), 11, never},
		{"the socket is missed", after(2), silent(-7), 11, 14.5},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := tt.s.next(at(tt.now), tt.f)
			if ok != (tt.want != never) || ok && !got.Equal(at(tt.want)) {
				t.Errorf("got %v, %t, want %v s", got.Sub(noon), ok, tt.want)
			}
		})
	}
}

// What happens to a schedule, in order.
func TestSchedule(t *testing.T) {
	s := schedule{since: at(0)}
	open := func(began float64) question { return question{began: at(began), stage: asking} }
	ended := func(began float64) question { return question{began: at(began), stage: unanswered} }
	steps := []struct {
		name string
		do   func()
		want schedule
	}{
		{"something new", func() { s.wantNow(at(1)) }, schedule{since: at(0), newsAt: at(1), wanted: true}},
		{"is asked", func() { s.begin(at(1)) }, schedule{since: at(0), newsAt: at(1), question: open(1), asked: 1}},
		{"fails", func() { s.fail(at(2)) },
			schedule{since: at(2), newsAt: at(1), question: ended(1), asked: 1, failures: 1}},
		{"is asked again", func() { s.begin(at(3)) },
			schedule{since: at(2), newsAt: at(1), question: open(3), asked: 2, failures: 1}},
		{"said again", func() { s.want() },
			schedule{since: at(2), newsAt: at(1), question: open(3), wanted: true, asked: 2, failures: 1}},
		{"ends", func() { s.end(at(4)) },
			schedule{since: at(4), newsAt: at(1), question: ended(3), wanted: true, asked: 2, failures: 1}},
		{"is asked once more, and three times to be sure", func() { s.rechecks = 3; s.begin(at(5)) },
			schedule{since: at(4), newsAt: at(1), question: open(5), asked: 3, failures: 1, rechecks: 3}},
		{"is answered", func() { s.answer(at(6), false) },
			schedule{since: at(6), newsAt: at(1), question: question{began: at(5), stage: answered}, asked: 3, rechecks: 2}},
		{"is asked to be sure", func() { s.begin(at(7)) },
			schedule{since: at(6), newsAt: at(1), question: open(7), asked: 4, rechecks: 2}},
		{"is news", func() { s.answer(at(8), true) },
			schedule{since: at(8), newsAt: at(8), question: question{began: at(7), stage: answered}, asked: 1, rechecks: 1}},
		{"something new again", func() { s.wantNow(at(9)) },
			schedule{since: at(8), newsAt: at(9), question: question{began: at(7), stage: answered}, wanted: true, rechecks: 1}},
		{"and an answer to the question before", func() { s.answer(at(10), true) },
			schedule{since: at(10), newsAt: at(10), question: question{began: at(7), stage: answered}, wanted: true}},
		{"asked and failed", func() { s.begin(at(11)); s.fail(at(12)); s.rechecks = 3 },
			schedule{since: at(12), newsAt: at(10), question: ended(11), asked: 1, failures: 1, rechecks: 3}},
		{"the socket is lost", func() { s.lose(at(13)) }, schedule{since: at(13), newsAt: at(10),
			question: question{began: at(11), stage: unanswered, doubted: true}}},
		{"asked", func() { s.begin(at(14)) }, schedule{since: at(13), newsAt: at(10), question: open(14), asked: 1}},
		{"doubted", func() { s.doubt(at(15)) }, schedule{since: at(13), newsAt: at(15), wanted: true,
			question: question{began: at(14), stage: asking, doubted: true}}},
		{"given up", func() { s.giveUp() }, schedule{since: at(13), newsAt: at(15), wanted: true,
			question: question{began: at(14), stage: asking, givenUp: true}}},
		{"asked with patience", func() { s.end(at(16)); s.begin(at(17)) }, schedule{since: at(16), newsAt: at(15), asked: 1,
			question: question{began: at(17), stage: asking, patient: true}}},
	}
	for _, step := range steps {
		if step.do(); s != step.want {
			t.Fatalf("%s: got %+v, want %+v", step.name, s, step.want)
		}
	}
}
