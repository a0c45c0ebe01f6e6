package backend

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// The names are the project's own, since cookies ignore ports: every server on this machine shares them.
const (
	sessionCookie = "xaman-live-session"
	holderCookie  = "xaman-live-request-" // and the request's UUID
)

// holding is how long a browser can look at a request that it has made.
const holding = 30 * 24 * time.Hour

// cookies are two kinds. Both are signed, so that only those count that this server has issued.
//
// A session's tells visits of one browser from those of others: what it may ask for, and whose phone is pushed to.
// Such a cookie can be planted: somebody who visits the site, and puts his cookie into another's browser, is in the
// same session. So a session that has made a request ends when the request is verified, and the next one is told to
// the request's holder alone.
//
// A holder's is given with the answer that makes a request, to the browser that asked for it, and lets it see the
// request. There is one for each request, as two cards of a page may make theirs at the same time.
type cookies struct {
	session, holder string    // names, the latter to be followed by the request's UUID
	secure          bool      // the site's origin is https:
	macs            sync.Pool // of hash.Hash with the secret, whose making costs more than its use
}

func newCookies(secret []byte, secure bool) *cookies {
	c := &cookies{session: sessionCookie, holder: holderCookie, secure: secure}
	if secure {
		c.session = "__Host-" + c.session // no neighbour under the same domain can set it
		c.holder = "__Secure-" + c.holder
	}
	c.macs.New = func() any { return hmac.New(sha256.New, secret) }
	return c
}

// sign returns a signature of text, for one use alone.
func (c *cookies) sign(use, text string) string {
	mac := c.macs.Get().(hash.Hash)
	defer c.macs.Put(mac)
	mac.Reset()
	room := make([]byte, 0, 128)
	mac.Write(append(append(append(room, use...), '\n'), text...))
	sum := mac.Sum(room)
	return string(base64.RawURLEncoding.AppendEncode(sum, sum)[len(sum):])
}

func (c *cookies) forSession(id string) *http.Cookie {
	return c.cookie(&http.Cookie{Name: c.session, Value: c.signed(id), Path: "/"})
}

// signed is the value of a session's cookie.
func (c *cookies) signed(id string) string { return id + "." + c.sign("session", id) }

func (c *cookies) forHolder(uuid payload.UUID) *http.Cookie {
	return c.cookie(&http.Cookie{
		Name: c.holder + string(uuid), Value: c.sign("holder", string(uuid)),
		Path: "/api" + api.Collection + "/" + string(uuid), MaxAge: int(holding / time.Second),
	})
}

func (c *cookies) cookie(k *http.Cookie) *http.Cookie {
	k.HttpOnly, k.Secure, k.SameSite = true, c.secure, http.SameSiteLaxMode
	return k
}

// next is the id of the session that takes the place of the one that made a request.
func (c *cookies) next(uuid payload.UUID) string { return c.sign("next", string(uuid)) }

// holds reports whether a request comes from the browser that made the sign request.
func (c *cookies) holds(r *http.Request, uuid payload.UUID) bool {
	want := c.sign("holder", string(uuid))
	for _, k := range r.CookiesNamed(c.holder + string(uuid)) {
		if hmac.Equal([]byte(k.Value), []byte(want)) {
			return true
		}
	}
	return false
}

// sessionOf returns the id of the session that a request comes from, or "".
func (c *cookies) sessionOf(r *http.Request) string {
	for _, k := range r.CookiesNamed(c.session) {
		id, _, _ := strings.Cut(k.Value, ".")
		if id != "" && hmac.Equal([]byte(k.Value), []byte(c.signed(id))) {
			return id
		}
	}
	return ""
}

// ensure returns the id of the visitor's session, a new one if there is none.
func (c *cookies) ensure(w http.ResponseWriter, r *http.Request) string {
	id := c.sessionOf(r)
	if id == "" {
		id = rand.Text()
		http.SetCookie(w, c.forSession(id))
	}
	return id
}

// identity is who a visitor is.
type identity struct {
	id     string
	hosted bool // the site's own program says so; else his cookie does
}

// session is what the record knows his session by.
func (i identity) session() string {
	if i.hosted {
		return fingerprint("hosted\n" + i.id) // no cookie has an id like that
	}
	return fingerprint(i.id)
}

// name is what the site's program knows him by.
func (i identity) name() string {
	if i.hosted {
		return i.id
	}
	return i.session()
}

// hosted is who a request comes from, if the site's own program knows.
func (b *Backend) hosted(r *http.Request) (who identity, ok bool) {
	if b.visitor == nil {
		return identity{}, false
	}
	id, ok := b.visitor(r)
	return identity{id, true}, ok && id != ""
}

// Session gives a visitor a session, if he has none. It is to be called for each page with a card before it is written:
// two cards of a page that create their requests at the same time then do so in the same session. Other files should
// come without, since caches may share them.
func (b *Backend) Session(w http.ResponseWriter, r *http.Request) {
	if _, ok := b.hosted(r); !ok {
		b.cookies.ensure(w, r)
	}
}

type identityKey struct{}

// withSessions gives every visitor a session. Those who share a view key are one visitor, without a cookie.
func (b *Backend) withSessions(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who, ok := b.hosted(r)
		if _, given := viewKeyOf(r); given {
			who = identity{id: "view " + r.PathValue("uuid")}
		} else if !ok {
			who = identity{id: b.cookies.ensure(w, r)}
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), identityKey{}, who)))
	})
}

// whoIs is who a request comes from.
func whoIs(r *http.Request) identity {
	who, _ := r.Context().Value(identityKey{}).(identity)
	return who
}

// session is what the record knows the visitor's session by; "": there is none.
func session(r *http.Request) string {
	who := whoIs(r)
	if who.id == "" {
		return ""
	}
	return who.session()
}

// fingerprint is what the record knows a session's id by, as whoever has the id is let in.
func fingerprint(id string) string {
	sum := sha256.Sum256([]byte(id))
	return hex.EncodeToString(sum[:])
}
