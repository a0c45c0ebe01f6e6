package verify

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/devserver/ledger"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

func TestLedger(t *testing.T) {
	gone := func(from, to uint32, complete ...ledger.Range) func(*fixture) {
		return func(f *fixture) {
			f.order.Ledger, f.evidence.Transaction, f.evidence.Missing = from, nil, true
			f.evidence.Server.Validated, f.evidence.Server.Complete = to, complete
		}
	}
	// The transaction may be in a ledger up to 1020.
	tests := []struct {
		name   string
		change func(*fixture)
		want   payload.Outcome
	}{
		{"validated", func(*fixture) {}, payload.Pass},
		{"no hash", func(f *fixture) { f.evidence.Transaction.Hash = "" }, payload.Fail},
		{"another transaction", func(f *fixture) { f.evidence.Transaction.Hash = f.evidence.Transaction.Hash[1:] + "0" }, payload.Fail},
		{"not validated", func(f *fixture) { f.evidence.Transaction.Validated = false }, payload.Pending},
		{"not validated, and said to fail", func(f *fixture) {
			f.evidence.Transaction.Validated, f.evidence.Transaction.Result = false, "tecPATH_DRY"
		}, payload.Pending},
		{"fee only", func(f *fixture) { f.evidence.Transaction.Result = "tecUNFUNDED_PAYMENT" }, payload.Fail},
		{"no result", func(f *fixture) { f.evidence.Transaction.Result = "" }, payload.Fail},
		{"queued", func(f *fixture) { f.evidence.Transaction.Result = "terQUEUED" }, payload.Fail},
		{"older than the request", func(f *fixture) { f.evidence.Transaction.CloseTime = created.Add(-2 * time.Minute) }, payload.Fail},
		{"no close time", func(f *fixture) { f.evidence.Transaction.CloseTime = time.Time{} }, payload.Fail},
		{"clocks differ", func(f *fixture) { f.evidence.Transaction.CloseTime = created.Add(-10 * time.Second) }, payload.Pass},
		{"not asked", func(f *fixture) { f.evidence = Evidence{} }, payload.Pending},
		{"unknown, last ledger not there", gone(1000, 1019, ledger.Range{First: 1, Last: 1019}), payload.Pending},
		{"unknown, last ledger there", gone(1000, 1020, ledger.Range{First: 1, Last: 1020}), payload.Pending},
		{"unknown, last ledger passed", gone(1000, 1021, ledger.Range{First: 1, Last: 1021}), payload.Fail},
		{"unknown, node began with the request", gone(1000, 1021, ledger.Range{First: 1000, Last: 1021}), payload.Fail},
		{"unknown, node began later", gone(1000, 1021, ledger.Range{First: 1001, Last: 1021}), payload.Pending},
		{"unknown, node has a gap", gone(1000, 1021, ledger.Range{First: 1, Last: 1009}, ledger.Range{First: 1011, Last: 1021}), payload.Pending},
		{"unknown, node has nothing", gone(1000, 1021), payload.Pending},
		{"unknown, ledger of the request not known", gone(0, 1021, ledger.Range{First: 820, Last: 1021}), payload.Fail},
		{"unknown, neither, and the node began later", gone(0, 1021, ledger.Range{First: 821, Last: 1021}), payload.Pending},
		{"unknown before the last ledger passed, and not asked since", func(f *fixture) {
			gone(1000, 1021, ledger.Range{First: 1, Last: 1021})(f)
			f.evidence.Missing = false
		}, payload.Pending},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := payment(t)
			tt.change(f)
			if got := f.check(t, Ledger); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestTransactionWithoutALastLedger(t *testing.T) {
	fields := paymentFields()
	delete(fields, "LastLedgerSequence")
	f := payment(t)
	f.tell(t, sign(t, secpSeed, fields))
	f.evidence.Transaction, f.evidence.Missing = nil, true
	f.evidence.Server.Validated = 1 << 31
	f.evidence.Server.Complete = []ledger.Range{{First: 1, Last: 1 << 31}}
	if got := f.check(t, Ledger); got != payload.Pending {
		t.Errorf("got %s, want pending: it may still happen", got)
	}
}

func TestNotSubmitted(t *testing.T) {
	f := payment(t)
	f.order.Submit = false
	f.evidence.Transaction = nil
	f.evidence.Accounts = map[string]*ledger.Account{secp: {}}
	checks := f.checks()
	if got := Verdict(checks); got != payload.VerdictVerified || checks[7].Outcome != payload.Skipped {
		t.Errorf("got %s, want it verified without a ledger: %+v", got, checks)
	}
}

func TestDelivered(t *testing.T) {
	const (
		usd     = `{"currency":"USD","issuer":"` + issuer + `","value":"42.1"}`
		mpt     = `{"mpt_issuance_id":"00000001A407AF5856CCF3C42619DAA925813FC955C72983","value":"9007199254740993"}`
		xrp     = `"2500000"`
		another = `"mpt_issuance_id":"00000002A407AF5856CCF3C42619DAA925813FC955C72983"`
	)
	tests := []struct {
		name, asked, delivered string
		want                   payload.Outcome
	}{
		{"drops", xrp, `"2500000"`, payload.Pass},
		{"more drops", xrp, `"2500001"`, payload.Pass},
		{"fewer drops", xrp, `"2499999"`, payload.Fail},
		{"no drops", xrp, `"0"`, payload.Fail},
		{"drops beyond a float64", `"90071992547409931"`, `"90071992547409930"`, payload.Fail},
		{"token for drops", xrp, `{"currency":"USD","issuer":"` + issuer + `","value":"2500000"}`, payload.Fail},
		{"MPT for drops", xrp, mpt, payload.Fail},
		{"unavailable", xrp, `"unavailable"`, payload.Fail},
		{"absent", xrp, ``, payload.Fail},
		{"null", xrp, `null`, payload.Fail},
		{"a number", xrp, `{}`, payload.Fail},
		{"negative drops", xrp, `"-2500000"`, payload.Fail},

		{"token", usd, usd, payload.Pass},
		{"token written otherwise", usd, `{"currency":"0000000000000000000000005553440000000000","issuer":"` + issuer + `","value":"4210e-2"}`, payload.Pass},
		{"more token", usd, `{"currency":"USD","issuer":"` + issuer + `","value":"100"}`, payload.Pass},
		{"less token, more digits", usd, `{"currency":"USD","issuer":"` + issuer + `","value":"42.09999999999999"}`, payload.Fail},
		{"token of another issuer", usd, `{"currency":"USD","issuer":"` + secp + `","value":"42.1"}`, payload.Fail},
		{"another token", usd, `{"currency":"EUR","issuer":"` + issuer + `","value":"42.1"}`, payload.Fail},
		{"token in another letter case", usd, `{"currency":"usd","issuer":"` + issuer + `","value":"42.1"}`, payload.Fail},
		{"negative token", usd, `{"currency":"USD","issuer":"` + issuer + `","value":"-42.1"}`, payload.Fail},
		{"no token", usd, `{"currency":"USD","issuer":"` + issuer + `","value":"0"}`, payload.Fail},
		{"drops for token", usd, `"42100000"`, payload.Fail},

		{"MPT", mpt, mpt, payload.Pass},
		{"fewer MPT, beyond a float64", mpt, `{"mpt_issuance_id":"00000001A407AF5856CCF3C42619DAA925813FC955C72983","value":"9007199254740992"}`, payload.Fail},
		{"another MPT", mpt, `{` + another + `,"value":"9007199254740993"}`, payload.Fail},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := payment(t)
			f.order.TxJSON = json.RawMessage(`{"TransactionType":"Payment","Destination":"` + shop + `","DestinationTag":4711,"Amount":` + tt.asked + `}`)
			f.evidence.Transaction.Delivered = json.RawMessage(tt.delivered)
			if got := f.check(t, Delivered); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestDeliveredToWhom(t *testing.T) {
	tag := func(n uint32) *uint32 { return &n }
	const untagged = `{"TransactionType":"Payment","Destination":"` + shop + `","Amount":"2500000"}`
	tests := []struct {
		name   string
		change func(*fixture)
		want   payload.Outcome
	}{
		{"as asked", func(*fixture) {}, payload.Pass},
		{"another account", func(f *fixture) { f.evidence.Transaction.Destination = secp }, payload.Fail},
		{"another tag", func(f *fixture) { f.evidence.Transaction.DestinationTag = tag(4712) }, payload.Fail},
		{"no tag", func(f *fixture) { f.evidence.Transaction.DestinationTag = nil }, payload.Fail},
		{"tag 0 for none", func(f *fixture) {
			f.order.TxJSON, f.evidence.Transaction.DestinationTag = json.RawMessage(untagged), tag(0)
		}, payload.Fail},
		{"no tag, as asked", func(f *fixture) {
			f.order.TxJSON, f.evidence.Transaction.DestinationTag = json.RawMessage(untagged), nil
		}, payload.Pass},
		{"the payee pays", func(f *fixture) { f.evidence.Transaction.Account = shop }, payload.Fail},
		{"no payment", func(f *fixture) { f.evidence.Transaction.Type = "CheckCash" }, payload.Fail},
		{"no amount asked", func(f *fixture) {
			f.order.TxJSON = json.RawMessage(`{"TransactionType":"Payment","Destination":"` + shop + `"}`)
		}, payload.Fail},
		{"nothing to deliver", func(f *fixture) {
			f.order.TxJSON = json.RawMessage(`{"TransactionType":"AccountSet"}`)
		}, payload.Skipped},
		{"failed", func(f *fixture) { f.evidence.Transaction.Result = "tecPATH_DRY" }, payload.Fail},
		{"provisional", func(f *fixture) { f.evidence.Transaction.Validated = false }, payload.Pending},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := payment(t)
			tt.change(f)
			if got := f.check(t, Delivered); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}
