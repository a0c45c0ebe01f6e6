package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// said is a node that answers every question after a while.
type said struct {
	after       time.Duration
	server      Server
	account     Account
	transaction Transaction
	err         error
}

func (s said) wait(ctx context.Context) error {
	select {
	case <-time.After(s.after):
		return s.err
	case <-ctx.Done():
		return errors.Join(ErrUnavailable, ctx.Err())
	}
}

func (s said) Server(ctx context.Context) (Server, error) { return s.server, s.wait(ctx) }

func (s said) Account(ctx context.Context, _ string) (Account, error) { return s.account, s.wait(ctx) }

func (s said) Transaction(ctx context.Context, _ string, _ Range) (Transaction, error) {
	return s.transaction, s.wait(ctx)
}

// later is a node that takes so long.
func (s said) later(after time.Duration) said {
	s.after = after
	return s
}

const never = 1000 * time.Hour

// asking runs a test on a quorum, in virtual time, and wants the answer after so long.
func asking(t *testing.T, name string, least int, took time.Duration, nodes []said, test func(*testing.T, *Quorum)) {
	t.Helper()
	t.Run(name, func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			all := make([]Node, len(nodes))
			for i, n := range nodes {
				all[i] = n
			}
			q, err := NewQuorum(least, all...)
			if err != nil {
				t.Fatal(err)
			}
			began := time.Now()
			test(t, q)
			if got := time.Since(began); got != took {
				t.Errorf("it took %v, want %v", got, took)
			}
		})
	})
}

var (
	down    = said{err: ErrUnavailable}
	version = said{err: &UnusableAnswer{"tx", wrongVersion}}
	silence = said{after: never}
)

func TestQuorumOfServers(t *testing.T) {
	on := func(network uint32, validated uint32) said {
		return said{server: Server{new(network), validated}}
	}
	unknown := func(validated uint32) said { return said{server: Server{nil, validated}} }
	is := func(validated uint32) *Server { return &Server{new(uint32(1)), validated} }
	const ms = time.Millisecond
	for _, tt := range []struct {
		name  string
		least int
		nodes []said
		want  *Server // nil: no answer
		took  time.Duration
	}{
		{"one", 1, []said{on(1, 100)}, is(100), 0},
		{"all the same", 2, []said{on(1, 100), on(1, 100), on(1, 100)}, is(100), 0},
		{"the slowest is not waited for", 2,
			[]said{on(1, 100).later(ms), on(1, 100).later(3 * ms), on(1, 100).later(9 * ms)},
			is(100), 3 * ms},
		{"one hangs", 2, []said{on(1, 100), silence, on(1, 100).later(ms)}, is(100), ms},
		{"one hangs, and the others are a ledger apart", 2, []said{on(1, 101), silence, on(1, 100).later(ms)},
			is(100), ms},
		{"one is down", 2, []said{down, on(1, 100).later(ms), on(1, 100).later(ms)}, is(100), ms},
		{"one lags", 2, []said{on(1, 40), on(1, 100).later(ms), on(1, 100).later(2 * ms)},
			is(100), 2 * ms},
		{"one is ahead of all", 2, []said{on(1, 4_000_000_000), on(1, 100).later(ms), on(1, 100).later(2 * ms)},
			is(100), 2 * ms},
		{"one has just started", 2, []said{on(1, 0), on(1, 100).later(ms), on(1, 100).later(2 * ms)},
			is(100), 2 * ms},
		{"one is on another network", 2, []said{on(0, 100), on(1, 100).later(ms), on(1, 100).later(2 * ms)},
			is(100), 2 * ms},
		{"one does not say its network", 2, []said{unknown(100), on(1, 100).later(ms), on(1, 100).later(2 * ms)},
			is(100), 2 * ms},
		{"none says its network", 2, []said{unknown(100), unknown(100), on(1, 100).later(ms)}, &Server{nil, 100}, 0},
		{"all far apart", 3, []said{on(1, 100), on(1, 90), on(1, 80), on(1, 70), on(1, 60)}, is(80), 0},
		{"far apart, and one hangs", 2, []said{on(1, 100).later(ms), on(1, 40).later(2 * ms), silence},
			is(40), 2*ms + patience},
		{"far apart, and one is late", 2,
			[]said{on(1, 100).later(ms), on(1, 40).later(2 * ms), on(1, 99).later(patience / 2)},
			is(99), patience / 2},
		{"every network has one", 2, []said{on(0, 100), on(1, 100), on(2, 100)}, nil, 0},
		{"two networks, and one hangs", 2, []said{on(0, 100), on(1, 100), silence}, nil, patience},
		{"too few are up", 2, []said{on(1, 100), down, down}, nil, 0},
		{"too many are down", 2, []said{silence, down, down.later(ms)}, nil, ms},
	} {
		asking(t, tt.name, tt.least, tt.took, tt.nodes, func(t *testing.T, q *Quorum) {
			got, err := q.Server(t.Context())
			if tt.want == nil {
				if !errors.Is(err, ErrUnavailable) || got != (Server{}) {
					t.Errorf("got %+v, %v, want no answer", got, err)
				}
				return
			}
			if err != nil || !reflect.DeepEqual(got, *tt.want) {
				t.Errorf("got %+v, %v, want %+v", got, err, *tt.want)
			}
		})
	}
}

