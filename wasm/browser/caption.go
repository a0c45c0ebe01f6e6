//go:build js && wasm

package browser

import (
	"github.com/hack-pad/safejs"

	"github.com/xaman-live/xaman-live/wasm/payload"
	"github.com/xaman-live/xaman-live/wasm/view"
)

// clock is a text that changes all the time. Other characters for the node that it has cost the browser less than
// another node.
type clock struct {
	*element
	characters safejs.Value // that node, once it was needed
}

func (c *clock) set(text string) {
	if c.planned() || c.text == "" || text == "" {
		c.element.set(text)
		c.characters = safejs.Undefined()
		return
	}
	if text == c.text {
		return
	}
	var js script
	if c.characters.IsUndefined() {
		c.characters = js.try(c.node().Get("firstChild"))
	}
	c.text = text
	if js.err == nil {
		js.err = c.characters.Set("data", text)
	}
	c.tree.page.note(js.err)
}

// caption is what stands below the stage: the time that is left and where the link leads, how the page hears of
// changes, and the checks, folded to one line.
type caption struct {
	root             *element
	countdown, label *element
	clock            clock
	host             *element
	warning, status  *element
	checks, summary  *element
	list             list
	open             bool // the checks were unfolded for the visitor
}

func newCaption(p *page) caption {
	el := p.create
	c := caption{
		label: el("span", "countdown-label"), clock: clock{element: el("bdi", "countdown-time").attr("role", "timer")},
		host: el("bdi", "host"), warning: el("p", "clipped"), status: el("p", "connection"),
		summary: el("summary", "checks-summary"),
		list: list{element: el("ul", "checks").attr("tabindex", "0"), kind: "check", make: func() row {
			return p.row("li", el("span", "check-label"), el("span", "check-outcome"), el("p", "check-detail"))
		}},
	}
	c.countdown = el("span", "countdown", c.label, c.clock.element)
	c.checks = el("details", "checks-fold", c.summary, c.list.element)
	c.root = el("div", "caption", el("p", "timing", c.countdown, c.host), c.status, c.checks, c.warning)
	return c
}

func (c *caption) show(m *view.Model) {
	c.label.set(m.Countdown.Label)
	c.clock.set(m.Countdown.Time)
	c.countdown.show(m.Countdown.Label != "")
	c.host.set(m.Link.Host)
	c.status.set(m.Status)
	c.warning.set(m.Code.Warning)

	c.summary.set(m.Checks.Summary)
	c.checks.show(len(m.Checks.List) > 0)
	if m.Checks.Open != c.open { // once: the visitor may fold them
		c.open = m.Checks.Open
		c.checks.tree.page.note(c.checks.node().Set("open", c.open))
	}
	passed := true
	c.list.resize(len(m.Checks.List))
	for i, check := range m.Checks.List {
		r := c.list.rows[i]
		r.element.attr("data-outcome", string(check.Outcome))
		r.parts[0].set(check.Label)
		r.parts[1].set(check.Word)
		r.parts[2].set(check.Detail)
		passed = passed && check.Outcome == payload.Pass
	}
	c.checks.flag("data-passed", passed)
}
