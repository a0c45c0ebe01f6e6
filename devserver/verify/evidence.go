package verify

import (
	"context"
	"errors"
	"fmt"

	"github.com/xaman-live/xaman-live/devserver/ledger"
	"github.com/xaman-live/xaman-live/devserver/xaman"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// Evidence is what the site's own node has said of a payload so far. The zero value is that of a node not asked yet.
type Evidence struct {
	Server      *ledger.Server
	Accounts    map[string]*ledger.Account // by address; nil: not on the ledger
	Transaction *ledger.Transaction
	Missing     bool // the node did not know the transaction when it was asked, after Server
}

func (e Evidence) validated() bool { return e.Transaction != nil && e.Transaction.Validated }

// Node is a node of the network on which the site wants to be paid. [ledger.Client] is one.
type Node interface {
	Transaction(ctx context.Context, hash string) (ledger.Transaction, error)
	Account(ctx context.Context, address string) (ledger.Account, error)
	Server(ctx context.Context) (ledger.Server, error)
}

// Gather asks the node what is still open about a payload, and returns what is then known. Together with an error it
// returns what was found out before. It asks nothing about a payload that has failed without the node, or about which
// nothing is open: to wait for a ledger, call it again after a pause while [Verdict] is checking.
func Gather(ctx context.Context, o Order, p xaman.Payload, node Node, e Evidence) (Evidence, error) {
	b, err := parseBlob(p.Response.Hex)
	if err != nil || e.validated() {
		return e, nil
	}
	if Verdict(Checks(o, p, e, Booked)) != payload.VerdictChecking {
		return e, nil
	}
	all, multi, err := b.signatures()
	if err != nil {
		return e, nil
	}
	// The order matters. That the transaction can never happen takes a node that did not know it after the last ledger
	// for it had closed, and that its signer may not sign takes a ledger without it after that of the account.
	server, err := node.Server(ctx)
	if err != nil {
		return e, fmt.Errorf("ask which network the node is on: %w", err)
	}
	e.Server, e.Missing = &server, false // what it did not know before says nothing about ledgers since
	if server.NetworkID != o.NetworkID {
		return e, nil
	}
	accounts := map[string]*ledger.Account{}
	for _, address := range lookups(o, b, all, multi) {
		account, err := node.Account(ctx, address)
		switch {
		case err == nil:
			accounts[address] = &account
		case errors.Is(err, ledger.ErrNotFound):
			accounts[address] = nil
		default:
			return e, fmt.Errorf("ask who may sign for %s: %w", address, err)
		}
	}
	e.Accounts = accounts
	if !o.Submit {
		return e, nil
	}
	t, err := node.Transaction(ctx, txID(b.data))
	switch {
	case errors.Is(err, ledger.ErrNotFound):
		e.Transaction, e.Missing = nil, true
	case err != nil:
		return e, fmt.Errorf("ask what became of the transaction: %w", err)
	default:
		e.Transaction = &t
	}
	return e, nil
}
