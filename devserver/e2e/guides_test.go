//go:build e2e

package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// What the guides do besides being read. What holds for every page is tested with the other pages.

func TestEndToEndGuidesSearch(t *testing.T) {
	t.Parallel()
	tb := newTab(t, "/guides/start.html")
	const focus = `document.activeElement`
	press := func(keys ...string) {
		for _, key := range keys {
			tb.run(chromedp.KeyEvent(key))
		}
	}
	press("/")
	tb.await(focus + `.id === 'query'`)
	press(kb.Escape) // a browser that is driven types the key all the same
	tb.run(chromedp.KeyEvent("delivered_amount"))
	tb.await(`document.querySelectorAll('#results a').length > 0`)
	tb.await(`document.querySelector('#found').textContent.includes('found')`)
	tb.await(`[...document.querySelectorAll('#results mark')].some((m) => m.textContent === 'delivered_amount')`)
	press(kb.ArrowDown)
	tb.await(focus + `=== document.querySelectorAll('#results a')[0]`)
	press(kb.ArrowUp)
	tb.await(focus + `.id === 'query'`)
	press(kb.Escape)
	tb.await(`document.querySelector('#query').value === '' && !document.querySelector('#results a')`)
	tb.run(chromedp.KeyEvent("no such thing anywhere"))
	tb.await(`document.querySelector('#found').textContent === 'Nothing found.'`)
	press(kb.Escape)
	tb.run(chromedp.KeyEvent("<b> webhook"))
	tb.await(`document.querySelector('#found').textContent === 'Nothing found.'`)
	press(kb.Escape)
	tb.run(chromedp.KeyEvent("Single-Use"))
	tb.await(`document.querySelector('#results strong')?.textContent === 'single-use'`)
	press(kb.Enter)
	tb.await(`location.pathname === '/guides/verification.html' && location.hash === '#single-use'`)
	tb.wantNoProblems()
}

// Every word of a title finds its guide.
func TestEndToEndGuidesAreFound(t *testing.T) {
	t.Parallel()
	tb := newTab(t, "/guides/")
	titles := get[[]string](tb, `[...document.querySelectorAll('.guides a')].map((a) => a.textContent)`)
	if len(titles) < 10 {
		t.Fatalf("got only the guides %q", titles)
	}
	for _, title := range titles {
		tb.eval(fmt.Sprintf(`{
			const query = document.querySelector('#query');
			query.value = %q;
			query.dispatchEvent(new Event('input', { bubbles: true }));
		}`, title), nil)
		tb.await(fmt.Sprintf(`[...document.querySelectorAll('#results strong')].some((it) => it.textContent === %q)`, title))
	}
	tb.wantNoProblems()
}

func TestEndToEndGuidesCopy(t *testing.T) {
	t.Parallel()
	tb := newTab(t, "/guides/start.html")
	tb.eval(`{
		window.copied = [];
		navigator.clipboard.writeText = async (text) => { copied.push(text); };
	}`, nil)
	tb.run(chromedp.Click(`.copy`, chromedp.ByQuery))
	tb.await(`copied[0] === './build.sh serve\n' && document.querySelector('.copy').textContent === 'Copied'`)
	tb.wantNoProblems()
}

// The form says what the server sends, and what it says for other hosts is what the tests of the server compare.
func TestEndToEndGuidesPolicy(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("../testdata/policies.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []map[string]any
	if err := json.Unmarshal(data, &cases); err != nil || len(cases) == 0 {
		t.Fatalf("got %v, %v", cases, err)
	}
	tb := newTab(t, "/guides/going-live.html")
	fill := func(c map[string]any) {
		tb.eval(`{
			const form = document.querySelector('#hosts');
			for (const [name, value] of Object.entries(`+toJSON(c)+`)) {
				const field = form.elements[name];
				if (field) field[field.type === 'checkbox' ? 'checked' : 'value'] = value;
			}
			form.dispatchEvent(new Event('input', { bubbles: true }));
		}`, nil)
	}
	const said = `document.querySelector('#policy').textContent`
	for _, c := range cases {
		fill(c)
		if got := get[string](tb, said); got != c["policy"] {
			t.Errorf("%v: got %s", c, got)
		}
	}
	fill(map[string]any{"files": "", "backend": "", "platform": tb.sandbox + "/", "phone": true})
	sent := get[string](tb, `fetch('.').then((page) => page.headers.get('Content-Security-Policy'))`)
	if got := get[string](tb, said); got != sent {
		t.Errorf("got %s, and the server sends %s", got, sent)
	}
	for _, bad := range []string{"shop.example", "https://shop.example/pay", "javascript:alert(1)", "x y"} {
		fill(map[string]any{"backend": bad})
		if got := get[string](tb, said); !strings.Contains(got, "not an origin") {
			t.Errorf("%s: got %s", bad, got)
		}
	}
	tb.wantNoProblems()
}

// All guides are there for those who have no JavaScript, and buttons that would do nothing are not.
func TestEndToEndGuidesWithoutScript(t *testing.T) {
	t.Parallel()
	tb := newTab(t, "/")
	tb.run(emulation.SetScriptExecutionDisabled(true))
	pages := guidePages(t)
	for _, path := range pages {
		tb.open(path)
		var links, shown []string
		tb.run(
			chromedp.Evaluate(`[...document.links].filter((a) => a.checkVisibility()).map((a) => a.href)`, &links),
			chromedp.Evaluate(`[...document.querySelectorAll('button, input, search')].filter((it) => it.checkVisibility())
				.map((it) => it.outerHTML)`, &shown),
		)
		for _, other := range append(sitePages(t), pages...) {
			if other == path || other == "/guides/" {
				continue
			}
			if !slices.Contains(links, tb.site+other) {
				t.Errorf("%s: no link leads to %s", path, other)
			}
		}
		if len(shown) > 0 {
			t.Errorf("%s: without JavaScript there is %q", path, shown)
		}
		for _, link := range links {
			if strings.HasPrefix(link, tb.site) {
				link, _, _ = strings.Cut(link, "#")
				wantThere(t, link)
			}
		}
	}
}

// On paper there is the guide, and nothing that can only be pressed.
func TestEndToEndGuidesOnPaper(t *testing.T) {
	t.Parallel()
	tb := newTab(t, "/guides/backend-go.html")
	tb.run(emulation.SetEmulatedMedia().WithMedia("print"))
	const seen = `[...document.querySelectorAll('nav, button, search, .side, .bottom')]
		.filter((it) => it.checkVisibility()).map((it) => it.className || it.localName)`
	if got := get[[]string](tb, seen); len(got) > 0 {
		t.Errorf("on paper there is %q", got)
	}
	const cut = `[...document.querySelectorAll('pre')].filter((it) => it.scrollWidth > it.clientWidth + 1).length`
	if got := get[int](tb, cut); got > 0 {
		t.Errorf("on paper %d blocks of code are cut off", got)
	}
	tb.wantNoProblems()
}
