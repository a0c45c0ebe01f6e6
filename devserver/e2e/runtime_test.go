//go:build e2e

package e2e

import (
	"testing"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// The program takes nothing of what a page has for what the toolchain's runtime brings along, and leaves nothing there.
func TestEndToEndPageHasTheNamesOfTheRuntime(t *testing.T) {
	t.Parallel()
	const names = `['Go', 'fs', 'process', 'path', 'xamanLiveReady', 'addEventListener', 'setTimeout', 'WebSocket']`
	tests := map[string]string{
		"as ids":        `document.body.append(Object.assign(document.createElement('a'), { id: name }))`,
		"as form names": `document.body.append(Object.assign(document.createElement('form'), { name }))`,
		"as frames":     `document.body.append(Object.assign(document.createElement('iframe'), { name }))`,
		"of scripts":    `if (!(name in globalThis)) globalThis[name] = { env: {}, constants: {} }`,
	}
	for name, add := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tb := newTab(t, "/")
			tb.eval(`for (const name of `+names+`) { `+add+`; }`, nil)
			tb.eval(`window.had = `+names+`.map((name) => globalThis[name]), 0`, nil)
			uuid := tb.pick("sign-in")
			tb.phone(t, uuid, "open", "accept")
			tb.awaitPhase(payload.PhaseVerified)
			changed := get[[]string](tb, names+`.filter((name, i) => globalThis[name] !== had[i])`)
			if len(changed) > 0 {
				t.Errorf("the page's own %q were replaced", changed)
			}
			tb.wantNoProblems()
		})
	}
}

// An exception that goes through Go leaves it as good as dead. The elements are told, as of any other end of it.
func TestEndToEndExceptionThroughTheProgram(t *testing.T) {
	t.Parallel()
	tb := newTabAfter(t, "/", recordSockets)
	tb.pick("pay")
	tb.eval(`setTimeout(() => sockets[0].dispatchEvent(
		Object.defineProperty(new MessageEvent('message'), 'data', { get() { throw new Error('no data'); } }))), 0`, nil)
	tb.await(`plain(all()[0], 'a')?.checkVisibility()`)
	tb.wantErrorCodes("not-loaded")
	tb.wantIdle()
	tb.wantNoProblems("no data", "Go program has already exited")
}

// A server that goes wrong while many sockets are being closed.
func TestEndToEndErrorsWhileClosing(t *testing.T) {
	t.Parallel()
	tb := newEmptyTab(t)
	tb.create("pay")
	tb.eval(`window.cards = Array.from({ length: 8 }, () => add()), 0`, nil)
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
