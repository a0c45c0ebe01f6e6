package verify

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"slices"
)

// parseTemplate reads a transaction template. Numbers stay text: amounts go up to 2^63, beyond what a float64 holds.
func parseTemplate(data []byte) (map[string]any, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var t map[string]any
	if err := d.Decode(&t); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF || t == nil {
		return nil, errors.New("not one JSON object")
	}
	return t, nil
}

// difference names the first field, in alphabetical order, that is in only one of the templates or has another value,
// or returns "".
func difference(want, got map[string]any) string {
	fields := slices.Concat(slices.Collect(maps.Keys(want)), slices.Collect(maps.Keys(got)))
	slices.Sort(fields)
	for _, field := range fields {
		w, inWant := want[field]
		g, inGot := got[field]
		if !inWant || !inGot || !equal(w, g) {
			return field
		}
	}
	return ""
}

func equal(a, b any) bool {
	switch a := a.(type) {
	case map[string]any:
		b, ok := b.(map[string]any)
		return ok && difference(a, b) == ""
	case []any:
		b, ok := b.([]any)
		return ok && slices.EqualFunc(a, b, equal)
	}
	// Numbers are compared as text. A template holds whole numbers, which everybody writes alike.
	return a == b
}
