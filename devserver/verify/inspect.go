package verify

import (
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"

	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// Specimen is a blob in hand, and what is claimed of it.
type Specimen struct {
	Hex         string
	TxID        *string         // nil: none is claimed
	RequestJSON json.RawMessage // what was asked for
	Pathfinding bool            // the phone was to let its user choose what to pay with
	Signer      string          // address or key of the signer that is asked about; empty: the first
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
	b := ReadBlob(s.Hex)
	if b.err != nil {
		return Finding{Opinion: Reject, Reason: b.valid.Detail}
	}
	f := Finding{Opinion: Reject, Multisigned: b.multi, SignatureValid: b.valid.Outcome == payload.Pass}
	asked := func(one signature) bool { return s.Signer == "" || b.is(one, s.Signer) }
	if i := slices.IndexFunc(b.signatures, asked); i >= 0 {
		f.SignedBy = b.signatures[i].signedBy()
	} else {
		f.SignatureValid = false // not by the signer that is asked about
	}
	checks := []payload.Check{sameHash(b.blob, s.TxID), b.valid, s.request(b.blob)}
	switch i := slices.IndexFunc(checks, func(c payload.Check) bool { return c.Outcome == payload.Fail }); {
	case i >= 0:
		f.Reason = checks[i].Detail
		return f
	case f.SignedBy == "":
		f.Reason = "The signer that is asked about has not signed."
		return f
	case b.multi:
		f.Opinion = NeedsLedger
		f.Reason = "The ledger has to say whether these signers may sign for the account, and are enough."
	case !b.ownKeys():
		f.Opinion = NeedsLedger
		f.Reason = "Signed with another key than the account's own: the ledger has to say whether it may."
	default:
		f.Opinion, f.Reason = Accept, "Signed with the account's own key, and what was asked for."
	}
	if s.TxID == nil {
		f.Reason += " No hash was claimed, so none was compared."
	}
	return f
}

// sameHash compares the hash with the one that is claimed, if there is one.
func sameHash(b blob, txid *string) payload.Check {
	if txid == nil {
		return skipped(api.CheckTxID, api.NotReportedYet, "No hash is claimed.")
	}
	if c := hash(b, *txid); c.Outcome != payload.Pending {
		return c
	}
	return fail(api.CheckTxID, api.OtherHash, "The hash that is claimed is empty.")
}

func (s Specimen) request(b blob) payload.Check {
	if len(s.RequestJSON) == 0 || string(s.RequestJSON) == "null" {
		return fail(api.CheckRequest, api.UnusableOrder, "There is no request_json, so nothing says what was asked for.")
	}
	return comparison(Order{TxJSON: s.RequestJSON, Pathfinding: s.Pathfinding}, b)
}

// is reports whether a signature is that of a signer, named by key or by the account signed for; of one signature alone
// also by the address of its key.
func (b blob) is(s signature, signer string) bool {
	named := strings.EqualFold(signer, hex.EncodeToString(s.key))
	if s.account != nil {
		return named || signer == address(s.account)
	}
	return named || signer == b.authoriser() || signer == s.signedBy()
}
