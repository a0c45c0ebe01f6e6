package verify

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/devserver/ledger"
	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

func TestLedger(t *testing.T) {
	// The transaction may be in a ledger up to 1020.
	tests := []struct {
		name   string
		change func(*fixture)
		want   payload.Outcome
	}{
		{"validated", func(*fixture) {}, payload.Pass},
		{"another transaction", func(f *fixture) { f.evidence.Transaction.Hash = f.evidence.Transaction.Hash[1:] + "0" },
			payload.Fail},
		{"not validated", func(f *fixture) { f.evidence.Transaction.Validated = false }, payload.Pending},
		{"not validated, and said to fail", func(f *fixture) {
			f.evidence.Transaction.Validated, f.evidence.Transaction.Result = false, "tecPATH_DRY"
		}, payload.Pending},
		{"fee only", func(f *fixture) { f.evidence.Transaction.Result = "tecUNFUNDED_PAYMENT" }, payload.Fail},
		{"no result", func(f *fixture) { f.evidence.Transaction.Result = "" }, payload.Pending},
		{"queued", func(f *fixture) { f.evidence.Transaction.Result = "terQUEUED" }, payload.Fail},
		{"in the ledger after the request's", func(f *fixture) { f.evidence.Transaction.LedgerIndex = 1001 }, payload.Pass},
		{"in the request's ledger", func(f *fixture) { f.evidence.Transaction.LedgerIndex = 1000 }, payload.Fail},
		{"in an older ledger, closed within the tolerance", func(f *fixture) {
			f.evidence.Transaction.LedgerIndex, f.evidence.Transaction.CloseTime = 999, created.Add(-10*time.Second)
		}, payload.Fail},
		{"in a ledger that is not known", func(f *fixture) { f.evidence.Transaction.LedgerIndex = 0 }, payload.Pending},
		{"no close time, which does not matter", func(f *fixture) { f.evidence.Transaction.CloseTime = time.Time{} },
			payload.Pass},
		{"request's ledger not known", func(f *fixture) { f.order.Ledger = 0 }, payload.Pass},
		{"neither, and older than the request", func(f *fixture) {
			f.order.Ledger, f.evidence.Transaction.CloseTime = 0, created.Add(-clockTolerance-time.Second)
		}, payload.Fail},
		{"neither, and clocks differ", func(f *fixture) {
			f.order.Ledger, f.evidence.Transaction.CloseTime = 0, created.Add(-clockTolerance)
		}, payload.Pass},
		{"neither, and no close time", func(f *fixture) {
			f.order.Ledger, f.evidence.Transaction.CloseTime = 0, time.Time{}
		}, payload.Pending},
		{"neither, nor the transaction's ledger", func(f *fixture) {
			f.order.Ledger, f.evidence.Transaction.LedgerIndex = 0, 0
		}, payload.Pass},
		{"not asked", func(f *fixture) { f.evidence = Evidence{} }, payload.Pending},
		{"unknown", func(f *fixture) { f.evidence.Transaction = nil }, payload.Pending},
		{"said to be impossible, and there", func(f *fixture) { f.evidence.Impossible = true }, payload.Pass},
		{"impossible", func(f *fixture) { f.evidence.Transaction, f.evidence.Impossible = nil, true }, payload.Fail},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := payment(t)
			tt.change(f)
			if got := f.check(t, api.CheckLedger); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestWhereATransactionIsPossible(t *testing.T) {
	unlimited := paymentFields()
	delete(unlimited, "LastLedgerSequence")
	endless := paymentFields()
	endless["LastLedgerSequence"] = uint32(1<<32 - 1)
	early := paymentFields()
	early["LastLedgerSequence"] = 100
	tests := []struct {
		name         string
		fields       tx
		order, node  uint32
		wantf, wantl uint32
	}{
		{"last ledger not there", paymentFields(), 1000, 1019, 0, 0},
		{"last ledger there", paymentFields(), 1000, 1020, 0, 0},
		{"last ledger passed, within the margin", paymentFields(), 1000, 1023, 0, 0},
		{"last ledger passed", paymentFields(), 1000, 1024, 1000, 1024},
		{"last ledger long passed", paymentFields(), 1000, 2000, 1000, 1024},
		{"request's ledger not known", paymentFields(), 0, 1024, 820, 1024},
		{"request at the longest range", paymentFields(), 25, 1024, 25, 1024},
		{"request long ago", paymentFields(), 24, 1024, 820, 1024},
		{"request after the last ledger", paymentFields(), 1021, 1024, 820, 1024},
		{"no last ledger", unlimited, 1000, 1 << 31, 0, 0},
		{"last ledger at the end of numbers", endless, 1000, 1<<32 - 1, 0, 0},
		{"ledger just begun", early, 0, 104, 1, 104},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b, err := parseBlob(sign(t, secpSeed, tt.fields))
			if err != nil {
				t.Fatal(err)
			}
			got := possible(Order{Ledger: tt.order}, b, ledger.Server{Validated: tt.node})
			if want := (ledger.Range{First: tt.wantf, Last: tt.wantl}); got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
		})
	}
}

