//go:build e2e

package e2e

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// Over a slow line a page comes in pieces, and is painted in between. What is there by then stays where it is.
func TestEndToEndPagesInPieces(t *testing.T) {
	t.Parallel()
	d := start(t, nil, "-site", "../../site")
	windows := map[string]chromedp.Action{"phone": onPhone(), "wide": chromedp.EmulateViewport(1280, 900)}
	pages := append(sitePages(t), "/guides/", "/guides/start.html", "/guides/embed.html")
	for _, path := range pages {
		for name, window := range windows {
			t.Run(path+" "+name, func(t *testing.T) {
				t.Parallel()
				tb := newVisitor(t, d)
				begun := make(chan struct{})
				rest := sync.OnceFunc(func() { close(begun) })
				tb.site = inPieces(t, d.site, path, begun)
				t.Cleanup(rest)
				tb.before(recordShifts)
				tb.run(window, chromedp.ActionFunc(func(ctx context.Context) error {
					_, _, _, _, err := page.Navigate(tb.site + path).Do(ctx)
					return err
				}))
				tb.await(`performance.getEntriesByName('first-contentful-paint').length > 0`)
				if state := get[string](tb, `document.readyState`); state != "loading" {
					t.Errorf("the page is %s, want half of it", state)
				}
				rest()
				tb.await(`document.readyState === 'complete'`)
				if path == "/" {
					tb.await(`document.body.matches('.whole')`) // by then it knows what there is to show
				}
				tb.eval(painted, nil)
				tb.wantStill()
			})
		}
	}
}

// inPieces returns the origin of a server that passes on the site, but ends one page only when more is given up to it.
func inPieces(t *testing.T, site, path string, more <-chan struct{}) string {
	t.Helper()
	target := parseURL(t, site)
	s := httptest.NewServer(&httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			r.Out.Host = r.In.Host
			r.Out.Header.Set("Accept-Encoding", "identity")
		},
		ModifyResponse: func(r *http.Response) error {
			if r.Request.URL.Path != path {
				return nil
			}
			whole, err := io.ReadAll(r.Body)
			before, after, _ := strings.Cut(string(whole), "<main")
			half := len(before) + strings.Index(after, "</p>") + len("<main</p>")
			r.Body = io.NopCloser(io.MultiReader(bytes.NewReader(whole[:half]), waiting(more), bytes.NewReader(whole[half:])))
			r.Header.Del("Content-Length")
			r.ContentLength = -1
			return err
		},
		FlushInterval: -1,
		Transport:     transport(t),
	})
	t.Cleanup(s.Close)
	return s.URL
}

// waiting is a reader with nothing in it, which ends when the channel is closed.
type waiting <-chan struct{}

func (w waiting) Read([]byte) (int, error) {
	<-w
	return 0, io.EOF
}
