//go:build e2e

package e2e

import (
	"context"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// What tabs and networks do to a card while somebody signs on the phone.

// recordSockets keeps every socket that the page's cards open, and can make the page ignore what they say.
const recordSockets = `
	window.sockets = [];
	window.ignoring = false;
	window.WebSocket = class extends WebSocket {
		constructor(...args) {
			super(...args);
			if (!String(args[0]).includes('/wire/')) sockets.push(this); // the demo's own, beside the card
		}
		addEventListener(type, f, ...options) {
			super.addEventListener(type, ignoring && type === 'message' ? () => {} : f, ...options);
		}
	};
	window.unclosed = () => sockets.filter((s) => s.readyState < WebSocket.CLOSING).length;
`

// back is the page to which the wallet leads back.
func back(uuid payload.UUID) string { return "/?request=" + string(uuid) }

// cached is what the browser says of a socket whose page it keeps or freezes.
const cached = "Page entered Back-Forward Cache"

// outcomeTime is how soon a page has to show what became of a request, once it can know. A ledger closes within four
// seconds, and is waited for.
const outcomeTime = 10 * time.Second

func (tb *tab) offline(is bool) {
	tb.t.Helper()
	block := func(ctx context.Context) error {
		everything := []*network.Conditions{{DownloadThroughput: -1, UploadThroughput: -1}}
		_, err := network.EmulateNetworkConditionsByRule(is, everything).Do(ctx)
		return err
	}
	tb.run(network.Enable(), network.OverrideNetworkState(is, 0, -1, -1), chromedp.ActionFunc(block))
}

func TestEndToEndOffline(t *testing.T) {
	t.Parallel()
	tb := newTabAfter(t, "/", recordSockets)
	uuid := tb.follow("pay")
	tb.offline(true)
	tb.eval(`sockets[0].close()`, nil) // the browser does not, for a while, nor does it let the socket's end through
	tb.awaitUnseen(connected(payload.Offline), maxWait)
	tb.await(`shown('connection') !== ''`)
	tb.phone(t, uuid, "open", "accept")
	tb.offline(false)
	tb.awaitUnseen(inPhase(payload.PhaseVerified), outcomeTime)
	tb.wantOnce(payload.PhaseVerified)
	tb.wantNoProblems("ERR_INTERNET_DISCONNECTED", "WebSocket connection to")
}

func TestEndToEndFrozenWhileTheSocketIsSilent(t *testing.T) {
	t.Parallel()
	tb := newTab(t, "/")
	uuid := tb.follow("pay", "silent")
	tb.run(page.SetWebLifecycleState(page.SetWebLifecycleStateStateFrozen))
	tb.phone(t, uuid, "open", "accept")
	tb.run(page.SetWebLifecycleState(page.SetWebLifecycleStateStateActive))
	tb.awaitUnseen(inPhase(payload.PhaseVerified), outcomeTime)
	tb.wantOnce(payload.PhaseVerified)
	tb.wantNoProblems(cached)
}
