//go:build e2e && bench

package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/performance"
	"github.com/chromedp/chromedp"

	"github.com/xaman-live/xaman-live/wasm/payload/payloadtest"
)

// benchPage gives a page {counts, longTasks, program, took}: callbacks by their kind, tasks of more than 50 ms, the
// program's memory, and how long each message of a socket took from its event until the last text that was written for
// it, or until all listeners have had it if none was. What is done after that, such as waiting for the next one, delays
// nothing that is seen.
const benchPage = `
	window.counts = {};
	const counting = (name, f) => (...args) => { counts[name] = (counts[name] ?? 0) + 1; return f(...args); };
	for (const name of ['setTimeout', 'setInterval', 'requestAnimationFrame']) {
		const set = window[name];
		window[name] = (f, ...rest) => set(counting(name, f), ...rest);
	}
	for (const name of ['ResizeObserver', 'IntersectionObserver', 'MutationObserver']) {
		window[name] = class extends window[name] { constructor(f, options) { super(counting(name, f), options); } };
	}
	const { instantiateStreaming, instantiate } = WebAssembly;
	const keep = (made) => { window.program = (made.instance ?? made).exports.mem; return made; };
	WebAssembly.instantiateStreaming = (...args) => instantiateStreaming(...args).then(keep);
	WebAssembly.instantiate = (...args) => instantiate(...args).then(keep);
	window.longTasks = [];
	new PerformanceObserver((list) => longTasks.push(...list.getEntries().map((e) => e.duration)))
		.observe({ type: 'longtask' });
	window.took = [];
	let written = 0;
	for (const [of, name] of [[Node.prototype, 'textContent'], [CharacterData.prototype, 'data']]) {
		const { set, ...rest } = Object.getOwnPropertyDescriptor(of, name);
		const noting = function (text) { set.call(this, text); written = performance.now(); };
		Object.defineProperty(of, name, { ...rest, set: noting });
	}
	window.WebSocket = class extends WebSocket {
		#began = 0;
		#place = 0;
		constructor(...args) {
			super(...args);
			super.addEventListener('message', () => { [this.#began, this.#place] = [performance.now(), took.length]; });
		}
		addEventListener(type, ...rest) {
			super.addEventListener(type, ...rest);
			if (type !== 'message') return;
			super.addEventListener(type, () => {
				took[this.#place] = (written > this.#began ? written : performance.now()) - this.#began;
			});
		}
	};
`

// requests is a page with sign requests: of elements, or written by hand.
type requests struct {
	*tab
	stand *stand
	first int    // number of its first request
	show  string // function of JavaScript that shows the request of a create response
	live  string // how many are live and have their facts
	shown string // whether the latest one is shown, with its code
	time  string // what the first one counts down to
}

func (s *stand) elements(t *testing.T) *requests {
	r := s.open(t, "/cards.html")
	r.show = fmt.Sprintf(`(payload) => {
		const it = Object.assign(document.createElement('xaman-sign-request'), { payload });
		it.setAttribute('backend', '/api');
		it.setAttribute('platform', %q);
		document.querySelector('main').append(it);
	}`, s.origin)
	r.live = `all().filter((it) => it.dataset.connection === 'live' &&
		it.shadowRoot.querySelector('[part=card] [part=site]')?.textContent).length`
	r.shown = `all().at(-1).shadowRoot.querySelector('[part=card] [part=qr]:not([hidden]) path[d]')`
	r.time = `all()[0].shadowRoot.querySelector('[part=countdown-time]').textContent`
	return r
}

func (s *stand) handwritten(t *testing.T) *requests {
	r := s.open(t, "/handwritten/requests.html")
	r.first = 1000
	r.show = `show`
	r.live = `document.querySelectorAll('[data-connection=live]').length`
	r.shown = `document.querySelector('.card:last-child .code')`
	r.time = `document.querySelector('.time').textContent`
	return r
}

func (s *stand) open(t *testing.T, path string) *requests {
	r := &requests{tab: newVisitor(t, devserver{site: s.origin}), stand: s}
	r.run(performance.Enable(), chromedp.EmulateViewport(1280, 900))
	r.before(benchPage)
	r.tab.open(path)
	return r
}

// add shows sign requests and waits until they are live.
func (r *requests) add(from, to int) {
	var created []json.RawMessage
	for n := from; n < to; n++ {
		created = append(created, json.RawMessage(r.stand.created(r.first+n)))
	}
	r.eval(fmt.Sprintf(`%s.forEach(%s), 0`, toJSON(created), r.show), nil)
	r.awaitUnseen(fmt.Sprintf(`%s === %d`, r.live, to), maxWait)
}

// addEach shows sign requests one after another, and returns how long each takes to be shown and laid out, in ms, the
// shortest first. It goes on with the next one when the one before is live.
func (r *requests) addEach(from, to int) []float64 {
	var took []float64
	for n := from; n < to; n++ {
		took = append(took, get[float64](r.tab, fmt.Sprintf(`(async () => {
			const turn = ({ port1, port2 }) => new Promise((done) => { port1.onmessage = done; port2.postMessage(0); });
			const began = performance.now();
			(%s)(%s);
			while (!%s) await turn(new MessageChannel());
			document.querySelector('main').lastElementChild.getBoundingClientRect();
			return performance.now() - began;
		})()`, r.show, r.stand.created(r.first+n), r.shown)))
		r.awaitUnseen(fmt.Sprintf(`%s === %d`, r.live, n+1), maxWait)
	}
	slices.Sort(took)
	return took
}

// settle lets elements ask the backend whether something happened before they listened, as they do for 7 seconds.
func settle() { time.Sleep(8 * time.Second) }

