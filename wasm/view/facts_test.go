package view

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

const shop = "rEVuVGY3BXfqmNk1bb8i9aJALwHpZBZ3gN"

// grouped writes numbers with spaces, to tell that a card has asked for it.
type grouped struct{ Plain }

func (grouped) Number(decimal string) string { return "<" + decimal + ">" }

func asked(summary payload.Summary) Input {
	in := input(payload.State{})
	in.State.Answer.Summary = summary
	return in
}

// What is asked for can be compared with the phone: nothing is left out, and what counts is at the top.
func TestFacts(t *testing.T) {
	tests := map[string]struct {
		summary payload.Summary
		layout  Layout
		first   []Fact
		more    []Fact
	}{
		"nothing is known": {},
		"a payment": {
			summary: payload.Summary{Type: "Payment", Amount: "2.5", Currency: "XRP", Destination: shop, Network: "TESTNET"},
			first:   []Fact{{"What you sign", "Send a payment.", false}, {"Amount", "<2.5> XRP", false}, {"To", shop, true}},
		},
		"all that there can be": {
			summary: payload.Summary{Type: "Payment", Amount: "10", Currency: "USD", Issuer: shop, Destination: account,
				DestinationTag: "0", Memo: "Table 4", MaxFee: "0.01", Network: "MAINNET",
				Amounts: []payload.Amount{{Field: "SendMax", Value: "11", Currency: "USD", Issuer: shop},
					{Field: "DeliverMin", Value: "9", Currency: "USD", Issuer: account}}},
			first: []Fact{{"What you sign", "Send a payment.", false}, {"Amount", "<10> USD", false},
				{"You spend, at most", "<11> USD", false}, {"Arrives, at least", "<9> USD", false}},
			more: []Fact{{"To", account, true}, {"Destination tag", "0", true}, {"Issuer of USD", shop, true},
				{"Issuer of USD", account, true}, {"Memo", "Table 4", false}, {"Fee, at most", "<0.01> XRP", false},
				{"Network", "MAINNET", true}},
		},
		"little room": {
			layout: LayoutCompact,
			summary: payload.Summary{Type: "Payment", Amount: "1", Currency: "XRP", Destination: shop, DestinationTag: "7",
				Network: "TESTNET"},
			first: []Fact{{"What you sign", "Send a payment.", false}, {"Amount", "<1> XRP", false}, {"To", shop, true}},
			more:  []Fact{{"Destination tag", "7", true}},
		},
		"a long memo": {
			summary: payload.Summary{Type: "SignIn", Memo: strings.Repeat("x", 121), Network: "TESTNET"},
			first:   []Fact{{"What you sign", say("type.SignIn"), false}},
			more:    []Fact{{"Memo", strings.Repeat("x", 121), false}},
		},
		"parts without a place of their own": {
			summary: payload.Summary{Type: "SetRegularKey", Memo: "Key 2", Network: "TESTNET",
				Fields: []payload.Field{{Name: "RegularKey", Value: account}, {Name: "Fee", Value: "7"}, {Name: "None"}}},
			first: []Fact{{"What you sign", say("type.SetRegularKey"), false}, {"Key that may sign", account, true},
				{"Fee", "7", true}, {"Memo", "Key 2", false}},
		},
		"a part that is a time, and one that nobody knows": {
			summary: payload.Summary{Type: "EscrowFinish", Network: "TESTNET", Fields: []payload.Field{
				{Name: "FinishAfter", Value: "2029-12-31T00:00:00Z"}, {Name: "Warp", Value: "9"}}},
			first: []Fact{{"What you sign", say("type.EscrowFinish"), false},
				{"Released after", "31 December 2029, 00:00 UTC", false}, {"Warp", "9", true}},
		},
		"what nobody knows": {
			summary: payload.Summary{Type: "Teleport", Network: "TESTNET",
				Amounts: []payload.Amount{{Field: "Beam", Value: "1", Currency: "XRP"}}},
			first: []Fact{{"What you sign", say("type.other"), false}, {"Another amount", "<1> XRP", false}},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			in := asked(test.summary)
			in.Layout, in.Formats = test.layout, grouped{}
			m := rendered(in)
			if !slices.Equal(m.Facts, test.first) {
				t.Errorf("got at once %v, want %v", m.Facts, test.first)
			}
			if !slices.Equal(m.More.Facts, test.more) || (m.More.Summary != "") != (len(test.more) > 0) {
				t.Errorf("got folded %q %v, want %v", m.More.Summary, m.More.Facts, test.more)
			}
		})
	}
}

