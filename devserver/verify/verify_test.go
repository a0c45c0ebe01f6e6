package verify

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/xaman-live/xaman-live/devserver/ledger"
	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

func TestChecks(t *testing.T) {
	none := func(*fixture) {}
	tests := []struct {
		name    string
		base    func(testing.TB) *fixture
		change  func(*fixture)
		check   string // the one that does not pass
		outcome payload.Outcome
	}{
		{"payment", payment, none, "", ""},
		{"sign-in", login, none, "", ""},
		{"signed after expiry", payment, func(f *fixture) { f.payload.Meta.Expired = true }, "", ""},

		{"does not exist", payment, func(f *fixture) { f.payload.Meta.Exists = false }, api.CheckResolved, payload.Fail},
		{"not resolved", payment, func(f *fixture) { f.payload.Meta.Resolved = false }, api.CheckResolved, payload.Fail},
		{"declined", payment, func(f *fixture) { f.payload.Meta.Signed = false }, api.CheckResolved, payload.Fail},
		{"cancelled", payment, func(f *fixture) { f.payload.Meta.Cancelled = true }, api.CheckResolved, payload.Fail},

		{"another payload", payment, func(f *fixture) { f.payload.Meta.UUID = "x" }, api.CheckOwner, payload.Fail},
		{"another application", payment, func(f *fixture) { f.payload.Application.UUID = "x" }, api.CheckOwner, payload.Fail},
		{"another identifier", payment, func(f *fixture) { f.payload.CustomMeta.Identifier = "x" }, api.CheckOwner,
			payload.Fail},
		{"no payload id", payment, func(f *fixture) { f.payload.Meta.UUID = "" }, api.CheckOwner, payload.Pending},
		{"no application", payment, func(f *fixture) { f.payload.Application.UUID = "" }, api.CheckOwner, payload.Pending},
		{"no identifier", payment, func(f *fixture) { f.payload.CustomMeta.Identifier = "" }, api.CheckOwner,
			payload.Pending},
		{"no identifier, and none was given", payment, func(f *fixture) {
			f.order.Identifier, f.payload.CustomMeta.Identifier = "", ""
		}, "", ""},

		{"submitted elsewhere", payment, func(f *fixture) { f.payload.Response.DispatchedNodeType = "MAINNET" },
			api.CheckNetwork, payload.Fail},
		{"signed elsewhere", login, func(f *fixture) { f.payload.Response.EnvironmentNodeType = "MAINNET" },
			api.CheckNetwork, payload.Fail},
		{"submitted here, signed elsewhere", payment,
			func(f *fixture) { f.payload.Response.EnvironmentNodeType = "DEVNET" }, api.CheckNetwork, payload.Fail},
		{"network's name here, its id elsewhere", payment,
			func(f *fixture) { *f.payload.Response.EnvironmentNetworkID = 0 }, api.CheckNetwork, payload.Fail},
		{"testnet money for a mainnet order", payment, func(f *fixture) {
			f.order.Network, f.order.NetworkID = "MAINNET",
				0
		}, api.CheckNetwork, payload.Fail},
		{"testnet order without an id", payment, func(f *fixture) { f.order.NetworkID = 0 }, api.CheckNetwork, payload.Fail},
		{"own node elsewhere", payment, func(f *fixture) { *f.evidence.Server.NetworkID = 0 }, api.CheckNetwork,
			payload.Fail},
		{"own node does not say where it is", payment, func(f *fixture) { f.evidence.Server.NetworkID = nil },
			api.CheckNetwork, payload.Pending},
		{"own node not asked", login, func(f *fixture) { f.evidence.Server = nil }, api.CheckNetwork, payload.Pending},
		{"no network id", payment, func(f *fixture) { f.payload.Response.EnvironmentNetworkID = nil }, "", ""},
		{"submission never reported", payment, func(f *fixture) { f.payload.Response.DispatchedNodeType = "" }, "", ""},
		{"no network", login, func(f *fixture) { f.payload.Response.EnvironmentNodeType = "" }, api.CheckNetwork,
			payload.Pending},

		{"platform's request has another amount", payment, func(f *fixture) {
			f.payload.Payload.RequestJSON = json.RawMessage(`{"TransactionType":"Payment","Destination":"` + shop +
				`","DestinationTag":4711,"Amount":"1"}`)
		}, api.CheckRequest, payload.Fail},
		{"platform's request has more", payment, func(f *fixture) {
			f.payload.Payload.RequestJSON = json.RawMessage(paymentTemplate[:len(paymentTemplate)-1] + `,"SourceTag":1}`)
		}, api.CheckRequest, payload.Fail},
		{"platform's request is written otherwise", payment, func(f *fixture) {
			f.payload.Payload.RequestJSON = json.RawMessage(`{"Amount":2500000,"DestinationTag":"4711",` +
				`"TransactionType":"Payment","Destination":"` + shop + `"}`)
		}, "", ""},
		{"platform's type is another", payment, func(f *fixture) { f.payload.Payload.TxType = "OfferCreate" },
			api.CheckRequest, payload.Fail},
		{"platform has no request", payment, func(f *fixture) { f.payload.Payload.RequestJSON = nil }, api.CheckRequest,
			payload.Pending},
		{"platform says no type", payment, func(f *fixture) { f.payload.Payload.TxType = "" }, "", ""},
		{"platform has a null request", payment,
			func(f *fixture) { f.payload.Payload.RequestJSON = json.RawMessage(`null`) }, api.CheckRequest, payload.Fail},

		{"another txid", payment, func(f *fixture) { f.payload.Response.TxID = "C0FFEE" }, api.CheckTxID, payload.Fail},
		{"txid in lower case", login, func(f *fixture) {
			f.payload.Response.TxID = "98f55fd9c9943e510731080d7d5409916c0c4d38a2c4f2129496e095ba28d262"
		}, "", ""},

		{"not booked", payment, func(f *fixture) { f.free = nil }, api.CheckSingleUse, payload.Pending},
		{"booked for another", payment, func(f *fixture) { f.free = new(false) }, api.CheckSingleUse, payload.Fail},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := tt.base(t)
			tt.change(f)
			checks := f.checks()
			if len(checks) != len(api.Checks) {
				t.Fatalf("got %d checks, want %d", len(checks), len(api.Checks))
			}
			for i, name := range api.Checks {
				want := payload.Pass
				switch {
				case name == tt.check:
					want = tt.outcome
				case name == api.CheckSingleUse && tt.outcome == payload.Fail:
					want = payload.Skipped // nothing is claimed
				case name == api.CheckSingleUse && tt.outcome == payload.Pending:
					want = payload.Pending
				case !f.order.Submit && (name == api.CheckLedger || name == api.CheckDelivered):
					want = payload.Skipped
				}
				if c := checks[i]; c.Name != name || c.Outcome != want || !worded(c) {
					t.Errorf("got check %+v, want %s %s with a detail", c, name, want)
				}
			}
			want := map[payload.Outcome]payload.Verdict{
				"": payload.VerdictVerified, payload.Pending: payload.VerdictChecking, payload.Fail: payload.VerdictUnverified,
			}[tt.outcome]
			if got := Verdict(checks); got != want {
				t.Errorf("got verdict %s, want %s", got, want)
			}
		})
	}
}

