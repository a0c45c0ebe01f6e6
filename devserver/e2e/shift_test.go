//go:build e2e

package e2e

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// What moves on a page while somebody signs.

// mostShift is how much a whole journey may add up to, by the browser's own measure. What follows a click counts too.
const mostShift = 0.02

// recordShifts notes in window.shifts what has moved, and in window.heights how high the first card has been.
const recordShifts = `
	window.shifts = [];
	window.heights = [];
	const moved = ({ node, previousRect: a, currentRect: b }) => [ // the browser does not tell what is in a shadow tree
		node?.id || node?.localName || 'part of a card', 'from', a.y, a.height, 'to', b.y, b.height,
	].join(' ');
	const noteShifts = (entries) => shifts.push(...entries.map((e) => ({ by: e.value, of: e.sources.map(moved) })));
	const observer = new PerformanceObserver((list) => noteShifts(list.getEntries()));
	observer.observe({ type: 'layout-shift', buffered: true });
	window.latestShifts = async () => {
		await ` + painted + `;
		noteShifts(observer.takeRecords());
		return shifts;
	};
	addEventListener('DOMContentLoaded', () => {
		if (all()[0]) new ResizeObserver(([{ target }]) => {
			const { height } = target.getBoundingClientRect();
			if (heights.at(-1) !== height) heights.push(height);
		}).observe(all()[0]);
	});
`

// wantStill fails the test if more has moved on the page than may.
func (tb *tab) wantStill() {
	tb.t.Helper()
	shifts := get[[]struct {
		By float64
		Of []string
	}](tb, `latestShifts()`)
	sum := 0.0
	for _, s := range shifts {
		sum += s.By
	}
	if sum >= mostShift {
		tb.t.Errorf("things moved by %.3f, want less than %.2f: %+v", sum, mostShift, shifts)
	}
}

// wantOneHeight fails the test if the first card was not as high as it is now all the time.
func (tb *tab) wantOneHeight() {
	tb.t.Helper()
	heights := get[[]float64](tb, `heights`)
	if len(heights) != 1 || heights[0] > mostHeight {
		tb.t.Errorf("the card was %v px high, want one height of at most %d", heights, mostHeight)
	}
}

// sign has a person use the phone's page, on which signing takes its time. The page follows each act.
func (tb *tab) sign(uuid payload.UUID, acts ...string) {
	tb.t.Helper()
	for _, act := range acts {
		form := url.Values{"act": {act}, "account": {everyday}}
		res, err := (&http.Client{Transport: transport(tb.t)}).PostForm(tb.sandbox+"/sign/"+string(uuid), form)
		if err != nil {
			tb.t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != http.StatusOK {
			tb.t.Fatalf("%s: got %s", act, res.Status)
		}
		if act == "open" {
			tb.awaitPhase(payload.PhaseOpened)
		}
	}
}

// withFallback is the element as a server fills it in, with the link and the code for those without the program.
func (d devserver) withFallback(uuid payload.UUID) string {
	page := d.sandbox + "/sign/" + string(uuid)
	return fmt.Sprintf(`<xaman-sign-request backend="/api" uuid=%q>
		<a href=%q>Open in Xaman</a>
		<img src="%[2]s_q.png" alt="QR code of the link">
	</xaman-sign-request>`, uuid, page)
}

func TestEndToEndNothingMoves(t *testing.T) {
	t.Parallel()
	windows := map[string][]chromedp.Action{
		"phone":  {onPhone()},
		"narrow": {chromedp.EmulateViewport(375, mostHeight)},
		"wide":   {chromedp.EmulateViewport(1280, mostHeight)},
	}
	journeys := map[payload.Phase][]string{
		payload.PhaseVerified: {"open", "accept"},
		payload.PhaseRejected: {"open", "reject"},
	}
	s := openShop(t)
	bare := s.add(t, "bare", `<xaman-sign-request backend="/api" demo="pay"></xaman-sign-request>`)
	empty := s.add(t, "empty", ``)
	for name, window := range windows {
		for end, acts := range journeys {
			for _, fallback := range []bool{false, true} {
				name := fmt.Sprintf("%s, %s, fallback %t", name, end, fallback)
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					tb := newVisitor(t, s.devserver)
					tb.run(window...)
					tb.before(recordShifts)
					page := bare
					if fallback {
						tb.open(empty)
						page = s.add(t, strings.ReplaceAll(name, " ", ""), s.withFallback(tb.create("pay")))
					}
					tb.open(page)
					uuid := tb.request()
					tb.sign(uuid, acts...)
					tb.awaitPhase(end)
					tb.wantStill()
					tb.wantOneHeight()
					tb.wantNoProblems()
				})
			}
		}
	}
}
