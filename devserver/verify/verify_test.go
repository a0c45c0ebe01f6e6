package verify

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/xaman-live/xaman-live/devserver/ledger"
	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// TestChecks changes one thing of a payment or a sign-in, and looks at all checks.
func TestChecks(t *testing.T) {
	none := func(*fixture) {}
	rest := `,"TransactionType":"Payment","Destination":"` + shop + `"}`
	const fails, waits, asks = "fail", "pending", ", and the platform is asked again"
	type row struct {
		name   string
		base   func(testing.TB) *fixture
		change func(*fixture)
		want   string // outcome and code of the check; "": that all pass
	}
	tests := map[string][]row{
		"": {
			{"payment", payment, none, ""},
			{"sign-in", login, none, ""},
			{"signed after expiry", payment, func(f *fixture) { f.payload.Meta.Expired = true }, ""},
			{"the account expected", payment, func(f *fixture) { f.order.ExpectAccount = secp }, ""},
			{"not submitted", payment, func(f *fixture) {
				f.order.Submit, f.evidence.Transaction, f.evidence.Accounts = false, nil, accounts(secp, ledger.Account{})
			}, ""},
			{"no identifier, and none was given", payment, func(f *fixture) {
				f.order.Identifier, f.payload.CustomMeta.Identifier = "", ""
			}, ""},
			{"no network id", payment, func(f *fixture) { f.payload.Response.EnvironmentNetworkID = nil }, ""},
			{"submission not reported", payment, func(f *fixture) { f.payload.Response.DispatchedNodeType = "" }, ""},
			{"no network of a payment: the ledger says where it is", payment, func(f *fixture) {
				f.payload.Response.EnvironmentNodeType, f.payload.Response.DispatchedNodeType = "", ""
			}, ""},
			{"platform's request is written otherwise", payment, func(f *fixture) {
				f.payload.Payload.RequestJSON = []byte(`{"Amount":2500000,"DestinationTag":"4711"` + rest)
			}, ""},
			{"platform says no type", payment, func(f *fixture) { f.payload.Payload.TxType = "" }, ""},
			{"txid in lower case", login, func(f *fixture) {
				f.payload.Response.TxID = strings.ToLower(f.payload.Response.TxID)
			}, ""},
		},
		api.CheckResolved: {
			{"does not exist", payment, func(f *fixture) { f.payload.Meta.Exists = false }, "fail not-signed"},
			{"not resolved", payment, func(f *fixture) { f.payload.Meta.Resolved = false }, "fail not-signed"},
			{"declined", payment, func(f *fixture) { f.payload.Meta.Signed = false }, "fail not-signed"},
			{"cancelled", payment, func(f *fixture) { f.payload.Meta.Cancelled = true }, "fail cancelled"},
		},
		api.CheckOwner: {
			{"another payload", payment, func(f *fixture) { f.payload.Meta.UUID = "x" }, "fail other-request"},
			{"another application", payment, func(f *fixture) { f.payload.Application.UUID = "x" }, "fail other-application"},
			{"another identifier", payment, func(f *fixture) { f.payload.CustomMeta.Identifier = "x" }, "fail other-request"},
			{"no payload id", payment, func(f *fixture) { f.payload.Meta.UUID = "" }, "pending owner-not-said" + asks},
			{"no application", payment, func(f *fixture) { f.payload.Application.UUID = "" }, "pending owner-not-said" + asks},
			{"no identifier", payment, func(f *fixture) {
				f.payload.CustomMeta.Identifier = ""
			}, "pending owner-not-said" + asks},
		},
		api.CheckNetwork: {
			{"submitted elsewhere", payment, func(f *fixture) {
				f.payload.Response.DispatchedNodeType = "MAINNET"
			}, "fail other-network"},
			{"signed elsewhere", login, func(f *fixture) {
				f.payload.Response.EnvironmentNodeType = "MAINNET"
			}, "fail other-network"},
			{"submitted here, signed elsewhere", payment, func(f *fixture) {
				f.payload.Response.EnvironmentNodeType = "DEVNET"
			}, "fail other-network"},
			{"network's name here, its id elsewhere", payment, func(f *fixture) {
				*f.payload.Response.EnvironmentNetworkID = 0
			}, "fail other-network"},
			{"transaction for another network", payment, func(f *fixture) {
				f.tell(t, sign(t, secpSeed, paymentWith(tx{"NetworkID": 21338})))
			}, "fail other-network"},
			{"testnet money for a mainnet order", payment, func(f *fixture) {
				f.order.Network, f.order.NetworkID = "MAINNET", 0
			}, "fail other-network"},
			{"testnet order without an id", payment, func(f *fixture) { f.order.NetworkID = 0 }, "fail other-network"},
			{"own node elsewhere", payment, func(f *fixture) { *f.evidence.Server.NetworkID = 0 }, "fail node-on-other-network"},
			{"own node does not say where it is", payment, func(f *fixture) {
				f.evidence.Server.NetworkID = nil
			}, "pending node-unusable"},
			{"own node not asked", login, func(f *fixture) { f.evidence.Server = nil }, "pending node-not-asked-yet"},
			{"no network", login, func(f *fixture) {
				f.payload.Response.EnvironmentNodeType = ""
			}, "pending not-reported-yet" + asks},
		},
		api.CheckRequest: {
			{"platform's request has another amount", payment, func(f *fixture) {
				f.payload.Payload.RequestJSON = []byte(`{"Amount":"1","DestinationTag":4711` + rest)
			}, "fail platform-differs"},
			{"platform's request has more", payment, func(f *fixture) {
				f.payload.Payload.RequestJSON = []byte(templateWith(`,"SourceTag":1`))
			}, "fail platform-differs"},
			{"platform's type is another", payment, func(f *fixture) {
				f.payload.Payload.TxType = "OfferCreate"
			}, "fail platform-differs"},
			{"platform has no request", payment, func(f *fixture) {
				f.payload.Payload.RequestJSON = nil
			}, "pending not-shown-yet" + asks},
			{"platform has a null request", payment, func(f *fixture) {
				f.payload.Payload.RequestJSON = []byte(`null`)
			}, "fail platform-differs"},
		},
		api.CheckTxID: {
			{"another txid", payment, func(f *fixture) { f.payload.Response.TxID = "C0FFEE" }, "fail other-hash"},
		},
		api.CheckSigner: {
			{"another account than expected", login, func(f *fixture) { f.order.ExpectAccount = ed }, "fail other-account"},
		},
		api.CheckSingleUse: {
			{"not booked", payment, func(f *fixture) { f.free = nil }, "pending not-counted-yet"},
			{"booked for another", payment, func(f *fixture) { f.free = new(false) }, "fail used-before"},
		},
	}
	for check, rows := range tests {
		for _, tt := range rows {
			t.Run(tt.name, func(t *testing.T) {
				f := tt.base(t)
				tt.change(f)
				checks := f.checks()
				if len(checks) != len(api.Checks) {
					t.Fatalf("got %d checks, want %d", len(checks), len(api.Checks))
				}
				reason, _, asked := strings.Cut(tt.want, ",")
				outcome, code, _ := strings.Cut(reason, " ")
				for i, name := range api.Checks {
					want := string(payload.Pass)
					switch {
					case name == check:
						want = outcome
					case name == api.CheckSingleUse && outcome == fails:
						want = string(payload.Skipped) // nothing is claimed
					case name == api.CheckSingleUse && outcome == waits:
						want = waits
					case !f.order.Submit && (name == api.CheckLedger || name == api.CheckDelivered):
						want = string(payload.Skipped)
					}
					c := checks[i]
					if c.Name != name || string(c.Outcome) != want || name == check && c.Code != code || !worded(c) {
						t.Errorf("got check %+v, want %s %s with a detail", c, name, want)
					}
				}
				want := map[string]payload.Verdict{
					"": payload.VerdictVerified, waits: payload.VerdictChecking, fails: payload.VerdictUnverified,
				}[outcome]
				if got := Verdict(checks); got != want {
					t.Errorf("got verdict %s, want %s", got, want)
				}
				if got := Incomplete(f.order, f.payload); got != asked {
					t.Errorf("more to ask for: got %t, want %t", got, asked)
				}
			})
		}
	}
}

