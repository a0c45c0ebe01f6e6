package subscribe

import (
	"context"
	"errors"
	"time"

	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// Retry calls try until it succeeds: it asks the backend for the sign request that is to be followed, before there is
// anything to follow. Its pauses grow as those between a [Subscription]'s questions do, and last as long as the page is
// hidden. What is sent on wake ends a pause, or a call that may never be answered; who sends must not wait for it, and
// sends when the page is seen again. Every failure after which it goes on is told to failed. Each call has a context of
// its own, which ends after a while.
//
// It returns nil once try has succeeded, the error of try if trying again cannot help, or the cause of the end of
// ctx.
func Retry(
	ctx context.Context, wake <-chan struct{}, hidden func() bool, failed func(error), try func(context.Context) error,
) error {
	denials := 0
	for tries := 0; ; tries++ {
		began := time.Now()
		woken, err := once(ctx, wake, try)
		rest := policy.failed.pause(tries + 1)
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case denied(err):
			// One that was made a moment ago may not be known everywhere yet.
			if denials++; denials >= policy.denials {
				return err
			}
			rest = backoff{policy.gap.first, policy.failed.last}.pause(denials)
		case woken:
		case !temporary(err):
			return err
		default:
			failed(err)
		}
		if woken || sleep(ctx, rest, wake) || hidden() && sleep(ctx, forever, wake) {
			tries = -1
		}
		sleep(ctx, policy.gap.first-time.Since(began), nil)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
}

// once calls try, and ends it when woken: a page that was put to sleep, or was cut off, may never get the answer.
func once(ctx context.Context, wake <-chan struct{}, try func(context.Context) error) (woken bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, policy.answer)
	defer cancel()
	began := time.Now()
	done := make(chan error, 1)
	go func() {
		defer caught(func(panicked error) { done <- panicked })
		done <- try(ctx)
	}()
	for {
		select {
		case err := <-done:
			return woken, err
		case <-wake:
			if time.Since(began) > policy.sameReturn {
				woken = true
				cancel()
			}
		}
	}
}

const forever time.Duration = 1<<63 - 1

// sleep pauses until d is over, ctx ends, or it is woken.
func sleep(ctx context.Context, d time.Duration, wake <-chan struct{}) (woken bool) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	case <-wake:
		return true
	}
	return false
}

// denied reports whether the backend says that there is no such sign request.
func denied(err error) bool {
	refusal, ok := errors.AsType[*api.Error](err)
	return ok && refusal.Code == api.NotFound
}

// temporary reports whether a failure of the backend may be over when it is asked again.
func temporary(err error) bool {
	if refusal, ok := errors.AsType[*api.Error](err); ok {
		renewable := refusal.Code == api.ViewKeyExpired // the page may get another key
		return refusal.Status >= 500 || refusal.Status == 429 || renewable
	}
	failure, ok := errors.AsType[*payload.Error](err)
	return ok && (failure.Code == payload.BackendUnreachable || failure.Code == payload.BadAnswer)
}
