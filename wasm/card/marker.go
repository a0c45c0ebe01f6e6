package card

import (
	"strconv"
	"strings"
	"time"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// Storage is where the site's pages keep text by name, such as localStorage. Where there is none or it is full, nothing
// is kept: the methods do not fail. None is called Get: reflect.StructTag has one, which would be linked for it.
type Storage interface {
	Keys() []string
	Text(key string) string // "" if there is none
	Set(key, text string)
	Remove(key string)
}

// A marker lets the page that the wallet opens go on with a request of which it knows nothing but the UUID. It is in
// the site's own storage, holds the time and what the platform answered on creation, and is gone when the request is
// settled or an hour old.
const (
	markerPrefix = "xaman-live:"
	markerLife   = time.Hour
)

// Sweep removes the markers that are too old. It looks at all of them: once for a page is enough.
func Sweep(s Storage, now time.Time) {
	for _, key := range s.Keys() {
		if strings.HasPrefix(key, markerPrefix) && readMarker(s.Text(key), now) == "" {
			s.Remove(key)
		}
	}
}

// mark leaves a marker.
func mark(s Storage, created payload.Created, now time.Time) {
	s.Set(markerPrefix+string(created.UUID), strconv.FormatInt(now.Unix(), 10)+" "+string(created.JSON()))
}

// marked returns the create response of a request that this site's pages have shown lately, or "".
func marked(s Storage, uuid payload.UUID, now time.Time) string {
	return readMarker(s.Text(markerPrefix+string(uuid)), now)
}

func unmark(s Storage, uuid payload.UUID) { s.Remove(markerPrefix + string(uuid)) }

// readMarker returns what a marker holds, or "" if it is too old or not one.
func readMarker(text string, now time.Time) string {
	at, created, _ := strings.Cut(text, " ")
	seconds, err := strconv.ParseInt(at, 10, 64)
	if err != nil || now.Sub(time.Unix(seconds, 0)) > markerLife {
		return ""
	}
	return created
}