func TestNotSubmitted(t *testing.T) {
	f := payment(t)
	f.order.Submit = false
	f.evidence.Transaction = nil
	f.evidence.Accounts = map[string]ledger.Account{secp: {Ledger: 1005}}
	checks := f.checks()
	got := Verdict(checks)
	if got != payload.VerdictVerified || checks[7].Outcome != payload.Skipped || !allWorded(checks) {
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
		{"unavailable", xrp, `"unavailable"`, payload.Pending},
		{"absent", xrp, ``, payload.Pending},
		{"null", xrp, `null`, payload.Pending},
		{"an amount without value", xrp, `{}`, payload.Pending},
		{"negative drops", xrp, `"-2500000"`, payload.Pending},

		{"token", usd, usd, payload.Pass},
		{"token written otherwise", usd, `{"currency":"0000000000000000000000005553440000000000","issuer":"` + issuer +
			`","value":"4210e-2"}`, payload.Pass},
		{"more token", usd, `{"currency":"USD","issuer":"` + issuer + `","value":"100"}`, payload.Pass},
		{"less token, more digits", usd, `{"currency":"USD","issuer":"` + issuer + `","value":"42.09999999999999"}`,
			payload.Fail},
		{"token of another issuer", usd, `{"currency":"USD","issuer":"` + secp + `","value":"42.1"}`, payload.Fail},
		{"another token", usd, `{"currency":"EUR","issuer":"` + issuer + `","value":"42.1"}`, payload.Fail},
		{"token in another letter case", usd, `{"currency":"usd","issuer":"` + issuer + `","value":"42.1"}`, payload.Fail},
		{"negative token", usd, `{"currency":"USD","issuer":"` + issuer + `","value":"-42.1"}`, payload.Fail},
		{"no token", usd, `{"currency":"USD","issuer":"` + issuer + `","value":"0"}`, payload.Fail},
		{"nothing for a price of nothing", `{"currency":"USD","issuer":"` + issuer + `","value":"0"}`,
			`{"currency":"USD","issuer":"` + issuer + `","value":"0"}`, payload.Fail},
		{"negative token for a price of nothing", `{"currency":"USD","issuer":"` + issuer + `","value":"0"}`,
			`{"currency":"USD","issuer":"` + issuer + `","value":"-42.1"}`, payload.Fail},
		{"drops for token", usd, `"42100000"`, payload.Fail},

		{"MPT", mpt, mpt, payload.Pass},
		{"fewer MPT, beyond a float64", mpt,
			`{"mpt_issuance_id":"00000001A407AF5856CCF3C42619DAA925813FC955C72983","value":"9007199254740992"}`, payload.Fail},
		{"more MPT", mpt, `{"mpt_issuance_id":"00000001A407AF5856CCF3C42619DAA925813FC955C72983",` +
			`"value":"9007199254740994"}`, payload.Pass},
		{"a number for drops", xrp, `2500000`, payload.Pending},
		{"a list", xrp, `["2500000"]`, payload.Pending},
		{"another MPT", mpt, `{` + another + `,"value":"9007199254740993"}`, payload.Fail},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := payment(t)
			f.order.TxJSON = json.RawMessage(`{"TransactionType":"Payment","Destination":"` + shop +
				`","DestinationTag":4711,"Amount":` + tt.asked + `}`)
			f.evidence.Transaction.Delivered = json.RawMessage(tt.delivered)
			if got := f.check(t, api.CheckDelivered); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestAmountsThatAreNone(t *testing.T) {
	for _, text := range []string{
		``, `null`, `true`, `7`, `[]`, `["1"]`, `{}`, `""`, `"-1"`, `"1.5"`, `"unavailable"`,
		`{"currency":"USD","issuer":"` + issuer + `","value":42.1}`, `{"currency":"USD","issuer":"` + issuer +
			`","value":null}`,
		`{"currency":"USD","issuer":"` + issuer + `"}`, `{"currency":"USD","value":"1"}`,
	} {
		if got, err := parseAmount(json.RawMessage(text)); err == nil {
			t.Errorf("%s: got %+v, want an error", text, got)
		}
	}
}

func TestDeliveredToWhom(t *testing.T) {
	// with signs the payment with other fields; nil leaves one out.
	with := func(changes tx) func(testing.TB, *fixture) {
		return func(t testing.TB, f *fixture) {
			fields := paymentFields()
			for name, v := range changes {
				if fields[name] = v; v == nil {
					delete(fields, name)
				}
			}
			f.tell(t, sign(t, secpSeed, fields))
		}
	}
	says := func(change func(*ledger.Transaction)) func(testing.TB, *fixture) {
		return func(_ testing.TB, f *fixture) { change(f.evidence.Transaction) }
	}
	asks := func(template string) func(testing.TB, *fixture) {
		return func(_ testing.TB, f *fixture) { f.order.TxJSON = json.RawMessage(template) }
	}
	both := func(changes ...func(testing.TB, *fixture)) func(testing.TB, *fixture) {
		return func(t testing.TB, f *fixture) {
			for _, change := range changes {
				change(t, f)
			}
		}
	}
	const untagged = `{"TransactionType":"Payment","Destination":"` + shop + `","Amount":"2500000"}`
	tagless := says(func(t *ledger.Transaction) { t.DestinationTag = nil })
	tests := []struct {
		name   string
		change func(testing.TB, *fixture)
		want   payload.Outcome
	}{
		{"as asked", with(nil), payload.Pass},
		{"node says nothing of the transaction", says(func(t *ledger.Transaction) {
			t.Type, t.Account, t.Destination, t.DestinationTag = "", "", "", nil
		}), payload.Pass},
		{"another account", both(with(tx{"Destination": ed}), says(func(t *ledger.Transaction) { t.Destination = ed })),
			payload.Fail},
		{"another tag", both(with(tx{"DestinationTag": 4712}),
			says(func(t *ledger.Transaction) { *t.DestinationTag = 4712 })), payload.Fail},
		{"no tag", both(with(tx{"DestinationTag": nil}), tagless), payload.Fail},
		{"tag 0 for none", both(asks(untagged), with(tx{"DestinationTag": 0}), tagless), payload.Fail},
		{"none for tag 0", both(asks(strings.Replace(paymentTemplate, "4711", "0", 1)), with(tx{"DestinationTag": nil}),
			tagless), payload.Fail},
		{"no tag, as asked", both(asks(untagged), with(tx{"DestinationTag": nil}), tagless), payload.Pass},
		{"the payee pays", both(with(tx{"Account": shop}), says(func(t *ledger.Transaction) { t.Account = shop })),
			payload.Fail},
		{"no destination", both(
			asks(`{"TransactionType":"Payment","Amount":"2500000"}`), with(tx{"Destination": nil, "DestinationTag": nil}),
			says(func(t *ledger.Transaction) { t.Destination, t.DestinationTag = "", nil }),
		), payload.Fail},
		{"node says another type", says(func(t *ledger.Transaction) { t.Type = "CheckCash" }), payload.Fail},
		{"node says another account", says(func(t *ledger.Transaction) { t.Account = ed }), payload.Fail},
		{"node says another destination", says(func(t *ledger.Transaction) { t.Destination = ed }), payload.Fail},
		{"node says another tag", says(func(t *ledger.Transaction) { *t.DestinationTag = 4712 }), payload.Fail},
		{"node says a tag and there is none", both(asks(untagged), with(tx{"DestinationTag": nil}),
			says(func(t *ledger.Transaction) { *t.DestinationTag = 0 })), payload.Fail},
		{"no amount asked", asks(`{"TransactionType":"Payment","Destination":"` + shop + `"}`), payload.Fail},
		{"nothing to deliver", asks(`{"TransactionType":"AccountSet"}`), payload.Skipped},
		{"template is not understood", asks(`{}`), payload.Fail},
		{"failed", says(func(t *ledger.Transaction) { t.Result = "tecPATH_DRY" }), payload.Fail},
		{"no result", says(func(t *ledger.Transaction) { t.Result = "" }), payload.Pending},
		{"provisional", says(func(t *ledger.Transaction) { t.Validated = false }), payload.Pending},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := payment(t)
			tt.change(t, f)
			if got := f.check(t, api.CheckDelivered); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

// A payment that may be partial is one with a flag and a least amount. Neither alone makes less enough.
func TestDeliverMin(t *testing.T) {
	const (
		flag  = `,"Flags":131072`
		least = `,"DeliverMin":"2000000"`
	)
	for _, tt := range []struct {
		name, asked, delivered string
		want                   payload.Outcome
	}{
		{"least", flag + least, `"2000000"`, payload.Pass},
		{"more than the least", flag + least, `"2499999"`, payload.Pass},
		{"less than the least", flag + least, `"1999999"`, payload.Fail},
		{"partial without a least amount", flag, `"2499999"`, payload.Fail},
		{"a least amount of what may not be partial", least, `"2000000"`, payload.Fail},
		{"a least amount with another flag", `,"Flags":65536` + least, `"2000000"`, payload.Fail},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := payment(t)
			f.order.TxJSON = json.RawMessage(paymentTemplate[:len(paymentTemplate)-1] + tt.asked + "}")
			f.evidence.Transaction.Delivered = json.RawMessage(tt.delivered)
			if got := f.check(t, api.CheckDelivered); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}
