package sandbox

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/xaman-live/xaman-live/devserver/sandbox/engine"
)

const webhookTimeout = 15 * time.Second

// deliver attempts to deliver a webhook until it is taken or given up. What is cut short by the sandbox's end, its next
// start repeats. The real platform refuses to call private addresses; the sandbox, which is for one machine, does not.
func (s *Sandbox) deliver(h *engine.Webhook) {
	log := s.log.With("uuid", short(h.Payload))
	for h != nil && s.life.wait(time.Until(h.Due)) {
		send := false
		s.look(func(e *engine.Engine, now time.Time) { send = e.Send(now, h) })
		if !send {
			log.Info("webhook skipped: too many ended in 404")
			s.wire.say(h.Payload, webhookCall, "not sent: too many webhooks ended in 404", nil)
			return
		}
		s.wire.say(h.Payload, webhookCall, "POST "+pathOf(h.URL)+", attempt "+strconv.Itoa(h.Attempt), h.Body)
		status, err := s.post(h)
		s.wire.answer(h.Payload, webhookCall, status, nil)
		if s.life.ctx.Err() != nil {
			return
		}
		log.Info("webhook", "attempt", h.Attempt, "status", status, "err", err)
		s.look(func(e *engine.Engine, now time.Time) { h = e.Sent(now, h, status, unreachable(err)) })
	}
}

// webhookSignature signs a timestamp and a body. The key is the API secret without its first hyphen,
// and only that: whoever removes all of them, or none, gets another signature.
func webhookSignature(secret, timestamp string, body []byte) string {
	mac := hmac.New(sha1.New, []byte(strings.Replace(secret, "-", "", 1)))
	io.WriteString(mac, timestamp)
	mac.Write(body)
	return hex.EncodeToString(mac.Sum(nil))
}

func (s *Sandbox) post(h *engine.Webhook) (status int, err error) {
	ctx, cancel := context.WithTimeout(s.life.ctx, webhookTimeout)
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
	res, err := s.webhooks.Do(r)
	if outer, ok := errors.AsType[*url.Error](err); ok {
		err = outer.Err // without the address
	}
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	return res.StatusCode, nil
}

// pathOf is what may be shown of a webhook's address: its query may have a secret.
func pathOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "?"
	}
	return u.Path
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
