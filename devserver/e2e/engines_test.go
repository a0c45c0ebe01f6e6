//go:build e2e

package e2e

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/xaman-live/xaman-live/devserver/e2e/webdriver"
)

// recordProblems notes what a page complains of, as the tests in Chromium are told by the browser.
const recordProblems = `
	window.problems = [];
	for (const level of ['error', 'warn']) {
		const real = console[level];
		console[level] = (...args) => { problems.push('console: ' + args.join(' ')); real.apply(console, args); };
	}
	addEventListener('error', (e) => problems.push(e.message));
	addEventListener('unhandledrejection', (e) => problems.push(String(e.reason)));
`

// front is an origin of a site, and a browser that visits it.
type front struct {
	devserver
	browser *webdriver.Browser
}

// newFront puts an origin before a dev server, with a handler around what that answers.
func newFront(t *testing.T, d devserver, b *webdriver.Browser, around func(http.Handler) http.Handler) front {
	t.Helper()
	site := newRelay(t, nil)
	site.target = parseURL(t, d.site)
	site.http = around(recorded(site.http))
	return front{devserver{site: site.origin, sandbox: d.sandbox}, b}
}

// engine is a browser, and the servers that its pages have: a site behind a network, and a platform behind another.
type engine struct {
	front
	platform *relay
	down     atomic.Bool               // the site cannot be reached
	another  func() *webdriver.Browser // starts one
}

// newEngine starts a browser and what its pages need, until the test ends.
func newEngine(t *testing.T, kind webdriver.Engine) *engine {
	t.Helper()
	e := &engine{platform: newRelay(t, nil), another: func() *webdriver.Browser { return startEngine(t, kind, false) }}
	d := startBehind(t, e.platform)
	d.sandbox = e.platform.target.String()
	e.front = newFront(t, d, e.another(), e.reached)
	return e
}

func startEngine(t *testing.T, e webdriver.Engine, noCookies bool) *webdriver.Browser {
	t.Helper()
	log := new(output)
	b, err := e.Start(webdriver.Options{Dir: t.TempDir(), Log: log, NoCookies: noCookies})
	if err != nil {
		t.Fatalf("%v\n%s", err, log)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Errorf("close the browser: %v\n%s", err, log)
		}
	})
	return b
}

// reached is what answers while the site can be reached.
func (e *engine) reached(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if e.down.Load() {
			panic(http.ErrAbortHandler)
		}
		next.ServeHTTP(w, r)
	})
}

// emptyPage is one without elements.
const emptyPage = "/empty"

// recorded has every page run a script before its own. It comes from the same origin, as the pages' policy wants.
func recorded(next http.Handler) http.Handler {
	const path, doctype = "/recorder.js", "<!doctype html>"
	const begin = doctype + `<script src="` + path + `"></script>`
	pages := http.NewServeMux()
	pages.HandleFunc("GET "+emptyPage, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, begin+`<title>Empty</title><script type="module" src="/xaman-sign-request.js"></script>`)
	})
	pages.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		fmt.Fprint(w, recorder, recordProblems, recordSockets)
	})
	pages.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if !strings.Contains(r.Header.Get("Accept"), "text/html") {
			next.ServeHTTP(w, r)
			return
		}
		r.Header.Del("Accept-Encoding")
		page := httptest.NewRecorder()
		next.ServeHTTP(page, r)
		maps.Copy(w.Header(), page.Header())
		w.Header().Del("Content-Length")
		w.WriteHeader(page.Code)
		w.Write(bytes.Replace(page.Body.Bytes(), []byte(doctype), []byte(begin), 1))
	})
	return pages
}

// window is a window of an engine's browser.
type window struct {
	visit
	driven *webdriver.Window
	silent bool // it was asked and has not answered
}

// open opens a window and shows a page of the site.
func (f front) open(t *testing.T, path string) *window {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), maxWait)
	defer cancel()
	driven, err := f.browser.Open(ctx)
	if err != nil {
		t.Fatal(err)
	}
	w := &window{driven: driven}
	w.visit = visit{devserver: f.devserver, pageDriver: w, t: t}
	t.Cleanup(w.close)
	w.load(path)
	return w
}

func (w *window) load(path string) {
	w.t.Helper()
	w.do(func(ctx context.Context) error { return w.driven.Load(ctx, w.devserver.site+path) })
}

