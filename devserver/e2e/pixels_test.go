//go:build e2e

package e2e

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

// What a reader that is not ours makes of the pixels of the code.

// picture is what the screen shows of a part of the first card.
func (tb *tab) picture(part string) image.Image {
	tb.t.Helper()
	return tb.pictureOf(fmt.Sprintf(`part(%q)`, part))
}

// pictureOf is what the screen shows of the node that a JavaScript expression is.
func (tb *tab) pictureOf(node string) image.Image {
	tb.t.Helper()
	clip := get[page.Viewport](tb, painted+`.then(() => {
		const { left, top, width, height } = `+node+`.getBoundingClientRect();
		return { x: left + scrollX, y: top + scrollY, width, height, scale: 1 };
	})`)
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

// awaitRead waits until the code of the first card reads as that text: a card hears of the page's colours, some of
// which it has to refuse, a moment after they have changed.
func (tb *tab) awaitRead(want string) {
	tb.t.Helper()
	deadline := time.Now().Add(maxWait)
	for {
		text, _, err := read(tb.picture("qr"))
		if text == want {
			return
		}
		if time.Now().After(deadline) {
			tb.t.Fatalf("got %q, %v, want %q", text, err, want)
		}
	}
}

// codeLooks are what a page may do to the code, as JavaScript on the first card.
var codeLooks = map[string]string{
	"as it is":          ``,
	"level M":           `it.setAttribute('error-correction', 'M')`,
	"level Q":           `it.setAttribute('error-correction', 'Q')`,
	"level H":           `it.setAttribute('error-correction', 'H')`,
	"logo":              `it.setAttribute('qr-logo', 'icon.svg')`,
	"blue on cream":     `set('--xaman-qr-dark', '#123a7a'), set('--xaman-qr-light', '#fff6df')`,
	"dark red, no card": `set('--xaman-qr-dark', '#5c0b0b'), set('--xaman-surface', 'transparent')`,
	"dark scheme":       `set('color-scheme', 'dark')`,
}

func TestEndToEndCodeIsRead(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	page := s.add(t, "code", cards([]string{"waiting"}, "card"))
	for name, look := range codeLooks {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tb := newVisitor(t, s.devserver)
			tb.run(chromedp.EmulateViewport(1280, 1000))
			tb.open(page)
			tb.eval(`{
				const [it] = all();
				const set = (name, value) => it.style.setProperty(name, value);
				set('--xaman-width', '32rem');
				`+look+`;
			}`, nil)
			tb.awaitCards()
			want := get[string](tb, `part('link').href`)
			for _, scheme := range schemes {
				scheme.show(tb)
				for _, size := range []int{180, 220, 260, 320, 420} {
					tb.eval(fmt.Sprintf(`all()[0].style.setProperty('--xaman-qr-size', '%dpx')`, size), nil)
					picture := tb.picture("qr")
					text, level, err := read(picture)
					if text != want {
						t.Errorf("%s, %d px: got %q, %v, want %q", scheme.name, size, text, err, want)
					}
					if asked, ok := strings.CutPrefix(name, "level "); ok && level != asked {
						t.Errorf("%s, %d px: got level %s", scheme.name, size, level)
					}
					if side := picture.Bounds().Dx(); side != size {
						t.Errorf("%s: got a code of %d px, want %d", scheme.name, side, size)
					}
				}
			}
			tb.wantNoProblems()
		})
	}
}

func TestEndToEndCodeIsReadInEveryTheme(t *testing.T) {
	t.Parallel()
	tb := newTab(t, "/theming.html")
	tb.await(`part('link')?.href`)
	want := get[string](tb, `part('link').href`)
	themes := get[[]string](tb, `Array.from(document.querySelectorAll('[data-theme]'), (it) => it.dataset.theme)`)
	if len(themes) < 6 {
		t.Errorf("got only the themes %q", themes)
	}
	for _, theme := range themes {
		tb.run(chromedp.Click(fmt.Sprintf(`[data-theme=%s]`, theme), chromedp.ByQuery))
		for _, scheme := range schemes {
			scheme.show(tb)
			tb.awaitRead(want)
		}
	}
	tb.wantNoProblems("the colours of the code are refused")
}

// Colours that a phone could not tell apart are not taken, and the code stays readable.
func TestEndToEndCodeKeepsItsContrast(t *testing.T) {
	t.Parallel()
	s := openShop(t)
	tb := newVisitor(t, s.devserver)
	page := s.add(t, "code", cards([]string{"waiting"}, "card"))
	for name, colours := range map[string][2]string{
		"light on dark": {"#fff", "#000"}, "too pale": {"#bbb", "#fff"}, "all the same": {"#000", "#000"},
		"seen through": {"rgb(0 0 0 / 0.1)", "#fff"},
	} {
		t.Run(name, func(t *testing.T) {
			tb.open(page)
			tb.eval(fmt.Sprintf(`all()[0].style.setProperty('--xaman-qr-dark', %q),
				all()[0].style.setProperty('--xaman-qr-light', %q)`, colours[0], colours[1]), nil)
			tb.awaitCards()
			tb.await(`part('qr').hasAttribute('data-refused')`)
			want := get[string](tb, `part('link').href`)
			if text, _, err := read(tb.picture("qr")); text != want {
				t.Errorf("got %q, %v, want %q", text, err, want)
			}
		})
	}
	tb.wantNoProblems("the colours of the code are refused")
}
