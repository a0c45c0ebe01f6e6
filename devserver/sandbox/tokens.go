package sandbox

import (
	"net/http"
	"strings"
	"time"
)

// userID identifies the phone's user to applications.
const userID = "5a6d0c1e-0000-4000-8000-0000000000bb"

// tokenLife is how long a user token lives after the last signature for its application.
const tokenLife = 30 * 24 * time.Hour

// userToken is the permission of an application to push to the phone's user. It is issued with the
// first signature and prolonged with each.
type userToken struct {
	Value           string
	Issued, Expires time.Time
}

func (t *userToken) active(now time.Time) bool { return t != nil && now.Before(t.Expires) }

// issue gives an application its token, or prolongs it.
func (s *store) issue(pl *payload, now time.Time) userToken {
	t := s.tokens[pl.app.key]
	if !t.active(now) {
		t = &userToken{Value: newUUID(), Issued: now}
		s.tokens[pl.app.key] = t
	}
	t.Expires = now.Add(tokenLife)
	s.issued[pl.app.key] = pl
	return *t
}

// mayPush reports whether an application may push with a token.
func (s *store) mayPush(a *app, token string, now time.Time) bool {
	t := s.tokens[a.key]
	return t.active(now) && strings.EqualFold(t.Value, token)
}

type tokenDoc struct {
	UserToken string `json:"user_token"`
	Active    bool   `json:"active"`
	Issued    int64  `json:"issued,omitempty"`
	Expires   int64  `json:"expires,omitempty"`
}

// tokenDoc is what an application may know of a token; of one that is not its own, nothing.
func (p *Platform) tokenDoc(a *app, token string) tokenDoc {
	p.mu.Lock()
	defer p.mu.Unlock()
	doc := tokenDoc{UserToken: token}
	if p.store.mayPush(a, token, time.Now()) {
		t := p.store.tokens[a.key]
		doc.Active, doc.Issued, doc.Expires = true, t.Issued.Unix(), t.Expires.Unix()
	}
	return doc
}

func (p *Platform) getUserToken(c call) {
	respond(c.w, http.StatusOK, map[string][]tokenDoc{"tokens": {p.tokenDoc(c.app, c.r.PathValue("token"))}})
}

func (p *Platform) postUserTokens(c call) {
	body, _, ok := p.body(c)
	if !ok {
		return
	}
	in, ok := body.(map[string]any)
	if !ok {
		p.fail(c, errNoBody)
		return
	}
	docs := []tokenDoc{}
	tokens, _ := in["tokens"].([]any)
	for _, v := range tokens {
		if token, ok := v.(string); ok {
			docs = append(docs, p.tokenDoc(c.app, token))
		}
	}
	respond(c.w, http.StatusOK, map[string][]tokenDoc{"tokens": docs})
}
