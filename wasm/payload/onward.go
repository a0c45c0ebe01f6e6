package payload

import "strings"

// SafeReturn reports whether a visitor may be led on to the URL, written as a browser writes it, when all is well: it
// is on the page's own origin or on one of those that are allowed. A page that takes the URL from its own address
// would else lead its visitors wherever somebody else wants.
func SafeReturn(url, page string, allowed []string) bool {
	for _, origin := range append([]string{page}, allowed...) {
		rest, ok := strings.CutPrefix(url, origin)
		if ok && isOrigin(origin) && (rest == "" || rest[0] == '/') {
			return true
		}
	}
	return false
}
