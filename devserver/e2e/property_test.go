//go:build e2e

package e2e

import (
	"slices"
	"strings"
	"testing"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// What frameworks do with the element: they set properties where there are some, and attributes where there are none.

func TestEndToEndProperties(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ script, want string }{
		"text": {`for (const name of texts) it[name] = 'a b';
			return [texts.map((name) => it[name]).join(), it.getAttributeNames().join()]`,
			`["a b,a b,a b,a b,a b,a b,a b,a b,a b,a b,a b,a b","uuid,demo,preview,layout,error-correction,qr-logo,return-url,` +
				`return-origins,backend,platform,amount,view-key"]`},
		"of attributes": {`it.setAttribute('return-url', '/thanks'); it.setAttribute('layout', 'compact');
			return [it.returnUrl, it.layout, it.uuid]`, `["/thanks","compact",""]`},
		"nothing": {`for (const none of ['', null, undefined, false]) {
				for (const name of [...texts, 'payload', 'texts']) { it[name] = { a: 1 }; it[name] = none; }
			}
			return [it.getAttributeNames(), it.payload, it.texts]`, `[[],null,null]`},
		"language": {`it.lang = 'de'; return it.getAttribute('lang')`, `"de"`},
		"an object": {`it.payload = { uuid: 'ü' }; return [it.getAttribute('payload'), it.payload.uuid]`,
			`["{\"uuid\":\"ü\"}","ü"]`},
		"an object as JSON":              {`it.payload = '{"uuid":"ü"}'; return it.payload.uuid`, `"ü"`},
		"an object as others hand it on": {`it.payload = new Proxy({ uuid: 'ü' }, {}); return it.payload.uuid`, `"ü"`},
		"what is no JSON": {`return ['', '{', 'null', '1', '"a"', 'true', '[object Object]', 'undefined'].map((text) => {
				it.setAttribute('payload', text);
				return it.payload;
			})`, `[null,null,null,null,null,null,null,null]`},
		"that are there": {`return [...texts, 'payload', 'texts', 'settled'].filter((name) => !(name in it))`, `[]`},
		"before the definition": {`const early = document.createElement('pay-early');
			Object.assign(early, { payload: { uuid: 'ü' }, backend: '/api', returnUrl: '/', texts: { a: 'b' }, other: 1 });
			class Early extends it.constructor {}
			Early.define('pay-early');
			document.body.append(early);
			const { payload, backend, returnUrl, texts: said } = early;
			early.remove();
			return [payload.uuid, backend, returnUrl, said.a, Object.keys(early), early.getAttribute('backend')]`,
			`["ü","/api","/","b",["other"],"/api"]`},
		"of a class with fields": {`class Fields extends it.constructor { demo = 'pay'; layout = 'button'; }
			Fields.define('pay-fields');
			const own = document.createElement('pay-fields');
			document.body.append(own);
			const attributes = own.getAttributeNames();
			own.remove();
			return [attributes, own.demo]`, `[["demo","layout"],"pay"]`},
	}
	tb := newEmptyTab(t)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := get[string](tb, `JSON.stringify((() => {
				const it = document.createElement('xaman-sign-request');
				const texts = ['uuid', 'demo', 'preview', 'layout', 'errorCorrection', 'qrLogo', 'returnUrl', 'returnOrigins',
					'backend', 'platform', 'amount', 'viewKey'];
				`+tt.script+`;
			})())`)
			if got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
	tb.wantNoProblems()
}

// What nobody can read is told by an event, and not thrown at the page.
func TestEndToEndMalformedAttributes(t *testing.T) {
	t.Parallel()
	tb := newEmptyTab(t)
	got := get[string](tb, `JSON.stringify((() => {
		const it = document.createElement('xaman-sign-request');
		const names = it.constructor.observedAttributes;
		for (const name of [...names, 'lang']) it.setAttribute(name, '{"%zz": ');
		document.body.append(it);
		return [it.payload, it.texts, it.uuid, it.layout, it.getDebugReport().phase, names.length];
	})())`)
	if want := `[null,null,"{\"%zz\": ","{\"%zz\": ","",13]`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	tb.await(`events.some((e) => e.code === 'bad-payload' && e.fatal)`)
	tb.await(`part('title')?.checkVisibility() && part('title').textContent !== ''`)
	// The console tells what is wrong with the way on, the language, and the image for the code.
	tb.wantNoProblems("return-url is refused", "Incorrect locale", "400 (Bad Request)")
}

