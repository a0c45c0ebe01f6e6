package api

import (
	"context"
	"fmt"

	"github.com/valyala/fastjson"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// Client calls a backend. Its methods return an [*Error] for a failure that the backend reported, and a
// [*payload.Error] with code [payload.BackendUnreachable] or [payload.BadAnswer] otherwise.
type Client struct {
	// Base is the URL below which the contract lives, for instance "/api", without a slash at the end.
	Base string
	// Fetch makes one HTTP request; the body is JSON, or nil. It fails only if there is no response at all.
	Fetch func(ctx context.Context, method, url string, body []byte) (status int, response []byte, err error)
}

// Create asks the backend to make the sign request of that name.
func (c Client) Create(ctx context.Context, demo string) (SignRequest, error) {
	var a fastjson.Arena
	body := a.NewObject()
	body.Set("demo", a.NewString(demo))
	v, err := c.do(ctx, "POST", Collection, body.MarshalTo(nil))
	if err != nil {
		return SignRequest{}, fmt.Errorf("create sign request: %w", err)
	}
	return decodeSignRequest(v)
}

// Get asks what the backend knows of a sign request. It verifies a signed one on the way.
func (c Client) Get(ctx context.Context, uuid payload.UUID) (SignRequest, error) {
	v, err := c.do(ctx, "GET", Collection+"/"+string(uuid), nil)
	if err != nil {
		return SignRequest{}, fmt.Errorf("get sign request: %w", err)
	}
	return decodeSignRequest(v)
}

// Cancel asks the backend to cancel a sign request.
func (c Client) Cancel(ctx context.Context, uuid payload.UUID) (Cancellation, error) {
	v, err := c.do(ctx, "DELETE", Collection+"/"+string(uuid), nil)
	if err != nil {
		return Cancellation{}, fmt.Errorf("cancel sign request: %w", err)
	}
	r, err := decodeSignRequest(v)
	return Cancellation{SignRequest: r, Cancelled: v.GetBool("cancelled"), Reason: text(v, "reason")}, err
}

func (c Client) do(ctx context.Context, method, path string, body []byte) (*fastjson.Value, error) {
	status, response, err := c.Fetch(ctx, method, c.Base+path, body)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", &payload.Error{Code: payload.BackendUnreachable, Message: "backend does not answer"}, err)
	}
	if status >= 400 {
		return nil, decodeError(status, response)
	}
	v, err := fastjson.ParseBytes(response)
	if err != nil {
		return nil, badAnswer("is not JSON")
	}
	return v, nil
}
