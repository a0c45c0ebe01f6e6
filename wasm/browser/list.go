//go:build js && wasm

package browser

// list is an element with as many rows as there is something to show. Rows are planned with it or made when needed, and
// hidden when not.
type list struct {
	element *element
	kind    string // of its rows, see [page.make]
	make    func() row
	rows    []row
}

// row is one entry of a list and its parts.
type row struct {
	element *element
	parts   []*element
}

func (p *page) row(tag string, parts ...*element) row { return row{p.create(tag, "", parts...), parts} }

func (l *list) resize(n int) {
	for len(l.rows) < n {
		r := l.make()
		if !l.element.planned() {
			l.element.tree.page.make(l.kind, r.element)
		}
		l.element.append(r.element)
		l.rows = append(l.rows, r)
	}
	for i, r := range l.rows {
		r.element.show(i < n)
	}
	l.element.show(n > 0)
}
