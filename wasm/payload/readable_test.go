package payload_test

import (
	"testing"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

func TestReadable(t *testing.T) {
	for text, want := range map[string]string{
		"":                             "",
		" \n\t ":                       "",
		"\u200b\t\ufeff \u00ad":        "",
		"\u200d\u200c":                 "",
		"Two coffees":                  "Two coffees",
		" Two\r\n  coffees\u00a0\t":    "Two coffees",
		"Zwölf Wörter ☕ 日本 ك":          "Zwölf Wörter ☕ 日…",
		"Zwölf Wörter ☕ 日本":            "Zwölf Wörter ☕ 日本",
		"\u202eelbuod\u202c\u2066\x00": "elbuod",
		"a\u0300\u0085b\u2028c":        "a\u0300 b c",
		"me\u200cmo 👩\u200d🍳":          "me\u200cmo 👩\u200d🍳",
		"\ufeff\u200b\U000e0001hid":    "hid",
		"half\xff\xfe of it":           "half of it",
		"<b>&amp;</b>":                 "<b>&amp;</b>",
	} {
		if got := payload.Readable(text, 17); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
