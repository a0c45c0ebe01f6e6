//go:build e2e

package e2e

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// The code is there before the program, and stays where it is when the program takes over.

// holdProgram keeps the program from the page until it calls release.
const holdProgram = `{
	const { promise, resolve } = Promise.withResolvers();
	const real = fetch;
	window.release = resolve;
	window.fetch = async (url, ...rest) => {
		if (String(url?.url ?? url).endsWith('.wasm')) await promise;
		return real(url, ...rest);
	};
}`

// recordCodes notes, before each frame is painted, where the code of the first card can be seen, from when it can be.
const recordCodes = `
	window.codes = [];
	{
		const drawn = (it) => {
			const image = it?.localName === 'img' ? it : it?.querySelector('img');
			return image ? image.complete && image.naturalWidth > 100 : it?.querySelector('path')?.getAttribute('d');
		};
		const seen = (it) => drawn(it) && it.checkVisibility({ opacityProperty: true, visibilityProperty: true });
		const look = () => {
			requestAnimationFrame(look);
			if (!all()[0]?.shadowRoot) return;
			const places = { early: early(), program: part('qr') };
			const by = Object.keys(places).filter((name) => seen(places[name]));
			if (by.length === 0 && codes.length === 0) return;
			const { x, y, width, height } = places[by[0]]?.getBoundingClientRect() ?? {};
			codes.push({ by: by.join(' and '), x, y, width, height });
		};
		requestAnimationFrame(look);
	}
`

// seenCode is where the code is seen in a frame, and who has drawn it.
type seenCode struct {
	By                  string
	X, Y, Width, Height float64
}

// wantSteady fails the test unless the code was seen in each frame from the first on, in one place and at one time.
func (tb *tab) wantSteady() {
	tb.t.Helper()
	codes := get[[]seenCode](tb, `codes`)
	by := map[string]int{}
	for i, c := range codes {
		by[c.By]++
		first := codes[0]
		moved := max(math.Abs(c.X-first.X), math.Abs(c.Y-first.Y))
		grown := max(math.Abs(c.Width-first.Width), math.Abs(c.Height-first.Height))
		if c.By == "" || moved > 1 || grown > 1 {
			tb.t.Fatalf("frame %d of %d: got %+v, want the code where it was: %+v", i, len(codes), c, first)
		}
	}
	if by["early"] == 0 || by["program"] == 0 || len(by) != 2 {
		tb.t.Errorf("got frames %v, want some before the program, and some after it", by)
	}
}

// handed is how an element gets its request, as a page's HTML; %s are other attributes, and what is within.
func (tb *tab) handed(how string) string {
	tb.t.Helper()
	uuid := tb.create("pay")
	switch how {
	case "payload":
		created := get[string](tb, `JSON.stringify(window.created.payload)`)
		platform := get[string](tb, `window.created.platform`)
		return fmt.Sprintf(`<xaman-sign-request backend="/api" platform=%q payload='%s' %%s>%%s</xaman-sign-request>`,
			platform, created)
	case "uuid":
		return fmt.Sprintf(`<xaman-sign-request backend="/api" uuid=%q %%s>%%s</xaman-sign-request>`, uuid)
	}
	return `<xaman-sign-request backend="/api" demo="pay" %s>%s</xaman-sign-request>`
}

