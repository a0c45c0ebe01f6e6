//go:build js && wasm

package browser

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/hack-pad/safejs"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// A marker lets the page that the wallet opens go on with a request of which it knows nothing but the UUID. It is in the
// site's own storage, holds what the platform answered on creation, and is gone when the request is settled or an hour
// old. Where there is no storage there are no markers.
const (
	markerPrefix = "xaman-live:"
	markerLife   = time.Hour
)

func storage() (safejs.Value, error) {
	global, err := window()
	if err != nil {
		return safejs.Undefined(), err
	}
	return property(global, "localStorage")
}

// mark leaves a marker, and removes those that are too old.
func mark(created payload.Created, now time.Time) error {
	store, err := storage()
	if err != nil {
		return fmt.Errorf("leave marker: %w", err)
	}
	for _, key := range markers(store) {
		if text, err := item(store, key); err == nil && read(text, now) == "" {
			if _, err := callOn(store, "removeItem", key); err != nil {
				return fmt.Errorf("remove old marker: %w", err)
			}
		}
	}
	text := strconv.FormatInt(now.Unix(), 10) + " " + string(created.JSON())
	if _, err := callOn(store, "setItem", markerPrefix+string(created.UUID), text); err != nil {
		return fmt.Errorf("leave marker: %w", err)
	}
	return nil
}

// marked returns the create response of a request that this site's pages have shown lately, or "".
func marked(uuid payload.UUID, now time.Time) string {
	store, err := storage()
	if err != nil {
		return ""
	}
	text, err := item(store, markerPrefix+string(uuid))
	if err != nil {
		return ""
	}
	return read(text, now)
}

// unmark removes a marker.
func unmark(uuid payload.UUID) error {
	store, err := storage()
	if err == nil {
		_, err = callOn(store, "removeItem", markerPrefix+string(uuid))
	}
	if err != nil {
		return fmt.Errorf("remove marker: %w", err)
	}
	return nil
}

// read returns what a marker holds, or "" if it is too old or not one.
func read(text string, now time.Time) string {
	at, created, _ := strings.Cut(text, " ")
	seconds, err := strconv.ParseInt(at, 10, 64)
	if err != nil || now.Sub(time.Unix(seconds, 0)) > markerLife {
		return ""
	}
	return created
}

func item(store safejs.Value, key string) (string, error) {
	v, err := callOn(store, "getItem", key)
	if err != nil || v.Type() != safejs.TypeString {
		return "", err
	}
	return v.String()
}

func markers(store safejs.Value) (keys []string) {
	length, err := property(store, "length")
	if err != nil {
		return nil
	}
	n, err := length.Int()
	if err != nil {
		return nil
	}
	for i := range n {
		v, err := callOn(store, "key", i)
		if err != nil || v.Type() != safejs.TypeString {
			continue
		}
		if key, err := v.String(); err == nil && strings.HasPrefix(key, markerPrefix) {
			keys = append(keys, key)
		}
	}
	return keys
}
