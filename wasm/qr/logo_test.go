package qr

import "testing"

// What is below a logo can be anything, and the code still says the same.
func TestLogoIsCorrected(t *testing.T) {
	covers := map[string]func(dark bool) bool{
		"light":    func(bool) bool { return false },
		"dark":     func(bool) bool { return true },
		"inverted": func(dark bool) bool { return !dark },
	}
	for _, n := range []int{len(signLink), 100, 250, 600} {
		for name, cover := range covers {
			text := link(n)
			m, err := Encode(text, High)
			if err != nil {
				t.Fatal(err)
			}
			at, side := m.Logo()
			if 2*at+side != m.Side() {
				t.Errorf("%d bytes: got a logo of %d at %d, want it in the middle of %d", n, side, at, m.Side())
			}
			if share := float64(side*side) / float64(len(m)*len(m)); share > logoShare || share < logoShare/2 {
				t.Errorf("%d bytes: the logo covers %.3f of the code", n, share)
			}
			for y := at; y < at+side; y++ {
				for x := at; x < at+side; x++ {
					m[y-quietZone][x-quietZone] = cover(m[y-quietZone][x-quietZone])
				}
			}
			if got, _, err := read(m); err != nil || got != text {
				t.Errorf("%d bytes, %s logo: got %q, %v", n, name, got, err)
			}
		}
	}
}
