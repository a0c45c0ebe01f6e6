package sandbox

import (
	"errors"
	"net/http"
	"strings"

	"github.com/xaman-live/xaman-live/devserver/sandbox/engine"
)

// apiError is why the REST API refuses a call. An ordinary one has a code and no text: the real platform shows the text
// in its developer console only. One with a message is of the other shape, fatal.
type apiError struct {
	status, code int
	message      string
}

func (e *apiError) Error() string { return e.message }

var (
	errNoBody             = &apiError{http.StatusBadRequest, 599, ""}
	errNoTemplate         = &apiError{http.StatusBadRequest, 600, ""}
	errBadBlob            = &apiError{http.StatusBadRequest, 601, ""}
	errUnknownTransaction = &apiError{http.StatusBadRequest, 602, ""}
	errNotEncodable       = &apiError{http.StatusBadRequest, 603, ""}
	errTwoTemplates       = &apiError{http.StatusBadRequest, 604, ""}
	errInternal           = &apiError{http.StatusBadRequest, 605, ""}
	errScam               = &apiError{http.StatusBadRequest, 609, ""}
	errIdentifierTaken    = &apiError{http.StatusBadRequest, 409, ""}
	errMetaTooLong        = &apiError{http.StatusBadRequest, 413, ""}
	errNotFound           = &apiError{http.StatusNotFound, 404, ""}

	errDisabled    = &apiError{http.StatusForbidden, 810, ""}
	errUnknownKey  = &apiError{http.StatusForbidden, 811, ""}
	errNoKey       = &apiError{http.StatusForbidden, 812, ""}
	errWrongSecret = &apiError{http.StatusForbidden, 813, ""}

	// The platform documents that it limits, but not with which status.
	errTooManyCalls = &apiError{http.StatusTooManyRequests, 429, ""}

	errTooLarge = fatal(http.StatusRequestEntityTooLarge, "request entity too large")
	errNotJSON  = fatal(http.StatusInternalServerError, "request body is not JSON")
	errFull     = fatal(http.StatusServiceUnavailable, "too many payloads are unfinished")
	errStore    = fatal(http.StatusInternalServerError, "payload cannot be stored")
)

func fatal(status int, message string) *apiError { return &apiError{status, status, message} }

// refuse is the answer to a call that is refused.
func (s *Sandbox) refuse(c call, err error) reply {
	e := errStore
	switch {
	case errors.As(err, &e):
	case err == engine.ErrFull:
		e = errFull
	case err == engine.ErrIdentifierTaken:
		e = errIdentifierTaken
	}
	if e.message != "" {
		return reply{e.status, fatalDocument(c.r, e, c.ref)}
	}
	s.log.Info("call refused", "call", c.r.Pattern, "code", e.code, "ref", short(c.ref))
	return reply{e.status, errorDoc{errorBody{c.ref, e.code}}}
}

func (s *Sandbox) unknownRoute(w http.ResponseWriter, r *http.Request) {
	unknown := fatal(http.StatusNotFound, "Endpoint unknown or method not allowed for endpoint")
	respond(w, unknown.status, fatalDocument(r, unknown, ""))
}

func fatalDocument(r *http.Request, e *apiError, ref string) fatalDoc {
	return fatalDoc{true, e.message, ref, e.code, strings.TrimPrefix(r.URL.Path, "/api"), r.Method}
}

type errorDoc struct {
	Error errorBody `json:"error"`
}

type errorBody struct {
	Reference string `json:"reference"`
	Code      int    `json:"code"`
}

type fatalDoc struct {
	Error     bool   `json:"error"`
	Message   string `json:"message"`
	Reference string `json:"reference"`
	Code      int    `json:"code"`
	Req       string `json:"req"`
	Method    string `json:"method"`
}

// complaint is why something of the sandbox's own, its phone first of all, was not done. Unlike the platform's errors
// it says what is wrong.
type complaint struct {
	status        int
	code, message string
}

func (c *complaint) Error() string { return c.message }

var complaints = map[error]*complaint{
	engine.ErrUnknown:   {http.StatusNotFound, "not-found", "There is no payload with this uuid."},
	engine.ErrResolved:  {http.StatusConflict, "already-resolved", "The payload is already signed or rejected."},
	engine.ErrBusy:      {http.StatusConflict, "busy", "The phone is signing this payload right now."},
	engine.ErrExpired:   {http.StatusGone, "expired", "The payload expired before it was opened."},
	engine.ErrCancelled: {http.StatusGone, "cancelled", "The payload was cancelled."},
}

var (
	errClosed     = &complaint{http.StatusServiceUnavailable, "closed", "The sandbox is closed."}
	errUnknownAct = &complaint{http.StatusNotFound, "unknown-act", "The phone can open, accept, reject and close."}
	errNetwork    = &complaint{
		http.StatusConflict, "unknown-network", "The payload forces a network that the phone does not know.",
	}
	errAccount    = &complaint{http.StatusBadRequest, "unknown-account", "The phone has no such account."}
	errUnsignable = &complaint{http.StatusConflict, "cannot-sign", "The phone cannot sign a request like this."}
	errSigner     = &complaint{http.StatusConflict, "wrong-signer", "The payload may not be signed by this account."}
)

// complainOf answers with why something was not done.
func complainOf(w http.ResponseWriter, err error) {
	c := complaints[err]
	if c == nil && !errors.As(err, &c) {
		c = &complaint{http.StatusInternalServerError, "internal", "The sandbox failed; its log says how."}
	}
	complain(w, c.status, c.code, c.message)
}

// complain answers with a [complaint].
func complain(w http.ResponseWriter, status int, code, message string) {
	type doc struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	}
	respond(w, status, map[string]doc{"error": {code, message}})
}
