package verify

import (
	"cmp"
	"slices"

	"github.com/xaman-live/xaman-live/devserver/ledger"
	"github.com/xaman-live/xaman-live/devserver/xaman"
	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// authoriser is the address of the account that had to sign: the one acting for Account if there is one.
func (b blob) authoriser() string {
	if d := b.fields.value("Delegate"); d != nil {
		return address(d)
	}
	return address(b.fields.value("Account"))
}

// ownKeys reports whether every signature was made with the own key of the account for which it was given. Whether
// that account may still use it, the ledger has to say.
func (b *Blob) ownKeys() bool {
	return !slices.ContainsFunc(b.signatures, func(s signature) bool {
		return s.signedBy() != cmp.Or(address(s.account), b.authoriser())
	})
}

// named compares the account that the transaction names with those that the platform reports and the site expects.
func named(o Order, r xaman.Response, b *Blob) payload.Check {
	account := address(b.fields.value("Account"))
	switch {
	case account == "":
		return fail(api.CheckSigner, api.NoAccount, "The signed transaction names no account.")
	case o.ExpectAccount != "" && o.ExpectAccount != account:
		return fail(api.CheckSigner, api.OtherAccount,
			"Signed for the account %s, not for %s.", account, o.ExpectAccount)
	case r.MultisignAccount != "":
		reported := func(s signature) bool { return address(s.account) == r.MultisignAccount }
		if !slices.ContainsFunc(b.signatures, reported) {
			return fail(api.CheckSigner, api.OtherSigner,
				"The account that the phone reports is not among the signers.")
		}
	case r.Account == "":
		return pending(api.CheckSigner, api.NotReportedYet, "The phone has not reported whose account it signed for.")
	case r.Account != account:
		return fail(api.CheckSigner, api.OtherSigner,
			"The transaction is of the account %s, and the phone reports another.", account)
	}
	return pass(api.CheckSigner, api.OwnKey, "")
}

// signer decides whether those who signed may sign for the account. Anybody can put a customer's address into a
// transaction and sign it with a key of his own: a valid signature identifies nobody.
func signer(o Order, b *Blob, e Evidence) payload.Check {
	who := b.authoriser()
	switch {
	case e.validated():
		// The ledger has judged the signers at its time. What it says of the account now may be different.
		return pass(api.CheckSigner, api.SignerAccepted, "The ledger accepted the signature for %s.", who)
	case o.Submit && b.multi:
		return pending(api.CheckSigner, api.SignerUnknownYet,
			"The ledger has to say whether these signers may sign for the account.")
	case o.Submit && b.ownKeys():
		return pass(api.CheckSigner, api.OwnKey, "Signed with the own key of %s.", who)
	case b.multi:
		return quorum(who, b.signatures, e)
	}
	c := authorised(who, b.signatures[0], e)
	if o.Submit && c.Outcome == payload.Fail && !e.Impossible {
		// The key may have been exchanged since the ledger took the transaction.
		return pending(api.CheckSigner, api.SignerUnknownYet,
			"The ledger has to say whether it takes the signature for %s.", who)
	}
	return c
}

// authorised decides about one signature, given for the account who.
func authorised(who string, s signature, e Evidence) payload.Check {
	account, known := e.Accounts[who]
	by := s.signedBy()
	switch {
	case !known:
		return pending(api.CheckSigner, e.awaited(api.SignerUnknownYet),
			"The ledger has to say whether the key of %s may sign for %s.%s", by, who, e.reason())
	case account.Missing && by == who:
		return e.in(account, api.OwnKey, "Signed with the own key of %s, which is not on the ledger yet.", who)
	case account.Missing:
		return e.against(account, api.KeyNotAllowed,
			"Signed with a key that does not belong to %s, which is not on the ledger yet.", who)
	case by == who && account.MasterDisabled:
		return e.against(account, api.KeyDisabled,
			"Signed with the own key of %s, which that account has disabled.", who)
	case by == who:
		return e.in(account, api.OwnKey, "Signed with the own key of %s.", who)
	case by == account.RegularKey:
		return e.in(account, api.RegularKey, "Signed with the regular key of %s.", who)
	}
	return e.against(account, api.KeyNotAllowed, "Signed with a key that may not sign for %s.", who)
}

// outdated is by how many ledgers, some 80 s, what a node says of an account may be behind what it says of itself. Keys
// change rarely, and behind one address there may be several nodes.
const outdated = 20

// in passes, unless the account is from a ledger that has long been replaced. A node need not say the ledger that an
// account is missing in.
func (e Evidence) in(account ledger.Account, code api.Detail, detail string, args ...any) payload.Check {
	unsaid := account.Missing && account.Ledger == 0
	if e.Server != nil && !unsaid && uint64(account.Ledger)+outdated < uint64(e.Server.Validated) {
		return pending(api.CheckSigner, api.LedgerTooOld,
			"The ledger that says so is old, so a newer one is asked for.")
	}
	return pass(api.CheckSigner, code, detail, args...)
}

// against fails, unless there is a newer ledger than the one that the account is from: the key may be new.
func (e Evidence) against(account ledger.Account, code api.Detail, detail string, args ...any) payload.Check {
	if e.Server == nil || e.Server.Validated == 0 || account.Ledger < e.Server.Validated {
		return pending(api.CheckSigner, api.LedgerTooOld, detail+" But a newer ledger may say something else.", args...)
	}
	return fail(api.CheckSigner, code, detail, args...)
}

// quorum decides whether the signers of a multisigned transaction are on the list of the account who, and are enough.
func quorum(who string, all []signature, e Evidence) payload.Check {
	account, known := e.Accounts[who]
	switch {
	case !known:
		return pending(api.CheckSigner, e.awaited(api.SignerUnknownYet),
			"The ledger has to say who may sign for %s.%s", who, e.reason())
	case account.Quorum == 0:
		return e.against(account, api.SignerNotListed, "Others have signed for %s, which has no list of signers.", who)
	}
	weight := uint64(0)
	for _, s := range all {
		id := address(s.account)
		i := slices.IndexFunc(account.Signers, func(listed ledger.Signer) bool { return listed.Account == id })
		if i < 0 {
			return e.against(account, api.SignerNotListed,
				"%s has signed and is not on the list of signers of %s.", id, who)
		}
		if c := authorised(id, s, e); c.Outcome != payload.Pass {
			return c
		}
		weight += uint64(account.Signers[i].Weight)
	}
	if weight < uint64(account.Quorum) {
		return e.against(account, api.TooFewSigners,
			"The signers have the weight %d of the %d that %s asks for.", weight, account.Quorum, who)
	}
	return e.in(account, api.EnoughSigners, "Signed by enough of the signers of %s.", who)
}

// lookups returns the accounts that [signer] has to know about.
func lookups(o Order, b *Blob) []string {
	if o.Submit && (b.multi || b.ownKeys()) {
		return nil // the ledger itself judges when it takes the transaction
	}
	addresses := []string{b.authoriser()}
	for _, s := range b.signatures {
		if s.account != nil {
			addresses = append(addresses, address(s.account))
		}
	}
	return addresses
}
