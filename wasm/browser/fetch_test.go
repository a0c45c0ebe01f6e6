//go:build js && wasm

package browser

import (
	"context"
	"errors"
	"strings"
	"testing"
)

func TestFetch(t *testing.T) {
	keyed := map[string]string{"Content-Type": "application/json", "Idempotency-Key": "k"}
	for name, test := range map[string]struct {
		method, path string
		header       map[string]string
		body         string
		status       int
		answer       string // begins with this
	}{
		"get":          {"GET", "/echo?a=ü", nil, "", 200, "GET  "},
		"post":         {"POST", "/echo", keyed, `{"a":"ü"}`, 200, `POST k {"a":"ü"}`},
		"refused":      {"DELETE", "/missing", nil, "", 404, ""},
		"empty answer": {"GET", "/empty", nil, "", 200, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var body []byte
			if test.body != "" {
				body = []byte(test.body)
			}
			status, answer, err := fetch(t.Context(), test.method, server(t, "BACKEND")+test.path, test.header, body)
			if err != nil || status != test.status || !strings.HasPrefix(string(answer), test.answer) {
				t.Errorf("got %d %q %v, want %d %q", status, answer, err, test.status, test.answer)
			}
		})
	}
}

// A call stays with the backend. That knows the visitor by a cookie, also where the page is of another origin of the
// same site, which it then has to allow by name.
func TestFetchStaysWhereItIs(t *testing.T) {
	for _, path := range []string{"/redirect", "/everybody"} {
		if status, body, err := fetch(t.Context(), "GET", server(t, "BACKEND")+path, nil, nil); err == nil {
			t.Errorf("%s: got %d %q, want an error", path, status, body)
		}
	}
	for i, want := range []string{"", "session=1"} { // the first answer sets the cookie
		status, answer, err := fetch(t.Context(), "GET", server(t, "BACKEND")+"/cookie", nil, nil)
		if err != nil || status != 200 || string(answer) != want {
			t.Errorf("call %d: got %d %q %v, want the cookie %q sent to the backend", i+1, status, answer, err, want)
		}
	}
	keyed := map[string]string{"View-Key": "key"}
	if _, answer, err := fetch(t.Context(), "GET", server(t, "BACKEND")+"/cookie", keyed, nil); string(answer) != "key" {
		t.Errorf("got %q %v, want the view key without a cookie", answer, err)
	}
	if status, body, err := fetch(t.Context(), "GET", "http://127.0.0.1:1/", nil, nil); err == nil {
		t.Errorf("got %d %q where nobody listens, want an error", status, body)
	}
}

func TestFetchIsAborted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() {
		_, _, err := fetch(ctx, "GET", server(t, "BACKEND")+"/hang", nil, nil)
		done <- err
	}()
	begun := func(path string) bool {
		_, answer, err := fetch(t.Context(), "GET", server(t, "BACKEND")+path, nil, nil)
		return err == nil && string(answer) == "true"
	}
	until(t, "the call is under way", func() bool { return begun("/hanging") })
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
	until(t, "the server sees the call aborted", func() bool { return !begun("/hanging") })
}
