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

// policy is how long everything is waited for. A page that is told a lot, true or not, asks no more often for it. No
// pause between attempts is longer than 8 s, so that ten seconds after a network works again every page is up to date.
var policy = struct {
	gap, failed, recheck, poll, redial                                     backoff
	answer, steady, steadyRest, checkingFor, announcedFor                  time.Duration
	idle, idleStarted, overdue, sameReturn                                 time.Duration
	dial, welcome, keepAlive, silence, echo, healthy, dialDead, socketDead time.Duration
	denials, rechecks                                                      int
}{
	// Questions to the backend.
	answer: 20 * time.Second, // how long one may take
	// between those with a reason; the first is the least of all
	gap:     backoff{500 * time.Millisecond, 5 * time.Second},
	failed:  backoff{time.Second, 8 * time.Second},     // after those that were not answered
	recheck: backoff{time.Second, 5 * time.Second},     // while the answers may have come too early
	poll:    backoff{2 * time.Second, 8 * time.Second}, // while there is no socket

	// While a verdict is on its way the backend is asked steadily, so that the card is never far behind, but not for ever.
	steady:       700 * time.Millisecond, // between the beginnings of two questions
	steadyRest:   250 * time.Millisecond, // after an answer, of a backend that takes longer than that
	checkingFor:  2 * time.Minute,        // as long as a transaction can take to be in a ledger, or never
	announcedFor: 15 * time.Second,       // the platform's database lags by less, or the announcement was forged

	// All seems well. But a message may be lost on the best of sockets, and is not repeated.
	idle:        time.Minute,
	idleStarted: 15 * time.Second, // a phone holds the request: what comes next is what the visitor waits for
	overdue:     time.Second,      // after the deadline: the socket should have said so itself

	// Sockets. The platform welcomes its listeners at once, and says something every 15 s.
	dial:       10 * time.Second, // how long an attempt may take
	welcome:    5 * time.Second,  // how long the first frame may take
	keepAlive:  18 * time.Second, // how long a socket that works is silent at most
	silence:    35 * time.Second, // after so long, a frame is sent that the platform has to echo
	echo:       10 * time.Second, // how long that may take
	dialDead:   5 * time.Second,  // an attempt that takes so long is dead, if there is any other sign of it
	socketDead: 20 * time.Second, // so is a socket that is silent for so long
	// Pauses between sockets, of which up to half is left to chance. One that lasted so long makes them begin anew.
	redial:  backoff{500 * time.Millisecond, 8 * time.Second},
	healthy: time.Minute,

	sameReturn: 50 * time.Millisecond, // a page hears of its return from several events, which are no further apart
	// A payload that was created a moment ago may not be known everywhere yet: so many denials in a row count.
	denials: 4,
	// What the socket announced just before a page could hear it may not be in the platform's database yet, and is not
	// announced again: the first answer is followed by so many more questions.
	rechecks: 3,
}
