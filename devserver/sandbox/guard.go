package sandbox

import (
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// ownHost reports whether a request names the platform by its own address or by this machine's. Under another name
// comes the page of a foreign site that has pointed the name here: to its browser that is one origin.
func (s *Sandbox) ownHost(r *http.Request) bool {
	host := hostname(r.Host)
	if base, err := url.Parse(s.base); err == nil && s.base != "" && strings.EqualFold(host, base.Hostname()) {
		return true
	}
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

// hostname is a Host header without its port.
func hostname(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return strings.Trim(host, "[]")
}

// ownPages refuses calls that a browser makes for a page of another origin. Scripts name none, and are let in. The
// platform's API needs no such guard: a foreign page cannot send its headers.
func ownPages(handle http.HandlerFunc) http.HandlerFunc {
	protection := http.NewCrossOriginProtection()
	protection.SetDenyHandler(http.HandlerFunc(refusePage))
	return protection.Handler(handle).ServeHTTP
}

// forSites is ownPages that lets the pages of Config.Sites in, too, and refuses those of others even to look, which
// they could over a WebSocket.
func (s *Sandbox) forSites(handle http.HandlerFunc) http.HandlerFunc {
	own := ownPages(handle)
	return func(w http.ResponseWriter, r *http.Request) {
		origin := r.Header.Get("Origin")
		switch u, err := url.Parse(origin); {
		case origin == "":
			own(w, r)
		case slices.Contains(s.sites, origin):
			w.Header().Set("Access-Control-Allow-Origin", origin)
			handle(w, r)
		case err != nil || u.Host != r.Host:
			refusePage(w, r)
		default:
			own(w, r)
		}
	}
}

func refusePage(w http.ResponseWriter, _ *http.Request) {
	complain(w, http.StatusForbidden, "cross-site", "Pages of other sites may not do this.")
}

// mayPut tells a browser, which asks before it does, that a page may switch faults.
func mayPut(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Access-Control-Allow-Methods", http.MethodPut)
	w.Header().Set("Access-Control-Allow-Headers", "Content-Type")
	w.WriteHeader(http.StatusNoContent)
}
