package subscribe

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/xaman-live/xaman-live/devserver/sandbox/engine"
	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// A payment from the code to the verdict, with few questions: on connecting and to be sure, in case that a message was
// lost, at once on the resolution, and then steadily.
func TestFollowsToTheVerdict(t *testing.T) {
	start(t, func(w *world) {
		act := func(wait time.Duration, want payload.Phase, do func(now time.Time)) {
			t.Helper()
			w.wait(wait)
			w.mu.Lock()
			do(time.Now())
			w.broadcast(1)
			w.mu.Unlock()
			synctest.Wait()
			w.wantPhase(want)
			w.wantConnection(payload.Live)
		}
		open := func(now time.Time) { _ = w.engine.Open(now, string(uuid)) }
		progress := func(stage engine.Event) func(time.Time) {
			return func(time.Time) { w.engine.Progress(string(uuid), stage) }
		}
		w.wantPhase(payload.PhaseWaiting)
		act(12*time.Second, payload.PhaseOpened, open)
		act(3*time.Second, payload.PhaseOpened, open)
		act(0, payload.PhaseSigning, progress(engine.PreSigned))
		act(0, payload.PhaseSubmitting, progress(engine.Dispatched))
		act(3*time.Second, payload.PhaseSigned, func(now time.Time) {
			_ = w.engine.Resolve(now, string(uuid), engine.Outcome{Signed: true})
		})
		w.wait(3 * time.Second)
		w.wantEnded(payload.PhaseVerified)
		w.wantAsked(0, 0, 0, 1, 16, 18, 18.7, 19.4, 20.1, 20.8)
		if got := w.last().Traffic.Asks; got != len(w.asks) {
			t.Errorf("counted %d questions, want %d", got, len(w.asks))
		}
		for _, u := range w.updates {
			if u.State.Phase() == payload.PhaseVerified && u.State.Answer.Verdict != payload.VerdictVerified {
				t.Errorf("shown as verified without a verdict: %+v", u)
			}
		}
	})
}

func TestNotFound(t *testing.T) {
	const noSuchPayload = `{"message":"Payload not found"}`
	tests := []struct {
		name  string
		play  func(*world)
		ends  bool
		setup func(*world)
	}{
		{"backend knows none", func(w *world) {
			w.wait(4 * time.Second)
			w.wantAsks(4)
		}, true, func(w *world) { w.askErr = errNotThere }},
		{"backend knows it a moment later", func(w *world) {
			w.wait(300 * time.Millisecond)
			w.askErr = nil
			w.wait(time.Minute)
		}, false, func(w *world) { w.askErr = errNotThere }},
		{"the socket welcomes in between", func(w *world) {
			w.wait(10 * time.Second)
			w.askErr = errNotThere
			for range 5 {
				w.Refresh()
				w.wait(policy.gap.first) // denied twice
				w.askErr = errDown
				w.drop(errLost)
				w.awaitSocket()
				w.wait(policy.gap.first)
				w.askErr = errNotThere
			}
		}, false, nil},
		{"denied now and then", func(w *world) {
			for range 2 * policy.denials {
				w.askErr = errNotThere
				w.Refresh()
				w.wait(policy.gap.first)
				w.askErr = nil
				w.wait(10 * time.Second)
			}
		}, false, nil},
		{"denied while nobody looks", func(w *world) {
			w.wait(10 * time.Second)
			w.Visible(false)
			w.askErr = errNotThere
			w.Hint()
			w.wait(12 * time.Second)
		}, true, nil},
		{"announced as signed a minute ago, and not known", func(w *world) {
			w.askErr = errDown
			w.say(signed)
			w.wait(time.Minute)
			w.askErr = errNotThere
			w.wait(20 * time.Second)
		}, true, nil},
		{"socket says so, backend knows better", func(w *world) {
			for range 6 {
				w.say(noSuchPayload)
				w.drop(errLost)
				w.awaitSocket()
			}
		}, false, nil},
		{"socket says so, nobody else to ask", func(w *world) {
			for range 3 {
				w.say(noSuchPayload)
			}
			w.wantPhase(payload.PhaseWaiting)
			w.say(noSuchPayload)
		}, true, alone},
		{"socket says nothing, nobody else to ask", func(w *world) { w.wait(time.Minute) }, true,
			func(w *world) { w.alone, w.mute = true, true }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			start(t, func(w *world) {
				tt.play(w)
				if tt.ends {
					w.wantEnded(payload.PhaseNotFound)
				} else {
					w.wantPhase(payload.PhaseWaiting)
				}
			}, slices.DeleteFunc([]func(*world){tt.setup}, func(f func(*world)) bool { return f == nil })...)
		})
	}
}

func TestHugeFrame(t *testing.T) {
	start(t, func(w *world) {
		w.drop(&payload.Error{Code: payload.FrameTooBig})
		var failure *payload.Error
		if !errors.As(w.last().Err, &failure) || failure.Code != payload.FrameTooBig {
			t.Errorf("reported %v, want code %s", w.last().Err, payload.FrameTooBig)
		}
		w.wait(time.Second)
		w.wantConnection(payload.Live)
	})
}

