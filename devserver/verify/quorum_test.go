package verify

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/xaman-live/xaman-live/devserver/ledger"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// witness is a node that says the same of every account and transaction.
type witness struct {
	server      ledger.Server
	account     ledger.Account
	transaction *ledger.Transaction // nil: it is not there
	searchesAll bool
	err         error // instead of all answers
	after       time.Duration
}

func (w witness) Server(ctx context.Context) (ledger.Server, error) {
	return w.server, w.wait(ctx)
}

func (w witness) Account(ctx context.Context, _ string) (ledger.Account, error) {
	return w.account, w.wait(ctx)
}

func (w witness) Transaction(ctx context.Context, hash string, r ledger.Range) (ledger.Transaction, error) {
	err := w.wait(ctx)
	switch {
	case err != nil:
		return ledger.Transaction{}, err
	case w.transaction != nil:
		t := *w.transaction
		t.Hash = hash
		return t, nil
	case w.searchesAll && r != ledger.Range{}:
		return ledger.Transaction{}, ledger.ErrSearchedAll
	}
	return ledger.Transaction{}, ledger.ErrNotFound
}

func (w witness) wait(ctx context.Context) error {
	select {
	case <-time.After(w.after):
		return w.err
	case <-ctx.Done():
		return ledger.ErrUnavailable
	}
}

// lying returns a witness that says something else.
func lying(r *rand.Rand, w witness) witness {
	one := func(of ...func()) { of[r.IntN(len(of))]() }
	nothing := func() {}
	if r.IntN(2) == 0 { // it is behind, and knows nothing of what happened since
		w.server.Validated, w.account.Ledger, w.transaction = w.server.Validated-20, w.account.Ledger-20, nil
		w.account.RegularKey, w.account.MasterDisabled = "", false
		return w
	}
	index := func(n *uint32) func() {
		return func() {
			was := max(*n, 100)
			*n = []uint32{0, was - 20, was - 2, was - 1, was + 1, 4_000_000_000}[r.IntN(6)]
		}
	}
	one(nothing, index(&w.server.Validated))
	one(nothing, nothing, func() { w.server.NetworkID = nil }, func() { w.server.NetworkID = new(uint32(2)) })
	one(nothing, nothing, func() { w.account = ledger.Account{Missing: true, Ledger: w.account.Ledger} },
		func() { w.account.MasterDisabled = true }, func() { w.account.RegularKey = ed },
		func() { w.account.Quorum, w.account.Signers = 1, []ledger.Signer{{Account: secp, Weight: 1}} })
	one(nothing, index(&w.account.Ledger))
	one(nothing, func() { w.searchesAll = !w.searchesAll })
	t := ledger.Transaction{
		Validated: true, Result: "tesSUCCESS", LedgerIndex: 1003, Delivered: json.RawMessage(`"2500000"`),
	}
	if w.transaction != nil {
		t = *w.transaction
	}
	one(nothing, func() { t.Validated = false }, func() { t.Result = "tecPATH_DRY" }, func() { t.Destination = secp },
		func() { t.DestinationTag = nil }, func() { t.Delivered = json.RawMessage(`"1"`) }, func() { t.Delivered = nil },
		index(&t.LedgerIndex))
	one(nothing, func() { w.transaction = &t }, func() { w.transaction = nil })
	one(nothing, nothing, nothing, func() { w.err = ledger.ErrUnavailable }, func() { w.err = ledger.ErrNotFound },
		func() { w.after = 1000 * time.Hour })
	return w
}

// Whatever fewer than a quorum of nodes say, and whenever, the checks are those of a node that is honest, or of one
// that is a ledger behind.
func TestNothingDependsOnFewerNodesThanAQuorum(t *testing.T) {
	gone := func(base func(testing.TB) *fixture) func(testing.TB) *fixture {
		return func(t testing.TB) *fixture {
			f := base(t)
			f.evidence.Transaction = nil
			return f
		}
	}
	for name, base := range map[string]func(testing.TB) *fixture{
		"payment": payment, "payment not there": gone(payment), "sign-in": login, "multisigned sign-in": pair,
		"payment with another key": foreign, "payment with another key, not there": gone(foreign),
	} {
		t.Run(name, func(t *testing.T) {
			f := base(t)
			b := f.blob()
			checks := func(t *testing.T, n Node) []payload.Check {
				t.Helper()
				e, err := Gather(t.Context(), f.order, b, Checks(f.order, f.payload, b, Evidence{}), n, Evidence{})
				if err != nil {
					t.Errorf("honest nodes are enough, got %v", err)
				}
				return Checks(f.order, f.payload, b, e)
			}
			const slowest = 500 * time.Millisecond // of the honest nodes
			synctest.Test(t, func(t *testing.T) {
				for seed := range uint64(100) {
					r := rand.New(rand.NewPCG(1, seed))
					honest := witness{
						server:      ledger.Server{NetworkID: new(uint32(1)), Validated: 1015 + r.Uint32N(20)},
						account:     ledger.Account{RegularKey: []string{"", ed}[r.IntN(2)], MasterDisabled: r.IntN(2) == 0},
						searchesAll: r.IntN(2) == 0, transaction: f.evidence.Transaction,
					}
					honest.account.Ledger = honest.server.Validated
					var want [][]payload.Check
					for i := range uint32(4) {
						w := honest
						w.server.Validated -= i / 2
						w.account.Ledger -= i % 2
						want = append(want, checks(t, w))
					}
					liars := r.IntN(3)
					least := liars + 1 + r.IntN(2)
					nodes := make([]Node, 0, 2*least)
					for range least {
						w := honest
						w.after = time.Duration(r.Int64N(int64(slowest)))
						nodes = append(nodes, w)
					}
					for range min(liars, least-1) {
						w := lying(r, honest)
						w.after += time.Duration(r.Int64N(int64(slowest)))
						nodes = append(nodes, w)
					}
					r.Shuffle(len(nodes), func(i, j int) { nodes[i], nodes[j] = nodes[j], nodes[i] })
					q, err := ledger.NewQuorum(least, nodes...)
					if err != nil {
						t.Fatal(err)
					}
					began := time.Now()
					got := checks(t, q)
					if !slices.ContainsFunc(want, func(w []payload.Check) bool { return reflect.DeepEqual(w, got) }) {
						t.Fatalf("seed %d: got %+v, want %+v", seed, got, want)
					}
					if took := time.Since(began); took > 5*slowest {
						t.Fatalf("seed %d: it took %v", seed, took)
					}
				}
			})
		})
	}
}
