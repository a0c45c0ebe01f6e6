package engine

import (
	"encoding/json"
	"slices"
	"time"
)

// muteAfter is how many deliveries may end in a 404 within an hour before no more are begun.
const muteAfter = 10

// Webhook is one message to an application's own server: that a payload was signed or rejected.
type Webhook struct {
	URL, Secret, Payload string
	Body                 json.RawMessage
	Attempt              int       // the next one, from 1
	Due                  time.Time // when it is due
}

// webhooks are those that an outcome makes.
func (e *Engine) webhooks(pl *Payload) (hooks []*Webhook) {
	app, o := e.App(pl.App), pl.Outcome
	if app.WebhookURL == "" {
		return nil
	}
	doc := webhookDoc{
		Meta:       webhookMeta{app.WebhookURL, app.Key, pl.UUID, pl.OpenedByDeeplink},
		CustomMeta: pl.Meta,
		Response:   pl.outcome(o),
	}
	if o.Signed {
		doc.UserToken = &webhookToken{o.Token.Value, o.Token.Issued.Unix(), o.Token.Expires.Unix()}
	}
	h := Webhook{app.WebhookURL, app.Secret, pl.UUID, JSON(doc), 1, o.At.Add(e.config.Lag)}
	for _, h := range e.config.Webhook(h) {
		hooks = append(hooks, &h)
	}
	return hooks
}

// Send reports whether a webhook that is due is to be sent. If not, too many have met a 404, and it is dropped.
func (e *Engine) Send(now time.Time, h *Webhook) bool {
	e.notFounds = slices.DeleteFunc(e.notFounds, func(t time.Time) bool { return now.Sub(t) >= time.Hour })
	if h.Attempt > 1 || len(e.notFounds) < muteAfter {
		return true
	}
	e.replace(h, nil)
	return false
}

// Sent tells what came of an attempt to deliver a webhook: the HTTP status, 0 for none, and whether another attempt is
// hopeless. It returns the webhook for the next attempt, nil if there is none.
func (e *Engine) Sent(now time.Time, h *Webhook, status int, hopeless bool) (next *Webhook) {
	taken := status == 200 || status == 201 || status == 204
	switch exhausted := h.Attempt > len(e.config.WebhookWaits); {
	case exhausted && status == 404:
		e.notFounds = append(e.notFounds, now)
	case !taken && !hopeless && !exhausted:
		again := *h
		again.Due, again.Attempt = now.Add(e.config.WebhookWaits[h.Attempt-1]), h.Attempt+1
		next = &again
	}
	e.replace(h, next)
	return next
}

// replace puts a webhook in the place of another, or nothing.
func (e *Engine) replace(h, next *Webhook) {
	pl := e.payloads[h.Payload]
	if pl == nil {
		return
	}
	e.change(pl, func(pl *Payload) {
		hooks := []*Webhook{}
		for _, other := range pl.Webhooks {
			if other == h {
				other = next
			}
			if other != nil {
				hooks = append(hooks, other)
			}
		}
		pl.Webhooks = hooks
	})
}
