package verify

import (
	"fmt"
	"strings"

	"github.com/xaman-live/xaman-live/devserver/xaman"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// resolved does not look at expired: the expiry is a deadline for opening, and a payload opened in time may be signed
// after it.
func resolved(p xaman.Payload) payload.Check {
	switch m, r := p.Meta, p.Response; {
	case !m.Exists || !m.Resolved || !m.Signed:
		return fail(Resolved, "The platform does not call the request signed.")
	case m.Cancelled:
		return fail(Resolved, "The request had been cancelled before it was signed.")
	case r.Hex == "" || r.TxID == "" || r.Account == "":
		return fail(Resolved, "The platform calls the request signed but has no signature to show.")
	}
	return pass(Resolved, "The platform holds a signed transaction.")
}

// owner compares with the record. Whether the visitor who asks is the one it was made for is decided before any check.
func owner(o Order, p xaman.Payload) payload.Check {
	switch {
	case !strings.EqualFold(p.Meta.UUID, string(o.UUID)):
		return fail(Owner, "The platform answered for another request.")
	case !strings.EqualFold(p.Application.UUID, o.Application):
		return fail(Owner, "The request belongs to another application.")
	case p.CustomMeta.Identifier != o.Identifier:
		return fail(Owner, "The request carries another identifier than this site gave it.")
	}
	return pass(Owner, "This site made the request.")
}

// Networks share addresses, transaction formats and result codes: Testnet money looks like money.
var networkIDs = map[string]int64{"MAINNET": 0, "TESTNET": 1, "DEVNET": 2, "XAHAU": 21337, "XAHAUTESTNET": 21338}

func network(o Order, r xaman.Response) payload.Check {
	for _, reported := range []string{r.DispatchedNodeType, r.EnvironmentNodeType} {
		if reported != "" && reported != o.Network {
			return fail(Network, fmt.Sprintf("Signed for %s, not for %s.", reported, o.Network))
		}
	}
	if want, known := networkIDs[o.Network]; known && r.EnvironmentNetworkID != nil && *r.EnvironmentNetworkID != want {
		return fail(Network, fmt.Sprintf("Signed for the network with id %d, not for %s.", *r.EnvironmentNetworkID, o.Network))
	}
	switch {
	case o.Submit && r.DispatchedNodeType == "":
		// The phone reports the signature first and the submission seconds later, or never if it is killed between.
		return pending(Network, "The phone has not reported yet where it submitted the transaction.")
	case Reported(r) == "":
		return fail(Network, "The phone did not say for which network it signed.")
	}
	return pass(Network, fmt.Sprintf("Signed for %s.", o.Network))
}

func request(o Order, b xaman.Body) payload.Check {
	want, err := parseTemplate(o.TxJSON)
	if err != nil {
		return fail(Request, "The record of what was asked for cannot be read.")
	}
	got, err := parseTemplate(b.RequestJSON)
	if err != nil {
		return fail(Request, "The platform does not say what was asked for.")
	}
	if got["TransactionType"] == "SignIn" && got["SignIn"] == true {
		delete(got, "SignIn") // the platform's addition
	}
	if b.TxType != want["TransactionType"] {
		return fail(Request, fmt.Sprintf("The platform calls it a %s, not a %s.", b.TxType, want["TransactionType"]))
	}
	if field := difference(want, got); field != "" {
		return fail(Request, fmt.Sprintf("The request differs from what was asked for in %s.", field))
	}
	return pass(Request, "The request is what this site asked for.")
}
