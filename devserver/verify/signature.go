package verify

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha512"
	"errors"

	addresscodec "github.com/Peersyst/xrpl-go/address-codec"
	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"

	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// What is hashed or signed begins with four bytes that say what it is, so that nothing signed as one can pass as
// another.
const (
	prefixTransaction = "TXN\x00"
	prefixSingle      = "STX\x00"
	prefixMulti       = "SMT\x00"
)

// half is the first half of SHA-512.
func half(prefix string, data []byte) []byte {
	h := sha512.New()
	h.Write([]byte(prefix))
	h.Write(data)
	return h.Sum(nil)[:32]
}

// Blob is a signed transaction as the platform shows it: taken apart, and its signatures verified, which is nearly all
// that a verdict costs. Neither depends on anything else, so it is done once, by [ReadBlob].
type Blob struct {
	Hex string
	blob
	err        error // why it cannot be read
	signatures []signature
	multi      bool          // it is multisigned
	valid      payload.Check // that all signatures are, which says that it was signed, and not by whom
}

// ReadBlob takes a blob apart and verifies its signatures. [Checks] tell what is wrong with it.
func ReadBlob(hexBlob string) *Blob {
	b := &Blob{Hex: hexBlob}
	if b.blob, b.err = parseBlob(hexBlob); b.err != nil {
		b.valid = fail(api.CheckSignature, api.Unreadable, "The signed transaction is refused: %v.", b.err)
		return b
	}
	var err error
	if b.signatures, b.multi, err = b.findSignatures(); err == nil {
		err = b.verifySignatures(b.signatures, b.multi)
	}
	switch {
	case err != nil:
		b.valid = fail(api.CheckSignature, api.SignatureInvalid, "The signed transaction is refused: %v.", err)
	case b.multi:
		b.valid = pass(api.CheckSignature, api.SignatureValid, "All %d signatures are valid.", len(b.signatures))
	default:
		b.valid = pass(api.CheckSignature, api.SignatureValid, "The signature is valid.")
	}
	return b
}

// TxID is the hash that identifies the transaction, in upper-case hex; "" if it cannot be read.
func (b *Blob) TxID() string {
	if b.err != nil {
		return ""
	}
	return txID(b.data)
}

func txID(data []byte) string {
	return upperHex(half(prefixTransaction, data))
}

// signature is one of the signatures of a transaction.
type signature struct {
	account []byte // for which it was given; nil if it is the transaction's only one
	key     []byte
	bytes   []byte
}

// signedBy is the address that belongs to the signing key. It is that of the account that signed for itself with its
// own key, and of nobody in particular for a regular key.
func (s signature) signedBy() string { return address(addresscodec.Sha256RipeMD160(s.key)) }

func address(accountID []byte) string {
	text, err := addresscodec.EncodeAccountIDToClassicAddress(accountID)
	if err != nil {
		return "" // not 20 bytes, so nobody's
	}
	return text
}

// findSignatures returns who signed: one key, or for a multisigned transaction one or more signers. All of them have to
// verify.
func (b blob) findSignatures() (all []signature, multi bool, err error) {
	key, single, signers := b.fields.get("SigningPubKey"), b.fields.get("TxnSignature"), b.fields.get("Signers")
	switch {
	case key == nil:
		return nil, false, errors.New("it has no signing key")
	case signers == nil && single == nil:
		return nil, false, errors.New("it is not signed")
	case signers == nil:
		return []signature{{key: key.value, bytes: single.value}}, false, nil
	case single != nil || len(key.value) > 0:
		return nil, false, errors.New("it is signed and multisigned at once")
	case len(signers.inner) == 0:
		return nil, true, errors.New("it is multisigned by nobody")
	}
	var last []byte
	for _, wrapper := range signers.inner {
		if len(wrapper) != 1 || wrapper[0].name != "Signer" {
			return nil, true, errors.New("it has something else than signers among its signers")
		}
		signer := wrapper[0].inner[0]
		s := signature{account: signer.value("Account"), key: signer.value("SigningPubKey"),
			bytes: signer.value("TxnSignature")}
		switch {
		case len(signer) != 3 || s.account == nil || s.key == nil || s.bytes == nil:
			return nil, true, errors.New("it has a signer that is not one account, key and signature")
		case bytes.Compare(s.account, last) <= 0:
			return nil, true, errors.New("its signers are out of order, or one is there twice")
		case bytes.Equal(s.account, b.fields.value("Account")):
			return nil, true, errors.New("its own account is among its signers")
		}
		last = s.account
		all = append(all, s)
	}
	return all, true, nil
}

// verifySignatures checks each of the signatures.
func (b blob) verifySignatures(all []signature, multi bool) error {
	prefix := prefixSingle
	if multi {
		prefix = prefixMulti
	}
	message := []byte(prefix)
	for _, f := range b.fields {
		if f.signed {
			message = append(message, f.raw...)
		}
	}
	for _, s := range all {
		// The account, not the key, says what a signer signed: with a regular key the key is another account's.
		if err := verifySignature(s.key, s.bytes, append(message, s.account...)); err != nil {
			return err
		}
	}
	return nil
}

// verifySignature accepts only the one form of a signature that a node of the ledger does. For secp256k1 (r, s) and
// (r, n-s) are both signatures mathematically, which would give one transaction two hashes, and parsers of keys take
// other forms than that of 33 bytes.
func verifySignature(key, signature, message []byte) error {
	invalid := errors.New("its signature is not valid")
	if len(key) != 33 {
		return errors.New("its signing key is not one of 33 bytes")
	}
	switch key[0] {
	case 0xed:
		if len(signature) != ed25519.SignatureSize || !ed25519.Verify(key[1:], message, signature) {
			return invalid
		}
		return nil
	case 0x02, 0x03:
		point, err := secp256k1.ParsePubKey(key)
		if err != nil {
			return errors.New("its signing key is no point of the curve")
		}
		sig, err := ecdsa.ParseDERSignature(signature)
		if err != nil {
			return errors.New("its signature is not in canonical form")
		}
		if s := sig.S(); s.IsOverHalfOrder() {
			return errors.New("its signature is not in canonical form, which is the one with the lower s")
		}
		if !sig.Verify(half("", message), point) {
			return invalid
		}
		return nil
	}
	return errors.New("its signing key is of no known kind")
}
