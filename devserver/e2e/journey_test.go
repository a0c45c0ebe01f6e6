//go:build e2e

package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// What ships, as a visitor meets it: the built site, the dev server and the sandbox, in a headless browser.

// A phone that pays something else than what was asked for, and says that all is well.
func TestEndToEndUnverified(t *testing.T) {
	t.Parallel()
	tb := newTab(t, "/")
	uuid := tb.pick("pay")
	tb.accept(t, uuid, everyday, "wrong-amount")
	tb.awaitPhase(payload.PhaseUnverified)
	tb.wantShown("line", "A different amount was signed.")
	tb.wantShown("line", "Do not pay again")
	tb.wantShown("checks", "failed")
	tb.wantShown("actions", "Copy details")
	tb.await(`!part('actions').querySelector('[data-action=renew]').checkVisibility()`)
	tb.wantNoProblems()
}

func TestEndToEndPushedToAKnownPhone(t *testing.T) {
	t.Parallel()
	tb := newTab(t, "/")
	tb.phone(t, tb.pick("sign-in"), "open", "accept")
	tb.awaitPhase(payload.PhaseVerified)
	tb.run(chromedp.Click(`[data-demo=pay]`, chromedp.ByQuery))
	tb.awaitPhase(payload.PhasePushed)
	tb.wantShown("title", "Check your phone")
	tb.wantHidden("qr")
	tb.act("reveal")
	tb.await(`part('qr').checkVisibility()`)
	tb.phone(t, tb.request(), "open", "accept")
	tb.awaitPhase(payload.PhaseVerified)
	tb.wantShown("line", "2.5 XRP has arrived")
	tb.await(`part('proof').href.includes('/explorer/testnet/')`)
	tb.wantNoProblems()
}

func TestEndToEndUnknownUUID(t *testing.T) {
	t.Parallel()
	tb := newTab(t, "/")
	tb.eval(`card.setAttribute('uuid', '00000000-0000-4000-8000-000000000000'), card.setAttribute('backend', '/api')`, nil)
	tb.awaitPhase(payload.PhaseNotFound)
	tb.wantShown("title", "Request not found")
	tb.wantNoProblems("404")
}

func TestEndToEndBadInput(t *testing.T) {
	t.Parallel()
	const page = "//xumm.app/sign/" + string(sample)
	with := func(change string) string {
		return `JSON.stringify({uuid:'` + string(sample) + `',next:{always:'https:` + page + `'},
			refs:{websocket_status:'wss:` + page + `'},` + change + `})`
	}
	tests := []struct{ name, payload, code, title string }{
		{"not JSON", `'{"uuid":'`, "bad-payload", "cannot be shown"},
		{"not a uuid", with(`uuid: 'x'`), "bad-uuid", "cannot be shown"},
		{"script link", with(`next: {always: 'javascript:alert(1)'}`), "unsafe-link", "not safe"},
		{"plain socket", with(`refs: {websocket_status: 'ws:` + page + `'}`), "insecure-socket", "not safe"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tb := newTab(t, "/")
			tb.eval(`card.setAttribute('payload', `+tt.payload+`), `+keepSettled("it"), nil)
			tb.wantShown("title", tt.title)
			tb.await(`it === 'Error'`)
			tb.wantErrorCodes(tt.code)
			tb.wantHidden("link")
			tb.wantState("waiting closed")
			// Nothing else on the page is harmed: the same element goes on with a good request.
			tb.eval(`card.removeAttribute('payload')`, nil)
			tb.pick("sign-in")
			tb.wantNoProblems()
		})
	}
}

func TestEndToEndCancel(t *testing.T) {
	t.Parallel()
	tb := newTab(t, "/")
	tb.pick("sign-in")
	tb.act("cancel")
	tb.awaitPhase(payload.PhaseCancelled)
	tb.wantNoProblems()
}

func TestEndToEndPhone(t *testing.T) {
	t.Parallel()
	tb := newTab(t, "/")
	tb.run(onPhone())
	uuid := tb.pick("pay")
	tb.wantShown("link", "Open in Xaman")
	tb.wantHidden("qr")
	tb.act("reveal")
	tb.await(`part('qr').checkVisibility()`)
	tb.await(`document.documentElement.scrollWidth <= innerWidth`)
	tb.phone(t, uuid, "open", "accept")
	tb.awaitPhase(payload.PhaseVerified)
	tb.wantNoProblems()
}

// The site's folder on a host that knows nothing of it.
func TestEndToEndStaticHost(t *testing.T) {
	t.Parallel()
	d := start(t, nil, "-site", "../../site")
	host := httptest.NewServer(http.FileServer(http.Dir("../../site/dist")))
	t.Cleanup(host.Close)
	made := create(t, d.visitor(t), "sign-in")
	tb := openTab(t, d, host.URL+"/")
	tb.await(`document.querySelector('#unserved').checkVisibility()`)
	tb.await(`!document.querySelector('#demos').checkVisibility()`)
	tb.run(
		chromedp.Click(`#unserved [href="watch.html"]`, chromedp.ByQuery),
		chromedp.WaitVisible(`#paste`, chromedp.ByQuery),
		chromedp.SetValue(`#created`, string(made.Payload), chromedp.ByQuery),
		chromedp.Click(`#paste button`, chromedp.ByQuery),
	)
	// The page allows the sandbox where it usually is; this one is elsewhere.
	tb.wantShown("title", "not safe")
	tb.eval(fmt.Sprintf(`card.setAttribute('platform', %q)`, made.Platform), nil)
	tb.awaitLive()
	tb.wantShown("notice", "Not verified")
	tb.phone(t, made.UUID, "open", "accept")
	tb.awaitPhase(payload.PhaseSigned)
	tb.wantShown("title", "Signed, says Xaman")
	tb.wantNoProblems("404") // the page asks whether there is a backend
}

func TestEndToEndGallery(t *testing.T) {
	t.Parallel()
	tb := newTab(t, "/gallery.html")
	tb.await(`all().every((e) => e.shadowRoot.querySelector('[part=title]')?.textContent)`)
	tb.await(`!['Go', 'fs', 'process', 'path', 'xamanLiveReady'].some((name) => name in globalThis)`)
	for _, width := range []int64{280, 320, 375, 1280} {
		tb.run(chromedp.EmulateViewport(width, 800))
		tb.await(`document.documentElement.scrollWidth <= innerWidth`)
		wider := get[[]string](tb, `all().filter((e) => e.shadowRoot.querySelector('[part=card]').offsetWidth >
			e.offsetWidth).map((e) => e.getAttribute('preview'))`)
		if len(wider) > 0 {
			t.Errorf("in a window of %d px these cards are wider than their place: %q", width, wider)
		}
	}
	tb.wantNoProblems()
}
