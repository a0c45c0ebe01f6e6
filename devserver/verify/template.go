package verify

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/xaman-live/xaman-live/devserver/strictjson"
	"github.com/xaman-live/xaman-live/wasm/api"
)

const (
	signIn           = "SignIn"
	channelAuthorize = "PaymentChannelAuthorize"

	maxTemplate = 64 << 10 // bytes of JSON; the codec takes time that grows with the square of the longest text
)

// template is a transaction as somebody asked for it, in the encoding in which it is signed. Encoded, "1.5" and "1.500"
// are one amount, "USD" is its 20 bytes, and hex has no letter case.
type template struct {
	kind   string // transaction type
	fields object // without a type for a sign-in, as a phone signs it
}

// parseTemplate encodes a transaction template.
func parseTemplate(data []byte) (template, error) {
	if len(data) > maxTemplate {
		return template{}, fmt.Errorf("it is longer than %d bytes", maxTemplate)
	}
	var fields map[string]any
	if err := decodeJSON(data, &fields); err != nil {
		return template{}, err
	}
	var t template
	t.kind, _ = fields["TransactionType"].(string)
	if _, typed := fields["TransactionType"]; !typed && fields["SignIn"] == true {
		t.kind = signIn // as the phone sees it
	}
	switch t.kind {
	case "":
		return template{}, errors.New("no transaction type")
	case channelAuthorize:
		return template{}, fmt.Errorf("a %s is not a transaction", channelAuthorize)
	case signIn:
		delete(fields, "TransactionType")
		if fields["SignIn"] == true {
			delete(fields, "SignIn") // the platform's addition
		}
	default:
		if !supported(t.kind) {
			return template{}, fmt.Errorf("transactions of the type %.40q are not supported", t.kind)
		}
	}
	var err error
	t.fields, err = encode(fields)
	return t, err
}

// decodeJSON reads one value without doubled keys. Numbers stay text: amounts go up to 2^63, beyond what a float64
// holds.
func decodeJSON(data []byte, v any) error {
	if !json.Valid(data) {
		return errors.New("it is not JSON")
	}
	var whole json.RawMessage
	if strictjson.Unmarshal(data, &whole) != nil {
		return errors.New("it has a doubled key, or is nested too deep")
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if d.Decode(v) != nil {
		return errors.New("it is not JSON of the kind")
	}
	return nil
}

// unasked are fields that a phone fills in. Those of filled may even replace what the template has.
var (
	filled  = []string{"Fee", "LastLedgerSequence", "SigningPubKey", "TxnSignature", "Signers"}
	unasked = append([]string{"Account", "Sequence", "NetworkID"}, filled...)
)

// deviation is how a signed transaction differs from what was asked for; zero: it does not.
type deviation struct {
	code api.Detail
	how  string // the end of a sentence
}

// compare says in which field, and how, a signed transaction is not the one that was asked for, or nothing if it is.
// With pathfinding the phone's user chose what to pay with.
func compare(want template, got object, pathfinding bool) deviation {
	for _, f := range want.fields {
		if f.name == "Flags" || slices.Contains(filled, f.name) {
			continue
		}
		switch g := got.get(f.name); {
		case g == nil:
			return deviation{want.cause(f.name, nil), fmt.Sprintf("lacks %s, which was asked for", f.name)}
		case !bytes.Equal(f.raw, g.raw):
			return deviation{want.cause(f.name, g.value), fmt.Sprintf("has another %s than was asked for", f.name)}
		}
	}
	if flags(want.fields) != flags(got) {
		return deviation{api.OtherFlags, "has other Flags than were asked for"}
	}
	for _, g := range got {
		switch {
		case want.fields.get(g.name) != nil, g.name == "Flags", slices.Contains(unasked, g.name):
		case pathfinding && (g.name == "SendMax" || g.name == "Paths"):
		case want.kind == "PaymentChannelCreate" && g.name == "PublicKey":
		default:
			return deviation{want.cause(g.name, g.value), fmt.Sprintf("has %s, which nobody asked for", g.name)}
		}
	}
	if want.kind == signIn && got.get("Account") == nil {
		return deviation{api.NoAccount, "lacks Account, so that it signs nobody in"}
	}
	return deviation{}
}

// cause is what a visitor is told of a field that differs from the template's, or is in one of the two alone: there it
// is nil in the other.
func (t template) cause(name string, got []byte) api.Detail {
	switch name {
	case t.mark():
		return api.OtherMark
	case "TransactionType":
		return api.OtherType
	case "Account":
		return api.OtherAccount
	case "Destination":
		return api.OtherDestination
	case "DestinationTag":
		return api.OtherTag
	case "NetworkID":
		return api.OtherNetwork
	case "Memos":
		return api.OtherMemo
	}
	want := t.fields.value(name)
	switch {
	case kindOf(name) != "Amount":
		return api.OtherField
	case want != nil && got != nil && !bytes.Equal(newAmount(want).asset, newAmount(got).asset):
		return api.OtherCurrency
	}
	return api.OtherAmount
}

// flags returns the flags of a transaction, but not the one that all signatures have been canonical, which has no
// effect any more. No flags are flags of 0.
func flags(o object) uint32 {
	const fullyCanonical = 1 << 31
	n, _ := o.uint32("Flags")
	return n &^ fullyCanonical
}

// price is the encoded amount that has to be delivered at least, or nil: of a payment that may be partial it is
// DeliverMin.
func (t template) price() []byte {
	const partialPayment = 0x00020000
	if least := t.fields.value("DeliverMin"); least != nil && flags(t.fields)&partialPayment != 0 {
		return least
	}
	return t.fields.value("Amount")
}

// difference names the first field that is in only one of the templates or has another value, or returns "". No flags
// are flags of 0.
func difference(a, b template) string {
	for _, f := range a.fields {
		if g := b.fields.get(f.name); f.name != "Flags" && (g == nil || !bytes.Equal(f.raw, g.raw)) {
			return f.name
		}
	}
	for _, g := range b.fields {
		if g.name != "Flags" && a.fields.get(g.name) == nil {
			return g.name
		}
	}
	if flags(a.fields) != flags(b.fields) {
		return "Flags"
	}
	return ""
}
