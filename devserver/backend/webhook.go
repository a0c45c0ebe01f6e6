package backend

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"time"
)

const maxWebhook = 64 << 10

// webhook takes the platform's word that a payload was signed or declined. It only remembers that there is news: what
// the news is, the platform is asked afterwards, in the background, since it waits no longer than 15 seconds for the
// answer. An answer of 200 says that it need not send the webhook again.
func (b *Backend) webhook(w http.ResponseWriter, r *http.Request) error {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxWebhook))
	if err != nil {
		return err
	}
	hook, err := b.platform.Credentials().ParseWebhook(r.Header, body, time.Now())
	if err != nil {
		b.refusals.note(b.log, time.Now(), err)
		return err
	}
	req, err := b.requests.get(r.Context(), hook.Payload)
	if errors.Is(err, errNotFound) {
		// Another server of the same application made it. A refusal would be tried again, and would count against the
		// URL.
		b.log.Info("webhook of an unknown request", about(hook.Payload))
		return writeJSON(w, http.StatusOK, struct{}{})
	}
	if err != nil {
		return err
	}
	defer b.requests.release(req)
	h, err := b.hold(r.Context(), req)
	if err != nil {
		return err
	}
	defer h.end()
	err = b.decide(r.Context(), h, func() error { return b.announced(r.Context(), h, hook.UserToken) })
	if err != nil {
		return err
	}
	b.log.Info("webhook", about(hook.Payload), "attempt", r.Header.Get("X-Xumm-Attempt"))
	if h.Announced {
		b.follow(r.Context(), h)
	}
	return writeJSON(w, http.StatusOK, struct{}{})
}

// announced notes that the platform has said that a request was signed or declined.
func (b *Backend) announced(ctx context.Context, h held, token string) error {
	next := h.Entry
	if next.Announced = !h.Final() && !h.Checking(); next.Announced {
		next.Closed = false
		if !h.Announced {
			next.Since = time.Now()
		}
	}
	return b.update(ctx, h, next, token)
}

// refusals are the webhooks that were refused. Anybody can send such, so the log tells of one in a minute.
type refusals struct {
	mu   sync.Mutex
	told time.Time
	more int // since then
}

func (r *refusals) note(log *slog.Logger, now time.Time, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if now.Sub(r.told) < time.Minute {
		r.more++
		return
	}
	log.Warn("webhook refused", "err", err, "more", r.more)
	r.told, r.more = now, 0
}
