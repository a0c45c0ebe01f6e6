package verify

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/devserver/ledger"
	"github.com/xaman-live/xaman-live/wasm/api"
)

func TestLedger(t *testing.T) {
	type said struct {
		*fixture
		*ledger.Transaction // of its evidence
	}
	// The transaction may be in a ledger up to 1020.
	tests := []struct {
		name   string
		change func(said)
		want   string
	}{
		{"validated", func(said) {}, "pass on-ledger: In the validated ledger 1003."},
		{"another transaction", func(s said) { s.Hash = s.Hash[1:] + "0" }, "fail node-contradicts"},
		{"not validated", func(s said) { s.Validated = false }, "pending not-validated-yet"},
		{"not validated, and said to fail", func(s said) { s.Validated, s.Result = false, "tecPATH_DRY" },
			"pending not-validated-yet"},
		{"fee only", func(s said) { s.Result = "tecPATH_DRY" },
			"fail failed-on-ledger: had no effect but its fee: tecPATH_DRY."},
		{"no result", func(s said) { s.Result = "" }, "pending node-unusable"},
		{"queued", func(s said) { s.Result = "terQUEUED" }, "fail failed-on-ledger: did not succeed: terQUEUED."},
		{"in the ledger after the request's", func(s said) { s.LedgerIndex = 1001 }, "pass on-ledger"},
		{"in the request's ledger", func(s said) { s.LedgerIndex = 1000 }, "fail older-than-request: older than the request"},
		{"in an older ledger, closed within the tolerance", func(s said) {
			s.LedgerIndex, s.CloseTime = 999, created.Add(-10*time.Second)
		}, "fail older-than-request"},
		{"in a ledger that is not known", func(s said) { s.LedgerIndex = 0 }, "pending node-unusable"},
		{"no close time, which does not matter", func(s said) { s.CloseTime = time.Time{} }, "pass on-ledger"},
		{"request's ledger not known", func(s said) { s.order.Ledger = 0 }, "pass on-ledger"},
		{"neither, and older than the request", func(s said) {
			s.order.Ledger, s.CloseTime = 0, created.Add(-clockTolerance-time.Second)
		}, "fail older-than-request: older than the request"},
		{"neither, and clocks differ", func(s said) {
			s.order.Ledger, s.CloseTime = 0, created.Add(-clockTolerance)
		}, "pass on-ledger"},
		{"neither, and no close time", func(s said) { s.order.Ledger, s.CloseTime = 0, time.Time{} },
			"pending node-unusable"},
		{"neither, nor the transaction's ledger", func(s said) {
			s.order.Ledger, s.LedgerIndex = 0, 0
		}, "pass on-ledger: In a validated ledger."},
		{"not asked", func(s said) { s.evidence = Evidence{} }, "pending not-on-ledger-yet"},
		{"unknown", func(s said) { s.evidence.Transaction = nil }, "pending not-on-ledger-yet"},
		{"called impossible, and there", func(s said) { s.evidence.Impossible = true }, "pass on-ledger"},
		{"impossible", func(s said) { s.evidence.Transaction, s.evidence.Impossible = nil, true }, "fail missed-last-ledger"},
		{"not submitted", func(s said) { s.order.Submit = false }, "skipped not-to-be-submitted: signed and not submitted"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := payment(t)
			tt.change(said{f, f.evidence.Transaction})
			f.wantCheck(t, api.CheckLedger, tt.want)
		})
	}
}

