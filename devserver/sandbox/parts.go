package sandbox

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/xaman-live/xaman-live/devserver/sandbox/engine"
)

var (
	// placed are the fields that facts tell in a place of their own, or that mean nothing to people.
	placed = names("Account Destination DestinationTag Fee Flags InvoiceID LastLedgerSequence Memos NetworkID Sequence " +
		"SignIn Signers SigningPubKey TransactionType TxnSignature")
	timeFields = names("CancelAfter Expiration FinishAfter")
)

// settings are what an AccountSet turns on or off.
var settings = map[uint32]string{
	1: "asfRequireDest", 2: "asfRequireAuth", 3: "asfDisallowXRP", 4: "asfDisableMaster", 5: "asfAccountTxnID",
	6: "asfNoFreeze", 7: "asfGlobalFreeze", 8: "asfDefaultRipple", 9: "asfDepositAuth", 10: "asfAuthorizedNFTokenMinter",
	12: "asfDisallowIncomingNFTokenOffer", 13: "asfDisallowIncomingCheck", 14: "asfDisallowIncomingPayChan",
	15: "asfDisallowIncomingTrustline", 16: "asfAllowTrustLineClawback", 17: "asfAllowTrustLineLocking",
}

// partsOf are the other fields of a transaction, under the ledger's names as on the card: who may sign from then on,
// what is bought, until when.
func partsOf(t engine.Transaction) (facts []fact) {
	for _, name := range slices.Sorted(maps.Keys(t)) {
		if placed[name] || amountFields[name] {
			continue
		}
		list, ok := t[name].([]any)
		if !ok {
			facts = append(facts, fact{name, partText(name, t[name]), "code"})
		}
		for _, item := range list {
			wrapper, _ := item.(fields)
			for name, inside := range wrapper { // it has one
				facts = append(facts, fact{name, partText(name, inside), "code"})
			}
		}
	}
	return facts
}

// partText writes out the value of a field.
func partText(name string, v any) string {
	number, isNumber := engine.Uint32(v)
	switch {
	case isNumber && timeFields[name]:
		return engine.Timestamp(engine.RippleEpoch.Add(time.Duration(number) * time.Second))
	case isNumber && (name == "SetFlag" || name == "ClearFlag") && settings[number] != "":
		return settings[number]
	case hexFields[name]:
		return readable(v)
	}
	object, ok := v.(fields)
	if !ok {
		return fmt.Sprint(v)
	}
	if a := amount(object); a.Currency != "" {
		return strings.TrimSpace(a.Currency + " " + a.Issuer)
	}
	if weight := object["SignerWeight"]; weight != nil {
		return fmt.Sprintf("%v (%v)", object["Account"], weight)
	}
	var values []string
	for _, name := range slices.Sorted(maps.Keys(object)) {
		values = append(values, partText(name, object[name]))
	}
	return strings.Join(values, ", ")
}
