package verify

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

func TestSpell(t *testing.T) {
	id := "00000001" + encoded(t, tx{"Account": shop})[4:] // of an MPT: a sequence, and its issuer
	coded := func(code string) string { return strings.Replace(usd("1"), "USD", code, 1) }
	for amount, want := range map[string]string{
		`"1"`:                    "0.000001 XRP",
		`"2500000"`:              "2.5 XRP",
		`"100000"`:               "0.1 XRP",
		`"1000000"`:              "1 XRP",
		`"0"`:                    "0 XRP",
		`"100000000000000000"`:   "100000000000 XRP",
		usd("42.10"):             "42.1 USD",
		usd("1200"):              "1200 USD",
		usd("4210e-2"):           "42.1 USD",
		usd("1234567.890123457"): "1234567.890123457 USD",
		usd("-0.5"):              "-0.5 USD",
		usd("0"):                 "0 USD",
		usd("1e20"):              "1" + strings.Repeat("0", 20) + " USD",
		usd("1e-20"):             "0." + strings.Repeat("0", 19) + "1 USD",
		`{"mpt_issuance_id":"` + id + `","value":"9223372036854775807"}`: "9223372036854775807 " + id,

		coded("xyz"): "1 xyz",
		coded("0000000000000000000000005553440000000000"): "1 USD",
		coded("534F4C4F00000000000000000000000000000000"): "1 SOLO",
		coded("4C6F6E6765722E7468616E2E7468726565212121"): "1 Longer.than.three!!!",

		// What is no name is shown as it is, and nothing passes for XRP.
		coded("5852500000000000000000000000000000000000"): "1 5852500000000000000000000000000000000000",
		coded("7872700000000000000000000000000000000000"): "1 7872700000000000000000000000000000000000",
		coded("2058525000000000000000000000000000000000"): "1 2058525000000000000000000000000000000000",
		coded("E282AC0000000000000000000000000000000000"): "1 E282AC0000000000000000000000000000000000",
		coded("7F55534400000000000000000000000000000000"): "1 7F55534400000000000000000000000000000000",
		coded("5500534400000000000000000000000000000000"): "1 5500534400000000000000000000000000000000",
		coded("0300000000000000000000000000000000000000"): "1 0300000000000000000000000000000000000000",
	} {
		a, err := parseAmount(json.RawMessage(amount))
		if err != nil {
			t.Errorf("%s: %v", amount, err)
			continue
		}
		got := a.spell()
		by := ""
		switch {
		case strings.Contains(amount, id):
			by = shop
		case strings.Contains(amount, issuer):
			by = issuer
		}
		if text := got.Value + " " + got.Currency; text != want || got.Issuer != by || got.Field != "" {
			t.Errorf("%s: got %+v, want %s by %s", amount, got, want, by)
		}
	}
}

