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

// judge says what a payload amounts to. Nothing that the phone reported is passed on before it is verified.
func judge(o verify.Order, p xaman.Payload) payload.Answer {
	a := unsigned(o.UUID, statusOf(p.Meta))
	if a.Status != payload.StatusSigned {
		return a
	}
	a.Checks = verify.Checks(o, p)
	a.Verdict = verify.Verdict(a.Checks)
	if a.Verdict == payload.VerdictVerified {
		a.Result = payload.Result{Account: p.Response.Account, Network: verify.Reported(p.Response)}
		if o.Submit { // otherwise no ledger knows it
			a.Result.TxID = p.Response.TxID
		}
	}
	return a
}

func unsigned(uuid payload.UUID, s payload.Status) payload.Answer {
	return payload.Answer{UUID: uuid, Status: s, Verdict: payload.VerdictNone, Checks: []payload.Check{}}
}
