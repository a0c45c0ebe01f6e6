// Package decimal reads numbers as JSON and browsers write them. strconv.ParseFloat does so too, and costs 7 kB on the
// wire.
package decimal

import (
	"strconv"
	"strings"
)

// Parse reads a number such as -1.5 or 2e-3. It refuses what is none, what has more digits than an int, and powers of
// ten beyond 30.
func Parse(text string) (n float64, ok bool) {
	const most = 30
	mantissa, exponent, found := strings.Cut(strings.ReplaceAll(text, "E", "e"), "e")
	power := 0
	if found {
		p, err := strconv.Atoi(exponent)
		if err != nil || p < -most || p > most {
			return 0, false
		}
		power = p
	}
	if strings.Contains(mantissa, "+") || strings.LastIndex(mantissa, "-") > 0 || strings.HasSuffix(mantissa, ".") {
		return 0, false // strconv.Atoi takes some of these
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits, err := strconv.Atoi(whole + fraction)
	if err != nil {
		return 0, false
	}
	n = float64(digits)
	for ; power > len(fraction); power-- {
		n *= 10
	}
	for ; power < len(fraction); power++ {
		n /= 10
	}
	return n, true
}
