//go:build js && wasm

package browser

import "github.com/hack-pad/safejs"

// hidden reports whether nobody can see the page.
func (p *page) hidden() bool {
	v, err := p.document.Get("hidden")
	p.note(err)
	is, err := v.Truthy()
	p.note(err)
	return is
}

// watchPage reports when somebody can or cannot see the page, and when something may have been missed: the page comes
// back from the browser's cache or from being frozen, or the network is back.
func watchPage(p *page, visible func(bool), check func()) error {
	window, err := safejs.Global().Get("window")
	if err != nil {
		return err
	}
	p.listen(p.document, "visibilitychange", func(safejs.Value) {
		visible(!p.hidden())
	})
	p.listen(p.document, "resume", func(safejs.Value) { check() })
	p.listen(window, "pageshow", func(event safejs.Value) {
		persisted, err := event.Get("persisted")
		p.note(err)
		if cached, err := persisted.Truthy(); err == nil && cached {
			check()
		}
	})
	p.listen(window, "online", func(safejs.Value) { check() })
	return nil
}
