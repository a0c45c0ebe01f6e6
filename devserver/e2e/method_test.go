//go:build e2e

package e2e

import (
	"testing"

	"github.com/chromedp/cdproto/emulation"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// What the scripts of a page have the card do.

func TestEndToEndMethods(t *testing.T) {
	t.Parallel()
	t.Run("cancel", func(t *testing.T) {
		t.Parallel()
		tb := newTab(t, "/")
		tb.pick("pay")
		tb.eval(keepSettled("it"), nil)
		if got := get[string](tb, `typeof card.cancel()`); got != "undefined" {
			t.Errorf("got %s of a method that returns nothing", got)
		}
		tb.await(`it === 'cancelled '`)
		tb.wantShown("title", "Request cancelled")
		tb.wantNoProblems()
	})
	t.Run("renew", func(t *testing.T) {
		t.Parallel()
		tb := newTab(t, "/")
		first := tb.pick("pay")
		tb.eval(`card.renew()`, nil)
		tb.await(`events.some((e) => e.uuid && e.uuid !== '` + string(first) + `' && e.connection === 'live')`)
		second := tb.request()
		tb.phone(t, second, "open", "accept")
		tb.awaitPhase(payload.PhaseVerified)
		tb.eval(`card.renew()`, nil)
		tb.eval(`card.check()`, nil)
		tb.await(connected(payload.Closed))
		if got := get[payload.UUID](tb, `events.at(-1).uuid`); got != second {
			t.Errorf("got the request %s, want no other one once %s is paid", got, second)
		}
		tb.wantOnce(payload.PhaseVerified)
		tb.wantNoProblems()
	})
	t.Run("check", func(t *testing.T) {
		t.Parallel()
		tb := newTab(t, "/")
		tb.pick("pay")
		asked := get[int](tb, `card.getDebugReport().asks`)
		tb.eval(`card.check()`, nil)
		tb.await(`card.getDebugReport().asks > ` + toJSON(asked))
		tb.wantNoProblems()
	})
	t.Run("without a request", func(t *testing.T) {
		t.Parallel()
		tb := newEmptyTab(t)
		tb.eval(`(async () => {
			const it = document.createElement('xaman-sign-request');
			it.append('Something of the page');
			for (const where of [new DocumentFragment(), document.body]) {
				where.append(it);
				for (const name of ['cancel', 'renew', 'check', 'close']) it[name]();
				await new Promise((r) => setTimeout(r));
			}
			it.append(Object.assign(document.createElement('p'), { id: 'own', textContent: 'More of it' }));
		})()`, nil)
		tb.await(`own.checkVisibility()`)
		tb.wantNoProblems()
	})
}

// A page that does not want a request any more need not wait for the program to say so.
func TestEndToEndCancelledBeforeTheProgram(t *testing.T) {
	t.Parallel()
	tb := newEmptyTab(t)
	tb.before(holdProgram)
	tb.open("/watch.html")
	tb.eval(`card.backend = '/api', card.demo = 'pay'`, nil)
	tb.await(`frame('[part=link]')?.href`)
	tb.eval(`card.cancel()`, nil)
	tb.eval(`release()`, nil)
	tb.awaitPhase(payload.PhaseCancelled)
	tb.wantOnce(payload.PhaseCancelled)
	tb.wantNoProblems()
}

func TestEndToEndClosed(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ again string }{
		"an attribute changes":  {`it.layout = 'compact'`},
		"it is put in anew":     {`it.remove(); await turn(); document.body.append(it)`},
		"it gets a new request": {`it.payload = null; it.demo = 'pay'`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tb := newEmptyTab(t)
			tb.create("pay")
			tb.eval(`{ const it = add(); it.append('Something of the page'); }`, nil)
			tb.awaitLive()
			tb.eval(keepSettled("first"), nil)
			tb.eval(`all()[0].close(), all()[0].close()`, nil)
			tb.await(`first === 'AbortError' && unclosed() === 0`)
			tb.await(`all()[0].getBoundingClientRect().height === 0`)
			tb.eval(`(async () => {
				const turn = () => new Promise((r) => setTimeout(r));
				const it = all()[0];
				const box = document.createElement('div');
				document.body.append(box);
				box.append(it);
				await turn();
			})()`, nil)
			if got := get[string](tb, `[unclosed(), part('title'), all()[0].dataset.phase].join()`); got != "0,," {
				t.Errorf("got %s after a move, want nothing", got)
			}
			tb.eval(`(async () => {
				const turn = () => new Promise((r) => setTimeout(r));
				const it = all()[0];
				`+tt.again+`;
			})()`, nil)
			tb.awaitLive()
			tb.wantShown("title", "Scan with Xaman")
			tb.eval(`all()[0].hidden = true`, nil)
			tb.await(`all()[0].getBoundingClientRect().height === 0`)
			tb.wantNoProblems()
		})
	}
}

