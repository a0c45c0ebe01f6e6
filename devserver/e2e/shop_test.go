//go:build e2e

package e2e

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// A shop is the element on a page that does nothing else, served with the rules of the demo site.

const shopPage = `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <title>Corner Shop</title>
  <link rel="icon" href=%q type="image/svg+xml">
  <link rel="stylesheet" href=%q>
  %s
</head>
<body>
  <main>
    <h1>Your order</h1>
    %s
    <p id="after">Two coffees, to be paid within the hour.</p>
  </main>
</body>
</html>
`

// lateScript loads the element when the page has been painted without it.
const lateScript = `await Promise.all(Array.from(document.images, (image) => image.decode()));
await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 100)));
await import('./xaman-sign-request.js');`

// shop is a running dev server to which pages can be added.
type shop struct {
	devserver
	files string // folder of its pages
}

// openShop runs the dev server with the files of the site.
func openShop(t *testing.T) shop {
	t.Helper()
	files := t.TempDir()
	logo, err := os.ReadFile("../../site/icon.svg")
	if err := errors.Join(err, os.CopyFS(files, os.DirFS("../../site/dist")),
		os.WriteFile(filepath.Join(files, "icon.svg"), logo, 0o600),
		os.WriteFile(filepath.Join(files, "late.js"), []byte(lateScript), 0o600)); err != nil {
		t.Fatal(err)
	}
	return shop{start(t, nil, "-site", files), files}
}

// icon is the name of the site's icon, as it is built.
func icon(t *testing.T) string {
	t.Helper()
	names, err := filepath.Glob("../../site/dist/icon.*.svg")
	if err != nil || len(names) != 1 {
		t.Fatalf("got icons %q, %v", names, err)
	}
	return filepath.Base(names[0])
}

// add makes a page, given what it has between its heading and its last line, and returns its path.
func (s shop) add(t *testing.T, name, content string) string {
	t.Helper()
	built := readManifest(t)
	tags := built.tags()
	switch {
	case content == "": // so that nothing is under way when the test goes on to another page
		tags = `<script type="module" src="xaman-sign-request.js"></script>`
	case strings.Contains(content, "<img"):
		tags = `<script type="module" src="late.js"></script>` // which is when the page's own link and code are seen
	}
	page := fmt.Appendf(nil, shopPage, icon(t), built.Files["fallback.css"].Name, tags, content)
	if err := os.WriteFile(filepath.Join(s.files, name+".html"), page, 0o600); err != nil {
		t.Fatal(err)
	}
	return "/" + url.PathEscape(name) + ".html"
}

// previews lists the names of all canned cards.
func previews(t *testing.T) []string {
	t.Helper()
	gallery, err := os.ReadFile("../../site/gallery.html")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, m := range regexp.MustCompile(`preview="([a-z-]+)"`).FindAllSubmatch(gallery, -1) {
		names = append(names, string(m[1]))
	}
	if len(names) < 20 {
		t.Fatalf("found only the previews %q", names)
	}
	return names
}

// layouts are all of the element's. Those in the page show many cards at a time, the others one.
var layouts = []string{"card", "compact", "dialog", "button"}

// cards is the element once for each preview.
func cards(names []string, layout string) string {
	html := ""
	for _, name := range names {
		html += fmt.Sprintf("<xaman-sign-request layout=%q preview=%q></xaman-sign-request>\n", layout, name)
	}
	return html
}

// awaitCards waits until all cards of the page are shown by the program.
func (tb *tab) awaitCards() {
	tb.t.Helper()
	tb.await(`all().length > 0 && all().every((e) => e.shadowRoot.querySelector('[part=card] [part=title]')?.textContent)`)
}

// openDialogs opens the dialogs of all cards that have one.
func (tb *tab) openDialogs() {
	tb.t.Helper()
	const closed = `[...document.querySelectorAll('[layout=dialog], [layout=button]')].filter((it) =>
		!it.shadowRoot.querySelector('dialog').open)`
	tb.eval(closed+`.forEach((it) => it.shadowRoot.querySelector('[data-action=start]').click())`, nil)
	tb.await(closed + `.length === 0`)
}

// showCard puts a canned card in the place of the first one of the page, and opens its dialog if it has one.
func (tb *tab) showCard(layout, preview string) {
	tb.t.Helper()
	tb.eval(fmt.Sprintf(`{
		const it = document.createElement('xaman-sign-request');
		it.setAttribute('layout', %q);
		it.setAttribute('preview', %q);
		all()[0].replaceWith(it);
	}`, layout, preview), nil)
	tb.awaitCards()
	tb.openDialogs()
}

// window makes the page's window this wide, and as high as small laptops have it.
func (tb *tab) window(width int64) {
	tb.t.Helper()
	tb.run(chromedp.EmulateViewport(width, 720))
}

// scheme is how a visitor has set up colours.
type scheme struct{ name, colours, forced string }

var schemes = []scheme{
	{"light", "light", "none"},
	{"dark", "dark", "none"},
	{"forced colours", "dark", "active"},
}

// show sets up the browser, without movement, so that what is looked at stands still.
func (s scheme) show(tb *tab) {
	tb.t.Helper()
	tb.run(emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: s.colours},
		{Name: "forced-colors", Value: s.forced},
		{Name: "prefers-reduced-motion", Value: "reduce"},
	}))
}
