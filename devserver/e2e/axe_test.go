//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"strings"
	"testing"
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

// Style sheets are not read ahead, which the policy of the pages forbids. Forced colours are not those that the browser
// tells a script, and are the visitor's own choice.
const runAxe = `axe.run(%s, {
	runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa', 'best-practice'],
	rules: { 'color-contrast': { enabled: !matchMedia('(forced-colors: active)').matches } },
	resultTypes: ['violations'],
	preload: false,
}).then(({ violations, passes }) => ({ rules: passes.length, found: violations.flatMap(({ id, nodes }) =>
	nodes.map(({ target, failureSummary }) => id + ': ' + target.flat().join(' ') + ': ' + failureSummary)) }))`

// wantAccessible fails the test for what axe-core finds in the part of the page that a selector names, in each scheme.
func (tb *tab) wantAccessible(axe, state, selector string) {
	tb.t.Helper()
	if !get[bool](tb, `'axe' in window`) {
		tb.eval(axe+`; 0`, nil)
	}
	for _, s := range schemes {
		s.show(tb)
		result := get[struct {
			Rules int
			Found []string
		}](tb, fmt.Sprintf(runAxe, toJSON(selector)))
		if result.Rules < 10 {
			tb.t.Errorf("%s, %s: only %d rules had something to look at", state, s.name, result.Rules)
		}
		for _, found := range result.Found {
			tb.t.Errorf("%s, %s: %s", state, s.name, strings.Join(strings.Fields(found), " "))
		}
	}
}

func TestEndToEndAxeCards(t *testing.T) {
	script, names := axe(t), previews(t)
	s, browser := openShop(t), openBrowser(t)
	for _, layout := range layouts {
		t.Run(layout, func(t *testing.T) {
			t.Parallel()
			tb := newVisitor(t, browser, s.devserver)
			tb.open(s.add(t, layout, cards(names, layout)))
			tb.awaitCards()
			tb.wantAccessible(script, "all previews", "html")
			tb.wantNoProblems()
		})
	}
}

func TestEndToEndAxeSite(t *testing.T) {
	script := axe(t)
	d := start(t, nil, "-site", "../../site")
	browser := openBrowser(t)
	for _, path := range sitePages(t) {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			tb := newVisitor(t, browser, d)
			tb.open(path)
			tb.wantAccessible(script, path, "html")
			tb.wantNoProblems()
		})
	}
}
