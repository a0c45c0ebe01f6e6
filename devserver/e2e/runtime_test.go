//go:build e2e

package e2e

import (
	"fmt"
	"slices"
	"testing"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// The program takes nothing of what a page has for what the toolchain's runtime brings along, and leaves nothing there.
func TestEndToEndPageHasTheNamesOfTheRuntime(t *testing.T) {
	const names = `['Go', 'fs', 'process', 'path', 'xamanLiveReady', 'addEventListener', 'setTimeout', 'WebSocket']`
	tests := map[string]string{
		"as ids":        `document.body.append(Object.assign(document.createElement('a'), { id: name }))`,
		"as form names": `document.body.append(Object.assign(document.createElement('form'), { name }))`,
		"as frames":     `document.body.append(Object.assign(document.createElement('iframe'), { name }))`,
		"of scripts":    `if (!(name in globalThis)) globalThis[name] = { env: {}, constants: {} }`,
	}
	for name, add := range tests {
		t.Run(name, func(t *testing.T) {
			tb := newTab(t, "/")
			tb.eval(`for (const name of `+names+`) { `+add+`; }`, nil)
			tb.eval(`window.had = `+names+`.map((name) => globalThis[name]), 0`, nil)
			uuid := tb.pick("sign-in")
			tb.phone(t, uuid, "open", "accept")
			tb.awaitPhase(payload.PhaseVerified)
			var changed []string
			tb.eval(names+`.filter((name, i) => globalThis[name] !== had[i])`, &changed)
			if len(changed) > 0 {
				t.Errorf("the page's own %q were replaced", changed)
			}
			tb.wantNoProblems()
		})
	}
}

// An exception that goes through Go leaves it as good as dead. The elements are told, as of any other end of it.
func TestEndToEndExceptionThroughTheProgram(t *testing.T) {
	tb := newRecordedTab(t, "/")
	tb.pick("pay")
	tb.eval(`setTimeout(() => sockets[0].dispatchEvent(
		Object.defineProperty(new MessageEvent('message'), 'data', { get() { throw new Error('no data'); } }))), 0`, nil)
	tb.await(`document.querySelector('xaman-sign-request a')?.checkVisibility()`)
	if got, want := tb.errorCodes(), []string{"not-loaded"}; !slices.Equal(got, want) {
		t.Errorf("error codes are %q, want %q", got, want)
	}
	tb.wantIdle()
	tb.wantNoProblems("no data", "Go program has already exited")
}

// A server that goes wrong while many sockets are being closed.
func TestEndToEndErrorsWhileClosing(t *testing.T) {
	tb := newRecordedTab(t, "/gallery.html")
	tb.eval(`document.querySelectorAll('xaman-sign-request').forEach((e) => e.remove())`, nil)
	tb.create("pay")
	tb.eval(`window.cards = Array.from({ length: 8 }, () => {
		const it = document.createElement('xaman-sign-request');
		give(it);
		it.setAttribute('backend', '/api');
		document.body.append(it);
		return it;
	}), 0`, nil)
	tb.await(`cards.every((it) => it.dataset.connection === 'live')`)
	tb.eval(`{
		for (const socket of sockets) {
			socket.close = (...args) => {
				setTimeout(() => socket.dispatchEvent(new Event('error')));
				WebSocket.prototype.close.apply(socket, args);
			};
		}
		cards.forEach((it) => it.remove());
	}`, nil)
	tb.await(`sockets.every((socket) => socket.readyState === WebSocket.CLOSED)`)
	tb.wantIdle()
	tb.wantNoProblems()
}

func TestEndToEndDebugReport(t *testing.T) {
	tb := newTab(t, "/")
	var report struct {
		Phase      payload.Phase
		Connection payload.Connection
		Request    string
		Go         string
		Dials      int
		Closes     int
		Asks       int
		LastClose  string
		History    []struct {
			Seconds    float64
			Phase      payload.Phase
			Connection payload.Connection
		}
		Errors []struct{ Code, Message string }
	}
	tb.eval(`card.getDebugReport()`, &report)
	if report.Phase != "" || report.Connection != payload.Closed {
		t.Errorf("before anything is shown: got %+v", report)
	}
	uuid := tb.create("pay")
	tb.faults(uuid, "drop-after-opened")
	tb.show()
	tb.awaitLive()
	tb.phone(t, uuid, "open")
	tb.await(`events.some((e) => e.connection === 'reconnecting')`)
	tb.awaitLive()
	tb.phone(t, uuid, "accept")
	tb.awaitPhase(payload.PhaseVerified)
	tb.await(connected(payload.Closed))
	tb.eval(`card.getDebugReport()`, &report)
	if report.Phase != payload.PhaseVerified || report.Connection != payload.Closed || report.Request != uuid.Short() ||
		report.Go == "" ||
		report.Dials != 2 || report.Closes < 1 || report.Asks < 2 || report.LastClose == "" || len(report.History) < 5 ||
		len(report.Errors) != 0 {
		t.Errorf("got %+v", report)
	}
	var whole bool
	tb.eval(fmt.Sprintf(`JSON.stringify(card.getDebugReport()).toLowerCase().includes(%q)`, uuid), &whole)
	if whole {
		t.Error("the report tells the whole UUID")
	}
	tb.wantNoProblems()
}

// A defect that ends the program leaves every element of the page with its link and its code. It is brought about by an
// event such as no browser sends, in code that is not ours.
func TestEndToEndProgramEnds(t *testing.T) {
	tb := newRecordedTab(t, "/gallery.html")
	tb.eval(`document.querySelectorAll('xaman-sign-request').forEach((e) => e.remove())`, nil)
	for range 3 {
		tb.create("pay")
		tb.eval(`{
			const it = document.createElement('xaman-sign-request');
			give(it);
			it.setAttribute('backend', '/api');
			document.body.append(it);
		}`, nil)
	}
	tb.await(`[...document.querySelectorAll('xaman-sign-request')].every((e) => e.dataset.connection === 'live')`)
	tb.eval(`window.fates = [...document.querySelectorAll('xaman-sign-request')].map((e) => e.settled.then(() => `+
		`'resolved', (e) => e.name)), 0`, nil)
	tb.eval(`setTimeout(() => sockets[0].dispatchEvent(new Event('close'))), 0`, nil)
	tb.await(`[...document.querySelectorAll('xaman-sign-request')].every((e) => ` +
		`e.querySelector('a')?.checkVisibility() && e.querySelector('img')?.naturalWidth > 100)`)
	tb.await(`[...document.querySelectorAll('xaman-sign-request')].every((e) => ` +
		`e.shadowRoot.querySelector('[part=notice]').checkVisibility())`)
	if got, want := tb.errorCodes(), []string{"not-loaded", "not-loaded", "not-loaded"}; !slices.Equal(got, want) {
		t.Errorf("error codes are %q, want %q", got, want)
	}
	var fates []string
	tb.run(chromedp.Evaluate(`Promise.all(fates)`, &fates,
		func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }))
	if want := []string{"Error", "Error", "Error"}; !slices.Equal(fates, want) {
		t.Errorf("settled: got %q, want %q", fates, want)
	}
	var links []string
	tb.eval(`[...new Set([...document.querySelectorAll('xaman-sign-request a')].map((e) => e.href))]`, &links)
	if len(links) != 3 {
		t.Errorf("got links %q, want three", links)
	}
	// An element that comes later gets its link as well.
	tb.eval(`{
		const it = document.createElement('xaman-sign-request');
		it.id = 'late';
		give(it);
		document.body.append(it);
	}`, nil)
	tb.await(`document.querySelector('#late a')?.checkVisibility()`)
	// The card is as usable as a link is: it can be removed, asked, and changed.
	tb.eval(`for (const it of document.querySelectorAll('xaman-sign-request')) { it.getDebugReport(); it.remove(); }`, nil)
	tb.wantNoProblems("exit code", "panic", "goroutine", "Go program has already exited")
}
