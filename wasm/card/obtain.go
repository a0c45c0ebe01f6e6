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
	known   api.SignRequest
}

// obtain finds or makes the sign request that the options ask for.
func (c *Card) obtain(ctx context.Context) (f found, err error) {
	var uuid payload.UUID // "": not known before the backend is asked
	switch {
	case c.opts.Payload != "":
	case c.opts.UUID != "":
		if uuid, err = payload.ParseUUID(c.opts.UUID); err == nil && c.opts.Backend != nil {
			f.known, err = c.insist(ctx, func(ctx context.Context) (api.SignRequest, error) {
				return c.opts.Backend.Get(ctx, uuid)
			})
		}
	case c.opts.Backend == nil:
		err = &payload.Error{Code: payload.BadPayload, Message: "element has neither a payload nor a backend"}
	default:
		// It need not be secret, only another one each time: a backend looks for it among the session's own.
		c.key = cmp.Or(c.key, fmt.Sprintf("%016x%016x", rand.Uint64(), rand.Uint64()))
		f.known, err = c.insist(ctx, func(ctx context.Context) (api.SignRequest, error) {
			return c.opts.Backend.Create(ctx, c.opts.Demo, c.key)
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

// insist asks a backend until it answers, and shows meanwhile that it does not.
func (c *Card) insist(
	ctx context.Context, ask func(context.Context) (api.SignRequest, error),
) (answer api.SignRequest, err error) {
	failed := func(err error) {
		c.result(ctx, func() bool {
			c.input.Failure, c.input.Trying, c.input.Connection = codeOf(err), true, payload.Offline
			c.complain(err, false)
			return false
		})
	}
	err = subscribe.Retry(ctx, c.retry, failed, func(ctx context.Context) (err error) {
		answer, err = ask(ctx)
		return err
	})
	return answer, err
}

func notFound(err error) bool {
	var refusal *api.Error
	return errors.As(err, &refusal) && refusal.Code == api.NotFound
}