func TestSummary(t *testing.T) {
	type amounts = []payload.Amount
	memos := func(all ...string) string {
		for i, data := range all {
			all[i] = `{"Memo":{` + data + `}}`
		}
		return `,"Memos":[` + strings.Join(all, ",") + `]`
	}
	text := func(s string) string { return `"MemoData":"` + upperHex([]byte(s)) + `"` }
	token := func(field, value string) payload.Amount {
		return payload.Amount{Field: field, Value: value, Currency: "USD", Issuer: issuer}
	}
	xrp := func(field, value string) payload.Amount {
		return payload.Amount{Field: field, Value: value, Currency: "XRP"}
	}
	const exchange = `,"Asset":{"currency":"XRP"},"Asset2":{"currency":"USD","issuer":"` + issuer + `"}`
	for _, tt := range []struct {
		name, template string
		want           payload.Summary
	}{
		{"sign-in", `{"TransactionType":"SignIn"}`, payload.Summary{Type: "SignIn"}},
		{"payment", paymentTemplate, payload.Summary{
			Type: "Payment", Amount: "2.5", Currency: "XRP", Destination: shop, DestinationTag: "4711", MaxFee: "1",
		}},
		{"tag 0", strings.Replace(paymentTemplate, "4711", "0", 1), payload.Summary{
			Type: "Payment", Amount: "2.5", Currency: "XRP", Destination: shop, DestinationTag: "0", MaxFee: "1",
		}},
		{"token", `{"TransactionType":"Payment","Destination":"` + shop + `","Amount":` + usd("10") +
			`,"SendMax":"12000000","DeliverMin":` + usd("9.50") + `}`, payload.Summary{
			Type: "Payment", Amount: "10", Currency: "USD", Issuer: issuer, Destination: shop, MaxFee: "1",
			Amounts: amounts{xrp("SendMax", "12"), token("DeliverMin", "9.5")},
		}},
		{"trust line", `{"TransactionType":"TrustSet","LimitAmount":` + usd("1000") + `}`, payload.Summary{
			Type: "TrustSet", Amounts: amounts{token("LimitAmount", "1000")}, MaxFee: "1",
		}},
		{"offer", `{"TransactionType":"OfferCreate","TakerPays":` + usd("5") + `,"TakerGets":"7000000"}`, payload.Summary{
			Type: "OfferCreate", Amounts: amounts{token("TakerPays", "5"), xrp("TakerGets", "7")}, MaxFee: "1",
		}},
		{"NFT's price", `{"TransactionType":"NFTokenCreateOffer","NFTokenID":"` + strings.Repeat("00", 32) +
			`","Amount":"1000000","Destination":"` + shop + `"}`, payload.Summary{
			Type: "NFTokenCreateOffer", Amounts: amounts{xrp("Amount", "1")}, Destination: shop, MaxFee: "1",
		}},
		{"escrow", `{"TransactionType":"EscrowCreate","Amount":"1000000","Destination":"` + shop + `"}`, payload.Summary{
			Type: "EscrowCreate", Amount: "1", Currency: "XRP", Destination: shop, MaxFee: "1",
		}},
		{"check", `{"TransactionType":"CheckCreate","SendMax":"1000000","Destination":"` + shop + `"}`, payload.Summary{
			Type: "CheckCreate", Amounts: amounts{xrp("SendMax", "1")}, Destination: shop, MaxFee: "1",
		}},
		{"liquidity", `{"TransactionType":"AMMDeposit","Amount":"1000000","Amount2":` + usd("1") + exchange + `}`,
			payload.Summary{Type: "AMMDeposit", Amounts: amounts{xrp("Amount", "1"), token("Amount2", "1")}, MaxFee: "1"}},
		{"reserve as fee", `{"TransactionType":"AccountDelete","Destination":"` + shop + `"}`, payload.Summary{
			Type: "AccountDelete", Destination: shop, MaxFee: "5",
		}},
		{"fee that was asked for", `{"TransactionType":"AccountSet","Fee":"2000000"}`, payload.Summary{
			Type: "AccountSet", MaxFee: "2",
		}},
		{"memos", `{"TransactionType":"AccountSet"` + memos(
			text("Two coffees\n"), text("\xff"), `"MemoType":"AB"`, text(""), text("and\u202e tea")) + `}`,
			payload.Summary{Type: "AccountSet", Memo: "Two coffees · and tea", MaxFee: "1"}},
		{"long memo", `{"TransactionType":"SignIn"` + memos(text(strings.Repeat("é", 1001))) + `}`,
			payload.Summary{Type: "SignIn", Memo: strings.Repeat("é", 999) + "…"}},
		{"not to be understood", `{}`, payload.Summary{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.want.Network = "TESTNET"
			for mark, template := range map[string]string{"no": tt.template, "a": markable(t, tt.template)} {
				o := Order{TxJSON: json.RawMessage(template), Network: "TESTNET"}
				if got := o.Summary(); !reflect.DeepEqual(got, tt.want) {
					t.Errorf("with %s mark: got %+v, want %+v", mark, got, tt.want)
				}
			}
		})
	}
	o := Order{TxJSON: json.RawMessage(paymentTemplate), MaxFee: 12}
	if got := o.Summary(); got.MaxFee != "0.000012" {
		t.Errorf("got the greatest fee %s, want the order's", got.MaxFee)
	}
}

// markable is the template with a mark, if it can have one.
func markable(t *testing.T, template string) string {
	t.Helper()
	text := bytes.Repeat([]byte("A"), MarkSize) // which could be shown
	marked, err := Mark(json.RawMessage(template), "shop.example", text)
	if err != nil {
		return template
	}
	return string(marked)
}
