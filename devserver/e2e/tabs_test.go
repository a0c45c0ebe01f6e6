//go:build e2e

package e2e

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// What tabs, networks and pages do to a card while somebody signs on the phone.

// recordSockets keeps every socket that the page opens, and can make the page deaf to them.
const recordSockets = `
	window.sockets = [];
	window.deaf = false;
	window.WebSocket = class extends WebSocket {
		constructor(...args) {
			super(...args);
			sockets.push(this);
		}
		addEventListener(type, f, ...options) {
			super.addEventListener(type, deaf && type === 'message' ? () => {} : f, ...options);
		}
	};
	window.unclosed = () => sockets.filter((s) => s.readyState < WebSocket.CLOSING).length;
`

// element is the card of the tests that have one only.
const element = `document.querySelector('xaman-sign-request')`

// before has scripts run before those of the page, from its next load on.
func (tb *tab) before(scripts ...string) {
	tb.t.Helper()
	for _, script := range scripts {
		tb.run(chromedp.ActionFunc(func(ctx context.Context) error {
			_, err := page.AddScriptToEvaluateOnNewDocument(script).Do(ctx)
			return err
		}))
	}
}

func (tb *tab) open(path string) {
	tb.t.Helper()
	tb.run(chromedp.Navigate(tb.site + path))
}

// newRecordedTab is a tab of the demo site in which every socket is recorded.
func newRecordedTab(t *testing.T, path string) *tab {
	t.Helper()
	tb := newTab(t, "/gallery.html")
	tb.before(recordSockets)
	tb.open(path)
	return tb
}

// beside opens another tab of the same session.
func (tb *tab) beside(path string, scripts ...string) *tab {
	tb.t.Helper()
	ctx, cancel := chromedp.NewContext(tb.ctx)
	other := &tab{devserver: tb.devserver, t: tb.t, ctx: ctx}
	tb.t.Cleanup(func() {
		if tb.t.Failed() {
			other.dump()
		}
		cancel()
	})
	chromedp.ListenTarget(ctx, other.listen)
	other.before(append([]string{recorder}, scripts...)...)
	other.open(path)
	return other
}

// awaitUnseen is await for a page that may be in the background, where nothing is drawn, or may be replaced.
func (tb *tab) awaitUnseen(expression string, within time.Duration) {
	tb.t.Helper()
	deadline := time.After(within)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for holds := false; !holds; {
		select {
		case <-tick.C:
			tb.eval(`(async () => !!(`+expression+`))()`, &holds)
		case <-deadline:
			tb.t.Fatalf("not so after %v: %s", within, expression)
		}
	}
}

func inPhase(p payload.Phase) string { return fmt.Sprintf(`%s?.dataset.phase === %q`, element, p) }

func connected(c payload.Connection) string {
	return fmt.Sprintf(`%s?.dataset.connection === %q`, element, c)
}

// back is the page to which the wallet leads back.
func back(uuid payload.UUID) string { return "/?request=" + string(uuid) }

// cached is what the browser says of a socket whose page it keeps or freezes.
const cached = "Page entered Back-Forward Cache"

// outcome is how soon a page has to show what became of a request, once it can know. A ledger closes within four
// seconds, and is waited for.
const outcome = 10 * time.Second

// wantOnce fails the test unless the page was told the outcome once.
func (tb *tab) wantOnce(want payload.Phase) {
	tb.t.Helper()
	if got := tb.settled(); !slices.Equal(got, []payload.Phase{want}) {
		tb.t.Errorf("settled as %q, want once as %s", got, want)
	}
}

// The tab that was left behind hears nothing, and nobody looks at it, so that it does not ask by itself either.
func TestEndToEndDeafTabHearsOfItFromTheOther(t *testing.T) {
	tb := newTab(t, "/gallery.html")
	tb.before(recordSockets, `deaf = true`)
	tb.open("/")
	uuid := tb.create("pay")
	tb.show()
	tb.awaitUnseen(connected(payload.Polling), patience)
	tb.eval(`Object.defineProperty(document, 'hidden', { get: () => true }), document.dispatchEvent(new `+
		`Event('visibilitychange'))`, nil)
	other := tb.beside(back(uuid))
	other.awaitUnseen(connected(payload.Live), patience)
	tb.phone(t, uuid, "open", "accept")
	other.awaitUnseen(inPhase(payload.PhaseVerified), outcome)
	tb.awaitUnseen(inPhase(payload.PhaseVerified), outcome)
	tb.wantOnce(payload.PhaseVerified)
	tb.wantNoProblems()
	other.wantNoProblems()
}

