package verify

import (
	"encoding/hex"
	"encoding/json"
	"maps"
	"strings"
	"testing"

	"github.com/xaman-live/xaman-live/wasm/api"
)

func TestCompare(t *testing.T) {
	token := `{"TransactionType":"Payment","Destination":"` + shop + `","Amount":` + usd("1.5") + `}`
	zero := strings.Replace(paymentTemplate, "4711", "0", 1)
	const signInWithMemo = `{"TransactionType":"SignIn","Memos":[{"Memo":{"MemoData":"ab12"}}]}`
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
		{"another amount", paymentTemplate, paymentWith(tx{"Amount": "2500001"}), "other-amount: another Amount"},
		{"another destination", paymentTemplate, paymentWith(tx{"Destination": issuer}),
			"other-destination: another Destination"},
		{"another type", paymentTemplate, paymentWith(tx{"TransactionType": "CheckCreate"}),
			"other-type: another TransactionType"},
		{"no tag", paymentTemplate, paymentWith(tx{"DestinationTag": nil}), "other-tag: lacks DestinationTag"},
		{"tag 0 for another", paymentTemplate, paymentWith(tx{"DestinationTag": 0}), "other-tag: another DestinationTag"},
		{"tag 0, as asked", zero, paymentWith(tx{"DestinationTag": 0}), ""},
		{"no tag for tag 0", zero, paymentWith(tx{"DestinationTag": nil}), "other-tag: lacks DestinationTag"},
		{"memo that nobody asked for", paymentTemplate, paymentWith(tx{"Memos": memo("00")}), "other-memo: has Memos"},
		{"SendMax that nobody asked for", paymentTemplate, paymentWith(tx{"SendMax": "99"}), "other-amount: has SendMax"},
		{"delegate that nobody asked for", paymentTemplate, paymentWith(tx{"Delegate": ed}), "other-field: has Delegate"},
		{"ticket that nobody asked for", paymentTemplate, paymentWith(tx{"TicketSequence": 1}),
			"other-field: has TicketSequence"},
		{"network filled in", paymentTemplate, paymentWith(tx{"NetworkID": 21338}), ""},
		{"another network", templateWith(`,"NetworkID":21337`), paymentWith(tx{"NetworkID": 21338}),
			"other-network: another NetworkID"},
		{"account asked for", templateWith(`,"Account":"` + secp + `"`), paymentFields(), ""},
		{"another account than asked for", templateWith(`,"Account":"` + ed + `"`), paymentFields(),
			"other-account: another Account"},
		{"another sequence than asked for", templateWith(`,"Sequence":8`), paymentFields(), "other-field: another Sequence"},
		{"fee and last ledger are the phone's", templateWith(`,"Fee":"10","LastLedgerSequence":20`), paymentFields(), ""},

		{"no flags for canonical ones", paymentTemplate, paymentWith(tx{"Flags": nil}), ""},
		{"flags 0", paymentTemplate, paymentWith(tx{"Flags": 0}), ""},
		{"partial payment that nobody asked for", paymentTemplate, paymentWith(tx{"Flags": 0x00020000}),
			"other-flags: other Flags"},
		{"partial payment, as asked", templateWith(`,"Flags":131072`), paymentWith(tx{"Flags": uint32(0x80020000)}), ""},
		{"partial payment asked for and not there", templateWith(`,"Flags":131072`), paymentFields(),
			"other-flags: other Flags"},
		{"flags of a signed integer", templateWith(`,"Flags":-2147352576`), paymentWith(tx{"Flags": uint32(0x80020000)}), ""},
		{"flags as text", templateWith(`,"Flags":"131072"`), paymentWith(tx{"Flags": 0x00020000}), ""},

		{"text for a number", strings.Replace(paymentTemplate, "4711", `"4711"`, 1), paymentFields(), ""},
		{"number for text", strings.Replace(paymentTemplate, `"2500000"`, `2500000`, 1), paymentFields(), ""},
		{"amount and currency written otherwise", token, paymentWith(bought), ""},
		{"pathfinding not asked for", token, paymentWith(paid), "other-amount: has SendMax"},
		{"sign-in with a memo", signInWithMemo, tx{"Account": secp, "Memos": memo("AB12")}, ""},
		{"sign-in with another memo", signInWithMemo, tx{"Account": secp, "Memos": memo("AB13")},
			"other-mark: another Memos"},
		{"sign-in without the memo", signInWithMemo, tx{"Account": secp}, "other-mark: lacks Memos"},
		{"sign-in of an older phone", `{"TransactionType":"SignIn","SignIn":true}`,
			tx{"Account": secp, "Flags": 0, "Sequence": 0, "Fee": "0"}, ""},
		{"sign-in without account", `{"TransactionType":"SignIn"}`, tx{}, "no-account: lacks Account"},
		{"payment for a sign-in", `{"TransactionType":"SignIn"}`, paymentFields(), "other-type: has TransactionType"},
		{"sign-in for a payment", paymentTemplate, tx{"Account": secp}, "other-type: lacks TransactionType"},
		{"channel's key filled in", `{"TransactionType":"PaymentChannelCreate","Amount":"1"}`, tx{
			"TransactionType": "PaymentChannelCreate", "Account": secp, "Amount": "1",
			"PublicKey": "0330E7FC9D56BB25D6893BA3F317AE5BCF33B3291BD63DB32654A313222F7FD020",
		}, ""},
		{"key filled in elsewhere", paymentTemplate, paymentWith(tx{"PublicKey": "00"}), "other-field: has PublicKey"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			want, err := parseTemplate([]byte(tt.asked))
			if err != nil {
				t.Fatal(err)
			}
			got := compare(want, ReadBlob(sign(t, secpSeed, tt.got)).fields, false)
			code, how, _ := strings.Cut(tt.how, ": ")
			if (got.how == "") != (how == "") || !strings.Contains(got.how, how) || string(got.code) != code {
				t.Errorf("got %q, want %q", got, tt.how)
			}
		})
	}
	more := maps.Clone(paid)
	more["Memos"] = memo("00")
	for how, fields := range map[deviation]tx{{}: paid, {api.OtherMemo, "has Memos, which nobody asked for"}: more} {
		want, err := parseTemplate([]byte(token))
		if err != nil {
			t.Fatal(err)
		}
		b := ReadBlob(sign(t, secpSeed, paymentWith(fields)))
		if got := compare(want, b.fields, true); got != how {
			t.Errorf("with pathfinding: got %q, want %q", got, how)
		}
	}
}

