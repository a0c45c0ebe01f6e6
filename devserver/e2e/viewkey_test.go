//go:build e2e

package e2e

import (
	"fmt"
	"strings"
	"testing"
)

// The page's key goes with every call, the first of them included, and no cookie does. A new key leaves the card as it
// is, and no key is to be found anywhere else.
func TestEndToEndViewKey(t *testing.T) {
	t.Parallel()
	tb := newTabAfter(t, "/watch.html", answerCalls)
	wantCalls := func(from string, key string) {
		t.Helper()
		others := get[[]string](tb, fmt.Sprintf(`calls.slice(%s).filter(({ url }) => url.includes(%q))
			.map((it) => [it['View-Key'], it.credentials].join(' ')).filter((it) => it !== %q)`, from, sample, key+" omit"))
		if len(others) > 0 {
			t.Errorf("got calls with %q, want the key %s and no cookies", others, key)
		}
	}
	tb.eval(fmt.Sprintf(`
		window.pending = { text: JSON.stringify(answer(() => ({ status: 'pending' }))) };
		window.expired = { status: 403, text: '{"error":{"code":"view-key-expired","message":"It is over."}}' };
		window.say = (it) => { window.answers = { length: 1, shift: () => it }; }; // to all calls from now on
		window.last = () => calls.at(-1) ?? {};
		say(pending);
		Object.assign(card, { backend: '/api', uuid: %q, viewKey: 'k3y-first' });`, sample), nil)
	tb.await(`shown('title') === 'Scan with Xaman' && events.some((e) => e.uuid)`)
	wantCalls("0", "k3y-first")

	tb.eval(`window.drawn = part('title'); window.before = calls.length; card.viewKey = 'k3y-second'`, nil)
	tb.await(`calls.length > before && last()['View-Key'] === 'k3y-second'`)
	wantCalls("before", "k3y-second")

	tb.eval(`say(expired); card.check()`, nil)
	tb.await(`shown('title') === 'This page is out of date'`)
	tb.await(`events.some((e) => e.code === 'view-key-expired' && !e.fatal)`)
	tb.eval(`say(pending); card.viewKey = 'k3y-third'`, nil)
	tb.await(`shown('title') === 'Scan with Xaman' && last()['View-Key'] === 'k3y-third'`)

	tb.eval(`card.viewKey = 'k3ÿ €\n'`, nil)
	tb.await(`last()['View-Key'] === 'k3????'`)
	if !get[bool](tb, `part('title') === drawn`) {
		t.Error("another key made another card")
	}
	for _, place := range []string{`card.getDebugReport()`, `localStorage`, `sessionStorage`, `events`, `location`,
		`performance.getEntries()`, `calls.map(({ url }) => url)`} {
		if text := get[string](tb, `JSON.stringify(`+place+`)`); strings.Contains(text, "k3") || text == "" {
			t.Errorf("%s: a view key is in %s", place, text)
		}
	}
	tb.wantNoProblems("xumm.app") // where nobody may dial
}
