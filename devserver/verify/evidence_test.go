package verify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/xaman-live/xaman-live/devserver/ledger"
	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// fakeNode gives its answers and errors, and remembers what it was asked.
type fakeNode struct {
	server         ledger.Server
	account        ledger.Account
	transaction    ledger.Transaction
	serverErr      error
	accountErr     error
	transactionErr error

	asked    []string
	searched ledger.Range
}

func (n *fakeNode) Server(context.Context) (ledger.Server, error) {
	n.asked = append(n.asked, "server")
	return n.server, n.serverErr
}

func (n *fakeNode) Account(_ context.Context, address string) (ledger.Account, error) {
	n.asked = append(n.asked, address)
	return n.account, n.accountErr
}

func (n *fakeNode) Transaction(_ context.Context, _ string, searched ledger.Range) (ledger.Transaction, error) {
	n.asked, n.searched = append(n.asked, "transaction"), searched
	return n.transaction, n.transactionErr
}

// node says what the fixture's evidence is.
func node(f *fixture) *fakeNode {
	n := &fakeNode{server: *f.evidence.Server, account: ledger.Account{Ledger: f.evidence.Server.Validated}}
	if f.evidence.Transaction != nil {
		n.transaction = *f.evidence.Transaction
	}
	return n
}

// foreign is a payment that is signed with another account's key.
func foreign(t testing.TB) *fixture {
	f := payment(t)
	f.tell(t, sign(t, edSeed, paymentFields()))
	return f
}

// pair is a sign-in for an account by two others.
func pair(t testing.TB) *fixture {
	f := login(t)
	f.tell(t, shared(t, tx{"Account": shop}))
	f.payload.Response.Account = shop
	return f
}

func TestGather(t *testing.T) {
	unchanged := func(*fixture, *fakeNode) {}
	missing := func(_ *fixture, n *fakeNode) { n.transactionErr = ledger.ErrNotFound }
	// never is what a node says that is past the last ledger for the transaction by a margin, and has them all.
	never := func(_ *fixture, n *fakeNode) { n.server.Validated, n.transactionErr = 1024, ledger.ErrSearchedAll }
	both, all := []string{"server", "transaction"}, []string{"server", secp, "transaction"}
	tests := []struct {
		name   string
		base   func(testing.TB) *fixture
		change func(*fixture, *fakeNode)
		asked  []string
		want   payload.Verdict
	}{
		{"payment", payment, unchanged, both, payload.VerdictVerified},
		{"sign-in", login, unchanged, []string{"server", secp}, payload.VerdictVerified},
		{"sign-in, not on the ledger", login, func(_ *fixture, n *fakeNode) {
			n.account = ledger.Account{Missing: true}
		}, []string{"server", secp}, payload.VerdictVerified},
		{"payment with another key", foreign, unchanged, all, payload.VerdictVerified},
		{"payment with another key, not there yet", foreign, missing, all, payload.VerdictChecking},
		{"multisigned", pair, unchanged, []string{"server", shop, secp, ed}, payload.VerdictUnverified},
		{"not there yet", payment, missing, both, payload.VerdictChecking},
		{"never there", payment, never, both, payload.VerdictUnverified},
		{"payment with another key, never there", foreign, never, all, payload.VerdictUnverified},
		{"not there, and the node that looked has not all ledgers", payment, func(_ *fixture, n *fakeNode) {
			n.server.Validated, n.transactionErr = 1024, ledger.ErrNotFound
		}, both, payload.VerdictChecking},
		{"node of another network", payment, func(_ *fixture, n *fakeNode) {
			n.server = ledger.Server{NetworkID: new(uint32(0))}
		}, []string{"server"}, payload.VerdictUnverified},
		{"nothing signed to show yet", payment, func(f *fixture, _ *fakeNode) {
			f.payload.Response.Hex = ""
		}, nil, payload.VerdictChecking},
		{"failed by itself", payment, func(f *fixture, _ *fakeNode) {
			f.payload.Response.TxID = "x"
		}, nil, payload.VerdictUnverified},
		{"not a blob", payment, func(f *fixture, _ *fakeNode) {
			f.payload.Response.Hex = "x"
		}, nil, payload.VerdictUnverified},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := tt.base(t)
			n := node(f)
			f.evidence = Evidence{}
			tt.change(f, n)
			var err error
			if f.evidence, err = f.gather(t, n, f.evidence); err != nil {
				t.Fatal(err)
			}
			if len(n.asked) > 3 {
				slices.Sort(n.asked[2:])
				slices.Sort(tt.asked[2:])
			}
			if !slices.Equal(n.asked, tt.asked) {
				t.Errorf("got questions %q, want %q", n.asked, tt.asked)
			}
			if want := (ledger.Range{First: 1000, Last: 1024}); n.transactionErr != nil && n.server.Validated == 1024 &&
				n.searched != want {
				t.Errorf("asked for ledgers %+v, want %+v", n.searched, want)
			}
			if got := Verdict(f.checks()); got != tt.want {
				t.Errorf("got %s, want %s: %+v", got, tt.want, f.checks())
			}
		})
	}
}

// archive is a node that does not know the transaction, and has all ledgers but some.
type archive struct {
	fakeNode
	none, all ledger.Range // those that it does not have, and those that it was told to search
	longest   uint32
}