// The reasons are read by whoever looks for what became of a payment.
func TestReasons(t *testing.T) {
	broken := func(f *fixture) {
		// The last byte is of the account that the payment goes to.
		f.payload.Response.Hex = f.payload.Response.Hex[:len(f.payload.Response.Hex)-2] + "00"
	}
	unmarked := func(f *fixture) { f.order.Unmarked = true }
	tests := []struct {
		name        string
		base        func(testing.TB) *fixture
		change      func(*fixture)
		check, want string
	}{
		{"nothing on the ledger for a sign-in", login, func(*fixture) {}, api.CheckLedger,
			"skipped sign-in-only: A sign-in is never submitted"},
		{"no money for a sign-in", login, func(*fixture) {}, api.CheckDelivered,
			"skipped sign-in-only: A sign-in moves no money."},
		{"unmarked sign-in", login, unmarked, api.CheckRequest, "pass as-asked-unmarked: only the platform says for what"},
		{"unmarked payment", payment, unmarked, api.CheckRequest,
			"pass as-asked-unmarked: The signed transaction is the one that was asked for. The order had no mark"},
		{"several signatures", login, func(f *fixture) { f.tell(t, shared(t, tx{"Account": shop})) }, api.CheckSignature,
			"pass signature-valid: All 2 signatures are valid."},
		{"echo with an unknown field", payment, func(f *fixture) {
			f.payload.Payload.RequestJSON = []byte(`{"TransactionType":"Payment","Amuont":"1"}`)
		}, api.CheckRequest, `fail platform-differs: no transaction has a field "Amuont"`},
		{"unreadable", payment, func(f *fixture) { f.payload.Response.Hex = "zz" }, api.CheckSignature,
			"fail unreadable: The signed transaction is refused: it is not hex."},
		{"signature for another", payment, broken, api.CheckSignature,
			"fail signature-invalid: The signed transaction is refused: its signature is not valid."},
		{"nobody has signed", payment, broken, api.CheckSigner,
			"skipped other-check-failed: Not checked: nobody has signed validly."},
		{"not reported where it was submitted, and not in a ledger", payment, func(f *fixture) {
			f.payload.Response.DispatchedNodeType, f.evidence.Transaction.Validated = "", false
		}, api.CheckNetwork, "pending not-reported-yet: has not reported yet where it submitted"},
		{"reported where it was submitted, and not in a ledger", payment, func(f *fixture) {
			f.evidence.Transaction.Validated = false
		}, api.CheckNetwork, "pass right-network"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := tt.base(t)
			tt.change(f)
			f.wantCheck(t, tt.check, tt.want)
		})
	}
}

