package verify

import (
	"cmp"
	"strings"
	"testing"

	"github.com/xaman-live/xaman-live/devserver/ledger"
	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// worded reports whether a check says something, all of it.
func worded(c payload.Check) bool { return c.Detail != "" && !strings.Contains(c.Detail, "%!") }

// check returns the outcome of one check.
func (f *fixture) check(t testing.TB, name string) payload.Outcome {
	t.Helper()
	for _, c := range f.checks() {
		if c.Name == name {
			if t.Log(c.Detail); !worded(c) {
				t.Errorf("%s says %q", name, c.Detail)
			}
			return c.Outcome
		}
	}
	t.Fatalf("no check %s", name)
	return ""
}

func TestSigner(t *testing.T) {
	// accounts are of the newest ledger, unless they say of which.
	accounts := func(of ...any) map[string]ledger.Account {
		all := map[string]ledger.Account{}
		for i := 0; i < len(of); i += 2 {
			a := *of[i+1].(*ledger.Account)
			a.Ledger = cmp.Or(a.Ledger, 1005)
			all[of[i].(string)] = a
		}
		return all
	}
	unfunded := &ledger.Account{Missing: true}
	list := func(quorum uint32) *ledger.Account {
		return &ledger.Account{Quorum: quorum, Signers: []ledger.Signer{{Account: secp, Weight: 1}, {Account: ed, Weight: 2}}}
	}
	old := func(a *ledger.Account) *ledger.Account {
		a.Ledger = 984
		return a
	}
	behind := func(a *ledger.Account) *ledger.Account {
		a.Ledger = 1004
		return a
	}
	own := func(t *testing.T) string { return sign(t, secpSeed, tx{"Account": secp}) }
	other := func(t *testing.T) string { return sign(t, edSeed, tx{"Account": secp}) }
	both := func(t *testing.T) string {
		return multisign(t, tx{"Account": shop}, map[string]string{secp: secpSeed, ed: edSeed})
	}
	tests := []struct {
		name     string
		blob     func(*testing.T) string
		account  string // that the phone reports
		accounts map[string]ledger.Account
		want     payload.Outcome
	}{
		{"own key", own, secp, accounts(secp, &ledger.Account{}), payload.Pass},
		{"own key, not asked yet", own, secp, nil, payload.Pending},
		{"own key, disabled", own, secp, accounts(secp, &ledger.Account{MasterDisabled: true}), payload.Fail},
		{"own key beside a regular key", own, secp, accounts(secp, &ledger.Account{RegularKey: ed}), payload.Pass},
		{"own key, not on the ledger", own, secp, accounts(secp, unfunded), payload.Pass},
		{"phone reports another account", own, ed, accounts(secp, &ledger.Account{}), payload.Fail},
		{"regular key", other, secp, accounts(secp, &ledger.Account{RegularKey: ed}), payload.Pass},
		{"regular key, own disabled", other, secp, accounts(secp, &ledger.Account{RegularKey: ed, MasterDisabled: true}),
			payload.Pass},
		{"regular key, not asked yet", other, secp, nil, payload.Pending},
		{"another's key", other, secp, accounts(secp, &ledger.Account{RegularKey: shop}), payload.Fail},
		{"another's key, no regular key", other, secp, accounts(secp, &ledger.Account{}), payload.Fail},
		{"another's key, not on the ledger", other, secp, accounts(secp, unfunded), payload.Fail},
		{"another's key, who is on the list of signers", other, secp, accounts(secp, list(2)), payload.Fail},

		// What is behind does not speak against anybody, and what is far behind for nobody.
		{"own key, a ledger behind", own, secp, accounts(secp, behind(&ledger.Account{})), payload.Pass},
		{"own key, as far behind as may be", own, secp, accounts(secp, &ledger.Account{Ledger: 985}), payload.Pass},
		{"own key, too far behind", own, secp, accounts(secp, &ledger.Account{Ledger: 984}), payload.Pending},
		{"own key, ahead", own, secp, accounts(secp, &ledger.Account{Ledger: 1006}), payload.Pass},
		{"own key, disabled, a ledger behind", own, secp, accounts(secp,
			&ledger.Account{MasterDisabled: true, Ledger: 1004}), payload.Pending},
		{"own key, disabled, ahead", own, secp, accounts(secp, &ledger.Account{MasterDisabled: true, Ledger: 1006}),
			payload.Fail},
		{"regular key, too far behind", other, secp, accounts(secp, &ledger.Account{RegularKey: ed, Ledger: 984}),
			payload.Pending},
		{"another's key, a ledger behind", other, secp, accounts(secp, behind(&ledger.Account{})), payload.Pending},
		{"another's key, not on the ledger, a ledger behind", other, secp,
			accounts(secp, &ledger.Account{Missing: true, Ledger: 1004}), payload.Pending},
		{"no list of signers, a ledger behind", both, shop, accounts(shop, behind(&ledger.Account{})), payload.Pending},
		{"signers miss the quorum, a ledger behind", both, shop,
			accounts(shop, behind(list(4)), secp, &ledger.Account{}, ed, unfunded), payload.Pending},
		{"signers reach the quorum, too far behind", both, shop,
			accounts(shop, old(list(3)), secp, &ledger.Account{}, ed, unfunded), payload.Pending},
		{"a signer who is not on the list, a ledger behind", both, shop,
			accounts(shop, behind(&ledger.Account{Quorum: 1, Signers: []ledger.Signer{{Account: secp, Weight: 1}}}),
				secp, &ledger.Account{}), payload.Pending},

		{"signers reach the quorum", both, shop, accounts(shop, list(3), secp, &ledger.Account{}, ed, unfunded),
			payload.Pass},
		{"signers miss the quorum", both, shop, accounts(shop, list(4), secp, &ledger.Account{}, ed, unfunded), payload.Fail},
		{"signers, not asked yet", both, shop, nil, payload.Pending},
		{"one signer not asked yet", both, shop, accounts(shop, list(3), secp, &ledger.Account{}), payload.Pending},
		{"no list of signers", both, shop, accounts(shop, &ledger.Account{}), payload.Fail},
		{"a signer who is not on the list", both, shop,
			accounts(shop, &ledger.Account{Quorum: 1, Signers: []ledger.Signer{{Account: secp, Weight: 1}}}, secp,
				&ledger.Account{}), payload.Fail},
		{"a signer with his own key disabled", both, shop, accounts(shop, list(3), secp,
			&ledger.Account{MasterDisabled: true}, ed, unfunded), payload.Fail},
		{"a signer's regular key", func(t *testing.T) string {
			return multisign(t, tx{"Account": shop}, map[string]string{issuer: edSeed})
		}, shop, accounts(shop, &ledger.Account{Quorum: 1, Signers: []ledger.Signer{{Account: issuer, Weight: 1}}},
			issuer, &ledger.Account{RegularKey: ed}), payload.Pass},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := login(t)
			f.tell(t, tt.blob(t))
			f.payload.Response.Account, f.evidence.Accounts = tt.account, tt.accounts
			if got := f.check(t, api.CheckSigner); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestSignerOfASubmittedTransaction(t *testing.T) {
	fields := paymentFields()
	attack := func(t *testing.T) string { return sign(t, edSeed, fields) }
	delegated := paymentFields()
	delegated["Delegate"] = ed
	tests := []struct {
		name   string
		blob   func(*testing.T) string
		change func(*Evidence)
		want   payload.Outcome
	}{
		{"own key", func(t *testing.T) string { return sign(t, secpSeed, fields) },
			func(e *Evidence) { *e = Evidence{Server: e.Server} }, payload.Pass},
		{"the ledger took another key", attack, func(*Evidence) {}, payload.Pass},
		{"the ledger took it and the key has changed since", attack, func(e *Evidence) {
			e.Accounts = map[string]ledger.Account{secp: {Ledger: 1005}}
		}, payload.Pass},
		{"another key, not asked yet", attack, func(e *Evidence) { e.Transaction = nil }, payload.Pending},
		{"another key, not the account's, and not on the ledger", attack, func(e *Evidence) {
			e.Transaction, e.Impossible, e.Accounts = nil, true, map[string]ledger.Account{secp: {Ledger: 1005}}
		}, payload.Fail},
		{"another key, not the account's, while the ledger may have it", attack, func(e *Evidence) {
			e.Transaction, e.Accounts = nil, map[string]ledger.Account{secp: {Ledger: 1005}}
		}, payload.Pending},
		{"another key, not the account's, in a ledger that is not validated", attack, func(e *Evidence) {
			e.Transaction.Validated, e.Accounts = false, map[string]ledger.Account{secp: {Ledger: 1005}}
		}, payload.Pending},
		{"multisigned", func(t *testing.T) string {
			return multisign(t, fields, map[string]string{ed: edSeed})
		}, func(e *Evidence) { e.Transaction = nil }, payload.Pending},
		{"delegate", func(t *testing.T) string { return sign(t, edSeed, delegated) },
			func(e *Evidence) { e.Transaction = nil }, payload.Pass},
		{"account in place of the delegate", func(t *testing.T) string { return sign(t, secpSeed, delegated) },
			func(e *Evidence) {
				e.Transaction, e.Impossible, e.Accounts = nil, true, map[string]ledger.Account{ed: {Ledger: 1005}}
			}, payload.Fail},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := payment(t)
			f.order.TxJSON = []byte(paymentTemplate[:len(paymentTemplate)-1] + `,"Delegate":"` + ed + `"}`)
			if tt.name != "delegate" && tt.name != "account in place of the delegate" {
				f.order.TxJSON = []byte(paymentTemplate)
			}
			f.payload.Payload.RequestJSON = f.order.TxJSON
			f.tell(t, tt.blob(t))
			tt.change(&f.evidence)
			if got := f.check(t, api.CheckSigner); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

// The reasons are read by whoever looks for what is wrong with an account.
func TestWhatTheSignerCheckSays(t *testing.T) {
	own := sign(t, secpSeed, tx{"Account": secp})
	other := sign(t, edSeed, tx{"Account": secp})
	shared := multisign(t, tx{"Account": secp}, map[string]string{ed: edSeed})
	for _, tt := range []struct {
		blob    string
		account ledger.Account
		want    string
	}{
		{own, ledger.Account{MasterDisabled: true}, "own key of " + secp + ", which that account has disabled"},
		{own, ledger.Account{Missing: true}, "which is not on the ledger yet"},
		{other, ledger.Account{Missing: true}, "does not belong to"},
		{other, ledger.Account{}, "may not sign for"},
		{other, ledger.Account{RegularKey: ed}, "regular key of"},
		{shared, ledger.Account{}, "has no list of signers"},
		{shared, ledger.Account{Quorum: 1, Signers: []ledger.Signer{{Account: shop, Weight: 1}}}, "is not on the list"},
		{shared, ledger.Account{Quorum: 2, Signers: []ledger.Signer{{Account: ed, Weight: 1}}}, "weight 1 of the 2"},
		{shared, ledger.Account{Quorum: 1, Signers: []ledger.Signer{{Account: ed, Weight: 1}}}, "enough of the signers"},
	} {
		f := login(t)
		f.tell(t, tt.blob)
		tt.account.Ledger = 1005
		f.evidence.Accounts = map[string]ledger.Account{secp: tt.account, ed: {Ledger: 1005}}
		if c := f.checks()[6]; c.Name != api.CheckSigner || !strings.Contains(c.Detail, tt.want) {
			t.Errorf("got %+v, want %q", c, tt.want)
		}
	}
	f := login(t)
	f.tell(t, sign(t, secpSeed, tx{}))
	if c := f.checks()[6]; c.Outcome != payload.Fail || !strings.Contains(c.Detail, "names no account") {
		t.Errorf("got %+v, want it to miss the account", c)
	}
}

func TestExpectedAccount(t *testing.T) {
	f := login(t)
	f.order.ExpectAccount = ed
	if got := f.check(t, api.CheckSigner); got != payload.Fail {
		t.Errorf("got %s for another account than was expected, want fail", got)
	}
	f.order.ExpectAccount = secp
	if got := f.check(t, api.CheckSigner); got != payload.Pass {
		t.Errorf("got %s for the account that was expected, want pass", got)
	}
}

func TestSignForSomebodyElse(t *testing.T) {
	f := login(t)
	f.tell(t, multisign(t, tx{"Account": shop}, map[string]string{secp: secpSeed}))
	f.evidence.Accounts[shop] = ledger.Account{Ledger: 1005, Quorum: 1,
		Signers: []ledger.Signer{{Account: secp, Weight: 1}}}
	f.payload.Response.MultisignAccount = secp
	if got := f.check(t, api.CheckSigner); got != payload.Pass {
		t.Errorf("got %s, want pass", got)
	}
	f.payload.Response.MultisignAccount = ed
	if got := f.check(t, api.CheckSigner); got != payload.Fail {
		t.Errorf("got %s for a phone that reports another signer, want fail", got)
	}
}
