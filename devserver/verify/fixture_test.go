package verify

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	binarycodec "github.com/Peersyst/xrpl-go/binary-codec"
	"github.com/Peersyst/xrpl-go/keypairs"

	"github.com/xaman-live/xaman-live/devserver/ledger"
	"github.com/xaman-live/xaman-live/devserver/xaman"
	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// Public test keys, on which nobody's money depends.
const (
	secpSeed = "snoPBrXtMeMyMHUVTgbuqAfg1SUTb"
	secp     = "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh"
	edSeed   = "sEdSKaCy2JT7JaM7v95H9SxkhP9wS2r"
	ed       = "rLUEXYuLiQptky37CqLcm9USQpPiz5rkpD"
	shop     = "rPT1Sjq2YGrBMTttX4GZHjKu9dyfzbpAYe"
	issuer   = "rsYqFWA68EWJ36xgs1EzXsthKEqYJA9dhN"
)

type tx = map[string]any

// sign signs as a phone does, with the key of seed.
func sign(t testing.TB, seed string, fields tx) string {
	t.Helper()
	fields = maps.Clone(fields)
	private, public := keys(t, seed)
	fields["SigningPubKey"] = public
	fields["TxnSignature"] = signing(t, private)(binarycodec.EncodeForSigning(fields))
	return encoded(t, fields)
}

// multisign signs with each seed, for the account that seeds say.
func multisign(t testing.TB, fields tx, seeds map[string]string) string {
	t.Helper()
	fields = maps.Clone(fields)
	fields["SigningPubKey"] = ""
	var signers []any
	for account, seed := range seeds {
		private, public := keys(t, seed)
		signers = append(signers, tx{"Signer": tx{
			"Account": account, "SigningPubKey": public,
			"TxnSignature": signing(t, private)(binarycodec.EncodeForMultisigning(fields, account)),
		}})
	}
	id := func(v any) string { return encoded(t, tx{"Account": v.(tx)["Signer"].(tx)["Account"]}) }
	slices.SortFunc(signers, func(a, b any) int { return strings.Compare(id(a), id(b)) })
	fields["Signers"] = signers
	return encoded(t, fields)
}

// shared is signed by two for a third.
func shared(t testing.TB, fields tx) string {
	return multisign(t, fields, map[string]string{secp: secpSeed, ed: edSeed})
}

func keys(t testing.TB, seed string) (private, public string) {
	t.Helper()
	private, public, err := keypairs.DeriveKeypair(seed, false)
	if err != nil {
		t.Fatal(err)
	}
	return private, public
}

// signing returns what signs a message in hex.
func signing(t testing.TB, private string) func(message string, err error) (signature string) {
	return func(message string, err error) (signature string) {
		t.Helper()
		raw, bad := hex.DecodeString(message)
		if err == nil && bad == nil {
			signature, err = keypairs.Sign(string(raw), private)
		}
		if err := errors.Join(err, bad); err != nil {
			t.Fatal(err)
		}
		return signature
	}
}

