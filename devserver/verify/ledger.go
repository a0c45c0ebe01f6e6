package verify

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"

	"github.com/xaman-live/xaman-live/devserver/ledger"
	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// A ledger's close time is rounded to 10 s, and no two clocks agree.
const clockTolerance = time.Minute

const (
	// phoneHorizon is more than the 150 ledgers at most by which a phone sets LastLedgerSequence ahead by itself.
	phoneHorizon = 200
	// maxSearched is how many ledgers a node searches at once.
	maxSearched = 1000
	// margin is by how many ledgers a node has to be past the last one for a transaction. Behind one address there may be
	// several nodes, and the one that knows how far they are need not be the one that looks.
	margin = 4
)

// onLedger decides what became of a transaction that was to be submitted. signed and dispatched_result do not matter
// here: the one is a button, the other a forecast of a node that the phone chose. What the node does not say is waited
// for.
func onLedger(o Order, b blob, e Evidence) payload.Check {
	t := e.Transaction
	switch {
	case t == nil && e.Impossible:
		return fail(api.CheckLedger, api.MissedLastLedger,
			"The transaction missed the last ledger that could have it: it can never happen any more.")
	case t == nil:
		return pending(api.CheckLedger, e.awaited(api.NotOnLedgerYet),
			"The ledger does not have the transaction yet.%s", e.reason())
	case !strings.EqualFold(t.Hash, txID(b.data)):
		return fail(api.CheckLedger, api.NodeContradicts, "This site's own node answered for another transaction.")
	case !t.Validated:
		return pending(api.CheckLedger, api.NotValidatedYet, "The ledger with the transaction is not validated yet.")
	case t.Result == "":
		return pending(api.CheckLedger, api.NodeUnusable,
			"This site's own node does not say what became of the transaction.")
	case strings.HasPrefix(t.Result, "tec"):
		return fail(api.CheckLedger, api.FailedOnLedger, "The transaction had no effect but its fee: %.40s.", t.Result)
	case t.Result != "tesSUCCESS":
		return fail(api.CheckLedger, api.FailedOnLedger, "The transaction did not succeed: %.40s.", t.Result)
	}
	return first(age(o, t), func() payload.Check {
		if t.LedgerIndex == 0 {
			return pass(api.CheckLedger, api.OnLedger, "In a validated ledger.")
		}
		return pass(api.CheckLedger, api.OnLedger, "In the validated ledger %d.", t.LedgerIndex)
	})
}

// age compares a transaction with the newest ledger that there was when the request was made. Only without one does the
// time decide, which no two clocks agree on.
func age(o Order, t *ledger.Transaction) payload.Check {
	const older = "The transaction is older than the request."
	switch {
	case o.Ledger > 0 && t.LedgerIndex == 0:
		return pending(api.CheckLedger, api.NodeUnusable,
			"This site's own node does not say which ledger has the transaction.")
	case o.Ledger > 0 && t.LedgerIndex <= o.Ledger:
		return fail(api.CheckLedger, api.OlderThanRequest, older)
	case o.Ledger > 0:
		return pass(api.CheckLedger, api.OnLedger, "")
	case t.CloseTime.IsZero():
		return pending(api.CheckLedger, api.NodeUnusable,
			"This site's own node does not say when the ledger with the transaction was closed.")
	case t.CloseTime.Before(o.Created.Add(-clockTolerance)):
		return fail(api.CheckLedger, api.OlderThanRequest, older)
	}
	return pass(api.CheckLedger, api.OnLedger, "")
}

// possible returns the ledgers in which a transaction could be and a margin behind them, once the node has validated as
// many: if it is in none of them, it can never happen any more. They begin when the payload was created, or, where that
// is not known, when a phone could have set the last one by itself. Without a last one they never end.
func possible(o Order, b blob, s ledger.Server) ledger.Range {
	last, ok := b.fields.uint32("LastLedgerSequence")
	if !ok || uint64(s.Validated) < uint64(last)+margin {
		return ledger.Range{}
	}
	r := ledger.Range{First: o.Ledger, Last: last + margin}
	if r.First > 0 && r.First <= last {
		return r
	}
	want, err := parseTemplate(o.TxJSON)
	if r.First == 0 && (err != nil || want.fields.value("LastLedgerSequence") != nil) {
		return ledger.Range{} // the site has set the last one, as far ahead as it liked
	}
	r.First = max(last, phoneHorizon+1) - phoneHorizon
	return r
}

