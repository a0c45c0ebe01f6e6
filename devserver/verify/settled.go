package verify

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/xaman-live/xaman-live/devserver/ledger"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// A ledger's close time is rounded to 10 s, and no two clocks agree.
const clockTolerance = time.Minute

// phoneHorizon is more than the 150 ledgers at most by which a phone sets LastLedgerSequence ahead.
const phoneHorizon = 200

// settled decides what became of a transaction that was to be submitted. signed and dispatched_result do not matter
// here: the one is a button, the other a forecast of a node that the phone chose.
func settled(o Order, b blob, e Evidence) payload.Check {
	t := e.Transaction
	switch {
	case t == nil && e.Missing && impossible(o, b, e.Server):
		return fail(Ledger, "The transaction missed the last ledger that could have it, so it can never happen any more.")
	case t == nil:
		return pending(Ledger, "The ledger does not have the transaction yet.")
	case !strings.EqualFold(t.Hash, txID(b.data)):
		return fail(Ledger, "This site's own node answered for another transaction.")
	case !t.Validated:
		return pending(Ledger, "The ledger with the transaction is not validated yet.")
	case strings.HasPrefix(t.Result, "tec"):
		return fail(Ledger, fmt.Sprintf("The transaction had no effect but its fee: %s.", t.Result))
	case t.Result != "tesSUCCESS":
		return fail(Ledger, fmt.Sprintf("The transaction did not succeed: %.40s.", t.Result))
	case t.CloseTime.Before(o.Created.Add(-clockTolerance)):
		return fail(Ledger, "The transaction is older than the request.")
	}
	return pass(Ledger, fmt.Sprintf("In the validated ledger %d.", t.LedgerIndex))
}

// impossible reports whether a transaction that the node did not know, when asked after s, can no longer get into a
// ledger. That takes a validated ledger behind the last one that the transaction allows, and a node that has all in
// which it could be: all since the payload was created, or, as far as that is not known, since any phone could have set
// that last one. A node with gaps is no witness.
func impossible(o Order, b blob, s *ledger.Server) bool {
	last, ok := b.fields.uint32("LastLedgerSequence")
	if !ok || s == nil || s.Validated <= last {
		return false
	}
	first := o.Ledger
	if first == 0 {
		first = max(last, phoneHorizon+1) - phoneHorizon
	}
	return s.Has(first, s.Validated)
}

// delivered decides whether the payee got what was asked for. The transaction's own amount does not say: with a flag
// for partial payment it is a limit, and one unit delivered is a success.
func delivered(o Order, e Evidence) payload.Check {
	want, err := parseTemplate(o.TxJSON)
	switch {
	case err != nil:
		return fail(Delivered, "This server cannot tell what was asked for.")
	case want.kind != "Payment":
		return skipped(Delivered, "Not a payment, so nothing is delivered.")
	case want.fields.get("Amount") == nil:
		return fail(Delivered, "No amount was asked for, so none is enough.")
	case !e.validated():
		return pending(Delivered, "Known when the ledger has the transaction.")
	}
	if e.Transaction.Result != "tesSUCCESS" {
		return fail(Delivered, "Nothing was delivered.")
	}
	t, price := e.Transaction, newAmount(want.fields.value("Amount"))
	got, err := parseAmount(t.Delivered)
	value, currency := spell(t.Delivered)
	tag, tagged := want.fields.uint32("DestinationTag")
	switch {
	case err != nil:
		return fail(Delivered, "This site's own node does not say how much was delivered.")
	case t.Type != "Payment":
		return fail(Delivered, "The ledger has something else than a payment.")
	case t.Destination != address(want.fields.value("Destination")):
		return fail(Delivered, "The payment went to another account.")
	case t.Account == t.Destination:
		return fail(Delivered, "The payee has paid itself.")
	case tagged != (t.DestinationTag != nil), tagged && tag != *t.DestinationTag:
		return fail(Delivered, "The payment went to the right account with another destination tag.")
	case !price.sameAsset(got):
		return fail(Delivered, fmt.Sprintf("%.80s %.80s was delivered, which is another currency or issuer than was asked for.", value, currency))
	case !got.positive() || bytes.Compare(got.value, price.value) < 0:
		return fail(Delivered, fmt.Sprintf("Only %s %s was delivered, less than was asked for.", value, currency))
	case bytes.Equal(got.value, price.value):
		return pass(Delivered, fmt.Sprintf("%s %s was delivered, as asked for.", value, currency))
	}
	return pass(Delivered, fmt.Sprintf("%s %s was delivered, more than was asked for.", value, currency))
}

// amount is an encoded amount. Amounts of one asset are in the order of their values, if they are positive.
type amount struct {
	value []byte
	asset []byte // of a token its currency and issuer, of an MPT its issuance; of XRP nothing
}

func (a amount) sameAsset(b amount) bool {
	return len(a.value) == len(b.value) && bytes.Equal(a.asset, b.asset)
}

// positive looks at the bit of the sign, which a token's zero lacks.
func (a amount) positive() bool { return a.value[0]&0x40 != 0 }

// newAmount takes an encoded amount apart, which is of one of three lengths.
func newAmount(b []byte) amount {
	if len(b) == mptSize {
		return amount{value: b[:9], asset: b[9:]}
	}
	return amount{value: b[:8], asset: b[8:]}
}

// parseAmount reads delivered_amount. Very old partial payments have "unavailable" there, which is not an amount.
func parseAmount(data json.RawMessage) (amount, error) {
	var v any
	if err := decodeJSON(data, &v); err != nil {
		return amount{}, err
	}
	o, err := encode(map[string]any{"Amount": v})
	if err != nil {
		return amount{}, err
	}
	return newAmount(o.value("Amount")), nil
}
