//go:build e2e

package e2e

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// donations is a site to which visitors give what they like.
const donations = `
[offers.donation]
kind = "donation"
label = "Thank the barista"
to = "` + company + `"
min = "1"
max = "100"
`

// The visitor's amount goes with the name of the offer. What the backend says of one that it does not take is shown,
// and the next one is what is paid. An offer is asked for with cookies, whatever view key there is.
func TestEndToEndAmount(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "donations.toml")
	if err := os.WriteFile(file, []byte(donations), 0o600); err != nil {
		t.Fatal(err)
	}
	tb := newVisitor(t, start(t, nil, "-site", "../../site", "-config", file))
	tb.before(`{
		window.posts = [];
		const real = fetch;
		window.fetch = (url, init) => {
			if (init?.method === 'POST') posts.push([init.body, init.credentials, init.headers['View-Key']].join(' '));
			return real(url, init);
		};
	}`)
	tb.open("/watch.html")
	tb.eval(`Object.assign(card, { backend: '/api', demo: 'donation', amount: '0.5', viewKey: 'k3y' })`, nil)
	tb.await(`shown('title') === 'Choose another amount' && shown('line').includes('from 1 to 100 XRP')`)
	tb.await(`events.some((e) => e.code === 'amount' && e.fatal)`)
	tb.eval(`card.amount = '2.50'`, nil)
	tb.phone(t, tb.request(), "open", "accept")
	tb.awaitPhase(payload.PhaseVerified)
	tb.wantShown("line", "2.5 XRP has arrived.")
	want := []string{`{"demo":"donation","amount":"0.5"} include `, `{"demo":"donation","amount":"2.50"} include `}
	if got := get[[]string](tb, `posts`); !slices.Equal(got, want) {
		t.Errorf("got calls %q, want %q", got, want)
	}
	tb.wantNoProblems("view-key is not used", "400 (Bad Request)")
	if told := tb.complaints(); !strings.Contains(told, "view-key is not used") || strings.Contains(told, "k3y") {
		t.Errorf("the developer was told %q", told)
	}
}
