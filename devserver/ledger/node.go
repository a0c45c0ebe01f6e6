package ledger

import "context"

// Node answers what verification asks of the ledger, as [Client] says for each method. It returns when the context
// ends.
type Node interface {
	Transaction(ctx context.Context, hash string, searched Range) (Transaction, error)
	Account(ctx context.Context, address string) (Account, error)
	Server(ctx context.Context) (Server, error)
}
