//go:build e2e

package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// The card speaks the language of the page around it.

// textsOf are the texts of a language as the site serves them.
func textsOf(t *testing.T, name string) (texts map[string]string) {
	t.Helper()
	file, err := os.ReadFile("../../site/languages/" + name + ".json")
	if err == nil {
		err = json.Unmarshal(file, &texts)
	}
	if err != nil {
		t.Fatal(err)
	}
	return texts
}

// wantSpoken waits until the card's title is that text of a language, and says that it is of it.
func (tb *tab) wantSpoken(texts map[string]string, key string) {
	tb.t.Helper()
	tb.await(fmt.Sprintf(`shown('title') === %q`, texts[key]))
	got := get[string](tb, `(({ lang, dir }) => lang + ' ' + dir + ' ' + getComputedStyle(part('title')).direction)(
		all()[0].shadowRoot.querySelector('[part=card]'))`)
	if want := texts["language"] + " " + texts["direction"] + " " + texts["direction"]; got != want {
		tb.t.Errorf("the card is of %q, want %q", got, want)
	}
}

// The dot between time and address is between them, whichever of them is to the left.
func TestEndToEndTimeAndAddress(t *testing.T) {
	t.Parallel()
	tb := newEmptyTab(t)
	tb.create("pay")
	tb.eval(`add(), 0`, nil)
	tb.awaitLive()
	for _, tag := range []string{"de", "ar"} {
		tb.speaks(tag)
		tb.wantSpoken(textsOf(t, tag), "waiting.title")
		got := get[struct{ Dot, Between, Beside float64 }](tb, `(() => {
			const part = (name) => all()[0].shadowRoot.querySelector('[part=' + name + ']');
			const text = new Range();
			text.selectNodeContents(part('host'));
			const [timing, time, host, address] = [part('countdown'), part('countdown-time'), part('host'), text]
				.map((it) => it.getBoundingClientRect());
			const beside = host.width - address.width;
			return getComputedStyle(part('timing')).direction === 'rtl'
				? { dot: time.left - timing.left, between: timing.left - host.right, beside }
				: { dot: timing.right - time.right, between: host.left - timing.right, beside };
		})()`)
		if got.Dot < 12 || got.Between < 8 || got.Between > 16 || got.Beside > 1 {
			t.Errorf("%s: got %+v, want a dot after the time, and the address apart from it with nothing of its own", tag, got)
		}
	}
}

// speaks makes the page that of a language.
func (tb *tab) speaks(tag string) {
	tb.t.Helper()
	tb.eval(fmt.Sprintf(`document.documentElement.lang = %q`, tag), nil)
}

func TestEndToEndLanguageChanges(t *testing.T) {
	t.Parallel()
	tb := newEmptyTab(t)
	german, arabic := textsOf(t, "de"), textsOf(t, "ar")
	tb.speaks("de-AT")
	uuid := tb.create("pay")
	tb.eval(`add(), 0`, nil)
	tb.awaitLive()
	tb.wantSpoken(german, "waiting.title")
	tb.speaks("ar")
	tb.wantSpoken(arabic, "waiting.title")
	tb.phone(t, uuid, "open")
	tb.awaitPhase(payload.PhaseOpened)
	tb.wantSpoken(arabic, "opened.title")
	tb.eval(`document.body.setAttribute('lang', 'de')`, nil)
	tb.wantSpoken(german, "opened.title")
	tb.eval(`all()[0].lang = 'ar'`, nil)
	tb.wantSpoken(arabic, "opened.title")
	tb.eval(`all()[0].removeAttribute('lang')`, nil)
	tb.wantSpoken(german, "opened.title")
	tb.phone(t, uuid, "accept")
	tb.awaitPhase(payload.PhaseVerified)
	tb.wantSpoken(german, "paid.title")
	if sockets := get[int](tb, `sockets.length`); sockets != 1 {
		t.Errorf("got %d sockets, want the one of the request that is shown all along", sockets)
	}
	if got := get[[]payload.UUID](tb, `[...new Set(events.map((e) => e.uuid).filter(Boolean))]`); !slices.Equal(got,
		[]payload.UUID{uuid}) {
		t.Errorf("got requests %q, want only %s", got, uuid)
	}
	tb.wantOnce(payload.PhaseVerified)
	tb.wantNoProblems()
}

