package verify

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/xaman-live/xaman-live/devserver/ledger"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// fakeNode answers from its fields and remembers what it was asked.
type fakeNode struct {
	server      func() (ledger.Server, error)
	account     func(address string) (ledger.Account, error)
	transaction func(searched ledger.Range) (ledger.Transaction, error)
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

func (n *fakeNode) Transaction(_ context.Context, hash string, searched ledger.Range) (ledger.Transaction, error) {
	n.asked = append(n.asked, "transaction")
	return n.transaction(searched)
}

// node says what the fixture's evidence is.
func node(f *fixture) *fakeNode {
	server, transaction := *f.evidence.Server, f.evidence.Transaction
	return &fakeNode{
		server:  func() (ledger.Server, error) { return server, nil },
		account: func(string) (ledger.Account, error) { return ledger.Account{Ledger: server.Validated}, nil },
		transaction: func(ledger.Range) (ledger.Transaction, error) {
			if transaction == nil {
				return ledger.Transaction{}, ledger.ErrNotFound
			}
			return *transaction, nil
		},
	}
}

// later lets time go on until the last ledger for the transaction is passed by a margin.
func (n *fakeNode) later() {
	n.server = func() (ledger.Server, error) {
		return ledger.Server{NetworkID: new(uint32(1)), Validated: 1024}, nil
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
			n.account = func(string) (ledger.Account, error) { return ledger.Account{Missing: true}, nil }
		}, []string{"server", secp}, payload.VerdictVerified},
		{"payment with another key", foreign, func(*fixture, *fakeNode) {}, []string{"server", secp, "transaction"},
			payload.VerdictVerified},
		{"payment with another key, not there yet", foreign, func(_ *fixture, n *fakeNode) {
			n.transaction = func(ledger.Range) (ledger.Transaction, error) { return ledger.Transaction{}, ledger.ErrNotFound }
		}, []string{"server", secp, "transaction"}, payload.VerdictChecking},
		{"multisigned", shared, func(*fixture, *fakeNode) {}, []string{"server", shop, secp, ed}, payload.VerdictUnverified},
		{"not there yet", payment, func(_ *fixture, n *fakeNode) {
			n.transaction = func(ledger.Range) (ledger.Transaction, error) { return ledger.Transaction{}, ledger.ErrNotFound }
		}, []string{"server", "transaction"}, payload.VerdictChecking},
		{"never there", payment, func(_ *fixture, n *fakeNode) {
			n.later()
			n.transaction = func(searched ledger.Range) (ledger.Transaction, error) {
				if want := (ledger.Range{First: 1000, Last: 1024}); searched != want {
					t.Errorf("asked for ledgers %+v, want %+v", searched, want)
				}
				return ledger.Transaction{}, ledger.ErrSearchedAll
			}
		}, []string{"server", "transaction"}, payload.VerdictUnverified},
		{"payment with another key, never there", foreign, func(_ *fixture, n *fakeNode) {
			n.later()
			n.transaction = func(ledger.Range) (ledger.Transaction, error) {
				return ledger.Transaction{}, ledger.ErrSearchedAll
			}
		}, []string{"server", secp, "transaction"}, payload.VerdictUnverified},
		{"not there, and the node that looked has not all ledgers", payment, func(_ *fixture, n *fakeNode) {
			n.later()
			n.transaction = func(ledger.Range) (ledger.Transaction, error) { return ledger.Transaction{}, ledger.ErrNotFound }
		}, []string{"server", "transaction"}, payload.VerdictChecking},
		{"node of another network", payment, func(_ *fixture, n *fakeNode) {
			n.server = func() (ledger.Server, error) { return ledger.Server{NetworkID: new(uint32(0))}, nil }
		}, []string{"server"}, payload.VerdictUnverified},
		{"nothing signed to show yet", payment, func(f *fixture, _ *fakeNode) {
			f.payload.Response.Hex = ""
		}, nil, payload.VerdictChecking},
		{"failed by itself", payment, func(f *fixture, _ *fakeNode) { f.payload.Response.TxID = "x" }, nil,
			payload.VerdictUnverified},
		{"not a blob", payment, func(f *fixture, _ *fakeNode) { f.payload.Response.Hex = "x" }, nil,
			payload.VerdictUnverified},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := tt.base(t)
			n := node(f)
			f.evidence = Evidence{}
			tt.change(f, n)
			e, err := f.gather(t, n, f.evidence)
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
	e, err := f.gather(t, n, f.evidence)
	if err != nil || len(n.asked) > 0 || e.Transaction == nil {
		t.Errorf("got questions %q, %v, want none about what is known", n.asked, err)
	}
}