func TestParseTemplateRefuses(t *testing.T) {
	payment := func(name, value string) string {
		return `{"TransactionType":"Payment","` + name + `":` + value + `}`
	}
	other := func(kind, fields string) string { return `{"TransactionType":"` + kind + `",` + fields + `}` }
	const (
		x      = `"XV5kHfQmzDQjbFNv4jX3FX9Y7ig5QhpKGEFCq4mdLfhdxMq"`
		tagged = `"TVeG6DZkiwxmsLrXeYEu5WuSxJDWudo3D8h8siPwWv2Z3at"`
	)
	nested := strings.Repeat("[", 50) + strings.Repeat("]", 50)
	for why, texts := range map[string][]string{
		"JSON": {``, `[]`, `"a"`, `{`, `{} {}`},
		"no transaction type": {
			`null`, `{}`, `{"TransactionType":7}`, `{"SignIn":"true"}`, other("", `"SignIn":true`),
			`{"TransactionType":7,"SignIn":true}`, `{"TransactionType":null,"SignIn":true}`,
		},
		"not supported":     {`{"TransactionType":"Invalid"}`, `{"TransactionType":"Pay"}`, `{"TransactionType":"Remit"}`},
		"not a transaction": {other("PaymentChannelAuthorize", `"Amount":"1"`)},
		`"Amuont"`:          {payment("Amuont", `"1"`)},
		`"hash"`:            {payment("hash", `"00"`)},
		`"SignIn"`:          {other("SignIn", `"SignIn":false`), payment("SignIn", `true`)},
		"value that it cannot have": {
			payment("Amount", `1.5`), payment("Amount", `"1.5"`), payment("Amount", `null`), payment("Destination", `"r"`),
			payment("Amount", usd("1e99")), payment("Amount", usd("12345678901234567")), other("AccountSet", `"Domain":[]`),
		},
		"X-address": {
			payment("Destination", x), payment("Destination", tagged), other("SignIn", `"Account":`+x),
			other("SignerListSet", `"SignerEntries":[{"SignerEntry":{"Account":`+x+`}}]`),
			other("XChainCommit", `"XChainBridge":{"LockingChainDoor":`+x+`}`),
		},
		"cannot be a number": {
			payment("Destination", `7`), payment("InvoiceID", `7`), payment("SigningPubKey", `7`),
			other("AccountSet", `"Domain":1234`),
		},
		"DestinationTag": {
			payment("DestinationTag", `-1e999`), payment("DestinationTag", `1e9999999999`),
			payment("DestinationTag", `4294967296`), payment("DestinationTag", `-1`), payment("DestinationTag", `"-1"`),
			payment("DestinationTag", `"+1"`),
		},
		"SourceTag":    {payment("SourceTag", `-2147483648`)},
		"Sequence":     {payment("Sequence", `-1`)},
		"Flags":        {payment("Flags", `-2147483649`), payment("Flags", `4294967296`)},
		"TransferRate": {other("AccountSet", `"TransferRate":-1`)},
		"nested":       {payment("Memos", nested)},
		"longer":       {other("AccountSet", `"Domain":"`+strings.Repeat("00", 9e5)+`"`)},
		"doubled": {
			payment("Amount", `"1","Amount":"2"`), payment("Amount", `"1","amount":"2"`),
			payment("Memos", `[{"Memo":{"MemoData":"","MemoData":"00"}}]`),
		},
		"XChainBridge": {other("XChainCommit", `"XChainBridge":7`)},
	} {
		for _, text := range texts {
			_, err := parseTemplate([]byte(text))
			if err == nil || !strings.Contains(err.Error(), why) {
				t.Errorf("%.80s: got %v, want an error with %q", text, err, why)
				continue
			}
			// The words are read by people who are asked for money: none of them are a library's.
			for _, foreign := range []string{"encode", "json:", "strconv", "interface", "%!", "nil", "codec"} {
				if strings.Contains(err.Error(), foreign) {
					t.Errorf("%.80s: got %v, with %q in it", text, err, foreign)
				}
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
	whole := text[strings.Index(text, `{"Lock`) : len(text)-1]
	for _, bad := range []string{
		`7`, `{}`, strings.Replace(whole, `{`, `{"More":"1",`, 1), strings.Replace(whole, `{"currency":"XRP"}`, `"XRP"`, 1),
	} {
		if _, err := parseTemplate([]byte(`{"TransactionType":"XChainCommit","XChainBridge":` + bad + `}`)); err == nil {
			t.Errorf("%s: want an error", bad)
		}
	}
}

// Whole numbers are what they are, as numbers and as text, in each of their sizes.
func TestWholeNumbers(t *testing.T) {
	if o, err := encode(tx{"ExchangeRate": "64"}); err != nil || o[0].value[7] != 100 {
		t.Errorf("got %+v, %v, want hex to be read", o, err)
	}
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
		{"ExchangeRate", "18446744073709551615", "ffffffffffffffff", false}, // its text is hex
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
	objects, lists := map[string]any{}, []any{}
	for range maxNesting - 1 {
		objects = map[string]any{"Memo": objects}
	}
	for range maxNesting - 2 {
		lists = []any{lists}
	}
	if _, err := encode(objects); err != nil {
		t.Errorf("%d levels: got %v", maxNesting, err)
	}
	if err := plain(map[string]any{"Memo": objects}, 1); err != errDeep {
		t.Errorf("%d levels: got %v, want %v", maxNesting+1, err, errDeep)
	}
	if err := plainInside(lists, 1); err != nil {
		t.Errorf("%d lists inside a template: got %v", maxNesting-1, err)
	}
	if err := plainInside([]any{lists}, 1); err != errDeep {
		t.Errorf("%d lists inside a template: got %v, want %v", maxNesting, err, errDeep)
	}
}
