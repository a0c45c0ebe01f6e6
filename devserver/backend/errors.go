package backend

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/xaman-live/xaman-live/devserver/record"
	"github.com/xaman-live/xaman-live/devserver/xaman"
	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

var errNotFound = &api.Error{Code: api.NotFound, Message: "There is no such sign request."}

var statuses = map[payload.Code]int{
	api.BadRequest:          http.StatusBadRequest,
	api.UnknownDemo:         http.StatusBadRequest,
	api.Unauthorized:        http.StatusUnauthorized,
	api.Forbidden:           http.StatusForbidden,
	api.NotFound:            http.StatusNotFound,
	api.MethodNotAllowed:    http.StatusMethodNotAllowed,
	api.TooLarge:            http.StatusRequestEntityTooLarge,
	api.TooManyRequests:     http.StatusTooManyRequests,
	api.Internal:            http.StatusInternalServerError,
	api.PlatformRefused:     http.StatusBadGateway,
	api.PlatformUnavailable: http.StatusServiceUnavailable,
}

// limited is a refusal that holds for a while.
type limited struct {
	refusal *api.Error
	wait    time.Duration
}

func (l limited) Error() string { return l.refusal.Error() }
func (l limited) Unwrap() error { return l.refusal }

func tooMany(message string, wait time.Duration) error {
	return limited{&api.Error{Code: api.TooManyRequests, Message: message}, wait}
}

// retryAfter is how long a visitor should wait, in whole seconds, if that is known.
func retryAfter(err error) (seconds int, known bool) {
	wait := time.Duration(0)
	if l, ok := errors.AsType[limited](err); ok {
		wait = l.wait
	} else if e, ok := errors.AsType[*xaman.Error](err); ok {
		wait = e.RetryAfter
	}
	return int((wait + time.Second - 1) / time.Second), wait > 0
}

// refusal is what a visitor is told of err, which stays here.
func refusal(err error) *api.Error {
	if e, ok := errors.AsType[*api.Error](err); ok {
		return e
	}
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return &api.Error{Code: api.TooLarge, Message: "The body is too large."}
	}
	switch {
	case errors.Is(err, xaman.ErrSignature):
		return &api.Error{Code: api.Unauthorized,
			Message: "The webhook is not signed with this application's secret, or not recently."}
	case errors.Is(err, xaman.ErrWebhook):
		return &api.Error{Code: api.BadRequest, Message: "The body is not the webhook that was expected."}
	case errors.Is(err, xaman.ErrRateLimited):
		return &api.Error{Code: api.TooManyRequests, Message: "Xaman wants fewer calls. Try again in a minute."}
	case errors.Is(err, xaman.ErrUnavailable), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return &api.Error{Code: api.PlatformUnavailable, Message: "Xaman does not answer. Try again in a moment."}
	}
	if _, ok := errors.AsType[*xaman.Error](err); ok || errors.Is(err, record.ErrRepeated) {
		return &api.Error{Code: api.PlatformRefused, Message: "Xaman did not accept the request."}
	}
	return &api.Error{Code: api.Internal, Message: "Something went wrong on this site."}
}

// answering turns what a handler of the contract returns into an answer, and logs the cause if the fault is not the
// visitor's.
func answering(log *slog.Logger, handle func(http.ResponseWriter, *http.Request) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		err := handle(w, r)
		if err == nil {
			return
		}
		e := refusal(err)
		if r.Context().Err() == nil && (statuses[e.Code] >= 500 || errors.Is(err, xaman.ErrRateLimited)) {
			log.Error("request failed", "method", r.Method, "route", r.Pattern, "code", e.Code, "err", err)
		}
		if seconds, ok := retryAfter(err); ok {
			w.Header().Set("Retry-After", strconv.Itoa(seconds))
		}
		writeError(w, e)
	})
}

func writeError(w http.ResponseWriter, e *api.Error) {
	_ = writeJSON(w, statuses[e.Code], map[string]*api.Error{"error": e})
}

// recovering keeps a panic in one request from being more than that.
func recovering(log *slog.Logger, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			switch p := recover(); p {
			case nil:
			case http.ErrAbortHandler:
				panic(p)
			default:
				log.Error("panic", "method", r.Method, "panic", p, "stack", string(debug.Stack()))
				writeError(w, &api.Error{Code: api.Internal, Message: "Something went wrong on this site."})
			}
		}()
		next.ServeHTTP(w, r)
	})
}
