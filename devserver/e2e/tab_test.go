//go:build e2e

package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// patience is how long a page may take to get to where a test wants it. It is a bound, not a pace.
const patience = 20 * time.Second

// tab is a page in a browser of its own, with the dev server behind it.
type tab struct {
	devserver
	t   *testing.T
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
	window.part = (name) => document.querySelector('xaman-sign-request')
		.shadowRoot.querySelector('[part=card] [part=' + name + ']');
	window.shown = (name) => { const e = part(name); return e?.checkVisibility() ? e.textContent : ''; };
`

// newTab starts the dev server and a browser, and opens path.
func newTab(t *testing.T, path string) *tab {
	t.Helper()
	d := start(t, nil, "-site", "../../site")
	return openTab(t, d, d.site+path)
}

// openTab opens any URL in a browser. At the end of the test the browser must have had nothing to complain of that the
// test did not excuse.
func openTab(t *testing.T, d devserver, url string) *tab {
	t.Helper()
	return openTabIn(t, openBrowser(t), d, url)
}

// openBrowser starts a browser, which runs until the test ends.
func openBrowser(t *testing.T) context.Context {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU)
	allocator, cancelAllocator := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(func() {
		cancel()
		cancelAllocator()
	})
	if err := chromedp.Run(ctx); err != nil {
		t.Fatalf("start browser: %v", err)
	}
	return ctx
}

// newVisitor opens an empty tab in a browser that others use as well, who share nothing but the program.
func newVisitor(t *testing.T, browser context.Context, d devserver) *tab {
	t.Helper()
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
	return openTabIn(t, ctx, d, "about:blank")
}

// openTabIn opens a URL in the tab of a chromedp context.
func openTabIn(t *testing.T, ctx context.Context, d devserver, url string) *tab {
	t.Helper()
	tb := &tab{devserver: d, t: t, ctx: ctx}
	t.Cleanup(func() {
		if t.Failed() {
			tb.dump()
		}
	})
	chromedp.ListenTarget(ctx, tb.listen)
	tb.run(chromedp.ActionFunc(func(ctx context.Context) error {
		_, err := page.AddScriptToEvaluateOnNewDocument(recorder).Do(ctx)
		return err
	}), chromedp.Navigate(url))
	return tb
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
	var violations []string
	tb.eval(`violations`, &violations)
	tb.mu.Lock()
	defer tb.mu.Unlock()
next:
	for _, problem := range append(tb.problems, violations...) {
		for _, excuse := range excuses {
			if strings.Contains(problem, excuse) {
				continue next
			}
		}
		tb.t.Errorf("the browser complained: %s", problem)
	}
}

func (tb *tab) dump() {
	var text string
	ctx, cancel := context.WithTimeout(tb.ctx, 5*time.Second)
	defer cancel()
	if err := chromedp.Run(ctx,
		chromedp.Evaluate(`JSON.stringify(events, null, 1) + `+
			`document.querySelector('xaman-sign-request')?.shadowRoot.textContent`, &text)); err != nil {
		text = err.Error()
	}
	tb.t.Logf("events and card at the end: %s\nproblems: %q", text, tb.problems)
}

func (tb *tab) run(actions ...chromedp.Action) {
	tb.t.Helper()
	ctx, cancel := context.WithTimeout(tb.ctx, patience)
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

// await waits until a JavaScript expression is true.
func (tb *tab) await(expression string) {
	tb.t.Helper()
	ctx, cancel := context.WithTimeout(tb.ctx, patience)
	defer cancel()
	if err := chromedp.Run(ctx, chromedp.Poll(expression, nil, chromedp.WithPollingTimeout(patience))); err != nil {
		tb.t.Fatalf("%s: %v", expression, err)
	}
}

func (tb *tab) awaitPhase(p payload.Phase) {
	tb.t.Helper()
	tb.await(fmt.Sprintf(`document.querySelector('xaman-sign-request').dataset.phase === %q`, p))
}

func (tb *tab) awaitLive() {
	tb.t.Helper()
	tb.await(`document.querySelector('xaman-sign-request').dataset.connection === 'live'`)
}

// wantShown waits until the part of the card is visible and contains the text.
func (tb *tab) wantShown(part, text string) {
	tb.t.Helper()
	tb.await(fmt.Sprintf(`shown(%q).includes(%q)`, part, text))
}

func (tb *tab) wantHidden(part string) {
	tb.t.Helper()
	tb.await(fmt.Sprintf(`!part(%q)?.checkVisibility()`, part))
}

// pick chooses a demo on the demo page and returns the sign request that the card then shows.
func (tb *tab) pick(demo string) payload.UUID {
	tb.t.Helper()
	button := fmt.Sprintf(`[data-demo=%q]`, demo)
	tb.run(chromedp.Click(button, chromedp.ByQuery))
	return tb.request()
}

// request waits until the card shows a request and listens to it.
func (tb *tab) request() payload.UUID {
	tb.t.Helper()
	tb.awaitLive()
	var link string
	tb.eval(`part('link').href`, &link)
	uuid, err := payload.ParseUUID(link[strings.LastIndex(link, "/")+1:])
	if err != nil {
		tb.t.Fatalf("link %q: %v", link, err)
	}
	return uuid
}

// act presses the button of an action of the card, once it is there.
func (tb *tab) act(action string) {
	tb.t.Helper()
	button := fmt.Sprintf(`part('actions').querySelector('[data-action=%s]')`, action)
	tb.await(button + `?.checkVisibility()`)
	tb.eval(button+`.click()`, nil)
}

// create makes a sign request in the page's session without showing it, so that a fault can be set beforehand.
func (tb *tab) create(demo string) payload.UUID {
	tb.t.Helper()
	var created struct {
		UUID    payload.UUID    `json:"uuid"`
		Payload json.RawMessage `json:"payload"`
	}
	tb.eval(fmt.Sprintf(`fetch('/api/sign-requests', {
		method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ demo: %q }),
	}).then((r) => r.json()).then((r) => window.created = r)`, demo), &created)
	return created.UUID
}

// show puts the created request on the page.
func (tb *tab) show() {
	tb.t.Helper()
	tb.eval(`give(card).setAttribute('backend', '/api')`, nil)
}

// faults makes the platform err.
func (tb *tab) faults(uuid payload.UUID, names ...string) {
	tb.t.Helper()
	body, err := json.Marshal(map[string][]string{"faults": names})
	if err != nil {
		tb.t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(tb.t.Context(), "PUT", tb.sandbox+"/faults/"+string(uuid), bytes.NewReader(body))
	if err != nil {
		tb.t.Fatal(err)
	}
	client := &http.Client{Transport: transport(tb.t)}
	res, err := client.Do(r)
	if err != nil {
		tb.t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(res.Body)
		tb.t.Fatalf("set faults %q: %s %s", names, res.Status, text)
	}
}

// misbehave lets the phone accept in a way that it should not.
func (tb *tab) misbehave(uuid payload.UUID, name string) {
	tb.t.Helper()
	client := &http.Client{Transport: transport(tb.t)}
	body := strings.NewReader(fmt.Sprintf(`{"misbehave":[%q]}`, name))
	res, err := client.Post(tb.sandbox+"/phone/"+string(uuid)+"/accept", "application/json", body)
	if err != nil {
		tb.t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		tb.t.Fatalf("misbehave %s: %s", name, res.Status)
	}
}

// phases lists the phases that the card went through.
func (tb *tab) phases() []payload.Phase {
	tb.t.Helper()
	var all []payload.Phase
	tb.eval(`events.filter((e) => e.name === 'xaman-change').map((e) => e.phase).filter((p, i, all) => p !== all[i - `+
		`1])`, &all)
	return all
}

// settled returns the phases of the settled events: exactly one if all is well.
func (tb *tab) settled() []payload.Phase {
	tb.t.Helper()
	var all []payload.Phase
	tb.eval(`events.filter((e) => e.name === 'xaman-settled').map((e) => e.phase)`, &all)
	return all
}

// errorCodes lists the codes that the element reported.
func (tb *tab) errorCodes() []string {
	tb.t.Helper()
	var all []string
	tb.eval(`events.filter((e) => e.name === 'xaman-error').map((e) => e.code)`, &all)
	return all
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
	target, err := url.Parse(site)
	if err != nil {
		t.Fatal(err)
	}
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
