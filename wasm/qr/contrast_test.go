package qr

import (
	"math"
	"testing"
)

func TestLegible(t *testing.T) {
	const black, white = "rgb(0, 0, 0)", "rgb(255, 255, 255)"
	tests := []struct {
		name, modules, ground string
		want                  bool
	}{
		{"black on white", black, white, true},
		{"as color-mix computes it", "color(srgb 0 0 0)", "color(srgb 1 1 1)", true},
		{"with an alpha that hides nothing", "rgba(0, 0, 0, 1)", "color(srgb 1 1 1 / 1)", true},
		{"dark blue on cream", "rgb(20, 33, 61)", "rgb(255, 248, 231)", true},
		{"least grey on white", "rgb(89, 89, 89)", white, true},
		{"too light a grey on white", "rgb(90, 90, 90)", white, false},
		{"white on black", white, black, false},
		{"the same", black, black, false},
		{"pale on white", "rgb(200, 220, 255)", white, false},
		{"modules shine through", "rgba(0, 0, 0, 0.9)", white, false},
		{"ground shines through", black, "color(srgb 1 1 1 / 0.5)", false},
		{"no ground", black, "rgba(0, 0, 0, 0)", false},
		{"beyond sRGB counts as its edge", "color(srgb -0.2 0 0)", "color(srgb 1.2 1.1 1)", true},
		{"another space", "oklch(0 0 0)", white, false},
		{"a name", "black", "white", false},
		{"nothing", "", "", false},
		{"too few parts", "rgb(0, 0)", white, false},
		{"too many parts", "rgb(0, 0, 0, 1, 1)", white, false},
		{"numbers with exponents", "color(srgb 1e-05 -2.5e-7 0)", "color(srgb 99.9e-2 1e0 1e+0)", true},
		{"exponents that count", "color(srgb 9e-1 9e-1 9e-1)", white, false},
		{"an exponent that is none", "color(srgb 1e 0 0)", white, false},
		{"an exponent beyond all colours", "color(srgb 1e-999999999999 0 0)", white, false},
		{"a point too many", "rgb(0.0.1, 0, 0)", white, false},
		{"no numbers", "rgb(a, b, c)", white, false},
		{"not a number", "rgb(NaN, 0, 0)", white, false},
	}
	for _, tt := range tests {
		if got := Legible(tt.modules, tt.ground); got != tt.want {
			t.Errorf("%s: got %t, want %t", tt.name, got, tt.want)
		}
	}
}

func TestLinearIsThatOfSRGB(t *testing.T) {
	for i := range 256 {
		v := float64(i) / 255
		want := v / 12.92
		if v > 0.04045 {
			want = math.Pow((v+0.055)/1.055, 2.4)
		}
		if got := linear(v); math.Abs(got-want) > 1e-12 {
			t.Errorf("%d: got %g, want %g", i, got, want)
		}
	}
}
