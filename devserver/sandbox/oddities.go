package sandbox

import (
	"bytes"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/xaman-live/xaman-live/devserver/sandbox/engine"
)

// This file has the forms in which a document of the REST API may come, other than the usual one, and mean the same.

// withOddTypes leaves the template and the developer's own data as they are.
func withOddTypes(doc fields) {
	for _, name := range []string{"meta", "application", "payload", "response"} {
		object, _ := doc[name].(fields)
		for name, v := range object {
			switch v := v.(type) {
			case json.Number:
				object[name] = v.String()
			case bool:
				object[name] = map[bool]int{true: 1}[v]
			}
		}
	}
	if application, ok := doc["application"].(fields); ok {
		application["disabled"] = application["disabled"] != "0"
	}
}

func withOddTemplate(doc fields) {
	if payload, ok := doc["payload"].(fields); ok {
		payload["request_json"] = oddForm(payload["request_json"])
	}
}

// longHex is a text that is nothing but data: no amount, and no code of a currency in letters.
var longHex = regexp.MustCompile(`^[0-9A-F]{16,}$`)

// oddForm is a JSON value in another form: its keys from last to first, long hex in lower case, numbers as strings.
func oddForm(v any) any {
	switch v := v.(type) {
	case fields:
		var b bytes.Buffer
		b.WriteByte('{')
		for i, name := range slices.Backward(slices.Sorted(maps.Keys(v))) {
			b.Write(engine.JSON(name))
			b.WriteByte(':')
			b.Write(engine.JSON(oddForm(v[name])))
			if i > 0 {
				b.WriteByte(',')
			}
		}
		b.WriteByte('}')
		return json.RawMessage(b.Bytes())
	case []any:
		odd := make([]any, len(v))
		for i, item := range v {
			odd[i] = oddForm(item)
		}
		return odd
	case json.Number:
		return v.String()
	case string:
		if longHex.MatchString(v) {
			return strings.ToLower(v)
		}
	}
	return v
}

func withUnknownKeys(doc fields) {
	for name, section := range doc {
		// The template and the developer's own data are not the platform's.
		if object, ok := section.(fields); ok && name != "custom_meta" {
			object["x_new"] = []any{fields{"nested": nil}, true}
		}
	}
	doc["x_new"] = fields{"uuid": newUUID(), "signed": true}
}

// withoutEmpty keeps the template and the developer's own data as they are.
func withoutEmpty(doc fields) {
	for name, section := range doc {
		object, ok := section.(fields)
		if !ok || name == "custom_meta" {
			continue
		}
		maps.DeleteFunc(object, func(_ string, v any) bool {
			return v == nil || v == false || v == "" || v == json.Number("0")
		})
	}
}
