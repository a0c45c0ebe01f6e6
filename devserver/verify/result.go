package verify

import (
	"encoding/json"
	"strings"

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
	if t, err := parseTemplate(o.TxJSON); err == nil && t.kind == "Payment" {
		r.Destination = address(b.fields.value("Destination"))
		r.Amount, r.Currency = spell(e.Transaction.Delivered)
	}
	return r
}

// spell returns value and currency of a delivered amount for people.
func spell(delivered json.RawMessage) (value, currency string) {
	var drops string
	if json.Unmarshal(delivered, &drops) == nil {
		return xrp(drops), "XRP"
	}
	var token struct {
		Value    string `json:"value"`
		Currency string `json:"currency"`
		Issuance string `json:"mpt_issuance_id"`
	}
	if json.Unmarshal(delivered, &token) != nil {
		return "", ""
	}
	if token.Issuance != "" {
		return token.Value, token.Issuance
	}
	return token.Value, token.Currency
}

// xrp moves the decimal point of drops, a millionth of an XRP each.
func xrp(drops string) string {
	const places = 6
	if short := places + 1 - len(drops); short > 0 {
		drops = strings.Repeat("0", short) + drops
	}
	whole, part := drops[:len(drops)-places], strings.TrimRight(drops[len(drops)-places:], "0")
	if part == "" {
		return whole
	}
	return whole + "." + part
}
