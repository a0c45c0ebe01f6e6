package sandbox

import (
	"encoding/json"
	"maps"
	"regexp"
	"strconv"
	"strings"

	"github.com/xaman-live/xaman-live/devserver/sandbox/engine"
)

var (
	addressFields = names("Account Authorize Delegate Destination Holder Issuer issuer NFTokenMinter Owner RegularKey " +
		"Subject Unauthorize")
	amountFields = names("Amount Amount2 Balance BidMax BidMin DeliverMax DeliverMin EPrice LPTokenIn LPTokenOut " +
		"LimitAmount MinAccountCreateAmount NFTokenBrokerFee SendMax SignatureReward TakerGets TakerPays")
	uint32Fields = names("CancelAfter DestinationTag Expiration FinishAfter Flags LastLedgerSequence NetworkID " +
		"OfferSequence Sequence SourceTag TicketSequence")
	// decimalFields have 64 bits and are written in decimal. All others of that size are in hex.
	decimalFields = names("LockedAmount MaximumAmount MPTAmount OutstandingAmount")
	hexFields     = names("Domain MemoData MemoFormat MemoType MessageKey URI")

	// foreignTypes are transactions of other networks, which the codec's definitions lack.
	foreignTypes = names("ClaimReward GenesisMint Import Invoke Remit SetHook URITokenBurn URITokenBuy " +
		"URITokenCancelSellOffer URITokenCreateSellOffer URITokenMint")

	drops = regexp.MustCompile(`^[0-9]{1,18}$`)
	hexes = regexp.MustCompile(`^([0-9A-Fa-f]{2})*$`)
)

func names(list string) map[string]bool {
	set := map[string]bool{}
	for name := range strings.FieldsSeq(list) {
		set[name] = true
	}
	return set
}

// parseTemplate checks a transaction template as far as the platform's codec would, and normalises
// the numbers that the platform turns into strings.
func parseTemplate(v any) (engine.Transaction, error) {
	t, ok := v.(map[string]any)
	if !ok || !isTransactionType(engine.Transaction(t).Text("TransactionType")) {
		return nil, errUnknownTransaction
	}
	if fee, ok := t["Fee"].(json.Number); ok {
		t["Fee"] = fee.String()
	}
	if amount, ok := t["Amount"].(map[string]any); ok {
		if value, ok := amount["value"].(json.Number); ok {
			amount["value"] = value.String()
		}
	}
	// What only this codec lacks is no mistake: the phone cannot sign it here.
	foreign := foreignTypes[engine.Transaction(t).Text("TransactionType")] || t["XChainBridge"] != nil
	if !encodable(t) || !foreign && !serialisable(t) {
		return nil, errNotEncodable
	}
	return t, nil
}

// serialisable reports whether the codec can write an object and read it again. What only this platform's phone knows
// is no part of it.
func serialisable(tx engine.Transaction) bool {
	if engine.Pseudo(tx.Text("TransactionType")) {
		tx = maps.Clone(tx)
		delete(tx, "TransactionType")
	}
	blob, err := encodeBlob(tx)
	if err == nil {
		_, err = decodeBlob(blob)
	}
	return err == nil
}

// encodable reports whether every field of an object, at any depth, has a value of its type.
func encodable(object map[string]any) bool {
	for name, v := range object {
		if !encodableField(name, v) {
			return false
		}
	}
	return true
}

func encodableField(name string, v any) bool {
	s, isString := v.(string)
	switch {
	case addressFields[name]:
		// An X-address is an address too, but the platform refuses it.
		return isString && isClassicAddress(s)
	case amountFields[name]:
		if amount, ok := v.(map[string]any); ok {
			value, _ := amount["value"].(string)
			_, err := strconv.ParseFloat(value, 64)
			return err == nil && encodable(amount)
		}
		return isString && drops.MatchString(s)
	case name == "Fee":
		return isString && drops.MatchString(s)
	case uint32Fields[name]:
		_, ok := engine.Uint32(v)
		return ok
	case hexFields[name]:
		return isString && hexes.MatchString(s)
	}
	switch v := v.(type) {
	case map[string]any:
		return encodable(v)
	case []any:
		for _, item := range v {
			if object, ok := item.(map[string]any); ok && !encodable(object) {
				return false
			}
		}
	}
	return true
}