// close leaves nothing to the next journey.
func (w *window) close() {
	if w.silent {
		return // there is nobody to tell, and the browser's end takes the window along
	}
	ctx, cancel := context.WithTimeout(context.Background(), maxWait)
	defer cancel()
	if w.t.Failed() && !w.silent {
		var end string
		if err := w.driven.Eval(ctx, `location + JSON.stringify([problems, events], null, 1) +
			all()[0]?.shadowRoot.textContent`, &end); err != nil {
			end = err.Error()
		}
		w.t.Logf("problems, events and card at the end: %s", end)
	}
	clear := `(() => { try { localStorage.clear(); } catch { /* it is forbidden */ } })()`
	if w.silent {
		return // there is nobody to tell, and the browser is closed
	}
	for _, err := range []error{w.driven.Eval(ctx, clear, nil), w.driven.Forget(ctx), w.driven.Close(ctx)} {
		if err != nil {
			w.t.Error(err)
		}
	}
}

func (w *window) do(f func(ctx context.Context) error) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), maxWait)
	defer cancel()
	err := f(ctx)
	if errors.Is(err, context.DeadlineExceeded) && w.driven.Silent() {
		w.silent = true
		panic(silence{err})
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

// silence is that of a browser that no longer answers at all, however simple the question.
type silence struct{ err error }

// try takes a visitor through a journey. Once in hundreds of times WebKit answers nothing any more; then the journey
// begins anew, in another browser, and may not do so again.
func (e *engine) try(t *testing.T, journey func(*testing.T, *engine)) {
	t.Helper()
	err := untilSilent(func() { journey(t, e) })
	if err == nil {
		return
	}
	t.Logf("the browser is silent, so the journey begins anew: %v", err)
	e.browser = e.another()
	e.down.Store(false)
	if err := untilSilent(func() { journey(t, e) }); err != nil {
		t.Fatalf("the browser is silent again: %v", err)
	}
}

// untilSilent returns what was asked of a browser that has become silent, if it has.
func untilSilent(journey func()) (err error) {
	defer func() {
		switch end := recover().(type) {
		case nil:
		case silence:
			err = end.err
		default:
			panic(end)
		}
	}()
	journey()
	return nil
}

func (w *window) eval(expression string, result any) {
	w.t.Helper()
	w.do(func(ctx context.Context) error { return w.driven.Eval(ctx, expression, result) })
}

func (w *window) await(expression string) {
	w.t.Helper()
	w.do(func(ctx context.Context) error { return w.driven.Await(ctx, expression) })
}

func (w *window) click(element string) {
	w.t.Helper()
	w.do(func(ctx context.Context) error { return w.driven.Click(ctx, element) })
}

// act clicks the button of one of the card's actions.
func (w *window) act(action string) {
	w.t.Helper()
	w.click("part('actions').querySelector('[data-action=" + action + "]')")
}

func (w *window) wantNoProblems(excuses ...string) {
	w.t.Helper()
	for _, problem := range get[[]string](w, `[...problems, ...violations]`) {
		if !slices.ContainsFunc(excuses, func(excuse string) bool { return strings.Contains(problem, excuse) }) {
			w.t.Errorf("the page complained: %s", problem)
		}
	}
}

// TestEndToEndEngines takes visitors through the journeys that matter, in every engine.
func TestEndToEndEngines(t *testing.T) {
	t.Parallel()
	for _, e := range webdriver.Engines {
		t.Run(e.Name, func(t *testing.T) {
			t.Parallel()
			en := newEngine(t, e)
			for _, j := range engineJourneys {
				t.Run(j.name, func(t *testing.T) { en.try(t, j.run) })
			}
			t.Run("cookies blocked", func(t *testing.T) {
				withoutCookies(t, startEngine(t, e, true))
			})
		})
	}
}

// TestEndToEndSilence leaves a browser that does not answer, once.
func TestEndToEndSilence(t *testing.T) {
	first, second := new(webdriver.Browser), new(webdriver.Browser)
	e := &engine{front: front{browser: first}, another: func() *webdriver.Browser { return second }}
	e.down.Store(true)
	var seen []*webdriver.Browser
	e.try(t, func(_ *testing.T, e *engine) {
		if seen = append(seen, e.browser); e.browser == first {
			panic(silence{context.DeadlineExceeded})
		}
		if e.down.Load() {
			t.Error("what the journey did to the network is left to the next one")
		}
	})
	if want := []*webdriver.Browser{first, second}; !slices.Equal(seen, want) {
		t.Errorf("the journey was begun in %v, want it in %v", seen, want)
	}
}
