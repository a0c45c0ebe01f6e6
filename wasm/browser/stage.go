//go:build js && wasm

package browser

import (
	"strconv"

	"github.com/xaman-live/xaman-live/wasm/qr"
	"github.com/xaman-live/xaman-live/wasm/view"
)

// stage is the middle of the card: one place for the code, the sign of what happens, and the receipt.
type stage struct {
	root    *element
	plate   *plate
	phone   *element // where the way on is on this device
	mark    *element
	receipt receipt
}

// receipt is what is left when all is well.
type receipt struct {
	root, amount      *element
	facts             list
	hash, label, text *element
	watched           bool // whether it has to scroll
}

func newStage(p *page, copyHash *element, image string) stage {
	s := stage{
		plate: newPlate(p, image), phone: p.drawing("phone", phonePath), mark: p.mark(), receipt: newReceipt(p, copyHash),
	}
	s.root = p.create("div", "stage", s.plate.root, s.phone, s.mark, s.receipt.root)
	return s
}

func newReceipt(p *page, copyHash *element) receipt {
	el := p.create
	r := receipt{
		amount: el("p", "amount"), facts: p.facts("receipt-facts"),
		label: el("dt", "fact-label"), text: el("bdi", "hash").attr("dir", "ltr").attr("translate", "no"),
	}
	r.hash = el("dl", "transaction", el("div", "", r.label, el("dd", "fact-value", r.text, copyHash)))
	r.root = el("div", "receipt", el("div", "receipt-head", p.mark(), r.amount), r.facts.element, r.hash)
	return r
}

func (s *stage) draw(code qr.Matrix) { s.plate.draw(code) }

func (s *stage) show(m *view.Model) {
	code := m.Stage == view.StageCode
	s.plate.show(m.Code, code, m.Stage == view.StageLoading)
	s.phone.show(m.Stage == view.StageLink)
	s.mark.show(m.Stage == view.StageProgress || m.Stage == view.StageResult)
	s.receipt.show(m.Receipt, m.Stage == view.StageReceipt)
}

func (r *receipt) show(m view.Receipt, is bool) {
	if is && !r.watched {
		r.watched = true
		r.root.scrolls(r.facts.element)
	}
	r.root.show(is)
	r.amount.set(m.Amount)
	r.facts.write(m.Facts)
	r.label.set(m.Hash.Label)
	r.text.set(m.Hash.Value)
	r.hash.show(m.Hash.Value != "")
}

// The drawings of the stage, on a square of 48 units.
const (
	phonePath = "M16 4h16a4 4 0 0 1 4 4v32a4 4 0 0 1-4 4H16a4 4 0 0 1-4-4V8a4 4 0 0 1 4-4Zm6 35h4M17 13h14M17 19h9"
	ringPath  = "M24 4a20 20 0 1 1 0 40 20 20 0 1 1 0-40Z"
	checkPath = "m15 24.5 6.5 6.5L34 18"
	crossPath = "m17 17 14 14m0-14L17 31"
	bangPath  = "M24 14v13m0 6.5v.5"
	restPath  = "M16 24h16"
)

// mark is the sign of an outcome, or that somebody is at work. The stylesheet shows what belongs to the card's tone.
func (p *page) mark() *element {
	return p.drawing("mark", ringPath, checkPath, crossPath, bangPath, restPath)
}

// drawing is a picture of lines that says nothing that is not said in words.
func (p *page) drawing(part string, paths ...string) *element {
	image := p.create("svg", "").attr("viewBox", "0 0 48 48")
	for i, d := range paths {
		image.append(p.create("path", "").attr("d", d).attr("data-path", strconv.Itoa(i)).attr("pathLength", "1"))
	}
	return p.create("div", part, image).attr("aria-hidden", "true")
}
