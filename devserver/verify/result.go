package verify

import (
	"time"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// Result is what a verified payload amounts to, from the transaction itself and the ledger. Of a payload that is not
// verified it says nothing that counts.
func Result(o Order, b *Blob, e Evidence) payload.Result {
	if b.err != nil {
		return payload.Result{}
	}
	r := payload.Result{Account: address(b.fields.value("Account")), Network: o.Network}
	if !o.Submit || e.Transaction == nil {
		return r
	}
	r.TxID = b.TxID()
	if at := e.Transaction.CloseTime; !at.IsZero() {
		r.Time = at.UTC().Format(time.RFC3339)
	}
	if t, err := parseTemplate(o.TxJSON); err == nil && t.kind == "Payment" {
		r.Destination = address(b.fields.value("Destination"))
		if got, err := parseAmount(e.Transaction.Delivered); err == nil {
			a := got.spell()
			r.Amount, r.Currency, r.Issuer = a.Value, a.Currency, a.Issuer
		}
	}
	return r
}
