package engine

import (
	"encoding/json"
	"math"
	"strconv"
)

// Transaction is a transaction or its template in the ledger's JSON form, whole numbers in any type that
// [Uint32] takes.
type Transaction map[string]any

// Text is the text in a field, "" if there is none.
func (t Transaction) Text(field string) string {
	s, _ := t[field].(string)
	return s
}

// Integer is the whole number in a field, if there is one.
func (t Transaction) Integer(field string) (uint32, bool) { return Uint32(t[field]) }

// Uint32 accepts a number or a string of digits, as the ledger's codec does.
func Uint32(v any) (uint32, bool) {
	var text string
	switch v := v.(type) {
	case json.Number:
		text = v.String()
	case string:
		text = v
	case uint32: // out of a decoded blob
		return v, true
	case int:
		return uint32(v), v >= 0 && v <= math.MaxUint32
	}
	n, err := strconv.ParseUint(text, 10, 32)
	return uint32(n), err == nil
}
