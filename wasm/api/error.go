package api

import "fmt"

// Code names a kind of failure, for the page and for the server's own table of HTTP statuses.
type Code string

const (
	BadRequest          Code = "bad-request"          // 400: the body or the UUID cannot be read
	UnknownDemo         Code = "unknown-demo"         // 400: no request of that name
	Unauthorized        Code = "unauthorized"         // 401: a webhook without a good signature
	Forbidden           Code = "forbidden"            // 403: sent by a page of another site
	NotFound            Code = "not-found"            // 404: unknown, or created by another session
	MethodNotAllowed    Code = "method-not-allowed"   // 405
	TooLarge            Code = "too-large"            // 413: the body is over the limit
	TooManyRequests     Code = "too-many-requests"    // 429: slow down
	Internal            Code = "internal"             // 500
	PlatformRefused     Code = "platform-refused"     // 502: the platform did not take the request
	PlatformUnavailable Code = "platform-unavailable" // 503: the platform did not answer
)

// Error is a failure that the backend reported. Message is a sentence that a visitor may read.
type Error struct {
	Status  int    `json:"-"` // HTTP status
	Code    Code   `json:"code"`
	Message string `json:"message"`
}

func (e *Error) Error() string {
	return fmt.Sprintf("backend answered %d %s: %s", e.Status, e.Code, e.Message)
}
