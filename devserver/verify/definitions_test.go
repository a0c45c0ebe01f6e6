package verify

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"

	binarycodec "github.com/Peersyst/xrpl-go/binary-codec"
	"github.com/Peersyst/xrpl-go/binary-codec/definitions"

	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// What is newer than the codec is written, read and compared like anything else.
func TestNewerDefinitions(t *testing.T) {
	key := strings.Repeat("02", 33)
	for _, template := range []string{
		`{"TransactionType":"ConfidentialMPTConvert","MPTokenIssuanceID":"00000001A407AF5856CCF3C42619DAA925813FC955C72983",
			"MPTAmount":"100","HolderEncryptionKey":"` + key + `","HolderEncryptedAmount":"` + key + key + `",
			"IssuerEncryptedAmount":"` + key + key + `","BlindingFactor":"` + invoice + `","ZKProof":"AB"}`,
		`{"TransactionType":"SponsorshipSet","Sponsee":"` + ed + `","FeeAmount":"1000000","MaxFee":"100",
			"RemainingOwnerCount":5,"Flags":1}`,
		`{"TransactionType":"SponsorshipTransfer","Sponsor":"` + ed + `","SponsorFlags":1,"ObjectID":"` + invoice + `"}`,
		`{"TransactionType":"MPTokenIssuanceCreate","ImmutableFlags":2}`,
		`{"TransactionType":"SponsorshipSet","CounterpartySponsor":"` + ed + `","RemainingOwnerCountDelta":-5}`,
	} {
		f := payment(t)
		f.ask(marked(t, template))
		fields := document(t, string(f.order.TxJSON)).(tx)
		f.payload.Payload.TxType = fields["TransactionType"].(string)
		if err := plain(fields, 1); err != nil {
			t.Fatal(err)
		}
		fields["Account"], fields["Fee"], fields["Sequence"] = secp, "120", 7
		f.tell(t, sign(t, secpSeed, fields))
		f.wantCheck(t, api.CheckRequest, "pass as-asked")
		f.wantCheck(t, api.CheckTxID, "pass same-hash")
		f.wantCheck(t, api.CheckSignature, "pass signature-valid")
		if err := f.order.Validate(); err != nil {
			t.Errorf("%.60s: got %v", template, err)
		}
		fields["SponsorFlags"] = 3 // which nobody asked for
		f.tell(t, sign(t, secpSeed, fields))
		f.wantCheck(t, api.CheckRequest, "fail other-field: SponsorFlags")
	}
}

// A sponsor signs what the others have signed, not his own signature.
func TestSponsorSignatureIsNotSigned(t *testing.T) {
	fields := paymentFields()
	fields["Sponsor"], fields["SponsorFlags"] = ed, 1
	before, err := binarycodec.EncodeForSigning(fields)
	if err != nil {
		t.Fatal(err)
	}
	fields[sponsorSignature] = tx{"SigningPubKey": "00", "TxnSignature": "00"}
	after, err := binarycodec.EncodeForSigning(fields)
	if err != nil || after != before {
		t.Errorf("got %s, %v, want %s", after, err, before)
	}
	b := ReadBlob(sign(t, secpSeed, fields))
	if b.valid.Outcome != payload.Pass || b.fields.get(sponsorSignature).signed {
		t.Errorf("got %+v, want the signature of the account to be valid", b.valid)
	}
}

// The table keeps to itself: no number stands for two names, but for one whose name has changed.
func TestNewerDefinitionsCollideWithNothing(t *testing.T) {
	d := definitions.Get()
	for kind, fields := range newerFields {
		if _, ok := d.Types[kind]; !ok {
			t.Errorf("type %s is not known", kind)
		}
		for name, nth := range fields {
			header := definitions.FieldHeader{TypeCode: d.Types[kind], FieldCode: nth}
			if got := d.FieldIDNameMap[header]; got != name && (name != "ImmutableFlags" || got != "MutableFlags") {
				t.Errorf("%s has the number of %s", name, got)
			}
		}
	}
	numbers := map[int32]string{}
	for name, n := range d.TransactionTypes {
		if other, taken := numbers[n]; taken {
			t.Errorf("%s has the number of %s", name, other)
		}
		numbers[n] = name
	}
}

