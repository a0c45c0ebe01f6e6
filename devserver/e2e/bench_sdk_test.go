//go:build e2e && bench

package e2e

import (
	"fmt"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// recordMessages notes in window.heard when the message that a request was opened came to each of the page's sockets,
// and in window.told when the element and the vendor's SDK have told the page of it.
const recordMessages = `
	window.heard = [];
	window.told = {};
	window.WebSocket = class extends WebSocket {
		constructor(...args) {
			super(...args);
			super.addEventListener('message', ({ data }) => {
				if (data.includes('opened')) heard.push([this.ours, performance.now()]);
			});
			this.ours = window.addingOurs;
		}
	};
	addEventListener('xaman-change', ({ detail }) => {
		if (detail.phase === 'opened') told.ours ??= performance.now();
	});
	window.subscribe = (endpoint, uuid) => {
		const { XummSdk } = require('xumm-sdk');
		const sdk = new XummSdk('5a6d0c1e-0000-4000-8000-000000000001', '5a6d0c1e-0000-4000-8000-000000000002');
		sdk.setEndpoint(endpoint);
		return sdk.payload.subscribe({ meta: { uuid } }, ({ data }) => {
			if (data.opened) told.theirs ??= performance.now();
		}).then(({ websocket }) => new Promise((resolve) => { websocket.onopen = resolve; }));
	};
`

// benchSDK compares with what the platform's vendor has for pages: its SDK tells them what the socket says.
func benchSDK(t *testing.T) []row {
	s := openShop(t)
	const bundle = "xumm-sdk.js"
	s.put(t, filepath.Join(peers, "xumm-sdk/dist/browser.min.js"), bundle)
	page := s.add(t, "sdk", `<script src="`+bundle+`"></script>`)
	var ours, theirs []float64
	for range 9 {
		tb := newVisitor(t, s.devserver)
		tb.before(recordMessages)
		tb.open(page)
		uuid := tb.create("pay")
		tb.eval(fmt.Sprintf(`subscribe(%q, %q)`, tb.sandbox, uuid), nil)
		tb.eval(`window.addingOurs = true, add(), 0`, nil)
		tb.awaitLive()
		tb.phone(t, uuid, "open")
		tb.awaitPhase(payload.PhaseOpened)
		tb.await(`told.theirs && heard.length === 2`)
		took := func(who string, is bool) float64 {
			return get[float64](tb, `told.`+who+` - heard.find(([ours]) => !!ours === `+strconv.FormatBool(is)+`)[1]`)
		}
		ours, theirs = append(ours, took("ours", true)), append(theirs, took("theirs", false))
	}
	files := readManifest(t).Files
	all := 0.0
	for _, name := range []string{"xaman-sign-request.js", "xaman-sign-request.css", "xaman-sign-request.wasm"} {
		all += float64(files[name].Brotli)
	}
	return []row{
		{"from the first message that it was opened to the page's script", "ms", median(ours), limit{}, "xumm-sdk",
			median(theirs)},
		{"all that a page loads for it, brotli", "bytes", all, limit{}, "xumm-sdk", s.brotli(t, bundle)},
	}
}
