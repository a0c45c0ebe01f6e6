//go:build e2e

package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// The socket that the element dials before the program is there.

// scriptSockets has window.script(socket, n) play the platform for the n-th socket of the page, from when it is dialed.
// A socket that is dialed before there is a card is early. Sample is a create response.
const scriptSockets = `{
	window.sockets = [];
	window.script = () => {};
	window.WebSocket = class Scripted extends EventTarget {
		static CONNECTING = 0;
		static OPEN = 1;
		CONNECTING = 0;
		readyState = 0;
		early = !document.querySelector('xaman-sign-request').shadowRoot.querySelector('[part=card]');
		constructor(url) {
			super();
			this.url = url;
			script(this, sockets.push(this));
		}
		open() {
			this.readyState = 1;
			this.dispatchEvent(new Event('open'));
			this.say({ message: 'Welcome ' + this.url.slice(-36) });
		}
		say(it) { this.dispatchEvent(new MessageEvent('message', { data: JSON.stringify(it) })); }
		end() {
			this.readyState = 3;
			this.dispatchEvent(new Event('error'));
			this.dispatchEvent(new CloseEvent('close', { code: 1006 }));
		}
		send() {}
		close() {
			if (this.readyState > 1) return;
			this.readyState = 2;
			setTimeout(() => this.end());
		}
	};
	window.soon = (f) => queueMicrotask(f); // before the program can have asked for a socket
	window.sample = (uuid = '` + string(sample) + `') => {
		const page = 'https://xumm.app/sign/' + uuid;
		return { uuid, next: { always: page }, refs: { websocket_status: page.replace('http', 'ws') }, pushed: false };
	};
}`

// newScriptedTab is a page with one element, which shows nothing yet and whose program does not start yet.
func newScriptedTab(t *testing.T) *tab {
	t.Helper()
	tb := newTabAfter(t, "/watch.html", holdProgram, scriptSockets)
	return tb
}

// wantSockets fails the test unless so many sockets were dialed, that many of them early and so many still open.
func (tb *tab) wantSockets(all, early, open int) {
	tb.t.Helper()
	got := get[[]int](tb, `[sockets.length, sockets.filter((s) => s.early).length,
		sockets.filter((s) => s.readyState < 2).length]`)
	if want := []int{all, early, open}; !slices.Equal(got, want) {
		tb.t.Errorf("got %v sockets: all, early and open; want %v", got, want)
	}
}

// What was said before the program listens is heard in its order, before what is said later, and once.
func TestEndToEndAheadOrder(t *testing.T) {
	t.Parallel()
	tb := newScriptedTab(t)
	tb.eval(`{
		window.script = (socket) => {
			soon(() => {
				socket.open();
				socket.say({ expires_in_seconds: 300 });
				for (let n = 0; n < 5; n++) socket.say({ early: n });
				const listen = socket.addEventListener;
				socket.addEventListener = function (type, ...rest) {
					listen.call(this, type, ...rest);
					if (type === 'open') setTimeout(() => {
						for (let n = 0; n < 5; n++) socket.say({ late: n });
						socket.say({ pre_signed: true });
					});
				};
				socket.say({ opened: true });
			});
		};
		card.payload = sample();
		release();
	}`, nil)
	tb.awaitPhase(payload.PhaseSigning)
	tb.awaitLive()
	tb.wantSockets(1, 1, 1)
	if got := get[[]payload.Phase](tb, `events.map((e) => e.phase)`); !slices.Equal(slices.Compact(got),
		[]payload.Phase{payload.PhaseWaiting, payload.PhaseOpened, payload.PhaseSigning}) {
		t.Errorf("went through %q", got)
	}
	if got := get[int](tb, `card.getDebugReport().unknown`); got != 10 {
		t.Errorf("heard %d messages that mean nothing, want all 10", got)
	}
	if got := get[int](tb, `card.getDebugReport().dials`); got != 1 {
		t.Errorf("the program dialed %d times, want once", got)
	}
	tb.wantNoProblems()
}

