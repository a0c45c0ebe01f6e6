//go:build e2e

package e2e

import (
	"fmt"
	"slices"
	"strings"

	"github.com/chromedp/chromedp"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// What a visitor does with the first card of a page, and what it shows and tells.

func inPhase(p payload.Phase) string { return fmt.Sprintf(`all()[0]?.dataset.phase === %q`, p) }

func connected(c payload.Connection) string {
	return fmt.Sprintf(`all()[0]?.dataset.connection === %q`, c)
}

func (tb *tab) awaitPhase(p payload.Phase) {
	tb.t.Helper()
	tb.await(inPhase(p))
}

func (tb *tab) awaitLive() {
	tb.t.Helper()
	tb.await(connected(payload.Live))
}

// wantShown waits until the part of the card is visible and contains the text.
func (tb *tab) wantShown(part, text string) {
	tb.t.Helper()
	tb.await(fmt.Sprintf(`shown(%q).includes(%q)`, part, text))
}

func (tb *tab) wantHidden(part string) {
	tb.t.Helper()
	tb.await(fmt.Sprintf(`!part(%q)?.checkVisibility()`, part))
}

// pick chooses a demo on the demo page and returns the sign request that the card then shows.
func (tb *tab) pick(demo string) payload.UUID {
	tb.t.Helper()
	button := fmt.Sprintf(`[data-demo=%q]`, demo)
	tb.run(chromedp.Click(button, chromedp.ByQuery))
	return tb.request()
}

// request waits until the card shows a request and listens to it.
func (tb *tab) request() payload.UUID {
	tb.t.Helper()
	tb.awaitLive()
	link := get[string](tb, `part('link').href`)
	uuid, err := payload.ParseUUID(link[strings.LastIndex(link, "/")+1:])
	if err != nil {
		tb.t.Fatalf("link %q: %v", link, err)
	}
	return uuid
}

// act presses the button of an action of the card, once it is there.
func (tb *tab) act(action string) {
	tb.t.Helper()
	button := fmt.Sprintf(`part('actions').querySelector('[data-action=%s]')`, action)
	tb.await(button + `?.checkVisibility()`)
	tb.eval(button+`.click()`, nil)
}

// create makes a sign request in the page's session without showing it, so that a fault can be set beforehand.
func (tb *tab) create(demo string) payload.UUID {
	tb.t.Helper()
	return get[payload.UUID](tb, fmt.Sprintf(`fetch('/api/sign-requests', {
		method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ demo: %q }),
	}).then((r) => r.json()).then((r) => (window.created = r).uuid)`, demo))
}

// show puts the created request on the page.
func (tb *tab) show() {
	tb.t.Helper()
	tb.eval(`give(card).setAttribute('backend', '/api')`, nil)
}

// follow makes a sign request of which the platform errs, and shows it until the card listens.
func (tb *tab) follow(demo string, faults ...string) payload.UUID {
	tb.t.Helper()
	uuid := tb.create(demo)
	tb.faults(uuid, faults...)
	tb.show()
	tb.awaitLive()
	return uuid
}

// faults makes the platform err.
func (tb *tab) faults(uuid payload.UUID, names ...string) {
	tb.t.Helper()
	setFaults(tb.t, tb.sandbox, string(uuid), names...)
}

// phases lists the phases that the card went through.
func (tb *tab) phases() []payload.Phase {
	tb.t.Helper()
	all := get[[]payload.Phase](tb, `events.filter((e) => e.name === 'xaman-change').map((e) => e.phase)`)
	return slices.Compact(all)
}

// settled returns the phases of the settled events: exactly one if all is well.
func (tb *tab) settled() []payload.Phase {
	tb.t.Helper()
	return get[[]payload.Phase](tb, `events.filter((e) => e.name === 'xaman-settled').map((e) => e.phase)`)
}

// wantOnce fails the test unless the page was told the outcome once.
func (tb *tab) wantOnce(want payload.Phase) {
	tb.t.Helper()
	if got := tb.settled(); !slices.Equal(got, []payload.Phase{want}) {
		tb.t.Errorf("settled as %q, want once as %s", got, want)
	}
}

// errorCodes lists the codes that the element reported.
func (tb *tab) errorCodes() []string {
	tb.t.Helper()
	return get[[]string](tb, `events.filter((e) => e.name === 'xaman-error').map((e) => e.code)`)
}

func (tb *tab) wantErrorCodes(want ...string) {
	tb.t.Helper()
	if got := tb.errorCodes(); !slices.Equal(got, want) {
		tb.t.Errorf("error codes are %q, want %q", got, want)
	}
}
