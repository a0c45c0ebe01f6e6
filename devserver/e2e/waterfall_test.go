//go:build e2e

package e2e

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// What a page loads, and when.

// request is one that a tab made of the site.
type request struct {
	path   string
	byPage bool    // the page's own HTML asked for it, not a script
	asked  float64 // when, in microseconds of the browser's clock
	ended  float64
	kept   bool    // it was answered from the browser's cache
	status int64   // on the wire; 0: nothing went over it
	bytes  float64 // that came
	coding string
}

// traffic is what the browser tells of a tab's requests.
type traffic struct {
	mu       sync.Mutex
	requests map[network.RequestID]*request
	warnings []string // of what was loaded for nothing
}

// recordTraffic notes what the tab loads from now on.
func (tb *tab) recordTraffic() *traffic {
	tb.t.Helper()
	tr := &traffic{requests: map[network.RequestID]*request{}}
	of := func(id network.RequestID) *request {
		if tr.requests[id] == nil {
			tr.requests[id] = &request{}
		}
		return tr.requests[id]
	}
	chromedp.ListenTarget(tb.ctx, func(event any) {
		tr.mu.Lock()
		defer tr.mu.Unlock()
		switch e := event.(type) {
		case *network.EventRequestWillBeSent:
			r := of(e.RequestID)
			r.path = strings.TrimPrefix(e.Request.URL, tb.site)
			r.byPage = e.Initiator.Type == network.InitiatorTypeParser
			r.asked = float64(e.Timestamp.Time().UnixMicro())
		case *network.EventRequestServedFromCache:
			of(e.RequestID).kept = true
		case *network.EventResponseReceived:
			r := of(e.RequestID)
			r.kept = r.kept || e.Response.FromDiskCache
			r.coding, _ = e.Response.Headers["Content-Encoding"].(string)
		case *network.EventResponseReceivedExtraInfo:
			of(e.RequestID).status = e.StatusCode
		case *network.EventLoadingFinished:
			r := of(e.RequestID)
			r.ended, r.bytes = float64(e.Timestamp.Time().UnixMicro()), e.EncodedDataLength
		case *log.EventEntryAdded:
			if strings.Contains(e.Entry.Text, "preload") {
				tr.warnings = append(tr.warnings, e.Entry.Text)
			}
		}
	})
	tb.run(network.Enable())
	return tr
}

// take returns the requests of the site's origin so far, in order, and forgets them.
func (tr *traffic) take() (list []request) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	for _, r := range tr.requests {
		if strings.HasPrefix(r.path, "/") {
			list = append(list, *r)
		}
	}
	clear(tr.requests)
	slices.SortFunc(list, func(a, b request) int { return cmp.Compare(a.asked, b.asked) })
	return list
}

// pagesWithACard are the demo page and one of a site that uses the tags that the build has for others. Both are live
// without a click.
func pagesWithACard(t *testing.T) (s shop, pages map[string]func(*tab) string) {
	s = openShop(t)
	return s, map[string]func(*tab) string{
		"demo page": func(*tab) string { return "/?demo=pay" },
		"page with payload": func(tb *tab) string {
			tb.open(s.add(t, "empty", ""))
			tb.create("pay")
			return s.add(t, "tagged", get[string](tb, `(() => {
				const it = give(document.createElement('xaman-sign-request'));
				it.setAttribute('backend', '/api');
				return it.outerHTML;
			})()`))
		},
	}
}

// The page's own HTML asks for all that every card needs, each file once, and so before any script has run. What it
// asks for is used.
func TestEndToEndFirstVisit(t *testing.T) {
	t.Parallel()
	s, pages := pagesWithACard(t)
	for name, page := range pages {
		t.Run(name, func(t *testing.T) {
			tb := openTab(t, s.devserver, "about:blank")
			path := page(tb)
			tb.run(network.ClearBrowserCache(), chromedp.Navigate("about:blank"))
			traffic := tb.recordTraffic()
			tb.open(path)
			tb.awaitLive()
			requests := traffic.take()
			script := readManifest(t).Files["xaman-sign-request.js"].Name
			at := slices.IndexFunc(requests, func(r request) bool { return r.path == "/"+script })
			if at < 0 {
				t.Fatalf("got %+v, want a request for %s", requests, script)
			}
			for _, file := range []string{"xaman-sign-request.js", "xaman-sign-request.css", "xaman-sign-request.wasm"} {
				path := "/" + readManifest(t).Files[file].Name
				var found []request
				for _, r := range requests {
					if r.path == path {
						found = append(found, r)
					}
				}
				if len(found) != 1 || !found[0].byPage || found[0].asked > requests[at].ended || found[0].status != 200 {
					t.Errorf("%s: got %+v, want one request, by the page, before the script was there", file, found)
				}
			}
			for _, r := range requests {
				built := !strings.HasPrefix(r.path, "/api/") && r.path != "/tagged.html"
				if built && r.ended > 0 && r.coding != "br" {
					t.Errorf("got %+v, want it compressed", r)
				}
			}
			tb.wantNoProblems()
			for _, warning := range traffic.warnings {
				t.Errorf("the browser warned: %s", warning)
			}
		})
	}
}

// Whoever comes back loads nothing but what is new: the backend's answers. The page itself is asked about.
func TestEndToEndSecondVisit(t *testing.T) {
	t.Parallel()
	s, pages := pagesWithACard(t)
	for name, page := range pages {
		t.Run(name, func(t *testing.T) {
			tb := openTab(t, s.devserver, "about:blank")
			path := page(tb)
			tb.open(path)
			tb.awaitLive()
			tb.run(chromedp.Navigate("about:blank"))
			traffic := tb.recordTraffic()
			tb.open(path)
			tb.awaitLive()
			files := map[string]bool{}
			for _, r := range traffic.take() {
				switch {
				case r.path == path:
					if r.status != 304 {
						t.Errorf("the page: got %+v, want that it has not changed", r)
					}
				case strings.HasPrefix(r.path, "/api/"):
				case r.ended == 0 && r.path == "/"+icon(t): // browsers ask for it after all else
				case !r.kept || r.bytes != 0:
					t.Errorf("got %+v, want it from the browser's cache", r)
				default:
					files[r.path] = true
				}
			}
			for _, file := range []string{"xaman-sign-request.js", "xaman-sign-request.css", "xaman-sign-request.wasm"} {
				if !files["/"+readManifest(t).Files[file].Name] {
					t.Errorf("%s was not used: %q", file, slices.Collect(maps.Keys(files)))
				}
			}
			tb.wantNoProblems()
		})
	}
}

// A page whose card has nothing to show yet uses what it has asked for as well: the program is there when it has.
func TestEndToEndPagesUseWhatTheyAskFor(t *testing.T) {
	t.Parallel()
	d := start(t, nil, "-site", "../../site")
	program := "/" + readManifest(t).Files["xaman-sign-request.wasm"].Name
	for _, path := range sitePages(t) {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			tb := newVisitor(t, d)
			tb.before(`{
				const real = fetch;
				window.fetch = async (url, ...rest) => {
					const answer = await real(url, ...rest);
					window.fetched = window.fetched || new URL(url, location).pathname === '` + program + `';
					return answer;
				};
			}`)
			traffic := tb.recordTraffic()
			tb.open(path)
			tb.await(`window.fetched`)
			requests := slices.DeleteFunc(traffic.take(), func(r request) bool { return r.path != program })
			if len(requests) != 1 || !requests[0].byPage {
				t.Errorf("got %+v, want one request for the program, by the page", requests)
			}
			tb.wantNoProblems()
		})
	}
}
