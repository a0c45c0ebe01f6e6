//go:build e2e

package e2e

import (
	"fmt"
	"testing"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// What the element shows and asks before the program is there.

// answerCalls has the page's calls of the backend answered by the test, and notes them in window.calls. The first are
// answered by what is in window.answers, as status and body; where there is none, there is no answer.
const answerCalls = `{
	window.calls = [];
	window.answers = [];
	const real = fetch;
	window.fetch = async (url, init) => {
		if (!String(url).includes('/sign-requests')) return real(url, init);
		calls.push({ url: String(url), key: '', ...init, ...init.headers, signal: undefined });
		if (answers.length === 0) throw new TypeError('Failed to fetch');
		const { status = 200, ...body } = answers.shift();
		return new Response(body.text ?? JSON.stringify(body), { status });
	};
	window.answer = (change) => {
		const uuid = '` + string(sample) + `';
		const page = 'https://xumm.app/sign/' + uuid;
		const refs = { qr_png: page + '_q.png', websocket_status: page.replace('http', 'ws') };
		const payload = { uuid, next: { always: page }, refs, pushed: false };
		return { uuid, verdict: 'none', checks: [], expires_in: 300, payload, ...change({ payload }) };
	};
}`

// Before the program has judged an answer, only what cannot be wrong is drawn.
func TestEndToEndEarlyAnswers(t *testing.T) {
	t.Parallel()
	const other = "1b2c7a52-3c1e-4b53-9d4e-5f1b8c1f0a77"
	tests := map[string]struct {
		answer string // what differs from an answer about the request
		shown  bool
	}{
		"pending":                 {`{}`, true},
		"for as long as it likes": {`{ expires_in: null }`, true},
		"opened on a phone":       {`{ state: 'opened' }`, false},
		"signed":                  {`{ state: 'signed', verdict: 'checking' }`, false},
		"verified":                {`{ state: 'signed', verdict: 'verified' }`, false},
		"rejected":                {`{ state: 'rejected' }`, false},
		"expired":                 {`{ state: 'expired' }`, false},
		"cancelled":               {`{ state: 'cancelled' }`, false},
		"of an unknown state":     {`{ state: 'fine' }`, false},
		"with a verdict":          {`{ verdict: 'verified' }`, false},
		"out of time":             {`{ expires_in: 0 }`, false},
		"about another":           {`{ uuid: '` + other + `' }`, false},
		"with another's payload":  {`{ payload: { ...payload, uuid: '` + other + `' } }`, false},
		"without a payload":       {`{ payload: null }`, false},
		"with a script":           {`{ payload: { ...payload, next: { always: 'javascript:alert(1)' } } }`, false},
		"with a foreign image":    {`{ payload: { ...payload, refs: { qr_png: 'https://evil.example/q.png' } } }`, false},
		"with a foreign link":     {`{ payload: { ...payload, next: { always: 'https://evil.example/' } } }`, false},
		"refused":                 {`{ code: 404 }`, false},
		"failed":                  {`{ code: 503 }`, false},
		"no JSON":                 {`{ text: '<p>Hello' }`, false},
		"nothing":                 {`{ text: '' }`, false},
		"null":                    {`{ text: 'null' }`, false},
		"a list":                  {`{ text: '[]' }`, false},
	}
	tb := newEmptyTab(t)
	tb.before(holdProgram, answerCalls)
	tb.open("/watch.html")
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			drawn := get[int](tb, fmt.Sprintf(`(async () => {
				const { code = 200, state = 'pending', text, ...it } = answer(({ payload }) => (%s));
				window.calls.length = 0;
				answers.push({ text: text ?? JSON.stringify({ ...it, status: state }), status: code });
				const element = document.createElement('xaman-sign-request');
				element.setAttribute('backend', '/api');
				element.setAttribute('uuid', '%s');
				document.body.append(element);
				while (answers.length) await new Promise((r) => setTimeout(r));
				await new Promise((r) => setTimeout(r, 20));
				const drawn = element.shadowRoot.querySelectorAll('[part=fallback] :is(a[href], img[src])').length;
				element.remove();
				return drawn;
			})()`, test.answer, sample))
			want := map[bool]int{true: 2}[test.shown]
			if drawn != want {
				t.Errorf("got %d links and images, want %d", drawn, want)
			}
			if asked := get[string](tb, `calls.map(({ url, redirect, cache, credentials }) =>
				[url, redirect, cache, credentials].join(' ')).join()`); asked !=
				"/api/sign-requests/"+string(sample)+" error no-store include" {
				t.Errorf("asked %q, want one question that leads nowhere else", asked)
			}
		})
	}
}

