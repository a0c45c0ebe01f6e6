package ledger

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	// apart is by how many ledgers nodes may differ that are up to date: the next one reaches each at another moment.
	apart = 1
	// patience is how much later than a quorum of others a node may answer. It is waited for only while those who have
	// answered do not agree.
	patience = time.Second
)

// Quorum is a [Node] that asks several nodes at the same time. An answer counts when a quorum of them agrees: fewer
// nodes than that may lie, lag behind, answer rubbish or nothing, and change nothing. Once a quorum agrees, nobody is
// waited for; while those who have answered disagree, others are, for a second at most.
type Quorum struct {
	nodes []Node
	least int // nodes that have to agree
}

// NewQuorum returns a quorum of so many of the nodes, which have to be more than half of them: so no two answers can
// both count.
func NewQuorum(least int, nodes ...Node) (*Quorum, error) {
	if least > len(nodes) || 2*least <= len(nodes) {
		return nil, fmt.Errorf("a quorum of %d nodes is %d to %d of them, not %d",
			len(nodes), len(nodes)/2+1, len(nodes), least)
	}
	return &Quorum{nodes, least}, nil
}

// Server returns the network that a quorum is on, and the newest ledger that a quorum has validated.
func (q *Quorum) Server(ctx context.Context) (Server, error) {
	a, err := ask(ctx, q, "server_info", func(ctx context.Context, n Node) (answered[Server], error) {
		s, err := n.Server(ctx)
		return answered[Server]{value: s, says: text(Server{NetworkID: s.NetworkID}), as: s.Validated}, err
	})
	return a.value, err
}

// Account returns what a quorum says of an account, as of the oldest of their ledgers.
func (q *Quorum) Account(ctx context.Context, address string) (Account, error) {
	a, err := ask(ctx, q, "account_info", func(ctx context.Context, n Node) (answered[Account], error) {
		account, err := n.Account(ctx, address)
		content := account
		content.Ledger = 0
		return answered[Account]{value: account, says: text(content), as: account.Ledger}, err
	})
	return a.value, err
}

// Transaction returns a validated transaction once a quorum says the same of it, in every detail. Of one that is not
// validated a quorum says that it is known, and nothing more. That it is not there is an answer like others:
// [ErrSearchedAll] needs a quorum of nodes that have searched all.
func (q *Quorum) Transaction(ctx context.Context, hash string, searched Range) (Transaction, error) {
	a, err := ask(ctx, q, "tx", func(ctx context.Context, n Node) (answered[Transaction], error) {
		t, err := n.Transaction(ctx, hash, searched)
		for _, none := range []error{ErrSearchedAll, ErrNotFound} {
			if errors.Is(err, none) {
				return answered[Transaction]{says: none.Error(), err: none}, nil
			}
		}
		t = plain(t)
		return answered[Transaction]{value: t, says: text(t)}, err
	})
	if err == nil {
		err = a.err
	}
	return a.value, err
}

// plain writes a transaction as every node does that says the same of it.
func plain(t Transaction) Transaction {
	if !t.Validated {
		return Transaction{Hash: strings.ToUpper(t.Hash)}
	}
	t.Hash, t.CloseTime = strings.ToUpper(t.Hash), t.CloseTime.UTC()
	var delivered any
	if json.Unmarshal(t.Delivered, &delivered) == nil {
		t.Delivered = json.RawMessage(text(delivered)) // whose keys are in order
	}
	return t
}

// text is the same for values that are the same. There is none for what cannot be written.
func text(v any) string {
	data, _ := json.Marshal(v)
	return string(data)
}

// answered is what a node says.
type answered[T any] struct {
	value T
	says  string // the same for nodes that agree
	as    uint32 // of this ledger; 0: of none
	err   error  // that there is no such thing
}

// ask puts a question to all nodes, and returns the answer that counts. Without one the error matches [ErrUnavailable]
// and nothing else that nodes say of the ledger.
func ask[T any](
	ctx context.Context, q *Quorum, method string, question func(context.Context, Node) (answered[T], error),
) (answered[T], error) {
	type reply struct {
		answered[T]
		failure error
	}
	replies := make(chan reply, len(q.nodes))
	ctx, stop := context.WithCancel(ctx)
	var asked sync.WaitGroup
	defer asked.Wait()
	defer stop()
	for _, n := range q.nodes {
		asked.Go(func() {
			a, err := question(ctx, n)
			replies <- reply{a, err}
		})
	}
	var all []answered[T]
	var failures []error
	var late <-chan time.Time
hearing:
	for range q.nodes {
		select {
		case r := <-replies:
			if r.failure != nil {
				failures = append(failures, r.failure)
			} else {
				all = append(all, r.answered)
			}
		case <-late:
			break hearing
		}
		a, ok := agreed(all, q.least, apart)
		switch {
		case ok:
			return a, nil
		case len(failures) > len(q.nodes)-q.least:
			break hearing
		case len(all) >= q.least && late == nil:
			late = time.After(patience)
		}
	}
	if a, ok := agreed(all, q.least, math.MaxUint32); ok {
		return a, nil
	}
	if len(all) >= q.least {
		return answered[T]{}, &UnusableAnswer{method, fmt.Sprintf("No %d of the %d nodes agree.", q.least, len(q.nodes))}
	}
	return answered[T]{}, fmt.Errorf("ask %s: %w: %d of %d nodes answered, and %d have to: %w",
		method, ErrUnavailable, len(all), len(q.nodes), q.least, errors.Join(failures...))
}

// agreed returns what so many nodes say as of ledgers that are at most so far apart: the one as of the oldest of these
// ledgers, which all of them have.
func agreed[T any](all []answered[T], least int, apart uint32) (answered[T], bool) {
	slices.SortFunc(all, func(a, b answered[T]) int {
		return cmp.Or(strings.Compare(a.says, b.says), cmp.Compare(b.as, a.as))
	})
	for last := least - 1; last < len(all); last++ {
		first := all[last-least+1]
		if first.says == all[last].says && first.as-all[last].as <= apart {
			return all[last], true
		}
	}
	return answered[T]{}, false
}
