//go:build js && wasm

package browser

import (
	"slices"
	"strconv"

	"github.com/hack-pad/safejs"

	"github.com/xaman-live/xaman-live/wasm/view"
)

// buttons is what the visitor can do. A button is one and the same node for as long as the card is there, and stays
// where it is: what has the focus, or is below a finger, never becomes something else.
type buttons struct {
	root          *element
	link          *element // into the wallet
	onward, proof *element
	success       *element   // the page's own way on
	each          []*element // in the order of [view.ActionIDs]
}

// apart are the buttons that have a place of their own.
var apart = map[view.ActionID]bool{view.Start: true, view.Dismiss: true, view.CopyHash: true}

func newButtons(p *page) buttons {
	b := buttons{
		link:   p.create("a", "link").attr("rel", "noopener"),
		onward: p.create("a", "continue").attr("data-primary", "true"),
		proof:  p.create("a", "proof").attr("rel", "noopener").attr("target", "_blank"),
	}
	b.success = p.slot("success")
	b.success.append(b.onward)
	b.root = p.create("div", "actions", b.link, b.success, b.proof)
	for _, id := range view.ActionIDs {
		e := p.create("button", "action").attr("type", "button").attr("data-action", string(id))
		e.show(false)
		b.each = append(b.each, e)
		if !apart[id] {
			b.root.append(e)
		}
	}
	return b
}

func (b *buttons) of(id view.ActionID) *element { return b.each[slices.Index(view.ActionIDs, id)] }

func (b *buttons) show(m *view.Model) {
	b.link.set(m.Link.Label)
	b.link.attr("data-primary", strconv.FormatBool(m.Link.Primary))
	b.success.show(m.Stage == view.StageReceipt)
	b.onward.lead(m.Receipt.Continue)
	b.proof.lead(m.Receipt.Proof)
	rest := m.Actions
	for i, id := range view.ActionIDs {
		e := b.each[i]
		if len(rest) == 0 || rest[0].ID != id {
			if id != view.Start { // which is behind its dialog, and is given the focus back
				e.show(false)
			}
			continue
		}
		action := rest[0]
		rest = rest[1:]
		e.attr("data-primary", strconv.FormatBool(action.Primary))
		if action.Pressed == view.NoToggle {
			e.unset("aria-expanded")
		} else {
			e.attr("aria-expanded", string(action.Pressed))
		}
		e.set(action.Label)
	}
}

// lead makes a link of an anchor, and hides it where there is none.
func (e *element) lead(to view.Anchor) {
	if to.URL != "" {
		e.attr("href", to.URL)
	}
	e.set(to.Label)
}

// clicked returns the action of the card's button that was clicked, or "". What the page has put into slots or around
// the card may have actions of the page's own.
func (f *face) clicked(event safejs.Value) (string, error) {
	target, err := event.Get("target")
	if err != nil {
		return "", err
	}
	button, err := target.Call("closest", "[data-action]")
	if err != nil || button.IsNull() || !truthy(f.root.node().Call("contains", button)) {
		return "", err
	}
	id, err := button.Call("getAttribute", "data-action")
	if err != nil {
		return "", err
	}
	return id.String()
}
