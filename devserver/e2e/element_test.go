//go:build e2e

package e2e

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/chromedp/cdproto/heapprofiler"
	"github.com/chromedp/cdproto/memory"
	"github.com/chromedp/chromedp"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// What pages do with the element: they mount it, move it, remove it, and use its promise.

// Frameworks mount an element twice and move it about.
func TestEndToEndMoved(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"mounted twice":        `body.append(it); it.remove(); body.append(it);`,
		"attributes afterward": `it.removeAttribute('backend'); body.append(it); it.setAttribute('backend', '/api');`,
		"in a fragment":        `const f = new DocumentFragment(); f.append(it); body.append(f);`,
		"moved as it is":       `body.append(it, document.createElement('div')); body.lastChild.moveBefore(it, null);`,
		"moved at once":        `body.append(it); body.append(document.createElement('div')); body.lastChild.append(it);`,
	}
	for name, mount := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tb := newEmptyTab(t)
			uuid := tb.create("pay")
			tb.eval(`{
				const { body } = document;
				const it = add(new DocumentFragment());
				it.remove();
				`+mount+`
			}`, nil)
			tb.awaitLive()
			tb.eval(`window.root = part('title'); window.first = all()[0].settled, 0`, nil)
			for range 3 {
				tb.eval(`{
					const box = document.createElement('div');
					document.body.append(box);
					box.append(all()[0]);
				}`, nil)
			}
			tb.phone(t, uuid, "open")
			tb.awaitPhase(payload.PhaseOpened)
			sockets := get[int](tb, `sockets.length`)
			cards := get[int](tb, `all()[0].shadowRoot.querySelectorAll('[part=card]').length`)
			same := get[bool](tb, `root === part('title') && root.isConnected && first === all()[0].settled`)
			if sockets != 1 || cards != 1 || !same {
				t.Errorf("got %d sockets and %d cards, the first one still there: %t; want one of each, and the first",
					sockets, cards, same)
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
	return fmt.Sprintf(`window.%s = 'pending', all()[0].settled.then(
		(d) => { %[1]s = d.phase + ' ' + d.account; }, (e) => { %[1]s = e.name; }), 0`, name)
}

func TestEndToEndRemoved(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"before anything is loaded": `true`,
		"while the program loads":   `performance.getEntriesByType('resource').length > 0`,
		"while it connects":         `sockets.length > 0`,
		"while it is live":          connected(payload.Live),
	}
	for name, when := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tb := newEmptyTab(t)
			tb.create("pay")
			tb.eval(`localStorage.created = JSON.stringify(created)`, nil)
			tb.open("/")
			tb.eval(`{
				window.created = JSON.parse(localStorage.created);
				const it = give(all()[0]);
				it.setAttribute('backend', '/api');
				window.it = it;
				window.gone = new Promise((resolve) => {
					const look = () => ((`+when+`) ? resolve() : setTimeout(look));
					look();
				}).then(() => {
					it.settled.then(() => { window.settledAs = 'resolved'; }, (e) => { window.settledAs = e.name; });
					it.remove();
					return new Promise((resolve) => setTimeout(resolve));
				}).then(() => it.addEventListener('xaman-change', () => { window.late = true; }));
			}`, nil)
			tb.eval(`gone`, nil)
			tb.awaitUnseen(`sockets.every((s) => s.readyState === 3)`, outcomeTime)
			// The program has had its chance to do something about an element that is gone.
			tb.eval(`{
				window.other = document.createElement('xaman-sign-request');
				other.setAttribute('preview', 'waiting');
				document.body.append(other);
			}`, nil)
			tb.awaitUnseen(`other.shadowRoot.querySelector('[part=card] [part=title]')?.textContent`, maxWait)
			tb.eval(`new Promise((r) => setTimeout(r, 300))`, nil)
			if got := get[string](tb, `String(window.settledAs)`); got != "AbortError" {
				t.Errorf("settled: got %s, want an AbortError", got)
			}
			if get[bool](tb, `!!window.late`) {
				t.Error("the page was told of a card that is gone")
			}
			if left := get[int](tb, `unclosed() + it.shadowRoot.querySelectorAll('[part=card] *').length`); left != 0 {
				t.Errorf("got %d sockets and nodes left", left)
			}
			tb.wantNoProblems()
		})
	}
}

