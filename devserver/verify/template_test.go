package verify

import (
	"encoding/hex"
	"encoding/json"
	"maps"
	"strings"
	"testing"
)

func TestCompare(t *testing.T) {
	const usd = `{"TransactionType":"Payment","Destination":"` + shop + `","Amount":{"currency":"USD","issuer":"` +
		issuer + `","value":"1.5"}}`
	const signInWithMemo = `{"TransactionType":"SignIn","Memos":[{"Memo":{"MemoData":"ab12"}}]}`
	with := func(changes tx) tx {
		fields := paymentFields()
		maps.Copy(fields, changes)
		for name, v := range changes {
			if v == nil {
				delete(fields, name)
			}
		}
		return fields
	}
	plus := func(text string) string { return paymentTemplate[:len(paymentTemplate)-1] + text + "}" }
	memo := func(data string) []any { return []any{tx{"Memo": tx{"MemoData": data}}} }
	bought := tx{
		"Destination": shop, "DestinationTag": nil,
		"Amount": tx{"currency": "0000000000000000000000005553440000000000", "issuer": issuer, "value": "1.500"},
	}
	paid := maps.Clone(bought)
	paid["SendMax"], paid["Paths"] = "99", []any{[]any{tx{"account": issuer}}}
	tests := []struct {
		name, asked string
		got         tx
		how         string // "": it is the transaction asked for
	}{
		{"as asked", paymentTemplate, paymentFields(), ""},
		{"another amount", paymentTemplate, with(tx{"Amount": "2500001"}), "another Amount"},
		{"another destination", paymentTemplate, with(tx{"Destination": issuer}), "another Destination"},
		{"another type", paymentTemplate, with(tx{"TransactionType": "CheckCreate"}), "another TransactionType"},
		{"no tag", paymentTemplate, with(tx{"DestinationTag": nil}), "lacks DestinationTag"},
		{"tag 0 for another", paymentTemplate, with(tx{"DestinationTag": 0}), "another DestinationTag"},
		{"tag 0, as asked", strings.Replace(paymentTemplate, "4711", "0", 1), with(tx{"DestinationTag": 0}), ""},
		{"no tag for tag 0", strings.Replace(paymentTemplate, "4711", "0", 1), with(tx{"DestinationTag": nil}),
			"lacks DestinationTag"},
		{"memo that nobody asked for", paymentTemplate, with(tx{"Memos": memo("00")}), "has Memos"},
		{"SendMax that nobody asked for", paymentTemplate, with(tx{"SendMax": "99"}), "has SendMax"},
		{"delegate that nobody asked for", paymentTemplate, with(tx{"Delegate": ed}), "has Delegate"},
		{"ticket that nobody asked for", paymentTemplate, with(tx{"TicketSequence": 1}), "has TicketSequence"},
		{"network filled in", paymentTemplate, with(tx{"NetworkID": 21338}), ""},
		{"another network", plus(`,"NetworkID":21337`), with(tx{"NetworkID": 21338}), "another NetworkID"},
		{"account asked for", plus(`,"Account":"` + secp + `"`), paymentFields(), ""},
		{"another account than asked for", plus(`,"Account":"` + ed + `"`), paymentFields(), "another Account"},
		{"another sequence than asked for", plus(`,"Sequence":8`), paymentFields(), "another Sequence"},
		{"fee and last ledger are the phone's", plus(`,"Fee":"10","LastLedgerSequence":20`), paymentFields(), ""},

		{"no flags for canonical ones", paymentTemplate, with(tx{"Flags": nil}), ""},
		{"flags 0", paymentTemplate, with(tx{"Flags": 0}), ""},
		{"partial payment that nobody asked for", paymentTemplate, with(tx{"Flags": 0x00020000}), "other Flags"},
		{"partial payment, as asked", plus(`,"Flags":131072`), with(tx{"Flags": uint32(0x80020000)}), ""},
		{"partial payment asked for and not there", plus(`,"Flags":131072`), paymentFields(), "other Flags"},
		{"flags of a signed integer", plus(`,"Flags":-2147352576`), with(tx{"Flags": uint32(0x80020000)}), ""},
		{"flags as text", plus(`,"Flags":"131072"`), with(tx{"Flags": 0x00020000}), ""},

		{"text for a number", strings.Replace(paymentTemplate, "4711", `"4711"`, 1), paymentFields(), ""},
		{"number for text", strings.Replace(paymentTemplate, `"2500000"`, `2500000`, 1), paymentFields(), ""},
		{"amount and currency written otherwise", usd, with(bought), ""},
		{"pathfinding not asked for", usd, with(paid), "has SendMax"},
		{"sign-in with a memo", signInWithMemo, tx{"Account": secp, "Memos": memo("AB12")}, ""},
		{"sign-in with another memo", signInWithMemo, tx{"Account": secp, "Memos": memo("AB13")}, "another Memos"},
		{"sign-in without the memo", signInWithMemo, tx{"Account": secp}, "lacks Memos"},
		{"sign-in of an older phone", `{"TransactionType":"SignIn","SignIn":true}`,
			tx{"Account": secp, "Flags": 0, "Sequence": 0, "Fee": "0"}, ""},
		{"sign-in without account", `{"TransactionType":"SignIn"}`, tx{}, "lacks Account"},
		{"payment for a sign-in", `{"TransactionType":"SignIn"}`, paymentFields(), "has TransactionType"},
		{"sign-in for a payment", paymentTemplate, tx{"Account": secp}, "lacks TransactionType"},
		{"channel's key filled in", `{"TransactionType":"PaymentChannelCreate","Destination":"` + shop +
			`","Amount":"1","SettleDelay":60}`, tx{
			"TransactionType": "PaymentChannelCreate", "Account": secp, "Destination": shop, "Amount": "1", "SettleDelay": 60,
			"PublicKey": "0330E7FC9D56BB25D6893BA3F317AE5BCF33B3291BD63DB32654A313222F7FD020",
		}, ""},
		{"key filled in elsewhere", paymentTemplate, with(tx{"PublicKey": "00"}), "has PublicKey"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			want, err := parseTemplate([]byte(tt.asked))
			if err != nil {
				t.Fatal(err)
			}
			b, err := parseBlob(sign(t, secpSeed, tt.got))
			if err != nil {
				t.Fatal(err)
			}
			how := compare(want, b.fields, false)
			if (how == "") != (tt.how == "") || !strings.Contains(how, tt.how) {
				t.Errorf("got %q, want %q", how, tt.how)
			}
		})
	}
	t.Run("pathfinding", func(t *testing.T) {
		want, err := parseTemplate([]byte(usd))
		if err != nil {
			t.Fatal(err)
		}
		b, err := parseBlob(sign(t, secpSeed, with(paid)))
		if err != nil {
			t.Fatal(err)
		}
		if how := compare(want, b.fields, true); how != "" {
			t.Errorf("got %q, want the user's choice to pass", how)
		}
		more := maps.Clone(paid)
		more["Memos"] = memo("00")
		if b, err = parseBlob(sign(t, secpSeed, with(more))); err != nil {
			t.Fatal(err)
		}
		if how := compare(want, b.fields, true); !strings.Contains(how, "has Memos") {
			t.Errorf("got %q, want nothing else to be the user's choice", how)
		}
	})
}

