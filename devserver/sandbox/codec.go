package sandbox

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	addresscodec "github.com/Peersyst/xrpl-go/address-codec"
	binarycodec "github.com/Peersyst/xrpl-go/binary-codec"
	"github.com/Peersyst/xrpl-go/binary-codec/definitions"
	"github.com/Peersyst/xrpl-go/keypairs"
	"github.com/Peersyst/xrpl-go/pkg/crypto"
	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"

	"github.com/xaman-live/xaman-live/devserver/sandbox/engine"
)

// This file is the sandbox's only door to the ledger's formats. The codecs panic on some malformed
// input, so nothing else may call them.

// accountID decodes a classic address, the kind that begins with r.
func accountID(address string) (id []byte, err error) {
	defer recoverTo(&err)
	_, id, err = addresscodec.DecodeClassicAddressToAccountID(address)
	return id, err
}

func isClassicAddress(address string) bool {
	_, err := accountID(address)
	return err == nil
}

// addressOf is the address that a public key has by itself.
func addressOf(publicKey string) (address string, err error) {
	defer recoverTo(&err)
	return keypairs.DeriveClassicAddress(publicKey)
}

// decodeBlob decodes a serialised transaction.
func decodeBlob(blob string) (tx map[string]any, err error) {
	defer recoverTo(&err)
	return binarycodec.Decode(blob)
}

// encodeBlob serialises a transaction.
func encodeBlob(tx engine.Transaction) (blob string, err error) {
	defer recoverTo(&err)
	return binarycodec.Encode(encoderForm(tx))
}

// signingData is what a single signature of a transaction is over.
func signingData(tx engine.Transaction) (data string, err error) {
	defer recoverTo(&err)
	return unhex(binarycodec.EncodeForSigning(encoderForm(tx)))
}

// multisigningData is what one of several signatures is over.
func multisigningData(tx engine.Transaction, signer string) (data string, err error) {
	defer recoverTo(&err)
	return unhex(binarycodec.EncodeForMultisigning(encoderForm(tx), signer))
}

// claimData is what authorises a claim of a payment channel.
func claimData(tx engine.Transaction) (data string, err error) {
	defer recoverTo(&err)
	return unhex(binarycodec.EncodeForSigningClaim(encoderForm(tx)))
}

// submission reads a signed transaction as a node does.
func submission(blob string) engine.Submission {
	s := engine.Submission{Blob: blob}
	tx, err := decodeBlob(blob)
	if err != nil {
		return s
	}
	s.Tx = tx
	by := s.Tx.Text("SigningPubKey")
	data, err := signingData(s.Tx)
	if err == nil && verifySignature(data, by, s.Tx.Text("TxnSignature")) == nil {
		s.SignedBy, _ = addressOf(by)
	}
	return s
}

func unhex(text string, err error) (string, error) {
	if err != nil {
		return "", err
	}
	b, err := hex.DecodeString(text)
	return string(b), err
}

// encoderForm is a copy of a transaction with numbers, which may come as texts, as the encoder takes them: int up to 32
// bits, hex for 64, and text for what may have a fraction.
func encoderForm(tx engine.Transaction) map[string]any {
	form := make(map[string]any, len(tx))
	for name, v := range tx {
		small, isSmall := engine.Uint32(v)
		number, isNumber := v.(json.Number)
		text, _ := v.(string)
		if isNumber {
			text = number.String()
		}
		large, err := strconv.ParseUint(text, 10, 64)
		switch kind := definitions.Get().Fields[name]; {
		case kind == nil:
			form[name] = encoderValue(v)
		case isSmall && (kind.Type == "UInt8" || kind.Type == "UInt16" || kind.Type == "UInt32"):
			form[name] = int(small)
		case err == nil && kind.Type == "UInt64" && (isNumber || decimalFields[name]):
			form[name] = strconv.FormatUint(large, 16)
		case isNumber && kind.Type == "Number":
			form[name] = text
		default:
			form[name] = encoderValue(v)
		}
	}
	return form
}

func encoderValue(v any) any {
	switch v := v.(type) {
	case map[string]any:
		return encoderForm(v)
	case []any:
		form := make([]any, len(v))
		for i, item := range v {
			form[i] = encoderValue(item)
		}
		return form
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return int(n)
		}
		return v.String()
	}
	return v
}

// sign signs data with a seed's key, of either type.
func sign(seed, data string) (signature string, err error) {
	defer recoverTo(&err)
	private, _, err := keypairs.DeriveKeypair(seed, false)
	if err != nil {
		return "", err
	}
	return keypairs.Sign(data, private)
}

// verifySignature takes a signature as strictly as a node: the key has 33 bytes, and of the two
// values of S that a secp256k1 signature can have it is the low one.
func verifySignature(data, publicKey, signature string) (err error) {
	defer recoverTo(&err)
	valid := false
	switch {
	case len(publicKey) != 66:
	case strings.HasPrefix(publicKey, "ED"):
		valid = crypto.ED25519().Validate(data, publicKey, signature)
	default:
		_, s, err := parseSignature(signature)
		valid = err == nil && !s.IsOverHalfOrder() && crypto.SECP256K1().Validate(data, publicKey, signature)
	}
	if !valid {
		return fmt.Errorf("not a signature of %s", publicKey)
	}
	return nil
}

// highS is the other secp256k1 signature over the same data, with S above half of the order: the
// same to mathematics, refused by a node. A signature of another kind has no twin.
func highS(signature string) string {
	r, s, err := parseSignature(signature)
	if err != nil {
		return signature
	}
	// The library serialises the low S only.
	s.Negate()
	rb, sb := r.Bytes(), s.Bytes()
	body := append(derInteger(rb[:]), derInteger(sb[:])...)
	return fmt.Sprintf("30%02X%X", len(body), body)
}

func parseSignature(signature string) (r, s secp256k1.ModNScalar, err error) {
	der, err := hex.DecodeString(signature)
	if err != nil {
		return r, s, err
	}
	parsed, err := ecdsa.ParseDERSignature(der)
	if err != nil {
		return r, s, err
	}
	return parsed.R(), parsed.S(), nil
}

// derInteger encodes a positive number: without leading zeros, except one where the first bit would
// be taken for a sign.
func derInteger(n []byte) []byte {
	for len(n) > 1 && n[0] == 0 {
		n = n[1:]
	}
	if n[0] >= 0x80 {
		n = append([]byte{0}, n...)
	}
	return append([]byte{2, byte(len(n))}, n...)
}

func recoverTo(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("codec: %v", r)
	}
}

// isTransactionType reports whether a template may have this TransactionType. Those that only the
// ledger itself makes, numbered from 100 or negative, do not count.
func isTransactionType(name string) bool {
	number, ok := definitions.Get().TransactionTypes[name]
	return ok && number >= 0 && number < 100 || engine.Pseudo(name) || foreignTypes[name]
}
