//go:build js && wasm

package browser

import (
	"context"
	"errors"
	"testing"
)

func TestFetch(t *testing.T) {
	tests := map[string]struct {
		method string
		header map[string]string
		body   []byte
		status int
		answer string
	}{
		"get":          {"GET", nil, nil, 200, `{"a":"ü"}`},
		"post":         {"POST", map[string]string{"Content-Type": "application/json", "X": "y"}, []byte(`{"demo":"payment"}`), 201, "{}"},
		"refused":      {"DELETE", nil, nil, 404, `{"error":{}}`},
		"empty answer": {"GET", nil, nil, 200, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.route(test.method+" /api/x", test.status, test.answer)
			status, body, err := fetch(t.Context(), test.method, "/api/x", test.header, test.body)
			if err != nil || status != test.status || string(body) != test.answer {
				t.Errorf("got %d %q %v, want %d %q", status, body, err, test.status, test.answer)
			}
			call := w.js.Get("calls").Index(0)
			if got := call.Get("body").String(); got != string(test.body) {
				t.Errorf("got body %q, want %q", got, test.body)
			}
			for name, want := range test.header {
				if got := call.Get("headers").Get(name).String(); got != want {
					t.Errorf("got %s: %q, want %q", name, got, want)
				}
			}
		})
	}
}

// A call stays with the backend, and carries the visitor's cookies nowhere else.
func TestFetchStaysWhereItIs(t *testing.T) {
	w := newWorld(t)
	w.route("GET /api/x", 200, "{}")
	if _, _, err := fetch(t.Context(), "GET", "/api/x", nil, nil); err != nil {
		t.Fatal(err)
	}
	init := w.js.Get("calls").Index(0).Get("init")
	for name, want := range map[string]string{"redirect": "error", "credentials": "same-origin", "cache": "no-store"} {
		if got := init.Get(name).String(); got != want {
			t.Errorf("got %s %q, want %q", name, got, want)
		}
	}
}

func TestFetchOfNobody(t *testing.T) {
	w := newWorld(t)
	w.route("GET /api/x", 0, "")
	if status, body, err := fetch(t.Context(), "GET", "/api/x", nil, nil); err == nil {
		t.Errorf("got %d %q, want an error", status, body)
	}
}

func TestFetchIsAborted(t *testing.T) {
	w := newWorld(t)
	w.route("GET /api/x", -1, "")
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() {
		_, _, err := fetch(ctx, "GET", "/api/x", nil, nil)
		done <- err
	}()
	w.until("the call is under way", func() bool { return w.called("GET /api/x") == 1 })
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
	w.until("the call is aborted", func() bool { return w.js.Get("calls").Index(0).Get("signal").Get("aborted").Bool() })
}