// busy is the time in ms that the page's main thread has been busy since it was opened, in all and with scripts.
func (r *requests) busy() (all, scripts float64) {
	r.t.Helper()
	r.run(chromedp.ActionFunc(func(ctx context.Context) error {
		list, err := performance.GetMetrics().Do(ctx)
		for _, m := range list {
			switch m.Name {
			case "TaskDuration":
				all = m.Value * 1000
			case "ScriptDuration":
				scripts = m.Value * 1000
			}
		}
		return err
	}))
	return all, scripts
}

// idle returns how busy the page is while nothing happens, in ms for each second, and what it is called for. Meanwhile
// each socket says once that it is alive.
func (r *requests) idle() (busy, scripts float64, counts map[string]int) {
	const seconds = 15
	r.eval(`counts = {}, 0`, nil)
	allBefore, scriptsBefore := r.busy()
	time.Sleep(seconds * time.Second)
	all, scripts := r.busy()
	return (all - allBefore) / seconds, (scripts - scriptsBefore) / seconds, get[map[string]int](r.tab, `counts`)
}

// messages returns how long frames take from their event to the page, in ms, the shortest first.
func (r *requests) messages(slower float64) []float64 {
	const n = 300
	r.run(emulation.SetCPUThrottlingRate(slower))
	r.eval(`took.length = 0`, nil)
	for i := range n {
		r.stand.send(standUUID(r.first), payloadtest.ExpiresIn(1400-3*i))
		time.Sleep(time.Duration(15+i%7) * time.Millisecond)
	}
	r.awaitUnseen(fmt.Sprintf(`took.length >= %d`, n), maxWait)
	r.run(emulation.SetCPUThrottlingRate(1))
	took := get[[]float64](r.tab, `took`)
	slices.Sort(took)
	return took
}

// memory is that of the program, in kB. It never shrinks.
func (r *requests) memory() float64 { return get[float64](r.tab, `program.buffer.byteLength`) / 1000 }

// burst sends a thousand frames at once, and returns the longest task in ms, or 0 if none had more than 50, and how
// many frames were lost.
func (r *requests) burst() (longest, lost float64) {
	const n = 1000
	r.eval(`took.length = longTasks.length = 0`, nil)
	var frames []string
	for i := range n {
		frames = append(frames, payloadtest.ExpiresIn(1400-i%300))
	}
	r.stand.send(standUUID(r.first), append(frames, payloadtest.ExpiresIn(300))...)
	r.awaitUnseen(r.time+` < '5:01'`, maxWait)
	r.eval(`new Promise((resolve) => setTimeout(resolve, 100))`, nil) // what observes tasks is told afterwards
	tasks := get[[]float64](r.tab, `longTasks`)
	return slices.Max(append(tasks, 0)), n + 1 - get[float64](r.tab, `took.length`)
}

// benchCards says what cards cost while they are shown.
func benchCards(t *testing.T) []row {
	const (
		n    = 100
		byUs = "hand-written page"
	)
	s := newStand(t)
	theirs, ours := s.handwritten(t), s.elements(t)
	fast, theirFast := ours.one(), theirs.one()
	slow := ours.messages(4)
	theirSlow := theirs.messages(4)
	longest, lost := ours.burst()

	const each = 20 // as many are shown one after another
	memoryBefore := ours.memory()
	one, theirOne := ours.addEach(1, 1+each), theirs.addEach(1, 1+each)
	shownBefore, _ := ours.busy()
	ours.add(1+each, n)
	shown, _ := ours.busy()
	theirShownBefore, _ := theirs.busy()
	theirs.add(1+each, n)
	theirShown, _ := theirs.busy()
	settle()
	memoryAfter := ours.memory()

	idle, scripts, calls := ours.idle()
	theirIdle, theirScripts, theirCalls := theirs.idle()
	t.Logf("callbacks in 15 seconds of a hundred cards: %v; of the hand-written page: %v", calls, theirCalls)
	ours.hide(true)
	hidden, _, hiddenCalls := ours.idle()
	t.Logf("callbacks in 15 seconds while hidden: %v", hiddenCalls)

	atOnce := s.elements(t)
	atOnce.first = 2 * theirs.first
	atOnce.add(0, 1)
	atOnceBefore := atOnce.memory()
	atOnce.add(1, n)
	settle()
	atOnceAfter := atOnce.memory()
	return []row{
		{"a hundred waiting, main thread", "ms/s", idle, timesPeer(1.5), byUs, theirIdle},
		{"… of it in scripts", "ms/s", scripts, limit{}, byUs, theirScripts},
		{"… while nobody can see the page", "ms/s", hidden, limit{}, "", 0},
		{"a further card, program memory", "kB", (memoryAfter - memoryBefore) / (n - 1), atMost(60), "", 0},
		{"… where a hundred come at once", "kB", (atOnceAfter - atOnceBefore) / (n - 1), atMost(60), "", 0},
		{"a further card, until it is shown", "ms", one[each/2], atMost(4), byUs, theirOne[each/2]},
		{"… main thread, until it is live", "ms", (shown - shownBefore) / (n - 1 - each), limit{}, byUs,
			(theirShown - theirShownBefore) / (n - 1 - each)},
		{"message to page, median", "ms", fast[len(fast)/2], timesPeer(2.5), byUs, theirFast[len(theirFast)/2]},
		{"message to page, 99 of 100, CPU 4× slower", "ms", slow[len(slow)*99/100], atMost(16.7), byUs,
			theirSlow[len(theirSlow)*99/100]},
		{"burst of 1,000 frames, longest task over 50", "ms", longest, atMost(50), "", 0},
		{"burst of 1,000 frames, lost", "frames", lost, atMost(0), "", 0},
	}
}

// one shows the first request, and returns how long its frames take.
func (r *requests) one() []float64 {
	r.add(0, 1)
	settle()
	return r.messages(1)
}
