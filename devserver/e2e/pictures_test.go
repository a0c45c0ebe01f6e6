//go:build e2e && pictures

package e2e

import (
	"context"
	"fmt"
	"html/template"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// album is where the pictures go, for people to look at: a folder and a sheet of all its pictures for each group.
const album = "../../.build/pictures"

// drawn is whether all previews show something.
const drawn = `all().every(
	(e) => !e.getAttribute('preview') || e.shadowRoot.querySelector('[part=title]')?.textContent)`

// look is how a page is looked at.
type look struct {
	width, height int64
	dark          bool
}

func (l look) String() string {
	if l.dark {
		return fmt.Sprintf("%d-dark", l.width)
	}
	return fmt.Sprintf("%d-light", l.width)
}

func looksAt(widths ...int64) (all []look) {
	heights := map[int64]int64{280: 653, 375: 812, 768: 1024, 1280: 800, 1920: 1080}
	for _, width := range widths {
		all = append(all, look{width, heights[width], false}, look{width, heights[width], true})
	}
	return all
}

// camera takes pictures of what a tab shows.
type camera struct {
	*tab
	groups []string
	names  map[string][]string // of the pictures of a group
}

func TestPictures(t *testing.T) {
	c := &camera{tab: newTab(t, "/gallery.html"), names: map[string][]string{}}
	for _, layout := range layouts {
		for _, l := range looksAt(375, 1280) {
			group := fmt.Sprintf("cards-%s-%v", layout, l)
			c.card(l)
			for _, name := range previewsOf(t, layout) {
				c.preview(name, layout, "en")
				c.take(group, name, l, l.height)
			}
		}
	}
	for _, language := range []string{"de", "ar", "hi", "ja", "zh-Hans", "vi"} {
		for _, l := range looksAt(375) {
			c.card(l)
			for _, name := range []string{"waiting", "opened", "verified", "unverified"} {
				c.preview(name, "card", language)
				c.take(fmt.Sprintf("languages-%v", l), language+"-"+name, l, l.height)
			}
		}
	}
	for _, l := range looksAt(280, 375, 768, 1280, 1920) {
		for _, path := range []string{"/", "/watch.html", "/theming.html", "/gallery.html", "/guides/",
			"/guides/backend-go.html", "/guides/verification.html", "/guides/going-live.html"} {
			c.as(l)
			c.open(path)
			c.await(`document.querySelector('#kinds')?.checkVisibility() ?? true`)
			c.await(drawn)
			c.take(fmt.Sprintf("pages-%v", l), strings.ReplaceAll(strings.Trim(path, "/"), "/", "-")+"_", l, 6000)
		}
	}
	for _, l := range looksAt(375, 1280, 1920) {
		c.journey(l)
	}
	for _, group := range c.groups {
		c.sheet(group)
	}
	t.Logf("the pictures are in %s", album)
}

// previewsOf leaves out of a layout what looks the same: a button that opens a dialog hides its card.
func previewsOf(t *testing.T, layout string) []string {
	t.Helper()
	if layout == "button" {
		return []string{"loading", "waiting", "verified"}
	}
	return previews(t)
}

// as makes the window that of a look. Nothing moves, so that every picture is of the end of a movement.
func (c *camera) as(l look) {
	c.t.Helper()
	scheme := "light"
	if l.dark {
		scheme = "dark"
	}
	phone := l.width < 700
	c.run(
		emulation.SetDeviceMetricsOverride(l.width, l.height, 1, phone),
		emulation.SetTouchEmulationEnabled(phone),
		emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"},
		}),
	)
}

// card makes a page with room for one card and nothing else.
func (c *camera) card(l look) {
	c.t.Helper()
	c.as(l)
	c.open("/gallery.html")
	c.eval(`{
		const room = new CSSStyleSheet();
		room.replaceSync('body { display: grid; place-items: start center; padding: 16px; }');
		document.adoptedStyleSheets = [room];
		document.body.replaceChildren();
	}`, nil)
}

func (c *camera) preview(name, layout, language string) {
	c.t.Helper()
	c.eval(fmt.Sprintf(`{
		const it = document.createElement('xaman-sign-request');
		it.lang = %q;
		it.setAttribute('layout', %q);
		it.setAttribute('preview', %q);
		document.body.replaceChildren(it);
	}`, language, layout, name), nil)
	c.await(drawn)
}

// journey is a payment on the start page, from its choice to its end.
func (c *camera) journey(l look) {
	c.t.Helper()
	group := fmt.Sprintf("journey-%v", l)
	c.as(l)
	c.open("/")
	uuid := c.pick("pay")
	c.await(`document.querySelector('#wire').children.length > 5`)
	c.take(group, "1-waiting", l, 2400)
	c.phone(c.t, uuid, "open")
	c.awaitPhase(payload.PhaseOpened)
	c.take(group, "2-opened", l, 2400)
	c.phone(c.t, uuid, "accept")
	c.awaitPhase(payload.PhaseVerified)
	c.take(group, "3-verified", l, 2400)
}

// take takes a picture of the page, or of the upper part of it. What is in a frame is drawn only within the window, so
// that is as high as the picture while it is taken.
func (c *camera) take(group, name string, l look, most int64) {
	c.t.Helper()
	height := min(get[int64](c.tab, `Math.max(innerHeight, document.documentElement.scrollHeight)`), most)
	c.as(look{l.width, height, l.dark})
	c.eval(`document.fonts.ready.then(() => `+painted+`)`, nil)
	left, width := int64(0), l.width
	if strings.HasPrefix(group, "cards") {
		width = min(l.width, 640) // around the card, which is in the middle
		left = (l.width - width) / 2
	}
	var png []byte
	c.run(chromedp.ActionFunc(func(ctx context.Context) (err error) {
		clip := &page.Viewport{X: float64(left), Width: float64(width), Height: float64(height), Scale: 1}
		png, err = page.CaptureScreenshot().WithClip(clip).Do(ctx)
		return err
	}))
	c.as(l)
	if c.names[group] == nil {
		c.groups = append(c.groups, group)
	}
	c.names[group] = append(c.names[group], name)
	c.write(filepath.Join(group, name+".png"), png)
}

func (c *camera) write(name string, data []byte) {
	c.t.Helper()
	file := filepath.Join(album, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		c.t.Fatal(err)
	}
	if err := os.WriteFile(file, data, 0o644); err != nil {
		c.t.Fatal(err)
	}
}

var sheetPage = template.Must(template.New("sheet").Parse(`<!doctype html>
<style>
	body { display: flex; flex-wrap: wrap; gap: 16px; align-items: start; margin: 16px; background: #888;
		font: 15px system-ui; }
	figure { margin: 0; }
	img { display: block; inline-size: {{.Size}}px; }
</style>
{{$group := .Group}}{{range .Names}}<figure>{{.}}<img src="{{$group}}/{{.}}.png"></figure>{{end}}`))

// sheet takes a picture of all pictures of a group.
func (c *camera) sheet(group string) {
	c.t.Helper()
	host := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			http.ServeFileFS(w, r, os.DirFS(album), r.URL.Path)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		size := 300
		if !strings.HasPrefix(group, "cards") && !strings.HasPrefix(group, "languages") {
			size = 480
		}
		sheetPage.Execute(w, map[string]any{"Group": group, "Names": c.names[group], "Size": size})
	}))
	defer host.Close()
	c.as(look{1600, 1000, false})
	c.run(chromedp.Navigate(host.URL))
	c.await(`[...document.images].every((image) => image.complete)`)
	var png []byte
	c.run(chromedp.FullScreenshot(&png, 100))
	c.write(group+".png", png)
}
