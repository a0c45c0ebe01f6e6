package subscribe

import (
	"errors"
	"time"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// lag is how often the backend is asked again after a connect, or after coming back. What the socket announced just before
// may not be in the platform's database yet, and is not announced again: the first answer would be out of date without
// anybody noticing.
const lag = 3

// hear takes what the link reports.
func (s *Subscription) hear(n news) {
	switch {
	case n.attempt.cut != nil:
		s.attempt = n.attempt
		s.traffic.Dials++
		return
	case n.err != nil:
		s.attempt.over = true
		s.traffic.Closes++
		s.traffic.LastClose = n.err
		s.down(n)
		return
	}
	s.attempt.heard = n.at
	event := payload.Decode(n.frame, n.at)
	if event.Kind == payload.Unknown {
		s.traffic.Unknown++
		s.traffic.LastUnknown = event.Frame
	}
	if !s.linked {
		s.up(n.at)
	}
	asks, before := s.state.Asks(event), s.state
	s.state = s.state.Apply(event)
	now := s.state
	switch {
	case event.Kind == payload.Welcome:
		s.denials = 0
	case event.Kind == payload.Message:
		s.deny(n.at)
	case asks && (now.ClaimedAt != before.ClaimedAt || now.GoneAt != before.GoneAt || now.Expired != before.Expired):
		s.inquiry.stir(n.at)
	case asks:
		s.inquiry.nudge()
	}
	s.tell(nil)
}

// up takes the first sign of life of a socket.
func (s *Subscription) up(at time.Time) {
	s.linked, s.connection = true, payload.Live
	s.inquiry.doubts = 1 + 1 // this page may not have been the first to show the request
	if s.links++; s.links > 1 || s.state.Started() {
		s.inquiry.doubts = 1 + lag
	}
	s.askAfresh(at)
}

// down takes the end of a socket, or of an attempt to get one.
func (s *Subscription) down(n news) {
	if s.linked {
		s.linked, s.connection = false, payload.Reconnecting
		s.inquiry.lost(n.at)
	} else if s.ask == nil {
		s.connection = payload.Offline
	}
	if errors.Is(n.err, errSilent) {
		s.deny(n.at)
	}
	var failure *payload.Error
	if errors.As(n.err, &failure) {
		s.tell(failure)
	} else {
		s.tell(nil)
	}
}

// A payload that was created a moment ago may not be known everywhere yet: that there is none is believed only when it
// has been said this many times in a row.
const belief = 4

// deny takes the socket's word that there is no such payload. Only without a backend is it worth anything.
func (s *Subscription) deny(at time.Time) {
	if s.ask != nil {
		s.inquiry.nudge()
		return
	}
	s.disbelieve(at)
}

func (s *Subscription) disbelieve(at time.Time) {
	s.denials++
	if s.denials >= belief {
		s.state = s.state.Apply(payload.Event{Kind: payload.NotFound, At: at})
	}
}