func TestParseTemplateRefuses(t *testing.T) {
	for text, why := range map[string]string{
		``: "JSON", `null`: "transaction type", `[]`: "JSON", `"a"`: "JSON", `{`: "JSON", `{} {}`: "JSON",
		`{}`:                            "transaction type",
		`{"TransactionType":7}`:         "transaction type",
		`{"TransactionType":"Invalid"}`: "not supported", `{"TransactionType":"Pay"}`: "not supported",
		`{"TransactionType":"Remit"}`:                                 "not supported",
		`{"TransactionType":"Payment","Amuont":"1"}`:                  `"Amuont"`,
		`{"TransactionType":"Payment","hash":"00"}`:                   `"hash"`,
		`{"TransactionType":"Payment","Amount":1.5}`:                  "value that it cannot have",
		`{"TransactionType":"Payment","Amount":"1.5"}`:                "value that it cannot have",
		`{"TransactionType":"Payment","Amount":null}`:                 "value that it cannot have",
		`{"TransactionType":"Payment","Destination":7}`:               "cannot be a number",
		`{"TransactionType":"Payment","Destination":"r"}`:             "value that it cannot have",
		`{"TransactionType":"Payment","DestinationTag":-1e999}`:       "DestinationTag",
		`{"TransactionType":"Payment","DestinationTag":1e9999999999}`: "DestinationTag",
		`{"TransactionType":"Payment","DestinationTag":4294967296}`:   "DestinationTag",
		`{"TransactionType":"Payment","InvoiceID":7}`:                 "cannot be a number",
		`{"TransactionType":"Payment","SigningPubKey":7}`:             "cannot be a number",
		`{"TransactionType":"AccountSet","Domain":[]}`:                "value that it cannot have",
		`{"TransactionType":"SignIn","SignIn":false}`:                 "SignIn",
		`{"TransactionType":"PaymentChannelAuthorize","Amount":"1"}`:  "not a transaction",
		`{"TransactionType":"Payment","Memos":` + strings.Repeat("[", 50) + strings.Repeat("]", 50) +
			`}`: "nested",
		`{"TransactionType":"AccountSet","Domain":"` + strings.Repeat("00", 9e5) +
			`"}`: "longer",
		`{"TransactionType":"Payment","Amount":{"currency":"USD","issuer":"` + issuer +
			`","value":"1e99"}}`: "value that it cannot have",
		`{"TransactionType":"Payment","Amount":{"currency":"USD","issuer":"` + issuer +
			`","value":"12345678901234567"}}`: "value that it cannot have",
		`{"TransactionType":"Payment","DestinationTag":-1}`:                                "DestinationTag",
		`{"TransactionType":"Payment","DestinationTag":"-1"}`:                              "DestinationTag",
		`{"TransactionType":"Payment","DestinationTag":"+1"}`:                              "DestinationTag",
		`{"TransactionType":"Payment","SourceTag":-2147483648}`:                            "SourceTag",
		`{"TransactionType":"Payment","Sequence":-1}`:                                      "Sequence",
		`{"TransactionType":"Payment","Flags":-2147483649}`:                                "Flags",
		`{"TransactionType":"Payment","Flags":4294967296}`:                                 "Flags",
		`{"TransactionType":"AccountSet","TransferRate":-1}`:                               "TransferRate",
		`{"TransactionType":"AMMCreate","TradingFee":65536}`:                               "TradingFee",
		`{"TransactionType":"AMMCreate","TradingFee":-1}`:                                  "TradingFee",
		`{"TransactionType":"AccountSet","TickSize":256}`:                                  "TickSize",
		`{"TransactionType":"AccountSet","TickSize":-1}`:                                   "TickSize",
		`{"TransactionType":"LoanSet","LoanScale":2147483648}`:                             "LoanScale",
		`{"TransactionType":"AccountSet","Domain":1234}`:                                   "Domain cannot be a number",
		`{"TransactionType":"Payment","Amount":"1","Amount":"2"}`:                          "doubled",
		`{"TransactionType":"Payment","Amount":"1","amount":"2"}`:                          "doubled",
		`{"TransactionType":"Payment","Memos":[{"Memo":{"MemoData":"","MemoData":"00"}}]}`: "doubled",
		`{"TransactionType":"XChainCommit","XChainBridge":7}`:                              "XChainBridge",
	} {
		_, err := parseTemplate([]byte(text))
		if err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%.80s: got %v, want an error with %q", text, err, why)
		}
		// The words are read by people who are asked for money: none of them are a library's.
		for _, foreign := range []string{"encode", "json:", "strconv", "interface", "%!", "nil", "codec"} {
			if err != nil && strings.Contains(err.Error(), foreign) {
				t.Errorf("%.80s: got %v, with %q in it", text, err, foreign)
			}
		}
	}
}

