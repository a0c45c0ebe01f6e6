package view

import (
	"strconv"
	"strings"
)

// Numerals is how a language writes a decimal number.
type Numerals struct {
	Digits  [10]string // zero to nine
	Minus   string
	Decimal string // before the fraction
	Group   string // between groups of digits
	First   int    // digits of the group before the fraction; 0: there are no groups
	Rest    int    // digits of each group before that
	Least   int    // digits that a whole part has at least to be grouped
}

// mostDigits is how many digits are written out. A number that needs more, and was given with an exponent, keeps it.
const mostDigits = 24

// mostExponent is the largest power of ten that is taken for one.
const mostExponent = 1_000_000

// Format writes a decimal number, which may have a fraction and an exponent, with all of its digits. What is not one is
// returned as it is.
func (n Numerals) Format(decimal string) string {
	unsigned, negative := strings.CutPrefix(decimal, "-")
	mantissa, exponent := unsigned, 0
	if at := strings.IndexAny(unsigned, "eE"); at >= 0 {
		var err error
		exponent, err = strconv.Atoi(unsigned[at+1:])
		if err != nil || exponent < -mostExponent || exponent > mostExponent {
			return decimal
		}
		mantissa = unsigned[:at]
	}
	whole, fraction, pointed := strings.Cut(mantissa, ".")
	if !allDigits(whole) || pointed && !allDigits(fraction) {
		return decimal
	}
	tail := ""
	if exponent != 0 {
		if digits := len(whole) + len(fraction) + max(exponent, -exponent); digits <= mostDigits {
			whole, fraction = shift(whole, fraction, exponent)
		} else {
			tail = "e" + n.integer(strconv.Itoa(exponent))
		}
	}
	var b strings.Builder
	if negative {
		b.WriteString(n.Minus)
	}
	for i, digit := range whole {
		if left := len(whole) - i; i > 0 && len(whole) >= n.Least && n.endsGroup(left) {
			b.WriteString(n.Group)
		}
		b.WriteString(n.Digits[digit-'0'])
	}
	if fraction != "" {
		b.WriteString(n.Decimal + n.integer(fraction))
	}
	return b.String() + tail
}

// endsGroup reports whether a separator stands before the last digits of a whole part.
func (n Numerals) endsGroup(digits int) bool {
	return n.First > 0 && digits >= n.First && (digits-n.First)%n.Rest == 0
}

// integer writes digits, and a minus, without groups.
func (n Numerals) integer(text string) string {
	var b strings.Builder
	for _, r := range text {
		if r == '-' {
			b.WriteString(n.Minus)
		} else {
			b.WriteString(n.Digits[r-'0'])
		}
	}
	return b.String()
}

// shift moves the decimal point of a number to the right, or for a negative exponent to the left.
func shift(whole, fraction string, exponent int) (string, string) {
	digits, point := whole+fraction, len(whole)+exponent
	digits = strings.Repeat("0", max(0, -point)) + digits + strings.Repeat("0", max(0, point-len(digits)))
	point = max(0, point)
	whole = strings.TrimLeft(digits[:point], "0")
	if whole == "" {
		whole = "0"
	}
	return whole, digits[point:]
}

func allDigits(text string) bool {
	return text != "" && strings.Trim(text, "0123456789") == ""
}
