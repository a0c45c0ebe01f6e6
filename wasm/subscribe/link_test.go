package subscribe

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/xaman-live/xaman-live/wasm/payload"
	"github.com/xaman-live/xaman-live/wasm/payload/payloadtest"
)

func TestDead(t *testing.T) {
	tests := []struct {
		name    string
		attempt attempt
		heard   time.Duration // so long ago
		want    bool
	}{
		{"dialing for as long as it may", attempt{}, 5 * time.Second, false},
		{"dialing for longer", attempt{}, 5*time.Second + 1, true},
		{"silent for as long as it may", attempt{live: true}, 20 * time.Second, false},
		{"silent for longer", attempt{live: true}, 20*time.Second + 1, true},
		{"pausing", attempt{over: true}, 0, true},
	}
	for _, tt := range tests {
		tt.attempt.heard = noon.Add(-tt.heard)
		if got := tt.attempt.dead(noon); got != tt.want {
			t.Errorf("%s: got dead %t, want %t", tt.name, got, tt.want)
		}
	}
}

// What a socket says while it is cut, and is heard only afterwards, does not make the next one live.
func TestCutSocketIsNotHeard(t *testing.T) {
	s := New(Options{UUID: uuid})
	first, second := &attempt{}, &attempt{}
	late := &news{kind: speaks, from: first, frame: []byte(payloadtest.Welcome)}
	for _, n := range []*news{
		{kind: dials, from: first}, {kind: ends, err: errCut}, late, {kind: dials, from: second}, late,
	} {
		if _ = s.hear(n); s.attempt.live || s.now.Connection == payload.Live {
			t.Fatalf("live after news %+v", n)
		}
	}
	if _ = s.hear(&news{kind: speaks, from: second, frame: late.frame}); !s.attempt.live {
		t.Error("the next socket is not heard")
	}
}

// wantTraffic wants so many sockets, and why the latest that ended did.
func (w *world) wantTraffic(dials, closes int, last error) {
	w.t.Helper()
	got := w.Latest().Traffic
	if got.Dials != dials || len(w.dials) != dials || got.Closes != closes || !errors.Is(got.LastClose, last) {
		const text = "after %v: got %+v of dials at %v, want %d dialed, %d closed, the last with %v"
		w.t.Errorf(text, time.Since(w.began), got, w.dials, dials, closes, last)
	}
}

// A dial, the first frame and the answer to a probe are waited for so long, and no longer.
func TestPatience(t *testing.T) {
	const moment = time.Millisecond
	t.Run("first frame", func(t *testing.T) {
		start(t, func(w *world) {
			w.wait(policy.welcome - moment)
			w.wantTraffic(1, 0, nil)
			w.wait(moment)
			w.wantTraffic(1, 1, errSilent)
			w.wantAsked(0, 0, 2, 4, 5) // without a socket, and because it said nothing
		}, unheard)
	})
	t.Run("frame", func(t *testing.T) {
		start(t, func(w *world) {
			w.current().mute = true
			w.wait(policy.silence - moment)
			if got := w.current().written; len(got) != 0 {
				t.Errorf("wrote %q before 35 s of silence", got)
			}
			w.wait(moment)
			if got, want := w.current().written, []string{`{"ping":true}`}; !slices.Equal(got, want) {
				t.Errorf("wrote %q after 35 s of silence, want %q", got, want)
			}
			w.wait(policy.echo - moment)
			w.wantConnection(payload.Live)
			w.wantTraffic(1, 0, nil)
			w.wait(moment)
			w.wantConnection(payload.Reconnecting)
			w.wantTraffic(1, 1, errDead)
			if w.lines[0].closed != 1 {
				t.Error("the dead socket was left open")
			}
		})
	})
	t.Run("echo", func(t *testing.T) {
		start(t, func(w *world) {
			w.current().mute = true
			w.wait(policy.silence - moment)
			w.current().mute = false
			w.current().listener, _ = w.engine.Listen(time.Now(), string(uuid)) // it has 15 s to the next frame
			w.wait(policy.echo + moment)
			w.wantTraffic(1, 0, nil)
			w.wantConnection(payload.Live)
		})
	})
	t.Run("probe that cannot be sent", func(t *testing.T) {
		start(t, func(w *world) {
			w.current().mute, w.current().writeErr = true, errLost
			w.wait(policy.silence)
			w.wantTraffic(1, 1, errLost)
		})
	})
	t.Run("frame, of a socket that is being closed", func(t *testing.T) {
		start(t, func(w *world) {
			w.current().mute, w.current().closing = true, time.Minute
			w.wait(policy.silence - moment)
			w.Refresh()
			w.wait(moment)
			if got := w.lines[0].written; len(w.lines) != 2 || len(got) != 0 {
				t.Errorf("wrote %q to the first of %d sockets, want nothing to one that is given up", got, len(w.lines))
			}
		})
	})
	t.Run("dial", func(t *testing.T) {
		start(t, func(w *world) {
			w.hang = true
			w.drop(errLost)
			w.wait(policy.redial.first/2 + policy.dial - moment)
			w.wantTraffic(2, 1, errLost)
			w.wait(moment)
			w.wantTraffic(2, 2, context.DeadlineExceeded)
		}, alone, even)
	})
}

