package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"
)

// Transaction is what a node says of a transaction. Unless Validated, everything in it may change. What the node does
// not say is empty.
type Transaction struct {
	Hash        string
	Validated   bool
	Result      string          // tesSUCCESS, or tec… for one that only cost its fee
	LedgerIndex uint32          // 0: not known
	CloseTime   time.Time       // of its ledger, rounded by up to 10 s; zero: not known
	Delivered   json.RawMessage // meta.delivered_amount; nil: not known

	// The transaction's own content. Its hash covers it, so the signed blob says the same.
	Type           string
	Account        string
	Destination    string
	DestinationTag *uint32
}

// Range is a run of ledgers, both ends included. The zero value is none.
type Range struct{ First, Last uint32 }

// Transaction asks for a transaction by its hash. If it is not there and the node has all ledgers of searched, the
// error matches [ErrSearchedAll], which is final once a transaction can be in no others; without all of them it only
// matches [ErrNotFound].
func (c *Client) Transaction(ctx context.Context, hash string, searched Range) (Transaction, error) {
	params := map[string]any{"transaction": hash, "binary": false}
	if searched != (Range{}) {
		params["min_ledger"], params["max_ledger"] = searched.First, searched.Last
	}
	r, err := c.call(ctx, "tx", params)
	if errors.Is(err, ErrNotFound) {
		if all, _ := field[bool](r, "searched_all"); all && searched != (Range{}) {
			return Transaction{}, ErrSearchedAll
		}
	}
	if err != nil {
		return Transaction{}, err
	}
	return readTransaction(r, hash)
}

// readTransaction insists on what everything else rests on: that the answer is about this transaction, and, once it is
// validated, what became of it.
func readTransaction(r answer, hash string) (Transaction, error) {
	content, meta := r.object("tx_json"), r.object("meta")
	t := Transaction{
		Hash:        r.text("hash"),
		Result:      meta.text("TransactionResult"),
		LedgerIndex: r.index("ledger_index"),
		Type:        content.text("TransactionType"),
		Account:     content.text("Account"),
		Destination: content.text("Destination"),
	}
	t.Validated, _ = field[bool](r, "validated")
	t.CloseTime, _ = field[time.Time](r, "close_time_iso")
	// Not DeliveredAmount, which only partial payments have, and never the transaction's own amount, which is a limit.
	t.Delivered, _ = field[json.RawMessage](meta, "delivered_amount")
	if tag, ok := field[uint32](content, "DestinationTag"); ok {
		t.DestinationTag = &tag
	}
	switch {
	case content == nil && (r.has("TransactionType") || r.has("inLedger")):
		return Transaction{}, &UnusableAnswer{"tx", wrongVersion}
	case t.Hash == "":
		return Transaction{}, incomplete("tx", "hash")
	case !strings.EqualFold(t.Hash, hash):
		return Transaction{}, &UnusableAnswer{"tx", "The node answered about another transaction."}
	case t.Validated && t.Result == "":
		return Transaction{}, incomplete("tx", "meta.TransactionResult")
	}
	return t, nil
}