// The visitor goes on to another page of the site and comes back when it is done.
func TestEndToEndBackAndForth(t *testing.T) {
	tb := newTab(t, "/gallery.html")
	uuid := tb.create("pay")
	tb.open(back(uuid))
	tb.awaitLive()
	tb.open("/gallery.html")
	tb.phone(t, uuid, "open", "accept")
	tb.eval(`setTimeout(() => history.back()), 0`, nil)
	tb.awaitUnseen(`location.search !== ''`, outcome)
	tb.awaitUnseen(inPhase(payload.PhaseVerified), outcome)
	tb.wantOnce(payload.PhaseVerified)
	tb.wantNoProblems(cached)
}

func TestEndToEndPageFromTheBrowsersCache(t *testing.T) {
	tb := newTab(t, "/")
	uuid := tb.create("pay")
	tb.faults(uuid, "silent")
	tb.show()
	tb.awaitLive()
	tb.phone(t, uuid, "open", "accept")
	tb.awaitUnseen(fmt.Sprintf(`await (await fetch('/api/sign-requests/%s')).json().then((r) => r.status === 'signed')`,
		uuid), outcome)
	tb.eval(`dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))`, nil)
	tb.awaitUnseen(inPhase(payload.PhaseVerified), outcome)
	tb.wantOnce(payload.PhaseVerified)
	tb.wantNoProblems()
}

func TestEndToEndFrozen(t *testing.T) {
	tests := map[string][]string{"socket lives on": nil, "socket falls silent": {"silent"},
		"socket is lost": {"drop-after-opened"}}
	for name, faults := range tests {
		t.Run(name, func(t *testing.T) {
			tb := newTab(t, "/")
			uuid := tb.create("pay")
			tb.show()
			tb.awaitLive()
			tb.faults(uuid, faults...)
			tb.run(page.SetWebLifecycleState(page.SetWebLifecycleStateStateFrozen))
			tb.phone(t, uuid, "open", "accept")
			tb.run(page.SetWebLifecycleState(page.SetWebLifecycleStateStateActive))
			tb.awaitUnseen(inPhase(payload.PhaseVerified), outcome)
			tb.wantOnce(payload.PhaseVerified)
			tb.wantNoProblems(cached)
		})
	}
}

func (tb *tab) offline(is bool) {
	tb.t.Helper()
	tb.run(network.Enable(), network.OverrideNetworkState(is, 0, -1, -1),
		chromedp.ActionFunc(func(ctx context.Context) error {
			everything := []*network.Conditions{{DownloadThroughput: -1, UploadThroughput: -1}}
			_, err := network.EmulateNetworkConditionsByRule(is, everything).Do(ctx)
			return err
		}))
}

func TestEndToEndOffline(t *testing.T) {
	tb := newRecordedTab(t, "/")
	uuid := tb.create("pay")
	tb.show()
	tb.awaitLive()
	tb.offline(true)
	tb.eval(`sockets[0].close()`, nil) // the browser does not, for a while, nor does it let the socket's end through
	tb.awaitUnseen(connected(payload.Offline), patience)
	tb.await(`shown('connection') !== ''`)
	tb.phone(t, uuid, "open", "accept")
	tb.offline(false)
	tb.awaitUnseen(inPhase(payload.PhaseVerified), outcome)
	tb.wantOnce(payload.PhaseVerified)
	tb.wantNoProblems("ERR_INTERNET_DISCONNECTED", "WebSocket connection to")
}

// Frameworks mount an element twice and move it about.
func TestEndToEndMoved(t *testing.T) {
	tests := map[string]string{
		"mounted twice":        `body.append(it); it.remove(); body.append(it);`,
		"attributes afterward": `it.removeAttribute('backend'); body.append(it); it.setAttribute('backend', '/api');`,
		"in a fragment":        `const f = new DocumentFragment(); f.append(it); body.append(f);`,
		"moved at once": `body.append(it); const box = document.createElement('div'); body.append(box); ` +
			`box.append(it);`,
	}
	for name, mount := range tests {
		t.Run(name, func(t *testing.T) {
			tb := newRecordedTab(t, "/gallery.html")
			tb.eval(`document.querySelectorAll('xaman-sign-request').forEach((e) => e.remove())`, nil)
			uuid := tb.create("pay")
			tb.eval(fmt.Sprintf(`{
				const { body } = document;
				const it = document.createElement('xaman-sign-request');
				give(it);
				it.setAttribute('backend', '/api');
				%s
			}`, mount), nil)
			tb.awaitLive()
			tb.eval(`window.root = part('title'); window.first = `+element+`.settled, 0`, nil)
			for range 3 {
				tb.eval(`{
					const box = document.createElement('div');
					document.body.append(box);
					box.append(`+element+`);
				}`, nil)
			}
			tb.phone(t, uuid, "open")
			tb.awaitPhase(payload.PhaseOpened)
			var sockets, cards int
			var same bool
			tb.eval(`sockets.length`, &sockets)
			tb.eval(element+`.shadowRoot.querySelectorAll('[part=card]').length`, &cards)
			tb.eval(`root === part('title') && root.isConnected && first === `+element+`.settled`, &same)
			if sockets != 1 || cards != 1 || !same {
				t.Errorf("got %d sockets and %d cards, the first one still there: %t; want one of each, and the first", sockets,
					cards, same)
			}
			tb.phone(t, uuid, "accept")
			tb.awaitPhase(payload.PhaseVerified)
			tb.wantOnce(payload.PhaseVerified)
			tb.wantNoProblems()
		})
	}
}

