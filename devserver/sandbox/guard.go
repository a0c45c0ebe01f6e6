package sandbox

import (
	"net"
	"net/http"
	"net/url"
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
	protection.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		complain(w, http.StatusForbidden, "cross-site", "Pages of other sites may not do this.")
	}))
	return protection.Handler(handle).ServeHTTP
}
