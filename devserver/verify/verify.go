package verify

import (
	"encoding/json"

	"github.com/xaman-live/xaman-live/devserver/xaman"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// Order is the site's own record of what it asked for.
type Order struct {
	UUID        payload.UUID
	Application string          // UUID of the application that asked
	Identifier  string          // custom_meta.identifier
	Network     string          // platform's key of the network: MAINNET, TESTNET, …
	Submit      bool            // the phone was to submit; false for a sign-in
	TxJSON      json.RawMessage // the transaction template
}

// Names of the checks, in the order in which they are reported.
const (
	Resolved  = "resolved"
	Owner     = "owner"
	Network   = "network"
	Request   = "request"
	TxID      = "txid"
	Signature = "signature"
	Signer    = "signer"
	Ledger    = "ledger"
	Delivered = "delivered"
	SingleUse = "single-use"
)

// Checks compares a payload that the platform calls signed with its order.
func Checks(o Order, p xaman.Payload) []payload.Check {
	const undecoded = "Not checked: this server does not decode the signed transaction."
	const unasked = "Not checked: this server does not ask the ledger."
	return []payload.Check{
		resolved(p),
		owner(o, p),
		network(o, p.Response),
		request(o, p.Payload),
		skipped(TxID, undecoded),
		skipped(Signature, undecoded),
		skipped(Signer, undecoded),
		skipped(Ledger, unasked),
		skipped(Delivered, unasked),
		skipped(SingleUse, "Not checked: this server keeps no list of used transactions."),
	}
}

// Verdict folds checks. One that fails, or whose outcome is not known, decides; then one that is pending. Nothing is
// verified unless each of the checks that need no decoding and no ledger has passed.
func Verdict(checks []payload.Check) payload.Verdict {
	missing := map[string]bool{Resolved: true, Owner: true, Network: true, Request: true}
	pending := false
	for _, c := range checks {
		switch c.Outcome {
		case payload.Pass:
			delete(missing, c.Name)
		case payload.Skipped:
		case payload.Pending:
			pending = true
			delete(missing, c.Name)
		default:
			return payload.VerdictUnverified
		}
	}
	switch {
	case len(missing) > 0:
		return payload.VerdictUnverified
	case pending:
		return payload.VerdictChecking
	}
	return payload.VerdictVerified
}

// Reported is the network on which the payload was signed, as far as the phone said: where it submitted, else where it
// was connected.
func Reported(r xaman.Response) string {
	if r.DispatchedNodeType != "" {
		return r.DispatchedNodeType
	}
	return r.EnvironmentNodeType
}

func pass(name, detail string) payload.Check {
	return payload.Check{Name: name, Outcome: payload.Pass, Detail: detail}
}
func fail(name, detail string) payload.Check {
	return payload.Check{Name: name, Outcome: payload.Fail, Detail: detail}
}
func pending(name, detail string) payload.Check {
	return payload.Check{Name: name, Outcome: payload.Pending, Detail: detail}
}
func skipped(name, detail string) payload.Check {
	return payload.Check{Name: name, Outcome: payload.Skipped, Detail: detail}
}
