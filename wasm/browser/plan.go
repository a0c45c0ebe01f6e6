//go:build js && wasm

package browser

import (
	"github.com/hack-pad/safejs"
)

// templates are the nodes that were made first of each kind. Building a card calls nothing of the page: its nodes are
// copies of those of the first card that was like it, and these are made in one call.
type templates map[string]template

type template struct {
	node  safejs.Value
	attrs []*attribute // of its elements, in the order of the document; shared, so nobody changes them
}

// make turns an element and all that is in it into nodes. What is of one kind is planned alike.
func (p *page) make(kind string, root *element) {
	var js script
	made, ok := p.templates[kind]
	if !ok {
		made.node = js.try(p.nodes.Invoke(string(root.describe(nil))))
		root.collect(&made.attrs)
		p.templates[kind] = made
	}
	copied := &tree{page: p, nodes: js.try(p.copy.Invoke(made.node))}
	p.note(js.err)
	root.adopt(copied, 0, made.attrs)
}

// describe writes a plan as runtime.js makes nodes of it.
func (e *element) describe(b []byte) []byte {
	b = append(quote(append(b, '['), e.tree.tag), ",{"...)
	all := e.attrs
	if e.hidden {
		all = &attribute{name: "hidden", next: all}
	}
	for a := all; a != nil; a = a.next {
		if a != all {
			b = append(b, ',')
		}
		b = quote(append(quote(b, a.name), ':'), a.value)
	}
	b = quote(append(b, "},"...), e.text)
	for _, child := range e.tree.children {
		b = child.describe(append(b, ','))
	}
	return append(b, ']')
}

// quote writes a text as JSON has it.
func quote(b []byte, text string) []byte {
	b = append(b, '"')
	for i := range len(text) {
		switch c := text[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c < ' ':
			const digits = "0123456789abcdef"
			b = append(b, '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
		default:
			b = append(b, c)
		}
	}
	return append(b, '"')
}

// collect lists the attributes of a tree.
func (e *element) collect(all *[]*attribute) {
	*all = append(*all, e.attrs)
	for _, child := range e.tree.children {
		child.collect(all)
	}
}

// adopt ends the plan of an element whose nodes have been made, with the attributes of the template. Its place is the
// first one, and it returns the one that follows.
func (e *element) adopt(made *tree, place int32, attrs []*attribute) (next int32) {
	children := e.tree.children
	e.tree, e.place, e.attrs = made, place, attrs[place]
	next = place + 1
	for _, child := range children {
		next = child.adopt(made, next, attrs)
	}
	return next
}
