package orders

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/xaman-live/xaman-live/wasm/api"
)

// minKey is how many characters a key has at least.
const minKey = 32

// Keys are those that let the site's own program in: several, while one is changed for another. What is kept of them is
// no secret.
type Keys struct{ sums [][sha256.Size]byte }

// ParseKeys reads keys, with spaces between them. Its errors are sentences that say what a person can do, and never
// what a key is.
func ParseKeys(text string) (Keys, error) {
	var k Keys
	for i, key := range strings.Fields(text) {
		foreign := strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' })
		if len(key) < minKey || foreign {
			return Keys{}, fmt.Errorf("key %d is not %d or more visible ASCII characters: make one with "+
				"openssl rand -hex 32", i+1, minKey)
		}
		k.sums = append(k.sums, sha256.Sum256([]byte(key)))
	}
	if len(k.sums) == 0 {
		return Keys{}, errors.New("there is no key: make one with openssl rand -hex 32")
	}
	return k, nil
}

// admit says why a call is not let in. It takes the same time for every key that is wrong.
func (k Keys) admit(h http.Header) *api.Error {
	values := h["Authorization"]
	if len(k.sums) == 0 {
		return unauthorized("This server was started without a key: set XAMAN_LIVE_KEY, and start it again.")
	}
	if len(values) != 1 {
		return unauthorized("Say who calls, with the header Authorization: Bearer, and a key of XAMAN_LIVE_KEY.")
	}
	scheme, key, _ := strings.Cut(values[0], " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return unauthorized("The header Authorization has to begin with Bearer, before a key of XAMAN_LIVE_KEY.")
	}
	sum, right := sha256.Sum256([]byte(key)), 0
	for _, known := range k.sums {
		right |= subtle.ConstantTimeCompare(sum[:], known[:])
	}
	if right == 0 {
		return unauthorized("The key is none of those in XAMAN_LIVE_KEY, with which this server was started.")
	}
	return nil
}

func unauthorized(message string) *api.Error {
	return &api.Error{Status: http.StatusUnauthorized, Code: api.Unauthorized, Message: message}
}
