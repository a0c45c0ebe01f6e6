//go:build js && wasm

package browser

import (
	"fmt"
	"strconv"

	"github.com/hack-pad/safejs"
)

// page creates and patches elements. DOM calls fail only through a defect of ours, and one report of it is enough: page
// keeps the first error, so that those who draw can go on without looking at each one.
type page struct {
	document safejs.Value
	functions
	templates templates // those of all cards of the page
	spare     []element // one piece of memory for many
	unwritten []byte    // see [page.flush]
	written   *tree     // of what is unwritten
	err       error
	undo      []func() // releases what listens on the page
}

// functions are those of runtime.js.
type functions struct{ nodes, copy, write safejs.Value }

func newPage(global safejs.Value) (*page, error) {
	document, err := global.Get("document")
	if err != nil {
		return nil, fmt.Errorf("find document: %w", err)
	}
	p := &page{document: document, templates: templates{}}
	for name, f := range map[string]*safejs.Value{"nodes": &p.nodes, "copy": &p.copy, "write": &p.write} {
		if *f, err = global.Get(name); err != nil {
			return nil, fmt.Errorf("find what makes nodes: %w", err)
		}
	}
	return p, nil
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
	tree   *tree
	text   string
	attrs  *attribute // shared with the elements of other cards: replaced, and never changed
	place  int32      // among the nodes of its tree
	hidden bool
}

// tree is what an element is in: the nodes that were made together, or before that its own plan.
type tree struct {
	page     *page
	nodes    safejs.Value // those of the tree, in the order of the document; undefined: there is none yet
	tag      string       // of a plan
	children []*element   // of a plan
}

// attribute is one of a list of them.
type attribute struct {
	name, value string
	next        *attribute
}

// together is how many elements are made in one piece of memory: of 1 kB, with what Go adds.
const together = 25

// create plans an element with a part name, by which pages style it, and the given children.
func (p *page) create(tag, part string, children ...*element) *element {
	if len(p.spare) == 0 {
		p.spare = make([]element, together)
	}
	e := &p.spare[0]
	p.spare = p.spare[1:]
	e.tree = &tree{page: p, tag: tag, children: children}
	if part != "" {
		e.attr("part", part)
	}
	return e
}

func (e *element) planned() bool { return e.tree.nodes.IsUndefined() }

// node returns the page's own, with all that was written. It is not kept: most nodes of a card are never touched.
func (e *element) node() safejs.Value {
	p := e.tree.page
	p.flush()
	v, err := e.tree.nodes.Index(int(e.place))
	p.note(err)
	return v
}

// append adds children that are made as it is, or planned as it is.
func (e *element) append(children ...*element) {
	if e.planned() {
		e.tree.children = append(e.tree.children, children...)
		return
	}
	for _, child := range children {
		e.call("append", child.node())
	}
}

// put has a method of a node called that writes texts.
func (e *element) put(method string, texts ...string) {
	if e.planned() {
		return
	}
	p := e.tree.page
	if p.written != e.tree {
		p.flush()
		p.written = e.tree
	}
	between := byte(',')
	if len(p.unwritten) == 0 {
		between = '['
	}
	list := quote(append(strconv.AppendInt(append(p.unwritten, between, '['), int64(e.place), 10), ','), method)
	for _, text := range texts {
		list = quote(append(list, ','), text)
	}
	p.unwritten = append(list, ']')
}

// flush writes what was put, all of it in one call.
func (p *page) flush() {
	if len(p.unwritten) == 0 {
		return
	}
	list := string(append(p.unwritten, ']'))
	p.unwritten = nil
	_, err := p.write.Invoke(p.written.nodes, list)
	p.note(err)
}

// set writes the text, and hides an element that has none.
func (e *element) set(text string) {
	if text != e.text {
		e.write(text)
	}
	e.show(text != "")
}

func (e *element) write(text string) {
	if e.text = text; text == "" {
		e.put("replaceChildren")
	} else {
		e.put("replaceChildren", text)
	}
}

// attr writes an attribute. It returns e, to be chained while building.
func (e *element) attr(name, value string) *element {
	if a := e.attrs.find(name); a == nil || a.value != value {
		e.attrs = &attribute{name, value, e.attrs.without(a)}
		e.put("setAttribute", name, value)
	}
	return e
}

func (e *element) unset(name string) {
	if a := e.attrs.find(name); a != nil {
		e.attrs = e.attrs.without(a)
		e.put("removeAttribute", name)
	}
}

// find returns the attribute of that name, or nil.
func (a *attribute) find(name string) *attribute {
	for a != nil && a.name != name {
		a = a.next
	}
	return a
}

// without returns the list without one of its attributes; nil: without none.
func (a *attribute) without(gone *attribute) *attribute {
	switch {
	case gone == nil:
		return a
	case a == gone:
		return a.next
	}
	return &attribute{a.name, a.value, a.next.without(gone)}
}

func (e *element) show(visible bool) {
	switch {
	case e.hidden == !visible:
	case visible:
		e.put("removeAttribute", "hidden")
	default:
		e.put("setAttribute", "hidden", "")
	}
	e.hidden = !visible
}

func (e *element) call(method string, args ...any) {
	_, err := e.node().Call(method, args...)
	e.tree.page.note(err)
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
			p.flush()
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
