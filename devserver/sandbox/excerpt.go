package sandbox

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/xaman-live/xaman-live/devserver/sandbox/engine"
)

const (
	maxDecoded = 64 << 10 // bytes of a body that is looked into
	maxExcerpt = 4000     // bytes of what is shown of it
	maxText    = 100      // characters of a text in it: links and hashes are shown in full, signatures are not
)

// excerpt is what may be shown of a body: JSON with long texts shortened and without tokens and secrets, or a text.
func excerpt(body []byte) string {
	if len(body) > maxDecoded {
		return fmt.Sprintf("(%d bytes)", len(body))
	}
	if v, err := decodeBody(body); err == nil && v != nil {
		body = inOrder(json.NewDecoder(bytes.NewReader(body)), shown(v), 0)
	}
	if len(body) > maxExcerpt {
		return strings.ToValidUTF8(string(body[:maxExcerpt]), "") + "…"
	}
	return strings.ToValidUTF8(string(body), "\uFFFD")
}

// shown is a JSON value as far as it may be shown.
func shown(v any) any {
	switch v := v.(type) {
	case fields:
		for name, inside := range v {
			text, isText := inside.(string)
			switch {
			case isText && (strings.Contains(name, "token") || strings.Contains(name, "secret")):
				v[name] = "(hidden)"
			case isText && name == "url": // a webhook's
				v[name], _, _ = strings.Cut(text, "?")
			default:
				v[name] = shown(inside)
			}
		}
	case []any:
		for i, inside := range v {
			v[i] = shown(inside)
		}
	case string:
		if n := utf8.RuneCountInString(v); n > maxText {
			return fmt.Sprintf("%s… (%d characters)", string([]rune(v)[:maxText/2]), n)
		}
	}
	return v
}

// frameInWords is the summary of a message on the status socket.
func frameInWords(data []byte) string {
	if len(data) > maxDecoded {
		return "a large message"
	}
	v, _ := decodeBody(data)
	doc, _ := v.(fields)
	if signed, ok := doc["signed"].(bool); ok {
		return map[bool]string{true: "resolved: signed", false: "resolved: rejected"}[signed]
	}
	if seconds, ok := doc["expires_in_seconds"]; ok {
		return fmt.Sprint("expires_in_seconds: ", seconds)
	}
	if text, ok := doc["message"].(string); ok {
		return fmt.Sprint("message: ", shown(text))
	}
	for _, e := range []engine.Event{
		engine.Opened, engine.PreSigned, engine.Dispatched, engine.Expired, engine.DevappFetched,
	} {
		if doc[string(e)] == true {
			return string(e)
		}
	}
	return "a message"
}
