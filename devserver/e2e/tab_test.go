//go:build e2e

package e2e

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// tab is a page in a browser of its own, with the dev server behind it.
type tab struct {
	visit
	ctx context.Context

	mu       sync.Mutex
	problems []string // what the browser complained of
}

// recorder notes what happens on a page from before its first script.
const recorder = `
	window.events = [];
	for (const type of ['xaman-change', 'xaman-settled', 'xaman-error'])
		addEventListener(type, (e) => events.push({ name: type, ...e.detail }));
	window.violations = [];
	addEventListener('securitypolicyviolation', (e) => violations.push(e.violatedDirective + ' ' + e.blockedURI));
	window.give = (it) => {
		it.payload = created.payload;
		it.setAttribute('platform', created.platform);
		return it;
	};
	window.all = () => [...document.querySelectorAll('xaman-sign-request')];
	window.add = (to = document.body) => {
		const it = give(document.createElement('xaman-sign-request'));
		it.setAttribute('backend', '/api');
		to.append(it);
		return it;
	};
	window.part = (name) => all()[0].shadowRoot.querySelector('[part=card] [part=' + name + ']');
	window.frame = (name) => all()[0]?.shadowRoot?.querySelector('[part=fallback]')?.querySelector(name);
	window.early = () => frame('[part=qr]') ?? all()[0]?.querySelector(':scope > img');
	window.plain = (it, name) => it?.shadowRoot.querySelector('[part=fallback] ' + name) ?? it?.querySelector(name);
	window.shown = (name) => { const e = part(name); return e?.checkVisibility() ? e.textContent : ''; };
`

// newTab starts the dev server and a browser, and opens path.
func newTab(t *testing.T, path string) *tab {
	t.Helper()
	d := start(t, nil, "-site", "../../site")
	return openTab(t, d, d.site+path)
}

// newModulesTab opens an empty page on which the modules of the sources can be imported one by one.
func newModulesTab(t *testing.T) *tab {
	t.Helper()
	files := t.TempDir()
	page := []byte(`<!doctype html><title>modules</title><link rel="icon" href="icon.svg">`)
	if err := errors.Join(os.CopyFS(files, os.DirFS("../../site")), os.RemoveAll(filepath.Join(files, "dist")),
		os.WriteFile(filepath.Join(files, "index.html"), page, 0o600)); err != nil {
		t.Fatal(err)
	}
	d := start(t, nil, "-site", files)
	return openTab(t, d, d.site)
}

// openTab opens any URL in a window of its own.
func openTab(t *testing.T, d devserver, url string) *tab {
	t.Helper()
	tb := newVisitor(t, d)
	tb.run(chromedp.Navigate(url))
	return tb
}

// newVisitor opens an empty tab in the browser of all, who share nothing but the program. At the end of the test the
// browser must have had nothing to complain of that the test did not excuse.
func newVisitor(t *testing.T, d devserver) *tab {
	t.Helper()
	browser, err := browser()
	if err != nil {
		t.Fatalf("start browser: %v", err)
	}
	executor := cdp.WithExecutor(browser, chromedp.FromContext(browser).Browser)
	profile, err := target.CreateBrowserContext().WithDisposeOnDetach(true).Do(executor)
	if err != nil {
		t.Fatalf("make profile: %v", err)
	}
	// A page in the background would be throttled, so each has a window.
	window, err := target.CreateTarget("about:blank").WithBrowserContextID(profile).WithNewWindow(true).Do(executor)
	if err != nil {
		t.Fatalf("open window: %v", err)
	}
	ctx, cancel := chromedp.NewContext(browser, chromedp.WithTargetID(window))
	t.Cleanup(cancel)
	return newTabIn(t, ctx, d)
}

// newTabIn is the empty tab of a chromedp context.
func newTabIn(t *testing.T, ctx context.Context, d devserver) *tab {
	t.Helper()
	tb := &tab{ctx: ctx}
	tb.visit = visit{devserver: d, pageDriver: tb, t: t}
	t.Cleanup(func() {
		if t.Failed() {
			tb.dump()
		}
	})
	chromedp.ListenTarget(ctx, tb.listen)
	tb.before(recorder)
	return tb
}

// newTabAfter is newTab for a page before whose own scripts others run.
func newTabAfter(t *testing.T, path string, scripts ...string) *tab {
	t.Helper()
	d := start(t, nil, "-site", "../../site")
	tb := openTab(t, d, "about:blank")
	tb.before(scripts...)
	tb.open(path)
	return tb
}

// newEmptyTab is a page without elements, before whose own scripts others run, with sockets recorded.
func newEmptyTab(t *testing.T, scripts ...string) *tab {
	t.Helper()
	s := openShop(t)
	tb := openTab(t, s.devserver, "about:blank")
	tb.before(append(scripts, recordSockets)...)
	tb.open(s.add(t, "empty", ""))
	return tb
}

// before has scripts run before those of the page, from its next load on.
func (tb *tab) before(scripts ...string) {
	tb.t.Helper()
	for _, script := range scripts {
		tb.run(chromedp.ActionFunc(func(ctx context.Context) error {
			_, err := page.AddScriptToEvaluateOnNewDocument(script).Do(ctx)
			return err
		}))
	}
}

