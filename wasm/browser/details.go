//go:build js && wasm

package browser

import "github.com/xaman-live/xaman-live/wasm/view"

// details is what is signed, with what is to be known about it. Where it is more than there is room for, it scrolls.
type details struct {
	root, content          *element
	notice, danger         *element
	facts                  list
	rest, asked            fold // of the facts; of those of a request that has ended well, which stand elsewhere
	fieldBox, label, field *element
}

// fold is a list of facts that is folded.
type fold struct {
	root, summary *element
	facts         list
}

func newFold(p *page) fold {
	f := fold{summary: p.create("summary", "more-summary"), facts: p.facts("facts")}
	f.root = p.create("details", "more", f.summary, f.facts.element)
	return f
}

func (f *fold) show(m view.More, is bool) {
	if f.root.show(is && m.Summary != ""); is {
		f.facts.write(m.Facts)
		f.summary.set(m.Summary)
	}
}

func newDetails(p *page) details {
	el := p.create
	d := details{
		notice: el("p", "notice"), danger: el("p", "danger"),
		facts: p.facts("facts"), rest: newFold(p), asked: newFold(p),
		label: el("span", "field-label"),
		field: el("input", "field").attr("readonly", ""),
	}
	d.fieldBox = el("label", "field-box", d.label, d.field)
	d.content = el("div", "details-content", d.fieldBox, d.notice, d.danger, d.facts.element, d.rest.root,
		d.asked.root)
	d.root = el("div", "details", d.content)
	return d
}

func (d *details) show(m *view.Model) {
	d.notice.set(m.Notice)
	d.danger.set(m.Danger)
	d.facts.write(m.Facts)
	ended := m.Stage == view.StageReceipt
	d.rest.show(m.More, !ended)
	d.asked.show(m.More, ended)
	d.label.set(m.Field.Label)
	if m.Field.Text != d.field.text {
		d.field.text = m.Field.Text
		d.field.tree.page.note(d.field.node().Set("value", m.Field.Text))
	}
	d.fieldBox.show(m.Field.Label != "")
}

// facts is a list of labels and values.
func (p *page) facts(part string) list {
	return list{element: p.create("dl", part), kind: "fact", make: func() row {
		label, value := p.create("dt", "fact-label"), p.create("bdi", "fact-text")
		return row{p.create("div", "", label, p.create("dd", "fact-value", value)), []*element{label, value}}
	}}
}

func (l *list) write(facts []view.Fact) {
	l.resize(len(facts))
	for i, fact := range facts {
		label, value := l.rows[i].parts[0], l.rows[i].parts[1]
		label.set(fact.Label)
		value.set(fact.Value)
		value.flag("data-exact", fact.Exact)
		if fact.Exact {
			value.attr("dir", "ltr").attr("translate", "no")
		} else {
			value.attr("dir", "auto").attr("translate", "yes")
		}
	}
}
