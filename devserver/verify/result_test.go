package verify

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

func TestResult(t *testing.T) {
	hash := payment(t).payload.Response.TxID
	signed := payload.Result{Account: secp, Network: "TESTNET"}
	submitted := payload.Result{Account: secp, Network: "TESTNET", TxID: hash, Time: "2026-01-05T10:01:00Z"}
	paid := payload.Result{
		Account: secp, TxID: hash, Network: "TESTNET", Amount: "2.5", Currency: "XRP", Destination: shop,
		Time: "2026-01-05T10:01:00Z",
	}
	bought := paid
	bought.Amount, bought.Currency, bought.Issuer = "2.5", "USD", issuer
	unpaid, undated := paid, paid
	unpaid.Amount, unpaid.Currency, undated.Time = "", "", ""
	for _, tt := range []struct {
		name   string
		base   func(testing.TB) *fixture
		change func(*fixture)
		want   payload.Result
	}{
		{"payment, and what the phone says of it", payment, func(f *fixture) {
			f.payload.Response.TxID, f.payload.Response.Account = "forged", "forged"
		}, paid},
		{"token", payment, func(f *fixture) {
			f.evidence.Transaction.Delivered = json.RawMessage(usd("2.50"))
		}, bought},
		{"what was delivered is not known", payment, func(f *fixture) {
			f.evidence.Transaction.Delivered = json.RawMessage(`"unavailable"`)
		}, unpaid},
		{"when is not known", payment, func(f *fixture) { f.evidence.Transaction.CloseTime = time.Time{} }, undated},
		{"in another time zone", payment, func(f *fixture) {
			f.evidence.Transaction.CloseTime = f.evidence.Transaction.CloseTime.In(time.FixedZone("", 3600))
		}, paid},
		{"something else than a payment", payment, func(f *fixture) { f.ask(bareAccount) }, submitted},
		{"what cannot be read", payment, func(f *fixture) { f.ask(`{"TransactionType":"Payment","Amuont":"1"}`) }, submitted},
		{"a blob that cannot be read", payment, func(f *fixture) { f.payload.Response.Hex = "12" }, payload.Result{}},
		{"what was not to be submitted", payment, func(f *fixture) { f.order.Submit = false }, signed},
		{"what no ledger has", payment, func(f *fixture) { f.evidence.Transaction = nil }, signed},
		{"sign-in", login, func(*fixture) {}, signed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := tt.base(t)
			tt.change(f)
			if got := f.result(); got != tt.want {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
}
