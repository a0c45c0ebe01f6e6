package verify

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

const (
	bareSignIn  = `{"TransactionType":"SignIn"}`
	bareAccount = `{"TransactionType":"AccountSet"}`
)

// random is MarkSize bytes: 0, 1, 2, …
func random() []byte {
	b := make([]byte, MarkSize)
	for i := range b {
		b[i] = byte(i)
	}
	return b
}

func marked(t testing.TB, template string) string {
	return mark(t, template, "shop.example:8080", random())
}

func mark(t testing.TB, template, host string, random []byte) string {
	t.Helper()
	text, err := Mark(json.RawMessage(template), host, random)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestMark(t *testing.T) {
	const all = "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F"
	memo := func(purpose string) string {
		return `{"Memo":{"MemoType":"` + upperHex([]byte(purpose)) + `","MemoData":"000102030405060708090A0B0C0D0E0F"}}`
	}
	tests := []struct{ name, template, want string }{
		{"sign-in", bareSignIn,
			`{"TransactionType":"SignIn","Memos":[` + memo("xaman-live/sign-in/shop.example:8080") + `]}`},
		{"payment", paymentTemplate, templateWith(`,"InvoiceID":"` + all + `"`)},
		{"anything else", bareAccount,
			`{"TransactionType":"AccountSet","Memos":[` + memo("xaman-live/order/shop.example:8080") + `]}`},
		{"payment with an invoice", `{"TransactionType":"Payment","InvoiceID":"` + strings.Repeat("AB", 32) + `"}`, ""},
		{"payment with a memo", `{"TransactionType":"Payment","Memos":[{"Memo":{"MemoData":"AB"}}]}`,
			`{"TransactionType":"Payment","Memos":[{"Memo":{"MemoData":"AB"}}],"InvoiceID":"` + all + `"}`},
		{"sign-in with a memo", `{"TransactionType":"SignIn","Memos":[{"Memo":{"MemoData":"AB"}}]}`, ""},
		{"numbers beyond a float64", `{"TransactionType":"Payment","Amount":90071992547409931}`,
			`{"TransactionType":"Payment","Amount":90071992547409931,"InvoiceID":"` + all + `"}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.want == "" {
				tt.want = tt.template
			}
			text := marked(t, tt.template)
			if !reflect.DeepEqual(document(t, text), document(t, tt.want)) {
				t.Errorf("got %s, want %s", text, tt.want)
			}
			if again := marked(t, text); again != text {
				t.Errorf("marked twice: got %s, want %s", again, text)
			}
		})
	}
}

func TestMarkRefuses(t *testing.T) {
	refuse := func(template, host string, random []byte) {
		t.Helper()
		got, err := Mark(json.RawMessage(template), host, random)
		if err == nil || got != nil || !strings.HasPrefix(err.Error(), "mark the template: ") ||
			strings.Contains(err.Error(), "%!") {
			t.Errorf("%s, %s, %x: got %s, %v, want an error", template, host, random, got, err)
		}
	}
	for _, template := range []string{``, `{"TransactionType":"Payment","Amount":"1.5"}`} {
		refuse(template, "shop.example", random())
	}
	for _, random := range [][]byte{nil, random()[1:], append(random(), 0)} {
		refuse(bareSignIn, "shop.example", random)
	}
	for _, host := range []string{
		"", "https://shop.example", "shop.example@evil.example", "shop example", "shöp.example",
		"{", "`", "@", "/", // beside z, a, A and 0
		strings.Repeat("a", maxHost+1),
	} {
		refuse(bareSignIn, host, random())
	}
	for _, host := range []string{
		"shop.example", "azAZ09-._:[]", "127.0.0.1:8080", "[::1]:8080", "XN--SHP-SNA.example", strings.Repeat("a", maxHost),
	} {
		mark(t, bareSignIn, host, random())
	}
}

// A blob for one order is a blob for no other.
func TestMarkIsDemanded(t *testing.T) {
	other := random()
	other[0]++
	for template, base := range map[string]func(testing.TB) *fixture{bareSignIn: login, paymentTemplate: payment} {
		mine := answered(t, base(t), template, "shop.example", random())
		if mine.wantVerdict(t, payload.VerdictVerified); !mine.order.Marked() {
			t.Errorf("%s: not marked", template)
		}
		theirs := []*fixture{answered(t, base(t), template, "shop.example", other), base(t)}
		if template == bareSignIn { // an invoice has no room for a host
			theirs = append(theirs, answered(t, base(t), template, "evil.example", random()))
		}
		for _, f := range theirs {
			mine.tell(t, f.payload.Response.Hex)
			mine.wantVerdict(t, payload.VerdictUnverified, api.CheckRequest)
		}
	}
}

// answered is a fixture whose order is marked, and was signed so.
func answered(t testing.TB, f *fixture, template, host string, random []byte) *fixture {
	t.Helper()
	f.ask(mark(t, template, host, random))
	asked := document(t, string(f.order.TxJSON)).(tx)
	fields := tx{"Account": secp, "Memos": asked["Memos"]}
	if f.order.Submit {
		fields = paymentFields()
		fields["InvoiceID"] = asked["InvoiceID"]
	}
	f.tell(t, sign(t, secpSeed, fields))
	return f
}

func TestSignInOrders(t *testing.T) {
	for template, want := range map[string]bool{
		bareSignIn: true, `{"SignIn":true}`: true, marked(t, bareSignIn): true, paymentTemplate: false, `{}`: false,
		`{"TransactionType":"SignIn","Amuont":"1"}`: false,
	} {
		if got := (Order{TxJSON: json.RawMessage(template)}).SignIn(); got != want {
			t.Errorf("%s: got %t, want %t", template, got, want)
		}
	}
}

func TestWhatAnUnmarkedOrderIsWorth(t *testing.T) {
	for name, base := range map[string]func(testing.TB) *fixture{"another site": login, "another order": payment} {
		f := base(t)
		f.order.Unmarked = true
		f.wantVerdict(t, payload.VerdictVerified)
		if f.wantCheck(t, api.CheckRequest, "pass as-asked-unmarked: "+name); f.order.Marked() {
			t.Error("an unmarked order is said to be marked")
		}
	}
	f := answered(t, login(t), bareSignIn, "shop.example", random())
	if c := f.checks()[3]; strings.Contains(c.Detail, "mark") {
		t.Errorf("got %+v, want nothing about a mark that is there", c)
	}
}
