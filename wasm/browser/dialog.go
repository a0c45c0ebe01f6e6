//go:build js && wasm

package browser

import "github.com/hack-pad/safejs"

// dialog is the browser's own, which keeps the focus inside, closes with Escape, and gives the focus back to what had
// it before. The request goes on while it is closed.
type dialog struct {
	root          *element // the button that opens it, and the window
	window, title *element
	open          bool
}

func newDialog(p *page, card, title, start *element) *dialog {
	window := p.create("dialog", "dialog", card).attr("aria-labelledby", "title")
	return &dialog{root: p.create("div", "frame", start, window), window: window, title: title}
}

func (d *dialog) show(open bool) {
	if open == d.open {
		return
	}
	d.open = open
	if open {
		d.window.call("showModal")
		d.title.call("focus")
	} else {
		// One that the page has moved gives the focus back only if that is inside.
		d.title.call("focus", map[string]any{"preventScroll": true})
		d.window.call("close")
	}
}

// moved makes the dialog modal again, which it is no longer where the page has moved it to.
func (d *dialog) moved() {
	if d.open && !d.left() && !truthy(d.window.node().Call("matches", ":modal")) {
		d.show(false)
		d.show(true)
	}
}

// left reports whether the visitor has closed the dialog by means of the browser, such as Escape.
func (d *dialog) left() bool { return d.open && !truthy(d.window.node().Get("open")) }

// onLeft calls f when the visitor has done so. The browser tells of every closing, and of each only with its next
// frame: by then the dialog may be open again.
func (d *dialog) onLeft(p *page, f func()) {
	p.note(p.listen(d.window.node(), "close", func(safejs.Value) {
		if d.left() {
			f()
		}
	}))
}
