package api

import (
	"fmt"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// Codes of the failures that a backend reports, with the HTTP status that belongs to each.
const (
	BadRequest          payload.Code = "bad-request"          // 400: the body or the UUID cannot be read
	UnknownDemo         payload.Code = "unknown-demo"         // 400: no request of that name
	AmountRefused       payload.Code = "amount"               // 400: Message says which amounts the offer takes
	Unauthorized        payload.Code = "unauthorized"         // 401: a webhook without a good signature
	Forbidden           payload.Code = "forbidden"            // 403: sent by a page of another site
	ViewKeyExpired      payload.Code = "view-key-expired"     // 403: the site's program can make another view key
	NotFound            payload.Code = "not-found"            // 404: unknown, or created by another session
	MethodNotAllowed    payload.Code = "method-not-allowed"   // 405
	TooLarge            payload.Code = "too-large"            // 413: the body is over the limit
	TooManyRequests     payload.Code = "too-many-requests"    // 429: slow down
	Internal                         = payload.Internal       // 500
	PlatformRefused     payload.Code = "platform-refused"     // 502: the platform did not take the request
	PlatformUnavailable payload.Code = "platform-unavailable" // 503: the platform did not answer
	Unavailable         payload.Code = "unavailable"          // 503: the backend cannot look at its orders for a moment
)

// Error is a failure that the backend reported. Message is a sentence that a visitor may read.
type Error struct {
	Status  int          `json:"-"` // HTTP status
	Code    payload.Code `json:"code"`
	Message string       `json:"message"`
}

func (e *Error) Error() string {
	return fmt.Sprintf("backend answered %d %s: %s", e.Status, e.Code, e.Message)
}
