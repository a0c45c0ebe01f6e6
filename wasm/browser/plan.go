//go:build js && wasm

package browser

import (
	"strconv"
	"strings"

	"github.com/hack-pad/safejs"
)

// plan is what an element is made of while it is no node yet. Building a card calls nothing of the page: the nodes come
// from a copy of those of the first card that was like it, and these are made in one call.
type plan struct {
	tag      string
	children []*element
}

// templates are what was made first of each kind.
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

// make turns an element and all that is in it into nodes. What is of one kind is planned alike.
func (p *page) make(kind string, root *element) {
	var js script
	made, ok := p.templates[kind]
	if !ok {
		var b strings.Builder
		root.describe(&b)
		made.node = js.try(p.nodes.Invoke(b.String()))
		root.collect(&made.attrs)
		p.templates[kind] = made
	}
	root.value = js.try(made.node.Call("cloneNode", true))
	tree := &copies{list: js.try(root.value.Call("querySelectorAll", "*"))}
	p.note(js.err)
	root.adopt(tree, made.attrs)
}

// describe writes a plan as runtime.js makes nodes of it.
func (e *element) describe(b *strings.Builder) {
	b.WriteString("[")
	quote(b, e.plan.tag)
	between := ",{"
	for _, a := range e.attrs {
		b.WriteString(between)
		quote(b, a.name)
		b.WriteString(":")
		quote(b, a.value)
		between = ","
	}
	if len(e.attrs) == 0 {
		b.WriteString(between)
	}
	b.WriteString("},")
	quote(b, e.text)
	for _, child := range e.plan.children {
		b.WriteString(",")
		child.describe(b)
	}
	b.WriteString("]")
}

// quote writes a text as JSON has it. Addresses have no characters that Go would write in another way.
func quote(b *strings.Builder, text string) {
	if strings.ContainsAny(text, `"\`) {
		b.WriteString(strconv.Quote(text))
		return
	}
	b.WriteString(`"`)
	b.WriteString(text)
	b.WriteString(`"`)
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