// delivered decides whether the payee got what was asked for. The transaction's own amount does not say: with a flag
// for partial payment it is a limit, and one unit delivered is a success. To whom it went the signed transaction says,
// which the ledger took as it is.
func delivered(o Order, b blob, e Evidence) payload.Check {
	want, err := parseTemplate(o.TxJSON)
	switch {
	case err != nil:
		return fail(api.CheckDelivered, api.UnusableOrder, "This server cannot tell what was asked for.")
	case want.kind != "Payment":
		return skipped(api.CheckDelivered, api.NoPayment, "Not a payment, so nothing is delivered.")
	case want.price() == nil:
		return fail(api.CheckDelivered, api.UnusableOrder, "No amount was asked for, so none is enough.")
	case !e.validated():
		return pending(api.CheckDelivered, api.NotOnLedgerYet, "Known when the ledger has the transaction.")
	case e.Transaction.Result == "":
		return pending(api.CheckDelivered, api.NodeUnusable,
			"This site's own node does not say what became of the transaction.")
	case e.Transaction.Result != "tesSUCCESS":
		return fail(api.CheckDelivered, api.NothingDelivered, "Nothing was delivered.")
	}
	return first(payee(want.fields, b.fields, e.Transaction), func() payload.Check {
		return enough(newAmount(want.price()), e.Transaction.Delivered)
	})
}

// payee compares the one who was paid with the one who was to be.
func payee(want, got object, t *ledger.Transaction) payload.Check {
	destination, account := address(got.value("Destination")), address(got.value("Account"))
	tag, tagged := got.uint32("DestinationTag")
	switch {
	case t.Type != "" && t.Type != "Payment", t.Account != "" && t.Account != account,
		t.Destination != "" && t.Destination != destination,
		t.DestinationTag != nil && (!tagged || tag != *t.DestinationTag):
		return fail(api.CheckDelivered, api.NodeContradicts,
			"This site's own node says something else of the transaction than is signed.")
	case destination == "" || destination != address(want.value("Destination")):
		return fail(api.CheckDelivered, api.OtherDestination, "The payment went to another account.")
	case account == destination:
		return fail(api.CheckDelivered, api.PaidItself, "The payee has paid itself.")
	case !bytes.Equal(got.value("DestinationTag"), want.value("DestinationTag")):
		return fail(api.CheckDelivered, api.OtherTag,
			"The payment went to the right account with another destination tag.")
	}
	return pass(api.CheckDelivered, api.Delivered, "")
}

// enough compares what was delivered with the price.
func enough(price amount, delivered json.RawMessage) payload.Check {
	got, err := parseAmount(delivered)
	if err != nil {
		return pending(api.CheckDelivered, api.NodeUnusable, "This site's own node does not say how much was delivered.")
	}
	sum := got.spell()
	switch {
	case !bytes.Equal(got.asset, price.asset):
		return fail(api.CheckDelivered, api.OtherCurrency,
			"%s %s was delivered: another currency or issuer than was asked for.", sum.Value, sum.Currency)
	case !got.positive() || bytes.Compare(got.value, price.value) < 0:
		return fail(api.CheckDelivered, api.LessDelivered,
			"Only %s %s was delivered, less than was asked for.", sum.Value, sum.Currency)
	case bytes.Equal(got.value, price.value):
		return pass(api.CheckDelivered, api.Delivered, "%s %s was delivered, as asked for.", sum.Value, sum.Currency)
	}
	return pass(api.CheckDelivered, api.MoreDelivered,
		"%s %s was delivered, more than was asked for.", sum.Value, sum.Currency)
}
