//go:build e2e

package e2e

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

// What a reader that is not ours makes of the pixels of the code.

// picture is what the screen shows of a part of the first card.
func (tb *tab) picture(part string) image.Image {
	tb.t.Helper()
	clip := get[page.Viewport](tb, fmt.Sprintf(`new Promise(requestAnimationFrame).then(() => {
		const { left, top, width, height } = part(%q).getBoundingClientRect();
		return { x: left + scrollX, y: top + scrollY, width, height, scale: 1 };
	})`, part))
	var file []byte
	tb.run(chromedp.ActionFunc(func(ctx context.Context) (err error) {
		file, err = page.CaptureScreenshot().WithClip(&clip).WithCaptureBeyondViewport(true).Do(ctx)
		return err
	}))
	picture, err := png.Decode(bytes.NewReader(file))
	if err != nil {
		tb.t.Fatal(err)
	}
	return picture
}

// read returns the text of the code in a picture, and how much of it may be hidden.
func read(picture image.Image) (text, level string, err error) {
	bitmap, err := gozxing.NewBinaryBitmapFromImage(picture)
	if err != nil {
		return "", "", err
	}
	// The search for the code is made for photographs and misses some upright ones; without it, the modules have to be
	// where they should be.
	for _, hints := range []map[gozxing.DecodeHintType]any{
		{gozxing.DecodeHintType_TRY_HARDER: true},
		{gozxing.DecodeHintType_PURE_BARCODE: true},
	} {
		var found *gozxing.Result
		if found, err = qrcode.NewQRCodeReader().Decode(bitmap, hints); err == nil {
			level, _ = found.GetResultMetadata()[gozxing.ResultMetadataType_ERROR_CORRECTION_LEVEL].(string)
			return found.GetText(), level, nil
		}
	}
	return "", "", err
}

func TestEndToEndCodeIsRead(t *testing.T) {
	s, browser := openShop(t), openBrowser(t)
	tb := newVisitor(t, browser, s.devserver)
	tb.run(chromedp.EmulateViewport(1280, 900))
	tb.open(s.add(t, "code", cards([]string{"waiting"}, "card")))
	tb.awaitCards()
	want := get[string](tb, `part('link').href`)
	for _, scheme := range schemes {
		scheme.show(tb)
		for _, size := range []int{180, 200, 220, 240, 260, 300, 320, 360, 420} {
			tb.eval(fmt.Sprintf(`all()[0].style.setProperty('--xaman-qr-size', '%dpx')`, size), nil)
			picture := tb.picture("qr")
			text, _, err := read(picture)
			if text != want {
				t.Errorf("%s, %d px: got %q, %v, want %q", scheme.name, size, text, err, want)
			}
		}
	}
}
