package api

// Detail is the reason for the outcome of a check, by a stable code: a page has one sentence for each, in the language
// of its visitor. Reasons that ask different things of a visitor have different codes; what only a developer can tell
// apart is in [payload.Check].Detail.
//
// A backend may have codes of its own; a page has no sentence for them.
type Detail string

// What any check may have.
const (
	NotShownYet      Detail = "not-shown-yet"      // pending: the platform does not show yet what was signed, or asked for
	NotReportedYet   Detail = "not-reported-yet"   // pending: the phone has not reported all of what it did
	NodeUnusable     Detail = "node-unusable"      // pending: the site's own node does not say what has to be known
	Unreadable       Detail = "unreadable"         // fail, skipped: what was signed is not a transaction in the one form
	OtherCheckFailed Detail = "other-check-failed" // skipped: another check has failed, so this one does not matter
	UnusableOrder    Detail = "unusable-order"     // fail: the site's own record does not say what would be enough
)

// Of [CheckResolved].
const (
	Signed    Detail = "signed"     // pass
	NotSigned Detail = "not-signed" // fail: the platform does not call it signed
	Cancelled Detail = "cancelled"  // fail: it was cancelled before it was signed
)

// Of [CheckOwner].
const (
	MadeHere         Detail = "made-here"         // pass
	OtherRequest     Detail = "other-request"     // fail: the platform's answer is about another request
	OtherApplication Detail = "other-application" // fail: the request belongs to another application
	OwnerNotSaid     Detail = "owner-not-said"    // pending
)

// Of [CheckNetwork].
const (
	RightNetwork       Detail = "right-network"         // pass
	OtherNetwork       Detail = "other-network"         // fail: signed for another one
	NodeOnOtherNetwork Detail = "node-on-other-network" // fail: the site's own node is on another one
	NodeNotAskedYet    Detail = "node-not-asked-yet"    // pending
)

// Of [CheckRequest]: what is different in what was signed.
const (
	AsAsked          Detail = "as-asked"          // pass
	AsAskedUnmarked  Detail = "as-asked-unmarked" // pass: but another request of the kind could have brought the same
	PlatformDiffers  Detail = "platform-differs"  // fail: the platform holds another request than the site made
	OtherType        Detail = "other-type"        // fail: another kind of transaction
	OtherAmount      Detail = "other-amount"      // fail: any amount, the limit of a trust line or an offer's price too
	OtherCurrency    Detail = "other-currency"    // fail: of an amount, or its issuer; of [CheckDelivered] as well
	OtherDestination Detail = "other-destination" // fail: also of [CheckDelivered]
	OtherTag         Detail = "other-tag"         // fail: destination tag; also of [CheckDelivered]
	OtherMemo        Detail = "other-memo"        // fail
	OtherMark        Detail = "other-mark"        // fail: what makes the request one of a kind; so it answers another
	OtherFlags       Detail = "other-flags"       // fail: options, such as that a part of the amount is enough
	OtherField       Detail = "other-field"       // fail: any other part
	FeeTooHigh       Detail = "fee-too-high"      // fail
	NoAccount        Detail = "no-account"        // fail: nobody signs for himself; also of [CheckSigner]
)

// Of [CheckTxID].
const (
	SameHash  Detail = "same-hash"  // pass
	OtherHash Detail = "other-hash" // fail: than the phone reported
)

// Of [CheckSignature].
const (
	SignatureValid   Detail = "signature-valid"   // pass: all are
	SignatureInvalid Detail = "signature-invalid" // fail: one is not, or not in the form that a ledger takes
)

// Of [CheckSigner].
const (
	OwnKey           Detail = "own-key"            // pass: the account's own
	RegularKey       Detail = "regular-key"        // pass: one that the account lets sign
	EnoughSigners    Detail = "enough-signers"     // pass: of the account's list
	SignerAccepted   Detail = "signer-accepted"    // pass: by the ledger
	OtherAccount     Detail = "other-account"      // fail: signed for another account than was asked for
	OtherSigner      Detail = "other-signer"       // fail: than the phone reported
	KeyNotAllowed    Detail = "key-not-allowed"    // fail: the key may not sign for the account
	KeyDisabled      Detail = "key-disabled"       // fail: the account has disabled its own key
	SignerNotListed  Detail = "signer-not-listed"  // fail: one who signed may not
	TooFewSigners    Detail = "too-few-signers"    // fail
	SignerUnknownYet Detail = "signer-unknown-yet" // pending: the ledger has to say who may sign
	LedgerTooOld     Detail = "ledger-too-old"     // pending: a newer one may say something else of who may sign
)

// Of [CheckLedger].
const (
	OnLedger         Detail = "on-ledger"           // pass: validated, with success
	NotOnLedgerYet   Detail = "not-on-ledger-yet"   // pending; also of [CheckDelivered]
	NotValidatedYet  Detail = "not-validated-yet"   // pending: on a ledger that is not final
	MissedLastLedger Detail = "missed-last-ledger"  // fail: too late for it ever to happen
	FailedOnLedger   Detail = "failed-on-ledger"    // fail: nothing happened but that the fee was paid
	OlderThanRequest Detail = "older-than-request"  // fail
	NodeContradicts  Detail = "node-contradicts"    // fail: what the site's own node says is of another transaction
	NotToBeSubmitted Detail = "not-to-be-submitted" // skipped: the site asked for a signature only
	SignInOnly       Detail = "sign-in-only"        // skipped: a sign-in is on no ledger and moves no money
)

// Of [CheckDelivered].
const (
	Delivered        Detail = "delivered"         // pass: exactly
	MoreDelivered    Detail = "more-delivered"    // pass
	LessDelivered    Detail = "less-delivered"    // fail
	NothingDelivered Detail = "nothing-delivered" // fail
	PaidItself       Detail = "paid-itself"       // fail: the payee is who paid
	NoPayment        Detail = "no-payment"        // skipped: the transaction is of another kind
)

// Of [CheckSingleUse].
const (
	FirstUse      Detail = "first-use"       // pass
	UsedBefore    Detail = "used-before"     // fail: the transaction has counted for another request
	NotCountedYet Detail = "not-counted-yet" // pending: the other checks come first
)

// Details are all of them, by the check that has them first.
var Details = []Detail{
	NotShownYet, NotReportedYet, NodeUnusable, Unreadable, OtherCheckFailed, UnusableOrder,
	Signed, NotSigned, Cancelled,
	MadeHere, OtherRequest, OtherApplication, OwnerNotSaid,
	RightNetwork, OtherNetwork, NodeOnOtherNetwork, NodeNotAskedYet,
	AsAsked, AsAskedUnmarked, PlatformDiffers, OtherType, OtherAmount, OtherCurrency, OtherDestination, OtherTag,
	OtherMemo, OtherMark, OtherFlags, OtherField, FeeTooHigh, NoAccount,
	SameHash, OtherHash,
	SignatureValid, SignatureInvalid,
	OwnKey, RegularKey, EnoughSigners, SignerAccepted, OtherAccount, OtherSigner, KeyNotAllowed, KeyDisabled,
	SignerNotListed, TooFewSigners, SignerUnknownYet, LedgerTooOld,
	OnLedger, NotOnLedgerYet, NotValidatedYet, MissedLastLedger, FailedOnLedger, OlderThanRequest, NodeContradicts,
	NotToBeSubmitted, SignInOnly,
	Delivered, MoreDelivered, LessDelivered, NothingDelivered, PaidItself, NoPayment,
	FirstUse, UsedBefore, NotCountedYet,
}
