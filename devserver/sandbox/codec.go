package sandbox

import (
	"fmt"

	addresscodec "github.com/Peersyst/xrpl-go/address-codec"
	binarycodec "github.com/Peersyst/xrpl-go/binary-codec"
	"github.com/Peersyst/xrpl-go/binary-codec/definitions"
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

// decodeBlob decodes a serialised transaction.
func decodeBlob(blob string) (tx map[string]any, err error) {
	defer recoverTo(&err)
	return binarycodec.Decode(blob)
}

func recoverTo(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("decode: %v", r)
	}
}

// foreignTypes are transactions of other networks, which the codec's definitions lack.
var foreignTypes = map[string]bool{
	"ClaimReward": true, "GenesisMint": true, "Import": true, "Invoke": true, "Remit": true, "SetHook": true, "URITokenBurn": true,
	"URITokenBuy": true, "URITokenCancelSellOffer": true, "URITokenCreateSellOffer": true, "URITokenMint": true,
}

// isTransactionType reports whether a template may have this TransactionType. Those that only the
// ledger itself makes, numbered from 100 or negative, do not count.
func isTransactionType(name string) bool {
	number, ok := definitions.Get().TransactionTypes[name]
	return ok && number >= 0 && number < 100 || pseudoTypes[name] || foreignTypes[name]
}