// However late the element is defined, it shows what was asked of it before.
func TestEndToEndDefinedLate(t *testing.T) {
	t.Parallel()
	const plain = `document.createElement('xaman-sign-request')`
	tests := map[string]struct {
		make  string // as it: the element, not defined yet
		warns bool
	}{
		"property":           {`it.payload = made.payload`, false},
		"attribute":          {`it.setAttribute('payload', JSON.stringify(made.payload))`, false},
		"property of JSON":   {`it.payload = JSON.stringify(made.payload)`, false},
		"object as text":     {`it.setAttribute('payload', made.payload)`, true},
		"both, as it may be": {`it.setAttribute('payload', made.payload); it.payload = made.payload`, false},
	}
	s := openShop(t)
	s.addPlain(t)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tb := newVisitor(t, s.devserver)
			tb.open("/plain.html")
			uuid := tb.create("pay")
			tb.eval(`{
				const it = `+plain+`;
				const made = created;
				`+tt.make+`;
				it.backend = '/api';
				it.platform = made.platform;
				document.body.append(it);
				window.kept = it;
			}`, nil)
			tb.eval(`import('/xaman-sign-request.js').then(() => 0)`, nil)
			if tt.warns {
				tb.await(`events.some((e) => e.code === 'bad-payload')`)
				tb.eval(`kept.payload = created.payload, 0`, nil)
			}
			tb.awaitLive()
			tb.phone(t, uuid, "open", "accept")
			tb.awaitPhase(payload.PhaseVerified)
			if warned := strings.Contains(tb.complaints(), "[object Object]"); warned != tt.warns {
				t.Errorf("got the complaints %q, want a warning: %t", tb.complaints(), tt.warns)
			}
		})
	}
}

// A copy of an element shows the same, and what becomes of one is not the other's.
func TestEndToEndCloned(t *testing.T) {
	t.Parallel()
	tb := newEmptyTab(t)
	uuid := tb.create("pay")
	tb.eval(`add(), 0`, nil)
	tb.awaitLive()
	tb.phone(t, uuid, "open")
	tb.awaitPhase(payload.PhaseOpened)
	tb.eval(`document.body.append(window.copy = all()[0].cloneNode(true))`, nil)
	tb.await(`copy.dataset.phase === 'opened' && copy.dataset.connection === 'live'`)
	same := get[bool](tb, `copy.payload.uuid === created.uuid && copy.settled !== all()[0].settled`)
	if sockets := get[int](tb, `unclosed()`); sockets != 2 || !same {
		t.Errorf("got %d sockets, the same request: %t, want one for each and the same", sockets, same)
	}
	tb.eval(`all()[0].remove()`, nil)
	tb.await(`unclosed() === 1`)
	tb.phone(t, uuid, "accept")
	tb.awaitPhase(payload.PhaseVerified)
	tb.wantOnce(payload.PhaseVerified)
	tb.wantNoProblems()
}

// What is told by an event of one phase is not told by that of another.
func TestEndToEndDetails(t *testing.T) {
	t.Parallel()
	tb := newEmptyTab(t)
	uuid := tb.create("pay")
	tb.eval(`add(), 0`, nil)
	tb.awaitLive()
	tb.phone(t, uuid, "open", "accept")
	tb.awaitPhase(payload.PhaseVerified)
	tb.await(connected(payload.Closed))
	keys := get[[]string](tb, `[...new Set(events.map(({ name, ...e }) => Object.keys(e).sort().join()))]`)
	if want := []string{"account,connection,phase,txid,uuid"}; !slices.Equal(keys, want) {
		t.Errorf("got details with %q, want %q", keys, want)
	}
	told := get[[]string](tb, `[...new Set(events.map((e) => (e.phase === 'verified') + ' ' + !!e.account + !!e.txid))]`)
	if want := []string{"false falsefalse", "true truetrue"}; !slices.Equal(told, want) {
		t.Errorf("got who signed in %q, want it once that is verified: %q", told, want)
	}
	tb.wantNoProblems()
}

// An empty attribute counts as none, also for the room that the element takes.
func TestEndToEndEmptyAttributes(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	s.addPlain(t)
	tb := openTab(t, s.devserver, s.site+"/plain.html")
	tb.eval(`import('/xaman-sign-request.js').then(() => 0)`, nil)
	for _, name := range []string{"", "payload", "uuid", "demo", "preview"} {
		height := get[float64](tb, `(async () => {
			const it = Object.assign(document.createElement('xaman-sign-request'), { textContent: 'Nothing to pay' });
			it.setAttribute('backend', '/api');
			if ('`+name+`') it.setAttribute('`+name+`', '');
			document.body.append(it);
			const frame = it.shadowRoot.querySelector('[part=fallback]');
			while (frame.hidden) await new Promise((resolve) => setTimeout(resolve));
			return it.getBoundingClientRect().height;
		})()`)
		if height < 10 || height > 40 {
			t.Errorf("with an empty attribute %q the element is %v px high, want a line", name, height)
		}
	}
	tb.wantNoProblems()
}
