package sandbox

import (
	"encoding/hex"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/xaman-live/xaman-live/devserver/sandbox/engine"
)

// usualFee is what the phone pays unless it is asked for something else, in drops.
const usualFee = "12"

// marks is what tells a transaction from one that is otherwise the same, and what it costs, as the wallet shows it.
type marks struct {
	Fee       *amountView // nil for what never reaches a ledger
	InvoiceID string
	Memos     []memoView
}

type memoView struct{ Type, Data string }

// marksOf reads them. A request that does not say a fee is signed with the phone's own, if any.
func marksOf(t engine.Transaction, fee string) marks {
	if s := t.Text("Fee"); s != "" {
		fee = s
	}
	m := marks{Fee: amount(fee), InvoiceID: strings.ToUpper(t.Text("InvoiceID"))}
	memos, _ := t["Memos"].([]any)
	for _, v := range memos {
		wrapper, _ := v.(fields)
		memo, _ := wrapper["Memo"].(fields)
		if memo != nil {
			m.Memos = append(m.Memos, memoView{readable(memo["MemoType"]), readable(memo["MemoData"])})
		}
	}
	return m
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

// askedMarks are those of the request, signedMarks those of what was signed, which need not be the same.
func askedMarks(pl *engine.Payload) marks {
	if engine.Pseudo(pl.Type()) || pl.Options.Multisign { // whoever wants several signatures says the fee
		return marksOf(pl.Tx, "")
	}
	return marksOf(pl.Tx, usualFee)
}

func signedMarks(pl *engine.Payload) marks {
	tx, err := decodeBlob(pl.Outcome.Signature.Blob)
	if err != nil {
		return marks{} // the bare signature of a claim
	}
	return marksOf(tx, "")
}