func encoded(t testing.TB, fields tx) string {
	t.Helper()
	text, err := binarycodec.Encode(fields)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func txIDOf(t testing.TB, blob string) string {
	t.Helper()
	id := txIDOrNothing(blob)
	if id == "" {
		t.Fatalf("%.100s is not hex", blob)
	}
	return id
}

var created = time.Date(2026, 1, 5, 10, 0, 0, 0, time.UTC)

// fixture is an order, the payload that answers it, and what the node says.
type fixture struct {
	order    Order
	payload  xaman.Payload
	evidence Evidence
	free     *bool // what the record says of the claim; nil: not asked yet
}

// tell puts a signed transaction into the payload.
func (f *fixture) tell(t testing.TB, blob string) {
	t.Helper()
	f.payload.Response.Hex, f.payload.Response.TxID = blob, txIDOf(t, blob)
	if f.evidence.Transaction != nil {
		f.evidence.Transaction.Hash = f.payload.Response.TxID
	}
}

// ask makes the order, and the platform's word of it, another one.
func (f *fixture) ask(template string) {
	f.order.TxJSON, f.payload.Payload.RequestJSON = json.RawMessage(template), json.RawMessage(template)
}

func (f *fixture) blob() *Blob { return ReadBlob(f.payload.Response.Hex) }

func (f *fixture) checks() []payload.Check {
	checks := Checks(f.order, f.payload, f.blob(), f.evidence)
	if f.free != nil && Claimable(checks) {
		return Claimed(checks, *f.free)
	}
	return checks
}

// worded reports whether a check says something, all of it, and why by a code that there is.
func worded(c payload.Check) bool {
	return c.Detail != "" && !strings.Contains(c.Detail, "%!") && slices.Contains(api.Details, api.Detail(c.Code))
}

// wantCheck fails the test unless a check has an outcome and a code, and says what stands behind a colon.
func (f *fixture) wantCheck(t testing.TB, name, want string) {
	t.Helper()
	reason, says, _ := strings.Cut(want, ": ")
	c := f.checks()[slices.Index(api.Checks, name)]
	got := string(c.Outcome) + " " + c.Code
	if c.Name != name || got != reason || !strings.Contains(c.Detail, says) || !worded(c) {
		t.Errorf("got %+v, want %s %s", c, name, want)
	}
}

// wantVerdict fails the test unless all checks say something, and those named fail, in the order of the checks.
func (f *fixture) wantVerdict(t testing.TB, want payload.Verdict, failing ...string) {
	t.Helper()
	var fails []string
	checks := f.checks()
	for _, c := range checks {
		if c.Outcome == payload.Fail {
			fails = append(fails, c.Name)
		}
		if !worded(c) {
			t.Errorf("%s says %q", c.Name, c.Detail)
		}
	}
	if got := Verdict(checks); got != want || !slices.Equal(fails, failing) {
		t.Errorf("got %s by %q, want %s by %q: %+v", got, fails, want, failing, checks)
	}
}

// gather asks a node, given what was known before.
func (f *fixture) gather(t testing.TB, n Node, e Evidence) (Evidence, error) {
	b := f.blob()
	return Gather(t.Context(), f.order, b, Checks(f.order, f.payload, b, e), n, e)
}

func (f *fixture) result() payload.Result { return Result(f.order, f.blob(), f.evidence) }

const paymentTemplate = `{"TransactionType":"Payment","Destination":"` + shop + `","DestinationTag":4711,` +
	`"Amount":"2500000"}`

// paymentFields is what a phone makes of paymentTemplate.
func paymentFields() tx {
	return tx{
		"TransactionType": "Payment", "Account": secp, "Destination": shop, "DestinationTag": 4711, "Amount": "2500000",
		"Fee": "12", "Sequence": 7, "LastLedgerSequence": 1020, "Flags": uint32(1 << 31),
	}
}

// paymentWith is paymentFields with other fields; nil leaves one out.
func paymentWith(changes tx) tx {
	fields := paymentFields()
	maps.Copy(fields, changes)
	maps.DeleteFunc(fields, func(_ string, v any) bool { return v == nil })
	return fields
}

// templateWith is paymentTemplate with more fields.
func templateWith(more string) string { return paymentTemplate[:len(paymentTemplate)-1] + more + "}" }

func usd(value string) string {
	return `{"currency":"USD","issuer":"` + issuer + `","value":"` + value + `"}`
}

// payment is a payment that was ordered, signed, submitted and validated.
func payment(t testing.TB) *fixture {
	f := &fixture{
		order: Order{
			UUID: "9a2c7a52-3c1e-4b53-9d4e-5f1b8c1f0a77", Application: "app", Identifier: "order-1",
			Network: "TESTNET", NetworkID: 1, Submit: true, Created: created, Ledger: 1000,
		},
		payload: xaman.Payload{
			Meta:        xaman.Meta{Exists: true, UUID: "9A2C7A52-3c1e-4b53-9d4e-5f1b8c1f0a77", Resolved: true, Signed: true},
			Application: xaman.Application{UUID: "app"},
			Payload:     xaman.Body{TxType: "Payment"},
			Response: xaman.Response{
				Account: secp, DispatchedNodeType: "TESTNET",
				EnvironmentNodeType: "TESTNET", EnvironmentNetworkID: new(int64(1)),
			},
			CustomMeta: xaman.Custom{Identifier: "order-1"},
		},
		evidence: Evidence{
			Server: &ledger.Server{NetworkID: new(uint32(1)), Validated: 1005},
			Transaction: &ledger.Transaction{
				Validated: true, Result: "tesSUCCESS", LedgerIndex: 1003, CloseTime: created.Add(time.Minute),
				Type: "Payment", Account: secp, Destination: shop, DestinationTag: new(uint32(4711)),
				Delivered: json.RawMessage(`"2500000"`),
			},
		},
		free: new(true),
	}
	f.ask(paymentTemplate)
	f.tell(t, sign(t, secpSeed, paymentFields()))
	return f
}

// login is a sign-in that was ordered and signed, of an account that is on the ledger.
func login(t testing.TB) *fixture {
	f := payment(t)
	f.order.Submit, f.order.TxJSON = false, json.RawMessage(`{"TransactionType":"SignIn"}`)
	f.payload.Payload = xaman.Body{TxType: "SignIn", RequestJSON: []byte(`{"TransactionType":"SignIn","SignIn":true}`)}
	f.payload.Response.DispatchedNodeType = ""
	f.evidence.Transaction = nil
	f.evidence.Accounts = map[string]ledger.Account{secp: {Ledger: 1005}}
	f.tell(t, sign(t, secpSeed, tx{"Account": secp}))
	return f
}
