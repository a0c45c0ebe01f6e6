package subscribe

import (
	"context"
	"errors"
	"fmt"
	"slices"
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
			r.err = Retry(ctx, r.wake, func(err error) { r.told = append(r.told, err) }, func(ctx context.Context) error {
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

func (r *retried) over() bool {
	select {
	case <-r.ended:
		return true
	default:
		return false
	}
}

func TestRetryUntilItSucceeds(t *testing.T) {
	outcome := func(n int) (time.Duration, error) {
		if n < 7 {
			return 0, errDown
		}
		return 0, nil
	}
	retry(t, outcome, func(r *retried) {
		r.wait(time.Minute)
		if want := seconds(0, 1, 3, 7, 15, 30, 45, 60); !slices.Equal(r.tries, want) {
			t.Errorf("tried at %v, want %v", r.tries, want)
		}
		if !r.over() || r.err != nil || len(r.told) != 7 {
			t.Errorf("got ended %t, %v, told of %d failures, want it over, without an error, told of 7", r.over(), r.err,
				len(r.told))
		}
	})
}

func TestRetryOnlyWhatIsTemporary(t *testing.T) {
	broken := errors.New("broken")
	tests := []struct {
		err       error
		temporary bool
	}{
		{&payload.Error{Code: payload.BackendUnreachable}, true},
		{&payload.Error{Code: payload.BadAnswer}, true}, // the backend may be started or mended any moment
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
		{broken, false},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprintf("%T %v", tt.err, tt.err), func(t *testing.T) {
			retry(t, always(0, fmt.Errorf("ask: %w", tt.err)), func(r *retried) {
				r.wait(10 * time.Second)
				if r.over() == tt.temporary {
					t.Errorf("got ended %t, want %t", r.over(), !tt.temporary)
				}
				if !tt.temporary && (!errors.Is(r.err, tt.err) || len(r.tries) != 1 || len(r.told) != 0) {
					t.Errorf("got %v after %d tries, told of %v, want it returned at once and not told of", r.err, len(r.tries),
						r.told)
				}
			})
		})
	}
}

func TestRetryEndsWhenThereIsNone(t *testing.T) {
	retry(t, always(0, errNotThere), func(r *retried) {
		r.wait(10 * time.Second)
		if want := seconds(0, .5, 1.5, 3.5); !r.over() || !errors.Is(r.err, errNotThere) || !slices.Equal(r.tries, want) ||
			len(r.told) != 0 {
			t.Errorf("got %v after tries at %v, told of %v, want the end after those at %v", r.err, r.tries, r.told, want)
		}
	})
	retry(t, func(n int) (time.Duration, error) { return 0, []error{errNotThere, errDown, errNotThere, nil}[n] },
		func(r *retried) {
			r.wait(10 * time.Second)
			if !r.over() || r.err != nil {
				t.Errorf("got ended %t, %v, want the one that became known", r.over(), r.err)
			}
		})
}

func TestRetryIsWoken(t *testing.T) {
	t.Run("from a pause", func(t *testing.T) {
		retry(t, always(0, errDown), func(r *retried) {
			r.wait(20 * time.Second)
			r.poke()
			r.wait(3500 * time.Millisecond)
			if want := seconds(0, 1, 3, 7, 15, 20, 21, 23); !slices.Equal(r.tries, want) {
				t.Errorf("tried at %v, want %v: at once, and then as in the beginning", r.tries, want)
			}
		})
	})
	t.Run("from a call that is never answered", func(t *testing.T) {
		firstHangs := func(n int) (time.Duration, error) {
			if n == 0 {
				return time.Hour, nil
			}
			return 0, nil
		}
		retry(t, firstHangs, func(r *retried) {
			r.poke()
			r.wait(300 * time.Millisecond)
			for range 5 { // the return of a page is reported several times
				r.poke()
			}
			r.wait(200 * time.Millisecond)
			if want := seconds(0, .5); !r.over() || r.err != nil || !slices.Equal(r.tries, want) || len(r.told) != 0 {
				t.Errorf("got %v after tries at %v, told of %v, want success after those at %v", r.err, r.tries, r.told, want)
			}
		})
	})
	t.Run("a moment after it began", func(t *testing.T) {
		retry(t, always(time.Hour, nil), func(r *retried) {
			r.wait(policy.sameReturn)
			r.poke()
			r.wait(time.Second)
			if len(r.tries) != 1 {
				t.Errorf("tried at %v, want once: it was the same return of the page", r.tries)
			}
		})
		retry(t, always(time.Hour, nil), func(r *retried) {
			r.wait(50*time.Millisecond + 1)
			r.poke()
			r.wait(time.Second)
			if want := seconds(0, .5); !slices.Equal(r.tries, want) {
				t.Errorf("tried at %v, want %v", r.tries, want)
			}
		})
	})
	t.Run("not more often than is sensible", func(t *testing.T) {
		retry(t, always(0, errDown), func(r *retried) {
			for range 1000 {
				r.poke()
				r.wait(10 * time.Millisecond)
			}
			if n := len(r.tries); n < 15 || n > 21 {
				t.Errorf("tried %d times in 10 s, want about one for each %v", n, policy.gap.first)
			}
		})
	})
}

func TestRetryGivesUpACallThatTakesTooLong(t *testing.T) {
	retry(t, always(time.Hour, nil), func(r *retried) {
		r.wait(50 * time.Second)
		if want := seconds(0, 21, 43); !slices.Equal(r.tries, want) || len(r.told) != 2 {
			t.Errorf("tried at %v, told of %v, want tries at %v, and each failure told", r.tries, r.told, want)
		}
	})
}

func TestRetryEndsWithItsContext(t *testing.T) {
	gone := errors.New("gone")
	for name, took := range map[string]time.Duration{"in a pause": 0, "in a call": time.Hour} {
		t.Run(name, func(t *testing.T) {
			retry(t, always(took, errDown), func(r *retried) {
				r.wait(1500 * time.Millisecond)
				r.stop(gone)
				synctest.Wait()
				if !r.over() || !errors.Is(r.err, gone) {
					t.Errorf("got ended %t, %v, want %v", r.over(), r.err, gone)
				}
			})
		})
	}
}

func TestRetryReturnsAPanic(t *testing.T) {
	retry(t, func(int) (time.Duration, error) { panic("oops") }, func(r *retried) {
		var failure *payload.Error
		if !r.over() || !errors.As(r.err, &failure) || failure.Code != payload.Internal {
			t.Errorf("got ended %t, %v, want the panic", r.over(), r.err)
		}
	})
}

// A context that is not ended would be kept for as long as the page lives.
func TestRetryEndsTheContextOfACall(t *testing.T) {
	var of context.Context
	err := Retry(t.Context(), nil, nil, func(ctx context.Context) error {
		of = ctx
		return nil
	})
	if err != nil || of.Err() == nil {
		t.Errorf("got %v, and the context of the call is not over", err)
	}
}
