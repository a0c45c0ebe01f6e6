package xaman

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

var (
	// ErrNotFound matches when the platform has no such payload, or it is another application's: it does not say which.
	ErrNotFound = errors.New("payload not found")
	// ErrRateLimited matches when the platform wants fewer calls. [Error.RetryAfter] says how long to wait.
	ErrRateLimited = errors.New("rate limited")
	// ErrUnavailable matches when the platform did not answer, or not in a way that could be read.
	ErrUnavailable = errors.New("platform unavailable")
)

// Error is a refusal by the platform.
type Error struct {
	Status     int           // HTTP status
	Code       int           // the platform's own, 0 if it gave none
	Reference  string        // for the platform's support, may be empty
	RetryAfter time.Duration // rate limited: how long to wait
}

func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "platform answered %d", e.Status)
	if e.Code != 0 {
		fmt.Fprintf(&b, ", code %d", e.Code)
	}
	if text := e.reason(); text != "" {
		fmt.Fprintf(&b, ": %s", text)
	}
	if e.Reference != "" {
		fmt.Fprintf(&b, " (reference %s)", e.Reference)
	}
	return b.String()
}

// Is reports whether e is one of the package's sentinel errors.
func (e *Error) Is(target error) bool {
	switch target {
	case ErrNotFound:
		return e.Code == http.StatusNotFound || e.Status == http.StatusNotFound
	case ErrRateLimited:
		return e.rateLimited()
	case ErrUnavailable:
		return e.Status >= 500
	}
	return false
}

// The platform documents limits but no answer for going over them. It is taken to be 429, or a 403 that is none of
// the documented refusals.
func (e *Error) rateLimited() bool {
	return e.Status == http.StatusTooManyRequests || e.Status == http.StatusForbidden && reasons[e.Code] == ""
}

func (e *Error) reason() string {
	if e.rateLimited() {
		return "too many calls, wait " + e.RetryAfter.String()
	}
	return reasons[e.Code]
}

// The platform explains its codes only in the console of the application's owner.
var reasons = map[int]string{
	404: "payload is unknown, or belongs to another application",
	409: "custom_meta.identifier was used before",
	413: "a part of custom_meta is too long",
	500: "internal error",
	599: "body is empty or not a JSON object",
	600: "neither txjson nor txblob was sent",
	601: "txblob cannot be decoded",
	602: "TransactionType is missing or unknown",
	603: "transaction template cannot be encoded: look for a wrong address, hex or type",
	604: "both txjson and txblob were sent",
	605: "internal error",
	609: "destination is on the list of known scams",
	810: "application is disabled",
	811: "API key is unknown",
	812: "API key or secret is missing or malformed",
	813: "API secret is wrong",
}

// parseError reads both shapes: {"error":{"reference":"…","code":602}}, and {"error":true,"code":404,…} when no route
// matched or the platform crashed.
func parseError(status int, header http.Header, body []byte, now time.Time) *Error {
	e := &Error{Status: status}
	type fields struct {
		Reference string `json:"reference"`
		Code      int    `json:"code"`
	}
	var outer struct {
		fields
		Error json.RawMessage `json:"error"`
	}
	if json.Unmarshal(body, &outer) == nil {
		f := outer.fields
		_ = json.Unmarshal(outer.Error, &f) // leaves f alone if error is true
		e.Code, e.Reference = f.Code, f.Reference
	}
	if e.rateLimited() {
		e.RetryAfter = retryAfter(header, now)
	}
	return e
}

// The platform counts calls over a sliding minute: with a known limit, one becomes free after that part of a minute.
const (
	defaultWait = 5 * time.Second
	longestWait = time.Minute
)

func retryAfter(header http.Header, now time.Time) time.Duration {
	wait := defaultWait
	if limit, err := strconv.Atoi(header.Get("X-RateLimit-Limit")); err == nil && limit > 0 {
		wait = time.Minute / time.Duration(limit)
	}
	if v := header.Get("Retry-After"); v != "" {
		if seconds, err := strconv.ParseUint(v, 10, 16); err == nil {
			wait = time.Duration(seconds) * time.Second
		} else if at, err := http.ParseTime(v); err == nil {
			wait = at.Sub(now)
		}
	}
	return min(max(wait, time.Second), longestWait)
}
