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
	Session string // fingerprint of the session that made it
	Next    string // fingerprint of the session that takes the place of that one when the request is verified
	Key     string // fingerprint of its idempotency key; "": it has none
	Purpose string // name of the offer
	Order   verify.Order
	Created json.RawMessage // the platform's create response
	Summary payload.Summary

	Answer    payload.Answer  // the last
	Deadline  time.Time       // when it becomes too late to open
	Announced bool            // a webhook told of an outcome that the platform does not show yet
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

// end is the moment from which on a request may be dropped. What was verified stays for ever, so it has none; what is
// being verified stays until it has been. A webhook that came while the server was not running may not come again.
func (e Entry) end() string {
	switch {
	case e.Verified():
		return ""
	case e.Announced, e.Checking():
		return never
	case e.Final():
		return moment(e.Order.Created)
	}
	return moment(e.Deadline.Add(lingering))
}
