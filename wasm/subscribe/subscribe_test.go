package subscribe

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

const (
	welcome = `{"message":"Welcome 9a2c7a52-3c1e-4b53-9d4e-5f1b8c1f0a77"}`
	opened  = `{"opened":true}`
	expired = `{"expired":true}`
	signed  = `{"payload_uuidv4":"9a2c7a52-3c1e-4b53-9d4e-5f1b8c1f0a77","signed":true}`
)

// fakeConn is a socket whose other end is the test.
type fakeConn struct {
	world   *world
	frames  chan string
	err     error // why it ended, set before frames is closed
	written []string
	closed  bool

	writeErr error
}

func (c *fakeConn) Read(ctx context.Context) ([]byte, error) {
	select {
	case frame, ok := <-c.frames:
		if !ok {
			return nil, c.err
		}
		return []byte(frame), nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (c *fakeConn) Write(_ context.Context, frame []byte) error {
	c.world.sync()
	c.written = append(c.written, string(frame))
	return c.writeErr
}

func (c *fakeConn) Close() {
	c.world.sync()
	c.closed = true
}

// world is the platform, the backend and the page around one subscription, in a bubble of virtual time.
type world struct {
	*Subscription
	t       *testing.T
	began   time.Time
	conns   []*fakeConn
	dialErr error
	hang    bool            // dials get no answer
	dials   []time.Duration // when, since the beginning
	asks    []time.Duration
	answer  api.SignRequest
	askErr  error
	askTime time.Duration // how long the backend takes
	updates []Update
	cancel  context.CancelFunc
	ended   chan struct{}
	result  error
	mu      sync.Mutex
}

// sync tells the race detector what the bubble guarantees: the test and the fakes take turns.
func (w *world) sync() {
	w.mu.Lock()
	defer w.mu.Unlock()
}

// start runs a subscription in its own bubble and hands it to play. Afterwards it must have closed every socket and
// ended every goroutine, or the bubble does not end.
func start(t *testing.T, alone bool, play func(*world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := &world{t: t, began: time.Now(), ended: make(chan struct{})}
		w.answer.Answer = payload.Answer{UUID: uuid, Status: payload.StatusPending, Verdict: payload.VerdictNone}
		dial := func(ctx context.Context) (Conn, error) {
			w.sync()
			w.dials = append(w.dials, time.Since(w.began))
			if w.hang {
				<-ctx.Done()
				return nil, ctx.Err()
			}
			if w.dialErr != nil {
				return nil, w.dialErr
			}
			c := &fakeConn{world: w, frames: make(chan string)}
			w.conns = append(w.conns, c)
			return c, nil
		}
		ask := func(ctx context.Context) (api.SignRequest, error) {
			w.sync()
			w.asks = append(w.asks, time.Since(w.began))
			answer, err := w.answer, w.askErr
			select {
			case <-time.After(w.askTime):
			case <-ctx.Done():
				return api.SignRequest{}, ctx.Err()
			}
			return answer, err
		}
		o := Options{UUID: uuid, Dial: dial, Notify: func(u Update) {
			w.sync()
			w.updates = append(w.updates, u)
		}}
		if !alone {
			o.Backend = &Backend{Ask: ask}
		}
		w.Subscription = New(o)
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
		for i, c := range w.conns {
			if !c.closed {
				t.Errorf("socket %d was left open", i)
			}
		}
		if got := w.last().Connection; got != payload.Closed {
			t.Errorf("connection is %q at the end, want closed", got)
		}
	})
}

func (w *world) last() Update {
	if len(w.updates) == 0 {
		w.t.Fatal("no update")
	}
	return w.updates[len(w.updates)-1]
}

// say sends frames over the newest socket.
func (w *world) say(frames ...string) {
	w.t.Helper()
	w.sync()
	for _, frame := range frames {
		select {
		case w.conns[len(w.conns)-1].frames <- frame:
		case <-time.After(time.Hour):
			w.t.Fatalf("nobody reads %s", frame)
		}
	}
	synctest.Wait()
}

// awaitSocket lets time pass until there is another socket.
func (w *world) awaitSocket() {
	w.t.Helper()
	for n, began := len(w.conns), time.Now(); len(w.conns) == n; w.wait(100 * time.Millisecond) {
		if time.Since(began) > time.Hour {
			w.t.Fatal("nobody dials")
		}
	}
}

// drop ends the newest socket.
func (w *world) drop(err error) {
	w.sync()
	c := w.conns[len(w.conns)-1]
	c.err = err
	close(c.frames)
	synctest.Wait()
}

func (w *world) wait(d time.Duration) {
	w.sync()
	time.Sleep(d) // virtual: it takes no time
	synctest.Wait()
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

func (w *world) wantAsks(want int) {
	w.t.Helper()
	if got := len(w.asks); got != want {
		w.t.Errorf("backend was asked %d times, want %d: %v", got, want, w.asks)
	}
}

func (w *world) wantEnded() {
	w.t.Helper()
	select {
	case <-w.ended:
		if w.result != nil {
			w.t.Errorf("Run returned %v, want nil", w.result)
		}
	default:
		w.t.Errorf("still running in state %+v", w.last().State)
	}
}

func (w *world) settle(status payload.Status, verdict payload.Verdict) {
	w.answer.Status, w.answer.Verdict = status, verdict
}

func expiresIn(seconds int) string { return fmt.Sprintf(`{"expires_in_seconds":%d}`, seconds) }

var errLost = errors.New("lost")

func TestFollowsToTheVerdict(t *testing.T) {
	start(t, false, func(w *world) {
		w.say(welcome, expiresIn(300))
		w.wantConnection(payload.Live)
		w.wantPhase(payload.PhaseWaiting)
		w.wait(10 * time.Second)
		w.say(opened, opened, `{"pre_signed":true}`)
		w.wantPhase(payload.PhaseSigning)
		w.say(`{"dispatched":true}`)
		w.wantPhase(payload.PhaseSubmitting)
		w.settle(payload.StatusSigned, payload.VerdictVerified)
		w.say(signed)
		w.wantPhase(payload.PhaseVerified)
		w.wantEnded()
		w.wantAsks(3) // on connecting, once more to be sure, and at once on the resolution
		for _, u := range w.updates {
			if u.State.Phase() == payload.PhaseVerified && u.State.Answer.Verdict != payload.VerdictVerified {
				t.Errorf("shown as verified without a verdict: %+v", u)
			}
		}
	})
}

func TestAsksAgainWhileThePlatformsDatabaseLags(t *testing.T) {
	start(t, false, func(w *world) {
		w.say(welcome, expiresIn(300), opened)
		w.wait(10 * time.Second)
		before := len(w.asks)
		w.say(signed)
		w.wantPhase(payload.PhaseSigned)
		w.wait(2 * time.Second)
		w.wantAsks(before + 3) // on the resolution, and every 700 ms
		w.settle(payload.StatusSigned, payload.VerdictChecking)
		w.wait(time.Minute)
		w.wantPhase(payload.PhaseSigned)
		w.settle(payload.StatusSigned, payload.VerdictUnverified)
		w.wait(policy.steady)
		w.wantPhase(payload.PhaseUnverified)
		w.wantEnded()
	})
}

func TestForgedSignatureIsNeverSuccess(t *testing.T) {
	start(t, false, func(w *world) {
		w.say(welcome, expiresIn(300), signed)
		w.wait(30 * time.Second)
		w.say(expiresIn(270))
		w.wantPhase(payload.PhaseSigned)
		w.wait(31*time.Second + policy.gap.last) // so long the platform's database does not lag
		w.wantPhase(payload.PhaseWaiting)
		before := len(w.asks)
		for range 60 {
			w.say(expiresIn(100))
			w.wait(15 * time.Second)
		}
		if most := before + 15 + 3; len(w.asks) > most { // one a minute, once nothing is unsettled any more
			t.Errorf("backend was asked %d times, want at most %d", len(w.asks), most)
		}
		w.settle(payload.StatusRejected, payload.VerdictNone)
		w.say(signed)
		w.wait(policy.gap.first)
		w.wantPhase(payload.PhaseRejected)
		w.wantEnded()
	})
}

func TestNeverAsksBecauseOfOwnFetch(t *testing.T) {
	start(t, false, func(w *world) {
		w.say(welcome, expiresIn(300))
		for range 50 {
			w.say(`{"devapp_fetched":true}`)
		}
		w.wantAsks(1)
	})
}

func TestSignedWhileTheSocketWasDown(t *testing.T) {
	start(t, false, func(w *world) {
		w.say(welcome, expiresIn(300), opened)
		w.drop(errLost)
		w.wantConnection(payload.Reconnecting)
		w.awaitSocket()
		w.say(welcome, expired) // how a resolved payload greets
		w.settle(payload.StatusSigned, payload.VerdictVerified)
		w.wait(2 * policy.gap.first)
		w.wantPhase(payload.PhaseVerified)
		w.wantEnded()
	})
}

func TestLateSignature(t *testing.T) {
	start(t, false, func(w *world) {
		w.say(welcome, expiresIn(10), opened)
		over := -1
		w.wait(10 * time.Second)
		w.settle(payload.StatusOpened, payload.VerdictNone)
		w.answer.ExpiresIn = &over
		w.say(expired)
		w.wantPhase(payload.PhaseExpired)
		for i := range 40 {
			w.wait(15 * time.Second)
			w.say(expiresIn(-15 * (i + 1)))
		}
		w.wantAsks(3 + 10) // one a minute, in case that something was lost
		w.settle(payload.StatusSigned, payload.VerdictVerified)
		w.say(signed)
		w.wait(policy.gap.first)
		w.wantPhase(payload.PhaseVerified)
		w.wantEnded()
	})
}

func TestExpiredForGood(t *testing.T) {
	start(t, false, func(w *world) {
		w.say(welcome, expiresIn(10))
		w.wait(10 * time.Second)
		w.settle(payload.StatusExpired, payload.VerdictNone)
		w.say(expired)
		w.wantPhase(payload.PhaseExpired)
		w.wantEnded()
	})
}

func TestSilence(t *testing.T) {
	start(t, false, func(w *world) {
		w.say(welcome)
		w.wait(34 * time.Second)
		conn := w.conns[0]
		if len(conn.written) != 0 {
			t.Errorf("wrote %q before 35 s of silence", conn.written)
		}
		w.wait(time.Second)
		if got, want := conn.written, []string{`{"ping":true}`}; !slices.Equal(got, want) {
			t.Errorf("wrote %q after 35 s of silence, want %q", got, want)
		}
		w.wait(9 * time.Second)
		w.say(`{"message":"Right back at you!"}`)
		w.wait(34 * time.Second)
		w.wantConnection(payload.Live)
		w.wait(11 * time.Second)
		w.wantConnection(payload.Reconnecting)
		if !conn.closed {
			t.Error("the dead socket was left open")
		}
		w.wait(time.Second)
		if got := len(w.dials); got != 2 {
			t.Errorf("dialed %d times, want 2", got)
		}
	})
}

func TestRedialsWithGrowingPauses(t *testing.T) {
	start(t, true, func(w *world) {
		w.dialErr = errLost
		w.say(welcome)
		w.drop(errLost)
		w.wait(10 * time.Minute)
		w.wantConnection(payload.Offline)
		most := 500 * time.Millisecond
		for i := 1; i < len(w.dials); i++ {
			pause := w.dials[i] - w.dials[i-1]
			if pause < most/2 || pause > most {
				t.Errorf("pause %d is %v, want %v to %v", i, pause, most/2, most)
			}
			most = min(2*most, 30*time.Second)
		}
		if len(w.dials) < 20 {
			t.Errorf("dialed %d times in 10 minutes, want it to go on", len(w.dials))
		}
	})
}

func TestPollsWithoutSocket(t *testing.T) {
	start(t, false, func(w *world) {
		w.say(welcome)
		w.dialErr = errLost
		w.drop(errLost)
		before := w.asks[len(w.asks)-1]
		w.wait(59 * time.Second)
		w.wantConnection(payload.Polling)
		var got []time.Duration
		for _, at := range w.asks[1:] {
			got = append(got, at-before)
			before = at
		}
		want := []time.Duration{2 * time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 15 * time.Second, 15 * time.Second}
		if !slices.Equal(got, want) {
			t.Errorf("asked after %v, want %v", got, want)
		}
		w.askErr = errLost
		w.wait(15 * time.Second)
		w.wantConnection(payload.Offline)
		w.settle(payload.StatusSigned, payload.VerdictVerified)
		w.askErr = nil
		w.Refresh()
		synctest.Wait()
		w.wantPhase(payload.PhaseVerified)
		w.wantEnded()
	})
}

func TestCheckDialsAtOnce(t *testing.T) {
	start(t, false, func(w *world) {
		w.dialErr = errLost
		w.say(welcome)
		w.drop(errLost)
		w.wait(3 * time.Minute)
		w.dialErr = nil
		n := len(w.conns)
		w.Refresh()
		synctest.Wait()
		if len(w.conns) != n+1 {
			t.Fatalf("dialed %d times after Check, want once", len(w.conns)-n)
		}
		w.say(welcome)
		w.wantConnection(payload.Live)
	})
}

func TestAnswerFromBeforeTheEventIsAskedForAgain(t *testing.T) {
	start(t, false, func(w *world) {
		w.askTime = time.Second
		w.say(welcome, expiresIn(300)) // begins to ask
		w.settle(payload.StatusSigned, payload.VerdictVerified)
		w.say(signed)
		w.wait(time.Second)
		w.wantPhase(payload.PhaseSigned)
		w.wantAsks(2)
		w.wait(time.Second)
		w.wantPhase(payload.PhaseVerified)
	})
}

func TestBackendFailureIsReportedAndRetried(t *testing.T) {
	start(t, false, func(w *world) {
		w.askErr = &payload.Error{Code: payload.BackendUnreachable, Message: "backend does not answer"}
		w.say(welcome, expiresIn(300))
		if !slices.ContainsFunc(w.updates, func(u Update) bool { return errors.Is(u.Err, w.askErr) }) {
			t.Errorf("nobody was told of %v", w.askErr)
		}
		w.wait(3 * time.Second)
		w.wantAsks(3)
		w.wantConnection(payload.Live)
		w.askErr = nil
		w.wait(10 * time.Second)
		w.wantAsks(5) // once to be right, and once to be sure
	})
}

func TestNotFound(t *testing.T) {
	t.Run("backend knows none", func(t *testing.T) {
		start(t, false, func(w *world) {
			w.askErr = &api.Error{Status: 404, Code: api.NotFound}
			w.say(welcome)
			w.wait(4 * time.Second)
			w.wantPhase(payload.PhaseNotFound)
			w.wantEnded()
			w.wantAsks(4)
		})
	})
	t.Run("backend knows it a moment later", func(t *testing.T) {
		start(t, false, func(w *world) {
			w.askErr = &api.Error{Status: 404, Code: api.NotFound}
			w.say(welcome)
			w.wait(300 * time.Millisecond)
			w.askErr = nil
			w.wait(time.Minute)
			w.wantPhase(payload.PhaseWaiting)
		})
	})
	t.Run("the socket greets in between", func(t *testing.T) {
		start(t, false, func(w *world) {
			w.say(welcome)
			w.wait(10 * time.Second)
			w.askErr = errNotThere
			for range 5 {
				w.Refresh()
				w.wait(policy.gap.first) // denied twice
				w.askErr = errDown
				w.drop(errLost)
				w.awaitSocket()
				w.say(welcome)
				w.wait(policy.gap.first)
				w.askErr = errNotThere
			}
			w.wantPhase(payload.PhaseWaiting)
		})
	})
	t.Run("denied now and then", func(t *testing.T) {
		start(t, false, func(w *world) {
			w.say(welcome)
			for range 2 * policy.denials {
				w.askErr = errNotThere
				w.Refresh()
				w.wait(policy.gap.first)
				w.askErr = nil
				w.wait(10 * time.Second)
				w.say(expiresIn(100))
			}
			w.wantPhase(payload.PhaseWaiting)
		})
	})
	t.Run("denied while nobody looks", func(t *testing.T) {
		start(t, false, func(w *world) {
			w.say(welcome)
			w.wait(10 * time.Second)
			w.Visible(false)
			w.askErr = errNotThere
			w.Hint()
			w.wait(12 * time.Second)
			w.wantPhase(payload.PhaseNotFound)
			w.wantEnded()
		})
	})
	t.Run("socket says so, backend knows better", func(t *testing.T) {
		start(t, false, func(w *world) {
			for range 6 {
				w.say(`{"message":"Payload not found"}`)
				w.drop(errLost)
				w.awaitSocket()
			}
			w.say(welcome)
			w.wantPhase(payload.PhaseWaiting)
		})
	})
	t.Run("socket says so, nobody else to ask", func(t *testing.T) {
		start(t, true, func(w *world) {
			for range 3 {
				w.say(`{"message":"Payload not found"}`)
				w.wantPhase(payload.PhaseWaiting)
				w.drop(errLost)
				w.awaitSocket()
			}
			w.say(`{"message":"Payload not found"}`)
			w.wantPhase(payload.PhaseNotFound)
			w.wantEnded()
		})
	})
	t.Run("socket says nothing", func(t *testing.T) {
		start(t, true, func(w *world) {
			w.wait(5 * time.Minute)
			w.wantPhase(payload.PhaseNotFound)
			w.wantEnded()
		})
	})
}

func TestHugeFrame(t *testing.T) {
	start(t, false, func(w *world) {
		w.say(welcome)
		w.drop(&payload.Error{Code: payload.FrameTooBig, Message: "too big"})
		var failure *payload.Error
		if !errors.As(w.last().Err, &failure) || failure.Code != payload.FrameTooBig {
			t.Errorf("reported %v, want code %s", w.last().Err, payload.FrameTooBig)
		}
		w.wait(time.Second)
		w.say(welcome)
		w.wantConnection(payload.Live)
	})
}

func TestGarbageIsIgnored(t *testing.T) {
	start(t, false, func(w *world) {
		w.say(welcome, "", "not json", "[]", "null", `{"new":"key"}`, `{"opened":false}`, expiresIn(300))
		w.wantConnection(payload.Live)
		w.wantPhase(payload.PhaseWaiting)
		w.wantAsks(1)
		if got := w.Latest().Traffic; got.Unknown != 6 || string(got.LastUnknown) != `{"opened":false}` {
			t.Errorf("kept %d unknown frames, the last %q, want 6 and the last one", got.Unknown, got.LastUnknown)
		}
	})
}

func TestCancelledContext(t *testing.T) {
	start(t, false, func(w *world) {
		w.say(welcome)
		w.askTime = time.Hour
		w.Refresh()
		w.cancel()
		<-w.ended
		if !errors.Is(w.result, context.Canceled) {
			t.Errorf("Run returned %v, want context.Canceled", w.result)
		}
	})
}

// The socket comes back just after the resolution was announced, and before the platform's database shows it.
func TestResolvedRightBeforeTheSocketCameBack(t *testing.T) {
	start(t, false, func(w *world) {
		w.say(welcome, expiresIn(300), opened)
		w.drop(errLost)
		w.awaitSocket()
		w.settle(payload.StatusOpened, payload.VerdictNone)
		w.say(welcome, expiresIn(290))
		w.wantPhase(payload.PhaseOpened)
		w.wait(2 * time.Second)
		w.settle(payload.StatusSigned, payload.VerdictVerified)
		w.wait(2 * time.Second)
		w.wantPhase(payload.PhaseVerified)
		w.wantEnded()
	})
}

func TestDoubtsEnd(t *testing.T) {
	start(t, false, func(w *world) {
		w.say(welcome, expiresIn(300))
		w.drop(errLost)
		w.awaitSocket()
		w.say(welcome)
		w.wait(policy.gap.first)
		before := len(w.asks)
		for i := range 3 {
			w.wait(15 * time.Second)
			w.say(expiresIn(280 - 15*i))
		}
		w.wantAsks(before + policy.rechecks)
	})
}

func TestHiddenPageDoesNotPoll(t *testing.T) {
	start(t, false, func(w *world) {
		w.say(welcome, expiresIn(300))
		w.dialErr = errLost
		w.Visible(false)
		w.drop(errLost)
		before := len(w.asks)
		w.wait(10 * time.Minute)
		w.wantAsks(before)
		w.settle(payload.StatusSigned, payload.VerdictVerified)
		w.Visible(true)
		synctest.Wait()
		w.wantPhase(payload.PhaseVerified)
		w.wantEnded()
	})
}

func TestHiddenPageStillConfirmsASignature(t *testing.T) {
	start(t, false, func(w *world) {
		w.say(welcome, expiresIn(300), opened)
		w.Visible(false)
		w.say(signed)
		w.wait(time.Second)
		w.settle(payload.StatusSigned, payload.VerdictVerified)
		w.wait(5 * time.Second)
		w.wantPhase(payload.PhaseVerified)
	})
}

// What was announced just before the page came back may not be in the platform's database yet.
func TestBackBeforeTheDatabaseShowsIt(t *testing.T) {
	start(t, false, func(w *world) {
		w.say(welcome, expiresIn(300))
		w.wait(10 * time.Second)
		w.Visible(false)
		w.wait(4 * time.Second)
		w.Visible(true)
		w.wait(2 * time.Second)
		w.settle(payload.StatusSigned, payload.VerdictVerified)
		w.wait(time.Second)
		w.wantPhase(payload.PhaseVerified)
		w.wantEnded()
	})
}

// A phone that comes too late is a reason to ask: the backend may know that it did not.
func TestOpenedAfterTheDeadline(t *testing.T) {
	start(t, false, func(w *world) {
		over := 0
		w.answer.ExpiresIn = &over
		w.say(welcome)
		w.wantPhase(payload.PhaseExpired)
		w.wait(10 * time.Second)
		before := len(w.asks)
		w.say(opened)
		w.wantAsks(before + 1)
	})
}

func TestVisibleAgain(t *testing.T) {
	tests := []struct {
		name   string
		away   time.Duration
		redial bool
	}{
		{"a moment", 5 * time.Second, false},
		{"longer than the platform is ever silent", 21 * time.Second, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			start(t, false, func(w *world) {
				w.say(welcome, expiresIn(300))
				w.Visible(false)
				w.wait(tt.away)
				dials, asks := len(w.dials), len(w.asks)
				w.Visible(true)
				synctest.Wait()
				if got := len(w.dials) > dials; got != tt.redial {
					t.Errorf("dialed again: %v, want %v", got, tt.redial)
				}
				if tt.redial && !w.conns[0].closed {
					t.Error("the old socket was left open")
				}
				w.wantAsks(asks + 1)
			})
		})
	}
}

func TestCheckGivesUpAHangingDial(t *testing.T) {
	start(t, false, func(w *world) {
		w.say(welcome)
		w.hang = true
		w.drop(errLost)
		w.wait(time.Second)
		n := len(w.dials)
		w.Refresh()
		synctest.Wait()
		if len(w.dials) != n {
			t.Errorf("gave up a dial of less than 5 s")
		}
		w.wait(5 * time.Second)
		w.hang = false
		w.Refresh()
		synctest.Wait()
		w.say(welcome)
		w.wantConnection(payload.Live)
	})
}

// A message may be lost on a socket that lives on.
func TestLostMessage(t *testing.T) {
	start(t, false, func(w *world) {
		w.say(welcome, expiresIn(300), opened)
		w.wait(2 * time.Second)
		w.settle(payload.StatusSigned, payload.VerdictVerified)
		w.wait(13 * time.Second)
		w.say(expiresIn(285))
		w.wantPhase(payload.PhaseOpened)
		w.wait(time.Second)
		w.wantPhase(payload.PhaseVerified)
	})
}

func TestMissedKeepAlive(t *testing.T) {
	start(t, false, func(w *world) {
		w.say(welcome, expiresIn(300))
		w.wait(2 * time.Second)
		w.settle(payload.StatusSigned, payload.VerdictVerified)
		w.wait(15 * time.Second)
		w.wantPhase(payload.PhaseWaiting)
		w.wait(time.Second)
		w.wantPhase(payload.PhaseVerified)
	})
}

// The page that the wallet leads back to may come before the platform's database shows the signature.
func TestPageThatComesRightAfterTheSignature(t *testing.T) {
	start(t, false, func(w *world) {
		w.say(welcome, expiresIn(300))
		w.settle(payload.StatusSigned, payload.VerdictVerified)
		w.wait(2 * time.Second)
		w.wantPhase(payload.PhaseVerified)
	})
}

func TestPanicEndsTheSubscriptionAlone(t *testing.T) {
	panics := func(context.Context) (Conn, error) { panic("dial") }
	waits := func(ctx context.Context) (Conn, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	tests := []struct {
		name   string
		dial   func(context.Context) (Conn, error)
		ask    func(context.Context) (api.SignRequest, error)
		notify func(Update)
	}{
		{"dial", panics, func(context.Context) (api.SignRequest, error) { return api.SignRequest{}, errLost }, func(Update) {}},
		{"ask", waits, func(context.Context) (api.SignRequest, error) { panic("ask") }, func(Update) {}},
		{"notify", waits, func(context.Context) (api.SignRequest, error) { return api.SignRequest{}, errLost }, func(u Update) {
			if u.Connection != payload.Closed {
				panic("notify")
			}
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var failure *payload.Error
				err := New(Options{UUID: uuid, Dial: tt.dial, Backend: &Backend{Ask: tt.ask}, Notify: tt.notify}).Run(t.Context())
				if !errors.As(err, &failure) || failure.Code != payload.Internal || failure.Message != "panic: "+tt.name {
					t.Errorf("Run returned %v, want the panic of %s", err, tt.name)
				}
			})
		})
	}
}

// What a page was waiting for when it was put to sleep may never come.
func TestComesBackWhileAnAnswerIsOverdue(t *testing.T) {
	start(t, false, func(w *world) {
		w.askTime = time.Hour
		w.say(welcome, expiresIn(300), opened)
		w.wait(time.Second)
		w.settle(payload.StatusSigned, payload.VerdictVerified)
		w.askTime = 0
		w.Visible(true)
		synctest.Wait()
		w.wantPhase(payload.PhaseVerified)
		w.wantAsks(2)
		for _, u := range w.updates {
			if u.Err != nil {
				t.Errorf("reported %v", u.Err)
			}
		}
	})
}
