package main

import (
	"github.com/xaman-live/xaman-live/devserver/verify"
	"github.com/xaman-live/xaman-live/devserver/xaman"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// statusOf reads the platform's booleans. The order is what makes it right for each of their combinations: a payload
// that was opened in time may be signed after it expired, and one that was signed expires all the same.
func statusOf(m xaman.Meta) payload.Status {
	switch {
	case m.Resolved && m.Signed:
		return payload.StatusSigned
	case m.Resolved:
		return payload.StatusRejected
	case m.Cancelled:
		return payload.StatusCancelled
	case m.AppOpened:
		return payload.StatusOpened
	case m.Expired:
		return payload.StatusExpired
	}
	return payload.StatusPending
}

// judge says what a payload amounts to, given what the ledger and the store say of it. Nothing that the phone reported
// is passed on before it is verified.
func judge(o verify.Order, p xaman.Payload, e verify.Evidence, c verify.Claim) payload.Answer {
	a := unsigned(o.UUID, statusOf(p.Meta))
	if a.Status != payload.StatusSigned {
		return a
	}
	a.Checks = verify.Checks(o, p, e, c)
	a.Verdict = verify.Verdict(a.Checks)
	if a.Verdict == payload.VerdictVerified {
		a.Result = verify.Result(o, p, e)
	}
	return a
}

// bookable reports whether all that a payload lacks is to be used for the first time.
func bookable(o verify.Order, p xaman.Payload, e verify.Evidence) bool {
	return judge(o, p, e, verify.Booked).Verdict == payload.VerdictVerified
}

// usedUp is the transaction that a verified payload uses up, or "" for a sign-in without a mark: its blob says nothing of
// the occasion, so that an account signs the same one every time. It counts for its payload alone.
func usedUp(o verify.Order, p xaman.Payload) (txid string, err error) {
	if o.SignIn() && !o.Marked() {
		return "", nil
	}
	return verify.TxID(p.Response.Hex)
}

func unsigned(uuid payload.UUID, s payload.Status) payload.Answer {
	return payload.Answer{UUID: uuid, Status: s, Verdict: payload.VerdictNone, Checks: []payload.Check{}}
}
