package subscribe

import (
	"time"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// schedule decides when the backend is asked. It is told of reasons and of what came of the questions; it asks nobody
// and reads no clock.
type schedule struct {
	question question  // the latest
	since    time.Time // the beginning of the pause before the next one
	wanted   bool      // there is a reason for which no question has been asked yet
	newsAt   time.Time // when something new was heard
	asked    int       // questions since then
	failures int       // questions in a row since then that were not answered
	rechecks int       // questions still to be asked although nothing new was heard
}

// question is one question to the backend.
type question struct {
	began   time.Time
	stage   stage
	doubted bool // the page was away, or cut off, since it was asked: it may never be answered
	givenUp bool
	patient bool // the one before was given up, and new reasons must not keep it from ever being answered
}

// stage is how far a question is.
type stage int

const (
	noQuestion stage = iota
	asking
	answered
	unanswered
)

// facts are what a schedule depends on besides its own.
type facts struct {
	state  *payload.State
	denied bool      // the backend says that there is no such payload, and has not said it often enough
	hidden bool      // nobody looks at the page
	live   bool      // there is a socket that has spoken
	heard  time.Time // when the socket spoke last, or began to be dialed
}

// want takes a reason to ask that may be an old one. It is asked at once after a quiet time, and less and less often
// when it comes again and again without bringing anything.
func (s *schedule) want() { s.wanted = true }

// wantNow takes a reason that is new: it is asked at once.
func (s *schedule) wantNow(now time.Time) {
	s.wanted, s.asked, s.failures, s.newsAt = true, 0, 0, now
}

// doubt takes a sign that the question that is under way may never be answered: it is given up soon, and asked anew.
func (s *schedule) doubt(now time.Time) {
	s.question.doubted = true
	s.wantNow(now)
}

// begin takes the beginning of a question.
func (s *schedule) begin(now time.Time) {
	s.question = question{began: now, stage: asking, patient: s.question.givenUp}
	s.wanted = false
	s.asked++
}

// giveUp takes that the question was told to end. It is under way until it does.
func (s *schedule) giveUp() { s.question.doubted, s.question.givenUp = false, true }

// end takes the end of a question that says nothing of the next one.
func (s *schedule) end(now time.Time) { s.question.stage, s.since = unanswered, now }

// fail takes the end of a question that was not answered.
func (s *schedule) fail(now time.Time) {
	s.end(now)
	s.failures++
}

// answer takes an answer, and whether it said something new: more may follow soon.
func (s *schedule) answer(now time.Time, changed bool) {
	s.question.stage, s.since, s.failures = answered, now, 0
	s.rechecks = max(0, s.rechecks-1)
	if changed {
		s.asked, s.newsAt = min(s.asked, 1), now
	}
}

// lose takes the end of a socket, which is not replaced by questions at once: most come back. What ended it may have
// ended the question that is under way too.
func (s *schedule) lose(now time.Time) {
	s.asked, s.failures, s.since, s.rechecks = 0, 0, now, 0
	s.question.doubted = true
}

// next returns when the backend is to be asked, or the question that is under way to be given up, if at all. It changes
// nothing.
func (s schedule) next(now time.Time, f facts) (due time.Time, ok bool) {
	if s.question.stage == asking {
		patience := policy.gap.first
		if s.question.patient {
			patience = policy.gap.last
		}
		return s.question.began.Add(patience), s.question.doubted
	}
	due = s.unprompted(now, f)
	switch {
	case s.wanted && s.asked == 0:
		due = now
	case s.wanted:
		due = earliest(due, s.after(policy.gap, s.asked))
	}
	return latest(due, s.question.began.Add(policy.gap.first)), !due.IsZero()
}

// unprompted returns when to ask if there is no reason to ask at once; zero: never.
func (s schedule) unprompted(now time.Time, f facts) time.Time {
	missed := f.heard.Add(policy.keepAlive)
	unsettled := f.state.Unsettled()
	switch {
	case unsettled && s.failures > 0:
		return s.after(policy.gap, s.failures)
	case unsettled && !f.hidden && now.Sub(s.newsAt) < steadyFor(f.state):
		return latest(s.question.began.Add(policy.steady), s.since.Add(policy.steadyRest))
	case unsettled || f.denied:
		return s.after(policy.gap, s.asked)
	case f.hidden:
		return time.Time{}
	case s.question.stage == unanswered:
		return s.after(policy.failed, s.failures)
	case s.rechecks > 0:
		return s.after(policy.recheck, s.asked)
	case !f.live || !now.Before(missed):
		return s.after(policy.poll, s.asked)
	}
	idle := policy.idle
	if f.state.Started() && !f.state.Expired {
		idle = policy.idleStarted
	}
	due := earliest(s.since.Add(idle), missed)
	over := f.state.Deadline.Add(policy.overdue)
	if !f.state.Deadline.IsZero() && !f.state.Expired && over.After(s.since) {
		due = earliest(due, over)
	}
	return due
}

// steadyFor is how long after news of an outcome the backend is asked steadily about it.
func steadyFor(state *payload.State) time.Duration {
	switch {
	case state.Answer.Status == payload.StatusSigned:
		return policy.checkingFor
	case state.OutcomeAnnounced():
		return policy.announcedFor
	}
	return 0
}

func (s schedule) after(b backoff, n int) time.Time { return s.since.Add(b.pause(n)) }

// earliest returns the earlier of two times; zero is never.
func earliest(a, b time.Time) time.Time {
	if a.IsZero() || b.Before(a) {
		return b
	}
	return a
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
