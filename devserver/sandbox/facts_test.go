package sandbox

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/xaman-live/xaman-live/devserver/sandbox/engine"
)

func TestAmount(t *testing.T) {
	token := func(currency string) string {
		return `{"currency":"` + currency + `","issuer":"` + address + `","value":"1.50"}`
	}
	for ledger, want := range map[string]string{
		`"2500000"`: "2.5 XRP", `"1"`: "0.000001 XRP", `"0"`: "0 XRP", `"1000000"`: "1 XRP", `"10000000"`: "10 XRP",
		`"100000000000000000"`: "100000000000 XRP", `"12 drops"`: "", `7`: "",
		token("USD"): "1.50 USD " + address,
		token("524C555344000000000000000000000000000000"): "1.50 RLUSD " + address,
		token("50" + strings.Repeat("0", 38)):             "1.50 P " + address,
		token("03AB" + strings.Repeat("F", 36)):           "1.50 03AB" + strings.Repeat("F", 36) + " " + address,
		`{"mpt_issuance_id":"00AB","value":"3"}`:          "3 MPT 00AB",
	} {
		var v any
		if err := json.Unmarshal([]byte(ledger), &v); err != nil {
			t.Fatal(err)
		}
		got := ""
		if a := amount(v); a != nil {
			got = strings.TrimSpace(fmt.Sprint(a.Value, " ", a.Currency, " ", a.Issuer))
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", ledger, got, want)
		}
	}
}

func TestHeadline(t *testing.T) {
	for field, want := range map[string]bool{"Amount": true, "DeliverMax": true, "TakerPays": false} {
		tx := engine.Transaction{field: "2500000"}
		if got, rest := headline(tx), amountsOf(tx); (got != nil) != want || (len(rest) == 0) != want {
			t.Errorf("%s: got %v and %v, want it alone: %v", field, got, rest, want)
		}
	}
}

func TestTitle(t *testing.T) {
	for name, want := range map[string]string{
		"": "", "Payment": "Payment", "SignIn": "Sign in", "SetRegularKey": "Set regular key", "AMMDeposit": "AMM deposit",
		"NFTokenCreateOffer": "NFT create offer", "MPTokenIssuanceSet": "MPT issuance set", "DIDSet": "DID set",
		"AMMClawback": "AMM clawback", "UNLModify": "UNL modify",
	} {
		if got := title(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

// A visitor compares the phone with the card: both call an amount the same.
func TestAmountNames(t *testing.T) {
	data, err := os.ReadFile("../../wasm/view/english.json")
	if err != nil {
		t.Fatal(err)
	}
	var card map[string]string
	if err := json.Unmarshal(data, &card); err != nil {
		t.Fatal(err)
	}
	for field := range amountFields {
		headline := field == "Amount" || field == "DeliverMax"
		if name := amountNames[field]; !headline && (name == "" || card["field."+field] != name) {
			t.Errorf("%s: the card says %q, the phone %q", field, card["field."+field], name)
		}
	}
}

func TestAskedFacts(t *testing.T) {
	pl := &engine.Payload{Options: engine.Options{Submit: true}, Tx: engine.Transaction{
		"TransactionType": "OfferCreate", "TakerPays": "25000000",
		"TakerGets": fields{"currency": "USD", "issuer": address, "value": "12.5"},
		"SendMax":   fields{"currency": "USD", "issuer": address, "value": "13"},
		"Memos":     []any{fields{"Memo": fields{"MemoType": hexOf("order"), "MemoData": hexOf("tea")}}, 7, fields{}},
		"InvoiceID": strings.ToLower(invoice), "Destination": demoShop, "DestinationTag": 0, "Fee": "5000",
	}}
	want := []fact{
		{"You spend, at most", "13 USD", ""}, {"Issuer of USD", address, "code"}, {"You give", "12.5 USD", ""},
		{"You receive", "25 XRP", ""},
		{"To", demoShop, "code"}, {"Destination tag", "0", ""}, {"Memo", "order\ntea", "text"}, {"Fee", "0.005 XRP", ""},
		{"Network", "TESTNET", ""}, {"After signing", "sent to the ledger", ""}, {"InvoiceID", invoice, "code"},
	}
	if got := askedFacts(pl, "TESTNET"); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got\n%v\nwant\n%v", got, want)
	}
}

func TestPartsOf(t *testing.T) {
	for _, c := range []struct{ template, want string }{
		{`{"TransactionType":"X","Account":"r","Fee":"12","Flags":1,"RegularKey":"rA"}`, "RegularKey=rA"},
		{
			`{"SetFlag":4,"ClearFlag":99,"Domain":"` + hexOf("shop.example") + `"}`,
			"ClearFlag=99 Domain=shop.example SetFlag=asfDisableMaster",
		},
		{
			`{"FinishAfter":60,"OfferSequence":7,"Asset":{"currency":"XRP"}}`,
			"Asset=XRP FinishAfter=2000-01-01T00:01:00Z OfferSequence=7",
		},
		{
			`{"SignerQuorum":2,"SignerEntries":[{"SignerEntry":{"Account":"rA","SignerWeight":1}}]}`,
			"SignerEntry=rA (1) SignerQuorum=2",
		},
		{`{"Permissions":[{"Permission":{"PermissionValue":"Payment"}},7]}`, "Permission=Payment"},
		{`{"Asset2":{"currency":"USD","issuer":"rA"},"Amount":"1"}`, "Asset2=USD rA"},
	} {
		tx, err := decodeBody([]byte(c.template))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range partsOf(tx.(fields)) {
			got = append(got, f.Name+"="+f.Value)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: got %s, want %s", c.template, strings.Join(got, " "), c.want)
		}
	}
}
