package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
)

func listen(ctx context.Context, name, addr string) (net.Listener, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("listen on %s: the port is in use: choose another with %s, or 0 for any", addr, name)
	}
	if err != nil {
		return nil, fmt.Errorf("listen on %s %s: %w", name, addr, err)
	}
	return l, nil
}

// origin is the URL under which a browser on this machine reaches l. A listener on all addresses is reached by the
// loopback's, which browsers trust without encryption.
func origin(l net.Listener) string {
	addr := l.Addr().(*net.TCPAddr)
	if addr.IP.IsUnspecified() {
		return fmt.Sprintf("http://127.0.0.1:%d", addr.Port)
	}
	return "http://" + addr.String()
}

func loopback(l net.Listener) bool { return l.Addr().(*net.TCPAddr).IP.IsLoopback() }

// siteOrigin is the origin of the site's pages: the one that was said, or that of a listener on this machine alone.
func siteOrigin(o options, l net.Listener) (string, error) {
	switch {
	case o.origin != "":
		return o.origin, nil
	case loopback(l):
		return origin(l), nil
	}
	return "", fmt.Errorf("listen on -addr %s: other machines can reach it, so say the site's public origin, as in "+
		"-origin https://shop.example, or choose a port of 127.0.0.1", o.addr)
}

// parseOrigin returns an origin as browsers write it: in lower case, and without the port that belongs to the scheme.
func parseOrigin(said string) (string, error) {
	if said == "" {
		return "", nil
	}
	u, err := url.Parse(strings.TrimSuffix(said, "/"))
	if err != nil || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http" ||
		!strings.EqualFold(strings.TrimSuffix(said, "/"), u.Scheme+"://"+u.Host) {
		return "", fmt.Errorf("-origin %q is not an origin, as in https://shop.example", said)
	}
	return u.Scheme + "://" + hostWithout(u.Host, u.Scheme), nil
}

// hostWithout is a host in lower case, without the port that belongs to the scheme.
func hostWithout(host, scheme string) string {
	host = strings.ToLower(host)
	if scheme == "https" {
		return strings.TrimSuffix(host, ":443")
	}
	return strings.TrimSuffix(host, ":80")
}

// onlyOrigin turns away requests for any host but the origin's. A foreign site may have pointed one of its own names
// here, to be let in as the same origin.
func onlyOrigin(origin string, next http.Handler) http.Handler {
	scheme, host, _ := strings.Cut(origin, "://")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if hostWithout(r.Host, scheme) != host {
			http.Error(w, "This server answers to another name.", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// onlyLocalHosts turns away requests for any name but those of a loopback address. Another name means that a foreign
// site has pointed one of its own here, to be let in as the same origin.
func onlyLocalHosts(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			host = strings.Trim(r.Host, "[]")
		}
		if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
			http.Error(w, "This server answers to localhost only.", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}
