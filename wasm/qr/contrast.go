package qr

import (
	"strings"

	"github.com/xaman-live/xaman-live/wasm/decimal"
)

// leastContrast is how much lighter the ground of a code has to be than its modules, as WCAG 2.2 measures it: from 1,
// the same, to 21, black on white. Cameras need more of it than eyes, as they meet glare and dim screens.
const leastContrast = 7

// Legible reports whether readers can be expected to read a code in these colours, as a browser computes them: rgb() or
// color(srgb …). Both have to be opaque, and the modules the darker ones: many readers know no other codes.
func Legible(modules, ground string) bool {
	dark, okDark := luminance(modules)
	light, okLight := luminance(ground)
	return okDark && okLight && (light+0.05)/(dark+0.05) >= leastContrast
}

// luminance is the relative luminance of a colour, from 0 to 1. It is false for what is no opaque colour.
func luminance(color string) (l float64, ok bool) {
	name, list, _ := strings.Cut(strings.TrimSuffix(color, ")"), "(")
	scale := 255.0
	switch {
	case name == "rgb" || name == "rgba":
	case name == "color" && strings.HasPrefix(list, "srgb "):
		scale, list = 1, strings.TrimPrefix(list, "srgb ")
	default:
		return 0, false
	}
	parts := strings.FieldsFunc(list, func(r rune) bool { return r == ' ' || r == ',' || r == '/' })
	if len(parts) != 3 && len(parts) != 4 {
		return 0, false
	}
	for i, part := range parts {
		v, ok := decimal.Parse(part)
		if !ok || i == 3 && v < 1 {
			return 0, false
		}
		if i < 3 {
			l += [...]float64{0.2126, 0.7152, 0.0722}[i] * linear(min(max(v/scale, 0), 1))
		}
	}
	return l, true
}

// linear undoes the encoding of a component of sRGB.
func linear(v float64) float64 {
	if v <= 0.04045 {
		return v / 12.92
	}
	v = (v + 0.055) / 1.055
	root := 1.0 // Newton's way to the fifth root of v*v, as math.Pow costs 3 kB on the wire
	for range 20 {
		root -= (root - v*v/(root*root*root*root)) / 5
	}
	return v * v * root
}
