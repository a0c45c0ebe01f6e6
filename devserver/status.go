package main

import (
	"context"
	"errors"
	"fmt"
	"reflect"
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

// Its replicas may not know of a payload yet that was just created. A page that is told "not found" gives up.
const spreading = 10 * time.Second

// current returns what is known of a request, and asks the platform if that may be out of date. If the platform must not
// be called so often, the last known answer stands. While a signature is being checked, news comes in the background.
func (b *backend) current(ctx context.Context, r *record) (api.SignRequest, error) {
	arrived := time.Now()
	end, err := r.take(ctx)
	if err != nil {
		return api.SignRequest{}, err
	}
	defer end()
	if !r.settled() && !r.checking() && !r.asked.After(arrived.Add(-freshFor)) && r.calls.take(time.Now(), askBurst, askEvery) {
		err := b.ask(ctx, r)
		r.denied = errors.Is(err, xaman.ErrNotFound) || r.denied && err != nil
		switch {
		case errors.Is(err, xaman.ErrRateLimited):
		case errors.Is(err, xaman.ErrNotFound) && time.Since(r.Order.Created) < spreading:
		case err != nil:
			return api.SignRequest{}, translate(err)
		}
	}
	if r.denied && time.Since(r.Order.Created) >= spreading {
		return api.SignRequest{}, errNotFound
	}
	if r.checking() {
		b.follow(r)
	}
	return r.known(), nil
}

// stop asks the platform to end a request, and says what became of it.
func (b *backend) stop(ctx context.Context, r *record) (api.Cancellation, error) {
	end, err := r.take(ctx)
	if err != nil {
		return api.Cancellation{}, err
	}
	defer end()
	if !r.calls.take(time.Now(), askBurst, askEvery) {
		return api.Cancellation{}, &api.Error{Code: api.TooManyRequests, Message: "Too many calls. Wait a few seconds."}
	}
	c, err := b.platform.Cancel(ctx, r.Order.UUID)
	if err != nil {
		return api.Cancellation{}, translate(err)
	}
	if c.Cancelled {
		next := r.entry
		next.Answer, next.Deadline = unsigned(r.Order.UUID, payload.StatusCancelled), time.Now()
		err = b.update(r, next, "")
	} else if !r.settled() {
		err = b.ask(ctx, r)
	}
	if err != nil {
		return api.Cancellation{}, translate(err)
	}
	if r.checking() {
		b.follow(r)
	}
	return api.Cancellation{SignRequest: r.known(), Cancelled: c.Cancelled, Reason: c.Reason}, nil
}

// ask reads a payload from the platform. The caller holds the turn.
func (b *backend) ask(ctx context.Context, r *record) error {
	began := time.Now()
	p, err := b.platform.Get(ctx, r.Order.UUID)
	if err != nil {
		return err
	}
	next := r.entry
	if left := p.Payload.ExpiresInSeconds; left != nil {
		next.Deadline = time.Now().Add(time.Duration(*left) * time.Second)
	}
	if p.Meta.Resolved {
		next.Announced = false
	}
	if r.Signed != nil && r.Signed.Response.Hex != p.Response.Hex {
		next.Evidence = verify.Evidence{} // it was about another transaction
	}
	if err := b.settle(r, next, p); err != nil {
		return err
	}
	r.asked = began
	return nil
}

// settle brings a request's answer up to date with a payload and the evidence in next. If nothing else is missing, it
// books what was signed, so that it counts once. The caller holds the turn.
func (b *backend) settle(r *record, next entry, p xaman.Payload) error {
	judged := func(c verify.Claim) entry {
		next.Answer = judge(next.Order, p, next.Evidence, c)
		if r.Answer.Status == payload.StatusCancelled && !p.Meta.Resolved {
			next.Answer.Status = payload.StatusCancelled // the platform's replicas may have yet to hear of it
		}
		if txid := next.Answer.Result.TxID; txid != "" {
			next.Answer.Result.Explorer = b.platform.Explorer(next.Order.Network, txid)
		}
		next.Signed = nil
		if next.checking() {
			next.Signed = &p
		}
		return next
	}
	token := p.Application.IssuedUserToken
	if !bookable(next.Order, p, next.Evidence) {
		return b.update(r, judged(verify.Unclaimed), token)
	}
	txid, err := usedUp(next.Order, p)
	if err != nil {
		return fmt.Errorf("book request: %w", err)
	}
	booked, err := b.records.book(next.Order.UUID, txid, token, judged)
	if err != nil {
		return err
	}
	r.entry = booked
	return nil
}

// update stores what changed of a request before anybody hears of it. The time that is left and an answer's evidence
// change all the time, and are not worth a write of their own. The caller holds the turn.
func (b *backend) update(r *record, next entry, token string) error {
	same := next
	same.Deadline, same.Evidence = r.Deadline, r.Evidence
	if token != "" || !reflect.DeepEqual(same, r.entry) {
		if err := b.records.save(next, token); err != nil {
			return err
		}
	}
	r.entry = next
	return nil
}

// translate tells the visitor that there is no such payload, which is otherwise one of the platform's refusals.
func translate(err error) error {
	if errors.Is(err, xaman.ErrNotFound) {
		return fmt.Errorf("%w: %w", errNotFound, err)
	}
	return err
}
