//go:build e2e

package e2e

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// What somebody hears who cannot see the page.

// recordSpeech notes in window.spoken what live regions say: those of the page and those in shadow trees.
const recordSpeech = `
	window.spoken = [];
	const regions = '[aria-live]:not([aria-live=off]), [role=status], [role=alert]';
	const hear = (root) => new MutationObserver((records) => {
		const changed = records.map(({ target }) => (target.closest ? target : target.parentElement)?.closest(regions));
		for (const region of new Set(changed)) {
			const text = region?.textContent.trim();
			if (!text || !region.checkVisibility()) continue;
			const how = region.ariaLive ?? { status: 'polite', alert: 'assertive' }[region.role];
			spoken.push({ at: performance.now(), how, text });
		}
	}).observe(root, { subtree: true, childList: true, characterData: true });
	hear(document);
	const attach = Element.prototype.attachShadow;
	Element.prototype.attachShadow = function (...options) {
		const root = attach.apply(this, options);
		hear(root);
		return root;
	};
`

// utterance is something that was said.
type utterance struct {
	At        float64 // in milliseconds
	How, Text string  // polite or assertive
}

// spoken returns what was said so far.
func (tb *tab) spoken() []utterance {
	tb.t.Helper()
	return get[[]utterance](tb, `spoken`)
}

// awaitSpoken waits until something with this text was said.
func (tb *tab) awaitSpoken(text string) {
	tb.t.Helper()
	tb.awaitUnseen(fmt.Sprintf(`spoken.some((it) => it.text.includes(%q))`, text), maxWait)
}

// lastSeconds are told as they are counted, which takes its time.
var lastSeconds = regexp.MustCompile(`\b\d seconds?`)

// wantTranscript compares what was said with the file of a journey, and with what holds for all journeys.
func (tb *tab) wantTranscript(journey string, uuid payload.UUID, anyOrder bool) {
	tb.t.Helper()
	said := tb.spoken()
	var lines []string
	alerts := 0
	for i, u := range said {
		lines = append(lines, u.How+": "+u.Text+"\n")
		if u.How == "assertive" {
			alerts++
		}
		for _, before := range said[:i] {
			if since := u.At - before.At; u.Text == before.Text && since < 5000 {
				tb.t.Errorf("%q was said again after %.0f ms", u.Text, since)
			}
		}
	}
	if alerts > 1 {
		tb.t.Errorf("there were %d alerts: %+v", alerts, said)
	}
	if anyOrder {
		slices.Sort(lines)
	}
	transcript := strings.Join(lines, "")
	if uuid != "" {
		transcript = strings.ReplaceAll(transcript, uuid.Short(), "CODE")
	}
	wantGolden(tb.t, "spoken/"+journey+".txt", lastSeconds.ReplaceAllString(transcript, "a few seconds"))
}

// spokenJourney is what happens to a request.
type spokenJourney struct {
	demo     string
	show     string        // instead of the card with the backend, whose word on the time counts
	acts     []string      // of somebody on the phone
	happens  func(tb *tab) // instead
	end      payload.Phase // "": it goes on
	anyOrder bool          // the backend may be heard again before the platform is, or after it
	excuses  []string
}

var spokenJourneys = map[string]spokenJourney{
	"sign-in":  {demo: "sign-in", acts: []string{"open", "accept"}, end: payload.PhaseVerified},
	"payment":  {demo: "pay", acts: []string{"open", "accept"}, end: payload.PhaseVerified},
	"declined": {demo: "pay", acts: []string{"open", "reject"}, end: payload.PhaseRejected},
	"expired": {demo: "pay", end: payload.PhaseExpired, happens: func(tb *tab) {
		tb.faults(tb.request(), "expire-soon")
	}},
	"unverified": {demo: "pay", end: payload.PhaseUnverified, happens: func(tb *tab) {
		tb.accept(tb.t, tb.request(), everyday, "wrong-amount")
	}},
	"connection": {demo: "pay", happens: func(tb *tab) {
		tb.offline(true)
		tb.eval(`sockets[0].close()`, nil)
		tb.awaitUnseen(connected(payload.Offline), maxWait)
		tb.offline(false)
		tb.awaitSpoken("The connection is back")
		tb.awaitUnseen(`spoken.filter((it) => it.text.startsWith('Scan with Xaman')).length === 3`, maxWait)
	}, anyOrder: true, excuses: []string{"ERR_INTERNET_DISCONNECTED", "WebSocket connection to"}},
	"copied": {demo: "pay", happens: func(tb *tab) {
		tb.run(chromedp.Click(`part('actions').querySelector('[data-action=copy]')`, chromedp.ByJSPath))
		tb.awaitSpoken("Copied")
	}},
	"time": {demo: "pay", show: `give(card)`, happens: func(tb *tab) {
		for _, left := range []struct {
			seconds int
			spoken  string
		}{{62, "1 minute"}, {32, "30 seconds"}, {12, "10 seconds"}} {
			tb.eval(fmt.Sprintf(`sockets[0].dispatchEvent(
				new MessageEvent('message', { data: '{"expires_in_seconds":%d}' })), 0`, left.seconds), nil)
			tb.awaitSpoken(left.spoken)
		}
	}},
	"clipped": {demo: "pay", happens: func(tb *tab) {
		tb.run(chromedp.EmulateViewport(1280, 400))
		tb.awaitSpoken("not fully visible")
		tb.run(chromedp.EmulateViewport(1280, 900))
		tb.awaitSpoken("whole code is visible")
	}},
}

func TestEndToEndSpoken(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	page := s.add(t, "spoken", `<xaman-sign-request id="card"></xaman-sign-request>`)
	for name, j := range spokenJourneys {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tb := newVisitor(t, s.devserver)
			tb.run(chromedp.EmulateViewport(1280, 900))
			tb.before(recordSpeech, recordSockets)
			tb.open(page)
			uuid := tb.create(j.demo)
			tb.eval(cmp.Or(j.show, `give(card).setAttribute('backend', '/api')`), nil)
			tb.awaitLive()
			tb.awaitSpoken("You have")
			if j.happens != nil {
				j.happens(tb)
			}
			tb.sign(uuid, j.acts...)
			if j.end != "" {
				tb.awaitPhase(j.end)
			}
			tb.wantTranscript(name, uuid, j.anyOrder)
			tb.wantNoProblems(j.excuses...)
		})
	}
}

func TestEndToEndSpokenWithoutTheProgram(t *testing.T) {
	t.Parallel()
	tb := withoutProgram(t, "/watch.html")
	tb.before(recordSpeech)
	tb.run(chromedp.Reload())
	tb.eval(`card.setAttribute('backend', '/api'), card.setAttribute('demo', 'pay')`, nil)
	tb.awaitFallback()
	tb.wantTranscript("fallback", "", false)
	tb.wantNoProblems("wasm-eval", "WebAssembly")
}
