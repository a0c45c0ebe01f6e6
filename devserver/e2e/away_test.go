//go:build e2e

package e2e

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/performance"
	"github.com/chromedp/chromedp"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// recordReturn notes how a page came to be shown the last time.
const recordReturn = `addEventListener('pageshow', (e) => { window.persisted = e.persisted; });`

const cache = "in the browser's cache"

// ways in which a page is away and comes back.
var ways = map[string]struct{ leave, comeBack func(*tab) }{
	"frozen": {
		func(tb *tab) { tb.run(page.SetWebLifecycleState(page.SetWebLifecycleStateStateFrozen)) },
		func(tb *tab) { tb.run(page.SetWebLifecycleState(page.SetWebLifecycleStateStateActive)) },
	},
	cache: {
		func(tb *tab) { tb.open("/gallery.html") },
		func(tb *tab) { tb.eval(`setTimeout(() => history.back()), 0`, nil) },
	},
}

// wantKept waits until the page is shown as the browser kept it.
func (tb *tab) wantKept() {
	tb.t.Helper()
	tb.awaitUnseen(`location.pathname === '/' && 'persisted' in window`, maxWait)
	reasons := get[string](tb, `persisted ? '' :
		JSON.stringify(performance.getEntriesByType('navigation')[0].notRestoredReasons) || 'none given'`)
	if reasons != "" {
		tb.t.Fatalf("the browser did not keep the page: %s", reasons)
	}
}

// away is a page with four cards, whose sockets are open, being closed, cut and being dialed while it is away.
type away struct {
	*tab
	name  string
	way   string
	left  time.Time
	until time.Time
	cards map[string]payload.UUID
}

func leave(t *testing.T, v *tab, platform *relay, way string, for_ time.Duration) *away {
	t.Helper()
	a := &away{tab: v, name: fmt.Sprintf("%s for %v", way, for_), way: way, cards: map[string]payload.UUID{}}
	a.before(recordReturn)
	a.open("/")
	a.eval(`window.cards = {}, 0`, nil)
	add := func(state string, connection payload.Connection) {
		a.eval(fmt.Sprintf(`cards[%q] = add(), 0`, state), nil)
		a.awaitUnseen(fmt.Sprintf(`cards[%q].dataset.connection === %q`, state, connection), maxWait)
	}
	for _, state := range []string{"open", "closing", "cut"} {
		a.cards[state] = a.create("pay")
		add(state, payload.Live)
	}
	a.cards["dialing"] = a.create("pay")
	platform.hold(a.cards["dialing"], true)
	add("dialing", payload.Connecting)
	platform.hold(a.cards["closing"], true)
	a.eval(`cards.closing.remove()`, nil)
	delete(a.cards, "closing")

	ways[way].leave(a.tab)
	a.left = time.Now()
	a.until = a.left.Add(for_)
	platform.cut(a.cards["cut"])
	platform.hold(a.cards["dialing"], false)
	for _, uuid := range a.cards {
		a.phone(t, uuid, "open", "accept")
	}
	return a
}

// wantIdle waits until the page computes for less than half of the time, and fails the test if it never does.
func (tb *tab) wantIdle() {
	tb.t.Helper()
	busy := func() (seconds float64) {
		ticks := performance.Enable().WithTimeDomain(performance.EnableTimeDomainThreadTicks) // not what others compute
		tb.run(ticks, chromedp.ActionFunc(func(ctx context.Context) error {
			metrics, err := performance.GetMetrics().Do(ctx)
			for _, m := range metrics {
				if m.Name == "TaskDuration" {
					seconds = m.Value
				}
			}
			return err
		}))
		return seconds
	}
	for end := time.Now().Add(maxWait); ; {
		before := busy()
		tb.eval(`new Promise((resolve) => setTimeout(resolve, 1000))`, nil)
		took := busy() - before
		if took < 0.5 {
			return
		}
		if time.Now().After(end) {
			tb.t.Fatalf("the page computed for %.2f s of the last second, and was never idle for %v", took, maxWait)
		}
	}
}

// A page that comes back works and shows what is so, whatever became of its sockets meanwhile. The longest absence is
// longer than the page waits for a silent socket.
func TestEndToEndAway(t *testing.T) {
	t.Parallel()
	platform := newRelay(t, nil)
	d := startBehind(t, platform)
	var pages []*away
	for _, seconds := range []time.Duration{40, 25, 3} {
		for way := range ways {
			pages = append(pages, leave(t, newVisitor(t, d), platform, way, seconds*time.Second))
		}
	}
	slices.SortFunc(pages, func(a, b *away) int { return a.until.Compare(b.until) })
	for _, a := range pages {
		<-time.After(time.Until(a.until))
		t.Logf("%s: back after %v", a.name, time.Since(a.left).Round(100*time.Millisecond))
		ways[a.way].comeBack(a.tab)
		if a.way == cache {
			a.wantKept()
		}
		for state := range a.cards {
			a.awaitUnseen(fmt.Sprintf(`cards[%q].dataset.phase === 'verified'`, state), outcomeTime)
		}
		a.wantIdle()
		a.wantNoProblems(cached, "WebSocket connection to")
	}
}

// A socket on a dead network takes the browser some seconds to close. A visitor who tries again does not wait for it.
func TestEndToEndTriedAgainBesideADeadSocket(t *testing.T) {
	t.Parallel()
	platform := newRelay(t, nil)
	d := startBehind(t, platform)
	tb := newVisitor(t, d)
	tb.before(recordSockets)
	tb.open("/")
	first := tb.pick("pay")
	platform.hold(first, true)
	tb.phone(t, first, "open", "reject")
	tb.eval(`dispatchEvent(new Event('online'))`, nil)
	tb.awaitPhase(payload.PhaseRejected)
	tb.act("renew")
	tb.awaitPhase(payload.PhaseWaiting)
	if !get[bool](tb, `sockets.some((s) => s.readyState === WebSocket.CLOSING)`) {
		t.Error("the new request is not shown before the first one's socket is closed")
	}
	if second := tb.request(); second == first {
		t.Error("the new request is the old one")
	}
	tb.wantNoProblems("WebSocket connection to")
}
