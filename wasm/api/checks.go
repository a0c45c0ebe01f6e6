package api

// Names of the checks that make a verdict. They are stable: backends report by them, and pages show them.
const (
	CheckResolved  = "resolved"   // the platform says that the payload was signed
	CheckOwner     = "owner"      // the payload is this session's
	CheckNetwork   = "network"    // it was signed for the network that was asked for
	CheckRequest   = "request"    // what was signed is what was asked for
	CheckTxID      = "txid"       // the transaction's hash is the one that was reported
	CheckSignature = "signature"  // every signature is valid
	CheckSigner    = "signer"     // the key may sign for the account
	CheckLedger    = "ledger"     // a validated ledger has the transaction, with success
	CheckDelivered = "delivered"  // what was delivered is what was asked for
	CheckSingleUse = "single-use" // neither the payload nor the transaction has counted before
)

// Checks are all of them, in the order in which they are reported.
var Checks = []string{
	CheckResolved, CheckOwner, CheckNetwork, CheckRequest, CheckTxID, CheckSignature, CheckSigner, CheckLedger,
	CheckDelivered, CheckSingleUse,
}

// Skippable reports whether a verified payload may have the check of that name skipped: what is not submitted is in no
// ledger.
func Skippable(name string) bool { return name == CheckLedger || name == CheckDelivered }
