package subscribe

import "time"

// backoff is a row of pauses: each is twice as long as the one before, up to the last.
type backoff struct{ first, last time.Duration }

// pause returns the n-th pause, counted from 1.
func (b backoff) pause(n int) time.Duration {
	d := b.first
	for ; n > 1 && d < b.last; n-- {
		d *= 2
	}
	return min(d, b.last)
}

// policy is how long everything is waited for. A page that is told a lot, true or not, asks no more often for it.
var policy = struct {
	// Questions to the backend.
	answer  time.Duration // how long an answer may take
	gap     backoff       // between questions for which there is a reason; the first is the least between any two
	failed  backoff       // after questions that were not answered
	recheck backoff       // while the answers may have come too early
	poll    backoff       // while there is no socket

	// While a verdict is on its way the backend is asked steadily, so that the card is never far behind, but not for ever.
	steady       time.Duration // between the beginnings of two questions
	steadyRest   time.Duration // after an answer, of a backend that takes longer than that
	checkingFor  time.Duration // as long as a transaction can take to be in a ledger, or never
	announcedFor time.Duration // the platform's database lags by less, or somebody has made it up

	// All seems well. But a message may be lost on the best of sockets, and is not repeated.
	idle        time.Duration
	idleStarted time.Duration // a phone holds the request: what comes next is what the visitor waits for
	overdue     time.Duration // after the deadline: the socket should have said so itself

	// Sockets. The platform welcomes its listeners at once, and says something every 15 s.
	dial       time.Duration // how long an attempt to dial may take
	welcome    time.Duration // how long the first frame may take
	keepAlive  time.Duration // how long a socket that works is silent at most
	silence    time.Duration // after so long, a frame is sent that the platform has to echo
	echo       time.Duration // how long the echo may take
	redial     backoff       // between the end of a socket and the next attempt, of which up to half is left to chance
	healthy    time.Duration // a socket that lasted so long makes the pauses begin anew
	dialDead   time.Duration // an attempt to dial that has lasted so long is dead, if there is any other sign of it
	socketDead time.Duration // a socket that has been silent for so long is, too

	sameReturn time.Duration // a page hears of its return from several events, which are no further apart

	// A payload that was created a moment ago may not be known everywhere yet: so many denials in a row are true.
	denials int
	// What the socket announced just before a page could hear it may not be in the platform's database yet, and is not
	// announced again: the first answer is followed by so many more questions.
	rechecks int
}{
	answer:  20 * time.Second,
	gap:     backoff{500 * time.Millisecond, 5 * time.Second},
	failed:  backoff{time.Second, 15 * time.Second},
	recheck: backoff{time.Second, 5 * time.Second},
	poll:    backoff{2 * time.Second, 15 * time.Second},

	steady:       700 * time.Millisecond,
	steadyRest:   250 * time.Millisecond,
	checkingFor:  2 * time.Minute,
	announcedFor: 15 * time.Second,

	idle:        time.Minute,
	idleStarted: 15 * time.Second,
	overdue:     time.Second,

	dial:       10 * time.Second,
	welcome:    5 * time.Second,
	keepAlive:  18 * time.Second,
	silence:    35 * time.Second,
	echo:       10 * time.Second,
	redial:     backoff{500 * time.Millisecond, 30 * time.Second},
	healthy:    time.Minute,
	dialDead:   5 * time.Second,
	socketDead: 20 * time.Second,

	sameReturn: 50 * time.Millisecond,

	denials:  4,
	rechecks: 3,
}
