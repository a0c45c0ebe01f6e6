//go:build e2e

package e2e

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
)

// The room that cards take.

// mostHeight is what a small laptop has left for a page.
const mostHeight = 720

// measured is a card as it stands on the page.
type measured struct {
	Preview string
	Height  float64
	Wide    []string // what sticks out of it
	Small   []string // buttons and links that are hard to hit
}

// measureCards is a list of [measured], of the dialog where one is open. What is only for screen readers has no size.
const measureCards = `all().map((it) => {
	const dialog = it.shadowRoot.querySelector('dialog[open]');
	const host = (dialog ?? it.shadowRoot.querySelector('[part=card]')).getBoundingClientRect();
	const parts = [...(dialog ?? it.shadowRoot).querySelectorAll('*')]
		.filter((e) => e.checkVisibility() && e.offsetWidth > 1);
	const called = (e, size) => [e.localName, e.getAttribute('part') ?? e.className, e.dataset.action ?? '',
		e.textContent.slice(0, 20), size].join(' ');
	return {
		preview: it.getAttribute('preview') ?? '',
		height: host.height,
		wide: parts.map((e) => [e, e.getBoundingClientRect()])
			.filter(([, box]) => box.left < host.left - 0.5 || box.right > host.right + 0.5)
			.map(([e, box]) => called(e, Math.round(box.left - host.left) + '..' + Math.round(box.right - host.left))),
		small: parts.filter((e) => e.matches('a[href], button, input, select, summary'))
			.map((e) => [e, e.getBoundingClientRect()])
			.filter(([, box]) => box.width < 43.9 || box.height < 43.9)
			.map(([e, box]) => called(e, Math.round(box.width) + 'x' + Math.round(box.height))),
	};
})`

func TestEndToEndSizeOfCards(t *testing.T) {
	t.Parallel()
	names := previews(t)
	s := openShop(t)
	for _, layout := range layouts {
		t.Run(layout, func(t *testing.T) {
			t.Parallel()
			names := names
			if layout == "button" { // leads to the same dialog
				names = names[:1]
			}
			tb := newVisitor(t, s.devserver)
			tb.open(s.add(t, layout, cards(names, layout)))
			tb.awaitCards()
			tb.openDialogs()
			for _, width := range []int64{280, 320, 375, 600, 1280} {
				tb.window(width)
				tb.wantNoOverflow()
				least, most := 10_000.0, 0.0
				for _, card := range get[[]measured](tb, measureCards) {
					state := fmt.Sprintf("%s in a window of %d px", card.Preview, width)
					if width >= 375 && card.Height > mostHeight {
						t.Errorf("%s is %.0f px high, want at most %d", state, card.Height, mostHeight)
					}
					if len(card.Wide) > 0 {
						t.Errorf("%s: wider than the card: %q", state, card.Wide)
					}
					if len(card.Small) > 0 {
						t.Errorf("%s: want at least 44x44 px: %q", state, card.Small)
					}
					least, most = min(least, card.Height), max(most, card.Height)
				}
				if most-least >= 1 {
					t.Errorf("in a window of %d px cards are %.0f to %.0f px high, want all the same", width, least, most)
				}
			}
		})
	}
}

// wantNoOverflow fails the test if the page can be scrolled sideways.
func (tb *tab) wantNoOverflow() {
	tb.t.Helper()
	got := get[struct {
		Path         string
		Page, Window int
	}](tb, painted+`.then(() => (
		{ path: location.pathname, page: document.documentElement.scrollWidth, window: innerWidth }))`)
	if got.Page > got.Window {
		tb.t.Errorf("%s is %d px wide in a window of %d px", got.Path, got.Page, got.Window)
	}
}

// The room that a page keeps for a card, until the element's script has run and afterwards, is what the card takes.
func TestEndToEndRoomOfTheCard(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	for _, layout := range []string{"card", "compact"} {
		path := s.add(t, layout, cards([]string{"waiting"}, layout))
		windows := map[string]chromedp.Action{"phone": onPhone(), "wide": chromedp.EmulateViewport(1280, 900)}
		for name, window := range windows {
			t.Run(layout+" "+name, func(t *testing.T) {
				t.Parallel()
				tb := newVisitor(t, s.devserver)
				tb.run(window)
				tb.open(path)
				tb.awaitCards()
				room, card := `all()[0]`, `all()[0].shadowRoot.querySelector('[part=card]')`
				heights := get[[]float64](tb, `[`+room+`, `+card+`].map((it) => it.getBoundingClientRect().height)`)
				if heights[0]-heights[1] >= 2 { // lengths are rounded up
					t.Errorf("a card of %.0f px has a room of %.0f px", heights[1], heights[0])
				}
				tb.wantNoProblems()
			})
		}
	}
}
