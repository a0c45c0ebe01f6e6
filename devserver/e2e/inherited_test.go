//go:build e2e

package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// What a page says about its own text leaves the card as it is: an address in capital letters is another address.
func TestEndToEndInheritedText(t *testing.T) {
	t.Parallel()
	styles := map[string]string{
		"textTransform": "uppercase",
		"whiteSpace":    "nowrap",
		"textIndent":    "40px",
		"letterSpacing": "4px",
		"wordSpacing":   "20px",
		"wordBreak":     "break-all",
		"hyphens":       "auto",
		"textAlign":     "center",
		"font":          "small-caps 700 2rem serif",
	}
	tb := newEmptyTab(t)
	tb.run(chromedp.EmulateViewport(1280, 1200))
	tb.create("pay")
	tb.eval(`{
		const box = document.createElement('div');
		document.body.append(box);
		const it = add(box);
		const parts = () => [...it.shadowRoot.querySelectorAll('[part=card] [part]')].filter((e) => e.checkVisibility());
		window.texts = () => parts().filter((e) => !e.matches(':has([part^=countdown]), [part^=countdown]')).map((e) => {
			const { x, y, width, height } = e.getBoundingClientRect();
			return [e.getAttribute('part'), e.innerText, ...[x, y, width, height].map(Math.round)].join();
		});
		window.wear = (style) => { Object.assign(box.style, { width: '320px' }, style); };
		wear({});
	}`, nil)
	tb.awaitLive()
	tb.await(`part('icon').checkVisibility()`)
	tb.eval(painted, nil)
	want := get[[]string](tb, `texts()`)
	if !strings.Contains(strings.Join(want, ""), "rPT1Sjq2YGrBMTttX4GZHjKu9dyfzbpAYe") {
		t.Errorf("got %q, want the address", want)
	}
	for property, value := range styles {
		tb.eval(`wear({ `+property+`: '`+value+`' })`, nil)
		tb.eval(painted, nil)
		for i, got := range get[[]string](tb, `texts()`) {
			if i >= len(want) || got != want[i] {
				t.Errorf("%s: got the part %q, want %q", property, got, want[min(i, len(want)-1)])
			}
		}
		tb.eval(`wear({ `+property+`: '' })`, nil)
	}
	tb.wantNoProblems()
}
