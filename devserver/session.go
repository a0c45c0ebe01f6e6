package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"net/http"
	"strings"
)

// The name is the project's own, since cookies ignore ports: every server on this machine shares them.
const sessionCookie = "xaman-live-session"

type sessionKey struct{}

// withSessions gives every visitor a session, as soon as it loads a page: two cards that create their requests at the
// same time then do so in the same session. Other files come without, since caches may share them.
//
// The cookie lacks Secure, as the server speaks plain HTTP. Put it there behind TLS.
func withSessions(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := rand.Text()
		if c, err := r.Cookie(sessionCookie); err == nil && len(c.Value) == len(id) {
			id = c.Value
		} else if strings.HasPrefix(r.URL.Path, "/api/") || isPage(fileName(r.URL.Path)) {
			http.SetCookie(w, &http.Cookie{
				Name: sessionCookie, Value: id, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode,
			})
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), sessionKey{}, id)))
	})
}

// session is what the store knows the visitor's session by: a fingerprint, as whoever has the id is let in.
func session(r *http.Request) string {
	id, _ := r.Context().Value(sessionKey{}).(string)
	return fmt.Sprintf("%x", sha256.Sum256([]byte(id)))
}
