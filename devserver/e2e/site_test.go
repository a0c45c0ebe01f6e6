//go:build e2e

package e2e

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// What the pages of the site do besides showing cards.

// The page for watching takes whatever a visitor has of a request.
func TestEndToEndWatch(t *testing.T) {
	t.Parallel()
	d := start(t, nil, "-site", "../../site")
	socket := strings.Replace(d.sandbox, "http", "ws", 1)
	for name, say := range map[string]func(payload.UUID, []byte) string{
		"create response": func(_ payload.UUID, created []byte) string { return string(created) },
		"address":         func(uuid payload.UUID, _ []byte) string { return socket + "/sign/" + string(uuid) },
		"link":            func(uuid payload.UUID, _ []byte) string { return d.sandbox + "/sign/" + string(uuid) },
		"page of the code": func(uuid payload.UUID, _ []byte) string {
			return "  " + d.sandbox + "/sign/" + strings.ToUpper(string(uuid)) + "/qr\n"
		},
		"UUID": func(uuid payload.UUID, _ []byte) string { return string(uuid) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tb := newVisitor(t, d)
			tb.open("/watch.html")
			made := create(t, d.visitor(t), "pay")
			tb.watch(say(made.UUID, made.Payload))
			tb.awaitLive()
			tb.wantShown("notice", "Not verified")
			if derived, want := get[json.RawMessage](tb, `card.payload`), made.Payload; !sameLinks(t, derived, want) {
				t.Errorf("derived %s, want what the platform answered: %s", derived, want)
			}
			if told := get[bool](tb, `document.querySelector('#found').checkVisibility()`); told == (name == "create response") {
				t.Errorf("that something is not known is told: %t", told)
			}
			d.phone(t, made.UUID, "open", "accept")
			tb.awaitPhase(payload.PhaseSigned)
			tb.wantNoProblems()
		})
	}
}

// watch pastes a text on the page for watching.
func (tb *tab) watch(text string) {
	tb.t.Helper()
	tb.run(chromedp.SetValue(`#created`, text, chromedp.ByQuery), chromedp.Click(`#paste button`, chromedp.ByQuery))
}

// sameLinks reports whether two create responses lead to the same places.
func sameLinks(t *testing.T, one, other []byte) bool {
	t.Helper()
	return slices.Equal(linksIn(t, one), linksIn(t, other))
}

func linksIn(t *testing.T, created []byte) []string {
	t.Helper()
	var c struct {
		UUID string
		Next struct{ Always string }
		Refs struct {
			Image  string `json:"qr_png"`
			Matrix string `json:"qr_matrix"`
			Socket string `json:"websocket_status"`
		}
	}
	if err := json.Unmarshal(created, &c); err != nil {
		t.Fatal(err)
	}
	return []string{c.UUID, c.Next.Always, c.Refs.Image, c.Refs.Matrix, c.Refs.Socket}
}

func TestEndToEndWatchNothing(t *testing.T) {
	t.Parallel()
	tb := newTab(t, "/watch.html")
	for _, text := range []string{
		"hello", "https://xumm.app/", "https://xumm.app/sign/" + string(sample) + "0", string(sample)[1:],
		"javascript:alert(1)", "https://xumm.app/detect/" + string(sample),
	} {
		tb.watch(text)
		tb.await(`document.querySelector('#found').textContent.includes('no create response')`)
		if get[bool](tb, `card.hasAttribute('payload')`) {
			t.Errorf("%q is watched", text)
		}
	}
	tb.watch("https://evil.example/sign/" + string(sample))
	tb.wantShown("title", "not safe")
	tb.wantNoProblems()
}

// A link to a fault makes a request that has it, and the wire tells of everything that is said.
func TestEndToEndFaultByLink(t *testing.T) {
	t.Parallel()
	tb := newTab(t, "/?demo=pay&fault=drop-after-opened")
	uuid := tb.request()
	tb.await(`document.querySelector('#chosen').textContent.includes('drop-after-opened')`)
	tb.await(fmt.Sprintf(`document.querySelector('#phone')?.src === %q`, tb.sandbox+"/sign/"+string(uuid)))
	tb.phone(t, uuid, "open", "accept")
	tb.awaitPhase(payload.PhaseVerified)
	for _, kind := range []string{"rest", "socket", "webhook", "phone", "node", "fault", "element"} {
		tb.await(fmt.Sprintf(`document.querySelector('#wire [data-kind=%s]')`, kind))
	}
	times := get[[]float64](tb, `[...document.querySelectorAll('#wire [data-at]')].map((line) => Number(line.dataset.at))`)
	if !slices.IsSorted(times) {
		t.Errorf("the lines are not in the order of their times: %v", times)
	}
	tb.wantNoProblems()
}

