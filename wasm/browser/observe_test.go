//go:build js && wasm

package browser

import (
	"strconv"
	"syscall/js"
	"testing"

	"github.com/hack-pad/safejs"
)

// box is an element of a size on the page, until the end of the test.
func box(t *testing.T, p *page) *element {
	t.Helper()
	e := p.create("div", "").attr("style", "height: 10px")
	p.make("box", e)
	body := js.Global().Get("document").Get("body")
	body.Call("append", safejs.Unsafe(e.node()))
	t.Cleanup(func() { safejs.Unsafe(e.node()).Call("remove") })
	return e
}

// Go does all that is due whenever it is called. What of it changes a size within an observer's callback, a browser
// reports as an error of the page.
func TestObserverMayChangeSizes(t *testing.T) {
	p := document(t)
	e := box(t, p)
	var errors []string
	if err := p.listen(safejs.Global(), "error", func(event safejs.Value) {
		errors = append(errors, safejs.Unsafe(event).Get("message").String())
		_, _ = event.Call("preventDefault")
	}); err != nil {
		t.Fatal(err)
	}
	height := 10
	p.observe("ResizeObserver", nil, func(safejs.Value) {
		if height < 15 {
			height++
			e.attr("style", "height: "+strconv.Itoa(height)+"px")
		}
	}, e)
	until(t, "the element has grown", func() bool { return height == 15 })
	turn()
	if len(errors) > 0 {
		t.Errorf("got errors %q, want none", errors)
	}
}

// What an observer has seen may be told when nobody wants to know any more.
func TestObserverOfClosedPage(t *testing.T) {
	p, err := newPage(safejs.Global())
	if err != nil {
		t.Fatal(err)
	}
	e := box(t, p)
	told := 0
	p.observe("ResizeObserver", nil, func(safejs.Value) { told++ }, e)
	frame := make(chan struct{})
	f := js.FuncOf(func(js.Value, []js.Value) any { close(frame); return nil })
	defer f.Release()
	// An observer that was made later is told later, in the same frame: Go's own is to be told next.
	eval("return (element, f) => new ResizeObserver((_, it) => { it.disconnect(); f(); }).observe(element)").
		Invoke(safejs.Unsafe(e.node()), f)
	<-frame
	p.close()
	turn()
	turn()
	if told > 0 {
		t.Errorf("got told %d times after the page was closed, want none", told)
	}
}
