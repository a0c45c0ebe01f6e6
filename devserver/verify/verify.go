package verify

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/xaman-live/xaman-live/devserver/xaman"
	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// Order is the site's own record of what it asked for.
type Order struct {
	UUID        payload.UUID
	Application string          // UUID of the application that asked
	Identifier  string          // custom_meta.identifier
	Network     string          // platform's key of the network: MAINNET, TESTNET, …
	NetworkID   uint32          // the same network's id: 0 Mainnet, 1 Testnet, 2 Devnet
	Submit      bool            // the phone was to submit; false for a sign-in
	Pathfinding bool            // the phone was to let its user choose what to pay with
	TxJSON      json.RawMessage // the transaction template, see [Mark]
	MaxFee      uint64          // drops that the fee may be; 0: [MaxFee], or for what costs a reserve [MaxReserveFee]
	Unmarked    bool            // the template is not one of a kind, for a phone that cannot sign what is

	ExpectAccount string    // address of the account that has to sign; empty: any
	Created       time.Time // of the payload
	Ledger        uint32    // newest validated one of the site's node when the payload was created; 0: not known
}

// Checks compares a payload that the platform calls signed, and the blob that it shows, with its order and with what
// the node said. All checks are in it, in their order; only of single-use it says no more than that it is open, see
// [Claimed]. Once one has failed, none is pending.
func Checks(o Order, p xaman.Payload, b *Blob, e Evidence) []payload.Check {
	checks := every(o, p, b, e)
	if Verdict(checks) == payload.VerdictUnverified {
		for i, c := range checks {
			if c.Outcome == payload.Pending {
				checks[i] = skipped(c.Name, api.OtherCheckFailed, "Not waited for: another check has failed.")
			}
		}
	}
	return checks
}

// Claimable reports whether all that is missing is that the record claims the transaction for the payload.
func Claimable(checks []payload.Check) bool {
	return Verdict(checks) == payload.VerdictChecking && Verdict(Claimed(checks, true)) == payload.VerdictVerified
}

// Claimed returns claimable checks with what the record has said: whether the transaction was free.
func Claimed(checks []payload.Check, free bool) []payload.Check {
	claimed := slices.Clone(checks)
	for i, c := range claimed {
		switch {
		case c.Name != api.CheckSingleUse:
		case free:
			claimed[i] = pass(api.CheckSingleUse, api.FirstUse, "The transaction counts for this request and for no other.")
		default:
			claimed[i] = fail(api.CheckSingleUse, api.UsedBefore, "The transaction was used before, for another request.")
		}
	}
	return claimed
}

// every makes all checks, whatever becomes of them.
func every(o Order, p xaman.Payload, b *Blob, e Evidence) []payload.Check {
	checks := []payload.Check{resolved(p), owner(o, p), network(o, p.Response, b.blob, e)}
	if p.Response.Hex == "" {
		for _, name := range api.Checks[len(checks):] {
			checks = append(checks, pending(name, api.NotShownYet, "The platform does not show yet what was signed."))
		}
		return checks
	}
	if b.err != nil {
		const unread = "Not checked: the signed transaction cannot be read."
		checks = append(checks,
			first(asked(o, p.Payload), func() payload.Check { return skipped(api.CheckRequest, api.Unreadable, unread) }),
			skipped(api.CheckTxID, api.Unreadable, unread),
			b.valid,
		)
		for _, name := range api.Checks[len(checks):] {
			checks = append(checks, skipped(name, api.Unreadable, unread))
		}
		return checks
	}
	checks = append(checks,
		first(asked(o, p.Payload), func() payload.Check { return request(o, b.blob) }),
		hash(b.blob, p.Response.TxID),
		b.valid,
	)
	if b.valid.Outcome == payload.Pass {
		checks = append(checks, first(named(o, p.Response, b), func() payload.Check { return signer(o, b, e) }))
	} else {
		checks = append(checks, skipped(api.CheckSigner, api.OtherCheckFailed, "Not checked: nobody has signed validly."))
	}
	switch {
	case o.Submit:
		checks = append(checks, onLedger(o, b.blob, e), delivered(o, b.blob, e))
	case b.fields.get("TransactionType") == nil:
		checks = append(checks,
			skipped(api.CheckLedger, api.SignInOnly, "A sign-in is never submitted, so no ledger knows it."),
			skipped(api.CheckDelivered, api.SignInOnly, "A sign-in moves no money."))
	default:
		const kept = "The transaction was to be signed and not submitted."
		checks = append(checks,
			skipped(api.CheckLedger, api.NotToBeSubmitted, kept), skipped(api.CheckDelivered, api.NotToBeSubmitted, kept))
	}
	return append(checks, pending(api.CheckSingleUse, api.NotCountedYet, "Not booked yet."))
}

// first returns c, or if c passes, what comes next.
func first(c payload.Check, next func() payload.Check) payload.Check {
	if c.Outcome != payload.Pass {
		return c
	}
	return next()
}

// Verdict folds checks. One that fails, is missing, or has an outcome that is not known, decides; then one that is
// pending.
func Verdict(checks []payload.Check) payload.Verdict {
	missing := slices.Clone(api.Checks)
	pending := false
	for _, c := range checks {
		switch {
		case c.Outcome == payload.Pass, c.Outcome == payload.Skipped && api.Skippable(c.Name):
		case c.Outcome == payload.Pending:
			pending = true
		default:
			return payload.VerdictUnverified
		}
		missing = slices.DeleteFunc(missing, func(name string) bool { return name == c.Name })
	}
	switch {
	case len(missing) > 0:
		return payload.VerdictUnverified
	case pending:
		return payload.VerdictChecking
	}
	return payload.VerdictVerified
}

func pass(name string, code api.Detail, format string, args ...any) payload.Check {
	return check(name, payload.Pass, code, format, args...)
}

func fail(name string, code api.Detail, format string, args ...any) payload.Check {
	return check(name, payload.Fail, code, format, args...)
}

func pending(name string, code api.Detail, format string, args ...any) payload.Check {
	return check(name, payload.Pending, code, format, args...)
}

func skipped(name string, code api.Detail, format string, args ...any) payload.Check {
	return check(name, payload.Skipped, code, format, args...)
}

func check(name string, o payload.Outcome, code api.Detail, format string, args ...any) payload.Check {
	return payload.Check{Name: name, Outcome: o, Code: string(code), Detail: fmt.Sprintf(format, args...)}
}
