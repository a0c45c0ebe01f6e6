package record

import (
	"encoding/json"
	"time"

	"github.com/xaman-live/xaman-live/devserver/verify"
	"github.com/xaman-live/xaman-live/devserver/xaman"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// Entry is a sign request as it is kept: what was asked for, and what became of it.
type Entry struct {
	Version   uint64 `json:"-"` // how often it was saved
	Session   string // fingerprint of the session that made it; "": none
	Next      string // fingerprint of the session that takes its place when the request is verified; "": none
	Key       string // fingerprint of its idempotency key; "": it has none
	Asked     string // what else came with that key, or a fingerprint of it
	Purpose   string // name of the offer
	Reference string // by which whoever ordered it knows it; "": by none
	Callback  string // name of who is told what becomes of it; "": those who are told of every one
	Order     verify.Order
	Created   json.RawMessage // the platform's create response
	Summary   payload.Summary

	Answer    payload.Answer  // the last
	Deadline  time.Time       // when it becomes too late to open
	Announced bool            // a webhook told of an outcome that the platform does not show yet
	Since     time.Time       // when it was first said to be signed or declined, by a webhook or the platform
	Late      bool            // the platform said after the deadline that it was opened: it may still be signed
	Closed    bool            // the platform is not asked again, unless somebody wants to know or a webhook tells of it
	Signed    *xaman.Payload  // what is being verified; nil before and after
	Evidence  verify.Evidence // what the verdict rests on
}

// Final reports whether asking again is pointless. It is not for a payload that was cancelled or expired: a phone may
// have had it open, which the platform's answer did not show yet, and sign it after all.
func (e Entry) Final() bool {
	switch e.Answer.Status {
	case payload.StatusCancelled, payload.StatusExpired:
		return false
	}
	return e.Answer.Final()
}

// Checking reports whether what was signed is being verified.
func (e Entry) Checking() bool { return e.Answer.Verdict == payload.VerdictChecking }

// Verified reports whether the request has counted.
func (e Entry) Verified() bool { return e.Answer.Verdict == payload.VerdictVerified }

// Open reports whether a phone may still open the request, if it is in time, as far as the server knows.
func (e Entry) Open() bool {
	return e.Answer.Status == payload.StatusPending || e.Answer.Status == payload.StatusOpened
}

// A phone that opened a payload in time may be left lying for a while before its user signs.
const lingering = time.Hour

// reckoning is how long after the deadline the platform knows what became of a request.
const reckoning = 5 * time.Second

// atOnce is earlier than any moment at which something else is due.
var atOnce = time.Unix(0, 0)

// Due is when the server looks at a request next by itself. It is zero if it never has to: nothing can change any more,
// or the platform has said after the deadline that no phone has opened it. One that was opened is looked at once more
// when its user had time to sign. So each comes to an end, with two calls to the platform if nobody cares for it.
func (e Entry) Due() time.Time {
	switch {
	case e.Checking():
		return atOnce
	case e.Closed, e.Final():
		return time.Time{}
	case e.Announced:
		return atOnce
	case e.Late && e.Open():
		return e.Deadline.Add(lingering)
	case e.Open():
		return e.Deadline.Add(reckoning)
	}
	return time.Time{}
}

// Ended is the moment by which the age of a request counts that is over: that of its creation, or the last at which it
// may still be signed. It is zero for one that is unfinished.
func (e Entry) Ended() time.Time {
	switch {
	case !e.Due().IsZero():
		return time.Time{}
	case e.Final():
		return e.Order.Created
	}
	return e.Deadline.Add(lingering)
}

// Ages are how long requests are kept that are over, see [Entry.Ended]; zero: for ever.
type Ages struct {
	Ended    time.Duration // those that have not counted
	Verified time.Duration // those that have
}
