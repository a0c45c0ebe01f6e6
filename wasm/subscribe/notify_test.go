package subscribe

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// A listener hears of what changed, once, and of nothing else.
func TestNotifiesOfChanges(t *testing.T) {
	steps := []struct {
		name string
		do   func(*world)
		want int
	}{
		{"frames that say nothing", func(w *world) { w.say("garbage", "[]", `{"devapp_fetched":true}`, `{"x":1}`) }, 0},
		{"another deadline, which the backend has not said", func(w *world) { w.say(expiresIn(200)) }, 0},
		{"opened", func(w *world) { w.say(opened) }, 1},
		{"opened twice more", func(w *world) { w.say(opened, opened) }, 0},
		{"the same answer, often", func(w *world) { w.wait(10 * time.Second) }, 0},
		{"the deadline in the backend's words", func(w *world) { w.left(100); w.Refresh(); w.wait(0) }, 1},
		{"the same seconds, a moment later", func(w *world) { w.wait(600 * time.Millisecond); w.Refresh(); w.wait(0) }, 0},
		{"hidden and shown", func(w *world) {
			w.says = func(r *api.SignRequest) { r.ExpiresIn = nil }
			w.Visible(false)
			w.Hint()
			w.wait(time.Second)
			w.Visible(true)
			w.wait(1500 * time.Millisecond)
		}, 0},
		{"the backend fails", func(w *world) { w.askErr = errDown; w.Refresh(); w.wait(0) }, 1},
		{"and again", func(w *world) { w.wait(time.Second) }, 1},
		{"it answers", func(w *world) { w.askErr = nil; w.wait(2 * time.Second) }, 1},
		{"no socket", func(w *world) { w.dialErr = errLost; w.drop(errLost) }, 1},
		{"the backend is asked instead", func(w *world) { w.wait(time.Minute) }, 1},
		{"a socket", func(w *world) { w.dialErr = nil; w.awaitSocket() }, 1},
		{"the end", func(w *world) { w.cancel(); <-w.ended }, 1},
	}
	start(t, func(w *world) {
		if n := len(w.updates); n != 2 && n != 3 {
			const want = "want those of the first frame and the first answer, which may say before it what the second frame says"
			t.Errorf("got %d updates, %s", n, want)
		}
		for _, step := range steps {
			before := len(w.updates)
			step.do(w)
			if got := w.updates[before:]; len(got) != step.want {
				t.Errorf("%s: got %d updates, want %d: %+v", step.name, len(got), step.want, got)
			}
			if latest := w.Latest(); !latest.State.Same(&w.last().State) {
				t.Errorf("%s: latest is %+v, and %+v was told", step.name, w.Latest(), w.last())
			}
		}
		if got := w.last().Traffic; got.Unknown != 3 || string(got.LastUnknown) != `{"x":1}` {
			t.Errorf("kept %d unknown frames, the last %q, want 3 and the last one", got.Unknown, got.LastUnknown)
		}
	})
}

// left has the backend say how many seconds are left.
func (w *world) left(seconds int) { w.says = func(r *api.SignRequest) { r.ExpiresIn = &seconds } }

// Everything may be called from any goroutine: before, while and after the subscription runs. None of it waits.
func TestAnyGoroutine(t *testing.T) {
	const callers = 4
	dial := func(ctx context.Context) (Conn, error) { return nil, errLost }
	var status atomic.Value
	status.Store(payload.StatusPending)
	ask := func(context.Context) (*api.SignRequest, error) {
		return &api.SignRequest{Answer: payload.Answer{UUID: uuid, Status: status.Load().(payload.Status)}}, nil
	}
	synctest.Test(t, func(t *testing.T) {
		s := New(Options{UUID: uuid, Dial: dial, Backend: &Backend{Ask: ask}, Notify: func(*Update) {}})
		call := func() {
			var all sync.WaitGroup
			for range callers {
				all.Go(func() {
					for range 100 {
						s.Hint()
						s.Refresh()
						s.Visible(false)
						s.Visible(true)
						if got := s.Latest(); got.State.UUID != uuid {
							t.Errorf("got the latest of %q", got.State.UUID)
						}
					}
				})
			}
			all.Wait()
		}
		call()
		results := make(chan error, callers)
		for range callers {
			go func() { results <- s.Run(t.Context()) }()
		}
		call()
		status.Store(payload.StatusCancelled)
		var failures []error
		for range callers {
			failures = append(failures, <-results)
		}
		call()
		if got := slices.DeleteFunc(failures, func(err error) bool { return err == nil }); len(got) != callers-1 {
			t.Errorf("got %v, want one that runs and the others failed", got)
		}
	})
}
