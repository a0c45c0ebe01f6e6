//go:build e2e

package e2e

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// noticeServed keeps the element that the server's page has, from before the first script of the page: what is in it,
// which may come in another piece of the page than its tag, and whether it is defined by then.
const noticeServed = `
	new MutationObserver(() => {
		const it = document.querySelector('xaman-sign-request');
		const [link, code] = ['a', 'img'].map((name) => it?.querySelector(name));
		window.served ??= link && code && { it, link, code, early: !it.matches(':defined') };
	}).observe(document, { childList: true, subtree: true });
`

// The application with a server of its own, which writes the page with link and code. As it is built, and as it is
// developed, where React complains of every difference between that page and its own.
func TestEndToEndExamplesNext(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"start", "dev"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			d := start(t, nil)
			d.site = startNext(t, mode, d)
			tb := openTab(t, d, "about:blank")
			tb.run(noScripts(true))
			tb.open("/")
			tb.run(chromedp.Click(`.button`, chromedp.ByQuery), chromedp.WaitVisible(`xaman-sign-request > a`, chromedp.ByQuery))
			path := get[string](tb, `location.pathname`)
			link := get[string](tb, `document.querySelector('xaman-sign-request > a').href`)
			code := get[string](tb, `document.querySelector('xaman-sign-request > img').src`)
			uuid, ok := strings.CutPrefix(path, "/pay/")
			if want := d.sandbox + "/sign/" + uuid; !ok || link != want || code != want+"_q.png" {
				t.Fatalf("without scripts, %s has the link %s and the code %s", path, link, code)
			}
			tb.run(noScripts(false))
			tb.before(noticeServed)
			tb.open(path)
			tb.awaitLive()
			if !get[bool](tb, `!!window.served?.early && served.it === all()[0] &&
				served.link.parentNode === served.it && served.code.parentNode === served.it`) {
				t.Error("the element of the server's page was not upgraded where it is, with what is in it")
			}
			tb.signExample()
			tb.wantNoProblems()
		})
	}
}

// Without TLS, as on another machine of a home, browsers say of a call only the origin that it is from.
func TestEndToEndExamplesNextOrigins(t *testing.T) {
	t.Parallel()
	d := start(t, nil)
	shop := startNext(t, "start", d)
	browser := newBrowser(t)
	browser.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	call := func(method, path string, header ...string) *http.Response {
		r, err := http.NewRequestWithContext(t.Context(), method, shop+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		res, err := browser.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		return res
	}
	const foreign, fetchSite = "http://foreign.example", "Sec-Fetch-Site"
	made := call("POST", "/order", "Origin", shop)
	uuid, ok := strings.CutPrefix(made.Header.Get("Location"), "/pay/")
	if made.StatusCode != http.StatusSeeOther || !ok {
		t.Fatalf("got %s, want the page of a request", made.Status)
	}
	for _, tt := range []struct {
		name, method, path string
		header             []string
		want               int
	}{
		{"foreign order", "POST", "/order", []string{"Origin", foreign}, 403},
		{"order of a hidden origin", "POST", "/order", []string{"Origin", "null"}, 403},
		{"foreign order, said to be", "POST", "/order", []string{"Origin", foreign, fetchSite, "cross-site"}, 403},
		{"order that is said to be foreign", "POST", "/order", []string{"Origin", shop, fetchSite, "cross-site"}, 403},
		{"foreign cancellation", "DELETE", "/api/sign-requests/" + uuid, []string{"Origin", foreign}, 403},
		{"cancellation", "DELETE", "/api/sign-requests/" + uuid, []string{"Origin", shop}, 200},
	} {
		if got := call(tt.method, tt.path, tt.header...); got.StatusCode != tt.want {
			t.Errorf("%s: got %s, want %d", tt.name, got.Status, tt.want)
		}
	}
}

// noScripts has the browser run none, or run them again.
func noScripts(is bool) chromedp.Action {
	return chromedp.ActionFunc(func(ctx context.Context) error {
		return emulation.SetScriptExecutionDisabled(is).Do(ctx)
	})
}

// startNext runs the application's server until the test ends, and returns its origin. As it is developed, a page is
// compiled when somebody asks for it, which takes longer beside other journeys than a visitor waits.
func startNext(t *testing.T, mode string, d devserver) string {
	t.Helper()
	origin := startExample(t, "next", d, "Ready in", "next/dist/bin/next", mode, "-H", "HOST", "-p", "PORT")
	for _, path := range []string{"/", "/pay/" + strings.Repeat("0", 36)} {
		res, err := (&http.Client{Transport: transport(t)}).Get(origin + path)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
	}
	return origin
}
