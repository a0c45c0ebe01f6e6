package backend

import (
	"crypto/hmac"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// A view key stands in for the cookies of the browser that made a request, where there are none: a program ordered the
// request, or the page is of another site. It is the time when it expires, in seconds since 1970 to the base 36, and a
// signature of that time and of the request's UUID. A call with such a key is judged by the key alone.

var errViewKeyExpired = &api.Error{Code: api.ViewKeyExpired,
	Message: "The key to this sign request has expired. Ask for another one with POST /api/orders/{uuid}/view-keys."}

// ViewKey returns a key that lets whoever has it see a sign request and cancel it, and nothing else, for as long as the
// time is not reached, which counts in whole seconds. A page gives it to the element in the attribute view-key.
func (b *Backend) ViewKey(uuid payload.UUID, until time.Time) string {
	expires := strconv.FormatInt(until.Unix(), 36)
	return expires + "." + b.cookies.forView(uuid, expires)
}

func (c *cookies) forView(uuid payload.UUID, expires string) string {
	return c.sign("view", string(uuid)+"\n"+expires)
}

// opens says why a view key does not show a request, as if there were none unless it did so once.
func (c *cookies) opens(key string, uuid payload.UUID) error {
	expires, signature, _ := strings.Cut(key, ".")
	if !hmac.Equal([]byte(signature), []byte(c.forView(uuid, expires))) {
		return errNotFound
	}
	if at, err := strconv.ParseInt(expires, 36, 64); err != nil || time.Now().Unix() >= at {
		return errViewKeyExpired
	}
	return nil
}

// viewKeyOf returns the view key that a call about one request is made with.
func viewKeyOf(r *http.Request) (key string, given bool) {
	values, given := r.Header[api.ViewKey]
	if len(values) == 1 { // of two, nobody can tell which one counts
		key = values[0]
	}
	return key, given && r.PathValue("uuid") != ""
}

// wantsViewKey reports whether a browser asks beforehand for a call that would be made with a view key.
func wantsViewKey(r *http.Request) bool {
	asked := strings.Split(r.Header.Get("Access-Control-Request-Headers"), ",")
	return r.Method == http.MethodOptions && r.PathValue("uuid") != "" &&
		slices.ContainsFunc(asked, func(name string) bool { return strings.EqualFold(strings.TrimSpace(name), api.ViewKey) })
}