func (tb *tab) open(path string) {
	tb.t.Helper()
	tb.run(chromedp.Navigate(tb.site + path))
}

func (tb *tab) listen(event any) {
	tb.mu.Lock()
	defer tb.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		tb.problems = append(tb.problems, e.ExceptionDetails.Error())
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.APITypeError || e.Type == runtime.APITypeWarning {
			tb.problems = append(tb.problems, fmt.Sprintf("console: %s", e.Args[0].Value))
		}
	case *log.EventEntryAdded:
		if e.Entry.Level == log.LevelError {
			tb.problems = append(tb.problems, e.Entry.Text+" "+e.Entry.URL)
		}
	}
}

// wantNoProblems fails the test for everything that the browser complained of, except what contains one of the excuses.
func (tb *tab) wantNoProblems(excuses ...string) {
	tb.t.Helper()
	violations := get[[]string](tb, `violations`)
	tb.mu.Lock()
	defer tb.mu.Unlock()
	for _, problem := range append(tb.problems, violations...) {
		if !slices.ContainsFunc(excuses, func(excuse string) bool { return strings.Contains(problem, excuse) }) {
			tb.t.Errorf("the browser complained: %s", problem)
		}
	}
}

// complaints are those of the browser so far, a line each.
func (tb *tab) complaints() string {
	tb.mu.Lock()
	defer tb.mu.Unlock()
	return strings.Join(append(tb.problems, ""), "\n")
}

func (tb *tab) dump() {
	var text string
	ctx, cancel := context.WithTimeout(tb.ctx, 5*time.Second)
	defer cancel()
	end := chromedp.Evaluate(`JSON.stringify(events, null, 1) + all()[0]?.shadowRoot.textContent`, &text)
	if err := chromedp.Run(ctx, end); err != nil {
		text = err.Error()
	}
	tb.t.Logf("events and card at the end: %s\nproblems: %q", text, tb.problems)
}

func (tb *tab) run(actions ...chromedp.Action) {
	tb.t.Helper()
	ctx, cancel := context.WithTimeout(tb.ctx, maxWait)
	defer cancel()
	// The first run makes the tab, which must outlive it.
	if err := chromedp.Run(tb.ctx); err != nil {
		tb.t.Fatalf("open tab: %v", err)
	}
	if err := chromedp.Run(ctx, actions...); err != nil {
		tb.t.Fatal(err)
	}
}

// eval evaluates a JavaScript expression, a promise included, into result.
func (tb *tab) eval(expression string, result any) {
	tb.t.Helper()
	tb.run(chromedp.Evaluate(expression, result, func(p *runtime.EvaluateParams) *runtime.EvaluateParams {
		return p.WithAwaitPromise(true)
	}))
}

// painted is a promise that is kept when what the page shows has been painted once: an observer of sizes reports after
// the callbacks of the first frame.
const painted = `new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))`

// get returns what a JavaScript expression is.
func get[T any](v visitor, expression string) (result T) {
	v.test().Helper()
	v.eval(expression, &result)
	return result
}

func (tb *tab) click(element string) {
	tb.t.Helper()
	tb.run(chromedp.Click(element, chromedp.ByJSPath))
}

// await waits until a JavaScript expression is true.
func (tb *tab) await(expression string) {
	tb.t.Helper()
	ctx, cancel := context.WithTimeout(tb.ctx, maxWait)
	defer cancel()
	poll := chromedp.Poll(expression, nil, chromedp.WithPollingTimeout(maxWait))
	err := chromedp.Run(ctx, poll)
	// A page that has just come may have been asked in the name of the one before.
	for noContext := (*cdproto.Error)(nil); errors.As(err, &noContext) && noContext.Code == -32000; {
		err = chromedp.Run(ctx, poll)
	}
	if err != nil {
		tb.t.Fatalf("%s: %v", expression, err)
	}
}

// awaitUnseen is await for a page that may be in the background, where nothing is drawn, or may be replaced.
func (tb *tab) awaitUnseen(expression string, within time.Duration) {
	tb.t.Helper()
	deadline := time.After(within)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !get[bool](tb, `(async () => !!(`+expression+`))()`) {
		select {
		case <-tick.C:
		case <-deadline:
			tb.t.Fatalf("not so after %v: %s", within, expression)
		}
	}
}

// onPhone makes the page that of a phone: narrow and touched.
func onPhone() chromedp.Action {
	return chromedp.Tasks{
		chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile, chromedp.EmulateTouch),
		emulation.SetTouchEmulationEnabled(true),
	}
}

// behind returns the origin of a server that passes on the site's answers as change leaves them.
func behind(t *testing.T, site string, change func(http.Header)) string {
	t.Helper()
	target := parseURL(t, site)
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			r.Out.Host = r.In.Host
		},
		ModifyResponse: func(r *http.Response) error {
			change(r.Header)
			return nil
		},
		Transport: transport(t),
	}
	s := httptest.NewServer(proxy)
	t.Cleanup(s.Close)
	return s.URL
}
