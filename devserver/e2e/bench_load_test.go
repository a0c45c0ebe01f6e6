//go:build e2e && bench

package e2e

import (
	"fmt"
	"html/template"
	"os"
	"path/filepath"
	"testing"
)

// benchLoading times visits to pages over a slow line and on a slow machine.
func benchLoading(t *testing.T) []row {
	s := openShop(t)
	tb := newVisitor(t, openBrowser(t), s.devserver)
	path := s.handwrite(t, handwritten{Attributes: `data-demo="pay"`})
	tb.open(path)
	tb.await(`document.querySelector('#pay').dataset.connection === 'live'`)
	live := get[float64](tb, `performance.now()`)
	return []row{{name: "hand-written page, live", unit: "ms", ours: live}}
}

// handwritten is what a page that is written by hand has in its HTML: either the platform's create response or the name
// of an offer, as attributes, and with the former maybe link and code.
type handwritten struct {
	Attributes  template.HTMLAttr
	Link, Image string
}

// handwrite adds such a page to a shop, and returns its path.
func (s shop) handwrite(t *testing.T, h handwritten) string {
	t.Helper()
	const from = "testdata/handwritten/"
	script, err := os.ReadFile(from + "handwritten.js")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(s.files, "handwritten.js"), script, 0o600); err != nil {
		t.Fatal(err)
	}
	page, err := os.Create(filepath.Join(s.files, "handwritten.html"))
	if err != nil {
		t.Fatal(err)
	}
	defer page.Close()
	if err := template.Must(template.ParseFiles(from+"index.html")).Execute(page, h); err != nil {
		t.Fatal(fmt.Errorf("write page: %w", err))
	}
	return "/handwritten.html"
}