func TestPanicEndsTheSubscriptionAlone(t *testing.T) {
	panics := func(context.Context) (Conn, error) { panic("dial") }
	waits := func(ctx context.Context) (Conn, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	fails := func(context.Context) (*api.SignRequest, error) { return nil, errLost }
	tests := []struct {
		name   string
		dial   func(context.Context) (Conn, error)
		ask    func(context.Context) (*api.SignRequest, error)
		notify func(*Update)
	}{
		{"dial", panics, fails, func(*Update) {}},
		{"ask", waits, func(context.Context) (*api.SignRequest, error) { panic("ask") }, func(*Update) {}},
		{"notify", waits, fails, func(u *Update) {
			if u.Connection != payload.Closed {
				panic("notify")
			}
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var failure *payload.Error
				o := Options{UUID: uuid, Dial: tt.dial, Backend: &Backend{Ask: tt.ask}, Notify: tt.notify}
				err := New(o).Run(t.Context())
				if !errors.As(err, &failure) || failure.Code != payload.Internal || failure.Message != "panic: "+tt.name {
					t.Errorf("Run returned %v, want the panic of %s", err, tt.name)
				}
			})
		})
	}
}

// A context with a deadline ends a subscription as any other does, and nothing is sent on its socket after that.
func TestDeadlineOfTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newPlatform(time.Minute).newLine()
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		l.sayAll(l.greeting)
		dial := func(context.Context) (Conn, error) { return l, nil }
		s := New(Options{UUID: uuid, Dial: dial, Notify: func(*Update) {}})
		if err := s.Run(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Run returned %v, want %v", err, context.DeadlineExceeded)
		}
		if len(l.written) != 0 || l.closed != 1 {
			t.Errorf("wrote %q, closed %d times, want nothing and once", l.written, l.closed)
		}
	})
}

// What is final from the beginning needs no socket, and nobody is asked.
func TestNothingToFollow(t *testing.T) {
	for range 20 {
		synctest.Test(t, func(t *testing.T) {
			dial := func(context.Context) (Conn, error) { t.Error("dialed"); return nil, errLost }
			ask := func(context.Context) (*api.SignRequest, error) { t.Error("asked"); return nil, errLost }
			known := payload.Answer{UUID: uuid, Status: payload.StatusCancelled}
			var told []payload.Connection
			notify := func(u *Update) { told = append(told, u.Connection) }
			err := New(Options{UUID: uuid, Dial: dial, Backend: &Backend{ask, known}, Notify: notify}).Run(t.Context())
			if err != nil || !slices.Equal(told, []payload.Connection{payload.Closed}) {
				t.Errorf("Run returned %v and told of %q, want nil and closed", err, told)
			}
		})
	}
}

// Run ends when its socket is closed and its question has ended, however long that takes.
func TestRunEndsLast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newPlatform(time.Minute).newLine()
		l.closing = 5 * time.Second
		l.sayAll(l.greeting)
		answered := false
		ask := func(ctx context.Context) (*api.SignRequest, error) {
			<-ctx.Done()
			time.Sleep(7 * time.Second)
			answered = true
			return nil, ctx.Err()
		}
		dial := func(context.Context) (Conn, error) { return l, nil }
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		o := Options{UUID: uuid, Dial: dial, Backend: &Backend{Ask: ask}, Notify: func(*Update) {}}
		if err := New(o).Run(ctx); !errors.Is(err, context.Canceled) || l.closed != 1 || !answered {
			t.Errorf("Run returned %v, closed %d times, answered %t, want it to end last", err, l.closed, answered)
		}
	})
}

// contexts collects what a subscription hands out.
type contexts struct{ dial, write, ask []context.Context }

type notingConn struct {
	*line
	all *contexts
}

func (c *notingConn) Write(ctx context.Context, frame []byte) error {
	c.all.write = append(c.all.write, ctx)
	return nil // and there is no echo
}

// Each attempt and each question have a context of their own, which ends with them: a card may live for days.
func TestNoContextIsLeftBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var all contexts
		p := newPlatform(time.Minute)
		dial := func(ctx context.Context) (Conn, error) {
			all.dial = append(all.dial, ctx)
			l := p.newLine()
			if len(p.lines) == 1 {
				l.say(opened)
			}
			return &notingConn{l, &all}, nil
		}
		ask := func(ctx context.Context) (*api.SignRequest, error) {
			all.ask = append(all.ask, ctx)
			return &api.SignRequest{Answer: payload.Answer{UUID: uuid, Status: payload.StatusPending}}, nil
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		o := Options{UUID: uuid, Dial: dial, Backend: &Backend{Ask: ask}, Notify: func(*Update) {}}
		go func() { ended <- New(o).Run(ctx) }()
		time.Sleep(policy.silence + policy.echo + time.Second) // it does not answer the probe, and there is another
		synctest.Wait()
		if len(all.write) != 1 || len(all.dial) != 2 {
			t.Fatalf("wrote %d times and dialed %d times, want 1 and 2", len(all.write), len(all.dial))
		}
		for kind, over := range map[string][]context.Context{
			"dial": all.dial, "attempt": all.write, "question": all.ask,
		} {
			for i, ctx := range over {
				if ctx.Err() == nil {
					t.Errorf("the context of %s %d is still there", kind, i)
				}
			}
		}
		cancel()
		<-ended
	})
}