func TestSite(t *testing.T) {
	tests := map[string]struct{ network, icon, wantNetwork, wantIcon string }{
		"the main network":          {"MAINNET", "https://shop.example/icon.png", "", "https://shop.example/icon.png"},
		"a network for tests":       {"TESTNET", "", "Testnet", ""},
		"a network that is unknown": {"MOONNET", "", "MOONNET", ""},
		"an icon that is a script":  {"DEVNET", "javascript:alert(1)", "Devnet", ""},
		"an icon in plain sight":    {"", "http://shop.example/icon.png", "", ""},
	}
	for name, test := range tests {
		got := rendered(asked(payload.Summary{Site: "Corner Shop", Network: test.network, Icon: test.icon})).Site
		want := Site{Name: "Corner Shop", Icon: test.wantIcon, Network: test.wantNetwork, Label: "Request", Request: "9A2C"}
		if got != want {
			t.Errorf("%s: got %+v, want %+v", name, got, want)
		}
	}
}

// What others have written must not look like the page's own words, wherever it stands.
func TestTextsOfOthersAreMadeReadable(t *testing.T) {
	const turned = "paid\n\u202etnuocsid"
	fill := func(v reflect.Value) {
		for i := range v.NumField() {
			if f := v.Field(i); f.Kind() == reflect.String {
				f.SetString(turned)
			}
		}
	}
	for name, state := range map[string]payload.State{
		"waiting":  {},
		"verified": answered(payload.StatusSigned, payload.VerdictVerified),
	} {
		in := input(state)
		s := &in.State.Answer.Summary
		s.Amounts, s.Fields = make([]payload.Amount, 1), make([]payload.Field, 1)
		for _, v := range []any{s, &s.Amounts[0], &s.Fields[0], &in.State.Answer.Result} {
			fill(reflect.ValueOf(v).Elem())
		}
		in.State.Answer.Result.Explorer = ""
		m := rendered(in)
		for _, text := range m.said() {
			if strings.ContainsAny(text, "\n\u202e") {
				t.Errorf("%s: got %q", name, text)
			}
		}
		if m.Site.Name != "paid tnuocsid" {
			t.Errorf("%s: got the name %q", name, m.Site.Name)
		}
	}
}

