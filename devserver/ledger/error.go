package ledger

import (
	"errors"
	"fmt"
	"net/url"
)

var (
	// ErrNotFound means that the node does not know the transaction, which is not to say that there is or will be none.
	ErrNotFound = errors.New("not found on the ledger")
	// ErrSearchedAll means that the node has every ledger that it was told to look at, and the transaction is in none
	// of them. It matches [ErrNotFound].
	ErrSearchedAll = fmt.Errorf("%w, in a range of ledgers that the node has all of", ErrNotFound)
	// ErrUnavailable means that the node gave no usable answer. Ask again later.
	ErrUnavailable = errors.New("ledger node unavailable")
)

// UnusableAnswer is an answer that proves nothing, since something in it is absent or not understood. It matches
// [ErrUnavailable].
type UnusableAnswer struct {
	Method string // the question
	What   string // a sentence for whoever runs the site; nothing in it is the node's
}

func (t *UnusableAnswer) Error() string {
	return fmt.Sprintf("read %s: %v: %s", t.Method, ErrUnavailable, t.What)
}

// Unwrap returns [ErrUnavailable].
func (t *UnusableAnswer) Unwrap() error { return ErrUnavailable }

// about has an error name the host alone: the rest of a node's URL may have a key in it.
func about(host string, err error) error {
	if outer, ok := errors.AsType[*url.Error](err); ok {
		return &url.Error{Op: outer.Op, URL: host, Err: outer.Err}
	}
	return err
}

const wrongVersion = "The node answers in version 1 of its API. It has to speak version 2, as rippled and Clio do " +
	"since 2.0."