// allWorded reports whether each of the checks says something.
func allWorded(checks []payload.Check) bool {
	return !slices.ContainsFunc(checks, func(c payload.Check) bool { return !worded(c) })
}

// fails returns the api.Checks of the checks that fail.
func fails(checks []payload.Check) (all []string) {
	for _, c := range checks {
		if c.Outcome == payload.Fail {
			all = append(all, c.Name)
		}
	}
	return all
}

// What people read about a multisigned transaction, and about an echo that cannot be read.
func TestWhatChecksSay(t *testing.T) {
	f := login(t)
	f.tell(t, multisign(t, tx{"Account": shop}, map[string]string{secp: secpSeed, ed: edSeed}))
	if c := f.checks()[5]; c.Outcome != payload.Pass || c.Detail != "All 2 signatures are valid." {
		t.Errorf("got %+v", c)
	}
	f = payment(t)
	f.payload.Payload.RequestJSON = json.RawMessage(`{"TransactionType":"Payment","Amuont":"1"}`)
	if c := f.checks()[3]; c.Outcome != payload.Fail || !strings.Contains(c.Detail,
		`no transaction has a field "Amuont"`) {
		t.Errorf("got %+v, want it to name the field", c)
	}
}

func TestNothingIsWaitedForAfterAFailure(t *testing.T) {
	f := payment(t)
	f.order.ExpectAccount, f.evidence, f.free = ed, Evidence{}, nil
	for _, c := range f.checks() {
		if c.Outcome == payload.Pending || !worded(c) {
			t.Errorf("got %+v, want nothing pending, and a reason", c)
		}
	}
}

func TestSignInIsNoPaymentAndPaymentNoSignIn(t *testing.T) {
	pay, in := payment(t), login(t)
	pay.payload.Response, in.payload.Response = in.payload.Response, pay.payload.Response
	pay.evidence.Transaction.Hash = pay.payload.Response.TxID
	for _, f := range []*fixture{pay, in} {
		if got := fails(f.checks()); len(got) == 0 || got[0] != api.CheckRequest {
			t.Errorf("got failures %q, want %s", got, api.CheckRequest)
		}
	}
}

