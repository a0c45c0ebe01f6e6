package sandbox

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/tls"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	webhookTimeout = 15 * time.Second
	// A URL is skipped after this many deliveries within an hour whose last attempt met a 404.
	muteAfter = 10
)

// webhookWaits are the times between one attempt and the next.
var webhookWaits = []time.Duration{10 * time.Second, time.Minute, 10 * time.Minute, 10 * time.Minute}

// webhook is one message to an application's own server: that a payload was signed or rejected. The
// real platform refuses to call private addresses; the sandbox, which is for one machine, does not.
type webhook struct {
	URL, Secret, Payload string
	Body                 json.RawMessage
	Attempt              int       // the next one, from 1
	Due                  time.Time // when it is due

	delay  time.Duration // before the first attempt
	copies int
}

type webhookDoc struct {
	Meta       webhookMeta   `json:"meta"`
	CustomMeta customMeta    `json:"custom_meta"`
	Response   outcomeDoc    `json:"payloadResponse"`
	UserToken  *webhookToken `json:"userToken"`
}

type webhookMeta struct {
	URL              string `json:"url"`
	ApplicationUUID  string `json:"application_uuidv4"`
	PayloadUUID      string `json:"payload_uuidv4"`
	OpenedByDeeplink *bool  `json:"opened_by_deeplink"`
}

type webhookToken struct {
	UserToken  string `json:"user_token"`
	Issued     int64  `json:"token_issued"`
	Expiration int64  `json:"token_expiration"`
}

// webhook is the message about an outcome.
func (pl *payload) webhook(url string, o *outcome) webhook {
	doc := webhookDoc{
		Meta:       webhookMeta{url, pl.app.key, pl.UUID, pl.OpenedByDeeplink},
		CustomMeta: pl.Meta,
		Response:   pl.outcomeDoc(o),
	}
	if o.Signed {
		doc.UserToken = &webhookToken{o.Token.Value, o.Token.Issued.Unix(), o.Token.Expires.Unix()}
	}
	return webhook{URL: url, Secret: pl.app.secret, Payload: pl.UUID, Body: marshal(doc), Attempt: 1, copies: 1}
}

// webhookSignature signs a timestamp and a body. The key is the API secret without its first hyphen,
// and only that: whoever removes all of them, or none, gets another signature.
func webhookSignature(secret, timestamp string, body []byte) string {
	mac := hmac.New(sha1.New, []byte(strings.Replace(secret, "-", "", 1)))
	io.WriteString(mac, timestamp)
	mac.Write(body)
	return hex.EncodeToString(mac.Sum(nil))
}

// webhookFor is the URL that an application has registered for its webhooks.
func (p *Platform) webhookFor(a *app) string {
	if a.key == Key {
		return p.webhookURL
	}
	return ""
}

// announce makes the webhook about an outcome, if the application has one. The caller holds
// Platform.mu.
func (p *Platform) announce(pl *payload, o *outcome) {
	url := p.webhookFor(pl.app)
	if url == "" {
		return
	}
	h := pl.webhook(url, o)
	h.delay = p.lag
	for _, f := range p.faults[pl.UUID] {
		if f.webhook != nil {
			p.log.Info("fault", "name", f.name, "uuid", short(pl.UUID))
			f.webhook(&h)
		}
	}
	h.Due = o.At.Add(h.delay)
	for range h.copies {
		pl.Webhooks = append(pl.Webhooks, ptr(h))
	}
}

// deliverAll starts the delivery of a payload's webhooks. The caller holds Platform.mu.
func (p *Platform) deliverAll(pl *payload) {
	for _, h := range pl.Webhooks {
		p.wg.Go(func() { p.deliver(pl, h) })
	}
}

// deliver attempts to deliver a webhook until it is taken or given up. What is cut short by the
// platform's end, its next start repeats.
func (p *Platform) deliver(pl *payload, h *webhook) {
	log := p.log.With("uuid", short(h.Payload))
	for {
		if !p.wait(time.Until(h.Due)) {
			return
		}
		if h.Attempt == 1 && p.muted(time.Now()) {
			log.Info("webhook skipped: too many ended in 404")
			p.settle(pl, h)
			return
		}
		status, err := p.post(h)
		log.Info("webhook", "attempt", h.Attempt, "status", status, "err", err)
		switch {
		case p.ctx.Err() != nil:
			return
		case err == nil && slices.Contains([]int{http.StatusOK, http.StatusCreated, http.StatusNoContent}, status),
			err != nil && unreachable(err):
			p.settle(pl, h)
			return
		case h.Attempt > len(p.webhookWaits):
			if status == http.StatusNotFound {
				p.noteNotFound(time.Now())
			}
			p.settle(pl, h)
			return
		}
		p.postpone(pl, h, time.Now())
	}
}

// settle is the end of a webhook, delivered or not.
func (p *Platform) settle(pl *payload, h *webhook) {
	p.mu.Lock()
	defer p.mu.Unlock()
	pl.Webhooks = slices.DeleteFunc(pl.Webhooks, func(other *webhook) bool { return other == h })
	p.save(pl)
}

// postpone leaves a webhook to its next attempt.
func (p *Platform) postpone(pl *payload, h *webhook, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	h.Due = now.Add(p.webhookWaits[h.Attempt-1])
	h.Attempt++
	p.save(pl)
}

func (p *Platform) post(h *webhook) (status int, err error) {
	ctx, cancel := context.WithTimeout(p.ctx, webhookTimeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, "POST", h.URL, bytes.NewReader(h.Body))
	if err != nil {
		return 0, err
	}
	now := strconv.FormatInt(time.Now().Unix(), 10)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "xumm-webhook")
	r.Header.Set("X-Xumm-Attempt", strconv.Itoa(h.Attempt))
	r.Header.Set("X-Xumm-Payload", h.Payload)
	r.Header.Set("X-Xumm-Request-Timestamp", now)
	r.Header.Set("X-Xumm-Request-Signature", webhookSignature(h.Secret, now, h.Body))
	res, err := p.webhooks.Do(r)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	return res.StatusCode, nil
}

// unreachable tells failures that the platform takes for a wrong address, and does not try again,
// from those that may pass.
func unreachable(err error) bool {
	var op *net.OpError
	if errors.As(err, &op) {
		// A name that is not known, a port that nobody listens on, or a TLS alert.
		return op.Op == "dial" && !op.Timeout() || op.Op == "remote error"
	}
	var certificate *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	return errors.As(err, &certificate) || errors.As(err, &record)
}

// wait reports false if the platform closes first.
func (p *Platform) wait(d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-p.ctx.Done():
		return false
	}
}

func (p *Platform) muted(now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.notFounds = slices.DeleteFunc(p.notFounds, func(t time.Time) bool { return now.Sub(t) >= time.Hour })
	return len(p.notFounds) >= muteAfter
}

func (p *Platform) noteNotFound(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.notFounds = append(p.notFounds, now)
}
