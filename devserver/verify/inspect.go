package verify

import (
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// Specimen is a blob in hand, and what is claimed of it.
type Specimen struct {
	Hex         string
	TxID        string
	RequestJSON json.RawMessage // what was asked for
	Pathfinding bool            // the phone was to let its user choose what to pay with
	Signer      string          // address or key of the signer that is asked about, if it is multisigned; empty: the first
}

// Finding is what can be said of a specimen without asking anybody.
type Finding struct {
	Opinion        Opinion
	SignatureValid bool   // all signatures are, in the one form that a ledger takes
	SignedBy       string // address of the signing key, which need not be the account's
	Multisigned    bool
	Reason         string
}

// Opinion is a verdict without a ledger.
type Opinion string

const (
	Accept      Opinion = "accept"       // go on and look it up on the ledger
	NeedsLedger Opinion = "needs_ledger" // sound in itself; the ledger has to say whether this signer may sign
	Reject      Opinion = "reject"
)

// Inspect makes those checks of [Checks] that need nothing but the blob.
func Inspect(s Specimen) Finding {
	b, err := parseBlob(s.Hex)
	if err != nil {
		return Finding{Opinion: Reject, Reason: "The signed transaction is refused: " + err.Error() + "."}
	}
	all, multi, signature := signed(b)
	f := Finding{Opinion: Reject, Multisigned: multi, SignatureValid: signature.Outcome == payload.Pass}
	for i, one := range all {
		if i == 0 && (s.Signer == "" || !multi) || multi && one.is(s.Signer) {
			f.SignedBy = one.signedBy()
		}
	}
	if f.SignedBy == "" {
		f.SignatureValid = false // not by the signer that is asked about
	}
	checks := []payload.Check{hash(b, s.TxID), signature, comparison(s.RequestJSON, s.Pathfinding, b)}
	if i := slices.IndexFunc(checks, func(c payload.Check) bool { return c.Outcome != payload.Pass }); i >= 0 {
		f.Reason = checks[i].Detail
		return f
	}
	switch {
	case multi:
		f.Opinion, f.Reason = NeedsLedger, "The ledger has to say whether these signers may sign for the account, and are enough."
	case !b.ownKeys(all):
		f.Opinion, f.Reason = NeedsLedger, "Signed with another key than the account's own: the ledger has to say whether it may."
	default:
		f.Opinion, f.Reason = Accept, "Signed with the account's own key, and what was asked for."
	}
	return f
}

// is reports whether a signer is the one of that address or key.
func (s signature) is(signer string) bool {
	return signer == address(s.account) || strings.EqualFold(signer, hex.EncodeToString(s.key))
}
