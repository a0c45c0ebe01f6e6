package subscribe

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// retried is one run of Retry in a bubble of virtual time.
type retried struct {
	wake  chan struct{}
	tries []time.Duration // when, since the beginning
	told  []error
	err   error
	ended chan struct{}
	stop  context.CancelCauseFunc
	began time.Time

	hidden atomic.Bool
}

// always is a backend that takes so long and answers the same each time.
func always(took time.Duration, err error) func(int) (time.Duration, error) {
	return func(int) (time.Duration, error) { return took, err }
}

// retry runs Retry on what says how long each try takes and how it ends, by its number from 0.
func retry(t *testing.T, outcome func(int) (time.Duration, error), play func(*retried)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := &retried{wake: make(chan struct{}, 1), ended: make(chan struct{}), began: time.Now()}
		ctx, cancel := context.WithCancelCause(t.Context())
		r.stop = cancel
		go func() {
			defer close(r.ended)
			failed := func(err error) { r.told = append(r.told, err) }
			r.err = Retry(ctx, r.wake, r.hidden.Load, failed, func(ctx context.Context) error {
				took, err := outcome(len(r.tries))
				r.tries = append(r.tries, time.Since(r.began))
				select {
				case <-time.After(took):
					return err
				case <-ctx.Done():
					return fmt.Errorf("%w: %w", &payload.Error{Code: payload.BackendUnreachable}, ctx.Err())
				}
			})
		}()
		synctest.Wait()
		play(r)
		cancel(nil)
		<-r.ended
	})
}

func (r *retried) wait(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func (r *retried) poke() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
	synctest.Wait()
}

// want compares the tries so far, how many failures were told of, and how it ended: with errGoing, not yet.
func (r *retried) want(t *testing.T, told int, err error, tries ...float64) {
	t.Helper()
	got := errGoing
	select {
	case <-r.ended:
		got = r.err
	default:
	}
	if !slices.Equal(r.tries, seconds(tries...)) || len(r.told) != told || !errors.Is(got, err) {
		const text = "tried at %v, told of %v, ended with %v, want tries at %v, %d failures told and %v"
		t.Errorf(text, r.tries, r.told, got, seconds(tries...), told, err)
	}
}

var errGoing = errors.New("it goes on")

// inTurn is a backend that answers at once, with these errors in turn.
func inTurn(errs ...error) func(int) (time.Duration, error) {
	return func(n int) (time.Duration, error) { return 0, errs[n] }
}

func TestRetry(t *testing.T) {
	d, no := errDown, errNotThere
	hangsFirst := func(n int) (time.Duration, error) { return []time.Duration{time.Hour, 0}[n], nil }
	tests := []struct {
		name    string
		outcome func(int) (time.Duration, error)
		play    func(*retried)
		told    int
		err     error
		tries   []float64
	}{
		{"until it succeeds", inTurn(d, d, d, d, d, d, d, nil), func(r *retried) { r.wait(time.Minute) },
			7, nil, []float64{0, 1, 3, 7, 15, 23, 31, 39}},
		{"until there is none for certain", always(0, no), func(r *retried) { r.wait(10 * time.Second) },
			0, no, []float64{0, .5, 1.5, 3.5}},
		{"until it is known everywhere", inTurn(no, d, no, nil), func(r *retried) { r.wait(10 * time.Second) },
			1, nil, []float64{0, .5, 2.5, 3.5}},
		{"woken from a pause", always(0, d),
			func(r *retried) { r.wait(20 * time.Second); r.poke(); r.wait(3500 * time.Millisecond) },
			8, errGoing, []float64{0, 1, 3, 7, 15, 20, 21, 23}},
		{"woken from a call that is never answered", hangsFirst, func(r *retried) {
			r.poke()
			r.wait(300 * time.Millisecond)
			for range 5 { // the return of a page is reported several times
				r.poke()
			}
			r.wait(200 * time.Millisecond)
		}, 0, nil, []float64{0, .5}},
		{"woken by the same return of the page", always(time.Hour, nil), func(r *retried) {
			r.wait(50 * time.Millisecond)
			r.poke()
			r.wait(time.Second)
		}, 0, errGoing, []float64{0}},
		{"woken by another one", always(time.Hour, nil), func(r *retried) {
			r.wait(50*time.Millisecond + 1)
			r.poke()
			r.wait(time.Second)
		}, 0, errGoing, []float64{0, .5}},
		{"calls that take too long", always(time.Hour, nil), func(r *retried) { r.wait(50 * time.Second) },
			2, errGoing, []float64{0, 21, 43}},
		{"ended in a pause", always(0, d), func(r *retried) { r.wait(1500 * time.Millisecond); r.stop(errGone); r.wait(0) },
			2, errGone, []float64{0, 1}},
		{"ended in a call", always(time.Hour, d), func(r *retried) { r.wait(time.Second); r.stop(errGone); r.wait(0) },
			0, errGone, []float64{0}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			retry(t, tt.outcome, func(r *retried) {
				tt.play(r)
				r.want(t, tt.told, tt.err, tt.tries...)
			})
		})
	}
	retry(t, always(0, d), func(r *retried) {
		for range 1000 {
			r.poke()
			r.wait(10 * time.Millisecond)
		}
		if n := len(r.tries); n < 15 || n > 21 {
			t.Errorf("woken all the time, tried %d times in 10 s, want about one for each %v", n, policy.gap.first)
		}
	})
}

