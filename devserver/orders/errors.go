package orders

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/xaman-live/xaman-live/devserver/backend"
	"github.com/xaman-live/xaman-live/devserver/xaman"
	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// Codes of failures that only these calls have.
const (
	BadOrder            payload.Code = "bad-order"            // 400: it cannot be made, or never be verified
	UnknownOffer        payload.Code = "unknown-offer"        // 400: the site has none of that name
	IdempotencyConflict payload.Code = "idempotency-conflict" // 409: the key has made another order
	OrderExists         payload.Code = "order-exists"         // 409: the payload is another order's
)

func badRequest(format string, args ...any) *api.Error {
	return refused(http.StatusBadRequest, api.BadRequest, format, args...)
}

// unreadable says what is wrong with a body. What Go says of it would mean little to who writes another language.
func unreadable(err error) *api.Error {
	why := err.Error()
	wrong, mistyped := errors.AsType[*json.UnmarshalTypeError](err)
	_, malformed := errors.AsType[*json.SyntaxError](err)
	switch {
	case mistyped && wrong.Field != "":
		return badRequest("The member %s cannot be %s.", wrong.Field, typed(wrong.Value))
	case mistyped:
		why = "it is " + typed(wrong.Value)
	case malformed:
		why = "it is not JSON"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		why = "it is empty, or ends too early"
	}
	return badRequest("The body is not the JSON object that was expected: %s.", why)
}

// typed is what package encoding/json calls a value, in a sentence.
func typed(value string) string {
	switch name, number, _ := strings.Cut(value, " "); {
	case number != "": // one that is out of range, or not whole
		return "the number " + number
	case name == "bool":
		return "true or false"
	case name == "array", name == "object":
		return "an " + name
	default:
		return "a " + name
	}
}

func badOrder(format string, args ...any) *api.Error {
	return refused(http.StatusBadRequest, BadOrder, format, args...)
}

func refused(status int, code payload.Code, format string, args ...any) *api.Error {
	return &api.Error{Status: status, Code: code, Message: fmt.Sprintf(format, args...)}
}

// explained is what a program is told of an error, and how many seconds it should wait, 0 if that is not known. It says
// more than a visitor would be told.
func explained(err error) (e *api.Error, wait int) {
	var platform *xaman.Error
	switch e, wait = backend.Refusal(err); {
	case errors.Is(err, backend.ErrOrder):
		return badOrder("%s.", sentence(err)), 0
	case errors.Is(err, backend.ErrExists):
		return refused(http.StatusConflict, OrderExists, "There is an order for this payload already: "+
			"GET /api/orders/{uuid} says what has become of it."), 0
	case errors.Is(err, backend.ErrKeyReused):
		return refused(http.StatusConflict, IdempotencyConflict, "This Idempotency-Key has made an order with another "+
			"body. Send that body again, byte for byte, to get its order, or choose another key."), 0
	case e.Code == api.UnknownDemo:
		return refused(http.StatusBadRequest, UnknownOffer, "There is no such offer. GET /api/sign-requests, which the "+
			"site answers, lists those that there are."), 0
	case e.Code == api.PlatformRefused && errors.As(err, &platform):
		return refused(e.Status, e.Code, "Xaman did not accept the call: %s.", platform), 0
	}
	return e, wait
}

// sentence is an error's text with a capital letter at its beginning.
func sentence(err error) string {
	text := err.Error()
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
}