func TestEndToEndTakeOver(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	empty := s.add(t, "empty", ``)
	windows := map[string]int64{"narrow": 375, "wide": 1280}
	for _, how := range []string{"payload", "demo", "uuid"} {
		for _, layout := range []string{"card", "compact"} {
			for window, width := range windows {
				for _, within := range []string{"", "link", "link and code"} {
					name := fmt.Sprintf("%s %s %s with %s", how, layout, window, within)
					t.Run(name, func(t *testing.T) {
						t.Parallel()
						tb := newVisitor(t, s.devserver)
						tb.run(chromedp.EmulateViewport(width, mostHeight))
						tb.before(recordShifts, recordCodes, holdProgram)
						tb.open(empty)
						element := tb.handed(how)
						link := get[string](tb, `window.created.payload.next.always`)
						inside := map[string]string{
							"link":          fmt.Sprintf(`<a href=%q>Open in Xaman</a>`, link),
							"link and code": fmt.Sprintf(`<a href=%q>Open in Xaman</a><img src="%[1]s_m.png" alt="QR code">`, link),
						}[within]
						page := s.add(t, strings.ReplaceAll(name, " ", ""),
							fmt.Sprintf(element, fmt.Sprintf("layout=%q", layout), inside))
						tb.open(page)
						tb.await(`codes.length > 3`)
						tb.eval(`release()`, nil)
						tb.awaitLive()
						tb.await(`codes.at(-1).by === 'program'`)
						tb.wantSteady()
						tb.wantStill()
						tb.wantOneHeight()
						tb.wantNoProblems()
					})
				}
			}
		}
	}
}

// A button is there as soon as there is something that it leads to.
func TestEndToEndTakeOverOfButton(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	tb := newVisitor(t, s.devserver)
	tb.before(recordShifts, holdProgram)
	tb.open(s.add(t, "empty", ``))
	tb.open(s.add(t, "button", fmt.Sprintf(tb.handed("payload"), `layout="button"`, "")))
	const button = `all()[0].shadowRoot.querySelector('[part=%s] > [data-action=start]')`
	early, late := fmt.Sprintf(button, "fallback"), fmt.Sprintf(button, "frame")
	tb.await(early + `?.textContent === 'Continue with Xaman'`)
	before := get[seenCode](tb, early+`.getBoundingClientRect().toJSON()`)
	tb.eval(`release()`, nil)
	tb.await(late + `?.checkVisibility({ opacityProperty: true })`)
	if after := get[seenCode](tb, late+`.getBoundingClientRect().toJSON()`); before != after {
		t.Errorf("the button was at %+v, and is at %+v", before, after)
	}
	tb.wantStill()
	tb.wantNoProblems()
}

// What a person on a phone needs is the button.
func TestEndToEndTakeOverOnPhone(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	empty := s.add(t, "empty", ``)
	for _, how := range []string{"payload", "demo"} {
		t.Run(how, func(t *testing.T) {
			tb := newVisitor(t, s.devserver)
			tb.run(onPhone())
			tb.before(recordShifts, recordCodes, holdProgram)
			tb.open(empty)
			tb.open(s.add(t, "phone"+how, fmt.Sprintf(tb.handed(how), "", "")))
			tb.await(`frame('[part=link]')?.checkVisibility()`)
			tb.await(`frame('[part=link]').textContent === 'Open in Xaman'`)
			before := get[seenCode](tb, `frame('[part=link]').getBoundingClientRect().toJSON()`)
			tb.eval(`release()`, nil)
			tb.awaitPhase(payload.PhaseWaiting)
			tb.awaitLive()
			after := get[seenCode](tb, `part('link').getBoundingClientRect().toJSON()`)
			if before != after {
				t.Errorf("the button was at %+v, and is at %+v", before, after)
			}
			tb.wantStill()
			tb.wantNoProblems()
		})
	}
}

// What the visitor waits for is asked for first.
func TestEndToEndCodeIsAskedForFirst(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	tb := newVisitor(t, s.devserver)
	tb.open(s.add(t, "empty", ``))
	page := s.add(t, "first", fmt.Sprintf(tb.handed("payload"), "", ""))
	asked := tb.recordRequests()
	tb.open(page)
	tb.awaitLive()
	addresses := asked()
	code := slices.IndexFunc(addresses, func(it string) bool { return strings.HasSuffix(it, "_m.png") })
	socket := slices.IndexFunc(addresses, func(it string) bool { return strings.HasPrefix(it, "ws://") })
	if code < 0 || socket < code {
		t.Errorf("got requests for %q, want the code before the socket", addresses)
	}
	tb.wantNoProblems()
}