// The numbers as the network's other implementations write them.
func TestNewerNumbers(t *testing.T) {
	headers := map[string]string{
		"ImmutableFlags": "2035", "RemainingOwnerCount": "2049", "SponsorFlags": "204a", "BlindingFactor": "5028",
		"ObjectID": "5029", "FeeAmount": "6020", "MaxFee": "6021", "FeeAmountDelta": "6022", "IssuerEncryptionKey": "7023",
		"HolderEncryptionKey": "7024", "ZKProof": "7025", "HolderEncryptedAmount": "7026", "IssuerEncryptedAmount": "7027",
		"SenderEncryptedAmount": "7028", "DestinationEncryptedAmount": "7029", "AuditorEncryptedAmount": "702b",
		"AuditorEncryptionKey": "702c", "AmountCommitment": "702d", "BalanceCommitment": "702e", "Sponsor": "801b",
		"CounterpartySponsor": "801e", "Sponsee": "801f", "RemainingOwnerCountDelta": "a2", "SponsorSignature": "e026",
	}
	values := map[byte]any{'2': json.Number("1"), '5': invoice, '6': "1", '7': "AB", '8': ed, 'a': 1, 'e': tx{}}
	for name, header := range headers {
		o, err := encode(tx{name: values[header[0]]})
		if err != nil || !strings.HasPrefix(hex.EncodeToString(o[0].raw), header) {
			t.Errorf("%s: got %+v, %v, want it to begin with %s", name, o, err, header)
		}
	}
	kinds := map[string]byte{
		"ConfidentialMPTConvert": 0x55, "ConfidentialMPTMergeInbox": 0x56, "ConfidentialMPTConvertBack": 0x57,
		"ConfidentialMPTSend": 0x58, "ConfidentialMPTClawback": 0x59, "SponsorshipTransfer": 0x5a, "SponsorshipSet": 0x5b,
	}
	for kind, number := range kinds {
		want, err := parseTemplate([]byte(`{"TransactionType":"` + kind + `"}`))
		if err != nil || !bytes.Equal(want.fields.value("TransactionType"), []byte{0, number}) {
			t.Errorf("%s: got %+v, %v, want number %d", kind, want, err, number)
		}
	}
	count := 0
	for _, fields := range newerFields {
		count += len(fields)
	}
	if count != len(headers) || len(newerTransactions) != len(kinds) {
		t.Errorf("%d fields and %d types are not tested", count-len(headers), len(newerTransactions)-len(kinds))
	}
}

// What cannot be judged is refused by name when it is asked for.
func TestRefusedByName(t *testing.T) {
	refused := map[string]string{} // templates, by what the error has to name
	for _, kind := range []string{
		"ClaimReward", "CronSet", "GenesisMint", "Import", "Invoke", "Remit", "SetHook", "SetRemarks",
		"URITokenBurn", "URITokenBuy", "URITokenCancelSellOffer", "URITokenCreateSellOffer", "URITokenMint",
		"EnableAmendment", "SetFee", "UNLModify", "PaymentChannelAuthorize", "Invalid", "Brandnew",
	} {
		refused[kind] = `{"TransactionType":"` + kind + `"}`
	}
	for _, field := range []string{"VaultKind", "HookParameters", "Remarks", "URITokenID"} {
		refused[field] = `{"TransactionType":"Payment","` + field + `":"00"}`
	}
	for name, template := range refused {
		err := Order{TxJSON: json.RawMessage(template), Unmarked: true}.Validate()
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("got %v, want an error that names %s", err, name)
		}
	}
}
