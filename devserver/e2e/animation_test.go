//go:build e2e && pictures

package e2e

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/gif"
	"image/png"
	"os"
	"slices"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// scenes are the previews that the README's card goes through, and for how many hundredths of a second each is shown.
var scenes = []struct {
	preview string
	time    int
}{{"waiting", 220}, {"opened", 160}, {"signing", 110}, {"submitting", 110}, {"signed", 130}, {"verified", 320}}

// TestAnimation makes the README's pictures: the card itself, from the code to the receipt.
func TestAnimation(t *testing.T) {
	c := &camera{tab: newTab(t, "/gallery.html")}
	for name, l := range map[string]look{
		"../../.github/card-light.gif": {420, 760, false}, "../../.github/card-dark.gif": {420, 760, true},
	} {
		c.card(l)
		// Twice as many pixels, for screens that have them.
		c.run(emulation.SetDeviceMetricsOverride(l.width, l.height, 2, false))
		var frames []image.Image
		for _, s := range scenes {
			c.preview(s.preview, "card", "en")
			frames = append(frames, c.frame())
		}
		var file bytes.Buffer
		if err := gif.EncodeAll(&file, animation(frames)); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, file.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// frame is a picture of the card alone.
func (c *camera) frame() image.Image {
	c.t.Helper()
	at := get[page.Viewport](c.tab, `(() => {
		const { x, y, width, height } = all()[0].getBoundingClientRect();
		return { x: x - 8, y: y - 8, width: width + 16, height: height + 16, scale: 1 };
	})()`)
	var frame image.Image
	c.run(chromedp.ActionFunc(func(ctx context.Context) error {
		data, err := page.CaptureScreenshot().WithClip(&at).Do(ctx)
		if err != nil {
			return err
		}
		frame, err = png.Decode(bytes.NewReader(data))
		return err
	}))
	return frame
}

// animation shows frames in the colours that they have most of, as many as there may be.
func animation(frames []image.Image) *gif.GIF {
	counts := map[color.Color]int{}
	for _, frame := range frames {
		everyPixel(frame, func(x, y int) { counts[frame.At(x, y)]++ })
	}
	var palette color.Palette
	for c := range counts {
		palette = append(palette, c)
	}
	slices.SortFunc(palette, func(a, b color.Color) int { return counts[b] - counts[a] })
	palette = palette[:min(256, len(palette))]
	nearest := map[color.Color]uint8{}
	for c := range counts {
		nearest[c] = uint8(palette.Index(c))
	}
	all := &gif.GIF{}
	for i, frame := range frames {
		drawn := image.NewPaletted(frame.Bounds(), palette)
		everyPixel(frame, func(x, y int) { drawn.SetColorIndex(x, y, nearest[frame.At(x, y)]) })
		all.Image, all.Delay = append(all.Image, drawn), append(all.Delay, scenes[i].time)
	}
	return all
}

// everyPixel calls f for every pixel.
func everyPixel(m image.Image, f func(x, y int)) {
	for y := m.Bounds().Min.Y; y < m.Bounds().Max.Y; y++ {
		for x := m.Bounds().Min.X; x < m.Bounds().Max.X; x++ {
			f(x, y)
		}
	}
}
