package payload

import (
	"slices"
	"time"
)

// Phase is where a sign request stands, for the page and for the visitor.
type Phase string

const (
	PhaseWaiting    Phase = "waiting"    // nobody opened it yet
	PhasePushed     Phase = "pushed"     // same, and the phone was notified
	PhaseOpened     Phase = "opened"     // on the phone
	PhaseSigning    Phase = "signing"    // the user is about to sign
	PhaseSubmitting Phase = "submitting" // the phone is sending the transaction
	PhaseSigned     Phase = "signed"     // signed, it is said; the backend has not confirmed
	PhaseVerified   Phase = "verified"   // the backend confirmed: the only success
	PhaseUnverified Phase = "unverified" // signed, and the backend refuses it
	PhaseRejected   Phase = "rejected"
	PhaseExpired    Phase = "expired" // too late to open; if it was opened before, not too late to sign
	PhaseCancelled  Phase = "cancelled"
	PhaseNotFound   Phase = "not-found"
)

// Phases lists every phase in the order in which a visitor may meet them.
var Phases = []Phase{
	PhaseWaiting, PhasePushed, PhaseOpened, PhaseSigning, PhaseSubmitting, PhaseSigned, PhaseVerified,
	PhaseUnverified, PhaseRejected, PhaseExpired, PhaseCancelled, PhaseNotFound,
}

// Connection is how the page hears of changes. It is independent of the phase.
type Connection string

const (
	Connecting   Connection = "connecting"
	Live         Connection = "live"
	Reconnecting Connection = "reconnecting"
	Polling      Connection = "polling" // no socket, but the backend answers
	Offline      Connection = "offline" // neither
	Closed       Connection = "closed"  // nothing more to hear, or told to stop
)

// Connections lists every connection state.
var Connections = []Connection{Connecting, Live, Reconnecting, Polling, Offline, Closed}

// Announcement is what the socket said of the outcome.
type Announcement int

const (
	NothingAnnounced Announcement = iota
	AnnouncedSigned
	AnnouncedRejected
)

// State holds the facts known about one payload. The zero value with a UUID is a fresh payload; copies are
// independent. It is large, so methods take a pointer; only Add changes it.
type State struct {
	UUID   UUID
	Pushed bool // from the create response
	Alone  bool // there is no backend to ask: the socket's word is all there will ever be

	Deadline    time.Time // when it becomes too late to open; zero: not known yet
	Confirmed   bool      // it is the backend's word
	Opened      bool      // a phone opened it in time
	PreSigned   bool
	Dispatched  bool
	SigningAt   time.Time // when either of these was new, or was said again long after that
	Expired     bool      // the deadline has passed for certain
	Gone        bool      // the socket says that it is over, which may mean expired, resolved, or nothing
	GoneAt      time.Time
	Announced   Announcement // of the first resolved message
	AnnouncedAt time.Time
	Answer      Answer    // what the backend knows so far
	AnsweredAt  time.Time // the latest time that the backend said how things are, not how they were
	NotFound    bool
}

// Clocks differ and frames take time: an expiry this much before the deadline was still foreseen.
const foreseen = 5 * time.Second

// Add adds what e says. Any event may come at any time, and again.
func (s *State) Add(e *Event) {
	switch e.Kind {
	case ExpiresIn:
		// Whoever can speak on the socket can say anything: where there is a backend, its word on the deadline counts.
		if !s.Confirmed && (s.Alone || e.ExpiresIn > 0) {
			s.expireIn(e.ExpiresIn, e.At)
		}
		if e.ExpiresIn <= 0 {
			s.lapse(e.At)
		}
	case Opened:
		// The platform reports a phone that comes too late as well, and then turns it away.
		s.Opened = s.Opened || !s.Expired
	case PreSigned:
		s.sign(&s.PreSigned, e.At)
	case Dispatched:
		s.sign(&s.Dispatched, e.At)
	case Expired:
		s.lapse(e.At)
	case Resolved:
		if e.UUID == s.UUID && s.announced() == NothingAnnounced {
			s.Announced, s.AnnouncedAt = AnnouncedRejected, e.At
			if e.Signed {
				s.Announced = AnnouncedSigned
			}
		}
	case Answered:
		final := s.Final()
		s.answer(e)
		if e.Answer.UUID == s.UUID && !(final && s.Final()) {
			s.NotFound = false // not all of the backend knew it yet
		}
	case NotFound:
		s.NotFound, s.AnsweredAt = true, e.At
	}
}

