//go:build js && wasm

package browser

import (
	"strconv"

	"github.com/hack-pad/safejs"

	"github.com/xaman-live/xaman-live/wasm/card"
	"github.com/xaman-live/xaman-live/wasm/payload"
	"github.com/xaman-live/xaman-live/wasm/qr"
	"github.com/xaman-live/xaman-live/wasm/view"
)

// face is the visible card: its nodes, built once, and how a [view.Model] is put into them. It is a [card.Page].
type face struct {
	page   *page
	parent safejs.Value // that the page gave for it
	events safejs.Value // the page's function that is told of changes
	root   *element

	notice, title, line       *element
	plate, drawing, code      *element
	link, proof               *element
	guide                     list
	countdown, label, clock   *element
	facts, steps              list
	checks                    list
	actions                   list
	field                     *element // holds the link where the clipboard cannot be written
	status, polite, assertive *element
}

// list is an element with as many rows as there is something to show. Rows are made when needed and hidden when not.
type list struct {
	element *element
	rows    []row
	make    func() row
}

// row is one entry of a list and its parts.
type row struct {
	element *element
	parts   []*element
}

func (l *list) resize(n int) {
	for len(l.rows) < n {
		r := l.make()
		l.element.append(r.element)
		l.rows = append(l.rows, r)
	}
	for i, r := range l.rows {
		r.element.show(i < n)
	}
	l.element.show(n > 0)
}

var _ card.Page = (*face)(nil)

// newFace builds the card's nodes, not yet on the page.
func newFace(p *page, parent, events safejs.Value) *face {
	el := p.create
	entry := func(tag string, parts ...*element) row { return row{el(tag, "", parts...), parts} }
	f := &face{
		page: p, parent: parent, events: events,
		notice: el("p", "notice"),
		title:  el("h2", "title"),
		line:   el("p", "line"),
		code:   p.createSVG("path", ""),
		link:   el("a", "link").attr("rel", "noopener"),
		proof:  el("a", "proof").attr("rel", "noopener").attr("target", "_blank"),
		guide:  list{element: el("ol", "guide"), make: func() row { return entry("li") }},
		label:  el("span", "countdown-label"),
		clock:  el("span", "countdown-time").attr("role", "timer"),
		facts: list{element: el("dl", "facts"), make: func() row {
			return entry("div", el("dt", "fact-label"), el("dd", "fact-value"))
		}},
		steps: list{element: el("ol", "steps"), make: func() row { return entry("li", el("span", "step-label")) }},
		checks: list{element: el("ul", "checks"), make: func() row {
			label, outcome, detail := el("span", "check-label"), el("span", "check-outcome"), el("p", "check-detail")
			more := el("details", "", el("summary", "check", label, outcome), detail)
			return row{el("li", "", more), []*element{label, outcome, detail, more}}
		}},
		actions:   list{make: func() row { return row{element: el("button", "action").attr("type", "button")} }},
		field:     el("input", "field").attr("readonly", "").attr("hidden", ""),
		status:    el("p", "connection"),
		polite:    el("p", "spoken").attr("role", "status"),
		assertive: el("p", "spoken").attr("role", "alert"),
	}
	f.drawing = p.createSVG("svg", "", f.code).attr("aria-hidden", "true").attr("shape-rendering", "crispEdges")
	f.plate = el("div", "qr", f.drawing).attr("role", "img")
	f.countdown = el("p", "countdown", f.label, f.clock)
	f.actions.element = el("div", "actions", f.link, f.proof)
	f.root = el("section", "card",
		f.notice, f.steps.element,
		el("header", "status", el("span", "icon").attr("aria-hidden", "true"), f.title, f.line),
		f.plate, f.countdown, f.facts.element, f.checks.element, f.guide.element, f.actions.element, f.field,
		f.status, f.polite, f.assertive)
	return f
}

// onClick reports clicks on the card's buttons.
func (f *face) onClick(act func(view.ActionID)) {
	f.page.note(f.page.listen(f.root.value, "click", func(event safejs.Value) {
		id, err := clicked(event)
		f.page.note(err)
		if id != "" {
			act(view.ActionID(id))
		}
	}))
}

