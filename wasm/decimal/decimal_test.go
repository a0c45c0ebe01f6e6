package decimal

import (
	"math"
	"strconv"
	"testing"
)

func TestParse(t *testing.T) {
	for _, text := range []string{
		"0", "-0", "7", "-12", "0.25", "-0.5", ".5", "-.5", "1e3", "1e+21", "1E3",
		"2.5e-3", "1e30", "1e-30", "299.97", "0.0117647",
	} {
		want, err := strconv.ParseFloat(text, 64)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := Parse(text); !ok || math.Abs(got-want) > math.Abs(want)*1e-14 {
			t.Errorf("%s: got %v, %t, want %v", text, got, ok, want)
		}
	}
	for _, text := range []string{
		"", ".", "-", "x", "1.2.3", "1e", "1e31", "1e-31", "1.-5", "1e2e3", "NaN", "99999999999999999999",
		"5.", "-5.", "5.e3", "+5", ".+5", ".-5", "-.-5", "--5", "+", "1_000", "1e+-5",
	} {
		if got, ok := Parse(text); ok {
			t.Errorf("%s: got %v, want nothing", text, got)
		}
	}
}
