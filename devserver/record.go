package main

import (
	"context"
	"encoding/json"
	"time"

	"github.com/xaman-live/xaman-live/devserver/verify"
	"github.com/xaman-live/xaman-live/devserver/xaman"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// entry is a sign request as the store keeps it: what was asked for, and what became of it.
type entry struct {
	Session string // fingerprint of the session that made it
	Next    string // fingerprint of the session that takes the place of that one when the request is verified
	Key     string // what the store knows its idempotency key by; "": it has none
	Purpose string // name of the demo
	Order   verify.Order
	Created json.RawMessage // the platform's create response
	Summary payload.Summary

	Answer    payload.Answer  // the last
	Deadline  time.Time       // when it becomes too late to open
	Announced bool            // a webhook told of an outcome that the platform does not show yet
	Signed    *xaman.Payload  // what is being verified; nil before and after
	Evidence  verify.Evidence // what the verdict rests on
}

// settled reports whether asking again is pointless. It is not for a payload that was cancelled or expired: a phone may
// have had it open, which the platform's answer did not show yet, and sign it after all.
func (e entry) settled() bool {
	switch e.Answer.Status {
	case payload.StatusCancelled, payload.StatusExpired:
		return false
	}
	return e.Answer.Final()
}

func (e entry) checking() bool { return e.Answer.Verdict == payload.VerdictChecking }

// unreported reports whether the platform has more to say: that it was signed, what it left out of that, or where it
// was submitted, which the phone reports seconds later, or never if it is killed between.
func (e entry) unreported() bool {
	return e.Signed == nil || verify.Incomplete(e.Order, *e.Signed) ||
		e.Order.Submit && e.Signed.Response.DispatchedNodeType == ""
}

func (e entry) verified() bool { return e.Answer.Verdict == payload.VerdictVerified }

// open reports whether a phone may still open the request, if it is in time, as far as the server knows.
func (e entry) open() bool {
	return e.Answer.Status == payload.StatusPending || e.Answer.Status == payload.StatusOpened
}

// told reports whether somebody whose word counts has said that the request was signed or declined.
func (e entry) told() bool { return e.Announced || e.Signed != nil }

// A phone that opened a payload in time may be left lying for a while before its user signs.
const lingering = time.Hour

// end is the moment from which on a request may be dropped. What was verified stays for ever, so it has none; what is
// being verified stays until it has been. A webhook that came while the server was not running may not come again.
func (e entry) end() string {
	switch {
	case e.verified():
		return ""
	case e.Announced, e.checking():
		return never
	case e.settled():
		return moment(e.Order.Created)
	}
	return moment(e.Deadline.Add(lingering))
}

// record is an entry in use.
type record struct {
	uuid    payload.UUID
	session string // fingerprint of the session that made it

	// Of the store, which guards them.
	users int
	used  time.Time

	// turn is held by the one caller who may touch what follows, across its call to the platform: whoever comes
	// meanwhile waits, and shares what it brings.
	turn chan struct{}
	entry
	asked    time.Time     // when the call that brought the answer began
	calls    bucket        // to the platform, for visitors
	denied   bool          // the platform said last that there is no such payload
	followed bool          // in the background
	looked   time.Time     // when the ledger was last asked
	looking  bool          // it has not answered yet
	seen     chan struct{} // closed when it has answered the next time

	wake chan struct{} // tells the background that somebody waits for that
}

func newRecord(e entry) *record {
	return &record{
		uuid: e.Order.UUID, session: e.Session, entry: e,
		turn: make(chan struct{}, 1), wake: make(chan struct{}, 1), seen: make(chan struct{}),
	}
}

// take waits for the turn and returns the function that ends it.
func (r *record) take(ctx context.Context) (end func(), err error) {
	select {
	case r.turn <- struct{}{}:
		return func() { <-r.turn }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// gone is the error for a request that the platform denies, for longer than its replicas may take to hear of it.
func (r *record) gone() error {
	if r.denied && time.Since(r.Order.Created) >= spreading {
		return errNotFound
	}
	return nil
}
