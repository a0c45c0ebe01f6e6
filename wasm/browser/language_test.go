//go:build js && wasm

package browser

import (
	"fmt"
	"strings"
	"syscall/js"
	"testing"
	"time"
)

// page is what an element says of the language around it; a test changes it.
type pageLanguage struct {
	find  js.Func
	tags  []any
	file  string
	asked int
}

func newPageLanguage(t testing.TB) *pageLanguage {
	p := &pageLanguage{}
	p.find = js.FuncOf(func(js.Value, []js.Value) any {
		p.asked++
		return js.Global().Get("Promise").Call("resolve", map[string]any{"tags": p.tags, "file": p.file})
	})
	t.Cleanup(p.find.Release)
	return p
}

func (p *pageLanguage) is(tag, title string) {
	p.tags = []any{tag}
	p.file = fmt.Sprintf(`{"language":%q,"direction":"ltr","waiting.title":%q}`, tag, title)
}

// warnings records what the developer is told, until the test ends.
func warnings(t testing.TB) *[]string {
	console, all := js.Global().Get("console"), new([]string)
	before := console.Get("warn")
	f := js.FuncOf(func(_ js.Value, args []js.Value) any { *all = append(*all, args[0].String()); return nil })
	console.Set("warn", f)
	t.Cleanup(func() {
		console.Set("warn", before)
		f.Release()
	})
	return all
}

func setLang(tag string) {
	js.Global().Get("document").Get("documentElement").Call("setAttribute", "lang", tag)
}

func TestLanguageOfThePage(t *testing.T) {
	defer setLang("en")
	w, page, told := newMounts(t), newPageLanguage(t), warnings(t)
	page.is("de", "Mit Xaman scannen")
	w.card(map[string]any{"preview": "waiting", "texts": page.find})
	w.reads("title", "Mit Xaman scannen")
	root := w.root.Call("querySelector", "[part=card]")
	if got := root.Call("getAttribute", "lang").String(); got != "de" {
		t.Errorf("got lang %q, want de", got)
	}
	page.is("fr", "Scannez")
	setLang("fr")
	w.reads("title", "Scannez")
	if again := w.root.Call("querySelector", "[part=card]"); !again.Equal(root) {
		t.Error("the card is another one")
	}
	page.tags, page.file = []any{"ar"}, `{"language":"ar","direction":"rtl","waiting.title":"امسح"}`
	w.root.Call("setAttribute", "lang", "ar")
	w.reads("title", "امسح")
	if got := root.Call("getAttribute", "dir").String(); got != "rtl" {
		t.Errorf("got dir %q, want rtl", got)
	}
	if len(*told) > 0 {
		t.Errorf("got warnings %q, want none", *told)
	}
}

func TestOwnTexts(t *testing.T) {
	w, page, told := newMounts(t), newPageLanguage(t), warnings(t)
	page.is("de", "Mit Xaman scannen")
	handle := w.card(map[string]any{"preview": "waiting", "texts": page.find, "own": `{"action.cancel":"Weg"}`})
	w.reads("title", "Mit Xaman scannen")
	until(t, "the page's own text is there", func() bool { return strings.Contains(w.text("actions"), "Weg") })
	handle.Call("speak", `{"waiting.title":"Los","waiting.titel":"x"}`)
	w.reads("title", "Los")
	handle.Call("speak", "")
	w.reads("title", "Mit Xaman scannen")
	if len(*told) != 1 || !strings.Contains((*told)[0], "waiting.titel") {
		t.Errorf("got warnings %q, want one of waiting.titel", *told)
	}
}

// A card never waits for its language, and the developer hears once of what is wrong with it.
func TestLanguageThatDoesNotCome(t *testing.T) {
	for name, tt := range map[string]struct {
		find  string // body of the element's function
		warns bool
	}{
		"never":         {`return new Promise(() => {})`, false},
		"fails":         {`return Promise.reject(new TypeError('Failed to fetch'))`, true},
		"throws":        {`throw new RangeError('Incorrect locale')`, true},
		"no promise":    {`return 1`, true},
		"nothing in it": {`return Promise.resolve(null)`, true},
		"no tags":       {`return Promise.resolve({ file: '{}' })`, true},
		"not JSON":      {`return Promise.resolve({ tags: ['de'], file: '<!doctype html>' })`, true},
		"not a string":  {`return Promise.resolve({ tags: [1], file: { language: 'de' } })`, false},
		"hostile":       {`return Promise.resolve({ tags: ['de'], file: '{"direction":"up"}' })`, true},
	} {
		t.Run(name, func(t *testing.T) {
			w, told := newMounts(t), warnings(t)
			find := js.Global().Get("Function").New(tt.find)
			start := time.Now()
			for range 2 {
				w.card(map[string]any{"preview": "waiting", "texts": find, "own": `{"waiting.title":"Own"}`})
			}
			w.reads("title", "Own|Own")
			if waited := time.Since(start); waited > patience/2 {
				t.Errorf("waited %v", waited)
			}
			if got := len(*told); got > 1 || (got == 1) != tt.warns {
				t.Errorf("got warnings %q", *told)
			}
		})
	}
}

// What is no language is named, wherever around the card the page has it.
func TestLanguageThatIsNone(t *testing.T) {
	for name, inside := range map[string]bool{"around": false, "around the element": true} {
		t.Run(name, func(t *testing.T) {
			defer setLang("en")
			w, told := newMounts(t), warnings(t)
			find := js.Global().Get("Function").New(`throw new RangeError('Incorrect locale information provided')`)
			setLang("de_DE")
			if inside {
				host := js.Global().Get("document").Call("createElement", "div")
				js.Global().Get("document").Get("body").Call("append", host)
				defer host.Call("remove")
				host.Call("attachShadow", map[string]any{"mode": "open"}).Call("append", w.root)
			}
			w.card(map[string]any{"preview": "waiting", "texts": find})
			until(t, "the developer is told", func() bool { return len(*told) > 0 })
			if got := (*told)[0]; !strings.Contains(got, `lang="de_DE"`) {
				t.Errorf("got the warning %q, want the language in it", got)
			}
		})
	}
}

func TestLanguageThatComesLate(t *testing.T) {
	w := newMounts(t)
	var resolve js.Value
	executor := js.FuncOf(func(_ js.Value, args []js.Value) any { resolve = args[0]; return nil })
	defer executor.Release()
	promise := js.Global().Get("Promise").New(executor)
	find := js.Global().Get("Function").New("promise", "return () => promise").Invoke(promise)
	w.card(map[string]any{"preview": "waiting", "texts": find})
	w.reads("title", "Scan with Xaman")
	resolve.Invoke(map[string]any{"tags": []any{"de"}, "file": `{"language":"de","waiting.title":"Scannen"}`})
	w.reads("title", "Scannen")
}

// An answer that was asked for before another one does not take its place.
func TestLanguageThatIsOvertaken(t *testing.T) {
	defer setLang("en")
	w := newMounts(t)
	find := eval(`
		const answer = (title) => ({ tags: [], file: JSON.stringify({ 'waiting.title': title }) });
		const find = () => new Promise((resolve) => {
			if (find.first) resolve(answer('New'));
			else find.first = () => resolve(answer('Old'));
		});
		return find;`)
	w.card(map[string]any{"preview": "waiting", "texts": find})
	setLang("fr")
	w.reads("title", "New")
	find.Get("first").Invoke()
	for range 3 {
		turn()
	}
	w.reads("title", "New")
}
