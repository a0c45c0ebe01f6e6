//go:build e2e

package e2e

import (
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// What holds for every page of the site and of the sandbox.

// sitePages lists the paths of all pages of the site.
func sitePages(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("../../site/*.html")
	if err != nil || len(files) < 2 {
		t.Fatalf("got pages %q, %v", files, err)
	}
	for i, file := range files {
		files[i] = "/" + strings.TrimSuffix(filepath.Base(file), "index.html")
	}
	return files
}

// guidePages lists the paths of all guides, as they are built.
func guidePages(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("../../site/dist/guides/*.html")
	if err != nil || len(files) < 10 {
		t.Fatalf("got guides %q, %v", files, err)
	}
	for i, file := range files {
		files[i] = "/guides/" + strings.TrimSuffix(filepath.Base(file), "index.html")
	}
	return files
}

// sandboxPages lists the paths of all pages of the sandbox: the overview, the phone in every state, what a desktop and
// an explorer show, and those that are not there.
func sandboxPages(t *testing.T, d devserver) []string {
	t.Helper()
	visitor := d.visitor(t)
	paths := []string{"/", "/nowhere", "/explorer/testnet/" + strings.Repeat("0", 64)}
	for _, acts := range [][]string{{}, {"open"}, {"open", "reject"}, {"open", "close"}} {
		made := create(t, visitor, "pay")
		d.phone(t, made.UUID, acts...)
		paths = append(paths, "/sign/"+string(made.UUID))
	}
	paths = append(paths, paths[3]+"/qr")
	paid := create(t, visitor, "pay")
	d.phone(t, paid.UUID, "open", "accept")
	answer := await(t, visitor, paid.UUID)
	withdrawn := create(t, visitor, "sign-in")
	if _, err := visitor.Cancel(t.Context(), withdrawn.UUID); err != nil {
		t.Fatal(err)
	}
	late := create(t, visitor, "sign-in")
	setFaults(t, d.sandbox, string(late.UUID), "expire-soon")
	awaitAnswer(t, visitor, late.UUID, func(a payload.Answer) bool { return a.Status == payload.StatusExpired })
	return append(paths, "/explorer/testnet/"+answer.Result.TxID, "/sign/"+string(paid.UUID),
		"/sign/"+string(withdrawn.UUID), "/sign/"+string(late.UUID))
}

// recordRequests returns what tells the addresses that the tab has loaded something from, or tried to.
func (tb *tab) recordRequests() func() []string {
	var mu sync.Mutex
	var addresses []string
	chromedp.ListenTarget(tb.ctx, func(event any) {
		mu.Lock()
		defer mu.Unlock()
		switch e := event.(type) {
		case *network.EventRequestWillBeSent:
			addresses = append(addresses, e.Request.URL)
		case *network.EventWebSocketCreated:
			addresses = append(addresses, e.URL)
		}
	})
	tb.run(network.Enable())
	return func() []string {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(addresses)
	}
}

// wantOurs fails the test if one of the addresses is neither the site's nor the platform's.
func (tb *tab) wantOurs(addresses []string) {
	tb.t.Helper()
	ours := []string{parseURL(tb.t, tb.site).Host, parseURL(tb.t, tb.sandbox).Host}
	for _, address := range addresses {
		u, err := url.Parse(address)
		if err != nil || u.Scheme != "data" && u.Scheme != "about" && !slices.Contains(ours, u.Host) {
			tb.t.Errorf("something was loaded from %s", address)
		}
	}
	if len(addresses) < 2 {
		tb.t.Errorf("only %q was loaded", addresses)
	}
}

var widths = []int64{280, 320, 375, 600, 900, 1280}

func TestEndToEndPagesOfTheSite(t *testing.T) {
	t.Parallel()
	d := start(t, nil, "-site", "../../site")
	for _, path := range append(sitePages(t), guidePages(t)...) {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			tb := newVisitor(t, d)
			loaded := tb.recordRequests()
			tb.before(recordShifts)
			tb.open(path)
			tb.await(`all().every((it) => it.shadowRoot.querySelector('[part=title]')?.textContent || !it.dataset.phase)`)
			tb.wantStill()
			for _, width := range widths {
				tb.window(width)
				tb.wantNoOverflow()
			}
			tb.wantOurs(loaded())
			tb.wantNoProblems()
		})
	}
}

func TestEndToEndPagesOfTheSandbox(t *testing.T) {
	t.Parallel()
	tb := newTab(t, "/")
	loaded := tb.recordRequests()
	for _, path := range sandboxPages(t, tb.devserver) {
		t.Run(path, func(t *testing.T) {
			tb.run(chromedp.Navigate(tb.sandbox + path))
			for _, width := range widths {
				tb.window(width)
				tb.wantNoOverflow()
			}
		})
	}
	tb.wantOurs(loaded())
	tb.wantNoProblems("404")
}

// What a page says, and where it leads, is there for those who have no JavaScript.
func TestEndToEndPagesWithoutScript(t *testing.T) {
	t.Parallel()
	tb := newTab(t, "/")
	tb.run(emulation.SetScriptExecutionDisabled(true))
	for _, path := range sitePages(t) {
		t.Run(path, func(t *testing.T) {
			tb.open(path)
			var heading, text string
			var links []string
			tb.run(
				chromedp.Text(`h1`, &heading, chromedp.ByQuery),
				chromedp.Text(`main`, &text, chromedp.ByQuery),
				chromedp.Evaluate(`[...document.links].filter((a) => a.checkVisibility()).map((a) => a.href)`, &links),
			)
			if heading == "" || len(text) < 150 || !strings.Contains(text, "JavaScript") {
				t.Errorf("the page says only %q, and should say what needs JavaScript", text)
			}
			if get[bool](tb, `document.querySelector('#demos')?.checkVisibility() ?? false`) {
				t.Error("requests are offered that nothing makes")
			}
			for _, other := range sitePages(t) {
				if other != path && !slices.Contains(links, tb.site+other) {
					t.Errorf("no link leads to %s: %q", other, links)
				}
			}
			for _, link := range links {
				if strings.HasPrefix(link, tb.site) {
					wantThere(t, link)
				}
			}
		})
	}
}

// wantThere fails the test if there is nothing at an address.
func wantThere(t *testing.T, address string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "GET", address, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := transport(t).RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Errorf("%s: got %s", address, res.Status)
	}
}