// Every way to err has a link, and each request that is offered a button.
func TestEndToEndStartPageOffersEverything(t *testing.T) {
	t.Parallel()
	tb := newTab(t, "/")
	tb.await(`document.querySelector('#faults').checkVisibility()`)
	var ways struct{ Faults, Node, Misbehaviours []struct{ Name string } }
	for _, path := range []string{"/faults", "/phone/misbehaviours"} {
		if err := json.Unmarshal(send(t, "GET", tb.sandbox+path, ""), &ways); err != nil {
			t.Fatal(err)
		}
	}
	hrefs := get[[]string](tb, `[...document.querySelectorAll('a.fault')].map((a) => a.getAttribute('href'))`)
	for parameter, list := range map[string][]struct{ Name string }{
		"fault": ways.Faults, "misbehave": ways.Misbehaviours, "node": ways.Node,
	} {
		for _, way := range list {
			if !slices.ContainsFunc(hrefs, func(href string) bool {
				return strings.HasSuffix(href, "&"+parameter+"="+way.Name)
			}) {
				t.Errorf("no link makes %s %s", parameter, way.Name)
			}
		}
	}
	var offers struct{ Demos []string }
	if err := json.Unmarshal(send(t, "GET", tb.site+"/api/sign-requests", ""), &offers); err != nil {
		t.Fatal(err)
	}
	for _, name := range offers.Demos {
		if !get[bool](tb, fmt.Sprintf(`document.querySelector('[data-demo=%q]')?.checkVisibility() ?? false`, name)) {
			t.Errorf("no button asks for %s", name)
		}
	}
	if len(hrefs) < 80 || len(offers.Demos) < 12 {
		t.Errorf("got %d links and %d requests", len(hrefs), len(offers.Demos))
	}
	tb.wantNoProblems()
}

// What is chosen becomes CSS for the card, but for a code that phones could not read.
func TestEndToEndTheming(t *testing.T) {
	t.Parallel()
	tb := newTab(t, "/theming.html")
	tb.await(`part('qr')?.querySelector('path')`)
	accent := `getComputedStyle(card).getPropertyValue('--xaman-accent')`
	tb.eval(`{
		const { accent } = document.querySelector('#controls').elements;
		accent.value = '#ffee00';
		accent.dispatchEvent(new Event('input', { bubbles: true }));
	}`, nil)
	tb.await(accent + ` === '#ffee00'`)
	tb.await(`document.querySelector('#css').textContent.includes('--xaman-accent: #ffee00;')`)
	tb.await(`document.querySelector('[data-enough=false]').textContent.includes('Main button')`)
	tb.run(chromedp.Click(`[data-theme=unsafe]`, chromedp.ByQuery))
	tb.await(`document.querySelector('#refused').textContent.includes('refuses')`)
	tb.await(`getComputedStyle(part('qr').querySelector('path')).fill === 'rgb(0, 0, 0)'`)
	tb.run(chromedp.Click(`[data-theme=standard]`, chromedp.ByQuery))
	tb.await(accent + ` === '' && !document.querySelector('#refused').textContent`)
	tb.wantNoProblems("colours of the code are refused")
}

func TestEndToEndGalleryFilters(t *testing.T) {
	t.Parallel()
	tb := newTab(t, "/gallery.html")
	tb.await(`part('title')?.textContent`)
	tb.eval(`{
		window.stays = true;
		const { layout, lang, scheme } = document.querySelector('#filters').elements;
		for (const [field, value] of [[layout, 'compact'], [lang, 'de'], [scheme, 'dark']]) {
			field.value = value;
			field.dispatchEvent(new Event('input', { bubbles: true }));
		}
	}`, nil)
	tb.await(`all().every((it) => it.getAttribute('layout') === 'compact')`)
	tb.await(`all().every((it) => getComputedStyle(it).colorScheme === 'dark')`)
	tb.await(`all().every((it) => it.shadowRoot.querySelector('[part=card]')?.lang === 'de')`)
	if got := get[string](tb, `location.search`); got != "?layout=compact&lang=de&scheme=dark" {
		t.Errorf("the address says %q", got)
	}
	if !get[bool](tb, `window.stays`) {
		t.Error("the page was loaded again")
	}
	tb.wantNoProblems()
}

// The phone is shown with the request that it is to sign, however long the backend takes to make that: a frame without
// an address would show the page itself.
func TestEndToEndPhoneWaitsForTheRequest(t *testing.T) {
	t.Parallel()
	tb := newVisitor(t, start(t, nil, "-site", "../../site"))
	tb.before(`{
		const { fetch } = window, wait = new Promise((make) => { window.make = make; });
		window.fetch = async (...args) => { if (args[1]?.method === 'POST') await wait; return fetch(...args); };
	}`)
	tb.open("/")
	tb.await(`performance.now() > 1000`) // until then the page takes its phone for one that was just loaded
	tb.click(`document.querySelector('[data-demo=pay]')`)
	tb.await(`events.length > 0`)
	const refreshed = `new Promise((refreshed) => { setTimeout(refreshed, 600); })` // after the page's own timer
	if has := get[bool](tb, refreshed+`.then(() => document.contains(document.getElementById('phone')))`); has {
		t.Error("the phone shows something before there is a request")
	}
	tb.eval(`make()`, nil)
	uuid := tb.request()
	tb.await(`document.getElementById('phone')?.src.includes('` + string(uuid) + `')`)
	tb.wantNoProblems()
}

// What is on the page can be ordered before the server has said what else there is.
func TestEndToEndOrderBeforeTheOffersAreKnown(t *testing.T) {
	t.Parallel()
	tb := newVisitor(t, start(t, nil, "-site", "../../site"))
	tb.before(`{
		const { fetch } = window, wait = new Promise((tell) => { window.tell = tell; });
		window.fetch = async (url, init) => {
			if (url === '/api/sign-requests' && !init.method) await wait;
			return fetch(url, init);
		};
	}`)
	tb.open("/")
	uuid := tb.pick("pay")
	if get[bool](tb, `document.getElementById('kinds').checkVisibility()`) {
		t.Error("the page shows what it has not been told")
	}
	tb.eval(`tell()`, nil)
	tb.await(`document.getElementById('kinds').checkVisibility()`)
	tb.await(`document.getElementById('phone')?.src.includes('` + string(uuid) + `')`)
	tb.phone(t, uuid, "open", "accept")
	tb.awaitPhase(payload.PhaseVerified)
	tb.wantNoProblems()
}
