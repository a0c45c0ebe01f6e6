package main

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/xaman-live/xaman-live/devserver/backend"
	"github.com/xaman-live/xaman-live/devserver/static"
)

// openRoot opens the folder of the site as it is made from its sources, or if it was not made, that of the sources.
func openRoot(dir string, log *slog.Logger) (*os.Root, error) {
	made, err := os.OpenRoot(filepath.Join(dir, "dist"))
	if !errors.Is(err, fs.ErrNotExist) {
		return made, err
	}
	sources, err := os.OpenRoot(dir)
	if err == nil {
		log.Warn("the site has no dist folder, so its pages work without WebAssembly: run ./build.sh build")
	}
	return sources, err
}

// siteHandler serves the site with its backend. Pages are for the name of the site's origin alone, or with local set
// for all names of this machine; the platform's calls may use any.
func siteHandler(b *backend.Backend, root *os.Root, policy, origin string, local bool) http.Handler {
	files := static.Handler(root)
	pages := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if static.IsPage(r.URL.Path) {
			b.Session(w, r)
		}
		files.ServeHTTP(w, r)
	})
	named := func(h http.Handler) http.Handler { return onlyOrigin(origin, h) }
	if local {
		named = onlyLocalHosts
	}
	mux := http.NewServeMux()
	mux.Handle(backend.Webhook, b)
	mux.Handle("/api/", named(b))
	mux.Handle("/", named(pages))
	return withSecurityHeaders(policy, mux)
}

// siteOrigin is the origin of the site's pages: the one that was said, or that of a listener on this machine alone.
func siteOrigin(o options, l net.Listener) (string, error) {
	switch {
	case o.origin != "":
		return o.origin, nil
	case loopback(l):
		return origin(o.scheme(), l), nil
	}
	return "", fmt.Errorf("listen on -addr %s: other machines can reach it, so say the site's public origin, as in "+
		"-origin https://shop.example, or choose a port of 127.0.0.1", o.addr)
}

// pageOrigins are those that the site's pages have: its own, and for an address of this machine its other name as well.
func pageOrigins(site string) []string {
	if scheme, port, ok := strings.Cut(site, "://127.0.0.1:"); ok {
		return []string{site, scheme + "://localhost:" + port}
	}
	return []string{site}
}

// parseOrigin returns an origin as browsers write it: in lower case, and without the port that belongs to the scheme.
func parseOrigin(said string) (string, error) {
	u, err := url.Parse(strings.TrimSuffix(said, "/"))
	if err != nil || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http" ||
		!strings.EqualFold(strings.TrimSuffix(said, "/"), u.Scheme+"://"+u.Host) {
		return "", fmt.Errorf("%q is not an origin, as in https://shop.example", said)
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

// contentPolicy is what the site's pages may load, given the origins under which the platform answers. That of a
// simulated phone, "" if there is none, may also be asked, and shown in a frame.
func contentPolicy(phone string, platform ...string) string {
	pictures := strings.Join(platform, " ")
	sockets := strings.ReplaceAll(pictures, "http", "ws") // https becomes wss
	if phone != "" {
		sockets += " " + phone
	} else {
		phone = "'none'"
		pictures += " " + iconOrigin
	}
	return strings.Join([]string{
		"default-src 'none'",
		"script-src 'self' 'wasm-unsafe-eval'", // WebAssembly, without JavaScript's eval
		"style-src 'self'",
		"img-src 'self' " + pictures,    // icons, and refs.qr_png, where nothing else can draw the QR code
		"connect-src 'self' " + sockets, // the contract and the module here, the status socket there
		"frame-src " + phone,
		"base-uri 'none'",
		"form-action 'none'",
		"frame-ancestors 'none'",             // a framed card could be made to be clicked unseen
		"require-trusted-types-for 'script'", // no text becomes a script …
		"trusted-types 'none'",               // … whatever policy vouches for it
	}, "; ")
}

func withSecurityHeaders(policy string, next http.Handler) http.Handler {
	always := http.Header{
		"Content-Security-Policy":      {policy},
		"Cross-Origin-Opener-Policy":   {"same-origin"},
		"Cross-Origin-Resource-Policy": {"same-origin"},
		"Permissions-Policy":           {"camera=(), geolocation=(), microphone=(), payment=(), usb=()"},
		"Referrer-Policy":              {"same-origin"},
		"X-Content-Type-Options":       {"nosniff"},
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		maps.Copy(w.Header(), always)
		next.ServeHTTP(w, r)
	})
}
