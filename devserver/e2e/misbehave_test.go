package e2e

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/devserver/sandbox"
	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

func TestMisbehavingPhones(t *testing.T) {
	const verified, unverified = payload.VerdictVerified, payload.VerdictUnverified
	tests := []struct {
		name, demo string
		misbehave  string
		account    string
		verdict    payload.Verdict
		check      string // the first that fails
	}{
		{"honest", "pay", "", everyday, verified, ""},
		{"honest, Ed25519", "pay", "", savings, verified, ""},
		{"honest, own key beside a regular one", "pay", "", company, verified, ""},
		{"regular key", "pay", "regular-key", company, verified, ""},
		{"honest", "sign-in", "", everyday, verified, ""},
		{"honest, Ed25519", "sign-in", "", savings, verified, ""},
		{"regular key", "sign-in", "regular-key", company, verified, ""},
		{"account not on the ledger", "sign-in", "", newcomer, verified, ""},

		{"other account", "pay", "other-account", everyday, unverified, api.CheckSigner},
		{"other account", "sign-in", "other-account", everyday, unverified, api.CheckSigner},
		{"other account for one not on the ledger", "sign-in", "other-account", newcomer, unverified, api.CheckSigner},
		{"account not on the ledger", "pay", "", newcomer, unverified, api.CheckLedger},
		{"wrong amount", "pay", "wrong-amount", everyday, unverified, api.CheckRequest},
		{"wrong destination", "pay", "wrong-destination", everyday, unverified, api.CheckRequest},
		{"dropped tag", "pay", "dropped-tag", everyday, unverified, api.CheckRequest},
		{"partial payment", "pay", "partial-payment", everyday, unverified, api.CheckRequest},
		{"other network", "pay", "other-network", everyday, unverified, api.CheckNetwork},
		{"other network", "sign-in", "other-network", everyday, unverified, api.CheckNetwork},
		{"wrong txid", "pay", "wrong-txid", everyday, unverified, api.CheckTxID},
		{"wrong txid", "sign-in", "wrong-txid", everyday, unverified, api.CheckTxID},
		{"high S", "pay", "high-s", everyday, unverified, api.CheckSignature},
		{"high S", "sign-in", "high-s", everyday, unverified, api.CheckSignature},
		{"sign-in for a payment", "pay", "sign-in-for-payment", everyday, unverified, api.CheckRequest},
		{"payment for a sign-in", "sign-in", "payment-for-sign-in", everyday, unverified, api.CheckRequest},
		{"absurd fee", "pay", "absurd-fee", everyday, unverified, api.CheckRequest},
		{"replay", "pay", "replay", everyday, unverified, api.CheckRequest},
		{"replay", "sign-in", "replay", everyday, unverified, api.CheckRequest},
		{"no memo, where the mark is none", "pay", "dropped-memo", everyday, verified, ""},
		{"dropped memo", "sign-in", "dropped-memo", everyday, unverified, api.CheckRequest},
		{"dropped InvoiceID", "pay", "dropped-invoice-id", everyday, unverified, api.CheckRequest},
		{"another site's sign-in", "sign-in", "foreign-sign-in", everyday, unverified, api.CheckRequest},
		{"older than the request", "pay", "older-transaction", everyday, unverified, api.CheckLedger},
		{"fails on the ledger", "pay", "submit-fails", everyday, unverified, api.CheckLedger},
		{"delivers less", "pay", "delivers-less", everyday, unverified, api.CheckDelivered},
		{"never submits", "pay", "never-submits", everyday, unverified, api.CheckLedger},
		{"claims success", "pay", "claims-success", everyday, unverified, api.CheckLedger},
	}

	// A ledger this fast has closed all that a transaction may be in after 0.2 s.
	d := startOn(t, startPlatform(t, sandbox.Config{CloseEvery: 10 * time.Millisecond, Lag: time.Millisecond}))
	untested := misbehaviours(t, d)
	for _, tt := range tests {
		delete(untested, tt.misbehave)
	}
	if len(untested) > 0 {
		t.Errorf("not tested: %q", slices.Sorted(maps.Keys(untested)))
	}
	for _, tt := range tests {
		t.Run(tt.demo+"/"+tt.name, func(t *testing.T) {
			c := d.visitor(t)
			switch tt.misbehave {
			case "never-submits", "claims-success":
				// The next signature by the same account is the same, until a ledger has closed.
			case "replay":
				made, err := c.Create(t.Context(), tt.demo, "")
				if err != nil {
					t.Fatal(err)
				}
				d.accept(t, made.UUID, tt.account)
				if a := await(t, c, made.UUID); a.Verdict != verified {
					t.Fatalf("what is to be replayed: got %+v, want it verified", a)
				}
			default:
				t.Parallel()
			}
			made, err := c.Create(t.Context(), tt.demo, "")
			if err != nil {
				t.Fatal(err)
			}
			d.accept(t, made.UUID, tt.account, tt.misbehave)
			a := await(t, c, made.UUID)
			failing := slices.IndexFunc(a.Checks, func(c payload.Check) bool { return c.Outcome == payload.Fail })
			check := ""
			if failing >= 0 {
				check = a.Checks[failing].Name
			}
			if a.Status != payload.StatusSigned || a.Verdict != tt.verdict || check != tt.check || len(a.Checks) != 10 {
				t.Errorf("got %s %s by %q, want %s by %q: %+v", a.Status, a.Verdict, check, tt.verdict, tt.check, a.Checks)
			}
			if (a.Result != payload.Result{}) != (tt.verdict == verified) {
				t.Errorf("got result %+v for the verdict %s", a.Result, a.Verdict)
			}
		})
	}
}

func misbehaviours(t *testing.T, d devserver) map[string]bool {
	t.Helper()
	res, err := (&http.Client{Transport: transport(t)}).Get(d.sandbox + "/phone/misbehaviours")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var doc struct {
		Misbehaviours []struct{ Name string }
	}
	if err := json.NewDecoder(res.Body).Decode(&doc); err != nil || len(doc.Misbehaviours) == 0 {
		t.Fatalf("got %+v, %v, want the phone's misbehaviours", doc, err)
	}
	names := map[string]bool{}
	for _, m := range doc.Misbehaviours {
		names[m.Name] = true
	}
	return names
}
