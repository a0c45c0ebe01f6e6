package verify

import (
	"strings"
	"testing"

	"github.com/xaman-live/xaman-live/devserver/ledger"
	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// The reasons are read by whoever looks for what became of a payment.
func TestReasons(t *testing.T) {
	old := func(f *fixture) {
		f.evidence.Accounts = map[string]ledger.Account{secp: {MasterDisabled: true, Ledger: 1004}}
	}
	tests := []struct {
		name   string
		base   func(testing.TB) *fixture
		change func(*fixture)
		check  string
		want   string
	}{
		{"fee only", payment, func(f *fixture) { f.evidence.Transaction.Result = "tecPATH_DRY" }, api.CheckLedger,
			"had no effect but its fee: tecPATH_DRY."},
		{"failed", payment, func(f *fixture) { f.evidence.Transaction.Result = "tefPAST_SEQ" }, api.CheckLedger,
			"did not succeed: tefPAST_SEQ."},
		{"validated", payment, func(*fixture) {}, api.CheckLedger, "In the validated ledger 1003."},
		{"validated where nobody knows", payment, func(f *fixture) {
			f.order.Ledger, f.evidence.Transaction.LedgerIndex = 0, 0
		}, api.CheckLedger, "In a validated ledger."},
		{"too old", payment, func(f *fixture) { f.evidence.Transaction.LedgerIndex = 1000 }, api.CheckLedger,
			"older than the request"},
		{"nothing on the ledger for a sign-in", login, func(*fixture) {}, api.CheckLedger, "A sign-in is never submitted"},
		{"no money for a sign-in", login, func(*fixture) {}, api.CheckDelivered, "A sign-in moves no money."},
		{"kept", payment, func(f *fixture) { f.order.Submit = false }, api.CheckLedger, "signed and not submitted"},
		{"exactly the price", payment, func(*fixture) {}, api.CheckDelivered, "2.5 XRP was delivered, as asked for."},
		{"more than the price", payment, func(f *fixture) {
			f.evidence.Transaction.Delivered = []byte(`"2500001"`)
		}, api.CheckDelivered, "2.500001 XRP was delivered, more than was asked for."},
		{"less than the price", payment, func(f *fixture) {
			f.evidence.Transaction.Delivered = []byte(`"2499999"`)
		}, api.CheckDelivered, "Only 2.499999 XRP was delivered, less than was asked for."},
		{"a newer ledger may help", login, old, api.CheckSigner, "But a newer ledger may say something else."},
		{"accepted by the ledger", payment, func(*fixture) {}, api.CheckSigner, "The ledger accepted the signature for " +
			secp},
		{"own key", login, func(*fixture) {}, api.CheckSigner, "Signed with the own key of " + secp},
		{"unmarked sign-in", login, func(f *fixture) { f.order.Unmarked = true }, api.CheckRequest,
			"only the platform says for what"},
		{"unmarked payment", payment, func(f *fixture) { f.order.Unmarked = true }, api.CheckRequest,
			"The signed transaction is the one that was asked for. The order had no mark"},
		{"unreadable", payment, func(f *fixture) { f.payload.Response.Hex = "zz" }, api.CheckSignature,
			"The signed transaction is refused: it is not hex."},
		{"signature for another", payment, func(f *fixture) {
			// The last byte is of the account that the payment goes to.
			f.payload.Response.Hex = f.payload.Response.Hex[:len(f.payload.Response.Hex)-2] + "00"
		}, api.CheckSignature, "The signed transaction is refused: its signature is not valid."},
		{"nobody has signed", payment, func(f *fixture) {
			f.payload.Response.Hex = f.payload.Response.Hex[:len(f.payload.Response.Hex)-2] + "00"
		}, api.CheckSigner, "Not checked: nobody has signed validly."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := tt.base(t)
			tt.change(f)
			for _, c := range f.checks() {
				if !worded(c) || c.Name == tt.check && !strings.Contains(c.Detail, tt.want) {
					t.Errorf("got %+v, want %q", c, tt.want)
				}
			}
		})
	}
}

// What is not the transaction asked for is worth nothing, so nothing is said of its worth.
func TestAFailureHasNoWorth(t *testing.T) {
	f := payment(t)
	f.order.TxJSON = []byte(strings.Replace(paymentTemplate, "4711", "4712", 1))
	f.payload.Payload.RequestJSON = f.order.TxJSON
	const want = "The signed transaction has another DestinationTag than was asked for."
	if c := f.checks()[3]; c.Outcome != payload.Fail || c.Detail != want {
		t.Errorf("got %+v", c)
	}
}

// Where a phone submitted a transaction matters until the site's own ledger has it, and of nothing else.
func TestSubmissionThatIsNotReported(t *testing.T) {
	unreported := func(f *fixture) { f.payload.Response.DispatchedNodeType = "" }
	provisional := func(f *fixture) { f.evidence.Transaction.Validated = false }
	for _, tt := range []struct {
		name    string
		base    func(testing.TB) *fixture
		changes []func(*fixture)
		want    payload.Outcome
	}{
		{"not reported, and not in a ledger", payment, []func(*fixture){unreported, provisional}, payload.Pending},
		{"not reported, and in a ledger", payment, []func(*fixture){unreported}, payload.Pass},
		{"reported, and not in a ledger", payment, []func(*fixture){provisional}, payload.Pass},
		{"nothing to report", login, nil, payload.Pass},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := tt.base(t)
			for _, change := range tt.changes {
				change(f)
			}
			if got := f.check(t, api.CheckNetwork); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

// Without a ledger to compare with, nothing that a node says of an account speaks against anybody.
func TestAccountsWithoutANewestLedger(t *testing.T) {
	for name, server := range map[string]*ledger.Server{
		"server not asked": nil, "no validated ledger": {NetworkID: new(uint32(1))},
	} {
		f := login(t)
		f.evidence.Server = server
		f.evidence.Accounts = map[string]ledger.Account{secp: {MasterDisabled: true, Ledger: 1005}}
		if got := f.check(t, api.CheckSigner); got != payload.Pending {
			t.Errorf("%s: got %s for a key that is disabled, want %s", name, got, payload.Pending)
		}
		f.evidence.Accounts[secp] = ledger.Account{Ledger: 1005}
		if got := f.check(t, api.CheckSigner); got != payload.Pass {
			t.Errorf("%s: got %s for the account's own key, want %s", name, got, payload.Pass)
		}
	}
}
