package card

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
	"github.com/xaman-live/xaman-live/wasm/subscribe"
)

// found is a sign request to be shown, and what the backend knows of it already.
type found struct {
	created payload.Created
	known   *api.SignRequest // empty, if the backend was not asked
}

// obtain finds or makes the sign request that the options ask for.
func (c *Card) obtain(ctx context.Context) (f found, err error) {
	f.known = &api.SignRequest{}
	var uuid payload.UUID // "": not known before the backend is asked
	switch {
	case c.opts.Payload != "":
	case c.opts.UUID != "":
		if uuid, err = payload.ParseUUID(c.opts.UUID); err == nil && c.opts.Backend != nil {
			backend, _ := c.asking()
			f.known, err = c.insist(ctx, func(ctx context.Context) (*api.SignRequest, error) { return backend.Get(ctx, uuid) })
		}
	case c.opts.Backend == nil:
		err = &payload.Error{Code: payload.BadPayload, Message: "element has neither a payload nor a backend"}
	default:
		backend, key := c.asking()
		// It need not be secret, only another one each time: a backend looks for it among the session's own.
		c.key = cmp.Or(c.key, key, fmt.Sprintf("%016x%016x", rand.Uint64(), rand.Uint64()))
		f.known, err = c.insist(ctx, func(ctx context.Context) (*api.SignRequest, error) {
			return backend.Create(ctx, api.Create{Demo: c.opts.Demo, Amount: c.opts.Amount}, c.key)
		})
	}
	if err != nil {
		return found{}, err
	}
	text := cmp.Or(c.opts.Payload, string(f.known.Payload))
	if text == "" && uuid != "" {
		if text = marked(c.opts.Storage, uuid, time.Now()); text == "" {
			why := "no page of this site has shown the request lately"
			return found{}, &api.Error{Status: 404, Code: api.NotFound, Message: why}
		}
	}
	f.created, err = payload.ParseCreated([]byte(text), append(strings.Fields(c.opts.Platform), f.known.Platform)...)
	if err != nil {
		return found{}, err
	}
	if uuid = cmp.Or(uuid, f.known.UUID); uuid != "" && f.created.UUID != uuid {
		return found{}, &payload.Error{Code: payload.BadPayload, Message: "create response is that of another request"}
	}
	return f, nil
}

// Asked is the first question for a request, which the page has put to the backend before there was a card.
type Asked struct {
	Key string // idempotency key, if it was to create the request
	// Answer waits for the outcome, which is that of [api.Client.Fetch].
	Answer func(ctx context.Context) (status int, body []byte, err error)
}

// asking returns the backend as it is asked for the request. What the page has asked already is not asked again: its
// outcome is that of the first call, whose idempotency key is the second result. It counts for the first request only.
func (c *Card) asking() (backend api.Client, key string) {
	backend, asked := *c.opts.Backend, c.opts.Asked
	c.opts.Asked = nil
	if asked == nil {
		return backend, ""
	}
	fetch := backend.Fetch
	backend.Fetch = func(
		ctx context.Context, method, url string, header map[string]string, body []byte,
	) (int, []byte, error) {
		if first := asked; first != nil {
			asked = nil
			return first.Answer(ctx)
		}
		return fetch(ctx, method, url, header, body)
	}
	return backend, asked.Key
}

// insist asks a backend until it answers, and shows meanwhile that it does not.
func (c *Card) insist(
	ctx context.Context, ask func(context.Context) (*api.SignRequest, error),
) (answer *api.SignRequest, err error) {
	failed := func(err error) {
		c.result(ctx, func() bool {
			c.input.Failure, c.input.Trying, c.input.Connection = codeOf(err), true, payload.Offline
			c.complain(err, false)
			return false
		})
	}
	err = subscribe.Retry(ctx, c.retry, c.opts.Clock.hidden.Load, failed, func(ctx context.Context) (err error) {
		answer, err = ask(ctx)
		return err
	})
	return answer, err
}

func notFound(err error) bool {
	refusal, ok := errors.AsType[*api.Error](err)
	return ok && refusal.Code == api.NotFound
}
