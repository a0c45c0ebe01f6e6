//go:build js && wasm

package browser

import (
	"fmt"

	"github.com/hack-pad/safejs"
)

// page creates and patches elements. DOM calls fail only through a defect of ours, and one report of it is enough: page
// keeps the first error, so that those who draw can go on without looking at each one.
type page struct {
	document safejs.Value
	err      error
	undo     []func() // releases what listens on the page
}

func newPage(global safejs.Value) (*page, error) {
	document, err := global.Get("document")
	if err != nil {
		return nil, fmt.Errorf("find document: %w", err)
	}
	return &page{document: document}, nil
}

// close removes every listener.
func (p *page) close() {
	for _, undo := range p.undo {
		undo()
	}
	p.undo = nil
}

func (p *page) note(err error) {
	if p.err == nil {
		p.err = err
	}
}

// element is a node with what was last written to it, as each call across the boundary costs more than a comparison.
type element struct {
	page  *page
	value safejs.Value
	text  string
	attrs map[string]string
}

const svg = "http://www.w3.org/2000/svg"

// create makes an element with a part name, by which pages style it, and the given children.
func (p *page) create(tag, part string, children ...*element) *element {
	v, err := p.document.Call("createElement", tag)
	p.note(err)
	return p.wrap(v, part, children)
}

func (p *page) createSVG(tag, part string, children ...*element) *element {
	v, err := p.document.Call("createElementNS", svg, tag)
	p.note(err)
	return p.wrap(v, part, children)
}

func (p *page) wrap(v safejs.Value, part string, children []*element) *element {
	e := &element{page: p, value: v, attrs: map[string]string{}}
	if part != "" {
		e.attr("part", part)
	}
	e.append(children...)
	return e
}

func (e *element) append(children ...*element) {
	for _, child := range children {
		_, err := e.value.Call("append", child.value)
		e.page.note(err)
	}
}

func (e *element) remove() {
	_, err := e.value.Call("remove")
	e.page.note(err)
}

// set writes the text, and hides an element that has none.
func (e *element) set(text string) {
	if text != e.text {
		e.text = text
		e.page.note(e.value.Set("textContent", text))
	}
	e.show(text != "")
}

// attr writes an attribute. It returns e, to be chained while building.
func (e *element) attr(name, value string) *element {
	if old, ok := e.attrs[name]; !ok || old != value {
		e.attrs[name] = value
		_, err := e.value.Call("setAttribute", name, value)
		e.page.note(err)
	}
	return e
}

func (e *element) unset(name string) {
	if _, ok := e.attrs[name]; ok {
		delete(e.attrs, name)
		_, err := e.value.Call("removeAttribute", name)
		e.page.note(err)
	}
}

func (e *element) show(visible bool) { e.flag("hidden", !visible) }

func (e *element) call(method string, args ...any) {
	_, err := e.value.Call(method, args...)
	e.page.note(err)
}

// flag writes an attribute that is there or not.
func (e *element) flag(name string, is bool) {
	if is {
		e.attr(name, "")
	} else {
		e.unset(name)
	}
}

// listen calls f for each event of that name on target, until the page is closed. A card can do without most of them.
func (p *page) listen(target safejs.Value, event string, f func(safejs.Value)) error {
	callback, err := callbackOf(func(args []safejs.Value) {
		if len(args) > 0 {
			f(args[0])
		}
	})
	if err != nil {
		return err
	}
	if _, err = callOn(target, "addEventListener", event, callback.Value()); err != nil {
		callback.Release()
		return err
	}
	p.undo = append(p.undo, func() {
		_, err := callOn(target, "removeEventListener", event, callback.Value())
		p.note(err)
		callback.Release()
	})
	return nil
}