func TestEndToEndSettled(t *testing.T) {
	t.Parallel()
	t.Run("a new request", func(t *testing.T) {
		t.Parallel()
		tb := newTab(t, "/")
		first := tb.pick("pay")
		tb.eval(keepSettled("first"), nil)
		tb.phone(t, first, "open", "reject")
		tb.await(`first === 'rejected '`)
		tb.wantShown("title", "Request declined")
		tb.wantHidden("qr")
		tb.eval(`window.promise = all()[0].settled, 0`, nil)
		tb.act("renew")
		tb.awaitPhase(payload.PhaseWaiting)
		second := tb.request()
		if second == first {
			t.Error("the new request is the old one")
		}
		tb.await(`promise !== all()[0].settled`)
		tb.eval(keepSettled("second"), nil)
		tb.phone(t, second, "open", "accept")
		tb.await(`second.startsWith('verified r')`)
		tb.wantNoProblems()
	})
	t.Run("a request after one that was refused", func(t *testing.T) {
		t.Parallel()
		tb := newTabAfter(t, "/watch.html", `{
			const real = fetch;
			window.fetch = (url, init) => {
				if (init?.method !== 'POST') return real(url, init);
				window.fetch = real;
				const refusal = { error: { code: 'too-large', message: 'no' } };
				return Promise.resolve(Response.json(refusal, { status: 413 }));
			};
		}`)
		tb.eval(`card.backend = '/api', card.demo = 'sign-in', 0`, nil)
		tb.eval(keepSettled("first"), nil)
		tb.await(`first === 'Error' && events.some((e) => e.fatal)`)
		tb.eval(keepSettled("still"), nil)
		tb.await(`still === 'Error'`)
		tb.eval(`card.renew()`, nil)
		uuid := tb.request()
		tb.eval(keepSettled("second"), nil)
		tb.phone(t, uuid, "open", "accept")
		tb.await(`second.startsWith('verified r')`)
		tb.wantNoProblems()
	})
	t.Run("replaced by the page", func(t *testing.T) {
		t.Parallel()
		tb := newTab(t, "/")
		tb.pick("pay")
		tb.eval(keepSettled("it"), nil)
		tb.create("sign-in")
		tb.eval(`all()[0].removeAttribute('demo')`, nil)
		tb.show()
		tb.await(`it === 'AbortError'`)
		tb.wantNoProblems()
	})
}

func TestEndToEndHundredElements(t *testing.T) {
	tb := newEmptyTab(t)
	uuid := tb.create("pay")
	tb.eval(`for (let n = 0; n < 100; n++) add()`, nil)
	tb.await(`all().filter((e) => e.dataset.connection === 'live').length === 100`)
	tb.await(`all().every((e) => e.shadowRoot.querySelector('[part=qr] path')?.getAttribute('d'))`)
	programs := get[int](tb, `performance.getEntriesByType('resource').filter((e) => e.name.endsWith('.wasm')).length`)
	if sockets := get[int](tb, `unclosed()`); programs != 1 || sockets != 100 {
		t.Errorf("got %d downloads of the program and %d sockets, want 1 and 100", programs, sockets)
	}
	tb.phone(t, uuid, "open")
	tb.await(`all().every((e) => e.dataset.phase === 'opened')`)
	tb.phone(t, uuid, "accept")
	tb.await(`all().every((e) => e.dataset.phase === 'verified') && unclosed() === 0`)
	tb.wantNoProblems()
}

// collect has the browser drop what the page does not hold any more.
func (tb *tab) collect() {
	tb.t.Helper()
	for range 3 {
		tb.run(heapprofiler.CollectGarbage())
	}
}

// domCounters tells what the page still has once everything has been collected.
func (tb *tab) domCounters() (nodes, listeners int64) {
	tb.t.Helper()
	tb.collect()
	tb.run(chromedp.ActionFunc(func(ctx context.Context) (err error) {
		_, nodes, listeners, err = memory.GetDOMCounters().Do(ctx)
		return err
	}))
	return nodes, listeners
}

