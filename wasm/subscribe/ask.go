package subscribe

import (
	"context"
	"time"

	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// question is the one that is under way, or the latest.
type question struct {
	giveUp  context.CancelFunc
	doubted bool // the page was away, or cut off, since it was asked: it may never be answered
	givenUp bool
	patient bool // the one before it was given up, and reasons to come anew must not keep it from ever being answered
}

// told is the backend's reply.
type told struct {
	answer api.SignRequest
	err    error
	at     time.Time
}

// askAfresh asks now, and does not wait long for an answer that is due: a page that was put to sleep, or was cut off, may
// never get it.
func (s *Subscription) askAfresh(now time.Time) {
	s.question.doubted = true
	s.inquiry.stir(now)
}

// due returns when [Subscription.act] has something to do, if at all.
func (s *Subscription) due(now time.Time) (time.Time, bool) {
	patience := leastGap
	if s.question.patient {
		patience = mostGap
	}
	if s.inquiry.asking {
		return s.inquiry.began.Add(patience), s.question.doubted
	}
	return s.inquiry.next(now, s.circumstances())
}

func (s *Subscription) circumstances() circumstances {
	c := circumstances{
		unsettled: s.state.Unsettled(), denied: s.denials > 0, hidden: s.hidden, linked: s.linked,
		started: s.state.Started() && !s.state.Expired, missed: s.attempt.heard.Add(keepAlive),
	}
	switch {
	case s.state.Answer.Status == payload.StatusSigned:
		c.steadyFor = checkingFor
	case s.state.Claimed():
		c.steadyFor = claimedFor
	}
	if !s.state.Expired {
		c.deadline = s.state.Deadline
	}
	return c
}

// act asks the backend, or gives up a question that may never be answered.
func (s *Subscription) act(ctx context.Context, w *workers, now time.Time) {
	if s.inquiry.asking {
		s.question.doubted, s.question.givenUp = false, true
		s.question.giveUp()
		return
	}
	asked, giveUp := context.WithTimeout(ctx, askTimeout)
	s.question = question{giveUp: giveUp, patient: s.question.givenUp}
	s.inquiry.begin(now)
	s.traffic.Asks++
	w.run(func() {
		defer giveUp()
		answer, err := s.ask(asked)
		select {
		case s.told <- told{answer, err, time.Now()}:
		case <-ctx.Done():
		}
	})
}

// learn takes the backend's reply.
func (s *Subscription) learn(t told) {
	if t.err == nil && t.answer.UUID != s.state.UUID {
		t.err = &payload.Error{Code: payload.BadAnswer, Message: "backend's answer is about another request"}
	}
	var failure error
	switch {
	case t.err == nil:
		s.unanswered, s.denials = 0, 0
		before := s.state.Answer
		s.state = s.state.Apply(payload.Event{Kind: payload.Answered, Answer: t.answer.Answer, Stale: t.answer.Stale, At: t.at})
		if t.answer.Stale { // which does not answer the question
			s.inquiry.failed(t.at)
			break
		}
		now := s.state.Answer
		s.inquiry.answered(t.at, now.Status != before.Status || now.Verdict != before.Verdict)
	case denied(t.err):
		s.unanswered = 0
		s.inquiry.ended(t.at)
		s.disbelieve(t.at)
	case s.question.givenUp:
		s.inquiry.ended(t.at)
		return
	default:
		s.unanswered++
		s.inquiry.failed(t.at)
		failure = t.err
	}
	switch {
	case s.linked:
	case failure == nil:
		s.connection = payload.Polling
	default:
		s.connection = payload.Offline
	}
	s.tell(failure)
}
