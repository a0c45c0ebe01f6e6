package verify

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
)

// MarkSize is how many random bytes [Mark] takes.
const MarkSize = 32

// A mark says what it is for, since a phone may show it. The host of the site follows.
const (
	signInPurpose = "xaman-live/sign-in/"
	orderPurpose  = "xaman-live/order/"

	maxHost  = 255 // with a port
	memoSize = 16  // random bytes of a memo
)

// Mark makes an order one of a kind. Signing is deterministic, so that without a mark an account's signature of a
// sign-in is the same for every site and for ever, and two payments of one price are interchangeable.
//
// It adds to a payment without InvoiceID a random one, and to anything else without Memos a memo: MemoType is the hex
// of a purpose and the site's host, MemoData is random. A template that has the field already is returned as it is: who
// made it answers for its being one of a kind. random is [MarkSize] bytes that nobody can guess. The result goes to the
// platform and into [Order].TxJSON.
func Mark(txJSON json.RawMessage, host string, random []byte) (json.RawMessage, error) {
	if len(random) != MarkSize {
		return nil, fmt.Errorf("mark the template: it takes %d random bytes, not %d", MarkSize, len(random))
	}
	if !readable(host) {
		return nil, fmt.Errorf("mark the template: %.40q is not a host", host)
	}
	var fields map[string]any
	if err := decodeJSON(txJSON, &fields); err != nil {
		return nil, fmt.Errorf("mark the template: %w", err)
	}
	t, err := parseTemplate(txJSON)
	if err != nil {
		return nil, fmt.Errorf("mark the template: %w", err)
	}
	switch {
	case t.marked():
		return txJSON, nil
	case t.kind == "Payment":
		fields["InvoiceID"] = upperHex(random)
	default:
		purpose := orderPurpose
		if t.kind == signIn {
			purpose = signInPurpose
		}
		fields["Memos"] = []any{map[string]any{"Memo": map[string]any{
			"MemoType": upperHex([]byte(purpose + host)),
			"MemoData": upperHex(random[:memoSize]),
		}}}
	}
	marked, err := json.Marshal(fields)
	if err != nil {
		return nil, fmt.Errorf("mark the template: %w", err)
	}
	return marked, nil
}

// mark names the field that makes a transaction one of a kind.
func (t template) mark() string {
	if t.kind == "Payment" {
		return "InvoiceID"
	}
	return "Memos"
}

// marked reports whether a template has its mark.
func (t template) marked() bool { return t.fields.get(t.mark()) != nil }

// Marked reports whether the order is one of a kind, so that what is signed for it answers nothing else.
func (o Order) Marked() bool {
	t, err := parseTemplate(o.TxJSON)
	return err == nil && !o.Unmarked && t.marked()
}

// SignIn reports whether the order is for a sign-in, which no ledger ever sees.
func (o Order) SignIn() bool {
	t, err := parseTemplate(o.TxJSON)
	return err == nil && t.kind == signIn
}

// readable reports whether a host, with or without a port, may be part of a MemoType, for which a node takes only what
// may be in a URL.
func readable(host string) bool {
	outside := func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("-._:[]", r)
	}
	return host != "" && len(host) <= maxHost && !strings.ContainsFunc(host, outside)
}

func upperHex(data []byte) string { return strings.ToUpper(hex.EncodeToString(data)) }