func TestWhereATransactionIsPossible(t *testing.T) {
	until := func(last any) tx { return paymentWith(tx{"LastLedgerSequence": last}) }
	tests := []struct {
		name        string
		fields      tx
		order, node uint32
		want        ledger.Range
	}{
		{"last ledger not there", paymentFields(), 1000, 1019, ledger.Range{}},
		{"last ledger there", paymentFields(), 1000, 1020, ledger.Range{}},
		{"last ledger passed, within the margin", paymentFields(), 1000, 1023, ledger.Range{}},
		{"last ledger passed", paymentFields(), 1000, 1024, ledger.Range{First: 1000, Last: 1024}},
		{"last ledger long passed", paymentFields(), 1000, 2000, ledger.Range{First: 1000, Last: 1024}},
		{"request's ledger not known", paymentFields(), 0, 1024, ledger.Range{First: 820, Last: 1024}},
		{"request long ago", paymentFields(), 24, 9999, ledger.Range{First: 24, Last: 1024}},
		{"request after the last ledger", paymentFields(), 1021, 1024, ledger.Range{First: 820, Last: 1024}},
		{"no last ledger", until(nil), 1000, 1 << 31, ledger.Range{}},
		{"last ledger at the end of numbers", until(uint32(1<<32 - 1)), 1000, 1<<32 - 1, ledger.Range{}},
		{"ledger just begun", until(100), 0, 104, ledger.Range{First: 1, Last: 104}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := ReadBlob(sign(t, secpSeed, tt.fields))
			o := Order{TxJSON: json.RawMessage(paymentTemplate), Ledger: tt.order}
			if got := possible(o, b.blob, ledger.Server{Validated: tt.node}); got != tt.want {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
}

// An order may let a transaction wait for longer than a phone does by itself.
func TestWhereATransactionIsPossibleWithALastLedgerThatWasAskedFor(t *testing.T) {
	b := ReadBlob(sign(t, secpSeed, paymentWith(tx{"LastLedgerSequence": 6002})))
	for order, want := range map[uint32]ledger.Range{
		0: {}, 1000: {First: 1000, Last: 6006}, 7000: {First: 5802, Last: 6006},
	} {
		o := Order{TxJSON: json.RawMessage(templateWith(`,"LastLedgerSequence":5000`)), Ledger: order}
		if got := possible(o, b.blob, ledger.Server{Validated: 9000}); got != want {
			t.Errorf("ordered at %d: got %+v, want %+v", order, got, want)
		}
	}
}

func TestDelivered(t *testing.T) {
	const (
		xrp     = `"2500000"`
		flag    = xrp + `,"Flags":131072`
		least   = `,"DeliverMin":"2000000"`
		issuing = `00000001A407AF5856CCF3C42619DAA925813FC955C72983`
	)
	mpt := func(value string) string { return `{"mpt_issuance_id":"` + issuing + `","value":"` + value + `"}` }
	price := usd("42.1")
	tests := []struct{ name, asked, delivered, want string }{
		{"drops", xrp, xrp, "pass delivered: 2.5 XRP was delivered, as asked for."},
		{"more drops", xrp, `"2500001"`, "pass more-delivered: 2.500001 XRP was delivered, more than was asked for."},
		{"fewer drops", xrp, `"2499999"`, "fail less-delivered: Only 2.499999 XRP was delivered, less than was asked for."},
		{"no drops", xrp, `"0"`, "fail less-delivered"},
		{"drops beyond a float64", `"90071992547409931"`, `"90071992547409930"`, "fail less-delivered"},
		{"token for drops", xrp, usd("2500000"), "fail other-currency"},
		{"MPT for drops", xrp, mpt("9007199254740993"), "fail other-currency"},
		{"unavailable", xrp, `"unavailable"`, "pending node-unusable"},
		{"absent", xrp, ``, "pending node-unusable"},
		{"null", xrp, `null`, "pending node-unusable"},
		{"an amount without value", xrp, `{}`, "pending node-unusable"},
		{"negative drops", xrp, `"-2500000"`, "pending node-unusable"},
		{"a number for drops", xrp, `2500000`, "pending node-unusable"},
		{"a list", xrp, `["2500000"]`, "pending node-unusable"},

		{"token", price, price, "pass delivered"},
		{"token written otherwise", price, `{"currency":"0000000000000000000000005553440000000000",
			"issuer":"` + issuer + `","value":"4210e-2"}`, "pass delivered"},
		{"more token", price, usd("100"), "pass more-delivered"},
		{"less token, more digits", price, usd("42.09999999999999"), "fail less-delivered"},
		{"token of another issuer", price, strings.Replace(price, issuer, secp, 1), "fail other-currency"},
		{"another token", price, strings.Replace(price, "USD", "EUR", 1), "fail other-currency: another currency or issuer"},
		{"token in another letter case", price, strings.Replace(price, "USD", "usd", 1), "fail other-currency"},
		{"negative token", price, usd("-42.1"), "fail less-delivered"},
		{"no token", price, usd("0"), "fail less-delivered"},
		{"nothing for a price of nothing", usd("0"), usd("0"), "fail less-delivered"},
		{"negative token for a price of nothing", usd("0"), usd("-42.1"), "fail less-delivered"},
		{"drops for token", price, `"42100000"`, "fail other-currency"},

		{"MPT", mpt("9007199254740993"), mpt("9007199254740993"), "pass delivered"},
		{"fewer MPT, beyond a float64", mpt("9007199254740993"), mpt("9007199254740992"), "fail less-delivered"},
		{"more MPT", mpt("9007199254740993"), mpt("9007199254740994"), "pass more-delivered"},
		{"another MPT", mpt("1"), strings.Replace(mpt("1"), "00000001A4", "00000002A4", 1), "fail other-currency"},

		// A payment that may be partial is one with a flag and a least amount. Neither alone makes less enough.
		{"least", flag + least, `"2000000"`, "pass delivered"},
		{"more than the least", flag + least, `"2499999"`, "pass more-delivered"},
		{"less than the least", flag + least, `"1999999"`, "fail less-delivered"},
		{"partial without a least amount", flag, `"2499999"`, "fail less-delivered"},
		{"a least amount of what may not be partial", xrp + least, `"2000000"`, "fail less-delivered"},
		{"a least amount with another flag", xrp + `,"Flags":65536` + least, `"2000000"`, "fail less-delivered"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := payment(t)
			f.ask(strings.Replace(paymentTemplate, xrp, tt.asked, 1))
			f.evidence.Transaction.Delivered = json.RawMessage(tt.delivered)
			f.wantCheck(t, api.CheckDelivered, tt.want)
		})
	}
}

func TestAmountsThatAreNone(t *testing.T) {
	for _, text := range []string{
		``, `null`, `true`, `7`, `[]`, `["1"]`, `{}`, `""`, `"-1"`, `"1.5"`, `"unavailable"`,
		strings.Replace(usd("42.1"), `"42.1"`, `42.1`, 1), strings.Replace(usd("42.1"), `"42.1"`, `null`, 1),
		`{"currency":"USD","issuer":"` + issuer + `"}`, `{"currency":"USD","value":"1"}`,
	} {
		if got, err := parseAmount(json.RawMessage(text)); err == nil {
			t.Errorf("%s: got %+v, want an error", text, got)
		}
	}
}

func TestDeliveredToWhom(t *testing.T) {
	const untagged = `{"TransactionType":"Payment","Destination":"` + shop + `","Amount":"2500000"}`
	type said = *ledger.Transaction
	unchanged := func(said) {}
	tagless := func(s said) { s.DestinationTag = nil }
	tests := []struct {
		name, asked string
		signed      tx // the fields that are other than usual; nil: left out
		said        func(said)
		want        string
	}{
		{"as asked", paymentTemplate, nil, unchanged, "pass delivered"},
		{"node says nothing of the transaction", paymentTemplate, nil, func(s said) {
			s.Type, s.Account, s.Destination, s.DestinationTag = "", "", "", nil
		}, "pass delivered"},
		{"another account", paymentTemplate, tx{"Destination": ed}, func(s said) { s.Destination = ed },
			"fail other-destination: to another account"},
		{"another tag", paymentTemplate, tx{"DestinationTag": 4712}, func(s said) { *s.DestinationTag = 4712 },
			"fail other-tag: another destination tag"},
		{"no tag", paymentTemplate, tx{"DestinationTag": nil}, tagless, "fail other-tag"},
		{"tag 0 for none", untagged, tx{"DestinationTag": 0}, tagless, "fail other-tag"},
		{"none for tag 0", strings.Replace(paymentTemplate, "4711", "0", 1), tx{"DestinationTag": nil}, tagless,
			"fail other-tag"},
		{"no tag, as asked", untagged, tx{"DestinationTag": nil}, tagless, "pass delivered"},
		{"the payee pays", paymentTemplate, tx{"Account": shop}, func(s said) { s.Account = shop },
			"fail paid-itself: has paid itself"},
		{"no destination", `{"TransactionType":"Payment","Amount":"2500000"}`,
			tx{"Destination": nil, "DestinationTag": nil}, func(s said) {
				s.Destination, s.DestinationTag = "", nil
			}, "fail other-destination"},
		{"node says another type", paymentTemplate, nil, func(s said) { s.Type = "CheckCash" }, "fail node-contradicts"},
		{"node says another account", paymentTemplate, nil, func(s said) { s.Account = ed }, "fail node-contradicts"},
		{"node says another destination", paymentTemplate, nil, func(s said) { s.Destination = ed }, "fail node-contradicts"},
		{"node says another tag", paymentTemplate, nil, func(s said) { *s.DestinationTag = 4712 }, "fail node-contradicts"},
		{"node says a tag and there is none", untagged, tx{"DestinationTag": nil}, func(s said) {
			*s.DestinationTag = 0
		}, "fail node-contradicts: says something else"},
		{"no amount asked", `{"TransactionType":"Payment","Destination":"` + shop + `"}`, nil, unchanged,
			"fail unusable-order"},
		{"nothing to deliver", `{"TransactionType":"AccountSet"}`, nil, unchanged, "skipped no-payment"},
		{"template is not understood", `{}`, nil, unchanged, "fail unusable-order"},
		{"failed", paymentTemplate, nil, func(s said) { s.Result = "tecPATH_DRY" }, "fail nothing-delivered"},
		{"no result", paymentTemplate, nil, func(s said) { s.Result = "" }, "pending node-unusable"},
		{"provisional", paymentTemplate, nil, func(s said) { s.Validated = false }, "pending not-on-ledger-yet"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := payment(t)
			f.order.TxJSON = json.RawMessage(tt.asked)
			f.tell(t, sign(t, secpSeed, paymentWith(tt.signed)))
			tt.said(f.evidence.Transaction)
			f.wantCheck(t, api.CheckDelivered, tt.want)
		})
	}
}
