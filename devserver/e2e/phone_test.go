//go:build e2e

package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestEndToEndPhonePage is a person who uses the simulated phone by hand, in a browser.
func TestEndToEndPhonePage(t *testing.T) {
	t.Parallel()
	tb := newTab(t, "/")
	for demo, facts := range map[string][]string{
		"sign-in": {"Sign in", "Memo", "127.0.0.1", "TESTNET"},
		"pay":     {"Payment", "2.5 XRP", "InvoiceID", "0.000012 XRP", "Two coffees", "4711"},
	} {
		t.Run(demo, func(t *testing.T) {
			tb.run(chromedp.Navigate(tb.site + "/"))
			tb.create(demo)
			tb.run(chromedp.Navigate(get[string](tb, `created.payload.next.always`)),
				chromedp.Click(`[value=open]`, chromedp.ByQuery), chromedp.WaitVisible(`[value=accept]`, chromedp.ByQuery))
			review := get[string](tb, `document.querySelector('main').innerText`)
			for _, fact := range facts {
				if !strings.Contains(review, fact) {
					t.Errorf("want %q in %s", fact, review)
				}
			}
			tb.run(chromedp.Click(`[value=accept]`, chromedp.ByQuery))
			tb.run(chromedp.WaitVisible(`.badge.good`, chromedp.ByQuery))
			tb.wantNoProblems()
		})
	}
}

// TestEndToEndPhoneOfOthers is a page of another origin that posts to the phone, once from another port of the host and
// once from another host.
func TestEndToEndPhoneOfOthers(t *testing.T) {
	t.Parallel()
	tb := newTab(t, "/")
	uuid := tb.create("pay")
	hostile := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, `<form method="post" action="%s/sign/%s"><input name="act" value="accept"><button>A gift</button>
			</form>`, tb.sandbox, uuid)
	}))
	t.Cleanup(hostile.Close)
	for _, origin := range []string{hostile.URL, strings.Replace(hostile.URL, "127.0.0.1", "localhost", 1)} {
		var refusal string
		tb.run(chromedp.Navigate(origin), chromedp.Click(`button`, chromedp.ByQuery))
		tb.run(chromedp.Text(`pre`, &refusal, chromedp.ByQuery))
		if !strings.Contains(refusal, "cross-site") {
			t.Errorf("from %s: got %s, want it refused", origin, refusal)
		}
	}
	tb.wantNoProblems("403")
	if page := send(t, "GET", tb.sandbox+"/sign/"+string(uuid), ""); !strings.Contains(string(page), `value="open"`) {
		t.Errorf("got %s, want the request untouched", page)
	}
}
