//go:build js && wasm

package browser

import (
	"strconv"
	"strings"

	"github.com/hack-pad/safejs"

	"github.com/xaman-live/xaman-live/wasm/qr"
	"github.com/xaman-live/xaman-live/wasm/view"
)

// plate is the code on its own ground, with the light margin that readers need. What is in the drawing has no part
// names: a page can only style what is around it.
type plate struct {
	root, drawing, code *element
	logo, logoGround    *element // nil: none
	clipped             func(bool)
	visible             bool // it can be scanned, if it is on the screen
	refused             bool // the page's colours
}

// whole is how much of the plate has to be in the window: all but the outer part of its margin.
const whole = 0.95

func newPlate(p *page, logo string) *plate {
	a := &plate{code: p.create("path", ""), clipped: func(bool) {}}
	a.drawing = p.create("svg", "", a.code).attr("aria-hidden", "true").attr("shape-rendering", "crispEdges")
	if logo != "" {
		a.logoGround, a.logo = p.create("rect", ""), p.create("image", "").attr("href", logo)
		a.drawing.append(a.logoGround, a.logo)
	}
	a.root = p.create("div", "qr", a.drawing)
	return a
}

// watch observes what the page makes of the code.
func (a *plate) watch() {
	p := a.root.tree.page
	options := map[string]any{"threshold": []any{0, 0.25, 0.5, 0.75, whole, 1}}
	p.observe("IntersectionObserver", options, func(entry safejs.Value) {
		var js script
		ratio := js.try(entry.Get("intersectionRatio"))
		seen, err := ratio.Float()
		a.clipped(err == nil && a.visible && seen > 0 && seen < whole)
	}, a.root)
	// What has just been laid out can be asked for its colours at no cost. The stylesheet makes a transition of each
	// change of them that comes later.
	p.observe("ResizeObserver", nil, func(safejs.Value) { a.judge() }, a.drawing)
	p.note(p.listen(a.drawing.node(), "transitionend", func(safejs.Value) { a.judge() }))
}

func (a *plate) draw(code qr.Matrix) {
	side := strconv.Itoa(code.Side())
	a.drawing.attr("viewBox", "0 0 "+side+" "+side)
	a.code.put("setAttribute", "d", code.Path()) // too long to be kept for comparison
	if a.logo != nil {
		at, side := code.Logo()
		a.logoGround.square(float64(at), float64(side))
		a.logo.square(float64(at)+0.5, float64(side)-1)
	}
}

func (e *element) square(at, side float64) {
	for name, v := range map[string]float64{"x": at, "y": at, "width": side, "height": side} {
		e.attr(name, strconv.FormatFloat(v, 'f', -1, 64))
	}
}

func (a *plate) show(m view.Code, code, loading bool) {
	a.root.show(code || loading)
	if code {
		a.root.attr("role", "img").attr("aria-label", m.Label)
	} else { // a place for it
		a.root.unset("role")
		a.root.unset("aria-label")
	}
	a.root.attr("data-dim", strconv.FormatBool(m.Dim))
	a.drawing.flag("hidden", !code)
	if visible := code && !m.Dim; visible != a.visible {
		a.visible = visible
		if !visible {
			a.clipped(false)
		}
	}
}

// judge refuses the page's colours for the code where a reader could not tell them apart. The stylesheet writes them to
// properties of the drawing that do not show, where they can be read even while others are used in their place.
func (a *plate) judge() {
	var js script
	style := js.try(callOn(safejs.Global(), "getComputedStyle", a.drawing.node()))
	modules, errModules := js.try(style.Get("color")).String()
	ground, errGround := js.try(style.Get("floodColor")).String()
	const final = "color(" // what the stylesheet makes of all colours, but not before the end of a transition
	if js.err != nil || errModules != nil || errGround != nil || !strings.HasPrefix(ground, final) ||
		!strings.HasPrefix(modules, final) {
		return
	}
	refused := !qr.Legible(modules, ground)
	if refused && !a.refused {
		warn("the colours of the code are refused, as phones could not read it: " + modules + " on " + ground)
	}
	a.refused = refused
	a.root.flag("data-refused", refused)
}

// warn tells the developer of the page.
func warn(message string) {
	if console, err := property(safejs.Global(), "console"); err == nil {
		_, _ = callOn(console, "warn", "xaman-live: "+message)
	}
}
