package verify

import (
	"context"
	"errors"
	"fmt"

	"github.com/xaman-live/xaman-live/devserver/ledger"
	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// Evidence is what the site's own node has said of a payload so far. The zero value is that of a node not asked yet.
type Evidence struct {
	Server      *ledger.Server
	Accounts    map[string]ledger.Account // by address
	Transaction *ledger.Transaction
	Impossible  bool   // the transaction is in none of the ledgers that it could be in, and the node has them all
	Trouble     string // a sentence on why the node's last answer proves nothing; empty: it does
}

func (e Evidence) validated() bool { return e.Transaction != nil && e.Transaction.Validated }

// Node is a node of the network on which the site wants to be paid: a [ledger.Client], or a [ledger.Quorum] of several.
type Node = ledger.Node

// Gather asks the node what the checks leave open, as they are on what is known, and returns what is then known.
// Together with an error it returns what was found out before. It asks nothing about a payload that has failed without
// the node, or about which nothing is open: to wait for a ledger, call it again after a pause while [Verdict] is
// checking.
func Gather(ctx context.Context, o Order, b *Blob, checks []payload.Check, node Node, e Evidence) (Evidence, error) {
	if b.err != nil || Verdict(Claimed(checks, true)) != payload.VerdictChecking {
		return e, nil
	}
	e.Trouble = ""
	err := e.gather(ctx, o, b, node)
	if t, ok := errors.AsType[*ledger.UnusableAnswer](err); ok {
		e.Trouble = t.What
	}
	return e, err
}

// gather adds what the node says. The order matters: only what it says after it said how far its ledgers go counts
// against a payload.
func (e *Evidence) gather(ctx context.Context, o Order, b *Blob, node Node) error {
	server, err := node.Server(ctx)
	if err != nil {
		return fmt.Errorf("ask which network the node is on: %w", err)
	}
	e.Server = &server
	switch {
	case server.NetworkID == nil:
		return &ledger.UnusableAnswer{Method: "server_info", What: noNetwork}
	case *server.NetworkID != o.NetworkID:
		return nil
	}
	accounts := map[string]ledger.Account{}
	for _, address := range lookups(o, b) {
		if accounts[address], err = node.Account(ctx, address); err != nil {
			return fmt.Errorf("ask who may sign for %s: %w", address, err)
		}
	}
	e.Accounts = accounts
	if !o.Submit {
		return nil
	}
	t, err := search(ctx, node, b.TxID(), possible(o, b.blob, server))
	switch {
	case errors.Is(err, ledger.ErrNotFound):
		e.Transaction, e.Impossible = nil, errors.Is(err, ledger.ErrSearchedAll)
	case err != nil:
		return fmt.Errorf("ask what became of the transaction: %w", err)
	default:
		e.Transaction = &t
	}
	return nil
}

// search asks for a transaction. A node searches only so many ledgers at once, so it is asked again for those that
// follow as long as it has all.
func search(ctx context.Context, node Node, hash string, all ledger.Range) (ledger.Transaction, error) {
	for {
		piece := ledger.Range{First: all.First, Last: all.First + min(all.Last-all.First, maxSearched-1)}
		t, err := node.Transaction(ctx, hash, piece)
		if piece.Last == all.Last || !errors.Is(err, ledger.ErrSearchedAll) {
			return t, err
		}
		all.First = piece.Last + 1
	}
}

// awaited is why something is waited for that the node has to say: code, or that its last answer proves nothing.
func (e Evidence) awaited(code api.Detail) api.Detail {
	if e.Trouble == "" {
		return code
	}
	return api.NodeUnusable
}

// reason is what to add to the reason why something is waited for.
func (e Evidence) reason() string {
	if e.Trouble == "" {
		return ""
	}
	return " This site's own node gives no usable answer: " + e.Trouble
}

const noNetwork = "The node does not say its network_id, so it may be on any network. Say with -ledger-network " +
	"which it is."
