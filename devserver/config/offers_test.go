package config

import (
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/xaman-live/xaman-live/devserver/backend"
	"github.com/xaman-live/xaman-live/wasm/api"
)

// same compares JSON.
func same(t *testing.T, got json.RawMessage, want string) {
	t.Helper()
	var g, w any
	err := errors.Join(json.Unmarshal(got, &g), json.Unmarshal([]byte(want), &w))
	if err != nil || !reflect.DeepEqual(g, w) {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
}

func offered1(t *testing.T, keys string) backend.Offer {
	t.Helper()
	c, err := read(of(keys))
	if err != nil {
		t.Fatal(err)
	}
	return c.Offers["it"]
}

func TestKinds(t *testing.T) {
	const id = "0008000000000000000000000000000000000000000000000000000000000001"
	const to = "to = \"" + shop + "\"\n"
	const by = "issuer = \"" + issuer + "\"\n"
	for _, tt := range []struct{ keys, want string }{
		{`kind = "sign-in"`, `{"TransactionType":"SignIn"}`},
		{to + `kind = "payment"
			amount = "2.5"`, `{"TransactionType":"Payment","Destination":"` + shop + `","Amount":"2500000"}`},
		{to + `kind = "payment"
			amount = "0.000001"
			currency = "XRP"
			tag = 0`, `{"TransactionType":"Payment","Destination":"` + shop + `","Amount":"1","DestinationTag":0}`},
		{to + `kind = "payment"
			amount = "100000000000"`, `{"TransactionType":"Payment","Destination":"` + shop +
			`","Amount":"100000000000000000"}`},
		{to + by + `kind = "payment"
			amount = "10.50"
			currency = "usd"
			send_max = "11"`, `{"TransactionType":"Payment","Destination":"` + shop + `",
			"Amount":{"currency":"usd","issuer":"` + issuer + `","value":"10.5"},
			"SendMax":{"currency":"usd","issuer":"` + issuer + `","value":"11"}}`},
		{to + by + `kind = "payment"
			amount = "123456789012345000"
			currency = "RLUSD"`, `{"TransactionType":"Payment","Destination":"` + shop + `",
			"Amount":{"currency":"524C555344000000000000000000000000000000","issuer":"` + issuer +
			`","value":"123456789012345000"}}`},
		{by + `kind = "trust-line"
			limit = "1000"
			currency = "0158415500000000C1F76FF6ECB0BAC600000000"`, `{"TransactionType":"TrustSet","LimitAmount":{
			"currency":"0158415500000000C1F76FF6ECB0BAC600000000","issuer":"` + issuer + `","value":"1000"}}`},
		{`kind = "nft-offer"
			side = "buy"
			nft = "` + id + `"
			owner = "` + shop + `"
			amount = "15"`, `{"TransactionType":"NFTokenCreateOffer","NFTokenID":"` + id + `","Owner":"` + shop +
			`","Amount":"15000000"}`},
		{to + `kind = "nft-offer"
			side = "sell"
			nft = "` + id + `"
			amount = "15"`, `{"TransactionType":"NFTokenCreateOffer","NFTokenID":"` + id + `","Destination":"` + shop +
			`","Amount":"15000000","Flags":1}`},
		{`kind = "nft-offer"
			side = "accept"
			offer = "` + id + `"`, `{"TransactionType":"NFTokenAcceptOffer","NFTokenSellOffer":"` + id + `"}`},
		{`kind = "transaction"
			txjson = '{"TransactionType":"AccountSet","SetFlag":1}'`, `{"TransactionType":"AccountSet","SetFlag":1}`},
		{`kind = "transaction"
			txjson = '{"TransactionType":"SignIn"}'`, `{"TransactionType":"SignIn"}`},
		{`kind = "transaction"
			submit = false
			txjson = '{"TransactionType":"AccountSet","SetFlag":1}'`, `{"TransactionType":"AccountSet","SetFlag":1}`},
	} {
		o, err := offered1(t, tt.keys).Order(t.Context(), backend.Visitor{})
		if err != nil {
			t.Fatal(err)
		}
		same(t, o.TxJSON, tt.want)
		submit := !strings.Contains(tt.want, "SignIn") && !strings.Contains(tt.keys, "submit = false")
		if o.Options.Submit != submit || o.Options.Expire != defaultExpire {
			t.Errorf("%s: got %+v, want it submitted: %t, and %d minutes", tt.keys, o.Options, submit, defaultExpire)
		}
	}
}

func TestEveryKindIsTried(t *testing.T) {
	tried := []string{"payment", "donation", "sign-in", "trust-line", "nft-offer", "transaction"}
	for name := range kinds {
		if !slices.Contains(tried, name) {
			t.Errorf("no test makes a %s", name)
		}
	}
}

func TestDonation(t *testing.T) {
	xrp := offered1(t, `kind = "donation"
		to = "`+shop+`"
		tag = 7
		min = "1"
		max = "100.5"`)
	usual := offered1(t, `kind = "donation"
		to = "`+shop+`"
		currency = "USD"
		issuer = "`+issuer+`"
		min = "0.01"
		max = "100000000000"
		amount = "5"`)
	usd := func(value string) string {
		return `{"currency":"USD","issuer":"` + issuer + `","value":"` + value + `"}`
	}
	for _, tt := range []struct {
		offer        backend.Offer
		chosen, want string // "": refused
	}{
		{xrp, "1", `"1000000"`}, {xrp, "2.5", `"2500000"`}, {xrp, "2.50", `"2500000"`}, {xrp, "100.5", `"100500000"`},
		{xrp, "1.000000", `"1000000"`}, {xrp, "99.999999", `"99999999"`},
		{xrp, "", ""}, {xrp, "0.999999", ""}, {xrp, "100.500001", ""}, {xrp, "2.0000001", ""}, {xrp, "-5", ""},
		{xrp, "+5", ""}, {xrp, " 5", ""}, {xrp, "5 ", ""}, {xrp, "5e0", ""}, {xrp, "0x5", ""}, {xrp, "10/2", ""},
		{xrp, "5,5", ""}, {xrp, ".5", ""}, {xrp, "5.", ""}, {xrp, "05", ""}, {xrp, "٥", ""}, {xrp, "1_0", ""},
		{xrp, "Inf", ""}, {xrp, "NaN", ""}, {xrp, "5\n", ""}, {xrp, "0", ""}, {xrp, strings.Repeat("9", 1000), ""},
		{xrp, "5." + strings.Repeat("0", 1000), ""},
		{xrp, `5","x":"`, ""},
		{usual, "", usd("5")}, {usual, "0.01", usd("0.01")}, {usual, "99999999999.9999", usd("99999999999.9999")},
		{usual, "12345678901.23456", ""}, {usual, "0.009999999", ""}, {usual, "100000000000.1", ""},
	} {
		o, err := tt.offer.Order(t.Context(), backend.Visitor{Amount: tt.chosen})
		if tt.want == "" {
			if refused, ok := errors.AsType[*api.Error](err); !ok || refused.Code != api.AmountRefused ||
				!strings.HasPrefix(refused.Message, "The amount has to be from ") {
				t.Errorf("%.40q: got %s, %v, want it refused", tt.chosen, o.TxJSON, err)
			}
			continue
		}
		tx := `{"TransactionType":"Payment","Destination":"` + shop + `","Amount":` + tt.want
		if tt.want[0] == '"' {
			tx += `,"DestinationTag":7`
		}
		same(t, o.TxJSON, tx+"}")
		if err != nil || !o.Options.Submit {
			t.Errorf("%q: got %+v, %v, want it submitted", tt.chosen, o, err)
		}
	}
	if _, err := xrp.Order(t.Context(), backend.Visitor{}); err == nil ||
		!strings.Contains(err.Error(), "from 1 to 100.5 XRP, as in 1.") {
		t.Errorf("got %v, want it to name the bounds", err)
	}
	if xrp.Type != "Payment" || xrp.Label != "it" {
		t.Errorf("got %+v, want a payment by its own name", xrp)
	}
}
