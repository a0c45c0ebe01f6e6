//go:build e2e

package e2e

import (
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
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

// What a page says, and where it leads, is there for those who have no JavaScript.
func TestEndToEndPagesWithoutScript(t *testing.T) {
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
			if heading == "" || len(text) < 150 {
				t.Errorf("the page says only %q", text)
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