func TestBridge(t *testing.T) {
	const text = `{"TransactionType":"XChainCommit","Amount":"1","XChainClaimID":"1","XChainBridge":{` +
		`"LockingChainDoor":"` + secp + `","LockingChainIssue":{"currency":"XRP"},` +
		`"IssuingChainDoor":"` + ed + `","IssuingChainIssue":{"currency":"USD","issuer":"` + issuer + `"}}}`
	want, err := parseTemplate([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	const bridge = "0119" + "14b5f762798a53d543a014caf8b297cff8f2f937e8" + "0000000000000000000000000000000000000000" +
		"14d28b177e48d9a8d057e70f7e464b498367281b98" + "0000000000000000000000005553440000000000" +
		"1bf5e60d16b7412b5103daf25eb7b14b28368d21"
	if got := hex.EncodeToString(want.fields.get("XChainBridge").raw); got != bridge {
		t.Errorf("got %s, want %s", got, bridge)
	}
	for _, bad := range []string{`7`, `{}`, strings.Replace(text[strings.Index(text, `{"Lock`):len(text)-1], `{`,
		`{"More":"1",`, 1), `{"LockingChainDoor":"` + secp + `","LockingChainIssue":"XRP","IssuingChainDoor":"` + ed +
		`","IssuingChainIssue":7}`} {
		if _, err := parseTemplate([]byte(`{"TransactionType":"XChainCommit","XChainBridge":` + bad + `}`)); err == nil {
			t.Errorf("%s: want an error", bad)
		}
	}
}

// Whole numbers are what they are, as numbers and as text, in each of their sizes.
func TestWholeNumbers(t *testing.T) {
	for _, tt := range []struct {
		name, number, want string
		text               bool // may be written as a string
	}{
		{"TickSize", "255", "ff", true},
		{"TradingFee", "600", "0258", true},
		{"TradingFee", "65535", "ffff", true},
		{"DestinationTag", "4294967295", "ffffffff", true},
		{"DestinationTag", "0", "00000000", true},
		{"Flags", "-1", "ffffffff", true},
		{"Flags", "-2147483648", "80000000", true},
		{"LoanScale", "-3", "fffffffd", false},
		{"LoanScale", "2147483647", "7fffffff", false},
		{"ExchangeRate", "18446744073709551615", "ffffffffffffffff", false},
		{"MaximumAmount", "9223372036854775807", "7fffffffffffffff", true},
		{"MPTAmount", "10", "000000000000000a", true},
		{"OutstandingAmount", "10", "000000000000000a", true},
		{"LockedAmount", "10", "000000000000000a", true},
	} {
		for _, v := range []any{json.Number(tt.number), tt.number} {
			if _, text := v.(string); text && !tt.text {
				continue
			}
			o, err := encode(tx{tt.name: v})
			if err != nil || hex.EncodeToString(o[0].value) != tt.want {
				t.Errorf("%s %v (%T): got %+v, %v, want %s", tt.name, v, v, o, err, tt.want)
			}
		}
	}
}

// Only what has no type is a sign-in for its SignIn alone.
func TestSignInWithAType(t *testing.T) {
	for text, why := range map[string]string{
		`{"TransactionType":"Payment","SignIn":true}`: `"SignIn"`,
		`{"TransactionType":"","SignIn":true}`:        "no transaction type",
		`{"TransactionType":7,"SignIn":true}`:         "no transaction type",
		`{"TransactionType":null,"SignIn":true}`:      "no transaction type",
		`{"SignIn":"true"}`:                           "no transaction type",
	} {
		if got, err := parseTemplate([]byte(text)); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("%s: got %+v, %v, want an error with %q", text, got, err, why)
		}
	}
}

// A number beyond its size is refused before the codec sees it, and so is what is no number in its place.
func TestNumbersThatAreNone(t *testing.T) {
	for _, tt := range []struct {
		name string
		v    any
	}{
		{"TickSize", json.Number("256")}, {"TickSize", "256"}, {"TickSize", json.Number("-1")},
		{"TradingFee", json.Number("65536")}, {"TradingFee", "65536"}, {"TradingFee", json.Number("-1")},
		{"LoanScale", json.Number("2147483648")}, {"LoanScale", json.Number("-2147483649")},
		{"DestinationTag", nil}, {"DestinationTag", true}, {"DestinationTag", ""}, {"DestinationTag", []any{}},
		{"ExchangeRate", json.Number("18446744073709551616")}, {"ExchangeRate", json.Number("-1")},
		{"MaximumAmount", "1a"}, {"MaximumAmount", true}, {"MaximumAmount", json.Number("1.5")},
	} {
		o, err := encode(tx{tt.name: tt.v})
		if want := tt.name + " is not a whole number of its size"; err == nil || err.Error() != want {
			t.Errorf("%s %v (%T): got %+v, %v, want the error %q", tt.name, tt.v, tt.v, o, err, want)
		}
	}
}

// A template may be as long as it may be, and no longer.
func TestLengthOfATemplate(t *testing.T) {
	long := []byte(paymentTemplate + strings.Repeat(" ", maxTemplate-len(paymentTemplate)))
	if _, err := parseTemplate(long); err != nil {
		t.Errorf("got %v of the longest", err)
	}
	_, err := parseTemplate(append(long, ' '))
	if err == nil || !strings.Contains(err.Error(), "longer than 65536 bytes") {
		t.Errorf("got %v of a longer one", err)
	}
}

// A value with an exponent is the one without.
func TestFloatingNumbers(t *testing.T) {
	for _, value := range []string{`"1000"`, `1000`, `1e3`, `"1e3"`} {
		want, err := parseTemplate([]byte(`{"TransactionType":"VaultCreate","AssetsMaximum":` + value + `}`))
		if err != nil {
			t.Fatalf("%s: %v", value, err)
		}
		const thousand = "0de0b6b3a7640000fffffff1"
		if got := hex.EncodeToString(want.fields.value("AssetsMaximum")); got != thousand {
			t.Errorf("%s: got %s, want %s", value, got, thousand)
		}
	}
}

// A template is as deep as a node allows, or refused.
func TestDepthOfATemplate(t *testing.T) {
	deep := func(levels int) any {
		var v any = map[string]any{}
		for range levels - 1 {
			v = map[string]any{"Memo": v}
		}
		return v
	}
	if err := plain(deep(maxNesting).(map[string]any), 1); err != nil {
		t.Errorf("%d levels: got %v", maxNesting, err)
	}
	if err := plain(deep(maxNesting+1).(map[string]any), 1); err != errDeep {
		t.Errorf("%d levels: got %v, want %v", maxNesting+1, err, errDeep)
	}
	lists := func(levels int) any {
		var v any = []any{}
		for range levels - 1 {
			v = []any{v}
		}
		return v
	}
	if _, err := encode(deep(maxNesting).(map[string]any)); err != nil {
		t.Errorf("%d levels of a template: got %v", maxNesting, err)
	}
	if err := plainInside(lists(maxNesting-1), 1); err != nil {
		t.Errorf("%d lists inside a template: got %v", maxNesting-1, err)
	}
	if err := plainInside(lists(maxNesting), 1); err != errDeep {
		t.Errorf("%d lists inside a template: got %v, want %v", maxNesting, err, errDeep)
	}
}

func TestNumbersOf64Bits(t *testing.T) {
	decimal, err := encode(tx{"MaximumAmount": "100"})
	if err != nil {
		t.Fatal(err)
	}
	number, err := encode(tx{"MaximumAmount": json.Number("100")})
	if err != nil {
		t.Fatal(err)
	}
	other, err := encode(tx{"ExchangeRate": "64"})
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range []object{decimal, number, other} {
		if b := o[0].value; b[7] != 100 {
			t.Errorf("%s: got % x, want 100", o[0].name, b)
		}
	}
}
