package backend

import (
	"net/http"
	"strings"

	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// Webhook is the path of the platform's calls, which come from no page and name any host.
const Webhook = "/api/webhook"

const (
	collection = "/api" + api.Collection
	single     = collection + "/{uuid}"
)

// call is a call of the contract. It fails with the codes that its callers are told to expect: what its handler returns
// besides is a fault of this server.
type call struct {
	method, path string
	handle       func(*Backend, http.ResponseWriter, *http.Request) error
	fails        []payload.Code // besides internal, and method-not-allowed for other methods
}

var calls = []call{
	{"GET", collection, (*Backend).list, nil},
	{"POST", collection, (*Backend).create, []payload.Code{
		api.BadRequest, api.UnknownDemo, api.AmountRefused, api.Forbidden, api.TooLarge, api.TooManyRequests,
		api.PlatformRefused, api.PlatformUnavailable, api.Unavailable,
	}},
	{"GET", single, (*Backend).get, []payload.Code{
		api.BadRequest, api.ViewKeyExpired, api.NotFound, api.PlatformRefused, api.PlatformUnavailable,
		api.Unavailable,
	}},
	{"DELETE", single, (*Backend).cancel, []payload.Code{
		api.BadRequest, api.Forbidden, api.ViewKeyExpired, api.NotFound, api.TooManyRequests, api.PlatformRefused,
		api.PlatformUnavailable, api.Unavailable,
	}},
	{"POST", Webhook, (*Backend).webhook, []payload.Code{
		api.BadRequest, api.Unauthorized, api.TooLarge, api.Unavailable,
	}},
}

// routes lists what the backend answers. Browsers come under rules that protect their users from pages of other sites;
// the platform's calls prove by their signature who sent them.
func (b *Backend) routes() (http.Handler, error) {
	sameOrigin := http.NewCrossOriginProtection()
	for _, page := range b.pages {
		if err := sameOrigin.AddTrustedOrigin(page); err != nil {
			return nil, err
		}
	}
	sameOrigin.SetDenyHandler(refusing(&api.Error{Code: api.Forbidden, Message: "Pages of other sites may not do this."}))
	mux := http.NewServeMux()
	handle := func(method, path string, h http.Handler) {
		if path != Webhook {
			h = b.forPages(sameOrigin.Handler(b.withSessions(h)))
		}
		mux.Handle(method+path, h)
	}
	allowed := map[string][]string{}
	for _, c := range calls {
		handle(c.method+" ", c.path, b.answering(c))
		allowed[c.path] = append(allowed[c.path], c.method)
		if c.method == "GET" {
			allowed[c.path] = append(allowed[c.path], "HEAD")
		}
	}
	for path, methods := range allowed {
		handle("", path, notAllowed(strings.Join(methods, ", ")))
	}
	// Not in the words of the contract: a page whose backend URL is wrong must not take it for a request that nobody
	// knows.
	handle("", "/", http.HandlerFunc(http.NotFound))
	return Recovering(b.log, mux), nil
}

func refusing(e *api.Error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { writeError(w, e) })
}

func notAllowed(methods string) http.Handler {
	refuse := refusing(&api.Error{Code: api.MethodNotAllowed, Message: "This can only be done with " + methods + "."})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Allow", methods)
		refuse.ServeHTTP(w, r)
	})
}