func TestRetryOnlyWhatIsTemporary(t *testing.T) {
	tests := []struct {
		err       error
		temporary bool
	}{
		{&payload.Error{Code: payload.BackendUnreachable}, true},
		{&payload.Error{Code: payload.BadAnswer}, true}, // the backend may be started or repaired any moment
		{&payload.Error{Code: payload.BadPayload}, false},
		{&payload.Error{Code: payload.UnsafeLink}, false},
		{&payload.Error{Code: payload.Internal}, false},
		{&api.Error{Status: 500, Code: api.Internal}, true},
		{&api.Error{Status: 503, Code: api.PlatformUnavailable}, true},
		{&api.Error{Status: 429, Code: api.TooManyRequests}, true},
		{&api.Error{Status: 502, Code: api.PlatformRefused}, true},
		{&api.Error{Status: 400, Code: api.UnknownDemo}, false},
		{&api.Error{Status: 403, Code: api.Forbidden}, false},
		{&api.Error{Status: 418, Code: "teapot"}, false},
		{&api.Error{Status: 520, Code: "teapot"}, true},
		{errLost, false},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprintf("%T %v", tt.err, tt.err), func(t *testing.T) {
			retry(t, always(0, fmt.Errorf("ask: %w", tt.err)), func(r *retried) {
				if tt.temporary {
					r.want(t, 1, errGoing, 0)
				} else {
					r.want(t, 0, tt.err, 0)
				}
			})
		})
	}
}

// Nobody looks at what would come of it. A page that is hidden from the beginning asks once, to have it at hand.
func TestRetryPausesWhileHidden(t *testing.T) {
	for name, err := range map[string]error{"down": errDown, "denied": errNotThere} {
		t.Run(name, func(t *testing.T) {
			retry(t, func(n int) (time.Duration, error) {
				if n == 3 {
					return 0, nil
				}
				return 0, err
			}, func(r *retried) {
				wantTries := func(want int) {
					t.Helper()
					if len(r.tries) != want {
						t.Fatalf("tried at %v, want %d times", r.tries, want)
					}
				}
				r.hidden.Store(true)
				r.wait(time.Hour)
				wantTries(1)
				r.poke() // the network is back, perhaps
				r.wait(time.Hour)
				wantTries(2)
				r.hidden.Store(false)
				r.poke()
				r.wait(policy.failed.last)
				wantTries(4)
				if r.err != nil {
					t.Errorf("got %v", r.err)
				}
			})
		})
	}
}

func TestRetryReturnsAPanic(t *testing.T) {
	retry(t, func(int) (time.Duration, error) { panic("oops") }, func(r *retried) {
		var failure *payload.Error
		<-r.ended
		if !errors.As(r.err, &failure) || failure.Code != payload.Internal {
			t.Errorf("got %v, want the panic", r.err)
		}
	})
}

// A context that is not ended would be kept for as long as the page lives.
func TestRetryEndsTheContextOfACall(t *testing.T) {
	var of context.Context
	err := Retry(t.Context(), nil, nil, nil, func(ctx context.Context) error {
		of = ctx
		return nil
	})
	if err != nil || of.Err() == nil {
		t.Errorf("got %v, and the context of the call is not over", err)
	}
}
