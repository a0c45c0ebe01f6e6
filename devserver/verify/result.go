package verify

import (
	"encoding/json"
	"fmt"
	"strconv"
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
		n, _ := strconv.ParseUint(drops, 10, 64)
		return xrp(n), "XRP"
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

// xrp spells drops, a millionth of an XRP each.
func xrp(drops uint64) string {
	const each = 1_000_000
	text := fmt.Sprintf("%d.%06d", drops/each, drops%each)
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}
