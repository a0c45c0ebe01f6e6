//go:build e2e && bench

package e2e

import (
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"image"
	"image/jpeg"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/css"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// What a visitor with a slow line and a slow machine has to wait for.

// The line, as browsers imitate it: each answer comes so much later than its request, and all of them share the bytes.
const (
	latency  = 150 // milliseconds
	downLine = 1.6e6 / 8
	upLine   = 750e3 / 8 // bytes per second
	slowdown = 4         // of the machine
)

// timing is what one visit to a page took, in milliseconds since it began.
type timing struct {
	paint float64 // the first that has content
	code  float64 // until a reader that is not ours reads the code from what the screen shows
	live  float64 // until the page listens to the platform
	start float64 // from the program's last byte until then
	shift float64 // by the browser's own measure, what follows a click included
	bytes float64 // that came until then, with the heads of the answers
	files float64 // those bytes without the backend's and the platform's answers, and the page itself
}

// line is how long the bytes alone take.
func (v timing) line() float64 { return v.bytes / downLine * 1000 }

// watchVisit resolves window.visit when the page is live and what it has then has been painted. A page that offers
// something first is clicked as soon as that can be.
const watchVisit = `window.visit = new Promise((resolve) => {
	let shift = 0;
	new PerformanceObserver((list) => { for (const { value } of list.getEntries()) shift += value; })
		.observe({ type: 'layout-shift', buffered: true });
	const pay = () => document.querySelector('[data-demo=pay]:enabled');
	let clicked = false;
	const look = new MutationObserver(() => {
		if (!clicked && pay()) {
			clicked = true;
			setTimeout(() => pay().click());
		}
		const shown = document.querySelector('[data-connection=live]');
		if (!shown) return;
		const live = performance.now();
		look.disconnect();
		requestAnimationFrame(() => requestAnimationFrame(() => {
			const { x, y, width, height } = shown.getBoundingClientRect();
			resolve({
				origin: performance.timeOrigin, live, shift, x, y, width, height,
				start: live - performance.getEntriesByType('resource').find(({ name }) => name.endsWith('.wasm'))?.responseEnd,
				paint: performance.getEntriesByName('first-contentful-paint')[0].startTime,
				link: (shown.shadowRoot?.querySelector('[part=card] [part=link]') ?? shown.querySelector('#link')).href,
			});
		}));
	});
	look.observe(document, { subtree: true, childList: true, attributeFilter: ['data-connection', 'disabled'] });
});`

// seen is what window.visit tells.
type seen struct {
	Origin, Paint, Live, Shift float64
	Start                      float64
	X, Y, Width, Height        float64 // of what is live
	Link                       string
}

// slow is a tab on a slow line.
type slow struct {
	*tab
	mu       sync.Mutex
	frames   []*page.EventScreencastFrame
	requests map[network.RequestID]*network.EventRequestWillBeSent
	answers  []*network.EventLoadingFinished
}

// newSlow opens a browser that has never been anywhere.
func newSlow(t *testing.T, d devserver) *slow {
	t.Helper()
	browser, end, err := startBrowser() // of its own, which keeps files and compiled programs on disk
	t.Cleanup(end)
	if err != nil {
		t.Fatalf("start browser: %v", err)
	}
	s := &slow{tab: newTabIn(t, browser, d), requests: map[network.RequestID]*network.EventRequestWillBeSent{}}
	chromedp.ListenTarget(s.ctx, s.note)
	s.before(watchVisit)
	line := []*network.Conditions{{Latency: latency, DownloadThroughput: downLine, UploadThroughput: upLine}}
	s.run(network.Enable(), emulation.SetCPUThrottlingRate(slowdown), css.Disable(), dom.Disable(),
		chromedp.EmulateViewport(1280, 1000), chromedp.ActionFunc(func(ctx context.Context) error {
			_, err := network.EmulateNetworkConditionsByRule(false, line).Do(ctx)
			return err
		}), page.StartScreencast().WithFormat(page.ScreencastFormatJpeg).WithQuality(90))
	return s
}

func (s *slow) note(event any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch e := event.(type) {
	case *page.EventScreencastFrame:
		s.frames = append(s.frames, e)
		go chromedp.Run(s.ctx, page.ScreencastFrameAck(e.SessionID)) // or no other comes
	case *network.EventRequestWillBeSent:
		s.requests[e.RequestID] = e
	case *network.EventLoadingFinished:
		s.answers = append(s.answers, e)
	}
}

// goTo goes to a page without waiting for anything there, and forgets what was seen of others.
func (s *slow) goTo(path string) {
	s.t.Helper()
	s.run(chromedp.Navigate("about:blank"))
	s.mu.Lock()
	s.frames, s.answers = nil, nil
	clear(s.requests)
	s.mu.Unlock()
	s.run(chromedp.ActionFunc(func(ctx context.Context) error {
		_, _, _, _, err := page.Navigate(s.site + path).Do(ctx)
		return err
	}))
}

// load opens a page whose files nothing uses, and returns when the last byte of the program has come, in milliseconds.
func (s *slow) load(path string) float64 {
	s.t.Helper()
	s.goTo(path)
	return get[float64](s.tab, `new Promise((resolve) => {
		new PerformanceObserver((list) => {
			const program = list.getEntries().find(({ name }) => name.endsWith('.wasm'));
			if (program) resolve(program.responseEnd);
		}).observe({ type: 'resource', buffered: true });
	})`)
}

// visit opens a page and waits until it is live.
func (s *slow) visit(path string) timing {
	s.t.Helper()
	s.goTo(path)
	it := get[seen](s.tab, `visit`)
	v := timing{paint: it.Paint, live: it.Live, start: it.Start, shift: it.Shift, code: s.scanned(it)}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, answer := range s.answers {
		r := s.requests[answer.RequestID]
		if r == nil {
			continue
		}
		came := r.WallTime.Time().Add(answer.Timestamp.Time().Sub(r.Timestamp.Time()))
		if since(it.Origin, came) > it.Live {
			continue
		}
		v.bytes += answer.EncodedDataLength
		if r.Type != network.ResourceTypeDocument && strings.HasPrefix(r.Request.URL, s.site) &&
			!strings.HasPrefix(r.Request.URL, s.site+"/api/") {
			v.files += answer.EncodedDataLength
		}
	}
	return v
}

// scanned is when the screen first showed a code that leads where the page's link does.
func (s *slow) scanned(it seen) float64 {
	s.t.Helper()
	deadline := time.After(maxWait)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for n := 0; ; {
		s.mu.Lock()
		frames := s.frames[n:]
		s.mu.Unlock()
		for _, frame := range frames {
			n++
			if text, _, _ := read(s.decoded(frame, it)); text == it.Link {
				return since(it.Origin, frame.Metadata.Timestamp.Time())
			}
		}
		select {
		case <-tick.C:
		case <-deadline:
			s.t.Fatalf("nothing that leads to %s was shown in %d frames", it.Link, n)
		}
	}
}

// decoded is what a frame shows of what became live.
func (s *slow) decoded(frame *page.EventScreencastFrame, it seen) image.Image {
	s.t.Helper()
	data, err := base64.StdEncoding.DecodeString(frame.Data)
	if err != nil {
		s.t.Fatal(err)
	}
	picture, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		s.t.Fatal(err)
	}
	shown := image.Rect(int(it.X), int(it.Y), int(it.X+it.Width), int(it.Y+it.Height)).Intersect(picture.Bounds())
	return picture.(*image.YCbCr).SubImage(shown)
}

// since is the time from a page's origin, in milliseconds as it counts them itself.
func since(origin float64, at time.Time) float64 { return float64(at.UnixMicro())/1000 - origin }

// middle is the median of each figure.
func middle(visits []timing) (m timing) {
	of := func(figure func(timing) float64) float64 {
		sorted := slices.SortedFunc(slices.Values(visits), func(a, b timing) int { return cmp.Compare(figure(a), figure(b)) })
		return figure(sorted[len(sorted)/2])
	}
	m.paint = of(func(v timing) float64 { return v.paint })
	m.code = of(func(v timing) float64 { return v.code })
	m.live = of(func(v timing) float64 { return v.live })
	m.start = of(func(v timing) float64 { return v.start })
	m.shift = of(func(v timing) float64 { return v.shift })
	m.bytes = of(func(v timing) float64 { return v.bytes })
	m.files = of(func(v timing) float64 { return v.files })
	return m
}
