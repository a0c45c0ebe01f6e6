package backend

import (
	"net/http"

	"github.com/xaman-live/xaman-live/wasm/api"
)

// Webhook is the path of the platform's calls, which come from no page and name any host.
const Webhook = "/api/webhook"

// routes lists what the backend answers. Browsers come under rules that protect their users from pages of other sites;
// the platform's calls prove by their signature who sent them.
func (b *Backend) routes() (http.Handler, error) {
	const all, one = "/api" + api.Collection, "/api" + api.Collection + "/{uuid}"
	sameOrigin := http.NewCrossOriginProtection()
	for _, page := range b.pages {
		if err := sameOrigin.AddTrustedOrigin(page); err != nil {
			return nil, err
		}
	}
	sameOrigin.SetDenyHandler(refusing(&api.Error{Code: api.Forbidden, Message: "Pages of other sites may not do this."}))
	mux := http.NewServeMux()
	mux.Handle("POST "+Webhook, answering(b.log, b.webhook))
	mux.Handle(Webhook, notAllowed("POST"))
	browsers := func(pattern string, h http.Handler) {
		mux.Handle(pattern, b.forPages(sameOrigin.Handler(b.withSessions(h))))
	}
	browsers("GET "+all, answering(b.log, b.list))
	browsers("POST "+all, answering(b.log, b.create))
	browsers("GET "+one, answering(b.log, b.get))
	browsers("DELETE "+one, answering(b.log, b.cancel))
	browsers(all, notAllowed("GET, HEAD, POST"))
	browsers(one, notAllowed("GET, HEAD, DELETE"))
	// Not in the words of the contract: a page whose backend URL is wrong must not take it for a request that nobody
	// knows.
	browsers("/", http.HandlerFunc(http.NotFound))
	return recovering(b.log, mux), nil
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
