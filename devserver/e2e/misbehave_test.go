package e2e

import (
	"maps"
	"slices"
	"testing"

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
		{"correct", "pay", "", everyday, verified, ""},
		{"correct, Ed25519", "pay", "", savings, verified, ""},
		{"correct, own key beside a regular one", "pay", "", company, verified, ""},
		{"regular key", "pay", "regular-key", company, verified, ""},
		{"correct", "sign-in", "", everyday, verified, ""},
		{"correct, Ed25519", "sign-in", "", savings, verified, ""},
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

	platform := startPlatform(t, quick)
	d := startOn(t, platform, platform)
	untested := listed(t, platform+"/phone/misbehaviours", "misbehaviours")
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
				made := create(t, c, tt.demo)
				d.accept(t, made.UUID, tt.account)
				if a := await(t, c, made.UUID); a.Verdict != verified {
					t.Fatalf("what is to be replayed: got %+v, want it verified", a)
				}
			default:
				t.Parallel()
			}
			made := create(t, c, tt.demo)
			d.accept(t, made.UUID, tt.account, tt.misbehave)
			a := await(t, c, made.UUID)
			check := failing(a)
			if a.Status != payload.StatusSigned || a.Verdict != tt.verdict || check != tt.check || len(a.Checks) != 10 {
				t.Errorf("got %s %s by %q, want %s by %q: %+v", a.Status, a.Verdict, check, tt.verdict, tt.check, a.Checks)
			}
			if (a.Result != payload.Result{}) != (tt.verdict == verified) {
				t.Errorf("got result %+v for the verdict %s", a.Result, a.Verdict)
			}
		})
	}
}

// failing names the first check of an answer that fails, or is "".
func failing(a payload.Answer) string {
	for _, c := range a.Checks {
		if c.Outcome == payload.Fail {
			return c.Name
		}
	}
	return ""
}