// The element may be within another one, and may move.
func TestEndToEndLanguageAround(t *testing.T) {
	t.Parallel()
	tb := newEmptyTab(t)
	tb.eval(`{
		const outer = document.body.appendChild(document.createElement('div'));
		const inner = outer.attachShadow({ mode: 'open' }).appendChild(document.createElement('p'));
		const it = document.createElement('xaman-sign-request');
		it.setAttribute('preview', 'opened');
		inner.append(it);
		Object.assign(window, { outer, inner, it, all: () => [it] });
		outer.lang = 'fr';
	}`, nil)
	tb.wantSpoken(textsOf(t, "fr"), "opened.title")
	tb.eval(`inner.lang = 'ja'`, nil)
	tb.wantSpoken(textsOf(t, "ja"), "opened.title")
	tb.eval(`inner.lang = ''`, nil)
	tb.wantSpoken(textsOf(t, "fr"), "opened.title")
	tb.eval(`document.body.append(Object.assign(document.createElement('div'), { id: 'other', lang: 'pl' }))`, nil)
	tb.eval(`other.append(it)`, nil)
	tb.wantSpoken(textsOf(t, "pl"), "opened.title")
	tb.speaks("ko")
	tb.wantSpoken(textsOf(t, "pl"), "opened.title")
	if asked := get[[]string](tb, `performance.getEntriesByType('resource')
		.map((e) => /[/]languages[/](.*)[.][0-9a-f]{16}[.]json$/.exec(e.name)?.[1]).filter(Boolean)`); !slices.Equal(asked,
		[]string{"fr", "ja", "pl"}) {
		t.Errorf("asked for %q, want each file once", asked)
	}
	tb.wantNoProblems()
}

// The file comes along with the program, not after it.
func TestEndToEndLanguageComesAlong(t *testing.T) {
	t.Parallel()
	tb := newTabAfter(t, "/gallery.html", `
		document.addEventListener('readystatechange', () => { document.documentElement.lang = 'de'; });
		const real = WebAssembly.instantiateStreaming;
		WebAssembly.instantiateStreaming = (...args) => real(...args).finally(() => { window.there = performance.now(); });`)
	tb.wantSpoken(textsOf(t, "de"), "loading.title")
	if !get[bool](tb, `performance.getEntriesByType('resource')
		.find((e) => /de[.][0-9a-f]+[.]json$/.test(e.name)).startTime < there`) {
		t.Error("the file was asked for when the program was there")
	}
	tb.wantNoProblems()
}

// textsFrom opens a page on which the files of languages are what a script says.
func textsFrom(t *testing.T, answer string) *tab {
	t.Helper()
	tb := newEmptyTab(t, `{
		const real = fetch;
		window.fetch = (url, ...rest) =>
			String(url).includes('/languages/') ? (`+answer+`)(real) : real(url, ...rest);
	}`)
	tb.speaks("de")
	return tb
}

func (tb *tab) addPreviews(count int) {
	tb.t.Helper()
	tb.eval(fmt.Sprintf(`for (let n = 0; n < %d; n++) {
		const it = document.createElement('xaman-sign-request');
		it.setAttribute('preview', 'waiting');
		document.body.append(it);
	}`, count), nil)
}

// A card without its language is English, and the developer is told once.
func TestEndToEndLanguageIsMissing(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"missing":   `(real) => real('/languages/none.json')`,
		"no answer": `() => Promise.reject(new TypeError('Failed to fetch'))`,
		"cut off":   `() => Promise.resolve(new Response('{"language":"de","waiting.title":"Mit'))`,
		"a page":    `() => Promise.resolve(new Response('<!doctype html><title>Start</title>'))`,
		"hostile":   `() => Promise.resolve(new Response('{"language":"de","direction":"><script>"}'))`,
		"huge":      `() => Promise.resolve(new Response('{"waiting.title":"' + 'x'.repeat(1e7) + '"}'))`,
	}
	for name, answer := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tb := textsFrom(t, answer)
			tb.addPreviews(3)
			tb.await(`shown('title') === 'Scan with Xaman'`)
			tb.wantSpoken(map[string]string{"language": "en", "direction": "ltr", "waiting.title": "Scan with Xaman"},
				"waiting.title")
			tb.await(`all().every((e) => e.shadowRoot.querySelector('[part=title]')?.textContent === 'Scan with Xaman')`)
			tb.mu.Lock()
			reports := 0
			for _, problem := range tb.problems {
				if strings.Contains(problem, "xaman-live: texts") {
					reports++
				}
			}
			tb.mu.Unlock()
			if reports != 1 {
				t.Errorf("the developer was told %d times, want once", reports)
			}
			tb.wantNoProblems("xaman-live: texts", "404")
		})
	}
}

// Some browsers end what a page loads once another one is asked for, as the wallet is by its link.
func TestEndToEndLanguageIsAskedForAgain(t *testing.T) {
	t.Parallel()
	tb := textsFrom(t, `(real) => (window.back ? real(url, ...rest) : Promise.reject(new TypeError('Load failed')))`)
	tb.addPreviews(1)
	tb.await(`shown('title') === 'Scan with Xaman'`)
	tb.eval(`window.back = true; dispatchEvent(new Event('online'))`, nil)
	tb.wantSpoken(textsOf(t, "de"), "waiting.title")
	tb.wantNoProblems("xaman-live: texts")
}

func TestEndToEndLanguageIsSlow(t *testing.T) {
	t.Parallel()
	tb := textsFrom(t, `() => new Promise((resolve) => {
		window.arrive = () => resolve(new Response('{"language":"de","waiting.title":"Mit Xaman scannen"}'));
	})`)
	tb.addPreviews(1)
	tb.await(`shown('title') === 'Scan with Xaman'`)
	tb.eval(`arrive()`, nil)
	tb.await(`shown('title') === 'Mit Xaman scannen'`)
	tb.wantNoProblems()
}

