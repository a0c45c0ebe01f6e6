//go:build js && wasm

package browser

import "github.com/hack-pad/safejs"

// observe calls f with the latest entry of an observer of that class for some elements, until the page is closed. What
// has no such class is not observed: a card can do without.
func (p *page) observe(class string, options map[string]any, f func(entry safejs.Value), elements ...*element) {
	callback, err := callbackOf(func(args []safejs.Value) {
		f(first(args))
		p.flush()
	})
	if err != nil {
		return
	}
	args := []any{class, options, callback.Value()}
	for _, e := range elements {
		args = append(args, e.node())
	}
	stop, err := p.observer.Invoke(args...)
	if err != nil {
		callback.Release()
		return
	}
	p.undo = append(p.undo, func() {
		_, _ = stop.Invoke()
		callback.Release()
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
