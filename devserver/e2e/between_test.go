//go:build e2e

package e2e

import (
	"testing"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// What a script asks of the element just after it has changed it is about the request that it has asked for.

// newOrders is a page with an element, window.it, and two orders: window.a, which it shows, and window.b.
func newOrders(t *testing.T) (tb *tab, a, b payload.UUID) {
	t.Helper()
	tb = newEmptyTab(t)
	b = tb.create("sign-in")
	tb.eval(`window.b = created.payload, 0`, nil)
	a = tb.create("pay")
	tb.eval(`window.a = created.payload, 0`, nil)
	tb.eval(`window.it = add(), 0`, nil)
	tb.awaitLive()
	return tb, a, b
}

func TestEndToEndAskedInBetween(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ before, change string }{
		"while another one is open":    {``, `it.payload = b`},
		"after another one":            {`paid`, `it.payload = b`},
		"after another one was closed": {`closed`, `it.payload = b`},
		"when it told of another one": {``, `await new Promise((resolve) => it.addEventListener('xaman-change', (e) => {
			if (e.detail.phase !== 'verified') return;
			it.payload = b;
			window.early = it.settled;
			resolve();
		})); if (early !== it.settled) throw new Error('it is another promise')`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tb, a, b := newOrders(t)
			switch tt.before {
			case "paid":
				tb.phone(t, a, "open", "accept")
				tb.awaitPhase(payload.PhaseVerified)
			case "closed":
				tb.eval(`it.close()`, nil)
			}
			tb.eval(`window.outcome = 'pending', (async () => {
				`+tt.change+`;
				return it.settled;
			})().then((d) => { outcome = d.phase + ' ' + d.uuid; }, (e) => { outcome = String(e); }), 0`, nil)
			if name == "when it told of another one" {
				tb.phone(t, a, "open", "accept")
			}
			tb.await(`events.some((e) => e.uuid === '` + string(b) + `' && e.connection === 'live')`)
			tb.phone(t, b, "open", "reject")
			tb.await(`outcome !== 'pending'`)
			if got, want := get[string](tb, `outcome`), "rejected "+string(b); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
			tb.wantNoProblems()
		})
	}
}

// The order that is cancelled is the one that was asked for last.
func TestEndToEndCancelledInBetween(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ change string }{
		"another order":      {`it.payload = b`},
		"put in just now":    {`it.remove(); await 0; it.payload = b; document.body.append(it)`},
		"put in as a dialog": {`it.remove(); it.layout = 'dialog'; it.payload = b; document.body.append(it)`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tb, a, b := newOrders(t)
			tb.eval(`(async () => { `+tt.change+`; it.cancel(); })()`, nil)
			tb.awaitPhase(payload.PhaseCancelled)
			if got := get[payload.UUID](tb, `events.at(-1).uuid`); got != b {
				t.Errorf("%s is cancelled, want %s", got, b)
			}
			state := get[string](tb, `fetch('/api/sign-requests/`+string(a)+`').then((r) => r.json()).then((it) => it.status)`)
			if state != "pending" {
				t.Errorf("the first order is %s, want it left alone", state)
			}
			tb.wantNoProblems()
		})
	}
}

func TestEndToEndClosedInBetween(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"card": "none", "dialog": "closed"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tb, _, _ := newOrders(t)
			tb.eval(`(async () => {
				it.remove();
				await 0;
				it.layout = '`+name+`';
				document.body.append(it);
				it.close();
				await new Promise((r) => setTimeout(r, 500));
			})()`, nil)
			shown := `(part('title')?.checkVisibility() ? 'shown' : it.shadowRoot.querySelector('dialog') ? 'closed' : 'none')`
			if got := get[string](tb, shown); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
			tb.wantNoProblems()
		})
	}
}

// A promise that is read while no request is shown is that of the next one.
func TestEndToEndSettledByTheNext(t *testing.T) {
	t.Parallel()
	for name, gone := range map[string]string{"removed": `it.remove()`, "closed": `it.close()`} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tb, _, b := newOrders(t)
			tb.eval(`window.outcome = 'pending', (async () => {
				const first = it.settled;
				`+gone+`;
				it.settled.then((d) => { outcome = d.phase; }, (e) => { outcome = String(e); });
				await first.catch(() => {});
				it.payload = b;
				document.body.append(it);
			})(), 0`, nil)
			tb.await(`events.some((e) => e.uuid === '` + string(b) + `' && e.connection === 'live')`)
			tb.phone(t, b, "open", "accept")
			tb.await(`outcome === 'verified'`)
			tb.wantNoProblems()
		})
	}
}
