package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/xaman-live/xaman-live/devserver/verify"
	"github.com/xaman-live/xaman-live/devserver/xaman"
	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// The platform announces a signature some 100 ms before it can be read, so a page that asks at once asks again after a
// quarter of a second. It must not get the same answer from memory then.
const freshFor = 200 * time.Millisecond

// The platform allows an application one or two calls a second, for all of its payloads together.
const (
	askBurst = 10
	askEvery = 3 * time.Second
)

// record is a sign request that a session made, and what is known of it.
type record struct {
	session string
	created payload.Created
	order   verify.Order
	summary payload.Summary

	// turn is held by the one caller who may touch what follows, across its call to the platform: whoever comes
	// meanwhile waits, and shares what it brings.
	turn     chan struct{}
	answer   payload.Answer
	deadline time.Time // when it becomes too late to open
	asked    time.Time // when the call that brought answer began
	calls    bucket
}

func newRecord(session string, created payload.Created, o verify.Order, s payload.Summary, deadline time.Time) *record {
	return &record{
		session:  session,
		created:  created,
		order:    o,
		summary:  s,
		turn:     make(chan struct{}, 1),
		answer:   unsigned(o.UUID, payload.StatusPending),
		deadline: deadline,
	}
}

// take waits for the turn and returns the function that ends it.
func (r *record) take(ctx context.Context) (end func(), err error) {
	select {
	case r.turn <- struct{}{}:
		return func() { <-r.turn }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// current returns what is known of the payload, and asks the platform if that may be out of date. If the platform must
// not be called so often, the last known answer stands.
func (r *record) current(ctx context.Context, platform *xaman.Client) (api.SignRequest, error) {
	arrived := time.Now()
	end, err := r.take(ctx)
	if err != nil {
		return api.SignRequest{}, err
	}
	defer end()
	if r.settled() || r.asked.After(arrived.Add(-freshFor)) || !r.calls.take(time.Now(), askBurst, askEvery) {
		return r.known(), nil
	}
	err = r.ask(ctx, platform)
	switch {
	case errors.Is(err, xaman.ErrRateLimited):
	case errors.Is(err, xaman.ErrNotFound) && r.asked.IsZero():
		// It was created, so the platform's replicas have yet to hear of it. A page that is told "not found" gives up.
	case err != nil:
		return api.SignRequest{}, translate(err)
	}
	return r.known(), nil
}

// cancel asks the platform to end the payload, and says what became of it.
func (r *record) cancel(ctx context.Context, platform *xaman.Client) (api.Cancellation, error) {
	end, err := r.take(ctx)
	if err != nil {
		return api.Cancellation{}, err
	}
	defer end()
	if !r.calls.take(time.Now(), askBurst, askEvery) {
		return api.Cancellation{}, &api.Error{Code: api.TooManyRequests, Message: "Too many calls. Wait a few seconds."}
	}
	c, err := platform.Cancel(ctx, r.order.UUID)
	if err != nil {
		return api.Cancellation{}, translate(err)
	}
	if c.Cancelled {
		r.answer, r.deadline = unsigned(r.order.UUID, payload.StatusCancelled), time.Now()
	} else if err := r.ask(ctx, platform); err != nil {
		return api.Cancellation{}, translate(err)
	}
	return api.Cancellation{SignRequest: r.known(), Cancelled: c.Cancelled, Reason: c.Reason}, nil
}

// settled reports whether asking again is pointless. It is not for a payload that was cancelled or expired: a phone may
// have had it open, which the platform's answer did not show yet, and sign it after all.
func (r *record) settled() bool {
	switch r.answer.Status {
	case payload.StatusCancelled, payload.StatusExpired:
		return false
	}
	return r.answer.Final()
}

func (r *record) ask(ctx context.Context, platform *xaman.Client) error {
	began := time.Now()
	p, err := platform.Get(ctx, r.order.UUID)
	if err != nil {
		return err
	}
	r.asked = began
	cancelled := r.answer.Status == payload.StatusCancelled
	r.answer = judge(r.order, p)
	if cancelled && !p.Meta.Resolved {
		r.answer.Status = payload.StatusCancelled // the platform's replicas may have yet to hear of it
	}
	r.deadline = time.Now().Add(time.Duration(p.Payload.ExpiresInSeconds) * time.Second)
	return nil
}

// translate tells the visitor that there is no such payload, which is otherwise one of the platform's refusals.
func translate(err error) error {
	if errors.Is(err, xaman.ErrNotFound) {
		return fmt.Errorf("%w: %w", errNotFound, err)
	}
	return err
}

func (r *record) known() api.SignRequest {
	left := int(time.Until(r.deadline) / time.Second)
	a := r.answer
	a.Summary, a.ExpiresIn = r.summary, &left
	return api.SignRequest{Answer: a, Payload: r.created.JSON()}
}
