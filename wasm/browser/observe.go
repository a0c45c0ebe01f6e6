//go:build js && wasm

package browser

import (
	"sync"

	"github.com/hack-pad/safejs"
)

// seen are what observers call, by the number of each.
var seen = map[int]func(entries safejs.Value){}

// tell is called for all observers, with the number of one. It is never released: what one has seen may be told when it
// is gone.
var tell = sync.OnceValues(func() (safejs.Func, error) {
	return callbackOf(func(args []safejs.Value) {
		id, err := first(args).Int()
		if f := seen[id]; err == nil && f != nil {
			f(args[1])
		}
	})
})

// observers counts those that there have been.
var observers int

// observe calls f with the latest entry of an observer of that class for some elements, until the page is closed. What
// has no such class is not observed: a card can do without.
//
// Each call is a task of its own. Go does all that is due when it is called, and what changes a size within an
// observer's callback is an error of the page.
func (p *page) observe(class string, options map[string]any, f func(entry safejs.Value), elements ...*element) {
	callback, err := tell()
	if err != nil {
		return
	}
	observers++
	id := observers
	var js script
	later := js.try(callOn(js.try(property(safejs.Global(), "setTimeout")), "bind", nil, callback.Value(), 0, id))
	observer := js.try(js.try(property(safejs.Global(), class)).New(later, options))
	for _, e := range elements {
		js.try(observer.Call("observe", e.node()))
	}
	if js.err != nil {
		return
	}
	seen[id] = func(entries safejs.Value) {
		if last, err := entries.Call("at", -1); err == nil {
			f(last)
			p.flush()
		}
	}
	p.undo = append(p.undo, func() {
		_, _ = callOn(observer, "disconnect")
		delete(seen, id)
	})
}

// scrolls makes an element focusable while its content is higher than it is: who has no pointer scrolls what has the
// focus.
func (e *element) scrolls(content *element) {
	check := func(safejs.Value) {
		var js script
		high, errHigh := js.try(e.node().Get("scrollHeight")).Int()
		room, errRoom := js.try(e.node().Get("clientHeight")).Int()
		if errHigh == nil && errRoom == nil && high > room {
			e.attr("tabindex", "0")
		} else {
			e.unset("tabindex")
		}
	}
	e.tree.page.observe("ResizeObserver", nil, check, e, content)
}

// slot is a place for content of the page.
func (p *page) slot(name string) *element { return p.create("slot", "").attr("name", name) }
