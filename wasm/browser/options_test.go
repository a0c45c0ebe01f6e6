//go:build js && wasm

package browser

import (
	"context"
	"errors"
	"strings"
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

// What the element has asked the backend is taken as an answer to the program, and nothing else is.
func TestOptionsAsked(t *testing.T) {
	tests := map[string]struct {
		answer string
		status int
		body   string
	}{
		"answer":            {`Promise.resolve({ status: 201, text: '{"ü":1}' })`, 201, `{"ü":1}`},
		"refusal":           {`Promise.resolve({ status: 404, text: '' })`, 404, ""},
		"no answer":         {`Promise.reject(new TypeError('Failed to fetch'))`, 0, ""},
		"rejected with 1":   {`Promise.reject(1)`, 0, ""},
		"answer of nothing": {`Promise.resolve()`, 0, ""},
		"half an answer":    {`Promise.resolve({ status: 200 })`, 0, ""},
		"no promise":        {`1`, 0, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			options := eval(`return { backend: '/api', asked: { key: 'k', answer: ` + tt.answer + ` } }`)
			o, _, err := readOptions(safejs.Safe(options))
			if err != nil || o.Asked == nil || o.Asked.Key != "k" {
				t.Fatalf("got %+v, %v, want the key k", o.Asked, err)
			}
			status, body, err := o.Asked.Answer(t.Context())
			if status != tt.status || string(body) != tt.body || (err == nil) != (tt.status != 0) {
				t.Errorf("got %d %q %v, want %d %q", status, body, err, tt.status, tt.body)
			}
		})
	}
	waiting := eval(`return { backend: '/api', asked: { key: 'k', answer: new Promise(() => {}) } }`)
	o, _, err := readOptions(safejs.Safe(waiting))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := o.Asked.Answer(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v after the end, want %v", err, context.Canceled)
	}
	for _, none := range []string{`{ backend: '/api' }`, `{ backend: '/api', asked: null }`, `{ asked: {} }`} {
		if o, _, err := readOptions(safejs.Safe(eval(`return ` + none))); err != nil || o.Asked != nil {
			t.Errorf("%s: got %+v, %v, want nothing asked", none, o.Asked, err)
		}
	}
}

// The view key is the latest that the page has. There is none for a request that is still to be made.
func TestOptionsViewKey(t *testing.T) {
	told := warnings(t)
	for _, request := range []string{"uuid: 'u'", "payload: '{}'", "uuid: 'u', demo: 'pay'"} {
		options := eval(`return { backend: '/api', 'view-key': 'first', ` + request + ` }`)
		o, _, err := readOptions(safejs.Safe(options))
		if err != nil || o.Backend.ViewKey == nil || o.Backend.ViewKey() != "first" {
			t.Fatalf("%s: got %+v, %v, want the key", request, o.Backend, err)
		}
		for set, want := range map[any]string{"second": "second", nil: ""} {
			if options.Set("view-key", set); o.Backend.ViewKey() != want {
				t.Errorf("%s: got key %q, want %q", request, o.Backend.ViewKey(), want)
			}
		}
	}
	o, _, err := readOptions(safejs.Safe(eval(`return { backend: '/api', uuid: 'u' }`)))
	if err != nil || o.Backend.ViewKey != nil || len(*told) > 0 {
		t.Errorf("got %+v, %v and warnings %q, want no key and none", o.Backend, err, *told)
	}
	o, _, err = readOptions(safejs.Safe(eval(`return { backend: '/api', 'view-key': 'secret', demo: 'pay' }`)))
	if err != nil || o.Backend.ViewKey != nil || len(*told) != 1 || strings.Contains((*told)[0], "secret") {
		t.Errorf("got %+v, %v and warnings %q, want no key, and the developer told", o.Backend, err, *told)
	}
	o, _, err = readOptions(safejs.Safe(eval(`return { 'view-key': 'k', uuid: 'u' }`)))
	if err != nil || o.Backend != nil {
		t.Errorf("got %+v, %v, want no backend", o.Backend, err)
	}
}