// To close a dialog is not to leave the request.
func TestEndToEndDialogClosed(t *testing.T) {
	t.Parallel()
	tb := newEmptyTab(t)
	uuid := tb.create("pay")
	tb.eval(`add().layout = 'dialog'`, nil)
	tb.awaitLive()
	const open = `all()[0].shadowRoot.querySelector('dialog').open`
	tb.await(open)
	tb.eval(keepSettled("it"), nil)
	tb.eval(`all()[0].close()`, nil)
	tb.await(`!` + open)
	tb.phone(t, uuid, "open", "accept")
	tb.await(`it.startsWith('verified r')`)
	if get[bool](tb, open) {
		t.Error("the dialog has come back")
	}
	tb.wantNoProblems()
}

// A page may move an open dialog, or give it another request: it stays one, and gives the focus back at last.
func TestEndToEndDialogStays(t *testing.T) {
	t.Parallel()
	const moved = `document.body.appendChild(document.createElement('div')).append(it)`
	for name, change := range map[string]string{
		"moved":              moved,
		"moved twice":        moved + `; await 0; ` + moved,
		"moved as it is":     `document.body.prepend(document.createElement('p')); document.body.moveBefore(it, null)`,
		"another request":    `it.payload = b`,
		"another, and moved": `it.payload = b; ` + moved,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tb := newEmptyTab(t)
			tb.run(emulation.SetFocusEmulationEnabled(true))
			tb.create("sign-in")
			tb.eval(`window.b = created.payload, 0`, nil)
			tb.create("pay")
			tb.eval(`{
				window.opener = document.createElement('button');
				document.body.append(opener);
				opener.focus();
				window.it = give(document.createElement('xaman-sign-request'));
				it.backend = '/api';
				it.layout = 'dialog';
				document.body.append(it);
				window.modal = () => !!it.shadowRoot.querySelector('dialog')?.matches(':modal') && document.activeElement === it;
			}`, nil)
			tb.awaitLive()
			tb.await(`modal()`)
			tb.eval(`(async () => {
				events.length = 0;
				`+change+`;
				await new Promise((resolve) => setTimeout(resolve, 300));
			})()`, nil)
			tb.await(`modal()`)
			tb.eval(`it.close()`, nil)
			tb.await(`!it.shadowRoot.querySelector('dialog').open && document.activeElement === opener`)
			tb.wantNoProblems()
		})
	}
}

// Buttons of the page may have actions of the page's own.
func TestEndToEndActionsOfThePage(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	tb := newVisitor(t, s.devserver)
	tb.before(recordSockets, `{
		const real = fetch;
		window.made = [];
		window.fetch = (url, init) => (made.push(init?.method), real(url, init));
	}`)
	tb.open(s.add(t, "help", `<div data-action="cancel"><xaman-sign-request id="card" backend="/api" demo="pay">
		<button id="help" slot="footer">Help</button><button id="again" slot="footer" data-action="renew">Again</button>
		</xaman-sign-request></div>`))
	tb.awaitLive()
	uuid := tb.request()
	tb.eval(`help.click(), again.click()`, nil)
	tb.phone(t, uuid, "open", "accept")
	tb.awaitPhase(payload.PhaseVerified)
	if got := get[string](tb, `made.filter((method) => method && method !== 'GET').join()`); got != "POST" {
		t.Errorf("got the calls %s, want nothing but the one that makes the request", got)
	}
	tb.wantNoProblems()
}
