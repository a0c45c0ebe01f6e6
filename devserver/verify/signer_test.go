package verify

import (
	"cmp"
	"testing"

	"github.com/xaman-live/xaman-live/devserver/ledger"
	"github.com/xaman-live/xaman-live/wasm/api"
)

// accounts are of the newest ledger, unless they say of which.
func accounts(of ...any) map[string]ledger.Account {
	all := map[string]ledger.Account{}
	for i := 0; i < len(of); i += 2 {
		a := of[i+1].(ledger.Account)
		a.Ledger = cmp.Or(a.Ledger, 1005)
		all[of[i].(string)] = a
	}
	return all
}

// listing is an account with a list of signers, which may be one or two.
func listing(quorum, at uint32, signers ...ledger.Signer) ledger.Account {
	return ledger.Account{Quorum: quorum, Ledger: at, Signers: signers}
}

func TestSigner(t *testing.T) {
	type account = ledger.Account
	type known = map[string]account
	plain, unfunded, disabled := account{}, account{Missing: true}, account{MasterDisabled: true}
	one, two := ledger.Signer{Account: secp, Weight: 1}, ledger.Signer{Account: ed, Weight: 2}
	only := func(a account) known { return accounts(secp, a) }
	both := func(a account) known { return accounts(shop, a, secp, plain, ed, unfunded) }

	own := sign(t, secpSeed, tx{"Account": secp})
	other := sign(t, edSeed, tx{"Account": secp})
	pair := shared(t, tx{"Account": shop})
	regular := multisign(t, tx{"Account": shop}, map[string]string{issuer: edSeed})
	tests := []struct {
		name, blob string
		phone      string // whose account it reports
		accounts   known
		want       string
	}{
		{"own key", own, secp, only(plain), "pass own-key: Signed with the own key of " + secp},
		{"own key, not asked yet", own, secp, nil, "pending signer-unknown-yet"},
		{"own key, disabled", own, secp, only(disabled),
			"fail key-disabled: own key of " + secp + ", which that account has disabled"},
		{"own key beside a regular key", own, secp, only(account{RegularKey: ed}), "pass own-key"},
		{"own key, not on the ledger", own, secp, only(unfunded), "pass own-key: which is not on the ledger yet"},
		{"phone reports another account", own, ed, only(plain), "fail other-signer"},
		{"no account", sign(t, secpSeed, tx{}), secp, only(plain), "fail no-account: names no account"},
		{"regular key", other, secp, only(account{RegularKey: ed}), "pass regular-key: regular key of"},
		{"regular key, own disabled", other, secp, only(account{RegularKey: ed, MasterDisabled: true}), "pass regular-key"},
		{"regular key, not asked yet", other, secp, nil, "pending signer-unknown-yet"},
		{"another's key", other, secp, only(account{RegularKey: shop}), "fail key-not-allowed"},
		{"another's key, no regular key", other, secp, only(plain), "fail key-not-allowed: may not sign for"},
		{"another's key, not on the ledger", other, secp, only(unfunded), "fail key-not-allowed: does not belong to"},
		{"another's key, who is on the list of signers", other, secp, only(listing(2, 0, one, two)), "fail key-not-allowed"},

		// What is behind does not speak against anybody, and what is far behind for nobody.
		{"own key, a ledger behind", own, secp, only(account{Ledger: 1004}), "pass own-key"},
		{"own key, as far behind as may be", own, secp, only(account{Ledger: 985}), "pass own-key"},
		{"own key, too far behind", own, secp, only(account{Ledger: 984}), "pending ledger-too-old"},
		{"own key, ahead", own, secp, only(account{Ledger: 1006}), "pass own-key"},
		{"own key, disabled, a ledger behind", own, secp, only(account{MasterDisabled: true, Ledger: 1004}),
			"pending ledger-too-old: But a newer ledger may say something else."},
		{"own key, disabled, ahead", own, secp, only(account{MasterDisabled: true, Ledger: 1006}), "fail key-disabled"},
		{"own key, not on the ledger, as far behind as may be", own, secp, only(account{Missing: true, Ledger: 985}),
			"pass own-key"},
		{"own key, not on the ledger, too far behind", own, secp, only(account{Missing: true, Ledger: 984}),
			"pending ledger-too-old"},
		{"own key, not on a ledger that is not known", own, secp, known{secp: unfunded}, "pass own-key"},
		{"own key, of a ledger that is not known", own, secp, known{secp: plain}, "pending ledger-too-old"},
		{"a signer who is not on the ledger, too far behind", pair, shop,
			accounts(shop, listing(3, 0, one, two), secp, plain, ed, account{Missing: true, Ledger: 984}),
			"pending ledger-too-old"},
		{"regular key, too far behind", other, secp, only(account{RegularKey: ed, Ledger: 984}), "pending ledger-too-old"},
		{"another's key, a ledger behind", other, secp, only(account{Ledger: 1004}), "pending ledger-too-old"},
		{"another's key, not on the ledger, behind", other, secp, only(account{Missing: true, Ledger: 1004}),
			"pending ledger-too-old"},
		{"no list of signers, a ledger behind", pair, shop, accounts(shop, account{Ledger: 1004}), "pending ledger-too-old"},
		{"signers miss the quorum, a ledger behind", pair, shop, both(listing(4, 1004, one, two)), "pending ledger-too-old"},
		{"signers reach the quorum, too far behind", pair, shop, both(listing(3, 984, one, two)), "pending ledger-too-old"},
		{"a signer who is not on the list, a ledger behind", pair, shop, both(listing(1, 1004, one)),
			"pending ledger-too-old"},

		{"signers reach the quorum", pair, shop, both(listing(3, 0, one, two)), "pass enough-signers: enough of the signers"},
		{"signers miss the quorum", pair, shop, both(listing(4, 0, one, two)), "fail too-few-signers: weight 3 of the 4"},
		{"signers, not asked yet", pair, shop, nil, "pending signer-unknown-yet"},
		{"one signer not asked yet", pair, shop, accounts(shop, listing(3, 0, one, two), secp, plain),
			"pending signer-unknown-yet"},
		{"no list of signers", pair, shop, accounts(shop, plain), "fail signer-not-listed: has no list of signers"},
		{"a signer who is not on the list", pair, shop, both(listing(1, 0, one)),
			"fail signer-not-listed: is not on the list"},
		{"a signer with his own key disabled", pair, shop,
			accounts(shop, listing(3, 0, one, two), secp, disabled, ed, unfunded), "fail key-disabled"},
		{"a signer's regular key", regular, shop,
			accounts(shop, listing(1, 0, ledger.Signer{Account: issuer, Weight: 1}), issuer, account{RegularKey: ed}),
			"pass enough-signers"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := login(t)
			f.tell(t, tt.blob)
			f.payload.Response.Account, f.evidence.Accounts = tt.phone, tt.accounts
			f.wantCheck(t, api.CheckSigner, tt.want)
		})
	}
}

