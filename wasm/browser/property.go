//go:build js && wasm

package browser

import (
	"fmt"
	"sync"

	"github.com/hack-pad/safejs"
)

// property reads what may be missing or forbidden: a getter that throws, as that of localStorage does where the visitor
// allows no storage, ends in an error. Only a call catches what is thrown: a Get would stop Go for good.
func property(object safejs.Value, name string) (safejs.Value, error) {
	v, err := reflect("get", object, name)
	if err == nil && (v.IsUndefined() || v.IsNull()) {
		err = fmt.Errorf("there is no %s", name)
	}
	return v, err
}

// callOn calls a method of what may be missing or forbidden, see [property].
func callOn(object safejs.Value, method string, args ...any) (safejs.Value, error) {
	f, err := property(object, method)
	if err != nil {
		return safejs.Undefined(), err
	}
	return reflect("apply", f, object, args)
}

func reflect(method string, args ...any) (safejs.Value, error) {
	of, err := reflection()
	if err != nil {
		return of, err
	}
	return of.Call(method, args...)
}

// Each value that Go holds is some bytes and a finalizer: what is always the same is got once.
var reflection = sync.OnceValues(func() (safejs.Value, error) { return safejs.Global().Get("Reflect") })

// script keeps the first error of what is done one after the other. What follows is done with undefined, and fails too.
type script struct{ err error }

func (s *script) try(v safejs.Value, err error) safejs.Value {
	if s.err == nil {
		s.err = err
	}
	if s.err != nil {
		return safejs.Undefined()
	}
	return v
}
