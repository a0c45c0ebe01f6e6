package subscribe

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// steadyPauses makes the pauses between two sockets as short as they can be.
func (w *world) steadyPauses() {
	w.sync()
	w.jitter = func(time.Duration) time.Duration { return 0 }
}

func TestDead(t *testing.T) {
	cut := func() {}
	tests := []struct {
		name    string
		attempt attempt
		heard   time.Duration // so long ago
		want    bool
	}{
		{"dialing for as long as it may", attempt{cut: cut}, 5 * time.Second, false},
		{"dialing for longer", attempt{cut: cut}, 5*time.Second + 1, true},
		{"silent for as long as it may", attempt{cut: cut, live: true}, 20 * time.Second, false},
		{"silent for longer", attempt{cut: cut, live: true}, 20*time.Second + 1, true},
		{"pausing", attempt{cut: cut, over: true}, 0, true},
		{"not begun", attempt{over: true}, time.Hour, false},
	}
	for _, tt := range tests {
		tt.attempt.heard = noon.Add(-tt.heard)
		if got := tt.attempt.dead(noon); got != tt.want {
			t.Errorf("%s: got dead %t, want %t", tt.name, got, tt.want)
		}
	}
}

// A dial, the first frame and the answer to a probe are waited for so long, and no longer.
func TestPatience(t *testing.T) {
	const moment = time.Millisecond
	want := func(w *world, dials, closes int, last error) {
		t.Helper()
		got := w.Latest().Traffic
		if got.Dials != dials || got.Closes != closes || !errors.Is(got.LastClose, last) {
			const text = "after %v: got %+v, want %d dialed, %d closed, the last with %v"
			t.Errorf(text, time.Since(w.began), got, dials, closes, last)
		}
	}
	t.Run("first frame", func(t *testing.T) {
		start(t, false, func(w *world) {
			w.wait(policy.welcome)
			want(w, 1, 1, errSilent)
			if want := seconds(2, 4, 5); !slices.Equal(w.asks, want) {
				t.Errorf("asked at %v, want %v: without a socket, and because it said nothing", w.asks, want)
			}
		})
		start(t, false, func(w *world) {
			w.wait(5*time.Second - moment)
			w.say(welcome)
			want(w, 1, 0, nil)
		})
	})
	t.Run("probe", func(t *testing.T) {
		start(t, false, func(w *world) {
			w.say(welcome)
			w.wait(policy.silence + policy.echo)
			want(w, 1, 1, errDead)
		})
	})
	t.Run("probe that cannot be sent", func(t *testing.T) {
		start(t, false, func(w *world) {
			w.say(welcome)
			w.conns[0].writeErr = errLost
			w.wait(policy.silence)
			want(w, 1, 1, errLost)
		})
	})
	t.Run("dial", func(t *testing.T) {
		start(t, true, func(w *world) {
			w.say(welcome)
			w.hang = true
			w.steadyPauses()
			w.drop(errLost)
			w.wait(policy.redial.first/2 + 10*time.Second - moment)
			want(w, 2, 1, errLost)
			w.wait(moment)
			want(w, 2, 2, context.DeadlineExceeded)
		})
	})
}

// The pauses grow from socket to socket, until one of them lasts or the visitor does not want to wait.
func TestPausesBeginAnew(t *testing.T) {
	start(t, false, func(w *world) {
		w.steadyPauses()
		want := func(name string, pause time.Duration) {
			t.Helper()
			n, ended := len(w.dials), time.Since(w.began)
			w.drop(errLost)
			w.wait(pause)
			if len(w.dials) != n+1 || w.dials[n] != ended+pause {
				t.Errorf("%s: dialed at %v, want %v after %v", name, w.dials, pause, ended)
			}
		}
		live := func(d time.Duration) {
			t.Helper()
			w.say(welcome)
			for ; d > 10*time.Second; d -= 10 * time.Second {
				w.wait(10 * time.Second)
				w.say(welcome)
			}
			w.wait(d)
		}
		w.say(welcome)
		want("the first", 250*time.Millisecond)
		w.say(welcome)
		want("the second", 500*time.Millisecond)
		live(time.Minute - time.Millisecond)
		want("nearly a minute", time.Second)
		live(time.Minute)
		want("a minute", 250*time.Millisecond)
		w.say(welcome)
		want("another", 500*time.Millisecond)
		w.say(welcome)
		n := len(w.dials)
		w.drop(errLost)
		w.Refresh()
		synctest.Wait()
		if len(w.dials) != n+1 {
			t.Error("the visitor waits for the pause")
		}
		w.say(welcome)
		want("after a check", 250*time.Millisecond)
	})
}

// A socket that has spoken of late is not replaced, however old it is.
func TestCheckKeepsALivingSocket(t *testing.T) {
	start(t, false, func(w *world) {
		for range 5 {
			w.say(welcome)
			w.wait(15 * time.Second)
		}
		w.Refresh()
		synctest.Wait()
		if got := w.Latest().Traffic; len(w.dials) != 1 || got.Dials != 1 || got.Closes != 0 || got.LastClose != nil {
			t.Errorf("dialed at %v, got %+v, want the first socket kept", w.dials, got)
		}
	})
}

// While the backend answers, a page without any socket is not offline.
func TestWithoutAnySocket(t *testing.T) {
	start(t, false, func(w *world) {
		w.say(welcome)
		w.dialErr = errLost
		w.drop(errLost)
		w.wait(2 * time.Minute)
		for _, u := range w.updates {
			if u.Connection == payload.Offline {
				t.Fatalf("got %+v, want it never offline", u)
			}
		}
		got := w.Latest().Traffic
		if got.Dials != len(w.dials) || got.Dials-got.Closes > 1 || !errors.Is(got.LastClose, errLost) {
			t.Errorf("got %+v, want %d dialed and as many closed", got, len(w.dials))
		}
	})
}

// A context with a deadline ends a subscription as any other does, and nothing is sent on its socket after that.
func TestDeadlineOfTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		conn := &fakeConn{world: &world{}, frames: make(chan string)}
		dial := func(context.Context) (Conn, error) { return conn, nil }
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		go func() { conn.frames <- welcome }()
		s := New(Options{UUID: uuid, Dial: dial, Notify: func(Update) {}})
		if err := s.Run(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Run returned %v, want %v", err, context.DeadlineExceeded)
		}
		if len(conn.written) != 0 || !conn.closed {
			t.Errorf("wrote %q, closed %t, want nothing and closed", conn.written, conn.closed)
		}
	})
}

// What is final from the beginning needs no socket, and nobody is asked.
func TestNothingToFollow(t *testing.T) {
	for range 20 {
		synctest.Test(t, func(t *testing.T) {
			dial := func(context.Context) (Conn, error) { t.Error("dialed"); return nil, errLost }
			ask := func(context.Context) (api.SignRequest, error) { t.Error("asked"); return api.SignRequest{}, errLost }
			known := payload.Answer{UUID: uuid, Status: payload.StatusCancelled}
			var told []payload.Connection
			notify := func(u Update) { told = append(told, u.Connection) }
			err := New(Options{UUID: uuid, Dial: dial, Backend: &Backend{ask, known}, Notify: notify}).Run(t.Context())
			if err != nil || !slices.Equal(told, []payload.Connection{payload.Closed}) {
				t.Errorf("Run returned %v and told of %q, want nil and closed", err, told)
			}
		})
	}
}
