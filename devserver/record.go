package main

import (
	"context"
	"encoding/json"
	"time"

	"github.com/xaman-live/xaman-live/devserver/verify"
	"github.com/xaman-live/xaman-live/devserver/xaman"
	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// entry is a sign request as the store keeps it: what was asked for, and what became of it.
type entry struct {
	Session string // fingerprint of the session that made it
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

// unreported reports whether the platform has more to say: that it was signed, what it left out of that, or where it was
// submitted, which the phone reports seconds later, or never if it is killed between.
func (e entry) unreported() bool {
	return e.Signed == nil || verify.Incomplete(e.Order, *e.Signed) ||
		e.Order.Submit && e.Signed.Response.DispatchedNodeType == ""
}

// A phone that opened a payload in time may be left lying for a while before its user signs.
const lingering = time.Hour

// unfinished reports whether there may be news that nobody asks for: a webhook that came while the server was not
// running may not come again.
func (e entry) unfinished(now time.Time) bool {
	return e.Announced || e.checking() || !e.settled() && now.Before(e.Deadline.Add(lingering))
}

// record is an entry in use.
type record struct {
	session string // fingerprint; never changes

	// turn is held by the one caller who may touch what follows, across its call to the platform: whoever comes
	// meanwhile waits, and shares what it brings.
	turn chan struct{}
	entry
	asked    time.Time // when the call that brought the answer began
	calls    bucket
	denied   bool // the platform said last that there is no such payload
	followed bool // in the background
}

func newRecord(e entry) *record {
	return &record{session: e.Session, turn: make(chan struct{}, 1), entry: e}
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

func (r *record) known() api.SignRequest {
	left := int(time.Until(r.Deadline).Round(time.Second) / time.Second)
	a := r.Answer
	a.Summary, a.ExpiresIn = r.Summary, &left
	return api.SignRequest{Answer: a, Payload: api.Raw(r.Created)}
}
