package backend

import (
	"encoding/json"
	"time"

	"github.com/xaman-live/xaman-live/devserver/ledger"
	"github.com/xaman-live/xaman-live/devserver/verify"
)

// Evidence is what the site's own node has said of a payload: what a verdict rests on, see [verify.Evidence]. Its parts
// are those of package ledger, under the names that they have in JSON.
type Evidence struct {
	Node        *NodeEvidence              `json:"node,omitempty"`
	Accounts    map[string]AccountEvidence `json:"accounts,omitempty"` // by address
	Transaction *TransactionEvidence       `json:"transaction,omitempty"`
	Impossible  bool                       `json:"impossible,omitempty"` // the transaction can never happen any more
	Trouble     string                     `json:"trouble,omitempty"`    // why the node's last answer proves nothing
}

// NodeEvidence is a [ledger.Server].
type NodeEvidence struct {
	NetworkID *uint32 `json:"network_id"`
	Validated uint32  `json:"validated_ledger"`
}

// AccountEvidence is a [ledger.Account].
type AccountEvidence struct {
	Ledger         uint32          `json:"ledger_index"`
	Missing        bool            `json:"missing,omitempty"`
	RegularKey     string          `json:"regular_key,omitempty"`
	MasterDisabled bool            `json:"master_disabled,omitempty"`
	Signers        []ledger.Signer `json:"signers,omitempty"`
	Quorum         uint32          `json:"quorum,omitempty"`
}

// TransactionEvidence is a [ledger.Transaction].
type TransactionEvidence struct {
	Hash           string          `json:"hash"`
	Validated      bool            `json:"validated"`
	Result         string          `json:"result,omitempty"`
	LedgerIndex    uint32          `json:"ledger_index,omitempty"`
	CloseTime      time.Time       `json:"close_time,omitzero"`
	Delivered      json.RawMessage `json:"delivered,omitempty"`
	Type           string          `json:"type,omitempty"`
	Account        string          `json:"account,omitempty"`
	Destination    string          `json:"destination,omitempty"`
	DestinationTag *uint32         `json:"destination_tag,omitempty"`
}

func newEvidence(e verify.Evidence) *Evidence {
	told := &Evidence{
		Node: (*NodeEvidence)(e.Server), Transaction: (*TransactionEvidence)(e.Transaction), Impossible: e.Impossible,
		Trouble: e.Trouble,
	}
	for address, account := range e.Accounts {
		if told.Accounts == nil {
			told.Accounts = map[string]AccountEvidence{}
		}
		told.Accounts[address] = AccountEvidence(account)
	}
	return told
}
