package verify

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// paying are the types whose Amount its signer parts with. That of others may be a price that he gets.
var paying = []string{"Payment", "EscrowCreate", "PaymentChannelCreate", "PaymentChannelFund"}

// Summary says what is to be signed, as a phone shows it. Who asks for it is not in it.
func (o Order) Summary() payload.Summary {
	s := payload.Summary{Network: o.Network}
	t, err := parseTemplate(o.TxJSON)
	if err != nil {
		return s // there is no such order, see [Order.Validate]
	}
	s.Type = t.kind
	if t.kind != signIn {
		s.MaxFee = xrp(t.maxFee(o.MaxFee))
	}
	s.Destination = address(t.fields.value("Destination"))
	if tag, ok := t.fields.uint32("DestinationTag"); ok {
		s.DestinationTag = strconv.FormatUint(uint64(tag), 10)
	}
	for _, f := range t.fields {
		if kindOf(f.name) != "Amount" || f.name == "Fee" {
			continue
		}
		a := newAmount(f.value).spell()
		if f.name == "Amount" && slices.Contains(paying, t.kind) {
			s.Amount, s.Currency, s.Issuer = a.Value, a.Currency, a.Issuer
			continue
		}
		a.Field = f.name
		s.Amounts = append(s.Amounts, a)
	}
	s.Fields = t.others()
	s.Memo = memo(t.fields)
	return s
}

// maxMemo is how many characters are shown of the memos. A ledger takes 1 kB of them.
const maxMemo = 1000

// memo is the text of a transaction's memos. What is no text is not in it, nor what [Mark] has added.
func memo(o object) string {
	memos := o.get("Memos")
	if memos == nil {
		return ""
	}
	var texts []string
	for _, wrapper := range memos.inner {
		for _, m := range wrapper {
			purpose, text := string(m.inner[0].value("MemoType")), string(m.inner[0].value("MemoData"))
			mark := strings.HasPrefix(purpose, signInPurpose) || strings.HasPrefix(purpose, orderPurpose)
			if !mark && utf8.ValidString(text) && text != "" {
				texts = append(texts, text)
			}
		}
	}
	return payload.Readable(strings.Join(texts, " · "), maxMemo)
}
