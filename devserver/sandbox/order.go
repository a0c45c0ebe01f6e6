package sandbox

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"

	"github.com/xaman-live/xaman-live/devserver/sandbox/engine"
)

// deepest is the nesting up to which the order of keys is kept. No transaction comes near.
const deepest = 32

// inOrder writes a decoded value as d has it: with the keys of its objects in the same order, each where it comes
// first, and those that d lacks at the end. What d holds must have been decoded before.
func inOrder(d *json.Decoder, v any, depth int) []byte {
	if depth == deepest {
		var passed json.RawMessage
		d.Decode(&passed)
		return engine.JSON(v)
	}
	token, _ := d.Token()
	switch token {
	case json.Delim('{'):
		object, _ := v.(map[string]any)
		written, order := map[string][]byte{}, []string{}
		for d.More() {
			token, _ := d.Token()
			name, _ := token.(string)
			if written[name] == nil {
				order = append(order, name)
			}
			written[name] = inOrder(d, object[name], depth+1)
		}
		d.Token()
		if object == nil {
			break // of two with one name this is the first
		}
		for _, name := range slices.Sorted(maps.Keys(object)) {
			if written[name] == nil {
				order, written[name] = append(order, name), engine.JSON(object[name])
			}
		}
		members := [][]byte{}
		for _, name := range order {
			members = append(members, slices.Concat(engine.JSON(name), []byte(":"), written[name]))
		}
		return slices.Concat([]byte("{"), bytes.Join(members, []byte(",")), []byte("}"))
	case json.Delim('['):
		list, _ := v.([]any)
		items := [][]byte{}
		for d.More() {
			var item any
			if len(items) < len(list) {
				item = list[len(items)]
			}
			items = append(items, inOrder(d, item, depth+1))
		}
		d.Token()
		if len(items) == len(list) {
			return slices.Concat([]byte("["), bytes.Join(items, []byte(",")), []byte("]"))
		}
	}
	return engine.JSON(v)
}

// templateInOrder is the template of a body as it was sent, with what the platform has changed in it.
func templateInOrder(body []byte, template engine.Transaction) json.RawMessage {
	var in map[string]json.RawMessage // not a struct, to which names in another letter case would do as well
	if json.Unmarshal(body, &in) != nil || in["txjson"] == nil {
		return engine.JSON(template) // it came as a blob
	}
	return inOrder(json.NewDecoder(bytes.NewReader(in["txjson"])), map[string]any(template), 0)
}