// A transaction that is not the one that was asked for has no amount that matters.
func TestNothingIsSaidOfTheAmountOfAnotherTransaction(t *testing.T) {
	f := payment(t)
	f.ask(strings.Replace(paymentTemplate, "4711", "4712", 1))
	const want = "The signed transaction has another DestinationTag than was asked for."
	if c := f.checks()[3]; c.Outcome != payload.Fail || c.Detail != want {
		t.Errorf("got %+v", c)
	}
}

func TestNothingIsWaitedForAfterAFailure(t *testing.T) {
	f := payment(t)
	f.order.ExpectAccount, f.evidence, f.free = ed, Evidence{}, nil
	for _, c := range f.checks() {
		if c.Outcome == payload.Pending || !worded(c) {
			t.Errorf("got %+v, want nothing pending, and a reason", c)
		}
	}
}

func TestSignInIsNoPaymentAndPaymentNoSignIn(t *testing.T) {
	pay, in := payment(t), login(t)
	pay.payload.Response, in.payload.Response = in.payload.Response, pay.payload.Response
	pay.evidence.Transaction.Hash = pay.payload.Response.TxID
	for _, f := range []*fixture{pay, in} {
		f.wantCheck(t, api.CheckRequest, "fail other-type")
	}
}

func TestSignedWithNothingToShowYet(t *testing.T) {
	for name, change := range map[string]func(*fixture){
		"no blob":    func(f *fixture) { f.payload.Response.Hex = "" },
		"no txid":    func(f *fixture) { f.payload.Response.TxID = "" },
		"no account": func(f *fixture) { f.payload.Response.Account = "" },
	} {
		t.Run(name, func(t *testing.T) {
			f := payment(t)
			change(f)
			f.wantVerdict(t, payload.VerdictChecking)
			f.wantCheck(t, api.CheckResolved, "pending not-shown-yet")
			if len(f.checks()) != len(api.Checks) || !Incomplete(f.order, f.payload) {
				t.Errorf("got %+v, want it incomplete", f.checks())
			}
		})
	}
}