func (n *archive) Transaction(_ context.Context, _ string, r ledger.Range) (ledger.Transaction, error) {
	n.asked = append(n.asked, "transaction")
	if n.all == (ledger.Range{}) {
		n.all = r
	} else if r.First != n.all.Last+1 {
		return ledger.Transaction{}, fmt.Errorf("ledgers %+v were asked for after %+v", r, n.all)
	}
	n.all.Last, n.longest = r.Last, max(n.longest, r.Last-r.First+1)
	if r.First <= n.none.Last && r.Last >= n.none.First {
		return ledger.Transaction{}, ledger.ErrNotFound
	}
	return ledger.Transaction{}, ledger.ErrSearchedAll
}

// A payment may be signed long after it was ordered, or wait for long. It is never called impossible on the word of a
// node that has not searched all ledgers since the order.
func TestGatherSearchesAllLedgersSinceTheOrder(t *testing.T) {
	for _, tt := range []struct {
		name       string
		last, seen uint32       // ledger for the transaction, and of the node
		none       ledger.Range // that the node does not have
		calls      int
		want       payload.Verdict
	}{
		{"at once", 1995, 7000, ledger.Range{}, 1, payload.VerdictUnverified},
		{"in two pieces", 1996, 7000, ledger.Range{}, 2, payload.VerdictUnverified},
		{"in many pieces", 6002, 7000, ledger.Range{}, 6, payload.VerdictUnverified},
		{"without the oldest ledgers", 6002, 7000, ledger.Range{First: 1, Last: 2999}, 1, payload.VerdictChecking},
		{"without one ledger", 6002, 7000, ledger.Range{First: 3500, Last: 3500}, 3, payload.VerdictChecking},
		{"without the newest ledger", 6002, 7000, ledger.Range{First: 6006, Last: 6006}, 6, payload.VerdictChecking},
		{"at the end of numbers", 1<<32 - 5, 1<<32 - 1, ledger.Range{First: 2000, Last: 3000}, 2, payload.VerdictChecking},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := payment(t)
			f.tell(t, sign(t, secpSeed, paymentWith(tx{"LastLedgerSequence": tt.last})))
			n := &archive{fakeNode: *node(f), none: tt.none}
			n.server.Validated = tt.seen
			var err error
			if f.evidence, err = f.gather(t, n, Evidence{}); err != nil {
				t.Fatal(err)
			}
			if got := Verdict(f.checks()); got != tt.want {
				t.Errorf("got %s, want %s: %+v", got, tt.want, f.checks())
			}
			if calls := len(n.asked) - 1; calls != tt.calls || n.longest > 1000 || n.all.First != 1000 ||
				tt.want == payload.VerdictUnverified && n.all.Last != tt.last+margin {
				t.Errorf("got %d calls for %+v, at most %d at once, want %d calls", calls, n.all, n.longest, tt.calls)
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

// What makes an answer useless is known to whoever looks at the checks, until there is a useful one; and what was found
// out before it is kept.
func TestGatherTellsWhatIsWrongWithTheNode(t *testing.T) {
	odd := func(method string) error { return &ledger.UnusableAnswer{Method: method, What: "It is upside down."} }
	for _, tt := range []struct {
		name        string
		base        func(testing.TB) *fixture
		change      func(*fakeNode)
		check, want string
	}{
		{"transaction", payment, func(n *fakeNode) { n.transactionErr = odd("tx") }, api.CheckLedger,
			"node-unusable: It is upside down."},
		{"server", payment, func(n *fakeNode) { n.serverErr = odd("server_info") }, api.CheckLedger,
			"node-unusable: gives no usable answer: It is upside down."},
		{"server's outage", payment, func(n *fakeNode) { n.serverErr = ledger.ErrUnavailable }, api.CheckNetwork,
			"node-not-asked-yet"},
		{"account", login, func(n *fakeNode) { n.accountErr = odd("account_info") }, api.CheckSigner,
			"node-unusable: It is upside down."},
		{"network", payment, func(n *fakeNode) { n.server.NetworkID = nil }, api.CheckNetwork,
			"node-unusable: -ledger-network"},
		{"outage", payment, func(n *fakeNode) { n.transactionErr = ledger.ErrUnavailable }, api.CheckLedger,
			"not-on-ledger-yet"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := tt.base(t)
			n := node(f)
			good := *n
			tt.change(n)
			e, err := f.gather(t, n, Evidence{})
			if !errors.Is(err, ledger.ErrUnavailable) || (e.Trouble != "") != strings.Contains(tt.want, "unusable") ||
				(e.Server == nil) != (n.serverErr != nil) {
				t.Errorf("got %+v, %v, want %v", e, err, ledger.ErrUnavailable)
			}
			if tt.name == "network" && !strings.Contains(err.Error(), "server_info") {
				t.Errorf("got %v, want it to name what was asked", err)
			}
			f.evidence = e
			f.wantCheck(t, tt.check, "pending "+tt.want)
			if f.evidence, err = f.gather(t, &good, e); err != nil || f.evidence.Trouble != "" {
				t.Errorf("got trouble %q, %v after a good answer", f.evidence.Trouble, err)
			}
			f.wantVerdict(t, payload.VerdictVerified)
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
