package view

import (
	"strings"
	"testing"
)

// The numerals of some languages, as browsers tell them.
var (
	latin  = [10]string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}
	arabic = [10]string{"٠", "١", "٢", "٣", "٤", "٥", "٦", "٧", "٨", "٩"}

	inEnglish = Numerals{Digits: latin, Minus: "-", Decimal: ".", Group: ",", First: 3, Rest: 3, Least: 4}
	inPolish  = Numerals{Digits: latin, Minus: "-", Decimal: ",", Group: "\u00a0", First: 3, Rest: 3, Least: 5}
	inIndia   = Numerals{Digits: latin, Minus: "-", Decimal: ".", Group: ",", First: 3, Rest: 2, Least: 4}
	inArabic  = Numerals{Digits: arabic, Minus: "\u061c-", Decimal: "٫", Group: "٬", First: 3, Rest: 3, Least: 4}
	ungrouped = Numerals{Digits: latin, Minus: "−", Decimal: ","}
)

func TestNumerals(t *testing.T) {
	tests := []struct {
		numerals      Numerals
		decimal, want string
	}{
		{inEnglish, "0", "0"},
		{inEnglish, "2.5", "2.5"},
		{inEnglish, "999", "999"},
		{inEnglish, "1000", "1,000"},
		{inEnglish, "-1234567.10", "-1,234,567.10"},
		{inEnglish, "9223372036854775807", "9,223,372,036,854,775,807"},
		{inEnglish, "0.000001", "0.000001"},
		{inEnglish, "1234567890.123456", "1,234,567,890.123456"},
		{inPolish, "1234", "1234"},
		{inPolish, "12345,5", "12345,5"},
		{inPolish, "12345.5", "12\u00a0345,5"},
		{inIndia, "1234567890123456", "1,23,45,67,89,01,23,456"},
		{inIndia, "123456", "1,23,456"},
		{inArabic, "-9876543210.5", "\u061c-٩٬٨٧٦٬٥٤٣٬٢١٠٫٥"},
		{ungrouped, "-1234567.5", "−1234567,5"},

		{inEnglish, "1e3", "1,000"},
		{inEnglish, "1.5E+3", "1,500"},
		{inEnglish, "0.05e1", "0.5"},
		{inEnglish, "1.2345e2", "123.45"},
		{inEnglish, "25e-1", "2.5"},
		{inEnglish, "1e-7", "0.0000001"},
		{inEnglish, "5e0", "5"},
		{inEnglish, "9999999999999999e80", "9,999,999,999,999,999e80"},
		{inEnglish, "-1234567890123456e-96", "-1,234,567,890,123,456e-96"},
		{inArabic, "15e80", "١٥e٨٠"},
	}
	for _, tt := range tests {
		if got := tt.numerals.Format(tt.decimal); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.decimal, got, tt.want)
		}
	}
}

func TestNumeralsOfNoNumber(t *testing.T) {
	for _, text := range []string{
		"", "-", ".", "5.", ".5", "+5", "--5", "1,000", "1 000", "0x10", "1e", "e5", "1e5.5", "1e99999999999999999999",
		"1.2.3", "NaN", "Infinity", "٣", "1_000", " 1", "1e 5", "1e1000001", "1e-1000001", "1e9223372036854775807",
		"1e-9223372036854775808", "12e9223372036854775800",
	} {
		if got := inPolish.Format(text); got != text {
			t.Errorf("%q: got %q, want it as it is", text, got)
		}
	}
}

// Whatever the length of a number, what is between its groups are its digits. One with an exponent is written as well.
func FuzzNumerals(f *testing.F) {
	for _, seed := range []string{
		"1", "-1234567.125", "0.5", "12345678901234567890123456789", "x", "1e-9223372036854775808",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, decimal string) {
		if inIndia.Format(decimal) == "" && decimal != "" {
			t.Errorf("%q: got nothing", decimal)
		}
		if strings.ContainsAny(decimal, "eE,") {
			return // an exponent moves the point, and a comma cannot be told from a separator
		}
		if got := strings.ReplaceAll(inIndia.Format(decimal), ",", ""); got != decimal {
			t.Errorf("%q: got digits %q", decimal, got)
		}
	})
}