// keepSettled notes in window.<name> what became of the element's promise.
func keepSettled(name string) string {
	return fmt.Sprintf(`window.%s = 'pending', %s.settled.then((d) => { %[1]s = d.phase + ' ' + d.account; }, (e) => { `+
		`%[1]s = e.name; }), 0`, name, element)
}

func TestEndToEndRemoved(t *testing.T) {
	tests := map[string]struct{ when string }{
		"before anything is loaded": {`true`},
		"while the program loads":   {`performance.getEntriesByType('resource').length > 0`},
		"while it connects":         {`sockets.length > 0`},
		"while it is live":          {connected(payload.Live)},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			tb := newTab(t, "/gallery.html")
			tb.create("pay")
			tb.eval(`localStorage.created = JSON.stringify(created)`, nil)
			tb.before(recordSockets)
			tb.open("/")
			tb.eval(`{
				window.created = JSON.parse(localStorage.created);
				const it = `+element+`;
				give(it);
				it.setAttribute('backend', '/api');
				window.it = it;
				window.gone = new Promise((resolve) => {
					const look = () => ((`+test.when+`) ? resolve() : setTimeout(look));
					look();
				}).then(() => {
					it.settled.then(() => { window.settledAs = 'resolved'; }, (e) => { window.settledAs = e.name; });
					it.remove();
					return new Promise((resolve) => setTimeout(resolve));
				}).then(() => { window.told = events.length; it.addEventListener('xaman-change', () => { window.late = true; }); });
			}`, nil)
			tb.eval(`gone`, nil)
			tb.awaitUnseen(`sockets.every((s) => s.readyState === 3)`, outcome)
			// The program has had its chance to do something about an element that is gone.
			tb.eval(`import('/loader.js').then((l) => l.load()).then(() => new Promise((r) => setTimeout(r, 300)))`, nil)
			var got string
			tb.eval(`String(window.settledAs)`, &got)
			if got != "AbortError" {
				t.Errorf("settled: got %s, want an AbortError", got)
			}
			var late bool
			tb.eval(`!!window.late || events.length > told`, &late)
			if late {
				t.Error("the page was told of a card that is gone")
			}
			var left int
			tb.eval(`unclosed() + it.shadowRoot.querySelectorAll('[part=card] *').length`, &left)
			if left != 0 {
				t.Errorf("got %d sockets and nodes left", left)
			}
			tb.wantNoProblems()
		})
	}
}

func TestEndToEndSettled(t *testing.T) {
	t.Run("verified", func(t *testing.T) {
		tb := newTab(t, "/")
		uuid := tb.pick("sign-in")
		tb.eval(keepSettled("it"), nil)
		tb.phone(t, uuid, "open", "accept")
		tb.await(`it === 'verified rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh'`)
		tb.eval(keepSettled("again"), nil)
		tb.await(`again === it`)
		tb.wantNoProblems()
	})
	t.Run("a new request", func(t *testing.T) {
		tb := newTab(t, "/")
		first := tb.pick("pay")
		tb.eval(keepSettled("first"), nil)
		tb.phone(t, first, "open", "reject")
		tb.await(`first === 'rejected '`)
		tb.eval(`window.promise = `+element+`.settled, 0`, nil)
		tb.act("renew")
		tb.awaitPhase(payload.PhaseWaiting)
		second := tb.request()
		tb.await(`promise !== ` + element + `.settled`)
		tb.eval(keepSettled("second"), nil)
		tb.phone(t, second, "open", "accept")
		tb.await(`second.startsWith('verified r')`)
		tb.wantNoProblems()
	})
	t.Run("replaced by the page", func(t *testing.T) {
		tb := newTab(t, "/")
		tb.pick("pay")
		tb.eval(keepSettled("it"), nil)
		tb.create("sign-in")
		tb.eval(`document.querySelector('xaman-sign-request').removeAttribute('demo')`, nil)
		tb.show()
		tb.await(`it === 'AbortError'`)
		tb.wantNoProblems()
	})
	t.Run("bad payload", func(t *testing.T) {
		tb := newTab(t, "/")
		tb.eval(`card.setAttribute('payload', '{"uuid":'), `+keepSettled("it"), nil)
		tb.await(`it === 'Error'`)
		if got, want := tb.errorCodes(), []string{"bad-payload"}; !slices.Equal(got, want) {
			t.Errorf("error codes are %q, want %q", got, want)
		}
		tb.wantNoProblems()
	})
}
