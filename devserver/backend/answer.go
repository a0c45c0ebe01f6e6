package backend

import (
	"context"
	"encoding/json"

	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// answer is what is known of a request, as it is sent.
type answer struct {
	verdict payload.Verdict
	body    []byte // JSON, shared by all who ask
}

// written is the JSON of a request's last answer. It is the same for a second, unless something happens.
type written struct {
	left  int // seconds until too late to open
	stale bool
	body  []byte // nil: something has happened
}

// last returns what is known of a request.
func (b *Backend) last(ctx context.Context, r *request) (answer, error) {
	h, err := r.take(ctx)
	if err != nil {
		return answer{}, err
	}
	defer h.end()
	return b.answer(h, false)
}

// answer writes what is known of a request, which is stale if the platform should have been asked and could not be.
func (b *Backend) answer(h held, stale bool) (answer, error) {
	if left := h.left(); h.written.body == nil || h.written.left != left || h.written.stale != stale {
		known := b.known(h, left)
		known.Stale = stale
		body, err := json.Marshal(known)
		if err != nil {
			return answer{}, err
		}
		h.written = written{left, stale, body}
	}
	return answer{h.Answer.Verdict, h.written.body}, nil
}

// known is what is known of a request that can be opened for so many seconds more.
func (b *Backend) known(h held, left int) api.SignRequest {
	a := h.Answer
	a.Summary, a.ExpiresIn = h.Summary, &left
	return api.SignRequest{Answer: a, Payload: api.Raw(h.Created), Platform: b.platform.Origin()}
}
