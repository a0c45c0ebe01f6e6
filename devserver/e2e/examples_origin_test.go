//go:build e2e

package e2e

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// The shop is on another site than its backend, whose cookies the browser keeps back. Its own server orders, and gives
// the page a view key.
func TestEndToEndExamplesOtherSite(t *testing.T) {
	t.Parallel()
	_, port, _ := strings.Cut(freeAddr(t), ":")
	shop, private := "http://localhost:"+port, freeAddr(t)
	d := start(t, nil, "-private-addr", private, "-allow-origin", shop)
	runExample(t, "other-origin", []string{"PORT=" + port, "BACKEND=" + d.site, "PLATFORM=" + d.sandbox,
		"ORDERS=http://" + private}, "The shop is at", "server.mjs")
	tb := openTab(t, d, "about:blank")
	tb.run(network.Enable(), network.SetCookieControls(true, true, true), chromedp.Navigate(shop))
	tb.click(`document.querySelector('.button')`)
	tb.signExample()
	if asked := get[[]string](tb, `performance.getEntriesByType('resource').map((e) => e.name)
		.filter((name) => name.includes('/sign-requests'))`); len(asked) == 0 || !strings.HasPrefix(asked[0], d.site) {
		t.Errorf("asked %q, want the backend of the other site", asked)
	}
	tb.run(chromedp.ActionFunc(func(ctx context.Context) error {
		kept, err := network.GetCookies().WithURLs([]string{d.site + "/api/sign-requests/x"}).Do(ctx)
		if len(kept) > 0 {
			t.Errorf("the browser has cookies of the backend: %v", kept)
		}
		return err
	}))
	tb.wantNoProblems()
}

// Its pages may load what Xaman's own platform has, whether that is named for the platform or a sandbox is.
func TestEndToEndExamplesOtherSitePolicy(t *testing.T) {
	t.Parallel()
	server, err := filepath.Abs("../../site/examples/other-origin/server.mjs")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ platform, pictures, sockets string }{
		{"https://xumm.app", "https://xumm.app https://xaman.app", "wss://xumm.app wss://xaman.app"},
		{"http://127.0.0.1:8081", "http://127.0.0.1:8081 https://xumm.app https://xaman.app",
			"ws://127.0.0.1:8081 wss://xumm.app wss://xaman.app"},
	} {
		_, port, _ := strings.Cut(freeAddr(t), ":")
		dir := t.TempDir()
		if err := errors.Join(os.Mkdir(filepath.Join(dir, "dist"), 0o700),
			os.WriteFile(filepath.Join(dir, "dist", "index.html"), []byte("<title>Shop</title>"), 0o600)); err != nil {
			t.Fatal(err)
		}
		env := []string{"PORT=" + port, "PLATFORM=" + tt.platform, "BACKEND=https://pay.example"}
		command(t, dir, env, "node", server).await(t, "The shop is at")
		res, err := (&http.Client{Transport: transport(t)}).Get("http://localhost:" + port)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		got := res.Header.Get("Content-Security-Policy")
		for _, rule := range []string{
			"; img-src 'self' " + tt.pictures + " https://xumm-cdn.imgix.net;",
			"; connect-src 'self' https://pay.example " + tt.sockets + ";",
		} {
			if !strings.Contains(got, rule) {
				t.Errorf("with %s: got %s, want %s", tt.platform, got, rule)
			}
		}
	}
}

// The backend is on another port of the host, which is another origin of the same site.
func TestEndToEndOtherOrigin(t *testing.T) {
	t.Parallel()
	tb := openOtherOrigin(t, "127.0.0.1", true)
	tb.phone(t, tb.request(), "open", "accept")
	tb.awaitPhase(payload.PhaseVerified)
	tb.wantNoProblems()
}

// A page that is not on the backend's list, or from which the browser would not send its cookies, is shown no request:
// nobody could tell it what has become of that.
func TestEndToEndOtherOriginNotAllowed(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(t *testing.T) *tab{
		"not on the list": func(t *testing.T) *tab { return openOtherOrigin(t, "127.0.0.1", false) },
		"of another site": func(t *testing.T) *tab { return openOtherOrigin(t, "localhost", true) },
	} {
		t.Run(name, func(t *testing.T) {
			tb := open(t)
			tb.await(`events.some((e) => e.code === 'backend-unreachable')`)
			tb.wantShown("title", "The site does not answer")
			tb.wantHidden("link")
			tb.wantNoProblems("CORS", "ERR_FAILED")
		})
	}
}

// openOtherOrigin opens a page under a name of this machine, with a backend under 127.0.0.1 that has the page on its
// list or has not.
func openOtherOrigin(t *testing.T, name string, allowed bool) *tab {
	t.Helper()
	host := httptest.NewUnstartedServer(nil)
	origin := "http://" + strings.Replace(host.Listener.Addr().String(), "127.0.0.1", name, 1)
	listed := map[bool]string{true: origin, false: "https://www.shop.example"}[allowed]
	d := start(t, nil, "-allow-origin", listed)
	policy := strings.Join([]string{"default-src 'none'", "script-src 'self' 'wasm-unsafe-eval'", "style-src 'self'",
		"img-src 'self' " + d.sandbox, "connect-src 'self' " + d.site + " " + strings.Replace(d.sandbox, "http", "ws", 1),
		"require-trusted-types-for 'script'", "trusted-types 'none'"}, "; ")
	page := fmt.Sprintf(`<!doctype html><title>Corner Shop</title><link rel="icon" href=%q>%s
		<xaman-sign-request backend="%s/api" demo="sign-in"></xaman-sign-request>`, icon(t), readManifest(t).tags(), d.site)
	files := http.FileServer(http.Dir("../../site/dist"))
	host.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", policy)
		if r.URL.Path != "/" {
			files.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html")
		w.Write([]byte(page))
	})
	host.Start()
	t.Cleanup(host.Close)
	return openTab(t, d, origin)
}
