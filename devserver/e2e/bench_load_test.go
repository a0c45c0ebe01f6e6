//go:build e2e && bench

package e2e

import (
	"cmp"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// visits is how often each page is visited for the first time. The medians count.
const visits = 3

// benchLoading times first and second visits to pages with the element, and to ones that are written by hand and have
// as much to begin with. What a page with the element has to wait for in any case is how long its files take to come:
// that is measured too, in the same browser on the same line, by a copy of the page that loads the same files in the
// same order and runs none of them. Its figure is the time of its last byte, and so it has the latencies of the page
// and its files in it, and no answer of the backend or the platform.
func benchLoading(t *testing.T) (rows []row) {
	s := openShop(t)
	for _, c := range []struct {
		name string
		path string // of ours; "": a bare page with what is ordered
		made func(made) ordered
	}{
		{"bare page, create response", "", made.response},
		{"bare page, with its own code", "", made.withCode},
		{"bare page, demo", "", made.demo},
		{"demo page, from the address on", "/", made.demo},
	} {
		var first, second, handFirst, handSecond []timing
		var files []float64
		for n := range visits {
			t.Run(fmt.Sprintf("%s/%d", c.name, n), func(t *testing.T) {
				one, two := visitTwice(t, s, func(m made) string { return cmp.Or(c.path, s.bare(t, c.made(m))) })
				first, second = append(first, one), append(second, two)
				files = append(files, visitStill(t, s, func(m made) string { return cmp.Or(c.path, s.bare(t, c.made(m))) }))
				one, two = visitTwice(t, s, func(m made) string { return s.handwrite(t, c.made(m)) })
				handFirst, handSecond = append(handFirst, one), append(handSecond, two)
			})
		}
		if len(handFirst) < visits {
			continue // its test has said why
		}
		rows = append(rows, loadRows(c.name, middle(first), middle(second), middle(handFirst), middle(handSecond),
			median(files))...)
	}
	return rows
}

func loadRows(name string, first, second, handFirst, handSecond timing, files float64) []row {
	const byHand = "hand-written"
	return []row{
		{name + ": first paint", "ms", first.paint, limit{}, byHand, handFirst.paint},
		{name + ": code is read", "ms", first.code, timesPeer(1.15), byHand, handFirst.code},
		{name + ": live", "ms", first.live, timesPeer(1.12), "its files alone", files},
		{name + ": live", "ms", first.live, limit{}, "its bytes at line speed", first.line()},
		{name + ": live", "ms", first.live, limit{}, byHand, handFirst.live},
		{name + ": live, after the program's last byte", "ms", first.start, limit{}, "", 0},
		{name + ": came until then", "bytes", first.bytes, limit{}, byHand, handFirst.bytes},
		{name + ": layout shift", "", first.shift, atMost(mostShift), byHand, handFirst.shift},
		{name + ": second visit, code is read", "ms", second.code, limit{}, byHand, handSecond.code},
		{name + ": second visit, live", "ms", second.live, atMost(900), byHand, handSecond.live},
		{name + ": second visit, files", "bytes", second.files, atMost(0), byHand, handSecond.files},
	}
}

// made is a sign request as a site's own server would put it into a page.
type made struct{ payload, platform, link, image string }

// visitTwice visits a page of a shop in a browser that has not been there before, and then once more.
func visitTwice(t *testing.T, s shop, add func(made) string) (first, second timing) {
	t.Helper()
	b := newSlow(t, s.devserver)
	defer chromedp.Cancel(b.ctx)
	path := add(b.make(s))
	b.run(network.ClearBrowserCache())
	first = b.visit(path)
	b.eval(`new Promise((resolve) => setTimeout(resolve, 5000))`, nil) // browsers keep compiled programs some time later
	second = b.visit(path)
	return first, second
}

// visitStill returns when the last byte of a page and its files has come, in a browser that has not been there before.
func visitStill(t *testing.T, s shop, add func(made) string) float64 {
	t.Helper()
	b := newSlow(t, s.devserver)
	defer chromedp.Cancel(b.ctx)
	path := s.still(t, add(b.make(s)))
	b.run(network.ClearBrowserCache())
	return b.load(path)
}

// make makes a sign request in the session that the browser has.
func (b *slow) make(s shop) (m made) {
	b.t.Helper()
	b.open(s.add(b.t, "empty", ""))
	b.create("pay")
	created := get[json.RawMessage](b.tab, `created`)
	var it struct {
		Platform string
		Payload  struct {
			Next struct{ Always string }
			Refs struct {
				Image string `json:"qr_png"`
			}
		}
	}
	if err := json.Unmarshal(created, &it); err != nil {
		b.t.Fatal(err)
	}
	m.payload = get[string](b.tab, `JSON.stringify(created.payload)`)
	m.platform, m.link, m.image = it.Platform, it.Payload.Next.Always, it.Payload.Refs.Image
	return m
}

// response, withCode and demo are what a site's server may put into a page.
func (m made) response() ordered {
	attributes := attribute("platform", m.platform) + " " + attribute("payload", m.payload)
	return ordered{Attributes: attributes}
}

func (m made) withCode() ordered { return ordered{m.response().Attributes, m.link, m.image} }

func (m made) demo() ordered { return ordered{Attributes: attribute("demo", "pay")} }