// Frameworks mount an element twice, or put another one in its place: there is one question, and one request.
func TestEndToEndEarlyQuestionIsAskedOnce(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"the same element": `it.remove(); await turn(); document.body.append(it);`,
		"another element":  `it.remove(); await turn(); document.body.append(it.cloneNode());`,
		"moved":            `document.body.append(it);`,
	}
	for name, remount := range tests {
		t.Run(name, func(t *testing.T) {
			tb := newEmptyTab(t)
			tb.before(holdProgram, `{
				window.posts = [];
				const real = fetch;
				window.fetch = (url, init) => {
					if (init?.method === 'POST') posts.push(init.headers['Idempotency-Key']);
					return real(url, init);
				};
			}`)
			tb.open("/gallery.html")
			tb.eval(`(async () => {
				all().forEach((e) => e.remove());
				const turn = () => new Promise((r) => setTimeout(r, 30));
				const it = document.createElement('xaman-sign-request');
				it.setAttribute('backend', '/api');
				it.setAttribute('demo', 'pay');
				document.body.append(it);
				await turn();
				`+remount+`
				await turn();
			})()`, nil)
			tb.await(`frame('[part=link]')?.href`)
			link := get[string](tb, `frame('[part=link]').href`)
			tb.eval(`release()`, nil)
			uuid := tb.request()
			posts := get[[]string](tb, `posts`)
			if got := get[string](tb, `part('link').href`); got != link || len(posts) != 1 {
				t.Errorf("got link %q after %q, and %d questions, want the same link and one question", got, link, len(posts))
			}
			tb.phone(t, uuid, "open", "accept")
			tb.awaitPhase(payload.PhaseVerified)
			tb.wantNoProblems()
		})
	}
}

// A question that fails is asked again by the program, with the same key.
func TestEndToEndEarlyQuestionFails(t *testing.T) {
	t.Parallel()
	tb := newEmptyTab(t)
	tb.before(holdProgram, answerCalls)
	tb.open("/watch.html")
	tb.eval(`{
		window.keys = () => calls.filter(({ method }) => method === 'POST').map((call) => call['Idempotency-Key']);
		card.setAttribute('backend', '/api');
		card.setAttribute('demo', 'pay');
	}`, nil)
	tb.await(`keys().length === 1`)
	tb.eval(`release()`, nil)
	tb.await(`keys().length === 2`)
	keys := get[[]string](tb, `keys()`)
	if keys[0] != keys[1] || keys[0] == "" {
		t.Errorf("got keys %q, want the same one", keys)
	}
}

// noteStart has window.compiled() called when the program could start, and window.starts() just before it does.
const noteStart = `{
	window.compiled = window.starts = () => {};
	const { instantiateStreaming } = WebAssembly;
	const noting = (exports) => ({ ...exports, run(...args) { starts(); return exports.run(...args); } });
	WebAssembly.instantiateStreaming = async (...args) => {
		const { instance } = await instantiateStreaming(...args);
		compiled();
		const get = (of, name) => (name === 'exports' ? noting(of.exports) : of[name]);
		return { instance: new Proxy(instance, { get }) };
	};
}`

