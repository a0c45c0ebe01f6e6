//go:build js && wasm

package browser

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/hack-pad/safejs"

	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
	"github.com/xaman-live/xaman-live/wasm/subscribe"
)

// found is a sign request to be shown, and what the backend knows of it already.
type found struct {
	created payload.Created
	known   api.SignRequest
}

// obtain finds or makes the sign request that the options ask for. A backend that does not answer is asked until it
// does.
func (c *card) obtain(ctx context.Context) (f found, err error) {
	var uuid payload.UUID // known before the backend is asked; "": it makes one
	var ask func(context.Context) error
	text := []byte(c.options.payload)
	switch {
	case c.options.payload != "":
	case c.options.uuid != "":
		if uuid, err = payload.ParseUUID(c.options.uuid); err != nil {
			return found{}, err
		}
		ask = func(ctx context.Context) (err error) {
			f.known, err = c.ask(ctx, uuid)
			return err
		}
	case c.backend == nil:
		return found{}, &payload.Error{Code: payload.BadPayload, Message: "element has neither a payload nor a backend"}
	default:
		if c.key == "" {
			if c.key, err = randomKey(); err != nil {
				return found{}, err
			}
		}
		ask = func(ctx context.Context) (err error) {
			f.known, err = c.backend.Create(ctx, c.options.demo, c.key)
			return err
		}
	}
	if ask != nil && c.backend != nil {
		if err := subscribe.Retry(ctx, c.wake, func(err error) { c.trouble(ctx, err) }, ask); err != nil {
			return found{}, err
		}
	}
	if ask != nil {
		text = f.known.Payload
	}
	if len(text) == 0 && uuid != "" {
		if text = []byte(marked(uuid, time.Now())); len(text) == 0 {
			why := "no page of this site has shown the request lately"
			return found{}, &api.Error{Status: 404, Code: api.NotFound, Message: why}
		}
	}
	f.created, err = payload.ParseCreated(text, append(strings.Fields(c.options.platform), f.known.Platform)...)
	if err != nil {
		return found{}, err
	}
	if uuid = cmp.Or(uuid, f.known.UUID); uuid != "" && f.created.UUID != uuid {
		return found{}, &payload.Error{Code: payload.BadPayload, Message: "create response is that of another request"}
	}
	return f, nil
}

// ask asks the backend for a sign request, and takes no answer about another one.
func (c *card) ask(ctx context.Context, uuid payload.UUID) (api.SignRequest, error) {
	known, err := c.backend.Get(ctx, uuid)
	if err == nil && known.UUID != uuid {
		err = &payload.Error{Code: payload.BadAnswer, Message: "backend's answer is about another request"}
	}
	if err != nil {
		return api.SignRequest{}, err
	}
	return known, nil
}

// trouble shows that there is no sign request yet, and why.
func (c *card) trouble(ctx context.Context, err error) {
	c.tell(ctx, func() bool {
		c.input.Failure, c.input.Trying, c.input.Connection = codeOf(err), true, payload.Offline
		c.report(err)
		return false
	})
}

func notFound(err error) bool {
	var refusal *api.Error
	return errors.As(err, &refusal) && refusal.Code == api.NotFound
}

// randomKey returns 128 random bits, as text.
func randomKey() (string, error) {
	fail := func(err error) (string, error) { return "", fmt.Errorf("make idempotency key: %w", err) }
	class, err := safejs.Global().Get("Uint32Array")
	if err != nil {
		return fail(err)
	}
	numbers, err := class.New(4)
	if err != nil {
		return fail(err)
	}
	crypto, err := safejs.Global().Get("crypto")
	if err != nil {
		return fail(err)
	}
	if _, err := crypto.Call("getRandomValues", numbers); err != nil {
		return fail(err)
	}
	text, err := numbers.Call("join", "-")
	if err != nil {
		return fail(err)
	}
	return text.String()
}
