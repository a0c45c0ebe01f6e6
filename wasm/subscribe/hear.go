package subscribe

import (
	"errors"
	"time"

	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// attempt is one socket: the dial, what it says, and the pause before the next one.
type attempt struct {
	cut   func()    // goes on with the next one at once
	heard time.Time // when it began, or spoke last
	live  bool      // it has spoken and not ended
	over  bool      // it has ended
}

// dead reports whether the attempt is likely to be as dead as it is quiet. Timers stand still while a computer or a
// page sleeps, so the wait for the next frame alone would notice too late.
func (a attempt) dead(now time.Time) bool {
	patience := policy.dialDead
	if a.live {
		patience = policy.socketDead
	}
	return a.over || now.Sub(a.heard) > patience
}

// hear takes news, and returns what of it went wrong and concerns the page.
func (s *Subscription) hear(n *news) error {
	switch n.kind {
	case dials:
		s.attempt = n.from
		s.now.Traffic.Dials++
	case speaks:
		if n.from == s.attempt && !n.from.over { // else it was cut meanwhile
			s.listenTo(n)
		}
	case ends:
		return s.disconnect(n)
	case answers:
		return s.learn(n)
	}
	return nil
}

// listenTo takes a frame.
func (s *Subscription) listenTo(n *news) {
	s.attempt.heard = n.at
	event := payload.Decode(n.frame, n.at)
	if event.Kind == payload.Unknown {
		s.now.Traffic.Unknown++
		s.now.Traffic.LastUnknown = event.Frame
	}
	if !s.attempt.live {
		s.connect(n.at)
	}
	now := &s.now.State
	asks, announcedAt, goneAt, expired := now.Asks(&event), now.AnnouncedAt, now.GoneAt, now.Expired
	now.Add(&event)
	switch {
	case event.Kind == payload.Welcome:
		s.denials = 0
	case event.Kind == payload.Message:
		s.denySocket(n.at)
	case now.AnnouncedAt != announcedAt || now.GoneAt != goneAt || now.Expired != expired:
		s.schedule.wantNow(n.at)
	case asks:
		s.schedule.want()
	}
}

// connect takes the first frame of a socket.
func (s *Subscription) connect(at time.Time) {
	s.attempt.live, s.now.Connection = true, payload.Live
	s.schedule.rechecks = 1 + 1 // this page may not have been the first to show the request
	if s.sockets++; s.sockets > 1 || s.now.State.Started() {
		s.schedule.rechecks = 1 + policy.rechecks
	}
	s.schedule.doubt(at)
}

// disconnect takes the end of a socket, or of an attempt to get one.
func (s *Subscription) disconnect(n *news) error {
	s.now.Traffic.Closes++
	s.now.Traffic.LastClose = n.err
	if s.attempt.live {
		s.now.Connection = payload.Reconnecting
		s.schedule.lose(n.at)
	} else if s.ask == nil {
		s.now.Connection = payload.Offline
	}
	s.attempt.live, s.attempt.over, s.attempt.cut = false, true, n.skip
	if errors.Is(n.err, errSilent) {
		s.denySocket(n.at)
	}
	if failure, ok := errors.AsType[*payload.Error](n.err); ok {
		return failure
	}
	return nil
}

// learn takes the end of a question, and returns why it was not answered.
func (s *Subscription) learn(n *news) (failure error) {
	if n.err == nil && n.answer.UUID != s.now.State.UUID {
		n.err = &payload.Error{Code: payload.BadAnswer, Message: "backend's answer is about another request"}
	}
	switch {
	case n.err == nil:
		s.now.Unanswered, s.denials = 0, 0
		s.take(n.answer, n.at)
	case denied(n.err):
		s.now.Unanswered = 0
		s.schedule.end(n.at)
		s.deny(n.at)
	case s.schedule.question.givenUp:
		s.schedule.end(n.at)
		return nil
	default:
		s.now.Unanswered++
		s.schedule.fail(n.at)
		failure = n.err
	}
	if !s.attempt.live {
		s.now.Connection = payload.Polling
		if failure != nil {
			s.now.Connection = payload.Offline
		}
	}
	return failure
}

// take takes an answer. One that is stale does not answer the question.
func (s *Subscription) take(r *api.SignRequest, at time.Time) {
	now := &s.now.State
	status, verdict := now.Answer.Status, now.Answer.Verdict
	now.Add(&payload.Event{Kind: payload.Answered, Answer: &r.Answer, Stale: r.Stale, At: at})
	if r.Stale {
		s.schedule.fail(at)
		return
	}
	s.schedule.answer(at, now.Answer.Status != status || now.Answer.Verdict != verdict)
}

// denySocket takes the socket's word that there is no such payload. Only without a backend is it worth anything.
func (s *Subscription) denySocket(at time.Time) {
	if s.ask != nil {
		s.schedule.want()
		return
	}
	s.deny(at)
}

// deny takes the word that there is no such payload, of whoever has to know.
func (s *Subscription) deny(at time.Time) {
	s.denials++
	if s.denials >= policy.denials {
		s.now.State.Add(&payload.Event{Kind: payload.NotFound, At: at})
	}
}