func (f *face) Open() error {
	_, err := f.parent.Call("append", f.root.value)
	return err
}

func (f *face) Close() error {
	f.root.remove()
	f.page.close()
	return f.page.err
}

func (f *face) Emit(event map[string]any) {
	_, err := f.events.Invoke(event)
	f.page.note(err)
}

func (f *face) SelectLink() {
	f.field.call("focus")
	f.field.call("select")
}

// clicked returns the action of the button that was clicked, or "".
func clicked(event safejs.Value) (string, error) {
	target, err := event.Get("target")
	if err != nil {
		return "", err
	}
	button, err := target.Call("closest", "[data-action]")
	if err != nil || button.IsNull() {
		return "", err
	}
	id, err := button.Call("getAttribute", "data-action")
	if err != nil {
		return "", err
	}
	return id.String()
}

func (f *face) Draw(link string, code qr.Matrix) {
	side := strconv.Itoa(code.Side())
	f.drawing.attr("viewBox", "0 0 "+side+" "+side)
	f.code.attr("d", code.Path())
	f.link.attr("href", link)
	f.page.note(f.field.value.Set("value", link))
}

// Show writes what differs from what is shown.
func (f *face) Show(m view.Model) {
	f.root.attr("data-phase", string(m.Phase))
	f.root.attr("data-connection", string(m.Connection))
	f.root.attr("data-tone", string(m.Tone))
	f.notice.set(m.Notice)
	f.title.set(m.Title)
	f.line.set(m.Line)

	f.plate.show(m.Stage == view.StageCode)
	f.plate.attr("aria-label", m.Code.Label)
	f.plate.attr("data-dim", strconv.FormatBool(m.Code.Dim))
	f.link.set(m.Link.Label)
	f.link.attr("data-primary", strconv.FormatBool(m.Link.Primary))
	f.guide.resize(len(m.Guide))
	for i, text := range m.Guide {
		f.guide.rows[i].element.set(text)
	}
	f.label.set(m.Countdown.Label)
	f.clock.set(m.Countdown.Time)
	f.countdown.show(m.Countdown.Label != "")

	f.facts.resize(len(m.Facts))
	for i, fact := range m.Facts {
		parts := f.facts.rows[i].parts
		parts[0].set(fact.Label)
		parts[1].set(fact.Value)
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
	f.checks.resize(len(m.Checks.List))
	for i, check := range m.Checks.List {
		r := f.checks.rows[i]
		r.element.attr("data-outcome", string(check.Outcome))
		r.parts[0].set(check.Label)
		r.parts[1].set(check.Word)
		r.parts[2].set(check.Detail)
		if check.Outcome == payload.Fail {
			r.parts[3].attr("open", "") // once: the visitor may fold it
		}
	}
	f.actions.resize(len(m.Actions))
	for i, action := range m.Actions {
		b := f.actions.rows[i].element
		b.attr("data-action", string(action.ID))
		b.attr("data-primary", strconv.FormatBool(action.Primary))
		if action.Pressed == view.NoToggle {
			b.unset("aria-expanded")
		} else {
			b.attr("aria-expanded", string(action.Pressed))
		}
		b.set(action.Label)
	}
	f.actions.element.show(len(m.Actions) > 0 || m.Receipt.Proof.Label != "")
	f.proof.set(m.Receipt.Proof.Label)
	if m.Receipt.Proof.URL != "" {
		f.proof.attr("href", m.Receipt.Proof.URL)
	}
	f.field.show(m.Field.Label != "")
	f.status.set(m.Status)
}

// Say puts what is to be said into the live regions.
func (f *face) Say(s view.Speech) {
	f.polite.say(s.Polite)
	f.assertive.say(s.Alert)
}

// say writes to a live region, which must stay on the page even when it is empty.
func (e *element) say(text string) {
	if text != e.text {
		e.text = text
		e.page.note(e.value.Set("textContent", text))
	}
}