func TestDanger(t *testing.T) {
	tests := map[string]struct {
		state payload.State
		want  string
	}{
		"before it is signed": {payload.State{}, say("danger.SetRegularKey")},
		"on the phone":        {payload.State{Opened: true}, say("danger.SetRegularKey")},
		"when it is signed":   {payload.State{Announced: payload.AnnouncedSigned}, ""},
	}
	for name, test := range tests {
		in := input(test.state)
		in.State.Answer.Summary.Type = "SetRegularKey"
		if got := rendered(in).Danger; got != test.want {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
	}
	if got := rendered(asked(payload.Summary{Type: "Payment"})).Danger; got != "" {
		t.Errorf("got %q of a payment", got)
	}
}

func TestReceipt(t *testing.T) {
	in := input(answered(payload.StatusSigned, payload.VerdictVerified))
	in.State.Answer.Result = payload.Result{Account: account, TxID: "C0FFEE", Amount: "10", Currency: "USD", Issuer: shop,
		Destination: shop, Time: "2026-03-01T11:59:58Z", Explorer: "https://explorer.example/C0FFEE"}
	in.Continue, in.Formats = "https://shop.example/thanks", grouped{}
	m := rendered(in)
	if got, want := m.Receipt.Amount, "<10> USD"; got != want || m.Line != want+" has arrived." {
		t.Errorf("got amount %q and line %q, want %q", got, m.Line, want)
	}
	want := []Fact{{"Paid by", account, true}, {"Paid to", shop, true}, {"Issuer of USD", shop, true},
		{"Date and time", "1 March 2026, 11:59 UTC", false}}
	if got := m.Receipt.Facts; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got, want := m.Receipt.Hash, (Fact{"Transaction", "C0FFEE", true}); got != want || !m.offers(CopyHash) {
		t.Errorf("got hash %v, want %v, and that it can be copied", got, want)
	}
	if got, want := m.Receipt.Proof, (Anchor{"View on the ledger", "https://explorer.example/C0FFEE"}); got != want {
		t.Errorf("got proof %v, want %v", got, want)
	}
	if got, want := m.Receipt.Continue, (Anchor{"Continue", "https://shop.example/thanks"}); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
	if len(m.Facts) > 0 || len(m.Steps) > 0 || len(m.Guide) > 0 {
		t.Errorf("got facts %v and steps %v beside the receipt", m.Facts, m.Steps)
	}
}

func TestReceiptOfASignIn(t *testing.T) {
	in := input(answered(payload.StatusSigned, payload.VerdictVerified))
	in.State.Answer.Summary.Type = SignIn
	in.State.Answer.Result = payload.Result{Account: account, Time: "yesterday"}
	m := rendered(in)
	if want := []Fact{{"Signed by", account, true}}; !slices.Equal(m.Receipt.Facts, want) {
		t.Errorf("got %v, want %v", m.Receipt.Facts, want)
	}
	if m.Receipt.Amount != "" || m.Receipt.Hash != (Fact{}) || m.offers(CopyHash) {
		t.Errorf("got %+v of what was not paid", m.Receipt)
	}
}

func TestChecks(t *testing.T) {
	s := answered(payload.StatusSigned, payload.VerdictChecking)
	s.Answer.Checks = []payload.Check{
		{Name: api.CheckNetwork, Outcome: payload.Pass, Code: string(api.RightNetwork), Detail: "Signed for TESTNET (1)."},
		{Name: api.CheckLedger, Outcome: payload.Skipped, Detail: "Nothing was submitted."},
		{Name: "moon-phase", Outcome: payload.Pending, Code: "waxing", Detail: "It waxes."},
		{Name: "tide", Outcome: "odd"},
	}
	want := []Check{
		{"Right network", payload.Pass, "passed", "It was signed for the right network."},
		{"On the ledger", payload.Skipped, "not checked", "Nothing was submitted."},
		{"Another check", payload.Pending, "in progress", "It waxes."},
		{"Another check", "odd", "not known", ""},
	}
	got := rendered(input(s)).Checks
	if !slices.Equal(got.List, want) || got.Summary != "1 of 3 checks passed" || got.Open {
		t.Errorf("got %+v, want %v", got, want)
	}
	s.Answer.Checks[0].Outcome = payload.Fail
	if !rendered(input(s)).Checks.Open {
		t.Error("got the check folded that says what is wrong")
	}
	if got := rendered(input(answered(payload.StatusPending, payload.VerdictNone))).Checks; got.Summary != "" {
		t.Errorf("got %q where there are no checks", got.Summary)
	}
}

// A visitor is told what is wrong in his own words, whatever a backend calls it.
func TestRefusal(t *testing.T) {
	const then = " Do not pay again. Contact the site and name the code 9A2C."
	tests := map[string]struct {
		checks []payload.Check
		want   string
	}{
		"the first that fails counts": {[]payload.Check{
			{Name: api.CheckOwner, Outcome: payload.Pass, Code: string(api.MadeHere)},
			{Name: api.CheckRequest, Outcome: payload.Fail, Code: string(api.OtherAmount), Detail: "Amount is 1 drop."},
			{Name: api.CheckLedger, Outcome: payload.Fail, Code: string(api.FailedOnLedger)},
		}, "A different amount was signed." + then},
		"a code that is not known": {[]payload.Check{{Name: "moon-phase", Outcome: payload.Fail, Code: "waxing",
			Detail: "It waxes."}}, "One of the checks did not pass." + then},
		"no code": {[]payload.Check{{Name: api.CheckRequest, Outcome: payload.Fail}},
			"One of the checks did not pass." + then},
		"no check fails": {nil, then[1:]},
	}
	for name, test := range tests {
		s := answered(payload.StatusSigned, payload.VerdictUnverified)
		s.Answer.Checks = test.checks
		m := rendered(input(s))
		if m.Line != test.want {
			t.Errorf("%s: got %q, want %q", name, m.Line, test.want)
		}
		if !m.offers(CopyDetails) {
			t.Errorf("%s: got nothing to tell the site", name)
		}
	}
}

func TestHostOfTheLink(t *testing.T) {
	for _, host := range []string{"xumm.app", "localhost:8081"} {
		m := rendered(with(input(payload.State{}), func(in *Input) { in.Link = "https://" + host + "/sign/" + string(uuid) }))
		if m.Link.Host != host {
			t.Errorf("got host %q, want %q", m.Link.Host, host)
		}
	}
}
