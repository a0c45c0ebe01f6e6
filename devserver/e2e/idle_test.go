//go:build e2e

package e2e

import (
	"fmt"
	"math"
	"slices"
	"testing"
)

// countCalls notes {calls, timers, mutations} of a page: what calls a script without anything having happened, what is
// set to do so, and the parts of cards that were changed.
const countCalls = `
	window.calls = 0;
	window.timers = new Set();
	const counting = (f) => (...args) => { calls += 1; return f(...args); };
	const { setTimeout: set, clearTimeout: clear, setInterval: repeat } = window;
	window.setTimeout = (f, delay = 0, ...rest) => {
		const id = set((...args) => { timers.delete(id); counting(f)(...args); }, delay, ...rest);
		if (delay > 0) timers.add(id); // else it is a task, and the next one
		return id;
	};
	window.clearTimeout = (id) => { timers.delete(id); clear(id); };
	window.setInterval = (f, ...rest) => repeat(counting(f), ...rest);
	const { requestAnimationFrame } = window;
	window.requestAnimationFrame = (f) => requestAnimationFrame(counting(f));
	for (const name of ['ResizeObserver', 'IntersectionObserver']) {
		window[name] = class extends window[name] { constructor(f, options) { super(counting(f), options); } };
	}
	window.mutations = [];
	const partOf = (node) => (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement).getAttribute('part');
	const observer = new MutationObserver((list) => mutations.push(...list.map((it) => partOf(it.target))));
	window.during = async (milliseconds) => {
		[calls, mutations] = [0, []];
		const began = performance.now();
		await new Promise((resolve) => setTimeout(resolve, milliseconds));
		calls -= 1; // this one
		return { calls, mutations, seconds: (performance.now() - began) / 1000 };
	};
	window.watchCards = () => all().forEach((it) => observer.observe(it.shadowRoot,
		{ subtree: true, childList: true, characterData: true, attributes: true }));
`

// activity is what happened on a page for a while.
type activity struct {
	Calls     int
	Mutations []string // names of parts
	Seconds   float64  // how long the while was: a page that others keep waiting is called late
}

// eachSecond reports whether something happened so many times that it may be what happens once a second.
func (a activity) eachSecond(times, of int) bool {
	return math.Abs(float64(times)-a.Seconds*float64(of)) <= 1.1*float64(of)
}

// Cards that wait cost the page one timer a second, and each of those in the window, or near it, one text. While nobody
// can see the page nothing moves.
func TestEndToEndIdle(t *testing.T) {
	t.Parallel() // it waits for most of its time
	const n = 20
	tb := newTabAfter(t, "/gallery.html", countCalls, holdProgram)
	tb.eval(`all().forEach((it) => it.remove())`, nil)
	tb.create("pay")
	tb.eval(fmt.Sprintf(`for (let i = 0; i < %d; i += 1) add(); all()[0].scrollIntoView()`, n), nil)
	tb.awaitUnseen(`timers.size > 0`, maxWait) // a socket is dialed before the program is there
	tb.eval(`release()`, nil)
	live := `all().every((it) => it.dataset.connection === 'live') && (window.liveAt = performance.now())`
	tb.awaitUnseen(live, maxWait) // it leaves no timer of its own
	if set := get[int](tb, `timers.size`); set > 1 {
		t.Errorf("got %d timers for %d cards that are live, want one for all of them", set, n)
	}
	// What the program puts off when it starts comes ten seconds later, see startTakes in wasm/browser/mount.go.
	tb.await(`performance.now() > liveAt + 10_500`)
	// They ask the backend for some seconds whether something happened before they listened.
	tb.eval(`(async () => {
		const asks = () => all().reduce((sum, it) => sum + it.getDebugReport().asks, 0);
		for (let before = -1; before !== asks();) { before = asks(); await during(2500); }
		watchCards();
	})()`, nil)
	seen := get[activity](tb, `during(4000)`)
	if !seen.eachSecond(seen.Calls, 1) {
		t.Errorf("got %d calls in %.1f seconds, want one a second for all cards", seen.Calls, seen.Seconds)
	}
	near := get[int](tb, `all().map((it) => it.getBoundingClientRect())
		.filter((box) => box.bottom > -innerHeight / 2 && box.top < innerHeight * 1.5).length`)
	if got := len(seen.Mutations); near == 0 || near == n || !seen.eachSecond(got, near) {
		t.Errorf("got %d changes in %.1f seconds, want one a second for each of %d cards", got, seen.Seconds, near)
	}
	slices.Sort(seen.Mutations)
	if parts := slices.Compact(seen.Mutations); !slices.Equal(parts, []string{"countdown-time"}) {
		t.Errorf("got changes of %q, want only of the time that is left", parts)
	}
	tb.hide(true)
	get[activity](tb, `during(1500)`) // the timer that was set still ends
	if unseen := get[activity](tb, `during(4000)`); unseen.Calls > 0 || len(unseen.Mutations) > 0 {
		t.Errorf("got %+v while hidden, want nothing", unseen)
	}
	tb.hide(false)
	tb.wantNoProblems()
}

// hide has the page take it that nobody can see it, or that somebody can.
func (tb *tab) hide(is bool) {
	tb.t.Helper()
	tb.eval(fmt.Sprintf(`Object.defineProperty(document, 'hidden', { value: %t, configurable: true }),
		document.dispatchEvent(new Event('visibilitychange')), 0`, is), nil)
}
