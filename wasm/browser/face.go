//go:build js && wasm

package browser

import (
	"github.com/hack-pad/safejs"

	"github.com/xaman-live/xaman-live/wasm/card"
	"github.com/xaman-live/xaman-live/wasm/qr"
	"github.com/xaman-live/xaman-live/wasm/view"
)

// face is the visible card: its nodes, built once, and how a [view.Model] is put into them. It is a [card.Page].
//
// From top to bottom: who asks, how far the request is, what it is about, the stage, what belongs to the stage, the
// details of what is signed, and what the visitor can do. Each has its place in every state, see the stylesheet.
type face struct {
	page   *page
	parent safejs.Value // that the page gave for it
	events safejs.Value // the page's function that is told of changes
	root   *element     // what is put on the page: the card, or the dialog that it is in
	tree   safejs.Value // that it is in: of the page or of an element

	card        *element
	header      header
	steps       list
	title, line *element
	guide       list
	stage       stage
	caption     caption
	details     details
	buttons     buttons
	dialog      *dialog // nil: the card stands in the page

	polite, assertive *element
}

var _ card.Page = (*face)(nil)

// newFace makes the card's nodes, with nothing in them and not yet on the page. The image is shown in the middle of the
// code; "": none.
func newFace(p *page, parent, events safejs.Value, layout view.Layout, image string) *face {
	el := p.create
	f := &face{
		page: p, parent: parent, events: events,
		steps: list{element: el("ol", "steps"), kind: "step", make: func() row {
			return p.row("li", el("span", "step-label"))
		}},
		title: el("h2", "title").attr("id", "title").attr("tabindex", "-1"),
		line:  el("p", "line"),
		guide: list{element: el("ol", "guide"), kind: "line", make: func() row { return p.row("li") }},

		polite:    el("p", "spoken").attr("role", "status"),
		assertive: el("p", "spoken").attr("role", "alert"),
	}
	f.buttons = newButtons(p)
	f.header = newHeader(p, f.buttons.of(view.Dismiss))
	f.stage = newStage(p, f.buttons.of(view.CopyHash), image)
	f.caption = newCaption(p)
	f.details = newDetails(p)
	f.card = el("section", "card",
		p.slot("header"), f.header.root, f.steps.element, el("div", "status", f.title, f.line, f.guide.element),
		f.stage.root, f.caption.root, f.details.root, f.buttons.root, p.slot("footer"), f.polite, f.assertive)
	kind := "card "
	f.root = f.card
	if layout == view.LayoutDialog || layout == view.LayoutButton {
		f.dialog = newDialog(p, f.card, f.title, f.buttons.of(view.Start))
		f.root, kind = f.dialog.root, "dialog "
	}
	for l, n := range map[*list]int{&f.steps: 4, &f.guide: 3, &f.details.facts: 4, &f.details.rest.facts: 4} {
		l.resize(n) // as many as most cards need
	}
	f.write(&view.Model{})
	p.make(kind+image, f.root)
	f.stage.plate.watch()
	f.details.root.scrolls(f.details.content)
	return f
}

// onClick reports clicks on the card's buttons, and that a dialog was left, before any click that follows.
func (f *face) onClick(act func(view.ActionID)) {
	f.page.note(f.page.listen(f.root.node(), "click", func(event safejs.Value) {
		id, err := f.clicked(event)
		f.page.note(err)
		if id != "" {
			if f.dialog != nil && f.dialog.left() {
				act(view.Dismiss)
			}
			act(view.ActionID(id))
		}
	}))
	if f.dialog != nil {
		f.dialog.onLeft(f.page, func() { act(view.Dismiss) })
	}
}

func (f *face) Open() error {
	var js script
	js.try(f.parent.Call("append", f.root.node()))
	f.tree = js.try(f.root.node().Call("getRootNode"))
	return js.err
}

// moved is called when the page may have moved the card.
func (f *face) moved() {
	if f.dialog != nil {
		f.dialog.moved()
	}
}

// Close takes the card off the page. A dialog is closed first: one that is removed would not give the focus back.
func (f *face) Close() error {
	if f.dialog != nil {
		f.dialog.show(false)
	}
	f.root.call("remove")
	f.page.close()
	return f.page.err
}

func (f *face) Emit(event map[string]any) {
	_, err := f.events.Invoke(event)
	f.page.note(err)
}

func (f *face) SelectLink() {
	f.details.field.call("focus")
	f.details.field.call("select")
}

func (f *face) Draw(link string, code qr.Matrix) {
	f.stage.draw(code)
	f.buttons.link.attr("href", link)
	f.page.flush()
}

// Show writes what differs from what is shown.
func (f *face) Show(m *view.Model) {
	focused := f.focused()
	f.write(m)
	f.keepFocus(focused)
	if f.dialog != nil {
		f.dialog.show(m.Open)
	}
	f.page.flush()
}

func (f *face) write(m *view.Model) {
	f.card.attr("lang", m.Language)
	f.card.attr("dir", m.Direction)
	f.card.attr("data-phase", string(m.Phase))
	f.card.attr("data-connection", string(m.Connection))
	f.card.attr("data-tone", string(m.Tone))
	f.card.attr("data-stage", string(m.Stage))

	f.header.show(m.Site)
	f.title.set(m.Title)
	f.line.set(m.Line)
	f.guide.resize(len(m.Guide))
	for i, text := range m.Guide {
		f.guide.rows[i].element.set(text)
	}
	f.steps.resize(len(m.Steps))
	for i, step := range m.Steps {
		r := f.steps.rows[i]
		r.element.attr("data-progress", string(step.Progress))
		if step.Progress == view.Current {
			r.element.attr("aria-current", "step")
		} else {
			r.element.unset("aria-current")
		}
		r.parts[0].set(step.Label)
	}
	f.stage.show(m)
	f.caption.show(m)
	f.details.show(m)
	f.buttons.show(m)
}

// Count writes what passes by itself.
func (f *face) Count(left view.Countdown) {
	f.caption.clock.set(left.Time)
	f.page.flush()
}

// onView reports when the card comes into the window, or near it, and when it leaves.
func (f *face) onView(seen func(bool)) {
	f.page.observe("IntersectionObserver", map[string]any{"rootMargin": "50%"}, func(entry safejs.Value) {
		seen(truthy(entry.Get("isIntersecting")))
	}, f.card)
}

// focused returns what has the focus within the card, or null.
func (f *face) focused() safejs.Value {
	active, err := f.tree.Get("activeElement")
	if err != nil || active.IsNull() || !truthy(f.card.node().Call("contains", active)) {
		return safejs.Null()
	}
	return active
}

// keepFocus gives the focus to the heading if what had it is not shown any more. The browser would give it to the
// page's body, from where the next key starts at the top of the page.
func (f *face) keepFocus(before safejs.Value) {
	if before.IsNull() {
		return
	}
	f.page.flush()
	hidden, err := before.Call("closest", "[hidden]")
	f.page.note(err)
	if err == nil && !hidden.IsNull() {
		f.title.call("focus", map[string]any{"preventScroll": true})
	}
}

// Say puts what is to be said into the live regions. They are on the page from the start, or nobody would listen.
func (f *face) Say(s view.Speech) {
	if s != (view.Speech{}) {
		f.polite.say(s.Polite)
		f.assertive.say(s.Alert)
		f.page.flush()
	}
}

// say writes to a live region. One that is told the same again hears it only if something has changed.
func (e *element) say(text string) {
	if text != "" && text == e.text {
		text += "\u00a0"
	}
	if text != e.text {
		e.write(text)
	}
}
