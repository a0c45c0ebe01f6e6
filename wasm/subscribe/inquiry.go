package subscribe

import "time"

// The policy of asking. A page that is told a lot, true or not, asks no more often for it.
const (
	askTimeout = 20 * time.Second
	leastGap   = 500 * time.Millisecond // between the beginnings of two questions, whatever the reason
	mostGap    = 5 * time.Second        // between questions for which there is a reason, however often it is repeated

	// While a verdict is on its way the backend is asked steadily, so that the card is never far behind, but not for ever.
	steady      = 700 * time.Millisecond
	rest        = 250 * time.Millisecond // of a backend that takes longer than that to answer
	checkingFor = 2 * time.Minute        // as long as a transaction can take to be in a ledger, or never
	claimedFor  = 15 * time.Second       // the platform's database lags by less, or somebody has made it up

	firstRetry = time.Second // when the backend does not answer
	lastRetry  = 15 * time.Second
	firstDoubt = time.Second // when the answer may have come too early
	firstPoll  = 2 * time.Second
	lastPoll   = 15 * time.Second

	// All is well, it seems. But a message may be lost on the best of sockets, and is not repeated.
	idle        = time.Minute
	idleStarted = 15 * time.Second // a phone holds the request: what comes next is what the visitor waits for
	overdue     = time.Second      // after the deadline: the socket should have said so itself
)

// inquiry decides when the backend is asked. It is told of reasons and of what came of the questions, and reads no clock.
type inquiry struct {
	asking   bool
	began    time.Time // the latest question
	since    time.Time // the beginning of the pause before the next one
	wanted   bool      // there is a reason for which no question has been asked yet
	owed     bool      // the latest question has brought nothing
	tries    int       // questions since something new was heard
	failures int       // questions in a row that brought nothing, since something new was heard
	stirred  time.Time // when something new was heard
	doubts   int       // questions still to be asked although nothing new was heard
}

// circumstances are what an inquiry does not know by itself.
type circumstances struct {
	unsettled bool          // an end was announced that the backend has not confirmed
	steadyFor time.Duration // how long the backend is asked steadily about it
	denied    bool          // the backend says that there is no such payload, and is not believed yet
	hidden    bool          // nobody looks at the page
	linked    bool
	started   bool      // a phone holds the request
	missed    time.Time // when a socket that is alive will have said something
	deadline  time.Time // when it will be too late to open; zero: not known, or over
}

// stir takes a reason that is new: it is asked at once.
func (q *inquiry) stir(now time.Time) {
	q.wanted, q.tries, q.failures, q.stirred = true, 0, 0, now
}

// nudge takes a reason that may be an old one. It is asked at once after a quiet time, and less and less often when it
// comes again and again without bringing anything.
func (q *inquiry) nudge() { q.wanted = true }

func (q *inquiry) begin(now time.Time) {
	q.asking, q.wanted, q.owed, q.began = true, false, true, now
	q.tries++
}

// answered takes an answer, and whether it said something new.
func (q *inquiry) answered(now time.Time, changed bool) {
	q.asking, q.owed, q.since, q.failures = false, false, now, 0
	q.doubts = max(0, q.doubts-1)
	if changed { // more may follow soon
		q.tries, q.stirred = min(q.tries, 1), now
	}
}

// failed takes the end of a question that brought nothing.
func (q *inquiry) failed(now time.Time) {
	q.ended(now)
	q.failures++
}

// ended takes the end of a question that says nothing of the next one.
func (q *inquiry) ended(now time.Time) { q.asking, q.since = false, now }

// lost takes the end of a socket, which is not made up for at once: most come back.
func (q *inquiry) lost(now time.Time) { q.tries, q.failures, q.since, q.doubts = 0, 0, now, 0 }

// next returns when to ask, if at all.
func (q *inquiry) next(now time.Time, c circumstances) (time.Time, bool) {
	if q.asking {
		return time.Time{}, false
	}
	after := func(first, most time.Duration, n int) time.Time { return q.since.Add(growing(first, most, n-1)) }
	var due time.Time
	switch {
	case c.unsettled && q.failures > 0:
		due = after(leastGap, mostGap, q.failures)
	case c.unsettled && !c.hidden && now.Sub(q.stirred) < c.steadyFor:
		due = latest(q.began.Add(steady), q.since.Add(rest))
	case c.unsettled || c.denied:
		due = after(leastGap, mostGap, q.tries)
	case c.hidden:
	case q.owed:
		due = after(firstRetry, lastRetry, q.failures)
	case q.doubts > 0:
		due = after(firstDoubt, mostGap, q.tries)
	case !c.linked || !now.Before(c.missed):
		due = after(firstPoll, lastPoll, q.tries)
	default:
		due = q.since.Add(idle)
		if c.started {
			due = q.since.Add(idleStarted)
		}
		due = earliest(due, c.missed)
		if over := c.deadline.Add(overdue); !c.deadline.IsZero() && over.After(q.since) {
			due = earliest(due, over)
		}
	}
	switch {
	case q.wanted && q.tries == 0:
		due = now
	case q.wanted:
		due = earliest(due, after(leastGap, mostGap, q.tries))
	}
	if due.IsZero() {
		return due, false
	}
	return latest(due, q.began.Add(leastGap)), true
}

// earliest returns the earlier of two times, of which a may be zero.
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

// growing returns first, doubled n times, but not more than most.
func growing(first, most time.Duration, n int) time.Duration {
	for ; n > 0 && first < most; n-- {
		first *= 2
	}
	return min(first, most)
}
