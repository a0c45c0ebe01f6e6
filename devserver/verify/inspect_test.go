package verify

import (
	"encoding/json"
	"strings"
	"testing"
)

// specimen is a payment that was asked for, signed with its account's own key, and claimed by its hash.
func specimen(t testing.TB) Specimen {
	blob := sign(t, secpSeed, paymentFields())
	return Specimen{Hex: blob, TxID: new(txIDOf(t, blob)), RequestJSON: json.RawMessage(paymentTemplate)}
}

func TestInspect(t *testing.T) {
	_, secpKey := keys(t, secpSeed)
	both := map[string]string{secp: secpSeed, ed: edSeed}
	shared := func(t testing.TB, s *Specimen) {
		fields := paymentFields()
		fields["Account"] = issuer
		s.Hex = multisign(t, fields, both)
		*s.TxID = txIDOf(t, s.Hex)
	}
	foreign := func(t testing.TB, s *Specimen) {
		s.Hex = sign(t, edSeed, paymentFields())
		*s.TxID = txIDOf(t, s.Hex)
	}
	signIn := func(t testing.TB, s *Specimen) {
		s.Hex, s.RequestJSON = sign(t, secpSeed, tx{"Account": secp}), json.RawMessage(`{"SignIn":true}`)
		*s.TxID = txIDOf(t, s.Hex)
	}
	by := func(signer string, base func(testing.TB, *Specimen)) func(testing.TB, *Specimen) {
		return func(t testing.TB, s *Specimen) {
			base(t, s)
			s.Signer = signer
		}
	}
	none := func(testing.TB, *Specimen) {}
	tests := []struct {
		name    string
		change  func(testing.TB, *Specimen)
		opinion Opinion
		valid   bool
		by      string
		reason  string // part of it
	}{
		{"as asked", none, Accept, true, secp, "what was asked for."},
		{"no txid", func(_ testing.TB, s *Specimen) { s.TxID = nil }, Accept, true, secp, "none was compared"},
		{"no txid, to be asked about", func(t testing.TB, s *Specimen) {
			foreign(t, s)
			s.TxID = nil
		}, NeedsLedger, true, ed, "none was compared"},
		{"empty txid", func(_ testing.TB, s *Specimen) { *s.TxID = "" }, Reject, true, secp, "empty"},
		{"another txid", func(_ testing.TB, s *Specimen) { *s.TxID = strings.Repeat("0", 64) }, Reject, true, secp,
			"hash is another"},
		{"no request", func(_ testing.TB, s *Specimen) { s.RequestJSON = nil }, Reject, true, secp, "no request_json"},
		{"null request", func(_ testing.TB, s *Specimen) { s.RequestJSON = json.RawMessage(`null`) }, Reject, true, secp,
			"no request_json"},
		{"empty request", func(_ testing.TB, s *Specimen) { s.RequestJSON = json.RawMessage(`{}`) }, Reject, true, secp,
			"no transaction type"},
		{"absurd fee", func(t testing.TB, s *Specimen) {
			fields := paymentFields()
			fields["Fee"] = "100000000"
			s.Hex = sign(t, secpSeed, fields)
			*s.TxID = txIDOf(t, s.Hex)
		}, Reject, true, secp, "Fee of 100 XRP"},

		{"sign-in as the phone sees it", signIn, Accept, true, secp, "what was asked for"},
		{"sign-in as the phone sees it, for a payment", func(_ testing.TB, s *Specimen) {
			s.RequestJSON = json.RawMessage(`{"SignIn":true}`)
		}, Reject, true, secp, "TransactionType"},
		{"no sign-in", func(t testing.TB, s *Specimen) {
			signIn(t, s)
			s.RequestJSON = json.RawMessage(`{"SignIn":false}`)
		}, Reject, true, secp, "no transaction type"},

		{"signer by account", by(secp, none), Accept, true, secp, ""},
		{"signer by key", by(secpKey, none), Accept, true, secp, ""},
		{"signer who did not sign", by(ed, none), Reject, false, "", "has not signed"},
		{"account that another key signed for", by(secp, foreign), NeedsLedger, true, ed, ""},
		{"key that signed for another account", by(ed, foreign), NeedsLedger, true, ed, ""},
		{"one of several", by(ed, shared), NeedsLedger, true, ed, ""},
		{"none of several", by(shop, shared), Reject, false, "", "has not signed"},
		{"account that several signed for", by(issuer, shared), Reject, false, "", "has not signed"},
		{"nobody in particular of several", shared, NeedsLedger, true, ed, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := specimen(t)
			tt.change(t, &s)
			got := Inspect(s)
			if got.Opinion != tt.opinion || got.SignatureValid != tt.valid || !strings.Contains(got.Reason, tt.reason) ||
				got.Reason == "" {
				t.Errorf("got %+v, want %s, valid %t, %q", got, tt.opinion, tt.valid, tt.reason)
			}
			if got.SignedBy != tt.by && tt.name != "nobody in particular of several" || got.Opinion != Reject &&
				got.SignedBy == "" {
				t.Errorf("got signed by %q, want %q", got.SignedBy, tt.by)
			}
			if strings.Contains(got.Reason, "none was compared") != (s.TxID == nil) {
				t.Errorf("got reason %q, want it to say whether the hash was compared", got.Reason)
			}
		})
	}
}
