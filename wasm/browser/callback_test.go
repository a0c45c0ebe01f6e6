//go:build js && wasm

package browser

import (
	"context"
	"errors"
	"strings"
	"syscall/js"
	"testing"

	"github.com/hack-pad/safejs"
)

// A panic that gets through to JavaScript stops Go for good: nothing after it would run.
func TestPanicInCallback(t *testing.T) {
	f, err := callbackOf(func([]safejs.Value) { panic("test") })
	if err != nil {
		t.Fatal(err)
	}
	defer f.Release()
	for range 2 {
		if got, err := f.Value().Invoke(); err != nil || !got.IsNull() {
			t.Errorf("got %v, %v, want null", got, err)
		}
	}
	js.Global().Call("setTimeout", safejs.Unsafe(f.Value()))
	turn()
	turn()
}

// thenable is a promise that settles when the test says so, and keeps what await gave it.
func thenable() js.Value {
	return eval("return { then(resolve, reject) { this.resolve = resolve; this.reject = reject; } }")
}

func TestAwait(t *testing.T) {
	exception := js.Global().Get("TypeError").New("Failed to fetch")
	tests := map[string]struct {
		settle string
		with   any
		want   string
		err    string
	}{
		"resolved":                      {"resolve", "yes", "yes", ""},
		"rejected with an exception":    {"reject", exception, "", "Failed to fetch"},
		"rejected with text":            {"reject", "no", "", "without an exception"},
		"rejected with nothing":         {"reject", js.Undefined(), "", "without an exception"},
		"rejected with null, an object": {"reject", js.Null(), "", "without an exception"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			promise := thenable()
			type result struct {
				value safejs.Value
				err   error
			}
			done := make(chan result)
			go func() {
				v, err := await(t.Context(), safejs.Safe(promise))
				done <- result{v, err}
			}()
			until(t, "it waits", func() bool { return promise.Get("resolve").Truthy() })
			promise.Call(test.settle, test.with)
			r := <-done
			switch {
			case test.err == "" && r.err != nil:
				t.Errorf("got error %v, want %q", r.err, test.want)
			case test.err == "" && safejs.Unsafe(r.value).String() != test.want:
				t.Errorf("got %v, want %q", safejs.Unsafe(r.value), test.want)
			case test.err != "" && (r.err == nil || !strings.Contains(r.err.Error(), test.err)):
				t.Errorf("got error %v, want one with %q", r.err, test.err)
			}
			if !released(promise.Get("resolve")) || !released(promise.Get("reject")) {
				t.Error("a callback was not released")
			}
		})
	}
}

func TestAwaitEndsWithContext(t *testing.T) {
	promise := thenable()
	gone := errors.New("the card is gone")
	ctx, cancel := context.WithCancelCause(t.Context())
	done := make(chan error)
	go func() {
		_, err := await(ctx, safejs.Safe(promise))
		done <- err
	}()
	until(t, "it waits", func() bool { return promise.Get("resolve").Truthy() })
	cancel(gone)
	if err := <-done; !errors.Is(err, gone) {
		t.Errorf("got %v, want %v", err, gone)
	}
	if got := promise.Call("resolve", "too late"); !got.IsNull() {
		t.Error("the callbacks were released while the promise could still call them")
	}
	if !released(promise.Get("reject")) {
		t.Error("the callbacks were not released when the promise settled")
	}
}

func TestAwaitWhatIsNoPromise(t *testing.T) {
	if v, err := await(t.Context(), safejs.Null()); err == nil {
		t.Errorf("got %v, want an error", safejs.Unsafe(v))
	}
}
