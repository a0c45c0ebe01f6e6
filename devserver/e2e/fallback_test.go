//go:build e2e

package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// What the element shows where the program cannot run follows the same rules as the program.

const sample = payload.UUID("9a2c7a52-3c1e-4b53-9d4e-5f1b8c1f0a77")

// The rules in JavaScript, judged by the table that those in Go are judged by.
func TestEndToEndLinks(t *testing.T) {
	t.Parallel()
	table, err := os.ReadFile("../../wasm/payload/testdata/links.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct{ Name, Code string }
	if err := json.Unmarshal(table, &cases); err != nil {
		t.Fatal(err)
	}
	tb := newModulesTab(t)
	safe := get[[]bool](tb, fmt.Sprintf(`import('/links.js').then(({ parseCreated }) => %s.map((c) => {
		const page = 'https://xumm.app/sign/%s';
		const { uuid = '%[2]s', link = page, image = page + '_q.png', platform } = c;
		return !!parseCreated({ uuid, next: { always: link }, refs: { qr_png: image } }, platform);
	}))`, table, sample))
	if len(safe) != len(cases) || len(cases) < 150 {
		t.Fatalf("got %d results of %d cases", len(safe), len(cases))
	}
	for i, c := range cases {
		if want := c.Code == ""; safe[i] != want {
			t.Errorf("%s: safe is %t in JavaScript, want %t", c.Name, safe[i], want)
		}
	}
	if !get[bool](tb, `import('/links.js').then(({ parseCreated }) => [
		undefined, null, 1, 'x', [], {}, { uuid: 1 }, { uuid: ['`+string(sample)+`'] },
		{ uuid: '`+string(sample)+`', next: null },
		{ uuid: '`+string(sample)+`', next: { always: ['https://xumm.app/sign/`+string(sample)+`'] } },
	].every((created) => parseCreated(created) === undefined))`) {
		t.Error("something that is no create response is safe")
	}
	tb.wantNoProblems()
}

// Which sockets are dialed before the program judges them, by the table that it is judged by.
func TestEndToEndSocketURLs(t *testing.T) {
	t.Parallel()
	table, err := os.ReadFile("../../wasm/payload/testdata/sockets.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Name, Socket string
		Safe         bool
	}
	if err := json.Unmarshal(table, &cases); err != nil {
		t.Fatal(err)
	}
	tb := newModulesTab(t)
	sockets := get[[]string](tb, fmt.Sprintf(`import('/links.js').then(({ parseCreated }) => %s.map((c) => parseCreated({
		uuid: '%s', next: { always: 'https://xumm.app/sign/%[2]s' }, refs: { websocket_status: c.socket },
	}, c.platform).socket ?? ''))`, table, sample))
	if len(sockets) != len(cases) || len(cases) < 25 {
		t.Fatalf("got %d results of %d cases", len(sockets), len(cases))
	}
	for i, c := range cases {
		if want := map[bool]string{true: c.Socket}[c.Safe]; sockets[i] != want {
			t.Errorf("%s: got %q, want %q", c.Name, sockets[i], want)
		}
	}
	if !get[bool](tb, `import('/links.js').then(({ parseCreated }) => [undefined, null, 1, {}, ['wss://xumm.app/']].every(
		(socket) => parseCreated({ uuid: '`+string(sample)+`', next: { always: 'https://xumm.app/sign/`+string(sample)+`' },
			refs: { websocket_status: socket } }).socket === undefined))`) {
		t.Error("something that is no URL is dialed")
	}
	tb.wantNoProblems()
}

// withoutProgram opens a page on which WebAssembly is forbidden. The sandbox does not know of its origin.
func withoutProgram(t *testing.T, path string) *tab {
	t.Helper()
	d := start(t, nil, "-site", "../../site")
	site := behind(t, d.site, func(h http.Header) {
		h.Set("Content-Security-Policy", strings.ReplaceAll(h.Get("Content-Security-Policy"), " 'wasm-unsafe-eval'", ""))
	})
	return openTab(t, d, site+path)
}

// awaitFallback waits until the element has given up on the program and has made the best of it.
func (tb *tab) awaitFallback() {
	tb.t.Helper()
	tb.await(`events.some((e) => e.name === 'xaman-error')`)
	tb.await(`card.shadowRoot.querySelector('[part=notice]').checkVisibility()`)
	tb.eval(`new Promise((resolve) => setTimeout(resolve))`, nil)
}

func TestEndToEndFallbackIsSafe(t *testing.T) {
	t.Parallel()
	const page = "https://xumm.app/sign/" + string(sample)
	created := func(link, image string) string {
		return fmt.Sprintf(`card.payload = { uuid: '%s', next: { always: %q }, refs: { qr_png: %q } }`, sample, link, image)
	}
	known := func(uuid string) string {
		return fmt.Sprintf(`card.setAttribute('backend', '/api'), card.setAttribute('uuid', %q)`, uuid)
	}
	tests := map[string]string{
		"link is a script":         created("javascript:alert(1)", page+"_q.png"),
		"image is somebody else's": created(page, "https://evil.example/q.png"),
		"payload is not JSON":      `card.setAttribute('payload', '{"uuid":')`,
		"payload is null":          `card.setAttribute('payload', 'null')`,
		"uuid is a path":           known("../../x"),
		"uuid is another path":     known(string(sample) + "/../../../x"),
	}
	for name, show := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tb := withoutProgram(t, "/watch.html")
			tb.eval(`{
				const real = fetch;
				window.fetched = [];
				window.fetch = (url, ...rest) => (fetched.push(String(url)), real(url, ...rest));
			}`, nil)
			tb.eval(show+`, 0`, nil)
			tb.awaitFallback()
			links := get[[]string](tb, `[card, card.shadowRoot].flatMap((it) => [...it.querySelectorAll('a, img')]).map(String)`)
			if len(links) != 0 {
				t.Errorf("got %q, want no link and no image", links)
			}
			if fetched := get[[]string](tb, `fetched.filter((url) => !url.endsWith('.wasm'))`); len(fetched) != 0 {
				t.Errorf("fetched %q, want nothing", fetched)
			}
			tb.wantNoProblems("wasm-eval", "WebAssembly")
		})
	}
}