// A page that lives for days shows elements and drops them.
func TestEndToEndThousandElementsLeaveNothing(t *testing.T) {
	tb := newEmptyTab(t)
	tb.create("pay")
	hundred := `(async () => {
		const turn = () => new Promise((r) => setTimeout(r));
		const title = (it) => it.shadowRoot.querySelector('[part=title]')?.textContent;
		const preview = () => {
			const it = document.createElement('xaman-sign-request');
			it.setAttribute('preview', 'waiting');
			document.body.append(it);
			return it;
		};
		for (let round = 0; round < 10; round++) {
			const cards = Array.from({ length: 10 }, (_, n) => (n % 2 ? preview() : add()));
			while (!cards.every(title)) await turn();
			for (const it of cards) it.remove();
			while (cards.some(title) || unclosed()) await turn();
		}
		while (sockets.some((s) => s.readyState !== 3)) await turn();
		sockets.length = events.length = 0;
		performance.clearResourceTimings();
	})()`
	tb.eval(hundred, nil)
	nodes, listeners := tb.domCounters()
	for range 9 {
		tb.eval(hundred, nil)
	}
	// Whatever the collectors of Go and of the browser have not found yet is less than what a hundred elements are.
	lateNodes, lateListeners := tb.domCounters()
	if lateNodes > nodes+500 || lateListeners > listeners+100 {
		t.Errorf("got %d nodes and %d listeners after 1000 elements, want about the %d and %d after 100",
			lateNodes, lateListeners, nodes, listeners)
	}
	tb.wantNoProblems()
}

func TestEndToEndDebugReport(t *testing.T) {
	t.Parallel()
	tb := newTab(t, "/")
	type debugReport struct {
		Phase               payload.Phase
		Connection          payload.Connection
		Request, Go         string
		Dials, Closes, Asks int
		LastClose           string
		History, Errors     []any
	}
	r := get[debugReport](tb, `card.getDebugReport()`)
	if r.Phase != "" || r.Connection != payload.Closed {
		t.Errorf("before anything is shown: got %+v", r)
	}
	uuid := tb.follow("pay", "drop-after-opened")
	tb.phone(t, uuid, "open")
	tb.await(`events.some((e) => e.connection === 'reconnecting')`)
	tb.awaitLive()
	tb.phone(t, uuid, "accept")
	tb.awaitPhase(payload.PhaseVerified)
	tb.await(connected(payload.Closed))
	r = get[debugReport](tb, `card.getDebugReport()`)
	if r.Phase != payload.PhaseVerified || r.Connection != payload.Closed || r.Request != uuid.Short() || r.Go == "" ||
		r.Dials != 2 || r.Closes < 1 || r.Asks < 2 || r.LastClose == "" || len(r.History) < 5 || len(r.Errors) != 0 {
		t.Errorf("got %+v", r)
	}
	if get[bool](tb, fmt.Sprintf(`JSON.stringify(card.getDebugReport()).toLowerCase().includes(%q)`, uuid)) {
		t.Error("the report tells the whole UUID")
	}
	tb.wantNoProblems()
}

// A defect that ends the program leaves every element of the page with its link and its code. It is brought about by an
// event such as no browser sends, in code that is not ours.
func TestEndToEndProgramEnds(t *testing.T) {
	t.Parallel()
	tb := newEmptyTab(t)
	for range 3 {
		tb.create("pay")
		tb.eval(`add(), 0`, nil)
	}
	tb.await(`all().every((e) => e.dataset.connection === 'live')`)
	tb.eval(`window.ends = all().map((e) => e.settled.then(() => 'resolved', (e) => e.name)), 0`, nil)
	tb.eval(`setTimeout(() => sockets[0].dispatchEvent(new Event('close'))), 0`, nil)
	tb.await(`all().every((e) => plain(e, 'a')?.checkVisibility() && plain(e, 'img')?.naturalWidth > 100)`)
	tb.await(`all().every((e) => e.shadowRoot.querySelector('[part=notice]').checkVisibility())`)
	tb.wantErrorCodes("not-loaded", "not-loaded", "not-loaded")
	ends := get[[]string](tb, `Promise.all(ends)`)
	if want := []string{"Error", "Error", "Error"}; !slices.Equal(ends, want) {
		t.Errorf("settled: got %q, want %q", ends, want)
	}
	links := get[[]string](tb, `[...new Set(all().map((e) => plain(e, 'a').href))]`)
	if len(links) != 3 {
		t.Errorf("got links %q, want three", links)
	}
	// An element that comes later gets its link as well.
	tb.eval(`add().id = 'late'`, nil)
	tb.await(`plain(document.querySelector('#late'), 'a')?.checkVisibility()`)
	// The card is as usable as a link is: it can be removed, asked, and changed.
	tb.eval(`for (const it of all()) { it.getDebugReport(); it.remove(); }`, nil)
	tb.wantNoProblems("exit code", "panic", "goroutine", "Go program has already exited")
}
