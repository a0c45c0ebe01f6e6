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
	"github.com/xaman-live/xaman-live/wasm/payload/payloadtest"
)

const (
	opened  = payloadtest.Opened
	expired = payloadtest.Expired
)

var (
	signed      = payloadtest.Resolved(uuid, true)
	errLost     = errors.New("lost")
	errDown     = fmt.Errorf("get: %w", &payload.Error{Code: payload.BackendUnreachable})
	errNotThere = fmt.Errorf("get: %w", &api.Error{Status: 404, Code: api.NotFound})
)

func expiresIn(seconds int) string { return payloadtest.ExpiresIn(seconds) }

func seconds(n ...float64) (all []time.Duration) {
	for _, s := range n {
		all = append(all, time.Duration(s*float64(time.Second)))
	}
	return all
}

// world is what one subscription has around it, in a bubble of virtual time: a platform, and a backend that says what
// the test has it say.
type world struct {
	*Subscription
	*platform
	t *testing.T

	// Of the next sockets and answers.
	alone   bool  // there is no backend
	mute    bool  // sockets say nothing
	dialErr error // they cannot be had
	hang    bool  // dials get no answer
	askErr  error
	askTime time.Duration            // how long the backend takes
	says    func(r *api.SignRequest) // changes what it answers; nil: the truth
	jitters func(time.Duration) time.Duration

	dials, asks []time.Duration // when, since the beginning
	updates     []*Update
	cancel      context.CancelFunc
	ended       chan struct{}
	result      error
}

func alone(w *world)   { w.alone = true }
func unheard(w *world) { w.mute = true }

// even makes the pauses between two sockets as short as they can be.
func even(w *world) { w.jitters = func(time.Duration) time.Duration { return 0 } }

// start runs a subscription to a payload that can be opened for five minutes and hands it to play. Afterwards it must
// have closed every socket and ended every goroutine, or the bubble does not end.
func start(t *testing.T, play func(*world), setups ...func(*world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := &world{t: t, platform: newPlatform(5 * time.Minute), ended: make(chan struct{})}
		for _, setup := range setups {
			setup(w)
		}
		o := Options{UUID: uuid, Dial: w.dialed, Notify: func(u *Update) {
			w.sync()
			w.updates = append(w.updates, u)
		}}
		if !w.alone {
			o.Backend = &Backend{Ask: w.asked}
		}
		w.Subscription = New(o)
		if w.jitters != nil {
			w.jitter = w.jitters
		}
		ctx, cancel := context.WithCancel(t.Context())
		w.cancel = cancel
		go func() {
			w.result = w.Run(ctx)
			close(w.ended)
		}()
		synctest.Wait()
		play(w)
		cancel()
		<-w.ended
		for i, l := range w.lines {
			if l.closed != 1 {
				t.Errorf("socket %d was closed %d times", i, l.closed)
			}
		}
		if got := w.last().Connection; got != payload.Closed {
			t.Errorf("connection is %q at the end, want closed", got)
		}
	})
}

func (w *world) dialed(ctx context.Context) (Conn, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.dials = append(w.dials, time.Since(w.began))
	switch {
	case w.hang:
		w.mu.Unlock()
		<-ctx.Done()
		w.mu.Lock()
		return nil, ctx.Err()
	case w.dialErr != nil:
		return nil, w.dialErr
	}
	l := w.newLine()
	l.mute = w.mute
	l.sayAll(l.greeting)
	return l, nil
}

func (w *world) asked(ctx context.Context) (*api.SignRequest, error) {
	w.mu.Lock()
	w.asks = append(w.asks, time.Since(w.began))
	r, err, takes := &api.SignRequest{Answer: w.answer()}, w.askErr, w.askTime
	if w.says != nil {
		w.says(r)
	}
	if err != nil {
		r = nil
	}
	w.mu.Unlock()
	select {
	case <-time.After(takes):
		return r, err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// sync tells the race detector what the bubble guarantees: the test and the fakes take turns.
func (w *world) sync() {
	w.mu.Lock()
	defer w.mu.Unlock()
}

// confirm has the backend say so from now on, whatever is true.
func (w *world) confirm(status payload.Status, verdict payload.Verdict) {
	w.says = func(r *api.SignRequest) { r.Status, r.Verdict = status, verdict }
}

// wait lets time pass, in which the platform says what it says by itself.
func (w *world) wait(d time.Duration) {
	for end := time.Now().Add(d); ; {
		next := time.Now().Add(time.Second)
		w.mu.Lock()
		for _, l := range w.lines {
			if at := l.listener.Next(); at.After(time.Now()) && at.Before(next) {
				next = at
			}
		}
		w.mu.Unlock()
		if end.Before(next) {
			next = end
		}
		time.Sleep(time.Until(next))
		w.mu.Lock()
		w.tick()
		w.mu.Unlock()
		synctest.Wait()
		if !next.Before(end) {
			return
		}
	}
}

// say sends frames over the newest socket, and lets them be heard.
func (w *world) say(frames ...string) {
	w.mu.Lock()
	w.current().say(frames...)
	w.mu.Unlock()
	synctest.Wait()
}

// drop ends the newest socket.
func (w *world) drop(err error) {
	w.mu.Lock()
	w.current().end(err)
	w.mu.Unlock()
	synctest.Wait()
}

// awaitSocket lets time pass until there is another socket.
func (w *world) awaitSocket() {
	w.t.Helper()
	for n, began := len(w.lines), time.Now(); len(w.lines) == n; w.wait(100 * time.Millisecond) {
		if time.Since(began) > time.Hour {
			w.t.Fatal("nobody dials")
		}
	}
}

func (w *world) last() *Update {
	w.t.Helper()
	if len(w.updates) == 0 {
		w.t.Fatal("no update")
	}
	return w.updates[len(w.updates)-1]
}

func (w *world) wantPhase(want payload.Phase) {
	w.t.Helper()
	if got := w.last().State.Phase(); got != want {
		w.t.Errorf("phase is %q, want %q", got, want)
	}
}

func (w *world) wantConnection(want payload.Connection) {
	w.t.Helper()
	if got := w.last().Connection; got != want {
		w.t.Errorf("connection is %q, want %q", got, want)
	}
}

// wantAsked wants that, after the first n questions, the backend was asked so long after from.
func (w *world) wantAsked(n int, from time.Duration, want ...float64) {
	w.t.Helper()
	var got []time.Duration
	for _, at := range w.asks[min(n, len(w.asks)):] {
		got = append(got, at-from)
	}
	if !slices.Equal(got, seconds(want...)) {
		w.t.Errorf("after %d questions, asked %v after %v, want %v", n, got, from, seconds(want...))
	}
}

func (w *world) wantAsks(want int) {
	w.t.Helper()
	w.wantAsked(want, 0)
}

func (w *world) wantEnded(phase payload.Phase) {
	w.t.Helper()
	w.wantPhase(phase)
	select {
	case <-w.ended:
		if w.result != nil {
			w.t.Errorf("Run returned %v, want nil", w.result)
		}
	default:
		w.t.Errorf("still running in state %+v", w.last().State)
	}
}
