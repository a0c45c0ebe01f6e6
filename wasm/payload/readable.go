package payload

import (
	"strconv"
	"strings"
	"unicode"
)

// Readable makes a text that others have written one that can be shown on a line, of so many characters at most:
// without line breaks, and without what would hide, or turn around, what stands beside it.
func Readable(s string, most int) string {
	const joiners = "\u200c\u200d" // which some scripts and pictures need inside of words
	seen := strings.Map(func(r rune) rune {
		// As unicode.IsPrint, but with the tables that package fmt needs in any case.
		if strconv.IsPrint(r) || unicode.IsSpace(r) || strings.ContainsRune(joiners, r) {
			return r
		}
		return -1
	}, strings.ToValidUTF8(s, ""))
	seen = strings.Trim(strings.Join(strings.Fields(seen), " "), joiners)
	if characters := []rune(seen); len(characters) > most {
		return string(characters[:most-1]) + "…"
	}
	return seen
}