func TestQuorumOfAccounts(t *testing.T) {
	of := func(a Account, ledger uint32) said {
		a.Ledger = ledger
		return said{account: a}
	}
	bare, missing, key := Account{}, Account{Missing: true}, Account{RegularKey: "rKey"}
	listed := func(weight uint16) Account { return Account{Quorum: 2, Signers: []Signer{{"rA", weight}, {"rB", 1}}} }
	at := func(a Account, ledger uint32) *Account {
		a.Ledger = ledger
		return &a
	}
	for _, tt := range []struct {
		name  string
		nodes []said
		want  *Account // nil: no answer
		took  time.Duration
	}{
		{"the same", []said{of(key, 100), of(key, 100), of(key, 100)}, at(key, 100), 0},
		{"a ledger apart", []said{of(key, 101), of(key, 100), silence}, at(key, 100), 0},
		{"one says another key", []said{of(bare, 100), of(key, 100), of(key, 100)}, at(key, 100), 0},
		{"one says it is missing", []said{of(missing, 100), of(key, 100), of(key, 100)}, at(key, 100), 0},
		{"missing", []said{of(missing, 100), of(missing, 100), of(key, 100)}, at(missing, 100), 0},
		{"missing as of unknown ledgers", []said{of(missing, 0), of(missing, 0), down}, at(missing, 0), 0},
		{"one weighs a signer otherwise", []said{of(listed(9), 100), of(listed(1), 100), of(listed(1), 100)},
			at(listed(1), 100), 0},
		{"one would make the answer old", []said{of(key, 1), of(key, 100), of(key, 100).later(patience / 2)},
			at(key, 100), patience / 2},
		{"one would make it new", []said{of(key, 4_000_000_000), of(key, 100), of(key, 100)}, at(key, 100), 0},
		{"old, since the others are silent", []said{of(key, 40), of(key, 100), silence}, at(key, 40), patience},
		{"the key was changed a moment ago", []said{of(key, 100), of(bare, 101), silence}, nil, patience},
		{"three opinions", []said{of(key, 100), of(bare, 100), of(missing, 100)}, nil, 0},
	} {
		asking(t, tt.name, 2, tt.took, tt.nodes, func(t *testing.T, q *Quorum) {
			got, err := q.Account(t.Context(), "rA")
			if tt.want == nil {
				if !errors.Is(err, ErrUnavailable) || !reflect.DeepEqual(got, Account{}) {
					t.Errorf("got %+v, %v, want no answer", got, err)
				}
				return
			}
			if err != nil || !reflect.DeepEqual(got, *tt.want) {
				t.Errorf("got %+v, %v, want %+v", got, err, *tt.want)
			}
		})
	}
}

