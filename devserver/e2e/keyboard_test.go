//go:build e2e

package e2e

import (
	"fmt"
	"path"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// A visitor who has nothing but a keyboard.

// recordFocus tells what has the focus, and notes in window.unfocused when nothing has it any more. In window.made it
// counts the requests that the page has asked for.
const recordFocus = `
	window.focused = () => {
		let e = document.activeElement;
		while (e?.shadowRoot?.activeElement) e = e.shadowRoot.activeElement;
		return e?.dataset.action ?? e?.getAttribute('part') ?? e?.id ?? '';
	};
	window.unfocused = [];
	const look = () => {
		if (document.activeElement === document.body) unfocused.push(all()[0].dataset.phase);
		requestAnimationFrame(look);
	};
	addEventListener('focusin', () => requestAnimationFrame(look), { once: true });
	window.made = 0;
	const real = fetch;
	window.fetch = (url, init) => {
		if (init?.method === 'POST') made++;
		return real(url, init);
	};
`

// keyboard is a visitor on a page with one card, between a link before it and one after it.
type keyboard struct{ *tab }

func newKeyboard(t *testing.T, s shop, attributes string) keyboard {
	t.Helper()
	k := keyboard{newVisitor(t, s.devserver)}
	k.run(emulation.SetFocusEmulationEnabled(true))
	k.before(recordFocus, recordSockets)
	k.open(s.add(t, path.Base(t.Name()), `<p><a id="before" href="#before">Your basket</a></p>
		<xaman-sign-request id="card" backend="/api" `+attributes+`></xaman-sign-request>
		<p><a id="behind" href="#behind">Terms of sale</a></p>`))
	return k
}

func (k keyboard) press(keys ...string) {
	k.t.Helper()
	for _, key := range keys {
		k.run(chromedp.KeyEvent(key))
	}
}

func (k keyboard) focused() string {
	k.t.Helper()
	return get[string](k.tab, `focused()`)
}

// tabTo goes on with the tabulator until that has the focus.
func (k keyboard) tabTo(name string) {
	k.t.Helper()
	var way []string
	for range 20 {
		k.press(kb.Tab)
		way = append(way, k.focused())
		if way[len(way)-1] == name {
			return
		}
	}
	k.t.Fatalf("the tabulator does not lead to %s: %q", name, way)
}

func (k keyboard) wantFocus(name string) {
	k.t.Helper()
	k.await(fmt.Sprintf(`focused() === %q`, name))
}

// wantMade fails the test unless the page has asked for so many requests.
func (k keyboard) wantMade(want int) {
	k.t.Helper()
	if got := get[int](k.tab, `made`); got != want {
		k.t.Errorf("%d requests were made, want %d", got, want)
	}
}

// wantGood fails the test if the focus was lost, or if the browser complained.
func (k keyboard) wantGood() {
	k.t.Helper()
	if lost := get[[]string](k.tab, `unfocused`); len(lost) > 0 {
		k.t.Errorf("nothing had the focus in %q", lost)
	}
	k.wantNoProblems()
}

func TestEndToEndKeyboard(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	run := func(name, attributes string, journey func(t *testing.T, k keyboard)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := newKeyboard(t, s, attributes)
			journey(t, k)
			k.wantGood()
		})
	}
	run("sign-in", `demo="sign-in"`, func(t *testing.T, k keyboard) {
		uuid := k.request()
		k.tabTo("copy")
		k.press(kb.Enter)
		k.wantShown("actions", "Copied")
		k.wantFocus("copy")
		k.phone(t, uuid, "open")
		k.awaitPhase(payload.PhaseOpened)
		k.wantFocus("title")
		k.tabTo("reveal")
		k.press(" ")
		k.await(`part('qr').checkVisibility() && part('qr').dataset.dim === 'false'`)
		k.wantFocus("reveal")
		k.press(" ")
		k.await(`!part('qr').checkVisibility() || part('qr').dataset.dim === 'true'`)
		k.wantFocus("reveal")
		k.phone(t, uuid, "accept")
		k.awaitPhase(payload.PhaseVerified)
		k.wantFocus("title")
		k.wantMade(1)
	})
	run("cancel and renew", `demo="sign-in"`, func(t *testing.T, k keyboard) {
		first := k.request()
		k.tabTo("cancel")
		k.press(kb.Enter, kb.Enter) // the second one when the button may have left
		k.awaitPhase(payload.PhaseCancelled)
		k.wantFocus("title")
		k.press(kb.Enter)
		k.wantMade(1)
		k.tabTo("renew")
		k.press(kb.Enter, kb.Enter)
		k.awaitPhase(payload.PhaseWaiting)
		k.wantFocus("title")
		if second := k.request(); second == first {
			t.Errorf("got request %s again", second)
		}
		k.wantMade(2)
		k.tabTo("cancel")
	})
	run("expires under the finger", ``, func(t *testing.T, k keyboard) {
		k.phone(t, k.follow("sign-in"), "open", "accept")
		k.awaitPhase(payload.PhaseVerified)
		k.eval(`card.removeAttribute('payload'), card.setAttribute('demo', 'pay')`, nil)
		k.awaitPhase(payload.PhasePushed)
		k.tabTo("reveal")
		k.faults(k.request(), "expire-soon")
		k.awaitPhase(payload.PhaseExpired)
		k.wantFocus("title")
		k.press(kb.Enter, " ")
		k.wantMade(2)
		k.tabTo("renew")
	})
	run("dialog", `demo="sign-in" layout="dialog"`, func(t *testing.T, k keyboard) {
		uuid := k.request()
		k.wantInside()
		k.press(kb.Escape)
		k.await(`!all()[0].shadowRoot.querySelector('dialog').open`)
		k.tabTo("start")
		k.press(kb.Enter)
		k.wantInside()
		k.phone(t, uuid, "open", "accept")
		k.awaitPhase(payload.PhaseVerified)
		k.wantInside()
		k.press(kb.Escape)
		k.wantFocus("start")
		k.wantMade(1)
	})
	run("button", `demo="sign-in" layout="button"`, func(t *testing.T, k keyboard) {
		k.await(`all()[0].shadowRoot.querySelector('[data-action=start]')?.checkVisibility()`)
		k.tabTo("start")
		k.wantMade(0)
		k.press(kb.Enter)
		uuid := k.request()
		k.wantInside()
		k.tabTo("dismiss")
		k.press(kb.Enter)
		k.wantFocus("start")
		k.press(" ")
		k.wantInside()
		if again := k.request(); again != uuid {
			t.Errorf("got request %s, want %s again", again, uuid)
		}
		k.press(kb.Escape)
		k.wantFocus("start")
		k.wantMade(1)
	})
}

// wantInside goes around with the tabulator, which must not lead to anything of the page but the dialog. Between the
// last and the first of the dialog is the browser itself.
func (k keyboard) wantInside() {
	k.t.Helper()
	const inside = `!!all()[0].shadowRoot.activeElement?.closest('dialog')`
	k.await(inside)
	for range 12 {
		k.press(kb.Tab)
		if !get[bool](k.tab, inside+` || document.activeElement === document.body`) {
			k.t.Fatalf("the focus is on %q, outside of the dialog", k.focused())
		}
	}
	if !get[bool](k.tab, inside) {
		k.press(kb.Tab)
	}
	k.await(inside)
	k.eval(`unfocused.length = 0`, nil)
}
