//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Elements in a page's HTML have asked before their script is there, and ask no more then. Of two that ask the same,
// the other one waits, and so does one on which a script has set what may count more.
func TestEndToEndQuestionBeforeTheElement(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	files := readManifest(t).Files
	page := fmt.Sprintf(`<!doctype html><title>Shop</title>
		<script type="module" src=%q></script>
		<xaman-sign-request backend="/api" demo="pay"></xaman-sign-request>
		<xaman-sign-request backend="/api" demo="pay"></xaman-sign-request>
		<xaman-sign-request backend="/api" uuid=%q></xaman-sign-request>
		<xaman-sign-request id="set" backend="/api" demo="tip"></xaman-sign-request>
		<xaman-sign-request backend="/api" demo="pay" layout="button"></xaman-sign-request>`,
		files["question.js"].Name, sample)
	if err := os.WriteFile(filepath.Join(s.files, "asked.html"), []byte(page), 0o600); err != nil {
		t.Fatal(err)
	}
	tb := openTab(t, s.devserver, "about:blank")
	tb.before(holdProgram, answerCalls, `for (let n = 0; n < 4; n++) answers.push({
		text: JSON.stringify(answer(() => ({ status: 'pending' }))),
	}); document.onreadystatechange ??= () => { document.querySelector('#set').amount ??= '5'; };`)
	tb.open("/asked.html")
	const called = `calls.map(({ method, body }) => (method ?? 'GET') + (body ?? ''))`
	const asks, post, other = `GET`, `POST{"demo":"pay"}`, `POST{"demo":"tip","amount":"5"}`
	if got, want := get[[]string](tb, called), []string{post, asks}; !slices.Equal(got, want) {
		t.Errorf("got the calls %q, want %q before the element is there", got, want)
	}
	tb.eval(fmt.Sprintf(`import('/%s')`, files["xaman-sign-request.js"].Name), nil)
	tb.await(`document.querySelectorAll('xaman-sign-request').length === 5 && calls.length === 4 &&
		[...document.querySelectorAll('xaman-sign-request:not([layout])')]
			.every((it) => it.shadowRoot?.querySelector('[part=link]')?.href)`)
	if got, want := get[[]string](tb, called), []string{post, asks, post, other}; !slices.Equal(got, want) {
		t.Errorf("got the calls %q, want %q", got, want)
	}
	if keys := get[[]string](tb, `calls.map((call) => call['Idempotency-Key']).filter(Boolean)`); len(keys) != 3 ||
		keys[0] == keys[1] {
		t.Errorf("got the keys %q, want one for each order", keys)
	}
}

// What is clicked on the start page is asked for before the element is there, and its code too. The element takes up
// both. What is around the card waits for that.
func TestEndToEndOrderBeforeTheElement(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	text, err := os.ReadFile(filepath.Join(s.files, "index.html"))
	if err != nil {
		t.Fatal(err)
	}
	element := readManifest(t).Files["xaman-sign-request.js"].Name
	tag := fmt.Sprintf("<script type=\"module\" src=%q></script>", element)
	page := strings.Replace(string(text), tag, "", 1)
	if page == string(text) {
		t.Fatalf("the start page has no %s", tag)
	}
	if err := os.WriteFile(filepath.Join(s.files, "slow.html"), []byte(page), 0o600); err != nil {
		t.Fatal(err)
	}
	tb := newVisitor(t, s.devserver)
	tb.before(`{
		const { fetch } = window, wait = new Promise((tell) => { window.tell = tell; });
		window.fetch = async (url, init) => {
			if (url === '/api/sign-requests' && !init.method) await wait; // for the offers
			return fetch(url, init);
		};
	}`)
	asked := tb.recordRequests()
	tb.open("/slow.html")
	tb.await(`document.querySelector('[data-demo=pay]:enabled')`)
	tb.eval(`document.querySelector('[data-demo=pay]').click(), tell()`, nil)
	tb.await(`performance.getEntriesByType('resource').some(({ name }) => name.endsWith('_m.png'))`)
	tb.collect() // browsers do so when they please, and ask again for an image that nothing holds
	tb.eval(fmt.Sprintf(`import('/%s')`, element), nil)
	uuid := string(tb.request())
	tb.await(`document.getElementById('phone')?.src.includes('` + uuid + `')`)
	places := func(end string) (list []int) {
		for i, address := range asked() {
			if strings.HasSuffix(address, end) {
				list = append(list, i)
			}
		}
		return list
	}
	calls, codes, around := places("/api/sign-requests"), places(uuid+"_m.png"), places("/faults")
	socket := places("/sign/" + uuid)[0] // before the phone's page, which has the same end
	if len(calls) != 2 || len(codes) != 1 || len(around) != 1 || around[0] < socket {
		t.Errorf("got offers and orders %d, codes %d, a socket %d and faults %d of %q, want one of each, in this order",
			calls, codes, socket, around, asked())
	}
	tb.wantNoProblems()
}
