//go:build js && wasm

package browser

import (
	"strings"
	"unicode/utf8"

	"github.com/hack-pad/safejs"

	"github.com/xaman-live/xaman-live/wasm/view"
)

// header says who asks, on which network, and the short code by which a visitor matches the card with the phone.
type header struct {
	root, initial, icon, name, network, request, label, code *element
	shown                                                    string // URL of the icon
}

func newHeader(p *page, dismiss *element) header {
	el := p.create
	h := header{
		initial: el("span", "initial").attr("aria-hidden", "true"),
		icon:    el("img", "icon").attr("alt", "").attr("referrerpolicy", "no-referrer"),
		name:    el("bdi", "site"),
		network: el("span", "network"),
		label:   el("span", "spoken"),
		code:    el("bdi", "code"),
	}
	h.request = el("span", "request", h.label, h.code)
	logo := p.slot("logo")
	logo.append(el("span", "logo", h.initial, h.icon))
	h.root = el("div", "header", logo, h.name, h.network, h.request, dismiss)
	h.icon.show(false)
	return h
}

func (h *header) show(s view.Site) {
	first, _ := utf8.DecodeRuneInString(s.Name)
	h.initial.set(strings.ToUpper(strings.Trim(string(first), string(utf8.RuneError))))
	h.name.set(s.Name)
	h.network.set(s.Network)
	h.label.set(s.Label)
	h.code.set(s.Request)
	h.request.show(s.Request != "")
	switch {
	case s.Icon == "":
		h.icon.show(false)
	case s.Icon != h.shown:
		if h.shown == "" {
			// One that the page's policy forbids, or that is not there any more, leaves the initial.
			for event, is := range map[string]bool{"load": true, "error": false} {
				p := h.icon.tree.page
				p.note(p.listen(h.icon.node(), event, func(safejs.Value) { h.icon.show(is) }))
			}
		}
		h.shown = s.Icon
		h.icon.show(false)
		h.icon.attr("src", s.Icon)
	}
}