// The handshake is over before the program is there, and what has been said of the time left then is as of now.
func TestEndToEndAheadOfTheProgram(t *testing.T) {
	t.Parallel()
	tb := newScriptedTab(t)
	tb.eval(`{
		window.script = (socket) => soon(() => {
			socket.open();
			const said = new MessageEvent('message', { data: '{"expires_in_seconds":300}' });
			Object.defineProperty(said, 'timeStamp', { value: performance.now() - 60_000 });
			socket.dispatchEvent(said);
		});
		card.payload = sample();
	}`, nil)
	tb.awaitUnseen(`sockets[0]?.readyState === 1`, maxWait)
	tb.eval(`release()`, nil)
	tb.awaitLive()
	const shown = `card.shadowRoot.querySelector('[part=card]').textContent.match(/Time left\s*(\d+):(\d\d)/)`
	tb.await(shown)
	if left := get[int](tb, shown+`.slice(1).reduce((minutes, seconds) => 60 * minutes + Number(seconds))`); left > 240 {
		t.Errorf("the card shows %d seconds left, want at most 240", left)
	}
	tb.wantSockets(1, 1, 1)
	tb.wantNoProblems()
}

// What comes while the program starts is heard before the card is drawn. Browsers hand it over piece by piece.
func TestEndToEndAheadWhileTheProgramStarts(t *testing.T) {
	t.Parallel()
	tb := newTabAfter(t, "/watch.html", holdProgram, scriptSockets, noteStart)
	tb.eval(`{
		window.script = (socket) => {
			const { addEventListener } = socket;
			socket.addEventListener = (...args) => {
				socket.heardWhen = socket.readyState;
				addEventListener.apply(socket, args);
			};
		};
		window.starts = () => setTimeout(() => setTimeout(() => sockets[0].open()));
		card.payload = sample();
		release();
	}`, nil)
	tb.awaitLive()
	if state := get[int](tb, `sockets[0].heardWhen`); state != 1 {
		t.Errorf("the program listened to a socket in state %d, want an open one, 1", state)
	}
	tb.wantSockets(1, 1, 1)
	tb.wantNoProblems()
}

func TestEndToEndAhead(t *testing.T) {
	const show, open = `card.payload = sample()`, `soon(() => s.open())`
	const another = `card.payload = sample('1b2c7a52-3c1e-4b53-9d4e-5f1b8c1f0a77')`
	never := func(of, name, value string) string {
		return fmt.Sprintf(`Object.defineProperty(%s, '%s', { get: () => %s }), %s`, of, name, value, show)
	}
	const throws = `{ if (n === 1) { s.readyState = 3; throw new Error('no'); } soon(() => s.open()); }`
	tests := map[string]struct {
		given            string // to the page
		script           string // of the n-th socket
		all, early, open int
	}{
		"open when it is wanted":   {show, open, 1, 1, 1},
		"dialed when it is wanted": {show, `setTimeout(() => s.open(), 1500)`, 1, 1, 1},
		"refused":                  {show, `soon(() => (n === 1 ? s.end() : s.open()))`, 2, 1, 1},
		"ended":                    {show, `soon(() => { s.open(); if (n === 1) s.end(); })`, 2, 1, 1},
		"ending":                   {show, `soon(() => { s.open(); if (n === 1) s.close(); })`, 2, 1, 1},
		"cannot be dialed":         {show, throws, 2, 1, 1},
		"another request is shown": {show, `soon(() => { s.open(); if (n === 1) ` + another + `; })`, 2, 2, 1},
		"two cards of one request": {`add(), all().forEach((it) => { it.payload = sample(); })`, open, 2, 1, 2},
		"a hundred cards":          {show + `; for (let n = 1; n < 100; n++) add()`, open, 100, 1, 100},
		"nobody looks":             {never("document", "hidden", "true"), open, 1, 0, 1},
		"no network":               {never("navigator", "onLine", "false"), open, 1, 0, 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tb := newScriptedTab(t)
			tb.eval(fmt.Sprintf(`{
				window.created = { payload: sample(), platform: '' };
				window.script = (s, n) => %s;
				%s;
				all().forEach((it) => it.removeAttribute('backend'));
				release();
			}`, test.script, test.given), nil)
			tb.awaitUnseen(`all().every((it) => it.dataset.connection === 'live')`, maxWait)
			tb.wantSockets(test.all, test.early, test.open)
			tb.eval(`all().forEach((it) => it.remove())`, nil)
			tb.awaitUnseen(`sockets.every((s) => s.readyState !== 1)`, maxWait)
			tb.wantSockets(test.all, test.early, 0)
			tb.wantNoProblems()
		})
	}
}

