package api

import (
	"context"
	"errors"
	"fmt"

	"github.com/valyala/fastjson"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// Client calls a backend. Its methods return an [*Error] for a failure that the backend reported as the contract says,
// and a [*payload.Error] with code [payload.BackendUnreachable] or [payload.BadAnswer] otherwise, which names the call.
type Client struct {
	// Base is the URL below which the contract lives, for instance "/api", without a slash at the end.
	Base string
	// Fetch makes one HTTP request; the body is JSON, or nil. It fails if there is no response, or one that leads
	// elsewhere.
	Fetch func(ctx context.Context, method, url string, header map[string]string, body []byte) (status int,
		response []byte, err error)
	// ViewKey returns the page's latest key to the request that it asks about, which is sent instead of cookies. Without
	// one, and where it returns "", the visitor's cookies show whose the request is.
	ViewKey func() string
}

// ViewKey is the header by which a backend lets a page see one request, and cancel it: its value is visible ASCII. A
// call that has it carries no cookies, so that the page may be of another site.
const ViewKey = "View-Key"

// IdempotencyKey is the header by which a backend knows a repeated POST: the same session with the same key and name
// gets the same sign request again. Its value is 1 to 64 visible ASCII characters.
const IdempotencyKey = "Idempotency-Key"

// Create asks the backend to make the sign request that is wanted. A call that may have failed on its way back is
// repeated with the same key, which is new for each request that is wanted; without a key, it may make another one.
func (c Client) Create(ctx context.Context, wanted Create, key string) (*SignRequest, error) {
	var a fastjson.Arena
	body := a.NewObject()
	text := func(s string) *fastjson.Value {
		return a.NewString(payload.Readable(s, maxText)) // other characters it would write as Go does, not as JSON
	}
	body.Set("demo", text(wanted.Demo))
	if wanted.Amount != "" {
		body.Set("amount", text(wanted.Amount))
	}
	header := map[string]string{"Content-Type": "application/json"}
	if key != "" {
		header[IdempotencyKey] = key
	}
	_, r, err := c.call(ctx, "POST", "", header, body.MarshalTo(nil))
	if err != nil {
		return nil, fmt.Errorf("create sign request: %w", err)
	}
	return r, nil
}

// Get asks what the backend knows of a sign request. It verifies a signed one on the way.
func (c Client) Get(ctx context.Context, uuid payload.UUID) (*SignRequest, error) {
	_, r, err := c.call(ctx, "GET", uuid, nil, nil)
	if err != nil {
		return nil, fmt.Errorf("get sign request: %w", err)
	}
	return r, nil
}

// Cancel asks the backend to cancel a sign request.
func (c Client) Cancel(ctx context.Context, uuid payload.UUID) (*Cancellation, error) {
	v, r, err := c.call(ctx, "DELETE", uuid, nil, nil)
	if err != nil {
		return nil, fmt.Errorf("cancel sign request: %w", err)
	}
	return &Cancellation{SignRequest: *r, Cancelled: v.GetBool("cancelled"), Reason: text(v, "reason")}, nil
}

// call makes one call, about the sign request of that UUID if there is one, and reads its answer. That is large: a copy
// on each of the stacks that wait for one would be the most of what they take.
func (c Client) call(ctx context.Context, method string, uuid payload.UUID, header map[string]string,
	body []byte) (*fastjson.Value, *SignRequest, error) {
	url := c.Base + Collection
	called := method + " " + url
	if uuid != "" {
		url += "/" + string(uuid)
		called += "/" + uuid.Short() + "…"
		if c.ViewKey != nil && c.ViewKey() != "" {
			header = map[string]string{ViewKey: c.ViewKey()}
		}
	}
	status, response, err := c.Fetch(ctx, method, url, header, body)
	if err != nil {
		silent := &payload.Error{Code: payload.BackendUnreachable, Message: "backend does not answer " + called}
		return nil, nil, fmt.Errorf("%w: %w", silent, err)
	}
	if status < 200 || status >= 300 {
		return nil, nil, decodeError(called, status, response)
	}
	v, r, err := decodeAnswer(response)
	if err == nil && uuid != "" && r.UUID != uuid {
		err = errors.New("is about another request")
	}
	if err != nil {
		return nil, nil, &payload.Error{Code: payload.BadAnswer,
			Message: fmt.Sprintf("backend's answer to %s %v", called, err)}
	}
	return v, r, nil
}
