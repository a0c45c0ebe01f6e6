//go:build js && wasm

package browser

import (
	"fmt"
	"strings"
	"syscall/js"
	"testing"

	"github.com/hack-pad/safejs"

	"github.com/xaman-live/xaman-live/wasm/qr"
	"github.com/xaman-live/xaman-live/wasm/view"
)

// Colours that a phone cannot read are refused with one warning, and used as soon as they are safe.
func TestUnsafeColorsAreRefused(t *testing.T) {
	w := newMounts(t)
	f := w.face(view.LayoutCard, nothing)
	var warnings []string
	console := js.Global().Get("console")
	warn := console.Get("warn")
	record := js.FuncOf(func(_ js.Value, args []js.Value) any {
		warnings = append(warnings, args[0].String())
		return nil
	})
	console.Set("warn", record)
	defer func() { console.Set("warn", warn); record.Release() }()

	const black, white, pale = "color(srgb 0 0 0)", "color(srgb 1 1 1)", "color(srgb 0.8 0.9 1)"
	drawing, plate := w.find("[part=qr] > svg"), w.find("[part=qr]")
	refused := func() bool { return plate.Call("hasAttribute", "data-refused").Bool() }
	drawing.Get("style").Set("transition", "color 1ms step-end, flood-color 1ms step-end") // as the stylesheet has it
	warned := 0
	f.Show(&view.Model{Stage: view.StageCode})
	for _, tt := range []struct {
		modules, ground string
		refused         bool
	}{{black, white, false}, {pale, white, true}, {pale, white, true}, {black, pale, false}, {white, black, true}} {
		drawing.Get("style").Set("color", tt.modules)
		drawing.Get("style").Set("floodColor", tt.ground)
		before := refused()
		until(t, fmt.Sprintf("%s on %s: refused is %t", tt.modules, tt.ground, tt.refused),
			func() bool { return refused() == tt.refused })
		if tt.refused && !before {
			warned++
		}
		if len(warnings) != warned {
			t.Errorf("got warnings %q, want %d", warnings, warned)
		}
	}
	drawing.Call("removeAttribute", "style")
	if len(warnings) > 0 && !strings.Contains(warnings[0], pale) {
		t.Errorf("got warning %q, want it to name the colours", warnings[0])
	}
}

// A code of which only a part is in the window cannot be scanned; one that has served its purpose, or that is far away,
// is nobody's concern.
func TestClipped(t *testing.T) {
	w := newMounts(t)
	f := w.face(view.LayoutCard, nothing)
	clipped := false
	f.stage.plate.clipped = func(is bool) { clipped = is }
	window, plate := w.root.Get("style"), w.find("[part=qr]").Get("style")
	defer w.root.Call("removeAttribute", "style")
	window.Set("overflow", "hidden")
	window.Set("height", "50px")
	plate.Set("width", "100px")
	plate.Set("height", "100px")
	f.Show(&view.Model{Stage: view.StageCode})
	until(t, "half a code is clipped", func() bool { return clipped })
	window.Set("height", "")
	until(t, "a whole code is not", func() bool { return !clipped })
	window.Set("height", "50px")
	until(t, "half a code is clipped again", func() bool { return clipped })
	f.Show(&view.Model{Stage: view.StageCode, Code: view.Code{Dim: true}})
	if clipped {
		t.Error("a code that is not to be scanned is said to be clipped")
	}
}

// A logo stands in the middle, on the ground of the code.
func TestLogo(t *testing.T) {
	w := newMounts(t)
	const image = "https://shop.example/logo.svg"
	f := newFace(document(t), safejs.Safe(w.root), safejs.Undefined(), view.LayoutCard, image)
	code, err := qr.Encode(link, qr.High)
	if err != nil {
		t.Fatal(err)
	}
	f.Draw(link, code)
	at, side := code.Logo()
	ground, logo := f.stage.plate.logoGround.node(), f.stage.plate.logo.node()
	number := func(v safejs.Value, name string) float64 {
		text, err := v.Call("getAttribute", name)
		if err != nil {
			t.Fatal(err)
		}
		s, _ := text.String()
		return js.Global().Call("parseFloat", s).Float()
	}
	for _, name := range []string{"x", "y"} {
		if a, b := number(ground, name), number(logo, name); a != float64(at) || b <= a {
			t.Errorf("got ground and logo at %s %v and %v, want %d and more", name, a, b, at)
		}
	}
	for _, name := range []string{"width", "height"} {
		if a, b := number(ground, name), number(logo, name); a != float64(side) || b >= a {
			t.Errorf("got %s %v and %v, want %d and less", name, a, b, side)
		}
	}
}
