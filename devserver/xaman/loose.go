package xaman

import (
	"bytes"
	"encoding/json"
	"math"
	"reflect"
	"strconv"
	"strings"
)

// object is an object that the platform sent, read field by field. The platform's software is of several ages, and so
// are the apps that fill in a part of what it says: where the meaning of a value is plain, its type does not matter.
// What is absent, null or not understood is the same as nothing, and spoils nothing else.
type object map[string]json.RawMessage

// read fills the fields of a struct from those of an object, by their names in JSON and as their types want. Of what is
// no object, and for booleans that are not there, it takes what is given.
func read[T any](data []byte, into *T, otherwise T) error {
	var o object
	_ = json.Unmarshal(data, &o) // what is no object has no fields
	*into = otherwise
	v := reflect.ValueOf(into).Elem()
	for i := range v.NumField() {
		name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		switch field := v.Field(i).Addr().Interface().(type) {
		case *string:
			*field = o.text(name)
		case *bool:
			*field = o.boolean(name, *field)
		case **int64:
			*field = o.whole(name)
		case *json.RawMessage:
			*field = o.raw(name)
		}
	}
	return nil
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

// boolean returns a boolean, which may be written as a number or a string, or otherwise.
func (o object) boolean(name string, otherwise bool) bool {
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