// While the program starts nothing else is done: an answer that comes just before is drawn first. The program does not
// wait for one that does not come.
func TestEndToEndEarlyAnswerBeforeTheProgramStarts(t *testing.T) {
	t.Parallel()
	for _, comes := range []bool{true, false} {
		t.Run(fmt.Sprintf("comes %t", comes), func(t *testing.T) {
			tb := newTabAfter(t, "/watch.html", holdProgram, answerCalls, noteStart, `{
				const { fetch } = window;
				const begun = new Promise((done) => { window.compiled = () => `+fmt.Sprint(comes)+` && done(); });
				window.fetch = async (url, init) => {
					const response = await fetch(url, init);
					if (init?.method !== 'POST') return response;
					const { status } = response, text = await response.text();
					await begun;
					return { status, text: () => text };
				};
				window.starts = () => { window.drawn = !!frame('[part=link]')?.href; };
			}`)
			tb.eval(`{
				answers.push({ text: JSON.stringify(answer(() => ({ status: 'pending' }))) });
				card.setAttribute('backend', '/api');
				card.setAttribute('demo', 'pay');
				setTimeout(release);
			}`, nil)
			tb.await(`'drawn' in window`)
			if drawn := get[bool](tb, `drawn`); drawn != comes {
				t.Errorf("the link was drawn before the program started: %t, want %t", drawn, comes)
			}
		})
	}
}

// Where there is no image of the code there may be its modules.
func TestEndToEndEarlyMatrix(t *testing.T) {
	t.Parallel()
	tb := newEmptyTab(t)
	tb.before(holdProgram)
	uuid := tb.create("pay")
	tb.eval(`localStorage.created = JSON.stringify(created)`, nil)
	tb.open("/watch.html")
	matrix := string(send(t, "GET", tb.sandbox+"/sign/"+string(uuid)+"_m.json", ""))
	for name, test := range map[string]struct {
		answer string
		drawn  bool
	}{
		"as the platform has it": {matrix, true},
		"empty":                  {`{"matrix":[]}`, false},
		"ragged":                 {`{"matrix":[[true],[true,false]]}`, false},
		"no matrix":              {`{}`, false},
		"huge":                   {`{"matrix":[` + fmt.Sprintf("%0*d", 200, 0) + `]}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			tb.eval(fmt.Sprintf(`(async () => {
				card.removeAttribute('payload');
				await new Promise((r) => setTimeout(r)); // or it would be the same as before
				const { payload } = JSON.parse(localStorage.created);
				const origin = location.origin;
				const there = origin + '/sign/' + payload.uuid;
				window.fetched = [];
				window.realFetch ??= fetch;
				window.fetch = (url, init) => {
					if (!String(url).endsWith('.json')) return realFetch(url, init);
					fetched.push(String(url));
					return Promise.resolve(new Response(%q));
				};
				card.setAttribute('platform', origin);
				const refs = { ...payload.refs, qr_png: '', qr_matrix: there + '_q.json' };
				card.payload = { ...payload, next: { always: there }, refs };
			})()`, test.answer), nil)
			tb.await(`fetched.join() === location.origin + '/sign/` + string(uuid) + `_m.json'`)
			tb.await(`frame('[part=link]')?.href.endsWith('/sign/` + string(uuid) + `')`)
			if !test.drawn {
				if get[bool](tb, `new Promise((r) => setTimeout(r, 20)).then(() => !!frame('[part=qr] path'))`) {
					t.Error("a code is drawn")
				}
				return
			}
			tb.await(`frame('[part=qr] path')?.getAttribute('d')`)
			text, level, err := read(tb.pictureOf(`early()`))
			if want := get[string](tb, `JSON.parse(localStorage.created).payload.next.always`); text != want || level != "M" {
				t.Errorf("got %q of level %s, %v, want %q", text, level, err, want)
			}
		})
	}
}