func TestRedialsWithGrowingPauses(t *testing.T) {
	start(t, func(w *world) {
		w.dialErr = errLost
		w.drop(errLost)
		w.wait(10 * time.Minute)
		w.wantConnection(payload.Offline)
		most := 500 * time.Millisecond
		for i := 1; i < len(w.dials); i++ {
			pause := w.dials[i] - w.dials[i-1]
			if pause < most/2 || pause > most {
				t.Errorf("pause %d is %v, want %v to %v", i, pause, most/2, most)
			}
			most = min(2*most, 8*time.Second)
		}
		if len(w.dials) < 20 {
			t.Errorf("dialed %d times in 10 minutes, want it to go on", len(w.dials))
		}
	}, alone)
}

// The pauses grow from socket to socket, until one of them lasts or the visitor does not want to wait.
func TestPausesBeginAnew(t *testing.T) {
	start(t, func(w *world) {
		want := func(name string, lived, pause time.Duration) {
			t.Helper()
			w.wait(lived)
			n, ended := len(w.dials), time.Since(w.began)
			w.drop(errLost)
			w.wait(pause)
			if len(w.dials) != n+1 || w.dials[n] != ended+pause {
				t.Errorf("%s: dialed at %v, want %v after %v", name, w.dials, pause, ended)
			}
		}
		want("the first", 0, 250*time.Millisecond)
		want("the second", 0, 500*time.Millisecond)
		want("nearly a minute", time.Minute-time.Millisecond, time.Second)
		want("a minute", time.Minute, 250*time.Millisecond)
		want("another", 0, 500*time.Millisecond)
		n := len(w.dials)
		w.drop(errLost)
		w.Refresh()
		synctest.Wait()
		if len(w.dials) != n+1 {
			t.Error("the visitor waits for the pause")
		}
		want("after a refresh", 0, 250*time.Millisecond)
	}, even)
}

// Whoever comes back gets a new socket if the old one has been silent, however old it is.
func TestComesBackToASocket(t *testing.T) {
	tests := []struct {
		name   string
		before func(*world)
		redial bool
	}{
		{"that spoke of late", func(w *world) { w.wait(75 * time.Second) }, false},
		{"that is silent for as long as it may", func(w *world) { w.current().mute = true; w.wait(policy.socketDead) },
			false},
		{"that is silent", func(w *world) { w.current().mute = true; w.wait(policy.socketDead + time.Second) }, true},
		{"that is being dialed", func(w *world) { w.hang = true; w.drop(errLost); w.wait(time.Second); w.hang = false },
			false},
		{"that hangs", func(w *world) { w.hang = true; w.drop(errLost); w.wait(7 * time.Second); w.hang = false }, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			start(t, func(w *world) {
				w.Visible(false)
				tt.before(w)
				lines, asks := len(w.lines), len(w.asks)
				w.Visible(true)
				synctest.Wait()
				if got := len(w.lines) > lines; got != tt.redial {
					t.Errorf("dialed again: %v, want %v", got, tt.redial)
				}
				if tt.redial && w.lines[0].closed != 1 {
					t.Error("the old socket was left open")
				}
				w.wantAsked(asks, time.Since(w.began), 0)
			})
		})
	}
}

// While the backend answers, a page without any socket is not offline.
func TestPollsWithoutSocket(t *testing.T) {
	start(t, func(w *world) {
		w.dialErr = errLost
		w.drop(errLost)
		w.wait(time.Minute)
		w.wantConnection(payload.Polling)
		w.wantAsked(1, 0, 2, 4, 8, 16, 24, 32, 40, 48, 56)
		if slices.ContainsFunc(w.updates, func(u *Update) bool { return u.Connection == payload.Offline }) {
			t.Error("got offline, want it never")
		}
		w.wantTraffic(len(w.dials), len(w.dials), errLost)
		w.askErr = errDown
		w.wait(policy.poll.last)
		w.wantConnection(payload.Offline)
		w.confirm(payload.StatusSigned, payload.VerdictVerified)
		w.askErr = nil
		w.Refresh()
		synctest.Wait()
		w.wantEnded(payload.PhaseVerified)
	})
}

// What ends a socket may have ended a question too: it is not waited for as long as one may take.
func TestQuestionBesideALostSocket(t *testing.T) {
	start(t, func(w *world) {
		w.wait(10 * time.Second)
		n := len(w.asks)
		w.askTime, w.dialErr = time.Hour, errLost
		w.Hint()
		w.wait(time.Second)
		w.drop(errLost)
		w.askTime = 0
		w.wait(2 * time.Second)
		w.wantAsked(n, 10*time.Second, 0, 2)
		w.wantConnection(payload.Polling)
	})
}
