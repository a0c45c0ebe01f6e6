package verify

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/xaman-live/xaman-live/devserver/ledger"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// fakeNode answers from its fields and remembers what it was asked.
type fakeNode struct {
	server      func() (ledger.Server, error)
	account     func(address string) (ledger.Account, error)
	transaction func(hash string) (ledger.Transaction, error)
	asked       []string
}

func (n *fakeNode) Server(context.Context) (ledger.Server, error) {
	n.asked = append(n.asked, "server")
	return n.server()
}

func (n *fakeNode) Account(_ context.Context, address string) (ledger.Account, error) {
	n.asked = append(n.asked, address)
	return n.account(address)
}

func (n *fakeNode) Transaction(_ context.Context, hash string) (ledger.Transaction, error) {
	n.asked = append(n.asked, "transaction")
	return n.transaction(hash)
}

// node says what the fixture's evidence is.
func node(f *fixture) *fakeNode {
	server, transaction := *f.evidence.Server, f.evidence.Transaction
	return &fakeNode{
		server:  func() (ledger.Server, error) { return server, nil },
		account: func(string) (ledger.Account, error) { return ledger.Account{}, nil },
		transaction: func(string) (ledger.Transaction, error) {
			if transaction == nil {
				return ledger.Transaction{}, ledger.ErrNotFound
			}
			return *transaction, nil
		},
	}
}

func TestGather(t *testing.T) {
	foreign := func(t testing.TB) *fixture {
		f := payment(t)
		f.tell(t, sign(t, edSeed, paymentFields()))
		return f
	}
	shared := func(t testing.TB) *fixture {
		f := login(t)
		f.tell(t, multisign(t, tx{"Account": shop}, map[string]string{secp: secpSeed, ed: edSeed}))
		f.payload.Response.Account = shop
		return f
	}
	tests := []struct {
		name   string
		base   func(testing.TB) *fixture
		change func(*fixture, *fakeNode)
		asked  []string
		want   payload.Verdict
	}{
		{"payment", payment, func(*fixture, *fakeNode) {}, []string{"server", "transaction"}, payload.VerdictVerified},
		{"sign-in", login, func(*fixture, *fakeNode) {}, []string{"server", secp}, payload.VerdictVerified},
		{"sign-in, not on the ledger", login, func(_ *fixture, n *fakeNode) {
			n.account = func(string) (ledger.Account, error) { return ledger.Account{}, ledger.ErrNotFound }
		}, []string{"server", secp}, payload.VerdictVerified},
		{"payment with another key", foreign, func(*fixture, *fakeNode) {}, []string{"server", secp, "transaction"}, payload.VerdictVerified},
		{"payment with another key, refused by the ledger", foreign, func(_ *fixture, n *fakeNode) {
			n.transaction = func(string) (ledger.Transaction, error) { return ledger.Transaction{}, ledger.ErrNotFound }
		}, []string{"server", secp, "transaction"}, payload.VerdictUnverified},
		{"multisigned", shared, func(*fixture, *fakeNode) {}, []string{"server", shop, secp, ed}, payload.VerdictUnverified},
		{"not there yet", payment, func(_ *fixture, n *fakeNode) {
			n.transaction = func(string) (ledger.Transaction, error) { return ledger.Transaction{}, ledger.ErrNotFound }
		}, []string{"server", "transaction"}, payload.VerdictChecking},
		{"never there", payment, func(f *fixture, n *fakeNode) {
			n.server = func() (ledger.Server, error) {
				return ledger.Server{NetworkID: 1, Validated: 1021, Complete: []ledger.Range{{First: 1, Last: 1021}}}, nil
			}
			n.transaction = func(string) (ledger.Transaction, error) { return ledger.Transaction{}, ledger.ErrNotFound }
		}, []string{"server", "transaction"}, payload.VerdictUnverified},
		{"node of another network", payment, func(_ *fixture, n *fakeNode) {
			n.server = func() (ledger.Server, error) { return ledger.Server{NetworkID: 0}, nil }
		}, []string{"server"}, payload.VerdictUnverified},
		{"failed by itself", payment, func(f *fixture, _ *fakeNode) { f.payload.Response.TxID = "x" }, nil, payload.VerdictUnverified},
		{"not a blob", payment, func(f *fixture, _ *fakeNode) { f.payload.Response.Hex = "x" }, nil, payload.VerdictUnverified},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := tt.base(t)
			n := node(f)
			f.evidence = Evidence{}
			tt.change(f, n)
			e, err := Gather(t.Context(), f.order, f.payload, n, f.evidence)
			if err != nil {
				t.Fatal(err)
			}
			if len(n.asked) > 2 {
				slices.Sort(n.asked[2:])
				slices.Sort(tt.asked[2:])
			}
			if !slices.Equal(n.asked, tt.asked) {
				t.Errorf("got questions %q, want %q", n.asked, tt.asked)
			}
			f.evidence = e
			if got := Verdict(f.checks()); got != tt.want {
				t.Errorf("got %s, want %s: %+v", got, tt.want, f.checks())
			}
		})
	}
}

func TestGatherAsksNoMoreThanNeeded(t *testing.T) {
	f := payment(t)
	n := node(f)
	e, err := Gather(t.Context(), f.order, f.payload, n, f.evidence)
	if err != nil || len(n.asked) > 0 || e.Transaction == nil {
		t.Errorf("got questions %q, %v, want none about what is known", n.asked, err)
	}
}

func TestGatherKeepsWhatItFoundOutBeforeAnError(t *testing.T) {
	f := payment(t)
	n := node(f)
	n.transaction = func(string) (ledger.Transaction, error) { return ledger.Transaction{}, ledger.ErrUnavailable }
	e, err := Gather(t.Context(), f.order, f.payload, n, Evidence{})
	if !errors.Is(err, ledger.ErrUnavailable) || e.Server == nil {
		t.Errorf("got %+v, %v, want the server and an error", e, err)
	}
}

// A node that did not know the transaction then, and cannot be asked now, has not said that it can never happen.
func TestOldIgnoranceDoesNotCount(t *testing.T) {
	f := payment(t)
	n := node(f)
	n.server = func() (ledger.Server, error) {
		return ledger.Server{NetworkID: 1, Validated: 1021, Complete: []ledger.Range{{First: 1, Last: 1021}}}, nil
	}
	n.transaction = func(string) (ledger.Transaction, error) { return ledger.Transaction{}, ledger.ErrUnavailable }
	f.evidence.Transaction, f.evidence.Missing = nil, true
	e, err := Gather(t.Context(), f.order, f.payload, n, f.evidence)
	if err == nil {
		t.Fatal("want an error")
	}
	f.evidence = e
	if got := Verdict(f.checks()); got != payload.VerdictChecking {
		t.Errorf("got %s, want %s", got, payload.VerdictChecking)
	}
}

func TestGatherLeavesTheCallersEvidenceAlone(t *testing.T) {
	f := login(t)
	n := node(f)
	before := Evidence{Accounts: map[string]*ledger.Account{}}
	if _, err := Gather(t.Context(), f.order, f.payload, n, before); err != nil || len(before.Accounts) > 0 {
		t.Errorf("got %+v, %v, want it unchanged", before, err)
	}
}
