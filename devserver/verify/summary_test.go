package verify

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

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
			Fields: []payload.Field{{Name: "NFTokenID", Value: strings.Repeat("00", 32)}},
		}},
		{"escrow", `{"TransactionType":"EscrowCreate","Amount":"1000000","Destination":"` + shop + `"}`, payload.Summary{
			Type: "EscrowCreate", Amount: "1", Currency: "XRP", Destination: shop, MaxFee: "1",
		}},
		{"channel", `{"TransactionType":"PaymentChannelCreate","Amount":"1000000","SettleDelay":60}`, payload.Summary{
			Type: "PaymentChannelCreate", Amount: "1", Currency: "XRP", MaxFee: "1",
			Fields: []payload.Field{{Name: "SettleDelay", Value: "60"}},
		}},
		{"channel that gets more", `{"TransactionType":"PaymentChannelFund","Amount":"1000000"}`, payload.Summary{
			Type: "PaymentChannelFund", Amount: "1", Currency: "XRP", MaxFee: "1",
		}},
		{"check", `{"TransactionType":"CheckCreate","SendMax":"1000000","Destination":"` + shop + `"}`, payload.Summary{
			Type: "CheckCreate", Amounts: amounts{xrp("SendMax", "1")}, Destination: shop, MaxFee: "1",
		}},
		{"liquidity", `{"TransactionType":"AMMDeposit","Amount":"1000000","Amount2":` + usd("1") + exchange + `}`,
			payload.Summary{
				Type: "AMMDeposit", Amounts: amounts{xrp("Amount", "1"), token("Amount2", "1")}, MaxFee: "1",
				Fields: []payload.Field{{Name: "Asset", Value: "XRP"}, {Name: "Asset2", Value: "USD " + issuer}},
			}},
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

// What has no place of its own in a summary is told as well: above all who may sign from then on.
func TestOtherFields(t *testing.T) {
	hexOf := func(text string) string { return upperHex([]byte(text)) }
	hash, mpt := strings.Repeat("AB", 32), "00000102"+encoded(t, tx{"Account": shop})[4:]
	for template, want := range map[string]string{
		`"SetRegularKey","RegularKey":"` + ed + `"`: "[{RegularKey " + ed + "}]",
		`"SignerListSet","SignerQuorum":2,"SignerEntries":[{"SignerEntry":{"Account":"` + ed + `","SignerWeight":1}},` +
			`{"SignerEntry":{"Account":"` + shop + `","SignerWeight":65535}}]`: "[{SignerQuorum 2} {SignerEntry " + ed +
			" (1)} {SignerEntry " + shop + " (65535)}]",
		`"SignerListSet","SignerQuorum":0`: "[{SignerQuorum 0}]",
		`"DelegateSet","Authorize":"` + ed + `","Permissions":[{"Permission":{"PermissionValue":1}},` +
			`{"Permission":{"PermissionValue":65537}},{"Permission":{"PermissionValue":4000000000}}]`: "[{Authorize " + ed +
			"} {Permission Payment} {Permission TrustlineAuthorize} {Permission 4000000000}]",
		`"AccountSet","SetFlag":4,"ClearFlag":99`:                     "[{SetFlag asfDisableMaster} {ClearFlag 99}]",
		`"AccountSet","Domain":"` + hexOf("shop.example") + `"`:       "[{Domain shop.example}]",
		`"AccountSet","Domain":"` + hexOf("shop\u202e.example") + `"`: "[{Domain " + hexOf("shop\u202e.example") + "}]",
		`"AccountSet","Domain":"` + strings.Repeat("FF", 501) + `"`:   "[{Domain " + strings.Repeat("F", 999) + "…}]",
		`"AccountSet","Domain":"FF00"`:                                "[{Domain FF00}]",
		`"AccountSet","TransferRate":1000000000,"TickSize":5`:         "[{TransferRate 1000000000} {TickSize 5}]",
		`"EscrowCreate","FinishAfter":946684800,"CancelAfter":0`: "[{CancelAfter 2000-01-01T00:00:00Z} " +
			"{FinishAfter 2029-12-31T00:00:00Z}]",
		`"OfferCreate","Expiration":4294967295`:                 "[{Expiration 2136-02-07T06:28:15Z}]",
		`"OfferCancel","OfferSequence":7`:                       "[{OfferSequence 7}]",
		`"NFTokenMint","NFTokenTaxon":0,"Flags":8`:              "[{NFTokenTaxon 0}]",
		`"NFTokenBurn","NFTokenID":"` + hash + `"`:              "[{NFTokenID " + hash + "}]",
		`"Payment","InvoiceID":"` + hash + `"`:                  "[]",
		`"Payment","Sequence":7,"Fee":"1"`:                      "[{Sequence 7}]",
		`"Payment","Paths":[[{"account":"` + ed + `"}]]`:        "[]",
		`"AMMDelete","Asset":{"mpt_issuance_id":"` + mpt + `"}`: "[{Asset " + mpt + "}]",
	} {
		o := Order{TxJSON: json.RawMessage(`{"TransactionType":` + template + `}`)}
		if s := o.Summary(); fmt.Sprint(s.Fields) != want || s.Type == "" {
			t.Errorf("%s: got %+v, want %s", template, s, want)
		}
	}
	entries := strings.Repeat(`{"SignerEntry":{"Account":"`+ed+`","SignerWeight":1}},`, 100)
	long := `{"TransactionType":"SignerListSet","SignerEntries":[` + strings.TrimSuffix(entries, ",") + `]}`
	o := Order{TxJSON: json.RawMessage(long)}
	if s := o.Summary(); len(s.Fields) != maxFields {
		t.Errorf("got %d fields of a long list, want %d", len(s.Fields), maxFields)
	}
}
