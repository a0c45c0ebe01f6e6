package ledger

import (
	"context"
	"encoding/json"
	"time"
)

// Transaction is what a node says of a transaction. Unless Validated, everything in it may change.
type Transaction struct {
	Hash           string
	Validated      bool
	Result         string // tesSUCCESS, or tec… for one that only cost its fee
	LedgerIndex    uint32
	CloseTime      time.Time // of its ledger, rounded by up to 10 s
	Type           string
	Account        string
	Destination    string
	DestinationTag *uint32         // nil: none, which is not tag 0
	Delivered      json.RawMessage // meta.delivered_amount; nil if the node does not say
}

// Transaction asks for a transaction by its hash.
func (c *Client) Transaction(ctx context.Context, hash string) (Transaction, error) {
	var r struct {
		Hash        string    `json:"hash"`
		Validated   bool      `json:"validated"`
		LedgerIndex uint32    `json:"ledger_index"`
		CloseTime   time.Time `json:"close_time_iso"`
		Transaction struct {
			Type           string `json:"TransactionType"`
			Account        string
			Destination    string
			DestinationTag *uint32
		} `json:"tx_json"`
		// Not DeliveredAmount, which only partial payments have, and never the transaction's own amount, which is a limit.
		Meta struct {
			Result    string          `json:"TransactionResult"`
			Delivered json.RawMessage `json:"delivered_amount"`
		} `json:"meta"`
	}
	if err := c.call(ctx, "tx", map[string]any{"transaction": hash, "binary": false}, &r); err != nil {
		return Transaction{}, err
	}
	return Transaction{
		Hash:           r.Hash,
		Validated:      r.Validated,
		Result:         r.Meta.Result,
		LedgerIndex:    r.LedgerIndex,
		CloseTime:      r.CloseTime,
		Type:           r.Transaction.Type,
		Account:        r.Transaction.Account,
		Destination:    r.Transaction.Destination,
		DestinationTag: r.Transaction.DestinationTag,
		Delivered:      r.Meta.Delivered,
	}, nil
}
