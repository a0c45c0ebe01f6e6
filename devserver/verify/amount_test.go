package verify

import (
	"encoding/json"
	"strings"
	"testing"
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
		usd("-1e10"):             "-10000000000 USD",
		usd("0"):                 "0 USD",
		usd("1e20"):              "1" + strings.Repeat("0", 20) + " USD",
		usd("1e-20"):             "0." + strings.Repeat("0", 19) + "1 USD",
		`{"mpt_issuance_id":"` + id + `","value":"9223372036854775807"}`: "9223372036854775807 " + id,

		coded("xyz"): "1 xyz",
		coded("0000000000000000000000005553440000000000"): "1 USD",
		coded("534F4C4F00000000000000000000000000000000"): "1 SOLO",
		coded("4C6F6E6765722E7468616E2E7468726565212121"): "1 Longer.than.three!!!",

		coded("417E420000000000000000000000000000000000"): "1 A~B",

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