// sign takes the socket's word that the phone is about to sign, or has signed.
func (s *State) sign(fact *bool, at time.Time) {
	if !*fact || !s.Signing() {
		*fact, s.SigningAt = true, at
	}
}

func (s *State) expireIn(seconds int, at time.Time) {
	seconds = max(-farAway, min(seconds, farAway))
	s.Deadline = at.Add(time.Duration(seconds) * time.Second)
}

// lapse takes the socket's word that the time is over. Right after Welcome it may as well mean "already resolved", as
// nothing is replayed to a new listener, and anybody may have forged it: it counts if it was foreseen.
func (s *State) lapse(at time.Time) {
	switch {
	case (s.Confirmed || s.Alone) && !s.Deadline.IsZero() && at.After(s.Deadline.Add(-foreseen)):
		s.Expired = true
	case !s.gone():
		s.Gone, s.GoneAt = true, at
	}
}

// answer takes what the backend says. Answers may overtake each other; on the deadline, the latest counts.
func (s *State) answer(e *Event) {
	a, old := e.Answer, &s.Answer
	if a.UUID != s.UUID || a.rank() < old.rank() {
		return
	}
	if !e.Stale {
		s.AnsweredAt = e.At
	}
	if old.Final() && a.rank() == old.rank() {
		return
	}
	s.Answer = *a
	s.Opened = s.Opened || a.Status == StatusOpened
	if a.ExpiresIn != nil {
		s.expireIn(*a.ExpiresIn, e.At)
		s.Confirmed, s.Expired = true, *a.ExpiresIn <= 0
	}
}

// Phase derives where the request stands. The backend's word on the outcome counts most, then the socket's. An
// announced outcome beats an expiry or cancellation that the backend reports, and so does a phone that is signing: one
// that had it open may have signed meanwhile, and to offer a new code then is to invite a second payment.
func (s *State) Phase() Phase {
	switch {
	case s.Answer.Status == StatusSigned && s.Answer.Verdict == VerdictVerified:
		return PhaseVerified
	case s.Answer.Verdict == VerdictUnverified:
		return PhaseUnverified
	case s.Answer.Status == StatusSigned:
		return PhaseSigned
	case s.Answer.Status == StatusRejected:
		return PhaseRejected
	case s.announced() == AnnouncedSigned:
		return PhaseSigned
	case s.announced() == AnnouncedRejected:
		return PhaseRejected
	case s.Answer.Status == StatusCancelled && !s.Signing():
		return PhaseCancelled
	case s.NotFound:
		return PhaseNotFound
	case s.Expired, s.Answer.Status == StatusExpired, s.Alone && s.Gone:
		return PhaseExpired
	case s.Dispatched:
		return PhaseSubmitting
	case s.PreSigned:
		return PhaseSigning
	case s.Opened:
		return PhaseOpened
	case s.Pushed:
		return PhasePushed
	}
	return PhaseWaiting
}

// Signed reports whether the visitor has signed, as far as is known, whatever that is worth.
func (s *State) Signed() bool {
	switch s.Phase() {
	case PhaseSigned, PhaseVerified, PhaseUnverified:
		return true
	}
	return false
}

// The platform's database may show a resolution later than the socket, but not as late as this: what the backend has
// not confirmed by then was forged.
const credible = time.Minute

// OutcomeAnnounced reports whether the socket has told of a resolution, unless the backend knows better.
func (s *State) OutcomeAnnounced() bool { return s.announced() != NothingAnnounced }