func TestSignedWithNothingToShowYet(t *testing.T) {
	for name, change := range map[string]func(*fixture){
		"no blob":    func(f *fixture) { f.payload.Response.Hex = "" },
		"no txid":    func(f *fixture) { f.payload.Response.TxID = "" },
		"no account": func(f *fixture) { f.payload.Response.Account = "" },
	} {
		f := payment(t)
		if Incomplete(f.order, f.payload) {
			t.Error("a complete payload is called incomplete")
		}
		change(f)
		checks := f.checks()
		got := Verdict(checks)
		if got != payload.VerdictChecking || checks[0].Outcome != payload.Pending || len(checks) != len(api.Checks) ||
			!allWorded(checks) {
			t.Errorf("%s: got %s, want it waited for: %+v", name, got, checks)
		}
		if !Incomplete(f.order, f.payload) {
			t.Errorf("%s: not called incomplete", name)
		}
	}
}

func TestIncomplete(t *testing.T) {
	for name, tt := range map[string]struct {
		base   func(testing.TB) *fixture
		change func(*fixture)
		want   bool
	}{
		"payment":                 {payment, func(*fixture) {}, false},
		"sign-in":                 {login, func(*fixture) {}, false},
		"no request id":           {payment, func(f *fixture) { f.payload.Meta.UUID = "" }, true},
		"no application":          {payment, func(f *fixture) { f.payload.Application.UUID = "" }, true},
		"no identifier":           {payment, func(f *fixture) { f.payload.CustomMeta.Identifier = "" }, true},
		"no template":             {payment, func(f *fixture) { f.payload.Payload.RequestJSON = nil }, true},
		"no network of a sign-in": {login, func(f *fixture) { f.payload.Response.EnvironmentNodeType = "" }, true},
		"no network of a payment": {payment, func(f *fixture) {
			f.payload.Response.EnvironmentNodeType, f.payload.Response.DispatchedNodeType = "", ""
		}, false}, // the ledger says where it is
		"no identifier, and none was given": {payment, func(f *fixture) {
			f.order.Identifier, f.payload.CustomMeta.Identifier = "", ""
		}, false},
	} {
		f := tt.base(t)
		tt.change(f)
		if got := Incomplete(f.order, f.payload); got != tt.want {
			t.Errorf("%s: got %t, want %t", name, got, tt.want)
		}
	}
}

func TestTransactionForAnotherNetwork(t *testing.T) {
	f := payment(t)
	fields := paymentFields()
	fields["NetworkID"] = 21338
	f.tell(t, sign(t, secpSeed, fields))
	if got := fails(f.checks()); len(got) != 1 || got[0] != api.CheckNetwork {
		t.Errorf("got failures %q, want %s", got, api.CheckNetwork)
	}
}

func TestUnreadableBlob(t *testing.T) {
	f := payment(t)
	f.payload.Response.Hex = "413080000000000000000"
	want := map[string]payload.Outcome{
		api.CheckResolved: payload.Pass, api.CheckOwner: payload.Pass, api.CheckNetwork: payload.Pass,
		api.CheckRequest: payload.Skipped, api.CheckTxID: payload.Skipped,
		api.CheckSignature: payload.Fail, api.CheckSigner: payload.Skipped, api.CheckLedger: payload.Skipped,
		api.CheckDelivered: payload.Skipped, api.CheckSingleUse: payload.Skipped,
	}
	for i, c := range f.checks() {
		if c.Name != api.Checks[i] || c.Outcome != want[c.Name] || !worded(c) {
			t.Errorf("got %+v, want %s %s", c, api.Checks[i], want[c.Name])
		}
	}
}

func TestNoRecordOfWhatWasAskedFor(t *testing.T) {
	for _, text := range []string{"", "null", "{}",
		`{"TransactionType":"PaymentChannelAuthorize","Channel":"00","Amount":"1"}`} {
		f := payment(t)
		f.order.TxJSON = json.RawMessage(text)
		if got := Verdict(f.checks()); got != payload.VerdictUnverified || !allWorded(f.checks()) {
			t.Errorf("%s: got %s: %+v", text, got, f.checks())
		}
	}
}

