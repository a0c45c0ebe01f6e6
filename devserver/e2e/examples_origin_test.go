//go:build e2e

package e2e

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The backend is on another port of the host, which is another origin of the same site.
func TestEndToEndExamplesOtherOrigin(t *testing.T) {
	t.Parallel()
	tb := openOtherOrigin(t, "127.0.0.1", true)
	tb.signExample()
	tb.wantNoProblems()
}

// A page that is not on the backend's list, or from which the browser would not send its cookies, is shown no request:
// nobody could tell it what has become of that.
func TestEndToEndExamplesOriginNotAllowed(t *testing.T) {
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

// openOtherOrigin opens the application under a name of this machine, with a backend under 127.0.0.1 that has the page
// on its list or has not, and asks for a request.
func openOtherOrigin(t *testing.T, name string, allowed bool) *tab {
	t.Helper()
	dist := filepath.Join(example(t, "other-origin"), "dist")
	page, err := os.ReadFile(filepath.Join(dist, "index.html"))
	if err != nil {
		t.Fatal(err)
	}
	host := httptest.NewUnstartedServer(nil)
	origin := "http://" + strings.Replace(host.Listener.Addr().String(), "127.0.0.1", name, 1)
	listed := map[bool]string{true: origin, false: "https://www.shop.example"}[allowed]
	d := start(t, nil, "-allow-origin", listed)
	policy := strings.Join([]string{"default-src 'none'", "script-src 'self' 'wasm-unsafe-eval'", "style-src 'self'",
		"img-src 'self' " + d.sandbox, "connect-src 'self' " + d.site + " " + strings.Replace(d.sandbox, "http", "ws", 1),
		"require-trusted-types-for 'script'", "trusted-types 'none'"}, "; ")
	files := http.FileServer(http.Dir(dist))
	host.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", policy)
		if r.URL.Path != "/" {
			files.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html")
		w.Write([]byte(strings.Replace(string(page), "http://127.0.0.1:8080", d.site, 1)))
	})
	host.Start()
	t.Cleanup(host.Close)
	tb := openTab(t, d, origin)
	tb.click(`document.querySelector('.button')`)
	return tb
}