func TestQuorumOfTransactions(t *testing.T) {
	paid := Transaction{
		Hash: hash, Validated: true, Result: "tesSUCCESS", LedgerIndex: 100, Type: "Payment", Account: "rA",
		CloseTime: time.Date(2026, 1, 5, 10, 1, 30, 0, time.UTC), Destination: "rB", DestinationTag: new(uint32(7)),
		Delivered: json.RawMessage(`{"currency":"USD","issuer":"rI","value":"5"}`),
	}
	with := func(change func(*Transaction)) said {
		t := paid
		change(&t)
		return said{transaction: t}
	}
	yes, seen := with(func(*Transaction) {}), said{transaction: Transaction{Hash: hash}}
	none, nowhere := said{err: ErrNotFound}, said{err: ErrSearchedAll}
	alike := with(func(t *Transaction) {
		t.Hash, t.Delivered = strings.ToLower(hash), json.RawMessage(`{ "value":"5", "issuer":"rI","currency":"USD"}`)
		t.CloseTime, t.DestinationTag = t.CloseTime.In(time.FixedZone("", 3600)), new(uint32(7))
	})
	guessed := said{transaction: Transaction{Hash: hash, Result: "tecPATH_DRY", Type: "Payment"}}
	lies := map[string]said{
		"fork": with(func(t *Transaction) {
			t.Result, t.LedgerIndex, t.CloseTime, t.Delivered = "tecPATH_DRY", 102, t.CloseTime.Add(8*time.Second), nil
		}),
		"result":      with(func(t *Transaction) { t.Result = "tecPATH_DRY" }),
		"ledger":      with(func(t *Transaction) { t.LedgerIndex++ }),
		"time":        with(func(t *Transaction) { t.CloseTime = t.CloseTime.Add(time.Second) }),
		"type":        with(func(t *Transaction) { t.Type = "" }),
		"account":     with(func(t *Transaction) { t.Account = "rC" }),
		"destination": with(func(t *Transaction) { t.Destination = "rC" }),
		"tag":         with(func(t *Transaction) { t.DestinationTag = new(uint32) }),
		"no tag":      with(func(t *Transaction) { t.DestinationTag = nil }),
		"delivered":   with(func(t *Transaction) { t.Delivered = json.RawMessage(`"5"`) }),
		"nothing":     with(func(t *Transaction) { t.Delivered = nil }),
		"not there":   none, "nowhere": nowhere, "not validated": seen, "version": version, "down": down, "silence": silence,
	}
	type row struct {
		name  string
		nodes []said
		want  *Transaction // nil: none
		err   error
		took  time.Duration
	}
	rows := []row{
		{"written otherwise", []said{alike, yes, silence}, &paid, nil, 0},
		{"not validated, whatever else is said", []said{seen, guessed, silence}, &Transaction{Hash: hash}, nil, 0},
		{"not there", []said{none, none, yes.later(1)}, nil, ErrNotFound, 0},
		{"nowhere", []said{nowhere, nowhere, yes.later(1)}, nil, ErrSearchedAll, 0},
		{"nowhere, say too few", []said{nowhere, none, none}, nil, ErrNotFound, 0},
		{"three opinions", []said{nowhere, none, seen}, nil, ErrUnavailable, 0},
		{"two opinions and silence", []said{yes, none, silence}, nil, ErrUnavailable, patience},
		{"two opinions, and one is late", []said{yes, none, yes.later(patience / 2)}, &paid, nil, patience / 2},
		{"down, and one says nowhere", []said{nowhere, down, down}, nil, ErrUnavailable, 0},
	}
	for name, lie := range lies {
		rows = append(rows, row{"one lies: " + name, []said{lie, yes.later(1), yes.later(2)}, &paid, nil, 2},
			row{"two are honest: " + name, []said{yes, lie, yes}, &paid, nil, 0})
	}
	for _, tt := range rows {
		asking(t, tt.name, 2, tt.took, tt.nodes, func(t *testing.T, q *Quorum) {
			got, err := q.Transaction(t.Context(), hash, Range{1, 2})
			want := Transaction{}
			if tt.want != nil {
				want = *tt.want
			}
			if !errors.Is(err, tt.err) || (err != nil) != (tt.err != nil) || !reflect.DeepEqual(got, want) {
				t.Errorf("got %+v, %v, want %+v, %v", got, err, want, tt.err)
			}
			if tt.err != ErrSearchedAll && errors.Is(err, ErrSearchedAll) ||
				tt.err == ErrUnavailable && errors.Is(err, ErrNotFound) {
				t.Errorf("got %v, which says more than a quorum does", err)
			}
		})
	}
}

func TestQuorumTellsWhyThereIsNoAnswer(t *testing.T) {
	one := said{transaction: Transaction{Hash: hash, Validated: true, Result: "tesSUCCESS"}}
	asking(t, "disagreement", 2, 0, []said{one, {err: ErrNotFound}}, func(t *testing.T, q *Quorum) {
		_, err := q.Transaction(t.Context(), hash, Range{})
		if a, ok := errors.AsType[*UnusableAnswer](err); !ok || a.What != "No 2 of the 2 nodes agree." {
			t.Errorf("got %v, want it to say that they do not agree", err)
		}
	})
	asking(t, "useless answers", 2, 0, []said{version, version, one}, func(t *testing.T, q *Quorum) {
		_, err := q.Transaction(t.Context(), hash, Range{})
		if a, ok := errors.AsType[*UnusableAnswer](err); !ok || a.What != wrongVersion {
			t.Errorf("got %v, want what is wrong with them", err)
		}
	})
	asking(t, "whoever asked has gone", 2, time.Second, []said{silence, silence}, func(t *testing.T, q *Quorum) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := q.Server(ctx); !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, ErrUnavailable) {
			t.Errorf("got %v, want %v", err, context.DeadlineExceeded)
		}
	})
}

func TestQuorumIsAMajority(t *testing.T) {
	for nodes := range 6 {
		for least := range 8 {
			q, err := NewQuorum(least, make([]Node, nodes)...)
			if ok := nodes > 0 && least <= nodes && least > nodes/2; ok != (err == nil) || ok != (q != nil) {
				t.Errorf("%d of %d: got %v", least, nodes, err)
			}
		}
	}
}
