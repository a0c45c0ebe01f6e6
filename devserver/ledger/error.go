package ledger

import "errors"

var (
	// ErrNotFound means that the node does not know the transaction, which is not to say that there is or will be none,
	// or that the account is not on the validated ledger.
	ErrNotFound = errors.New("not found on the ledger")
	// ErrUnavailable means that the node gave no usable answer. Ask again later.
	ErrUnavailable = errors.New("ledger node unavailable")
)
