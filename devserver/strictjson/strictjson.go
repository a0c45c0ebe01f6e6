// Package strictjson reads JSON of unknown origin. Package encoding/json lets the last of two equal keys win and
// matches keys in any letter case, so that two readers of one text may see different things in it. Here such texts are
// errors.
package strictjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
)

// maxDepth is far more than anything that is read here has.
const maxDepth = 64

// Unmarshal is [json.Unmarshal], but it refuses an object with two keys that are equal or differ in letter case alone,
// and a key that is a field's name but for the letter case. That holds at every depth, inside of a [json.RawMessage]
// too. Keys that v has no field for are ignored.
func Unmarshal(data []byte, v any) error { return unmarshal(data, v, true) }

// UnmarshalKnown is [Unmarshal], but it refuses keys that v has no field for as well.
func UnmarshalKnown(data []byte, v any) error { return unmarshal(data, v, false) }

func unmarshal(data []byte, v any, more bool) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := (walk{d, more}).value(reflect.TypeOf(v), 0); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("there is something behind the value")
	}
	return json.Unmarshal(data, v)
}

type walk struct {
	*json.Decoder
	more bool // keys that are no field
}

// value reads the next value, which is to be decoded as a t, or as anything if t is nil.
func (w walk) value(t reflect.Type, depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("objects and arrays are nested more than %d deep", maxDepth)
	}
	token, err := w.Token()
	if err != nil {
		return err
	}
	t = resolve(t)
	switch token {
	case json.Delim('{'):
		return w.object(t, depth)
	case json.Delim('['):
		var of reflect.Type
		if t != nil && (t.Kind() == reflect.Slice || t.Kind() == reflect.Array) {
			of = t.Elem()
		}
		for w.More() {
			if err := w.value(of, depth+1); err != nil {
				return err
			}
		}
		_, err = w.Token()
	}
	return err
}

func (w walk) object(t reflect.Type, depth int) error {
	seen := map[string]bool{}
	for w.More() {
		token, err := w.Token()
		if err != nil {
			return err
		}
		key, _ := token.(string)
		folded := strings.ToLower(key)
		if seen[folded] {
			return fmt.Errorf("key %.40q is doubled", key)
		}
		seen[folded] = true
		of, err := w.field(t, key)
		if err != nil {
			return err
		}
		if err := w.value(of, depth+1); err != nil {
			return err
		}
	}
	_, err := w.Token()
	return err
}

// field is the type that the value of a key is decoded as, nil for any.
func (w walk) field(t reflect.Type, key string) (reflect.Type, error) {
	switch {
	case t == nil:
		return nil, nil
	case t.Kind() == reflect.Map:
		return t.Elem(), nil
	case t.Kind() != reflect.Struct:
		return nil, nil
	}
	for _, f := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" {
			name = f.Name
		}
		switch {
		case !f.IsExported() || name == "-":
		case name == key:
			return f.Type, nil
		case strings.EqualFold(name, key):
			return nil, fmt.Errorf("key %.40q has to be spelled %q", key, name)
		}
	}
	if !w.more {
		return nil, fmt.Errorf("key %.40q is not known", key)
	}
	return nil, nil
}

var unmarshaler = reflect.TypeFor[json.Unmarshaler]()

// resolve follows pointers. What decodes itself may have any shape.
func resolve(t reflect.Type) reflect.Type {
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t == nil || t.Implements(unmarshaler) || reflect.PointerTo(t).Implements(unmarshaler) {
		return nil
	}
	return t
}
