package backend

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"runtime/debug"
	"slices"
	"strconv"
	"time"

	"github.com/xaman-live/xaman-live/devserver/record"
	"github.com/xaman-live/xaman-live/devserver/xaman"
	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

var (
	errNotFound     = &api.Error{Code: api.NotFound, Message: "There is no such sign request."}
	errUnknownOffer = &api.Error{Code: api.UnknownDemo, Message: "This site has no demo of that name."}
	errInternal     = &api.Error{Code: api.Internal, Message: "Something went wrong on this site."}
)

var statuses = map[payload.Code]int{
	api.BadRequest:          http.StatusBadRequest,
	api.UnknownDemo:         http.StatusBadRequest,
	api.AmountRefused:       http.StatusBadRequest,
	api.Unauthorized:        http.StatusUnauthorized,
	api.Forbidden:           http.StatusForbidden,
	api.ViewKeyExpired:      http.StatusForbidden,
	api.NotFound:            http.StatusNotFound,
	api.MethodNotAllowed:    http.StatusMethodNotAllowed,
	api.TooLarge:            http.StatusRequestEntityTooLarge,
	api.TooManyRequests:     http.StatusTooManyRequests,
	api.Internal:            http.StatusInternalServerError,
	api.PlatformRefused:     http.StatusBadGateway,
	api.PlatformUnavailable: http.StatusServiceUnavailable,
	api.Unavailable:         http.StatusServiceUnavailable,
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

// awayFor is how long a visitor should wait when the record cannot be reached.
const awayFor = 5 * time.Second

// retryAfter is how long a visitor should wait, in whole seconds, if that is known.
func retryAfter(err error) (seconds int, known bool) {
	wait := time.Duration(0)
	if l, ok := errors.AsType[limited](err); ok {
		wait = l.wait
	} else if errors.Is(err, record.ErrAway) {
		wait = awayFor
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
	case errors.Is(err, record.ErrAway):
		return &api.Error{Code: api.Unavailable, Message: "This site cannot look at its orders. Try again in a moment."}
	case errors.Is(err, record.ErrNotFound):
		return errNotFound
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
	return errInternal
}

// Refusal is what a program is told of an error that a method of a [Backend] has returned, and how many seconds it
// should wait before it tries again, 0 if that is not known. Its Status is always there. The cause is for the log.
func Refusal(err error) (e *api.Error, wait int) {
	told := *refusal(err)
	told.Status = cmp.Or(told.Status, statuses[told.Code], http.StatusBadRequest)
	wait, _ = retryAfter(err)
	return &told, wait
}

// noteOutage notes who does not answer, so that the background tries again. Other errors are logged each time.
func (b *Backend) noteOutage(err error) {
	switch {
	case errors.Is(err, record.ErrAway):
		b.recordOutage.note(b.log, "record", err)
	case err == nil, errors.Is(err, xaman.ErrRateLimited), errors.Is(err, xaman.ErrUnavailable),
		errors.Is(err, xaman.ErrNotFound):
		b.platformOutage.note(b.log, "platform", err)
	default:
		b.log.Error("cannot go on with a request, trying again", "err", err)
	}
}

// answering turns what the handler of a call returns into an answer, and logs the cause if the fault is not the
// visitor's.
func (b *Backend) answering(c call) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		err := c.handle(b, w, r)
		if err == nil {
			return
		}
		e := refusal(err)
		if !slices.Contains(c.fails, e.Code) {
			e = errInternal
		}
		if r.Context().Err() == nil && (statuses[e.Code] >= 500 || errors.Is(err, xaman.ErrRateLimited)) {
			b.log.Error("request failed", "method", r.Method, "route", r.Pattern, "code", e.Code, "err", err)
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

// Recovering keeps a panic in one request from being more than that.
func Recovering(log *slog.Logger, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			switch p := recover(); p {
			case nil:
			case http.ErrAbortHandler:
				panic(p)
			default:
				log.Error("panic", "method", r.Method, "panic", p, "stack", string(debug.Stack()))
				writeError(w, errInternal)
			}
		}()
		next.ServeHTTP(w, r)
	})
}