func TestVerdictFailsClosed(t *testing.T) {
	good := func() []payload.Check { return payment(t).checks() }
	with := func(name string, o payload.Outcome) []payload.Check {
		checks := good()
		for i := range checks {
			if checks[i].Name == name {
				checks[i].Outcome = o
			}
		}
		return checks
	}
	tests := []struct {
		name   string
		checks []payload.Check
		want   payload.Verdict
	}{
		{"all pass", good(), payload.VerdictVerified},
		{"no checks", nil, payload.VerdictUnverified},
		{"first is missing", good()[1:], payload.VerdictUnverified},
		{"last is missing", good()[:9], payload.VerdictUnverified},
		{"ledger is skipped", with(api.CheckLedger, payload.Skipped), payload.VerdictVerified},
		{"signer is skipped", with(api.CheckSigner, payload.Skipped), payload.VerdictUnverified},
		{"single-use is skipped", with(api.CheckSingleUse, payload.Skipped), payload.VerdictUnverified},
		{"one is pending", with(api.CheckLedger, payload.Pending), payload.VerdictChecking},
		{"one fails after one is pending", append(with(api.CheckLedger, payload.Pending), fail("x", "")),
			payload.VerdictUnverified},
		{"an outcome is not known", with(api.CheckOwner, "probably"), payload.VerdictUnverified},
		{"an outcome is empty", with(api.CheckOwner, ""), payload.VerdictUnverified},
		{"pending alone", []payload.Check{pending(api.CheckNetwork, "")}, payload.VerdictUnverified},
	}
	for i, name := range api.Checks {
		if got := Verdict(slices.Delete(good(), i, i+1)); got != payload.VerdictUnverified {
			t.Errorf("without %s: got %s", name, got)
		}
		if got := Verdict(with(name, payload.Fail)); got != payload.VerdictUnverified {
			t.Errorf("%s fails: got %s", name, got)
		}
		if got := Verdict(with(name, payload.Pending)); got != payload.VerdictChecking {
			t.Errorf("%s is pending: got %s", name, got)
		}
		skippable := name == api.CheckLedger || name == api.CheckDelivered
		if got := Verdict(with(name, payload.Skipped)); (got == payload.VerdictVerified) != skippable {
			t.Errorf("%s is skipped: got %s", name, got)
		}
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Verdict(tt.checks); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestOrderAndEvidenceSurviveStorage(t *testing.T) {
	f := login(t)
	f.evidence.Accounts[ed] = ledger.Account{Missing: true}
	data, err := json.Marshal(struct {
		O Order
		E Evidence
	}{f.order, f.evidence})
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		O Order
		E Evidence
	}
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	f.order, f.evidence = got.O, got.E
	if v := Verdict(f.checks()); v != payload.VerdictVerified {
		t.Errorf("got %s: %+v", v, f.checks())
	}
	if a := f.evidence.Accounts[ed]; !a.Missing {
		t.Errorf("got %+v, want an account known not to be on the ledger", a)
	}
}

func TestResult(t *testing.T) {
	f := payment(t)
	hash := f.payload.Response.TxID
	f.payload.Response.TxID, f.payload.Response.Account = "forged", "forged"
	want := payload.Result{
		Account: secp, TxID: hash, Network: "TESTNET", Amount: "2.5", Currency: "XRP", Destination: shop,
	}
	if got := f.result(); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	f = payment(t)
	f.order.TxJSON = json.RawMessage(bareAccount)
	if got, want := f.result(), (payload.Result{Account: secp, TxID: hash, Network: "TESTNET"}); got != want {
		t.Errorf("got %+v of something else than a payment, want %+v", got, want)
	}
	f.order.TxJSON = json.RawMessage(`{"TransactionType":"Payment","Amuont":"1"}`)
	want = payload.Result{Account: secp, TxID: hash, Network: "TESTNET"}
	if got := f.result(); got != want {
		t.Errorf("got %+v of what cannot be read, want %+v", got, want)
	}
	f.payload.Response.Hex = "12"
	if got := f.result(); got != (payload.Result{}) {
		t.Errorf("got %+v of a blob that cannot be read", got)
	}
	f = payment(t)
	f.order.Submit = false
	want = payload.Result{Account: secp, Network: "TESTNET"}
	if got := f.result(); got != want {
		t.Errorf("got %+v of what was not to be submitted, want %+v", got, want)
	}
	f = payment(t)
	f.evidence.Transaction = nil
	if got := f.result(); got != want {
		t.Errorf("got %+v of what no ledger has, want %+v", got, want)
	}
	f = login(t)
	if got, want := f.result(), (payload.Result{Account: secp, Network: "TESTNET"}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestSpell(t *testing.T) {
	tests := []struct{ delivered, value, currency string }{
		{`"1"`, "0.000001", "XRP"},
		{`"2500000"`, "2.5", "XRP"},
		{`"100000"`, "0.1", "XRP"},
		{`"1000000"`, "1", "XRP"},
		{`"100000000000000000"`, "100000000000", "XRP"},
		{`{"currency":"USD","issuer":"r","value":"42.10"}`, "42.10", "USD"},
		{`{"mpt_issuance_id":"00AB","value":"9223372036854775807"}`, "9223372036854775807", "00AB"},
		{`7`, "", ""},
	}
	for _, tt := range tests {
		if value, currency := spell(json.RawMessage(tt.delivered)); value != tt.value || currency != tt.currency {
			t.Errorf("%s: got %s %s, want %s %s", tt.delivered, value, currency, tt.value, tt.currency)
		}
	}
}
