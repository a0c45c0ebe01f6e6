package engine

import (
	"strings"
	"time"
)

// TokenLife is how long a user token lives after the last signature for its application.
const TokenLife = 30 * 24 * time.Hour

// UserToken is the permission of an application to push to the phone's user. It is issued with the first signature and
// prolonged with each.
type UserToken struct {
	Value           string
	Issued, Expires time.Time
}

// issueToken gives a payload's application its token, or prolongs it.
func (e *Engine) issueToken(now time.Time, pl *Payload) UserToken {
	t := e.tokens[pl.App]
	if !now.Before(t.Expires) {
		t = UserToken{Value: e.config.NewID(), Issued: now}
	}
	t.Expires = now.Add(TokenLife)
	e.tokens[pl.App], e.issued[pl.App] = t, pl.UUID
	return t
}

// Token returns the token of an application, if it has this value and may be used.
func (e *Engine) Token(now time.Time, app, value string) (t UserToken, ok bool) {
	t = e.tokens[app]
	return t, now.Before(t.Expires) && strings.EqualFold(t.Value, value)
}
