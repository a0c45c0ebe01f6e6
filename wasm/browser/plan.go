//go:build js && wasm

package browser

import (
	"strings"

	"github.com/hack-pad/safejs"
)

// plan is what an element is made of while it is no node yet. Building a card calls nothing of the page: the nodes come
// from a copy of those of the first card that was like it.
type plan struct {
	tag      string
	svg      bool
	children []*element
}

// templates are what was made first, by what describes it.
type templates map[string]template

type template struct {
	node  safejs.Value
	attrs [][]attribute // of its elements, in the order of the document; shared, so nobody changes them
}

// copies are the nodes below the root of a tree that was made, in the order of the document.
type copies struct {
	list safejs.Value
	next int // place of the next one to be adopted, and one more
}

// make turns an element and all that is in it into nodes.
func (p *page) make(root *element) {
	var b strings.Builder
	root.describe(&b)
	made, ok := p.templates[b.String()]
	if !ok {
		made.node = root.build()
		root.collect(&made.attrs)
		p.templates[b.String()] = made
	}
	var js script
	root.value = js.try(made.node.Call("cloneNode", true))
	tree := &copies{list: js.try(root.value.Call("querySelectorAll", "*"))}
	p.note(js.err)
	root.adopt(tree, made.attrs)
}

// describe writes all that sets a tree apart from others.
func (e *element) describe(b *strings.Builder) {
	b.WriteString("<" + e.plan.tag)
	for _, a := range e.attrs {
		b.WriteString("\x00" + a.name + "\x00" + a.value)
	}
	b.WriteString(">" + e.text)
	for _, child := range e.plan.children {
		child.describe(b)
	}
	b.WriteString("<>")
}

// build makes the nodes of a plan one by one.
func (e *element) build() safejs.Value {
	var js script
	var v safejs.Value
	if e.plan.svg {
		v = js.try(e.page.document.Call("createElementNS", svg, e.plan.tag))
	} else {
		v = js.try(e.page.document.Call("createElement", e.plan.tag))
	}
	for _, a := range e.attrs {
		js.try(v.Call("setAttribute", a.name, a.value))
	}
	if e.text != "" {
		js.try(v.Call("append", e.text))
	}
	for _, child := range e.plan.children {
		js.try(v.Call("append", child.build()))
	}
	e.page.note(js.err)
	return v
}

// collect lists the attributes of a tree.
func (e *element) collect(all *[][]attribute) {
	*all = append(*all, e.attrs)
	for _, child := range e.plan.children {
		child.collect(all)
	}
}

// adopt ends the plan of a tree whose nodes have been made, with the attributes of the template. It returns those of
// the nodes that follow.
func (e *element) adopt(tree *copies, attrs [][]attribute) (rest [][]attribute) {
	e.tree, e.place = tree, tree.next-1 // the root, which has its value already, is in no list
	tree.next++
	e.attrs, rest = attrs[0], attrs[1:]
	for _, child := range e.plan.children {
		rest = child.adopt(tree, rest)
	}
	e.plan = nil
	return rest
}
