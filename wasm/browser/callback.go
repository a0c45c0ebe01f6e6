//go:build js && wasm

package browser

import (
	"context"
	"errors"
	"fmt"
	"syscall/js"

	"github.com/hack-pad/safejs"
)

// callbackOf wraps f for JavaScript. The caller releases it.
func callbackOf(f func(args []safejs.Value)) (safejs.Func, error) {
	return functionOf(func(args []safejs.Value) any {
		f(args)
		return nil
	})
}

// functionOf is callbackOf for an f that has a result. A panic in f ends in the console, with null for its result: it
// must not unwind through a JavaScript frame.
func functionOf(f func(args []safejs.Value) any) (safejs.Func, error) {
	return safejs.FuncOf(func(_ safejs.Value, args []safejs.Value) (result any) {
		defer func() {
			if r := recover(); r != nil {
				println("panic in callback:", fmt.Sprint(r))
				result = nil
			}
		}()
		return f(args)
	})
}

// await waits for a promise. Both callbacks are released by whichever comes; if ctx ends first they stay until then.
func await(ctx context.Context, promise safejs.Value) (safejs.Value, error) {
	type result struct {
		value safejs.Value
		err   error
	}
	settled := make(chan result, 1)
	settle := func(r result) {
		select {
		case settled <- r:
		default: // a callback never waits
		}
	}
	var resolved, rejected safejs.Func
	release := func() { resolved.Release(); rejected.Release() }
	resolved, err := callbackOf(func(args []safejs.Value) {
		defer release()
		settle(result{value: first(args)})
	})
	if err != nil {
		return safejs.Undefined(), err
	}
	rejected, err = callbackOf(func(args []safejs.Value) {
		defer release()
		settle(result{err: reason(first(args))})
	})
	if err != nil {
		return safejs.Undefined(), err
	}
	if _, err := callOn(promise, "then", resolved.Value(), rejected.Value()); err != nil {
		release()
		return safejs.Undefined(), err
	}
	select {
	case r := <-settled:
		return r.value, r.err
	case <-ctx.Done():
		return safejs.Undefined(), context.Cause(ctx)
	}
}

func first(args []safejs.Value) safejs.Value {
	if len(args) == 0 {
		return safejs.Undefined()
	}
	return args[0]
}

// reason is what a promise was rejected with: an exception in all that we call.
func reason(v safejs.Value) error {
	if v.Type() == safejs.TypeObject {
		return js.Error{Value: safejs.Unsafe(v)}
	}
	return errors.New("promise rejected without an exception")
}
