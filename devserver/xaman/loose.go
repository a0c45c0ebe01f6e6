package xaman

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
)

// object is an object that the platform sent, read field by field. The platform's software is of several ages, and so
// are the apps that fill in a part of what it says: where the meaning of a value is plain, its type does not matter.
// What is absent, null or not understood is the same as nothing, and spoils nothing else.
type object map[string]json.RawMessage

// readObject returns the fields of an object; of anything else none.
func readObject(data []byte) object {
	var o object
	if json.Unmarshal(data, &o) != nil {
		return nil
	}
	return o
}

// text returns a string, or the digits of a number.
func (o object) text(name string) string {
	var s string
	if json.Unmarshal(o[name], &s) == nil {
		return s
	}
	var n json.Number
	if json.Unmarshal(o[name], &n) == nil {
		return n.String()
	}
	return ""
}

// truth returns a boolean, which may be written as a number or a string, or otherwise.
func (o object) truth(name string, otherwise bool) bool {
	switch string(bytes.Trim(o[name], `"`)) {
	case "true", "1":
		return true
	case "false", "0":
		return false
	}
	return otherwise
}

// whole returns a whole number, which may be written as a string or with an exponent, or nil.
func (o object) whole(name string) *int64 {
	f, err := strconv.ParseFloat(o.text(name), 64)
	if err != nil || f != math.Trunc(f) || math.Abs(f) > 1<<53 { // beyond that a float64 is not exact
		return nil
	}
	n := int64(f)
	return &n
}

// raw returns a value as it is, or nil for null.
func (o object) raw(name string) json.RawMessage {
	if bytes.Equal(o[name], []byte("null")) {
		return nil
	}
	return o[name]
}
