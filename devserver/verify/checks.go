package verify

import (
	"strings"

	"github.com/xaman-live/xaman-live/devserver/xaman"
	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// Incomplete reports whether the platform left out something without which there is no verdict, so that it has to be
// asked again.
func Incomplete(o Order, p xaman.Payload) bool {
	r := p.Response
	return r.Hex == "" || r.TxID == "" || r.Account == "" || len(p.Payload.RequestJSON) == 0 ||
		p.Meta.UUID == "" || p.Application.UUID == "" || p.CustomMeta.Identifier == "" && o.Identifier != "" ||
		!o.Submit && reported(r) == ""
}

// resolved does not look at expired: the expiry is a deadline for opening, and a payload opened in time may be signed
// after it.
func resolved(p xaman.Payload) payload.Check {
	switch m, r := p.Meta, p.Response; {
	case !m.Exists || !m.Resolved || !m.Signed:
		return fail(api.CheckResolved, api.NotSigned, "The platform does not call the request signed.")
	case m.Cancelled:
		return fail(api.CheckResolved, api.Cancelled, "The request had been cancelled before it was signed.")
	case r.Hex == "" || r.TxID == "" || r.Account == "":
		return pending(api.CheckResolved, api.NotShownYet,
			"The platform does not show yet what was signed, and by whom.")
	}
	return pass(api.CheckResolved, api.Signed, "The platform holds a signed transaction.")
}

// owner compares with the record. Whether the visitor who asks is the one it was made for is decided before any check.
func owner(o Order, p xaman.Payload) payload.Check {
	for _, part := range []struct {
		got, want string
		code      api.Detail
		other     string
	}{
		{p.Meta.UUID, string(o.UUID), api.OtherRequest, "The platform answered for another request."},
		{p.Application.UUID, o.Application, api.OtherApplication, "The request belongs to another application."},
	} {
		if part.got != "" && !strings.EqualFold(part.got, part.want) {
			return fail(api.CheckOwner, part.code, "%s", part.other)
		}
	}
	switch id := p.CustomMeta.Identifier; {
	case id != "" && id != o.Identifier:
		return fail(api.CheckOwner, api.OtherRequest, "The request carries another identifier than this site gave it.")
	case p.Meta.UUID == "" || p.Application.UUID == "" || id != o.Identifier:
		return pending(api.CheckOwner, api.OwnerNotSaid, "The platform does not say whose request it is.")
	}
	return pass(api.CheckOwner, api.MadeHere, "This site made the request.")
}

// network compares what the phone reports, what the transaction says and what the site's own node is. Networks share
// addresses, transaction formats and result codes: Testnet money looks like money.
func network(o Order, r xaman.Response, b blob, e Evidence) payload.Check {
	for _, reported := range []string{r.DispatchedNodeType, r.EnvironmentNodeType} {
		if reported != "" && reported != o.Network {
			return fail(api.CheckNetwork, api.OtherNetwork, "Signed for %.40s, not for %s.", reported, o.Network)
		}
	}
	if id := r.EnvironmentNetworkID; id != nil && *id != int64(o.NetworkID) {
		return fail(api.CheckNetwork, api.OtherNetwork,
			"Signed for the network with id %d, not for %s.", *id, o.Network)
	}
	if id, ok := b.fields.uint32("NetworkID"); ok && id != o.NetworkID {
		return fail(api.CheckNetwork, api.OtherNetwork,
			"The transaction is for the network with id %d, not for %s.", id, o.Network)
	}
	if e.Server != nil && e.Server.NetworkID != nil && *e.Server.NetworkID != o.NetworkID {
		return fail(api.CheckNetwork, api.NodeOnOtherNetwork,
			"This site's own node is on the network with id %d, not on %s.", *e.Server.NetworkID, o.Network)
	}
	switch {
	case o.Submit && r.DispatchedNodeType == "" && !e.validated():
		// The phone reports the signature first and the submission seconds later, or never if it is killed between.
		return pending(api.CheckNetwork, api.NotReportedYet,
			"The phone has not reported yet where it submitted the transaction.")
	case !o.Submit && reported(r) == "":
		return pending(api.CheckNetwork, api.NotReportedYet, "The phone did not say for which network it signed.")
	case e.Server == nil:
		return pending(api.CheckNetwork, api.NodeNotAskedYet,
			"This site has not asked its own node yet which network it is on.")
	case e.Server.NetworkID == nil:
		return pending(api.CheckNetwork, api.NodeUnusable,
			"This site's own node does not say which network it is on.%s", e.reason())
	}
	return pass(api.CheckNetwork, api.RightNetwork, "Signed for %s.", o.Network)
}

// reported is the network on which the payload was signed, as far as the phone said: where it submitted, else where it
// was connected.
func reported(r xaman.Response) string {
	if r.DispatchedNodeType != "" {
		return r.DispatchedNodeType
	}
	return r.EnvironmentNodeType
}

// asked compares what the platform says was asked for with what the site asked for, by meaning. When it passes, the
// check goes on with the signed transaction.
func asked(o Order, p xaman.Body) payload.Check {
	want, err := parseTemplate(o.TxJSON)
	if err != nil {
		return fail(api.CheckRequest, api.UnusableOrder, "This server cannot tell what was asked for: %v.", err)
	}
	if p.TxType != "" && p.TxType != want.kind {
		return fail(api.CheckRequest, api.PlatformDiffers,
			"The platform's request is a %.40s, not a %s.", p.TxType, want.kind)
	}
	if len(p.RequestJSON) == 0 {
		return pending(api.CheckRequest, api.NotShownYet, "The platform does not say what was asked for.")
	}
	got, err := parseTemplate(p.RequestJSON)
	if err != nil {
		return fail(api.CheckRequest, api.PlatformDiffers,
			"The platform says that something else was asked for: %v.", err)
	}
	if name := difference(want, got); name != "" {
		return fail(api.CheckRequest, api.PlatformDiffers,
			"The platform's request differs in %s from what this site asked for.", name)
	}
	return pass(api.CheckRequest, api.AsAsked, "")
}

// request compares the signed transaction with what was asked for, and says what it is worth if another could pass for
// it.
func request(o Order, b blob) payload.Check {
	c := comparison(o, b)
	if c.Outcome != payload.Pass || o.Marked() {
		return c
	}
	worth := "the transaction would answer another order of the same kind as well."
	if b.fields.get("TransactionType") == nil {
		worth = "the signature may have been made for another site, or long ago: it proves who signed, and only the " +
			"platform says for what."
	}
	return pass(api.CheckRequest, api.AsAskedUnmarked, "%s The order had no mark, so %s", c.Detail, worth)
}

// comparison compares a signed transaction with the template of an order, and its fee with what it may be.
func comparison(o Order, b blob) payload.Check {
	want, err := parseTemplate(o.TxJSON)
	if err != nil {
		return fail(api.CheckRequest, api.UnusableOrder, "This server cannot tell what was asked for: %v.", err)
	}
	d := compare(want, b.fields, o.Pathfinding)
	if d.how == "" {
		d = overpays(b.fields, want.maxFee(o.MaxFee))
	}
	if d.how != "" {
		return fail(api.CheckRequest, d.code, "The signed transaction %s.", d.how)
	}
	return pass(api.CheckRequest, api.AsAsked, "The signed transaction is the one that was asked for.")
}

func hash(b blob, claimed string) payload.Check {
	if claimed == "" {
		return pending(api.CheckTxID, api.NotReportedYet, "The phone has not reported the transaction's hash.")
	}
	if !strings.EqualFold(txID(b.data), claimed) {
		return fail(api.CheckTxID, api.OtherHash, "The transaction's hash is another than the phone reported.")
	}
	return pass(api.CheckTxID, api.SameHash, "The transaction's hash is the one that the phone reported.")
}
