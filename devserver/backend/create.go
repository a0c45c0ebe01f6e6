package backend

import (
	"context"
	"crypto/rand"
	"net/http"
	"strings"
	"time"

	"github.com/xaman-live/xaman-live/devserver/record"
	"github.com/xaman-live/xaman-live/devserver/xaman"
	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

func (b *Backend) create(w http.ResponseWriter, r *http.Request) error {
	body, err := readBody(w, r)
	if err != nil {
		return err
	}
	offer, ok := b.offers[body.Demo]
	if !ok {
		return &api.Error{Code: api.UnknownDemo, Message: "This site has no demo of that name."}
	}
	key, err := idempotencyKey(r, body.Demo)
	if err != nil {
		return err
	}
	end, err := b.creations.begin(r.Context(), key)
	if err != nil {
		return err
	}
	defer end()
	req, err := b.again(r.Context(), key)
	if err != nil {
		return err
	}
	if req == nil {
		// Whoever gives up, and asks again, finds what was under way then.
		if req, err = b.make(context.WithoutCancel(r.Context()), body.Demo, offer, key, visitorOf(r)); err != nil {
			return err
		}
	}
	defer b.requests.release(req)
	answer, err := b.last(r.Context(), req)
	if err != nil {
		return err
	}
	http.SetCookie(w, b.cookies.forHolder(req.uuid))
	b.follows(w, r, req, answer.verdict)
	write(w, http.StatusCreated, answer.body)
	return nil
}

// make creates a request, if the visitor may, and returns its record, which the caller releases.
func (b *Backend) make(ctx context.Context, name string, offer Offer, key string, v visitor) (*request, error) {
	now, identifier := time.Now(), rand.Text()
	deadlines, err := b.record.Deadlines(ctx, v.session, now)
	if err != nil {
		return nil, err
	}
	free, err := b.creations.reserve(v.session, deadlines, now)
	if err != nil {
		return nil, err
	}
	defer free()
	if wait, ok := b.limits.take(now, creating, v); !ok {
		return nil, tooMany("There are too many new requests at the moment. Try again in a while.", wait)
	}
	token, err := b.record.Token(ctx, v.session)
	if err != nil {
		return nil, err
	}
	// The tab that the wallet opens shows the same request as the one that was left behind.
	options := offer.Options
	options.ForceNetwork, options.ReturnURL.App = b.network, b.origin+"/?request={id}"
	order, err := b.order(offer, identifier, now, b.newestLedger(ctx, offer))
	if err != nil {
		return nil, err
	}
	created, err := b.platform.Create(ctx, xaman.Request{
		TxJSON:  order.TxJSON,
		Options: options,
		CustomMeta: xaman.Custom{
			Identifier:  identifier,
			Instruction: strings.ReplaceAll(offer.Instruction, "{host}", hostOf(b.origin)),
		},
		UserToken: token,
	})
	if err != nil {
		if mayExist(err) {
			b.cancelLost(identifier)
		}
		return nil, err
	}
	order.UUID = created.UUID
	e := record.Entry{
		Session:  v.session,
		Next:     fingerprint(b.cookies.next(created.UUID)),
		Key:      key,
		Purpose:  name,
		Order:    order,
		Created:  created.JSON(),
		Summary:  b.whoAsks(ctx, created.UUID).introduce(order.Summary()),
		Answer:   unsigned(created.UUID, payload.StatusPending),
		Deadline: now.Add(time.Duration(options.Expire) * time.Minute),
	}
	// The visitor gets no link to a request that the server would not remember.
	if err := b.requests.add(ctx, e, now); err != nil {
		b.cancelLost(identifier)
		return nil, err
	}
	b.log.Info("created", "demo", name, "uuid", created.UUID.Short(), "pushed", created.Pushed)
	return b.requests.get(ctx, created.UUID)
}

// newestLedger asks the node for what the request's transaction cannot be older than, if there is to be one. Without an
// answer it takes longer to tell later that a transaction can never happen any more.
func (b *Backend) newestLedger(ctx context.Context, offer Offer) uint32 {
	if !offer.Options.Submit {
		return 0
	}
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	node, err := b.node.Server(ctx)
	if err != nil {
		b.log.Warn("the ledger does not answer", "err", err)
	}
	return node.Validated
}

// idempotencyKey is what the record knows the visitor's key by, which counts in its session and for one demo; "" if
// there is none.
func idempotencyKey(r *http.Request, demo string) (string, error) {
	values, given := r.Header[http.CanonicalHeaderKey(api.IdempotencyKey)]
	if !given {
		return "", nil
	}
	bad := &api.Error{Code: api.BadRequest, Message: "The Idempotency-Key has to be 1 to 64 visible ASCII characters."}
	if len(values) != 1 || len(values[0]) < 1 || len(values[0]) > 64 {
		return "", bad
	}
	for _, c := range []byte(values[0]) {
		if c <= ' ' || c > '~' {
			return "", bad
		}
	}
	return fingerprint(session(r) + "\n" + demo + "\n" + values[0]), nil
}

// again returns the request that an idempotency key has made, or nil. The caller releases it.
func (b *Backend) again(ctx context.Context, key string) (*request, error) {
	if key == "" {
		return nil, nil
	}
	uuid, err := b.record.Made(ctx, key)
	if uuid == "" || err != nil {
		return nil, err
	}
	return b.requests.get(ctx, uuid)
}
