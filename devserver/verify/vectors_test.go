package verify

import (
	"encoding/json"
	"os"
	"slices"
	"testing"
)

// vector is a case of testdata/xrpl-signatures.json.
type vector struct {
	Name        string          `json:"name"`
	Hex         string          `json:"hex"`
	TxID        string          `json:"txid"`
	RequestJSON json.RawMessage `json:"request_json"`
	Options     struct {
		Pathfinding bool `json:"pathfinding"`
	} `json:"options"`
	ExplicitSigner string       `json:"explicit_signer"`
	Expect         expectation  `json:"expect"`
	Current        *expectation `json:"expect_current_definitions"`
	Policy         struct {
		Account              *string `json:"account"`
		AllSignaturesValid   bool    `json:"allSignaturesValid"`
		CanonicalSignature   bool    `json:"canonicalSignature"`
		SignerMatchesAccount bool    `json:"signerMatchesAccount"`
		TxIDMatches          bool    `json:"txidMatches"`
		RequestMatches       bool    `json:"requestMatches"`
		Verdict              Opinion `json:"verdict"`
	} `json:"policy"`
	EitherOK bool `json:"either_ok"`
}

type expectation struct {
	SignatureValid bool    `json:"signatureValid"`
	SignedBy       *string `json:"signedBy"`
	Multisigned    bool    `json:"multisigned"`
	Error          *string `json:"error"`
}

func (v vector) specimen() Specimen {
	return Specimen{
		Hex: v.Hex, TxID: &v.TxID, RequestJSON: v.RequestJSON, Pathfinding: v.Options.Pathfinding, Signer: v.ExplicitSigner,
	}
}

func vectors(t testing.TB) []vector {
	t.Helper()
	data, err := os.ReadFile("testdata/xrpl-signatures.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []vector
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

// vectorNamed returns the case of that name.
func vectorNamed(t testing.TB, name string) vector {
	t.Helper()
	all := vectors(t)
	return all[slices.IndexFunc(all, func(v vector) bool { return v.Name == name })]
}

func TestVectors(t *testing.T) {
	for _, v := range vectors(t) {
		t.Run(v.Name, func(t *testing.T) {
			got := Inspect(v.specimen())
			if got.Opinion != v.Policy.Verdict || got.Reason == "" {
				t.Errorf("got %s (%s), want %s", got.Opinion, got.Reason, v.Policy.Verdict)
			}
			want := v.Expect
			if v.Current != nil {
				want = *v.Current
			}
			if got.SignatureValid != want.SignatureValid && !(v.EitherOK && got.SignatureValid == v.Policy.AllSignaturesValid) {
				t.Errorf("got a valid signature: %t, want %t", got.SignatureValid, want.SignatureValid)
			}
			if want.SignatureValid && (got.SignedBy != *want.SignedBy || got.Multisigned != want.Multisigned) {
				t.Errorf("got %+v, want it signed by %s, multisigned: %t", got, *want.SignedBy, want.Multisigned)
			}
			b, err := parseBlob(v.Hex)
			switch {
			case (err == nil) != (v.Policy.Account != nil):
				t.Errorf("got error %v, want account %v", err, v.Policy.Account)
			case err == nil && address(b.fields.value("Account")) != *v.Policy.Account:
				t.Errorf("got account %s, want %s", address(b.fields.value("Account")), *v.Policy.Account)
			}
			if id := txIDOrNothing(v.Hex); (id == v.TxID) != v.Policy.TxIDMatches {
				t.Errorf("got txid %s", id)
			}
		})
	}
}