func TestEndToEndOwnTexts(t *testing.T) {
	t.Parallel()
	tb := newEmptyTab(t)
	tb.speaks("de")
	tb.addPreviews(1)
	tb.wantSpoken(textsOf(t, "de"), "waiting.title")
	tb.eval(`all()[0].texts = { 'waiting.title': 'Los geht’s', 'waiting.titel': 'x' }`, nil)
	tb.await(`shown('title') === 'Los geht’s'`)
	tb.speaks("ar")
	tb.await(`all()[0].shadowRoot.querySelector('[part=card]').dir === 'rtl' && shown('title') === 'Los geht’s'`)
	if !get[bool](tb, `all()[0].texts['waiting.title'] === 'Los geht’s'`) {
		t.Error("the property is not what was given")
	}
	tb.eval(`all()[0].texts = null`, nil)
	tb.wantSpoken(textsOf(t, "ar"), "waiting.title")
	tb.mu.Lock()
	told := slices.ContainsFunc(tb.problems, func(p string) bool { return strings.Contains(p, "waiting.titel") })
	tb.mu.Unlock()
	if !told {
		t.Error("the developer was not told of a key that there is not")
	}
	tb.wantNoProblems("waiting.titel")
}

// The element's own notice needs no program.
func TestEndToEndLanguageOfTheNotice(t *testing.T) {
	t.Parallel()
	arabic := textsOf(t, "ar")
	tb := withoutProgram(t, "/watch.html")
	tb.speaks("ar")
	tb.eval(`card.setAttribute('preview', 'waiting')`, nil)
	tb.awaitFallback()
	tb.await(fmt.Sprintf(`(({ textContent, lang, dir }) => textContent === %q && lang === 'ar' && dir === 'rtl')(
		card.shadowRoot.querySelector('[part=notice]'))`, arabic["notice.fallback"]))
	tb.wantNoProblems("wasm-eval", "WebAssembly")
}

// Which file a page gets, by its tag and, where it has none, by the visitor's.
func TestEndToEndLanguageFile(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"de": "de", "DE": "de", "de-CH": "de", "de-Latn-AT-1996": "de", "pt": "pt-BR", "pt-PT": "pt-BR", "pt-BR": "pt-BR",
		"zh": "zh-Hans", "zh-CN": "zh-Hans", "zh-Hans-SG": "zh-Hans", "zh-SG": "zh-Hans", "zh-TW": "en", "zh-HK": "en",
		"zh-Hant": "en", "zh-Hant-CN": "en", "en": "en", "en-IN": "en", "sv": "en", "in": "id", "id-ID": "id", "es-419": "es",
		"ar-EG": "ar", "ar-u-nu-latn": "ar", "hi": "hi", "hi-Latn": "en", "tlh": "en", "fr-CA": "fr", "ja-JP": "ja",
		"of sv,de,fr": "de", "of en-GB,de": "en", "of sv,fi": "en", "of zh-TW,ja": "ja", "of zh-TW,zh": "zh-Hans",
		"of C": "en", "of C,de": "de",
	}
	tb := newModulesTab(t)
	script := `import('/languages.js').then(async ({ textsOf }) => {
		const result = {};
		for (const name of Object.keys(%s)) {
			const tags = name.startsWith('of ') && name.slice(3).split(',');
			Object.defineProperty(navigator, 'languages', { value: tags || ['en'], configurable: true });
			document.documentElement.lang = tags ? '' : name;
			const { file } = await textsOf(document.body);
			result[name] = file ? JSON.parse(file).language : 'en';
		}
		return result;
	})`
	names, err := json.Marshal(tests)
	if err != nil {
		t.Fatal(err)
	}
	got := get[map[string]string](tb, fmt.Sprintf(script, names))
	for name, want := range tests {
		if got[name] != want {
			t.Errorf("%s: got %s, want %s", name, got[name], want)
		}
	}
	tb.speaks("not a tag")
	if !get[bool](tb, `import('/languages.js').then(({ textsOf }) => textsOf(document.body)).catch((e) => e.name)
		.then((name) => name === 'RangeError')`) {
		t.Error("what is no tag is taken for one")
	}
	tb.wantNoProblems()
}

// What a page names its forms must not stand between a card and the document that it is in.
func TestEndToEndLanguageOfAPageWithNames(t *testing.T) {
	t.Parallel()
	tb := newEmptyTab(t)
	tb.eval(`document.documentElement.removeAttribute('lang');
		for (const name of ['host', 'nodeType', 'getRootNode']) {
			document.body.append(Object.assign(document.createElement('form'), { name }));
		}
		document.body.append(Object.assign(document.createElement('xaman-sign-request'), { preview: 'opened' }))`, nil)
	tb.await(`document.querySelector('xaman-sign-request').shadowRoot.querySelector('[part=title]')?.textContent`)
	tb.wantNoProblems()
}
