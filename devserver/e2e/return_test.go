//go:build e2e

package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// What a visitor finds who comes back: from the wallet, by a reload, to another browser, or to a backend that does not
// answer.

// failingFirst makes the page's questions for a request end otherwise, while a condition in JavaScript holds.
func failingFirst(while, instead string) string {
	return fmt.Sprintf(`{
		const real = window.fetch;
		window.asked = 0;
		window.fetch = (url, init) => {
			if (!String(url).includes('/sign-requests/')) return real(url, init);
			asked++;
			return %s ? %s : real(url, init);
		};
	}`, while, instead)
}

func answeredWith(status int, body string) string {
	return fmt.Sprintf("Promise.resolve(new Response(%q, { status: %d }))", body, status)
}

// What the page knows already does not wait for the rest of it.
func TestEndToEndReturnBeforeTheOffers(t *testing.T) {
	t.Parallel()
	tb := newEmptyTab(t)
	uuid := tb.create("pay")
	tb.before(`{
		const real = window.fetch;
		const never = new Promise(() => {});
		window.fetch = (url, init) => (String(url).endsWith('/sign-requests') ? never : real(url, init));
	}`)
	tb.open(back(uuid))
	tb.awaitLive()
	tb.wantShown("title", "Scan with Xaman")
	tb.wantNoProblems()
}

func TestEndToEndReturnToAFailingBackend(t *testing.T) {
	t.Parallel()
	failures := map[string]string{
		"one 503": failingFirst(`asked <= 1`,
			answeredWith(503, `{"error":{"code":"platform-unavailable","message":"Not now."}}`)),
		"a proxy's 502": failingFirst(`asked <= 2`, answeredWith(502, `<h1>Bad Gateway</h1>`)),
		"a dead line":   failingFirst(`asked <= 2`, `Promise.reject(new TypeError('Failed to fetch'))`),
		"a redirect":    failingFirst(`asked <= 1`, `real('/gallery.html', init)`),
	}
	for name, script := range failures {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tb := newTab(t, "/")
			uuid := tb.pick("sign-in")
			tb.phone(t, uuid, "open", "accept")
			tb.awaitPhase(payload.PhaseVerified)
			tb.before(script, `localStorage.clear()`)
			tb.open(back(uuid))
			tb.wantShown("line", "We keep trying")
			tb.await(`part('actions').querySelector('[data-action=renew]').checkVisibility()`)
			tb.awaitPhase(payload.PhaseVerified)
			tb.wantShown("title", "Signed in")
			if get[bool](tb, `events.some((e) => e.fatal)`) {
				t.Error("an error was fatal that was mended")
			}
			tb.wantNoProblems()
		})
	}
}

// The visitor who does not want to wait.
func TestEndToEndTryAgain(t *testing.T) {
	t.Parallel()
	tb := newTab(t, "/")
	uuid := tb.pick("sign-in")
	tb.phone(t, uuid, "open", "accept")
	tb.awaitPhase(payload.PhaseVerified)
	tb.before(`window.down = true`, failingFirst(`down`, `Promise.reject(new TypeError('down'))`))
	tb.open(back(uuid))
	tb.await(`asked >= 3`)
	tb.eval(`down = false`, nil)
	tb.act("renew")
	tb.awaitPhase(payload.PhaseVerified)
	tb.wantNoProblems()
}

func TestEndToEndReload(t *testing.T) {
	t.Parallel()
	tb := newTab(t, "/")
	address := func(uuid payload.UUID) {
		t.Helper()
		tb.await(fmt.Sprintf(`new URLSearchParams(location.search).get('request') === %q`, uuid))
	}
	first := tb.pick("pay")
	address(first)
	tb.run(chromedp.Reload())
	if got := tb.request(); got != first {
		t.Errorf("got request %s after the reload, want %s", got, first)
	}
	tb.phone(t, first, "open", "reject")
	tb.awaitPhase(payload.PhaseRejected)
	tb.run(chromedp.Click(`[data-demo=sign-in]`, chromedp.ByQuery))
	tb.await(fmt.Sprintf(`!location.search.includes(%q)`, first))
	second := tb.request()
	address(second)
	tb.phone(t, second, "open", "reject")
	tb.awaitPhase(payload.PhaseRejected)
	tb.act("renew")
	tb.awaitPhase(payload.PhaseWaiting)
	third := tb.request()
	if third == second || third == first {
		t.Errorf("got request %s again", third)
	}
	address(third)
	tb.wantNoProblems()
}

// Wallets open the phone's own browser, wherever the code was scanned from.
func TestEndToEndReturnToAnotherBrowser(t *testing.T) {
	t.Parallel()
	tb := newTab(t, "/")
	made := create(t, tb.visitor(t), "pay")
	tb.run(onPhone())
	tb.open(back(made.UUID))
	tb.awaitPhase(payload.PhaseNotFound)
	tb.wantShown("title", "Go back to where you started")
	tb.await(connected(payload.Closed))
	tb.wantNoProblems("404")
}

func TestEndToEndWrongBackend(t *testing.T) {
	t.Parallel()
	tb := newTab(t, "/")
	uuid := tb.create("pay")
	tb.eval(`give(card).setAttribute('backend', '/nowhere')`, nil)
	tb.wantShown("title", "Do not sign yet")
	tb.wantShown("line", "cannot confirm anything right now")
	other := func(code string) bool { return code != "bad-answer" }
	if got := tb.errorCodes(); len(got) == 0 || slices.ContainsFunc(got, other) {
		t.Errorf("got errors %q, want bad-answer", got)
	}
	message := get[string](tb, `events.find((e) => e.name === 'xaman-error').message`)
	if !strings.Contains(message, "/nowhere/sign-requests") {
		t.Errorf("got message %q, want it to name the URL", message)
	}
	tb.phone(t, uuid, "open", "accept")
	tb.awaitPhase(payload.PhaseSigned)
	tb.wantShown("line", "Do not sign again")
	tb.act("recheck")
	tb.wantNoProblems("404")
}
