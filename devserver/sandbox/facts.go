package sandbox

import (
	"cmp"
	"encoding/hex"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/xaman-live/xaman-live/devserver/sandbox/engine"
)

// usualFee is what the phone pays for a transaction unless it is asked for something else, in drops.
func usualFee(txType string) string {
	return strconv.FormatUint(max(12, engine.LeastFee(txType)), 10)
}

// fact is a line of what the phone and the explorer show of a transaction.
type fact struct {
	Name, Value string
	Kind        string // "code" for an address or a hash, "text" for what else may be long, else ""
}

// askedFacts are those of a request, beside the amount that is its headline.
func askedFacts(pl *engine.Payload, network string) []fact {
	fee, after := usualFee(pl.Type()), "sent to the ledger"
	if engine.Pseudo(pl.Type()) || pl.Options.Multisign { // whoever wants several signatures says the fee
		fee = ""
	}
	if !pl.Submits() {
		after = "not sent to a ledger"
	}
	return slices.Concat(amountsOf(pl.Tx), partiesOf(pl.Tx), partsOf(pl.Tx), memosOf(pl.Tx),
		feeOf(pl.Tx, fee),
		[]fact{{"Network", network, ""}, {"After signing", after, ""}}, invoiceOf(pl.Tx))
}

// signedFacts are those of what was signed, which need not be what was asked for.
func signedFacts(pl *engine.Payload) []fact {
	o := pl.Outcome
	facts := []fact{{"Account", o.Signature.Account, "code"}}
	if o.Dispatched != "" {
		facts = append(facts, fact{"The node’s answer", o.Dispatched, ""})
	}
	if tx, err := decodeBlob(o.Signature.Blob); err == nil { // else the bare signature of a claim
		facts = slices.Concat(facts, memosOf(tx), feeOf(tx, ""), invoiceOf(tx))
	}
	return append(facts, fact{"Hash", o.Signature.TxID, "code"})
}

// amountNames are what the card calls amounts.
var amountNames = map[string]string{
	"Amount2": "Second amount", "Balance": "Paid from the channel, in all", "BidMax": "Highest bid",
	"BidMin": "Lowest bid", "DeliverMin": "Arrives, at least", "EPrice": "Price limit",
	"LPTokenIn": "Pool tokens you return", "LPTokenOut": "Pool tokens you receive", "LimitAmount": "Limit",
	"MinAccountCreateAmount": "Least for a new account", "NFTokenBrokerFee": "Broker’s fee",
	"SendMax": "You spend, at most", "SignatureReward": "Reward for the witnesses", "TakerGets": "You give",
	"TakerPays": "You receive",
}

// headline is the amount that a transaction is about, nil if it has none. Nodes call that of a payment DeliverMax, too.
func headline(t engine.Transaction) *amountView {
	return cmp.Or(amount(t["Amount"]), amount(t["DeliverMax"]))
}

// amountsOf are the amounts but the headline, and the issuers of all.
func amountsOf(t engine.Transaction) (facts []fact) {
	for _, name := range slices.Sorted(maps.Keys(t)) {
		if !amountFields[name] {
			continue
		}
		a := amount(t[name])
		if a == nil {
			continue
		}
		if name != "Amount" && name != "DeliverMax" {
			facts = append(facts, fact{amountNames[name], a.Value + " " + a.Currency, ""})
		}
		issuer := fact{"Issuer of " + a.Currency, a.Issuer, "code"}
		if a.Issuer != "" && !slices.Contains(facts, issuer) {
			facts = append(facts, issuer)
		}
	}
	return facts
}

// partiesOf are who else is concerned.
func partiesOf(t engine.Transaction) (facts []fact) {
	if to := t.Text("Destination"); to != "" {
		facts = append(facts, fact{"To", to, "code"})
	}
	if tag, ok := t.Integer("DestinationTag"); ok {
		facts = append(facts, fact{"Destination tag", fmt.Sprint(tag), ""})
	}
	return facts
}

func memosOf(t engine.Transaction) (facts []fact) {
	memos, _ := t["Memos"].([]any)
	for _, v := range memos {
		wrapper, _ := v.(fields)
		if memo, _ := wrapper["Memo"].(fields); memo != nil {
			text := strings.TrimSpace(readable(memo["MemoType"]) + "\n" + readable(memo["MemoData"]))
			facts = append(facts, fact{"Memo", text, "text"})
		}
	}
	return facts
}

// feeOf is the fee of a transaction, and of a request that does not say one the phone's own, if any.
func feeOf(t engine.Transaction, own string) []fact {
	a := amount(cmp.Or(t.Text("Fee"), own))
	if a == nil {
		return nil
	}
	return []fact{{"Fee", a.Value + " " + a.Currency, ""}}
}

func invoiceOf(t engine.Transaction) []fact {
	id := t.Text("InvoiceID")
	if id == "" {
		return nil
	}
	return []fact{{"InvoiceID", strings.ToUpper(id), "code"}}
}

// readable is the text that hex digits stand for, or the digits if they stand for none.
func readable(v any) string {
	digits, _ := v.(string)
	text, err := hex.DecodeString(digits)
	hidden := func(c rune) bool { return !unicode.IsPrint(c) }
	if err != nil || !utf8.Valid(text) || strings.ContainsFunc(string(text), hidden) {
		return strings.ToUpper(digits)
	}
	return string(text)
}

type amountView struct{ Value, Currency, Issuer string }

// amount reads a ledger amount: drops, or a value of an issued currency or token. It is nil for anything else.
func amount(v any) *amountView {
	switch v := v.(type) {
	case string:
		drops, ok := new(big.Int).SetString(v, 10)
		if !ok {
			return nil
		}
		xrp := new(big.Rat).SetFrac(drops, big.NewInt(1_000_000)).FloatString(6)
		return &amountView{Value: strings.TrimSuffix(strings.TrimRight(xrp, "0"), "."), Currency: "XRP"}
	case fields:
		t := engine.Transaction(v)
		if id := t.Text("mpt_issuance_id"); id != "" {
			return &amountView{t.Text("value"), "MPT", id}
		}
		currency := t.Text("currency")
		if len(currency) == 40 { // in hex, mostly a name with zeros after it
			for strings.HasSuffix(currency, "00") {
				currency = currency[:len(currency)-2]
			}
			currency = readable(currency)
		}
		return &amountView{t.Text("value"), currency, t.Text("issuer")}
	}
	return nil
}

// title is a type in words: OfferCreate reads "Offer create", and NFTokenMint "NFT mint".
func title(name string) string {
	letters := []rune(strings.NewReplacer("NFToken", "NFT", "MPToken", "MPT").Replace(name))
	lower := func(i int) bool { return i >= 0 && i < len(letters) && unicode.IsLower(letters[i]) }
	var b strings.Builder
	for i, c := range letters {
		if word := unicode.IsUpper(c) && (lower(i-1) || lower(i+1)); word && i > 0 {
			b.WriteByte(' ')
			if lower(i + 1) {
				c = unicode.ToLower(c)
			}
		}
		b.WriteRune(c)
	}
	return b.String()
}
