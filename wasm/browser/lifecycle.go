//go:build js && wasm

package browser

import "github.com/hack-pad/safejs"

// hidden reports whether nobody can see the page. Where that is not known, somebody can.
func (p *page) hidden() bool { return truthy(property(p.document, "hidden")) }

func truthy(v safejs.Value, err error) bool {
	if err != nil {
		return false
	}
	is, err := v.Truthy()
	return err == nil && is
}

// watch reports when somebody can or cannot see the page, and when something may have been missed: the page comes back
// from the browser's cache or from being frozen, or the network is back.
func (p *page) watch(global safejs.Value, visible func(bool), refresh func()) {
	_ = p.listen(p.document, "visibilitychange", func(safejs.Value) { visible(!p.hidden()) })
	_ = p.listen(p.document, "resume", func(safejs.Value) { refresh() })
	_ = p.listen(global, "online", func(safejs.Value) { refresh() })
	_ = p.listen(global, "pageshow", func(event safejs.Value) {
		if truthy(event.Get("persisted")) {
			refresh()
		}
	})
}