// announced is what the socket said of the outcome, unless the backend knows better.
func (s *State) announced() Announcement {
	if !s.Alone && s.AnsweredAt.Sub(s.AnnouncedAt) >= credible {
		return NothingAnnounced
	}
	return s.Announced
}

// Signing reports whether the phone is signing, or has signed, as far as the socket tells, unless the backend knows
// better. A phone that gives it up does not say so.
func (s *State) Signing() bool {
	return (s.PreSigned || s.Dispatched) && s.AnsweredAt.Sub(s.SigningAt) < credible
}

// gone reports whether the socket said that it is over, unless the backend knows better.
func (s *State) gone() bool { return s.Gone && s.AnsweredAt.Sub(s.GoneAt) < credible }

// MaySign reports whether a phone can still bring this request to an end: it has not been resolved, and it is either
// not expired or was opened in time.
func (s *State) MaySign() bool {
	switch s.Phase() {
	case PhaseWaiting, PhasePushed, PhaseOpened, PhaseSigning, PhaseSubmitting:
		return true
	case PhaseExpired:
		return s.Started() && (s.Answer.Status != StatusExpired || s.Signing())
	}
	return false
}

// Started reports whether a phone is known to hold the request. Opened may have been lost on the way, when what comes
// after it was not.
func (s *State) Started() bool { return s.Opened || s.PreSigned || s.Dispatched }

// Heard reports whether the backend has said anything yet. Until it has, nobody watches over what is signed.
func (s *State) Heard() bool { return s.Answer.Status != "" }

// Final reports whether nothing more is to be learned, so that a listener may leave.
func (s *State) Final() bool {
	if s.Alone {
		return s.Announced != NothingAnnounced || s.NotFound || s.Phase() == PhaseExpired && !s.MaySign()
	}
	switch s.Answer.Status {
	case StatusSigned, StatusRejected:
		return s.Answer.Final()
	}
	if s.NotFound || s.Answer.Status == StatusCancelled || s.Answer.Status == StatusExpired {
		return s.announced() == NothingAnnounced && !s.Signing()
	}
	return false
}

// Asks reports whether only the backend can say what e means to s, so that it has to be asked. A fetch by the backend
// is itself announced on the socket, as [DevAppFetched]: that never asks.
func (s *State) Asks(e *Event) bool {
	switch e.Kind {
	case Expired, Message:
		return true
	case ExpiresIn:
		return e.ExpiresIn <= 0 && !s.Expired
	case Opened:
		return s.Expired
	case Resolved:
		return e.UUID == s.UUID
	}
	return false
}

// Unsettled reports whether the socket and the backend say different things of how it ended, so that the backend has to
// be asked again soon. It may not know yet: the platform publishes a resolution before its own database shows it.
func (s *State) Unsettled() bool {
	if s.Alone || s.Final() {
		return false
	}
	return s.announced() != NothingAnnounced || s.Answer.Status == StatusSigned || s.Answer.Over() ||
		s.gone() && !s.Expired
}

// Same reports whether s and t say the same. When it was learned makes no difference, nor does less than a second of
// the deadline, which is said in whole seconds.
func (s *State) Same(t *State) bool {
	a, b := &s.Answer, &t.Answer
	return s.UUID == t.UUID && s.Pushed == t.Pushed && s.Alone == t.Alone &&
		s.Deadline.Sub(t.Deadline).Abs() < time.Second && s.Confirmed == t.Confirmed && s.Opened == t.Opened &&
		s.PreSigned == t.PreSigned && s.Dispatched == t.Dispatched && s.Signing() == t.Signing() &&
		s.Expired == t.Expired && s.Gone == t.Gone &&
		s.Announced == t.Announced && s.NotFound == t.NotFound && s.Phase() == t.Phase() && s.Final() == t.Final() &&
		a.UUID == b.UUID && a.Status == b.Status && a.Verdict == b.Verdict && slices.Equal(a.Checks, b.Checks) &&
		a.Result == b.Result && a.Summary.same(&b.Summary)
}
