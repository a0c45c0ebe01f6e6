package verify

import (
	"testing"

	"github.com/xaman-live/xaman-live/wasm/api"
)

func TestFee(t *testing.T) {
	const fields = `,"Destination":"` + shop + `"}`
	asked := func(fee string) string { return templateWith(`,"Fee":"` + fee + `"`) }
	tests := []struct {
		name, template string
		most           uint64 // of the order
		fee            any
		why            string // "": it may be
	}{
		{"ordinary", paymentTemplate, 0, "12", ""},
		{"as high as may be", paymentTemplate, 0, "1000000", ""},
		{"higher", paymentTemplate, 0, "1000001", "fee-too-high: 1.000001 XRP, and it may be 1."},
		{"absurd", paymentTemplate, 0, "100000000", "fee-too-high: 100 XRP"},
		{"raised by the order", paymentTemplate, 100_000_000, "100000000", ""},
		{"higher than the order raised it", paymentTemplate, 100_000_000, "100000001", "fee-too-high"},
		{"lowered by the order", paymentTemplate, 12, "13", "fee-too-high"},
		{"asked for", asked("2000000"), 0, "2000000", ""},
		{"lower than asked for", asked("2000000"), 0, "12", ""},
		{"higher than asked for", asked("2000000"), 0, "2000001", "fee-too-high"},
		{"a low one asked for", asked("12"), 0, "1000000", ""},
		{"in a token", paymentTemplate, 0, tx{"currency": "USD", "issuer": issuer, "value": "1"},
			"other-field: not one in XRP"},
		{"reserve", `{"TransactionType":"AccountDelete"` + fields, 0, "5000000", ""},
		{"reserve of an exchange", `{"TransactionType":"AMMCreate"}`, 0, "5000000", ""},
		{"reserve of a vault", `{"TransactionType":"VaultCreate"}`, 0, "5000000", ""},
		{"reserve for a repair", `{"TransactionType":"LedgerStateFix"}`, 0, "5000000", ""},
		{"no reserve", `{"TransactionType":"AccountSet"}`, 0, "1000001", "fee-too-high"},
		{"more than a reserve", `{"TransactionType":"AccountDelete"` + fields, 0, "5000001", "fee-too-high"},
		{"lowered reserve", `{"TransactionType":"AccountDelete"` + fields, 200_000, "200001", "fee-too-high"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := payment(t)
			f.ask(tt.template)
			f.order.MaxFee = tt.most
			signed := paymentFields()
			asked := document(t, tt.template).(tx)
			if kind := asked["TransactionType"]; kind != "Payment" {
				signed = asked
				signed["Account"], signed["Sequence"] = secp, 7
				f.payload.Payload.TxType = kind.(string)
			}
			signed["Fee"] = tt.fee
			f.tell(t, sign(t, secpSeed, signed))
			want := "fail " + tt.why
			if tt.why == "" {
				want = "pass as-asked-unmarked"
			}
			f.wantCheck(t, api.CheckRequest, want)
		})
	}
}