func TestUnreadableBlob(t *testing.T) {
	f := payment(t)
	f.payload.Response.Hex = "413080000000000000000"
	passing := []string{api.CheckResolved, api.CheckOwner, api.CheckNetwork}
	for i, c := range f.checks() {
		want := payload.Skipped
		switch {
		case slices.Contains(passing, c.Name):
			want = payload.Pass
		case c.Name == api.CheckSignature:
			want = payload.Fail
		}
		if c.Name != api.Checks[i] || c.Outcome != want || !worded(c) {
			t.Errorf("got %+v, want %s %s", c, api.Checks[i], want)
		}
	}
}

func TestNoRecordOfWhatWasAskedFor(t *testing.T) {
	for _, text := range []string{"", "null", "{}", `{"TransactionType":"PaymentChannelAuthorize","Amount":"1"}`} {
		f := payment(t)
		f.order.TxJSON = json.RawMessage(text)
		f.wantVerdict(t, payload.VerdictUnverified, api.CheckRequest, api.CheckDelivered)
	}
}

func TestVerdictFailsClosed(t *testing.T) {
	good := func() []payload.Check { return payment(t).checks() }
	with := func(name string, o payload.Outcome) []payload.Check {
		checks := good()
		for i := range checks {
			if checks[i].Name == name {
				checks[i].Outcome = o
			}
		}
		return checks
	}
	tests := []struct {
		name   string
		checks []payload.Check
		want   payload.Verdict
	}{
		{"all pass", good(), payload.VerdictVerified},
		{"no checks", nil, payload.VerdictUnverified},
		{"one fails after one is pending", append(with(api.CheckLedger, payload.Pending), fail("x", "", "")),
			payload.VerdictUnverified},
		{"an outcome is not known", with(api.CheckOwner, "probably"), payload.VerdictUnverified},
		{"an outcome is empty", with(api.CheckOwner, ""), payload.VerdictUnverified},
		{"pending alone", []payload.Check{pending(api.CheckNetwork, "", "")}, payload.VerdictUnverified},
	}
	for i, name := range api.Checks {
		if got := Verdict(slices.Delete(good(), i, i+1)); got != payload.VerdictUnverified {
			t.Errorf("without %s: got %s", name, got)
		}
		if got := Verdict(with(name, payload.Fail)); got != payload.VerdictUnverified {
			t.Errorf("%s fails: got %s", name, got)
		}
		if got := Verdict(with(name, payload.Pending)); got != payload.VerdictChecking {
			t.Errorf("%s is pending: got %s", name, got)
		}
		skippable := name == api.CheckLedger || name == api.CheckDelivered
		if got := Verdict(with(name, payload.Skipped)); (got == payload.VerdictVerified) != skippable {
			t.Errorf("%s is skipped: got %s", name, got)
		}
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Verdict(tt.checks); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestOrderAndEvidenceSurviveStorage(t *testing.T) {
	f := login(t)
	f.evidence.Accounts[ed] = ledger.Account{Missing: true}
	type stored struct {
		O Order
		E Evidence
	}
	var got stored
	data, err := json.Marshal(stored{f.order, f.evidence})
	if err == nil {
		err = json.Unmarshal(data, &got)
	}
	if err != nil {
		t.Fatal(err)
	}
	f.order, f.evidence = got.O, got.E
	f.wantVerdict(t, payload.VerdictVerified)
	if a := f.evidence.Accounts[ed]; !a.Missing {
		t.Errorf("got %+v, want an account known not to be on the ledger", a)
	}
}
