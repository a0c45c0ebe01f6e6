package payload

import "strings"

// The platform answers under two names.
var xaman = []string{"https://xumm.app", "https://xaman.app"}

// links are the rules for the URLs of one request: what they may begin with, and whose UUID they must name. They are
// judged as text, and only what the platform sends is let through, so that no two parsers of URLs can disagree about
// them. The file site/links.js has the same rules; testdata/links.json and sockets.json are the test of both.
type links struct {
	origins []string
	uuid    UUID
}

// linksOf returns the rules for a request on the platform's own origins and on those in allowed. What is not spelled as
// an origin allows nothing.
func linksOf(uuid UUID, allowed []string) links {
	l := links{uuid: uuid, origins: xaman}
	for _, origin := range allowed {
		if isOrigin(origin) {
			l.origins = append(l.origins[:len(l.origins):len(l.origins)], origin)
		}
	}
	return l
}

// isOrigin reports whether s is https://host or https://host:port in lower case. Only to this very machine it may be
// http:, which a browser treats as potentially trustworthy there.
func isOrigin(s string) bool {
	host, encrypted := strings.CutPrefix(s, "https://")
	if !encrypted {
		var plain bool
		if host, plain = strings.CutPrefix(s, "http://"); !plain {
			return false
		}
	}
	if at := strings.LastIndexByte(host, ':'); at != -1 && !strings.HasSuffix(host, "]") {
		port := host[at+1:]
		if port == "" || len(port) > 5 || !consistsOf(port, digits) {
			return false
		}
		host = host[:at]
	}
	switch host {
	case "localhost", "127.0.0.1", "[::1]":
		return true
	}
	return encrypted && host != "" && consistsOf(host, digits+lower+"-.")
}

// safe reports whether a visitor may be led to the URL: it is on one of the origins, and its path names the request and
// no other.
func (l links) safe(raw string) bool {
	return l.leads(raw, "http")
}

// secure is safe for the URL of a socket, whose scheme follows that of the origin.
func (l links) secure(raw string) bool {
	return l.leads(raw, "ws")
}

func (l links) leads(raw, scheme string) bool {
	for _, origin := range l.origins {
		rest, ok := strings.CutPrefix(raw, scheme+strings.TrimPrefix(origin, "http"))
		if ok && strings.HasPrefix(rest, "/") && consistsOf(rest, inURL) {
			path := rest[:strings.IndexAny(rest+"?", "?#")]
			return !strings.Contains(path, "%") && !strings.Contains(path, "//") && l.named(path)
		}
	}
	return false
}

// named reports whether a segment of the path is that of the request, and none is that of another. A browser would
// resolve the segments "." and "..".
func (l links) named(path string) bool {
	found := false
	for segment := range strings.SplitSeq(path, "/") {
		if strings.HasPrefix(segment, ".") {
			return false
		}
		if len(segment) < uuidLength {
			continue
		}
		if uuid, err := ParseUUID(segment[:uuidLength]); err == nil {
			if rest := segment[uuidLength:]; uuid != l.uuid || rest != "" && rest[0] != '_' && rest[0] != '.' {
				return false
			}
			found = true
		}
	}
	return found
}

// SafeLink reports whether a visitor may be led to a URL that the site's own backend names: on https, or on http on
// this very machine. It is judged as text too: the host is in lower case, and there are no other characters than ASCII.
func SafeLink(raw string) bool {
	_, rest, _ := strings.Cut(raw, "://")
	rest = rest[strings.IndexAny(rest+"/", "/?#"):]
	for i, part := range strings.Split(rest, "%") {
		if !consistsOf(part, inURL) || i > 0 && (len(part) < 2 || !consistsOf(strings.ToLower(part[:2]), digits+"abcdef")) {
			return false
		}
	}
	return isOrigin(strings.TrimSuffix(raw, rest))
}

const (
	digits = "0123456789"
	lower  = "abcdefghijklmnopqrstuvwxyz"
	upper  = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	inURL  = digits + lower + upper + "-._~/?&=+:,;@!$'()*%#" // but for its scheme and host
)

// consistsOf reports whether every character of s is one of set.
func consistsOf(s, set string) bool { return strings.Trim(s, set) == "" }
