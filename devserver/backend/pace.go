package backend

import (
	"time"

	"github.com/xaman-live/xaman-live/devserver/record"
)

// pace is how a request is followed. The ledger is asked steadily, since one may close at any time; seldom when it
// has not brought the transaction in the time that this takes, and after that time and again for as long as it gives no
// answer. The platform, which counts calls, is asked less and less.
type pace struct {
	began time.Time
	ask   time.Time     // when the platform may be asked next
	pause time.Duration // before the ask after that
}

const (
	steadily  = time.Second
	steadyFor = 2 * time.Minute
	seldom    = 5 * time.Second
	firstAsk  = time.Second
	lastAsk   = 30 * time.Second

	// A request is followed for longer than the 20 ledgers, some 80 seconds, in which a transaction may still happen. If
	// there is no answer for so long, it is put off, unless somebody asks for it.
	followFor = 10 * time.Minute
	putOff    = 10 * time.Minute
	// What nobody cares for waits until the platform has calls left for it.
	putOffIdle = time.Minute

	// The phone reports where it has submitted a transaction some time after the signature. The ledger knows it sooner.
	reporting = 5 * time.Second
)

// asking reports whether the platform may be asked now, and if so reckons with it.
func (p *pace) asking(now time.Time) bool {
	if now.Before(p.ask) {
		return false
	}
	p.pause = min(max(2*p.pause, firstAsk), lastAsk)
	p.ask = now.Add(p.pause)
	return true
}

// next is how long to wait for the next round. If that is long, nobody follows the request meanwhile.
func (p *pace) next(now time.Time, e record.Entry) (pause time.Duration, long bool) {
	switch age := now.Sub(since(e)); {
	case !e.Checking() && !e.Announced:
		return putOffIdle, true
	case !e.Checking() && now.Sub(p.began) < followFor:
		return p.ask.Sub(now), false
	case e.Checking() && age < steadyFor:
		return steadily, false
	case e.Checking() && age < followFor:
		return seldom, false
	}
	return putOff, true
}

// since is when somebody whose word counts said that the request was signed or declined.
func since(e record.Entry) time.Time {
	if e.Since.IsZero() { // an earlier version did not note it
		return e.Order.Created
	}
	return e.Since
}
