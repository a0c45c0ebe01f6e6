//go:build js && wasm

package browser

import "github.com/hack-pad/safejs"

// storage is the site's own, shared by all its pages. Browsers throw at each use where the visitor allows none.
type storage struct{ value safejs.Value }

func newStorage(global safejs.Value) storage {
	value, _ := property(global, "localStorage") // undefined, on which every call fails
	return storage{value}
}

func (s storage) Keys() (keys []string) {
	length, err := property(s.value, "length")
	if err != nil {
		return nil
	}
	n, err := length.Int()
	if err != nil {
		return nil
	}
	for i := range n {
		if key := s.text("key", i); key != "" {
			keys = append(keys, key)
		}
	}
	return keys
}

func (s storage) Text(key string) string { return s.text("getItem", key) }
func (s storage) Set(key, text string)   { _, _ = callOn(s.value, "setItem", key, text) }
func (s storage) Remove(key string)      { _, _ = callOn(s.value, "removeItem", key) }

func (s storage) text(method string, of any) string {
	v, err := callOn(s.value, method, of)
	if err != nil || v.Type() != safejs.TypeString {
		return ""
	}
	text, _ := v.String()
	return text
}
