//go:build e2e

package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// What a visitor does with the first card of a page, and what it shows and tells.

// pageDriver does with a page what every browser can; an element is what a JavaScript expression is.
type pageDriver interface {
	eval(expression string, result any)
	await(expression string)
	click(element string)
}

// visitor is who has a page before him.
type visitor interface {
	pageDriver
	test() *testing.T
}

// visit is a visitor's page, with the servers behind it.
type visit struct {
	devserver
	pageDriver
	t *testing.T
}

func (v *visit) test() *testing.T { return v.t }

func inPhase(p payload.Phase) string { return fmt.Sprintf(`all()[0]?.dataset.phase === %q`, p) }

func connected(c payload.Connection) string {
	return fmt.Sprintf(`all()[0]?.dataset.connection === %q`, c)
}

func (v *visit) awaitPhase(p payload.Phase) {
	v.t.Helper()
	v.await(inPhase(p))
}

func (v *visit) awaitLive() {
	v.t.Helper()
	v.await(connected(payload.Live))
}

// wantShown waits until the part of the card is visible and contains the text.
func (v *visit) wantShown(part, text string) {
	v.t.Helper()
	v.await(fmt.Sprintf(`shown(%q).includes(%q)`, part, text))
}

func (v *visit) wantHidden(part string) {
	v.t.Helper()
	v.await(fmt.Sprintf(`!part(%q)?.checkVisibility()`, part))
}

// pick chooses a demo on the demo page and returns the sign request that the card then shows.
func (v *visit) pick(demo string) payload.UUID {
	v.t.Helper()
	v.click(fmt.Sprintf(`document.querySelector('[data-demo=%q]')`, demo))
	return v.request()
}

// request waits until the card shows a request and listens to it.
func (v *visit) request() payload.UUID {
	v.t.Helper()
	v.awaitLive()
	link := get[string](v, `part('link').href`)
	uuid, err := payload.ParseUUID(link[strings.LastIndex(link, "/")+1:])
	if err != nil {
		v.t.Fatalf("link %q: %v", link, err)
	}
	return uuid
}

// act presses the button of an action of the card, once it is there.
func (v *visit) act(action string) {
	v.t.Helper()
	button := fmt.Sprintf(`part('actions').querySelector('[data-action=%s]')`, action)
	v.await(button + `?.checkVisibility()`)
	v.eval(button+`.click()`, nil)
}

// create makes a sign request in the page's session without showing it, so that a fault can be set beforehand.
func (v *visit) create(demo string) payload.UUID {
	v.t.Helper()
	return get[payload.UUID](v, fmt.Sprintf(`fetch('/api/sign-requests', {
		method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ demo: %q }),
	}).then((r) => r.json()).then((r) => (window.created = r).uuid)`, demo))
}

// show puts the created request on the page.
func (v *visit) show() {
	v.t.Helper()
	v.eval(`give(card).setAttribute('backend', '/api')`, nil)
}

// follow makes a sign request of which the platform errs, and shows it until the card listens.
func (v *visit) follow(demo string, faults ...string) payload.UUID {
	v.t.Helper()
	uuid := v.create(demo)
	v.faults(uuid, faults...)
	v.show()
	v.awaitLive()
	return uuid
}

// faults makes the platform err.
func (v *visit) faults(uuid payload.UUID, names ...string) {
	v.t.Helper()
	setFaults(v.t, v.sandbox, string(uuid), names...)
}

// phases lists the phases that the card went through.
func (v *visit) phases() []payload.Phase {
	v.t.Helper()
	all := get[[]payload.Phase](v, `events.filter((e) => e.name === 'xaman-change').map((e) => e.phase)`)
	return slices.Compact(all)
}

// settled returns the phases of the settled events: exactly one if all is well.
func (v *visit) settled() []payload.Phase {
	v.t.Helper()
	return get[[]payload.Phase](v, `events.filter((e) => e.name === 'xaman-settled').map((e) => e.phase)`)
}

// wantOnce fails the test unless the page was told the outcome once.
func (v *visit) wantOnce(want payload.Phase) {
	v.t.Helper()
	if got := v.settled(); !slices.Equal(got, []payload.Phase{want}) {
		v.t.Errorf("settled as %q, want once as %s", got, want)
	}
}

// errorCodes lists the codes that the element reported.
func (v *visit) errorCodes() []string {
	v.t.Helper()
	return get[[]string](v, `events.filter((e) => e.name === 'xaman-error').map((e) => e.code)`)
}

func (v *visit) wantErrorCodes(want ...string) {
	v.t.Helper()
	if got := v.errorCodes(); !slices.Equal(got, want) {
		v.t.Errorf("error codes are %q, want %q", got, want)
	}
}
