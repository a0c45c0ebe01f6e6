package orders

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/xaman-live/xaman-live/devserver/backend"
	"github.com/xaman-live/xaman-live/devserver/record"
	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// Options is what the calls work with. All but Log have to be there.
type Options struct {
	Backend *backend.Backend
	Record  Record // of the backend
	Keys    Keys
	Base    string // URL of the backend as pages reach it, as in https://shop.example/api
	Log     *slog.Logger
}

// Record is what the calls need of a [record.Record].
type Record interface {
	ByReference(ctx context.Context, reference string, most int) ([]payload.UUID, error)
	Delivery(ctx context.Context, id string) (record.Delivery, error)
	Deliveries(ctx context.Context, uuid payload.UUID, after string, most int) ([]record.Delivery, error)
	SaveDelivery(ctx context.Context, d record.Delivery) error
}

// handler holds the options for the calls.
type handler struct{ Options }

// call is one of the calls, with the codes that its callers are told to expect.
type call struct {
	method, path string
	handle       func(handler, http.ResponseWriter, *http.Request) error
	fails        []payload.Code // besides those that every call has
}

const (
	all        = "/api/orders"
	one        = all + "/{uuid}"
	deliveries = "/api/deliveries"
)

var (
	ofEvery    = []payload.Code{api.Unauthorized, api.Internal, api.Unavailable}
	ofPlatform = []payload.Code{api.PlatformRefused, api.PlatformUnavailable}
	ofOne      = append([]payload.Code{api.BadRequest, api.NotFound}, ofPlatform...)
	ofOrder    = append([]payload.Code{
		api.BadRequest, BadOrder, UnknownOffer, api.AmountRefused, IdempotencyConflict, OrderExists, api.TooLarge,
		api.TooManyRequests,
	}, ofPlatform...)

	calls = []call{
		{"POST", all, handler.create, ofOrder},
		{"GET", all, handler.list, append([]payload.Code{api.BadRequest}, ofPlatform...)},
		{"GET", one, handler.get, ofOne},
		{"DELETE", one, handler.cancel, append([]payload.Code{api.TooManyRequests}, ofOne...)},
		{"POST", one + "/view-keys", handler.viewKey, append([]payload.Code{api.TooLarge}, ofOne...)},
		{"GET", deliveries, handler.deliveries, []payload.Code{api.BadRequest}},
		{"GET", deliveries + "/{id}", handler.delivery, []payload.Code{api.NotFound}},
		{"POST", deliveries + "/{id}/retry", handler.retry, []payload.Code{api.NotFound}},
	}
)

// New returns the handler of all paths from /api/orders and /api/deliveries on.
func New(o Options) http.Handler {
	h, mux, allowed := handler{o}, http.NewServeMux(), map[string][]string{}
	if h.Log == nil {
		h.Log = slog.New(slog.DiscardHandler)
	}
	for _, c := range calls {
		mux.Handle(c.method+" "+c.path, h.answering(c))
		allowed[c.path] = append(allowed[c.path], c.method)
	}
	for path, methods := range allowed {
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Allow", strings.Join(methods, ", "))
			fail(w, refused(http.StatusMethodNotAllowed, api.MethodNotAllowed,
				"This can only be done with %s.", strings.Join(methods, " and ")))
		})
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		fail(w, refused(http.StatusNotFound, api.NotFound,
			"There is no such call. Those that there are begin with %s and %s.", all, deliveries))
	})
	return backend.Recovering(h.Log, h.admitting(mux))
}

// admitting lets nobody in who does not show a key.
func (h handler) admitting(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if e := h.Keys.admit(r.Header); e != nil {
			w.Header().Set("WWW-Authenticate", "Bearer")
			fail(w, e)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// answering turns what the handler of a call returns into an answer, and logs the cause if the fault is not the
// caller's.
func (h handler) answering(c call) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		err := c.handle(h, w, r)
		if err == nil {
			return
		}
		e, wait := explained(err)
		if !slices.Contains(ofEvery, e.Code) && !slices.Contains(c.fails, e.Code) {
			e, _ = backend.Refusal(errors.New("internal"))
		}
		if r.Context().Err() == nil && e.Status >= 500 {
			h.Log.Error("call failed", "method", r.Method, "route", r.Pattern, "code", e.Code, "err", err)
		}
		if wait > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(wait))
		}
		fail(w, e)
	})
}
