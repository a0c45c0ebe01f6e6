//go:build e2e

package e2e

import (
	"os"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// What axe-core finds: its rules for the levels A and AA of WCAG 2.0 to 2.2, and what it calls best practice.

// axe returns the script of axe-core, which is no part of this project.
func axe(t *testing.T) string {
	t.Helper()
	script, err := os.ReadFile(os.Getenv("AXE"))
	if err != nil {
		t.Fatalf("AXE has to be the path of axe-core's script, as in ./build.sh test: %v", err)
	}
	return string(script)
}

// What an observer sees, such as that something scrolls, a card is told a task later, and each of many cards in its
// turn. What is still not within reach of the keys after two seconds, axe-core finds.
const keysReach = `async () => {
	const details = [...document.querySelectorAll('xaman-sign-request')]
		.map((it) => it.shadowRoot.querySelector('[part=card] > [part=details]')).filter(Boolean);
	const within = (it) => it.scrollHeight <= it.clientHeight || it.tabIndex >= 0;
	for (let frames = 0; frames < 120 && !details.every(within); frames++) {
		await new Promise(requestAnimationFrame);
	}
}`

// Style sheets are not read ahead, which the policy of the pages forbids. Forced colours are not those that the browser
// tells a script, and are the visitor's own choice.
const runAxe = painted + `.then(` + keysReach + `).then(() => axe.run({
	runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa', 'best-practice'],
	rules: { 'color-contrast': { enabled: !matchMedia('(forced-colors: active)').matches } },
	resultTypes: ['violations'],
	preload: false,
})).then(({ violations, passes }) => ({ rules: passes.length, found: violations.flatMap(({ id, nodes }) =>
	nodes.map(({ target, failureSummary }) => id + ': ' + target.flat().join(' ') + ': ' + failureSummary)) }))`

// wantAccessible fails the test for what axe-core finds on the page, in one scheme or another.
func (tb *tab) wantAccessible(axe, state string) {
	tb.t.Helper()
	if !get[bool](tb, `'axe' in window`) {
		tb.eval(axe+`; 0`, nil)
	}
	found := map[string][]string{} // where, by what
	for _, s := range schemes {
		s.show(tb)
		result := get[struct {
			Rules int
			Found []string
		}](tb, runAxe)
		if result.Rules < 10 {
			tb.t.Errorf("%s, %s: only %d rules had something to look at", state, s.name, result.Rules)
		}
		for _, what := range result.Found {
			found[what] = append(found[what], s.name)
		}
	}
	for what, where := range found {
		tb.t.Errorf("%s, %s: %s", state, strings.Join(where, ", "), strings.Join(strings.Fields(what), " "))
	}
}

func TestEndToEndAxeCards(t *testing.T) {
	t.Parallel()
	script, names := axe(t), previews(t)
	s := openShop(t)
	for _, layout := range []string{"card", "compact"} {
		t.Run(layout, func(t *testing.T) {
			t.Parallel()
			tb := newVisitor(t, s.devserver)
			tb.open(s.add(t, layout, cards(names, layout)))
			tb.awaitCards()
			tb.wantAccessible(script, "all previews")
			tb.wantNoProblems()
		})
	}
	// An open dialog is all that there is of its page.
	for _, layout := range []string{"dialog", "button"} {
		t.Run(layout, func(t *testing.T) {
			t.Parallel()
			tb := newVisitor(t, s.devserver)
			tb.open(s.add(t, layout, cards(names[:1], layout)))
			tb.awaitCards()
			tb.wantAccessible(script, "at first")
			shown := names
			if layout == "button" { // leads to the same dialog
				shown = names[:1]
			}
			for _, name := range shown {
				tb.showCard(layout, name)
				tb.wantAccessible(script, name)
			}
			tb.wantNoProblems()
		})
	}
}

func TestEndToEndAxeSite(t *testing.T) {
	t.Parallel()
	script := axe(t)
	d := start(t, nil, "-site", "../../site")
	for _, path := range append(sitePages(t), guidePages(t)...) {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			tb := newVisitor(t, d)
			tb.open(path)
			tb.wantAccessible(script, path)
			tb.wantNoProblems()
		})
	}
}

func TestEndToEndAxeSandbox(t *testing.T) {
	t.Parallel()
	script := axe(t)
	tb := newTab(t, "/")
	for _, path := range sandboxPages(t, tb.devserver) {
		tb.run(chromedp.Navigate(tb.sandbox + path))
		tb.wantAccessible(script, path)
	}
	tb.wantNoProblems("404")
}
