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
	_, edKey := keys(t, edSeed)
	tell := func(s *Specimen, blob string) { s.Hex, s.TxID = blob, new(txIDOf(t, blob)) }
	several := func(s *Specimen) { tell(s, shared(t, paymentWith(tx{"Account": issuer}))) }
	foreign := func(s *Specimen) { tell(s, sign(t, edSeed, paymentFields())) }
	signIn := func(s *Specimen) {
		tell(s, sign(t, secpSeed, tx{"Account": secp}))
		s.RequestJSON = []byte(`{"SignIn":true}`)
	}
	by := func(signer string, base func(*Specimen)) func(*Specimen) {
		return func(s *Specimen) {
			base(s)
			s.Signer = signer
		}
	}
	asks := func(request string) func(*Specimen) { return func(s *Specimen) { s.RequestJSON = []byte(request) } }
	none := func(*Specimen) {}
	tests := []struct {
		name    string
		change  func(*Specimen)
		opinion Opinion
		valid   bool
		by      string
		reason  string // part of it
	}{
		{"as asked", none, Accept, true, secp, "what was asked for."},
		{"no txid", func(s *Specimen) { s.TxID = nil }, Accept, true, secp, "none was compared"},
		{"no txid, to be asked about", func(s *Specimen) {
			foreign(s)
			s.TxID = nil
		}, NeedsLedger, true, ed, "none was compared"},
		{"empty txid", func(s *Specimen) { *s.TxID = "" }, Reject, true, secp, "empty"},
		{"another txid", func(s *Specimen) { *s.TxID = strings.Repeat("0", 64) }, Reject, true, secp, "hash is another"},
		{"no request", asks(``), Reject, true, secp, "no request_json"},
		{"null request", asks(`null`), Reject, true, secp, "no request_json"},
		{"empty request", asks(`{}`), Reject, true, secp, "no transaction type"},
		{"absurd fee", func(s *Specimen) {
			tell(s, sign(t, secpSeed, paymentWith(tx{"Fee": "100000000"})))
		}, Reject, true, secp, "Fee of 100 XRP"},

		{"sign-in as the phone sees it", signIn, Accept, true, secp, "what was asked for"},
		{"sign-in as the phone sees it, for a payment", asks(`{"SignIn":true}`), Reject, true, secp, "TransactionType"},
		{"no sign-in", func(s *Specimen) {
			signIn(s)
			s.RequestJSON = []byte(`{"SignIn":false}`)
		}, Reject, true, secp, "no transaction type"},

		{"signer by account", by(secp, none), Accept, true, secp, ""},
		{"signer by key", by(secpKey, none), Accept, true, secp, ""},
		{"signer who did not sign", by(ed, none), Reject, false, "", "has not signed"},
		{"account that another key signed for", by(secp, foreign), NeedsLedger, true, ed, ""},
		{"key that signed for another account", by(ed, foreign), NeedsLedger, true, ed, ""},
		{"one of several", by(ed, several), NeedsLedger, true, ed, ""},
		{"another of several", by(secp, several), NeedsLedger, true, secp, ""},
		{"one of several by key", by(edKey, several), NeedsLedger, true, ed, ""},
		{"one of several by key in lower case", by(strings.ToLower(edKey), several), NeedsLedger, true, ed, ""},
		{"none of several", by(shop, several), Reject, false, "", "has not signed"},
		{"account that several signed for", by(issuer, several), Reject, false, "", "has not signed"},
		{"nobody in particular of several", several, NeedsLedger, true, ed, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := specimen(t)
			tt.change(&s)
			got := Inspect(s)
			if got.Opinion != tt.opinion || got.SignatureValid != tt.valid || got.Reason == "" ||
				!strings.Contains(got.Reason, tt.reason) {
				t.Errorf("got %+v, want %s, valid %t, %q", got, tt.opinion, tt.valid, tt.reason)
			}
			anybody := tt.name == "nobody in particular of several"
			if got.SignedBy != tt.by && !anybody || got.Opinion != Reject && got.SignedBy == "" {
				t.Errorf("got signed by %q, want %q", got.SignedBy, tt.by)
			}
			if strings.Contains(got.Reason, "none was compared") != (s.TxID == nil) {
				t.Errorf("got reason %q, want it to say whether the hash was compared", got.Reason)
			}
		})
	}
}