func TestGatherKeepsWhatItFoundOutBeforeAnError(t *testing.T) {
	f := payment(t)
	n := node(f)
	n.transaction = func(ledger.Range) (ledger.Transaction, error) { return ledger.Transaction{}, ledger.ErrUnavailable }
	e, err := f.gather(t, n, Evidence{})
	if !errors.Is(err, ledger.ErrUnavailable) || e.Server == nil {
		t.Errorf("got %+v, %v, want the server and an error", e, err)
	}
}

// What makes an answer useless is known to whoever looks at the checks, until there is a useful one.
func TestGatherTellsWhatIsWrongWithTheNode(t *testing.T) {
	for _, tt := range []struct {
		name   string
		base   func(testing.TB) *fixture
		change func(*fakeNode)
		check  int
		want   string
	}{
		{"transaction", payment, func(n *fakeNode) {
			n.transaction = func(ledger.Range) (ledger.Transaction, error) {
				return ledger.Transaction{}, &ledger.Trouble{Method: "tx", What: "It is upside down."}
			}
		}, 7, "It is upside down."},
		{"server", payment, func(n *fakeNode) {
			n.server = func() (ledger.Server, error) {
				return ledger.Server{}, &ledger.Trouble{Method: "server_info", What: "It is upside down."}
			}
		}, 7, "gives no usable answer: It is upside down."},
		{"server's outage", payment, func(n *fakeNode) {
			n.server = func() (ledger.Server, error) { return ledger.Server{}, ledger.ErrUnavailable }
		}, 2, ""},
		{"account", login, func(n *fakeNode) {
			n.account = func(string) (ledger.Account, error) {
				return ledger.Account{}, &ledger.Trouble{Method: "account_info", What: "It is upside down."}
			}
		}, 6, "It is upside down."},
		{"network", payment, func(n *fakeNode) {
			n.server = func() (ledger.Server, error) { return ledger.Server{Validated: 1005}, nil }
		}, 2, "-ledger-network"},
		{"outage", payment, func(n *fakeNode) {
			n.transaction = func(ledger.Range) (ledger.Transaction, error) { return ledger.Transaction{}, ledger.ErrUnavailable }
		}, 7, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := tt.base(t)
			n := node(f)
			good := *n
			tt.change(n)
			e, err := f.gather(t, n, Evidence{})
			if !errors.Is(err, ledger.ErrUnavailable) {
				t.Errorf("got %v, want %v", err, ledger.ErrUnavailable)
			}
			if tt.name == "network" && !strings.Contains(err.Error(), "server_info") {
				t.Errorf("got %v, want it to name what was asked", err)
			}
			f.evidence = e
			checks := f.checks()
			if c := checks[tt.check]; c.Outcome != payload.Pending || !strings.Contains(c.Detail, tt.want) ||
				(e.Trouble == "") != (tt.want == "") {
				t.Errorf("got %+v, want it pending with %q", c, tt.want)
			}
			if f.evidence, err = f.gather(t, &good, e); err != nil || f.evidence.Trouble != "" {
				t.Errorf("got trouble %q, %v after a good answer", f.evidence.Trouble, err)
			}
			if got := Verdict(f.checks()); got != payload.VerdictVerified {
				t.Errorf("got %s after a good answer", got)
			}
		})
	}
}

func TestGatherLeavesTheCallersEvidenceAlone(t *testing.T) {
	f := login(t)
	n := node(f)
	before := Evidence{Accounts: map[string]ledger.Account{}}
	if _, err := f.gather(t, n, before); err != nil || len(before.Accounts) > 0 {
		t.Errorf("got %+v, %v, want it unchanged", before, err)
	}
}