// wantState fails the test unless these are the phase and the connection that the attributes tell.
func (tb *tab) wantState(want string) {
	tb.t.Helper()
	if got := get[string](tb, `card.dataset.phase + ' ' + card.dataset.connection`); got != want {
		tb.t.Errorf("got %q, want %q", got, want)
	}
}

// The property does not throw, whatever the attribute is, and the attributes tell how it ended.
func TestEndToEndStateWithoutTheProgram(t *testing.T) {
	t.Parallel()
	tb := withoutProgram(t, "/watch.html")
	tb.eval(`card.setAttribute('payload', '{"uuid":')`, nil)
	tb.awaitFallback()
	tb.wantState("waiting closed")
	if !get[bool](tb, `card.payload === null`) {
		t.Error("payload is not null")
	}
}

// Before its script is there, and where that never comes, link and code are where those of the card will be.
func TestEndToEndFallbackStyle(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	s.addPlain(t)
	tb := openTab(t, s.devserver, s.site+"/plain.html")
	tb.eval(`(async () => {
		const link = Object.assign(document.createElement('link'), { rel: 'stylesheet', href: '/fallback.css' });
		document.head.append(link);
		await new Promise((resolve) => { link.onload = resolve; });
		window.places = (layout) => {
			const it = document.createElement('xaman-sign-request');
			if (layout !== null) it.setAttribute('layout', layout);
			it.append(document.createElement('a'), document.createElement('img'));
			document.body.replaceChildren(it);
			return [...it.children].map((e) => Object.values(e.getBoundingClientRect().toJSON()).join()).join(' ');
		};
	})()`, nil)
	card := get[string](tb, `places(null)`)
	for layout, same := range map[string]bool{
		"card": true, "": true, "no such layout": true, "compact": false, "dialog": false, "button": false,
	} {
		if got := get[string](tb, `places('`+layout+`')`); (got == card) != same {
			t.Errorf("%q: got link and code at %s, those of a card at %s", layout, got, card)
		}
	}
	tb.wantNoProblems()
}
