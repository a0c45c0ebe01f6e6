//go:build e2e

package e2e

import (
	"bytes"
	"context"
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
	down     atomic.Bool // the site cannot be reached
}

// newEngine starts what the pages of a browser need, until the test ends.
func newEngine(t *testing.T, b *webdriver.Browser) *engine {
	t.Helper()
	e := &engine{platform: newRelay(t, nil)}
	d := startBehind(t, e.platform)
	d.sandbox = e.platform.target.String()
	e.front = newFront(t, d, b, e.reached)
	return e
}

func startBrowser(t *testing.T, e webdriver.Engine, noCookies bool) *webdriver.Browser {
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
	ctx, cancel := context.WithTimeout(context.Background(), maxWait)
	defer cancel()
	if w.t.Failed() {
		var end string
		if err := w.driven.Eval(ctx, `location + JSON.stringify([problems, events], null, 1) +
			all()[0]?.shadowRoot.textContent`, &end); err != nil {
			end = err.Error()
		}
		w.t.Logf("problems, events and card at the end: %s", end)
	}
	clear := `(() => { try { localStorage.clear(); } catch { /* it is forbidden */ } })()`
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
	if err := f(ctx); err != nil {
		w.t.Fatal(err)
	}
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
	for _, e := range webdriver.Engines {
		t.Run(e.Name, func(t *testing.T) {
			t.Parallel()
			en := newEngine(t, startBrowser(t, e, false))
			for _, j := range engineJourneys {
				t.Run(j.name, func(t *testing.T) { j.run(t, en) })
			}
			t.Run("cookies blocked", func(t *testing.T) {
				withoutCookies(t, startBrowser(t, e, true))
			})
		})
	}
}
