package main

import (
	"log/slog"
	"net/http"

	"github.com/xaman-live/xaman-live/wasm/api"
)

// routes lists what the server answers. Browsers come under rules that protect their users from pages of other sites;
// the platform's calls prove by their signature who sent them. Pages are for the name of the site's origin alone, or with
// local set for all names of this machine.
func routes(b *backend, site http.Handler, policy string, local bool, log *slog.Logger) http.Handler {
	const all, one, hook = "/api" + api.Collection, "/api" + api.Collection + "/{uuid}", "/api/webhook"
	mux := http.NewServeMux()
	mux.Handle("GET "+all, answering(log, b.offers))
	mux.Handle("POST "+all, answering(log, b.create))
	mux.Handle("GET "+one, answering(log, b.get))
	mux.Handle("DELETE "+one, answering(log, b.cancel))
	mux.Handle(all, notAllowed("GET, HEAD, POST"))
	mux.Handle(one, notAllowed("GET, HEAD, DELETE"))
	// Not in the words of the contract: a page whose backend URL is wrong must not take it for a request that nobody knows.
	mux.HandleFunc("/api/", http.NotFound)
	mux.Handle("/", site)

	sameOrigin := http.NewCrossOriginProtection()
	sameOrigin.SetDenyHandler(refusing(&api.Error{Code: api.Forbidden, Message: "Pages of other sites may not do this."}))
	browsers := sameOrigin.Handler(b.cookies.withSessions(mux))
	if local {
		browsers = onlyLocalHosts(browsers)
	} else {
		browsers = onlyOrigin(b.site, browsers)
	}

	outer := http.NewServeMux()
	outer.Handle("POST "+hook, answering(log, b.webhook))
	outer.Handle(hook, notAllowed("POST"))
	outer.Handle("/", browsers)
	return recovering(log, withSecurityHeaders(policy, outer))
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
