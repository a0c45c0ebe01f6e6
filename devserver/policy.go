package main

import (
	"net/http"
	"strings"
)

// contentPolicy is what the site's pages may load, given the origins under which the platform answers.
func contentPolicy(platform ...string) string {
	pictures := strings.Join(platform, " ")
	sockets := strings.ReplaceAll(pictures, "http", "ws") // https becomes wss
	return strings.Join([]string{
		"default-src 'none'",
		"script-src 'self' 'wasm-unsafe-eval'", // WebAssembly, without JavaScript's eval
		"style-src 'self'",
		"img-src 'self' " + pictures,    // refs.qr_png, where nothing else can draw the QR code
		"connect-src 'self' " + sockets, // the contract and the module here, the status socket there
		"base-uri 'none'",
		"form-action 'none'",
		"frame-ancestors 'none'",             // a framed card could be made to be clicked unseen
		"require-trusted-types-for 'script'", // no text becomes a script …
		"trusted-types 'none'",               // … whatever policy vouches for it
	}, "; ")
}

func withSecurityHeaders(policy string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("X-Content-Type-Options", "nosniff")
		next.ServeHTTP(w, r)
	})
}