func TestSignerOfASubmittedTransaction(t *testing.T) {
	ours, foreign := sign(t, secpSeed, paymentFields()), sign(t, edSeed, paymentFields())
	delegated := paymentWith(tx{"Delegate": ed})
	template := templateWith(`,"Delegate":"` + ed + `"`)
	absent := func(e *Evidence) { e.Transaction = nil }
	never := func(address string) func(*Evidence) {
		return func(e *Evidence) {
			e.Transaction, e.Impossible, e.Accounts = nil, true, accounts(address, ledger.Account{})
		}
	}
	tests := []struct {
		name, template, blob string
		change               func(*Evidence)
		want                 string
	}{
		{"own key", paymentTemplate, ours, func(e *Evidence) { *e = Evidence{Server: e.Server} }, "pass own-key"},
		{"the ledger took another key", paymentTemplate, foreign, func(*Evidence) {},
			"pass signer-accepted: The ledger accepted the signature for " + secp},
		{"the ledger took it and the key has changed since", paymentTemplate, foreign, func(e *Evidence) {
			e.Accounts = accounts(secp, ledger.Account{})
		}, "pass signer-accepted"},
		{"another key, not asked yet", paymentTemplate, foreign, absent, "pending signer-unknown-yet"},
		{"another key, not the account's, and not on the ledger", paymentTemplate, foreign, never(secp),
			"fail key-not-allowed"},
		{"another key, not the account's, while the ledger may have it", paymentTemplate, foreign, func(e *Evidence) {
			e.Transaction, e.Accounts = nil, accounts(secp, ledger.Account{})
		}, "pending signer-unknown-yet"},
		{"another key, not the account's, in a ledger that is not validated", paymentTemplate, foreign, func(e *Evidence) {
			e.Transaction.Validated, e.Accounts = false, accounts(secp, ledger.Account{})
		}, "pending signer-unknown-yet"},
		{"multisigned", paymentTemplate, multisign(t, paymentFields(), map[string]string{ed: edSeed}), absent,
			"pending signer-unknown-yet"},
		{"delegate", template, sign(t, edSeed, delegated), absent, "pass own-key"},
		{"account in place of the delegate", template, sign(t, secpSeed, delegated), never(ed), "fail key-not-allowed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := payment(t)
			f.ask(tt.template)
			f.tell(t, tt.blob)
			tt.change(&f.evidence)
			f.wantCheck(t, api.CheckSigner, tt.want)
		})
	}
}

func TestSignForSomebodyElse(t *testing.T) {
	f := login(t)
	f.tell(t, multisign(t, tx{"Account": shop}, map[string]string{secp: secpSeed}))
	f.evidence.Accounts[shop] = listing(1, 1005, ledger.Signer{Account: secp, Weight: 1})
	f.payload.Response.MultisignAccount = secp
	f.wantCheck(t, api.CheckSigner, "pass enough-signers")
	f.payload.Response.MultisignAccount = ed
	f.wantCheck(t, api.CheckSigner, "fail other-signer")
}

// Without a ledger to compare with, nothing that a node says of an account speaks against anybody.
func TestAccountsWithoutANewestLedger(t *testing.T) {
	for name, server := range map[string]*ledger.Server{
		"server not asked": nil, "no validated ledger": {NetworkID: new(uint32(1))},
	} {
		t.Run(name, func(t *testing.T) {
			f := login(t)
			f.evidence.Server = server
			f.evidence.Accounts = accounts(secp, ledger.Account{MasterDisabled: true})
			f.wantCheck(t, api.CheckSigner, "pending ledger-too-old")
			f.evidence.Accounts = accounts(secp, ledger.Account{})
			f.wantCheck(t, api.CheckSigner, "pass own-key")
		})
	}
}
