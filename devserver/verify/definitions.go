package verify

import (
	"maps"

	"github.com/Peersyst/xrpl-go/binary-codec/definitions"
)

// The codec's table of fields ends with what was defined when it was released. What the network has got since is added
// here, so that it can be asked for. The numbers are those of the network's own reference implementations: from
// packages/ripple-binary-codec/src/enums/definitions.json of github.com/XRPLF/xrpl.js, as of 2026-08-20 (cb667bb).

var newerTransactions = map[string]int32{
	"ConfidentialMPTConvert":     85,
	"ConfidentialMPTMergeInbox":  86,
	"ConfidentialMPTConvertBack": 87,
	"ConfidentialMPTSend":        88,
	"ConfidentialMPTClawback":    89,
	"SponsorshipTransfer":        90,
	"SponsorshipSet":             91,
}

// newerFields are the fields of transactions, by type and name.
var newerFields = map[string]map[string]int32{
	"UInt32": {
		"ImmutableFlags":      53, // an earlier name of it is MutableFlags
		"RemainingOwnerCount": 73, "SponsorFlags": 74,
	},
	"Hash256": {"BlindingFactor": 40, "ObjectID": 41},
	"Amount":  {"FeeAmount": 32, "MaxFee": 33, "FeeAmountDelta": 34},
	"Blob": {
		"IssuerEncryptionKey": 35, "HolderEncryptionKey": 36, "ZKProof": 37, "HolderEncryptedAmount": 38,
		"IssuerEncryptedAmount": 39, "SenderEncryptedAmount": 40, "DestinationEncryptedAmount": 41,
		"AuditorEncryptedAmount": 43, "AuditorEncryptionKey": 44, "AmountCommitment": 45, "BalanceCommitment": 46,
	},
	"AccountID": {"Sponsor": 27, "CounterpartySponsor": 30, "Sponsee": 31},
	"Int32":     {"RemainingOwnerCountDelta": 2},
	"STObject":  {sponsorSignature: 38},
}

const sponsorSignature = "SponsorSignature" // is no part of what is signed

// The table is global, so it is extended once, before anybody reads it.
func init() { extend(definitions.Get()) }

func extend(d *definitions.Definitions) {
	maps.Copy(d.TransactionTypes, newerTransactions)
	for kind, fields := range newerFields {
		code := d.Types[kind]
		for name, nth := range fields {
			header := definitions.FieldHeader{TypeCode: code, FieldCode: nth}
			d.Fields[name] = &definitions.FieldInstance{
				FieldName: name,
				FieldInfo: &definitions.FieldInfo{
					Nth: nth, Type: kind, IsSerialized: true, IsSigningField: name != sponsorSignature,
					IsVLEncoded: kind == "Blob" || kind == "AccountID",
				},
				FieldHeader: &header,
				Ordinal:     code<<16 | nth,
			}
			if _, named := d.FieldIDNameMap[header]; !named {
				d.FieldIDNameMap[header] = name
			}
		}
	}
}
