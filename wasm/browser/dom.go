//go:build js && wasm

package browser

import (
	"fmt"
	"slices"

	"github.com/hack-pad/safejs"
)

// page creates and patches elements. DOM calls fail only through a defect of ours, and one report of it is enough: page
// keeps the first error, so that those who draw can go on without looking at each one.
type page struct {
	document  safejs.Value
	nodes     safejs.Value // function that makes them, see [element.describe]
	templates templates    // those of all cards of the page
	err       error
	undo      []func() // releases what listens on the page
}

func newPage(global safejs.Value) (*page, error) {
	document, err := global.Get("document")
	if err != nil {
		return nil, fmt.Errorf("find document: %w", err)
	}
	nodes, err := global.Get("nodes") // from runtime.js
	if err != nil {
		return nil, fmt.Errorf("find what makes nodes: %w", err)
	}
	return &page{document: document, nodes: nodes, templates: templates{}}, nil
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
// Until it is made, see [page.make], it is the plan of one, and what is written is part of the plan.
type element struct {
	page  *page
	text  string
	attrs []attribute // shared with the elements of other cards: replaced, and never changed
	plan  *plan       // nil: it has been made

	value safejs.Value // undefined until somebody asks for it: most nodes of a card are never touched
	tree  *copies      // where it is found
	place int
}

type attribute struct{ name, value string }

// create plans an element with a part name, by which pages style it, and the given children.
func (p *page) create(tag, part string, children ...*element) *element {
	e := &element{page: p, plan: &plan{tag: tag, children: children}}
	if part != "" {
		e.attr("part", part)
	}
	return e
}

// node returns the page's own.
func (e *element) node() safejs.Value {
	if e.value.IsUndefined() && e.tree != nil {
		v, err := e.tree.list.Index(e.place)
		e.page.note(err)
		e.value = v
	}
	return e.value
}

// append adds children that are made as it is, or planned as it is.
func (e *element) append(children ...*element) {
	if e.plan != nil {
		e.plan.children = append(e.plan.children, children...)
		return
	}
	for _, child := range children {
		e.call("append", child.node())
	}
}

// set writes the text, and hides an element that has none.
func (e *element) set(text string) {
	if text != e.text {
		e.write(text)
	}
	e.show(text != "")
}

func (e *element) write(text string) {
	if e.text = text; e.plan == nil {
		e.page.note(e.node().Set("textContent", text))
	}
}

// attr writes an attribute. It returns e, to be chained while building.
func (e *element) attr(name, value string) *element {
	if i := e.find(name); i < 0 {
		e.attrs = append(slices.Clip(e.attrs), attribute{name, value})
	} else if e.attrs[i].value != value {
		e.attrs = slices.Clone(e.attrs)
		e.attrs[i].value = value
	} else {
		return e
	}
	if e.plan == nil {
		e.call("setAttribute", name, value)
	}
	return e
}

func (e *element) unset(name string) {
	if i := e.find(name); i >= 0 {
		e.attrs = slices.Concat(e.attrs[:i], e.attrs[i+1:])
		if e.plan == nil {
			e.call("removeAttribute", name)
		}
	}
}

// find returns the place of an attribute, or -1.
func (e *element) find(name string) int {
	return slices.IndexFunc(e.attrs, func(a attribute) bool { return a.name == name })
}

func (e *element) show(visible bool) { e.flag("hidden", !visible) }

func (e *element) call(method string, args ...any) {
	_, err := e.node().Call(method, args...)
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
