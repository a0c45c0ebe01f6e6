package verify

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/Peersyst/xrpl-go/binary-codec/definitions"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// told are the fields that have places of their own in a summary, or mean nothing to people.
var told = []string{"TransactionType", "Account", "Destination", "DestinationTag", "Memos", "InvoiceID", "Flags"}

const maxFields = 50 // of a list of signers a ledger takes 32

// others are the parts of a transaction that have no place of their own in a summary, as far as a few words can say
// them: who may sign from then on, what is bought, until when.
func (t template) others() (all []payload.Field) {
	for _, f := range t.fields {
		switch {
		case slices.Contains(told, f.name), slices.Contains(filled, f.name):
		case f.value != nil:
			if text := payload.Readable(f.text(), maxMemo); text != "" {
				all = append(all, payload.Field{Name: f.name, Value: text})
			}
		case f.name == "SignerEntries" || f.name == "Permissions":
			for _, element := range f.inner {
				all = append(all, granted(element[0]))
			}
		}
	}
	return all[:min(len(all), maxFields)]
}

// granted says who may sign for an account, with what weight, or what another may do for it.
func granted(f field) payload.Field {
	o := f.inner[0]
	if f.name == "SignerEntry" {
		who := fmt.Sprintf("%s (%d)", address(o.value("Account")), number(o.value("SignerWeight")))
		return payload.Field{Name: f.name, Value: who}
	}
	n := number(o.value("PermissionValue"))
	name, err := definitions.Get().GetDelegatablePermissionNameByValue(int32(n))
	if err != nil {
		name = strconv.FormatUint(n, 10)
	}
	return payload.Field{Name: f.name, Value: name}
}

// rippleEpoch is where the ledger's clock begins.
var rippleEpoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// settings are the names of what an AccountSet turns on or off, xrpl.org, "AccountSet Flags".
var settings = map[uint64]string{
	1: "asfRequireDest", 2: "asfRequireAuth", 3: "asfDisallowXRP", 4: "asfDisableMaster", 5: "asfAccountTxnID",
	6: "asfNoFreeze", 7: "asfGlobalFreeze", 8: "asfDefaultRipple", 9: "asfDepositAuth", 10: "asfAuthorizedNFTokenMinter",
	12: "asfDisallowIncomingNFTokenOffer", 13: "asfDisallowIncomingCheck", 14: "asfDisallowIncomingPayChan",
	15: "asfDisallowIncomingTrustline", 16: "asfAllowTrustLineClawback", 17: "asfAllowTrustLineLocking",
}

// text writes out the value of a field, or nothing if that takes more than a few words.
func (f field) text() string {
	switch kind := kindOf(f.name); {
	case kind == "AccountID":
		return address(f.value)
	case f.name == "FinishAfter", f.name == "CancelAfter", f.name == "Expiration":
		return rippleEpoch.Add(time.Duration(number(f.value)) * time.Second).Format(time.RFC3339)
	case f.name == "SetFlag", f.name == "ClearFlag":
		if name, ok := settings[number(f.value)]; ok {
			return name
		}
		return strconv.FormatUint(number(f.value), 10)
	case strings.HasPrefix(kind, "UInt"):
		return strconv.FormatUint(number(f.value), 10)
	case kind == "Issue":
		return issue(f.value)
	case kind == "Blob" && payload.Readable(string(f.value), maxMemo) == string(f.value):
		return string(f.value)
	case kind == "Blob", strings.HasPrefix(kind, "Hash"):
		return upperHex(f.value)
	}
	return ""
}

// issue writes out a currency without a value, that of an MPT as its issuance id.
func issue(value []byte) string {
	switch len(value) {
	case accountIDSize:
		return "XRP"
	case 2 * accountIDSize:
		return currency(value[:accountIDSize]) + " " + address(value[accountIDSize:])
	}
	issuer, sequence := value[:accountIDSize], slices.Clone(value[2*accountIDSize:]) // of an MPT, least byte first
	slices.Reverse(sequence)
	return upperHex(append(sequence, issuer...))
}

// number reads a whole number of up to eight bytes.
func number(value []byte) uint64 {
	return binary.BigEndian.Uint64(append(make([]byte, 8-len(value)), value...))
}
