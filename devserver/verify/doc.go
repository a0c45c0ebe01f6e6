// Package verify decides whether a payload that the platform calls signed is what the site asked for, and whether it
// had the effect that the site waits for.
//
// A payload says many things, and a visitor, a phone or another application may have caused each of them. Every check
// compares one of them with the site's own record, the [Order], with the signed transaction, or with what the site's
// own node of the ledger says, the [Evidence], and names its outcome in a sentence. [Verdict] folds the outcomes and
// fails closed: whatever is missing or not understood is not verified.
//
// Read what was signed with [ReadBlob], once: its signatures are verified there and nowhere else. Then call [Checks];
// as long as [Verdict] is checking, call [Gather] and [Checks] again; once they are [Claimable], ask the record for the
// claim, and fold what it says with [Claimed]. All of it decides from values and keeps nothing, and only [Gather] asks
// somebody. [Inspect] judges a blob in hand by the same checks, as far as they need nobody else.
//
// The rules of the ledger are from xrpl.org: "Serialization", "Transaction Common Fields", "Cryptographic Keys",
// "Multi-Signing", "Partial Payments" and "Reliable Transaction Submission".
package verify
