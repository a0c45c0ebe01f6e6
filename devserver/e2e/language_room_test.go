//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
)

// findCut lists the texts of all cards that are cut off, or that reach out of their card. What can be scrolled to is
// not cut off; a hash, which nobody reads to the end, may be.
const findCut = `all().flatMap((it) => {
	const card = it.shadowRoot.querySelector('[part=card]');
	const walk = document.createTreeWalker(card, NodeFilter.SHOW_TEXT);
	const found = [];
	const up = (e) => (e === card ? [e] : [e, ...up(e.parentElement)]);
	while (walk.nextNode()) {
		const from = walk.currentNode.parentElement;
		const range = document.createRange();
		range.selectNodeContents(walk.currentNode);
		const text = range.getBoundingClientRect();
		const around = up(from).map((e) => ({ ...e.getBoundingClientRect().toJSON(), style: getComputedStyle(e) }));
		const unseen = !from.checkVisibility({ visibilityProperty: true }) || !text.width || from.closest('[part=hash]') ||
			around.some(({ width, height }) => width <= 2 && height <= 2);
		if (unseen) continue;
		const scrolls = around.slice(0, -1).some(({ style }) => style.overflowY === 'auto');
		const cut = around.some(({ left, right, top, bottom, style }, i) => {
			const last = i === around.length - 1;
			const wide = text.left < left - 1 || text.right > right + 1;
			const high = !scrolls && (text.top < top - 1 || text.bottom > bottom + 1);
			return (last || style.overflowX !== 'visible') && wide || (last || style.overflowY !== 'visible') && high;
		});
		if (cut) found.push(it.getAttribute('preview') + ': ' + walk.currentNode.data);
	}
	return found;
})`

// A card has room for every text of every language, on a small phone too.
func TestEndToEndLanguagesHaveRoom(t *testing.T) {
	t.Parallel()
	files, err := os.ReadDir("../../site/languages")
	if err != nil {
		t.Fatal(err)
	}
	tb := newTab(t, "/gallery.html")
	names := []string{"en"}
	for _, file := range files {
		if name, ok := strings.CutSuffix(file.Name(), ".json"); ok {
			names = append(names, name)
		}
	}
	if len(names) != 16 {
		t.Errorf("got languages %q, want 16", names)
	}
	for _, name := range names {
		tb.speaks(name)
		tb.await(fmt.Sprintf(`all().length > 20 && all().every((it) =>
			it.shadowRoot.querySelector('[part=card]')?.lang === %q)`, name))
		for _, width := range []int64{280, 375} {
			tb.run(emulation.SetDeviceMetricsOverride(width, 812, 1, true))
			tb.await(fmt.Sprintf(`innerWidth === %d`, width))
			for _, text := range get[[]string](tb, findCut) {
				t.Errorf("%s, %d px: %s", name, width, text)
			}
		}
	}
	tb.wantNoProblems()
}
