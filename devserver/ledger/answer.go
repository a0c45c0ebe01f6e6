package ledger

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// answer is an object in what a node says. Its fields are read one by one, and only those that are used: what is
// absent, null or of another type is not known, and does not spoil the rest.
type answer map[string]json.RawMessage

// text returns a string that is not empty, or "".
func (a answer) text(name string) string {
	s, _ := field[string](a, name)
	return s
}

// index returns the number of a ledger, or 0.
func (a answer) index(name string) uint32 {
	n, _ := field[uint32](a, name)
	return n
}

// object returns an object inside, which is nil unless it is there.
func (a answer) object(name string) answer {
	inside, _ := field[answer](a, name)
	return inside
}

// has reports whether there is a field of that name, of whatever type.
func (a answer) has(name string) bool {
	_, ok := a[name]
	return ok
}

// field returns the value of a field, and whether it has one of that type.
func field[T any](a answer, name string) (value T, ok bool) {
	data := a[name]
	if data == nil || bytes.Equal(data, []byte("null")) {
		return value, false
	}
	if json.Unmarshal(data, &value) != nil {
		var none T
		return none, false
	}
	return value, true
}

// incomplete is the error for an answer that lacks a field.
func incomplete(method, name string) *UnusableAnswer {
	return &UnusableAnswer{Method: method, What: fmt.Sprintf("The node's answer to %s has no usable %s.", method, name)}
}