// What only the backend's answer names is dialed early too.
func TestEndToEndAheadOfWhatIsAskedFor(t *testing.T) {
	t.Parallel()
	for name, value := range map[string]string{"demo": "pay", "uuid": string(sample)} {
		t.Run(name, func(t *testing.T) {
			tb := newTabAfter(t, "/watch.html", holdProgram, answerCalls, scriptSockets)
			tb.eval(fmt.Sprintf(`
				window.script = (socket) => soon(() => socket.open());
				const text = JSON.stringify(answer(() => ({ status: 'pending', payload: sample() })));
				answers.push({ text }, { text });
				card.setAttribute('backend', '/api');
				card.setAttribute(%q, %q);
			`, name, value), nil)
			tb.await(`frame('[part=link]')?.href`)
			tb.eval(`release()`, nil)
			tb.awaitLive()
			tb.wantSockets(1, 1, 1)
			tb.wantNoProblems()
		})
	}
}

// A socket that nobody takes is closed, and nobody dials for what may not be dialed.
func TestEndToEndAheadIsGivenUp(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		given  string
		script string
		all    int
	}{
		"the card is removed": {`card.payload = sample()`, `soon(() => { s.open(); it.remove(); })`, 1},
		"the program refuses the request": {
			`card.setAttribute('payload', JSON.stringify(sample()).replace('"pushed"', '"Pushed":1,"pushed"'))`,
			`soon(() => s.open())`, 1,
		},
		"another host": {
			`card.payload = { ...sample(), refs: { websocket_status: 'wss://evil.example/sign/' + sample().uuid } }`, ``, 0,
		},
		"a button":   {`card.setAttribute('layout', 'button'), card.payload = sample()`, ``, 0},
		"a preview":  {`card.setAttribute('preview', 'waiting')`, ``, 0},
		"no request": {`card.setAttribute('uuid', sample().uuid)`, ``, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			tb := newScriptedTab(t)
			tb.eval(fmt.Sprintf(`{
				window.it = card;
				window.script = (s) => { %s };
				%s;
				release();
			}`, test.script, test.given), nil)
			tb.awaitUnseen(`!it.isConnected || it.shadowRoot.querySelector('[part=card], dialog')`, maxWait)
			const closed = `sockets.length === %d && sockets.every((s) => s.readyState === 3)`
			tb.awaitUnseen(fmt.Sprintf(closed, test.all), maxWait)
			tb.wantSockets(test.all, test.all, 0)
			tb.wantNoProblems()
		})
	}
}

// A visitor's page has one connection for each card, and the phone is followed on it. It is dialed after the code is
// asked for, which a visitor waits for.
func TestEndToEndAheadOnOneConnection(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	empty := s.add(t, "empty", ``)
	for _, how := range []string{"payload", "demo", "uuid"} {
		t.Run(how, func(t *testing.T) {
			tb := newVisitor(t, s.devserver)
			tb.before(recordSockets)
			asked := tb.recordRequests()
			tb.open(empty)
			tb.open(s.add(t, how, fmt.Sprintf(tb.handed(how), "", "")))
			tb.awaitLive()
			uuid := tb.request()
			tb.phone(t, uuid, "open", "accept")
			tb.awaitPhase(payload.PhaseVerified)
			if n := get[int](tb, `sockets.length`); n != 1 {
				t.Errorf("got %d sockets, want one", n)
			}
			code := func(address string) bool { return strings.HasSuffix(address, "_m.png") }
			socket := func(address string) bool { return strings.HasPrefix(address, "ws") }
			if n := slices.IndexFunc(asked(), code); n < 0 || n > slices.IndexFunc(asked(), socket) {
				t.Errorf("got %q, want the code before the socket", asked())
			}
			tb.wantOnce(payload.PhaseVerified)
			tb.wantNoProblems()
		})
	}
}
