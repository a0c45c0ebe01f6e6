//go:build js && wasm

package browser

import (
	"syscall/js"
	"testing"

	"github.com/hack-pad/safejs"

	"github.com/xaman-live/xaman-live/wasm/qr"
	"github.com/xaman-live/xaman-live/wasm/view"
)

func TestOptions(t *testing.T) {
	page := js.Global().Get("location").Get("origin").String()
	tests := []struct {
		name     string
		from     map[string]any
		layout   view.Layout
		level    qr.Level
		onward   string
		withLogo bool
	}{
		{name: "nothing", from: map[string]any{}, layout: view.LayoutCard, level: qr.Medium},
		{name: "null, as of a missing attribute", from: map[string]any{"layout": nil, "return-url": nil},
			layout: view.LayoutCard, level: qr.Medium},
		{name: "all", from: map[string]any{"layout": "compact", "error-correction": "Q", "return-url": "/thanks"},
			layout: view.LayoutCompact, level: qr.Quartile, onward: page + "/thanks"},
		{name: "nonsense", from: map[string]any{"layout": "wide", "error-correction": "X"},
			layout: view.LayoutCard, level: qr.Medium},
		{name: "a logo needs more correction", from: map[string]any{"error-correction": "M", "qr-logo": "/logo.svg"},
			layout: view.LayoutCard, level: qr.High, withLogo: true},
		{name: "way on to another site", from: map[string]any{"return-url": "https://evil.example/"},
			layout: view.LayoutCard, level: qr.Medium},
		{name: "way on that is a script", from: map[string]any{"return-url": "javascript:alert(1)"},
			layout: view.LayoutCard, level: qr.Medium},
		{name: "way on that is allowed", from: map[string]any{
			"return-url": "https://pay.example/x", "return-origins": "https://a.example https://pay.example"},
			layout: view.LayoutCard, level: qr.Medium, onward: "https://pay.example/x"},
	}
	for _, tt := range tests {
		o, logo, err := readOptions(safejs.Safe(js.ValueOf(tt.from)))
		same := o.Layout == tt.layout && o.Level == tt.level && o.Continue == tt.onward && (logo != "") == tt.withLogo
		if err != nil || !same {
			t.Errorf("%s: got layout %s, level %d, way on %q, logo %q, %v", tt.name, o.Layout, o.Level, o.Continue, logo, err)
		}
	}
}
