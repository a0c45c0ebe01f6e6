package verify

import (
	"encoding/hex"
	"maps"
	"strings"
	"testing"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// signInBlob builds the blob of a sign-in of secp.
func signInBlob(key, signature string) string {
	prefixed := func(text string) string { return hex.EncodeToString([]byte{byte(len(text) / 2)}) + text }
	return "73" + prefixed(key) + "74" + prefixed(signature) + "8114B5F762798A53D543A014CAF8B297CFF8F2F937E8"
}

func TestSignatureForms(t *testing.T) {
	const (
		key       = "0330E7FC9D56BB25D6893BA3F317AE5BCF33B3291BD63DB32654A313222F7FD020"
		signature = "3045022100956F4F56B6EE1F951B976255FCFF35CD677D8811C12D31227966B414E66F6ED8" +
			"02202F3BB9A8E9264266F4BAABEC92A49D61CEB9D80163872595E5CE2086D8C32F4A"
		edKey = "ED01FA53FA5A7E77798F882ECE20B1ABC00BB358A9E55A202D0D0676BD0CE37A63"
	)
	point, err := secp256k1.ParsePubKey(ReadBlob(signInBlob(key, signature)).signatures[0].key)
	if err != nil {
		t.Fatal(err)
	}
	long := hex.EncodeToString(point.SerializeUncompressed())
	tests := []struct{ name, blob, why string }{
		{"good", signInBlob(key, signature), ""},
		{"lower case", strings.ToLower(signInBlob(key, signature)), ""},
		{"key of 65 bytes", signInBlob(long, signature), "33 bytes"},
		{"empty key", signInBlob("", signature), "33 bytes"},
		{"key of no kind", signInBlob("05"+key[2:], signature), "no known kind"},
		{"key beside the curve", signInBlob("02"+strings.Repeat("FF", 32), signature), "curve"},
		{"another key", signInBlob("02"+key[2:], signature), "not valid"},
		{"bytes behind the signature", signInBlob(key, signature+"00"), "canonical"},
		{"a byte changed", signInBlob(key, signature[:len(signature)-2]+"4B"), "not valid"},
		{"padded number", signInBlob(key, "3046"+signature[4:72]+"0221"+"00"+signature[len(signature)-64:]), "canonical"},
		{"empty signature", signInBlob(key, ""), "canonical"},
		{"r is 0", signInBlob(key, "3006020100020101"), "canonical"},
		{"s is 0", signInBlob(key, "3006020101020100"), "canonical"},
		{"ed25519 signature for secp256k1", signInBlob(key, strings.Repeat("01", 64)), "canonical"},
		{"secp256k1 signature for ed25519", signInBlob(edKey, signature), "not valid"},
		{"ed25519 signature of 63 bytes", signInBlob(edKey, strings.Repeat("01", 63)), "not valid"},
		{"high s", vectorNamed(t, "high S").Hex, "lower s"},
		{"no signature", "7321" + key + "8114B5F762798A53D543A014CAF8B297CFF8F2F937E8", "not signed"},
		{"no key", "744401" + strings.Repeat("00", 67) + "8114B5F762798A53D543A014CAF8B297CFF8F2F937E8", "no signing key"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := ReadBlob(tt.blob)
			if b.err != nil {
				t.Fatal(b.err)
			}
			if valid := b.valid.Outcome == payload.Pass; valid != (tt.why == "") || !strings.Contains(b.valid.Detail, tt.why) {
				t.Errorf("got %+v, want %q", b.valid, tt.why)
			}
		})
	}
}

func TestMultisigned(t *testing.T) {
	fields := tx{"Account": shop, "Sequence": 5, "Fee": "36"}
	good := shared(t, fields)
	change := func(how func(tx, []any) []any) func(*testing.T) string {
		return func(t *testing.T) string {
			var signers []any
			for _, s := range ReadBlob(good).signatures {
				signers = append(signers, tx{"Signer": tx{
					"Account": address(s.account), "SigningPubKey": hex.EncodeToString(s.key),
					"TxnSignature": hex.EncodeToString(s.bytes),
				}})
			}
			all := maps.Clone(fields)
			all["SigningPubKey"] = ""
			all["Signers"] = how(all, signers)
			return encoded(t, all)
		}
	}
	inner := func(v any) tx { return v.(tx)["Signer"].(tx) }
	tests := []struct {
		name string
		blob func(*testing.T) string
		why  string
	}{
		{"good", func(*testing.T) string { return good }, ""},
		{"good, taken apart and put together", change(func(_ tx, s []any) []any { return s }), ""},
		{"with a regular key", func(t *testing.T) string {
			return multisign(t, fields, map[string]string{issuer: secpSeed})
		}, ""},
		{"second signature broken", change(func(_ tx, s []any) []any {
			inner(s[1])["TxnSignature"] = inner(s[0])["TxnSignature"]
			return s
		}), "signature"},
		{"signer's account exchanged", change(func(_ tx, s []any) []any {
			inner(s[1])["Account"] = "rrrrrrrrrrrrrrrrrrrrBZbvji"
			return []any{s[1], s[0]}
		}), "not valid"},
		{"out of order", change(func(_ tx, s []any) []any { return []any{s[1], s[0]} }), "out of order"},
		{"one twice", change(func(_ tx, s []any) []any { return []any{s[0], s[0]} }), "out of order"},
		{"nobody", change(func(tx, []any) []any { return []any{} }), "by nobody"},
		{"the account itself", func(t *testing.T) string { return shared(t, tx{"Account": secp}) }, "own account"},
		{"signed and multisigned", change(func(all tx, s []any) []any {
			all["TxnSignature"] = inner(s[0])["TxnSignature"]
			return s
		}), "at once"},
		{"multisigned with a key", change(func(all tx, s []any) []any {
			all["SigningPubKey"] = inner(s[0])["SigningPubKey"]
			return s
		}), "at once"},
		{"a signer with more", change(func(_ tx, s []any) []any {
			inner(s[0])["Flags"] = 1
			return s
		}), "one account, key and signature"},
		{"a signer with less", change(func(_ tx, s []any) []any {
			delete(inner(s[0]), "TxnSignature")
			return s
		}), "one account, key and signature"},
		{"something else than signers", change(func(tx, []any) []any {
			return []any{tx{"Memo": tx{"MemoData": "00"}}}
		}), "something else than signers"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := Inspect(Specimen{Hex: tt.blob(t)})
			if f.SignatureValid != (tt.why == "") || f.Multisigned != (tt.why != "at once") {
				t.Errorf("got valid %t, multisigned %t: %s", f.SignatureValid, f.Multisigned, f.Reason)
			}
			if strings.HasPrefix(f.Reason, "The signed transaction is refused: ") != (tt.why != "") ||
				!strings.Contains(f.Reason, tt.why) {
				t.Errorf("got reason %q, want %q", f.Reason, tt.why)
			}
		})
	}
}

// Verifying is for reading a blob alone: what is said of it later costs nothing of that kind.
func TestSignaturesAreVerifiedOnce(t *testing.T) {
	f := payment(t)
	b := f.blob()
	b.signatures[0].bytes = nil // would be refused now
	checks := Checks(f.order, f.payload, b, f.evidence)
	if _, err := Gather(t.Context(), f.order, b, checks, node(f), Evidence{}); err != nil || !Claimable(checks) {
		t.Errorf("got %+v, %v, want the signature to count as it was read", checks, err)
	}
}
