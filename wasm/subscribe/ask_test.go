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

// Whatever is heard, and however often, the backend is asked at once for what is new, and seldom for what is not.
func TestStorms(t *testing.T) {
	storms := map[string]struct {
		blow func(*world)
		most int // questions in the minute of the storm
	}{
		"no such payload":       {func(w *world) { w.say(`{"message":"x"}`) }, 16},
		"expired":               {func(w *world) { w.say(expired) }, 16},
		"out of time":           {func(w *world) { w.say(expiresIn(-5)) }, 16},
		"resolved":              {func(w *world) { w.say(signed) }, 40}, // steadily for a while, as it may be true
		"news from other tabs":  {func(w *world) { w.Hint() }, 20},
		"fetched by ourselves":  {func(w *world) { w.say(`{"devapp_fetched":true}`) }, 2},
		"opened":                {func(w *world) { w.say(opened) }, 6},
		"unknown":               {func(w *world) { w.say(`{"x":1}`) }, 2},
		"everything at once":    {func(w *world) { w.say(`{"message":"x"}`, expired, signed, expiresIn(-5)); w.Hint() }, 40},
		"an impatient visitor":  {func(w *world) { w.Refresh() }, 121},
		"shown again and again": {func(w *world) { w.Visible(false); w.Visible(true) }, 121},
	}
	for name, storm := range storms {
		t.Run(name, func(t *testing.T) {
			start(t, false, func(w *world) {
				w.say(welcome, expiresIn(300))
				w.wait(10 * time.Second)
				before := len(w.asks)
				for range 20 * 60 {
					storm.blow(w)
					w.wait(50 * time.Millisecond)
				}
				asks := w.asks[before:]
				if len(asks) > storm.most {
					t.Errorf("backend was asked %d times in a minute, want at most %d", len(asks), storm.most)
				}
				for i := 1; i < len(asks); i++ {
					if gap := asks[i] - asks[i-1]; gap < policy.gap.first {
						t.Errorf("asked again after %v, want %v between two questions", gap, policy.gap.first)
					}
				}
				if storm.most > 10 && asks[0] != 10*time.Second {
					t.Errorf("asked first at %v, want at once", asks[0])
				}
			})
		})
	}
}

// Reasons to ask anew must not keep a slow backend from ever being heard.
func TestImpatienceDoesNotStarve(t *testing.T) {
	start(t, false, func(w *world) {
		w.say(welcome, expiresIn(300))
		w.wait(10 * time.Second)
		w.askTime = 2 * time.Second
		w.settle(payload.StatusSigned, payload.VerdictVerified)
		for range 100 {
			w.Refresh()
			w.wait(50 * time.Millisecond)
		}
		w.wantPhase(payload.PhaseVerified)
		w.wantEnded()
	})
}

func TestHintIsAskedForAtOnce(t *testing.T) {
	start(t, false, func(w *world) {
		w.say(welcome, expiresIn(300))
		w.wait(10 * time.Second)
		w.settle(payload.StatusSigned, payload.VerdictVerified)
		w.Hint()
		synctest.Wait()
		w.wantPhase(payload.PhaseVerified)
		w.wantEnded()
	})
}

// The card is never more than a second behind the backend's verdict, whenever that comes.
func TestNeverFarBehindTheVerdict(t *testing.T) {
	for at := 100 * time.Millisecond; at < policy.checkingFor; at += 1337 * time.Millisecond {
		start(t, false, func(w *world) {
			w.say(welcome, expiresIn(300))
			w.wait(10 * time.Second)
			w.say(opened)
			w.wait(5 * time.Second)
			w.askTime = 100 * time.Millisecond
			w.say(signed)
			w.settle(payload.StatusSigned, payload.VerdictChecking)
			for left := at; left > 0; left -= 10 * time.Second { // the platform goes on to speak
				w.wait(min(left, 10*time.Second))
				w.say(expiresIn(280))
			}
			w.settle(payload.StatusSigned, payload.VerdictVerified)
			w.wait(time.Second)
			if w.last().State.Phase() != payload.PhaseVerified {
				t.Errorf("verified %v after the resolution: not shown a second later, asked at %v", at, w.asks)
			}
			w.wantEnded()
		})
	}
}

// The first questions after a resolution: at once, then steadily; and few altogether.
func TestOrdinaryJourneyAsksLittle(t *testing.T) {
	start(t, false, func(w *world) {
		w.say(welcome, expiresIn(300))
		w.wait(12 * time.Second)
		w.say(opened)
		w.wait(3 * time.Second)
		w.say(opened, `{"pre_signed":true}`, `{"dispatched":true}`)
		w.wait(3 * time.Second)
		before := len(w.asks)
		if got := w.Latest().Traffic.Asks; got != before {
			t.Errorf("counted %d questions, want %d", got, before)
		}
		if before > 3 {
			t.Errorf("backend was asked %d times before anything was signed, want at most 3: %v", before, w.asks)
		}
		w.say(signed)
		w.settle(payload.StatusSigned, payload.VerdictChecking)
		w.wait(3500 * time.Millisecond)
		w.settle(payload.StatusSigned, payload.VerdictVerified)
		w.wait(time.Second)
		w.wantEnded()
		var got []time.Duration
		for _, asked := range w.asks[before:] {
			got = append(got, asked-18*time.Second)
		}
		if want := seconds(0, .7, 1.4, 2.1, 2.8, 3.5, 4.2); !slices.Equal(got, want) {
			t.Errorf("after the resolution the backend was asked after %v, want %v", got, want)
		}
	})
}

// A ledger that takes for ever is not asked for ever as often.
func TestSteadyForAWhileOnly(t *testing.T) {
	start(t, false, func(w *world) {
		w.say(welcome, expiresIn(300), signed)
		w.settle(payload.StatusSigned, payload.VerdictChecking)
		for range 20 {
			w.wait(10 * time.Second)
			w.say(expiresIn(100))
		}
		before := len(w.asks)
		for range 6 {
			w.wait(10 * time.Second)
			w.say(expiresIn(100))
		}
		if n := len(w.asks) - before; n < 11 || n > 13 {
			t.Errorf("asked %d times in a minute, three minutes after the resolution, want about 12", n)
		}
	})
}

// An answer that is old leaves the question owed; what it says is better than nothing.
func TestStaleAnswerIsAskedForAgain(t *testing.T) {
	start(t, false, func(w *world) {
		w.answer.Stale = true
		w.settle(payload.StatusOpened, payload.VerdictNone)
		w.say(welcome, expiresIn(300))
		w.wantPhase(payload.PhaseOpened)
		w.wait(16 * time.Second)
		if want := seconds(0, 1, 3, 7, 15); !slices.Equal(w.asks, want) {
			t.Errorf("asked at %v, want %v", w.asks, want)
		}
		if u := w.last(); u.Unanswered != 0 || !u.State.Heard() || u.Err != nil {
			t.Errorf("got %+v, want the backend heard", u)
		}
		before := len(w.asks)
		w.say(signed)
		w.wait(8 * time.Second)
		w.wantAsks(before + 5) // at once, and with pauses of 0.5, 1, 2 and 4 s
		w.answer.Stale = false
		w.settle(payload.StatusSigned, payload.VerdictVerified)
		w.wait(policy.gap.last)
		w.wantPhase(payload.PhaseVerified)
		w.wantEnded()
	})
}

func TestAnswerAboutAnotherRequestIsNone(t *testing.T) {
	start(t, false, func(w *world) {
		w.settle(payload.StatusSigned, payload.VerdictVerified)
		w.answer.UUID = other
		w.say(welcome, expiresIn(300))
		w.wantPhase(payload.PhaseWaiting)
		var failure *payload.Error
		if u := w.last(); !errors.As(u.Err, &failure) || failure.Code != payload.BadAnswer || failure.Message == "" || u.Unanswered != 1 || u.State.Heard() {
			t.Errorf("got %+v, want an error of code %s", u, payload.BadAnswer)
		}
		w.wait(time.Second)
		w.wantAsks(2)
		w.answer.UUID = uuid
		w.wait(2 * time.Second)
		w.wantPhase(payload.PhaseVerified)
	})
}

// The page tells its visitor whenever nobody confirms anything.
func TestTellsWhetherTheBackendIsHeard(t *testing.T) {
	start(t, false, func(w *world) {
		want := func(unanswered int, heard bool) {
			t.Helper()
			if u := w.last(); u.Unanswered != unanswered || u.State.Heard() != heard {
				t.Errorf("got %d questions not answered, heard %t, want %d and %t", u.Unanswered, u.State.Heard(), unanswered, heard)
			}
		}
		w.askErr = &payload.Error{Code: payload.BadAnswer, Message: "GET /apy/sign-requests/9A2C… is no backend"}
		w.say(welcome, expiresIn(300))
		want(1, false)
		w.wait(3 * time.Second)
		want(3, false)
		w.askErr = nil
		w.wait(4 * time.Second)
		want(0, true)
		w.wait(policy.gap.first)
		w.askErr = errDown
		w.Refresh()
		synctest.Wait()
		want(1, true)
		w.askErr = errNotThere
		w.wait(time.Second)
		want(0, true)
	})
}

// What is expected to happen is not left to the socket alone to say.
func TestAsksWhenTheDeadlineHasPassed(t *testing.T) {
	left := 10
	start(t, false, func(w *world) {
		w.answer.ExpiresIn = &left
		w.say(welcome, expiresIn(10))
		w.wait(2 * time.Second)
		before := len(w.asks)
		deadline := w.last().State.Deadline.Sub(w.began)
		w.settle(payload.StatusExpired, payload.VerdictNone)
		w.wait(deadline + policy.overdue - time.Since(w.began))
		w.wantAsks(before + 1)
		w.wantPhase(payload.PhaseExpired)
		w.wantEnded()
	})
	start(t, false, func(w *world) { // and not again and again
		w.say(welcome, expiresIn(5))
		w.wait(17 * time.Second)
		w.wantAsks(3)
	})
}

// A hidden page has no reason to wake up.
func TestHiddenPageIsQuiet(t *testing.T) {
	start(t, false, func(w *world) {
		w.say(welcome, expiresIn(30), opened)
		w.wait(5 * time.Second)
		w.Visible(false)
		synctest.Wait()
		before, updates := len(w.asks), len(w.updates)
		for range 40 {
			w.wait(15 * time.Second)
			w.say(expiresIn(20))
		}
		w.wantAsks(before)
		if n := len(w.updates) - updates; n != 40 {
			t.Errorf("told %d times of 40 frames", n)
		}
	})
}

// slowConn takes its time to close.
type slowConn struct {
	fakeConn
	closed chan struct{}
}

func (c *slowConn) Close() {
	time.Sleep(5 * time.Second)
	close(c.closed)
}

func TestRunEndsLast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		conn := &slowConn{fakeConn{world: &world{}, frames: make(chan string)}, make(chan struct{})}
		dial := func(context.Context) (Conn, error) { return conn, nil }
		answered := false
		ask := func(ctx context.Context) (api.SignRequest, error) {
			<-ctx.Done()
			time.Sleep(7 * time.Second)
			answered = true
			return api.SignRequest{}, ctx.Err()
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() {
			ended <- New(Options{UUID: uuid, Dial: dial, Backend: &Backend{Ask: ask}, Notify: func(Update) {}}).Run(ctx)
		}()
		conn.frames <- welcome
		synctest.Wait()
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("Run returned %v, want %v", err, context.Canceled)
		}
		select {
		case <-conn.closed:
		default:
			t.Error("Run returned before its socket was closed")
		}
		if !answered {
			t.Error("Run returned before its question had ended")
		}
	})
}

// contexts collects what a subscription hands out.
type contexts struct{ dial, read, write, ask []context.Context }

type notingConn struct {
	fakeConn
	all *contexts
}

func (c *notingConn) Read(ctx context.Context) ([]byte, error) {
	c.all.read = append(c.all.read, ctx)
	return c.fakeConn.Read(ctx)
}

func (c *notingConn) Write(ctx context.Context, frame []byte) error {
	c.all.write = append(c.all.write, ctx)
	return c.fakeConn.Write(ctx, frame)
}

// Each attempt, each frame and each question has a context of its own, which ends with it: a card may live for days.
func TestNoContextIsLeftBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var all contexts
		var conn *notingConn
		dial := func(ctx context.Context) (Conn, error) {
			all.dial = append(all.dial, ctx)
			conn = &notingConn{fakeConn{world: &world{}, frames: make(chan string), err: errLost}, &all}
			return conn, nil
		}
		ask := func(ctx context.Context) (api.SignRequest, error) {
			all.ask = append(all.ask, ctx)
			return api.SignRequest{Answer: payload.Answer{UUID: uuid, Status: payload.StatusPending}}, nil
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() {
			ended <- New(Options{UUID: uuid, Dial: dial, Backend: &Backend{Ask: ask}, Notify: func(Update) {}}).Run(ctx)
		}()
		synctest.Wait()
		conn.frames <- welcome
		time.Sleep(policy.silence + time.Second) // it is probed
		synctest.Wait()
		if len(all.write) != 1 {
			t.Fatalf("wrote %d times, want a probe", len(all.write))
		}
		close(conn.frames)
		time.Sleep(5 * time.Second) // and there is another
		synctest.Wait()
		if len(all.dial) != 2 || len(all.read) != 4 {
			t.Fatalf("dialed %d times and read %d times, want 2 and 4", len(all.dial), len(all.read))
		}
		for kind, over := range map[string][]context.Context{
			"dial": all.dial, "read": all.read[:3], "attempt": all.write, "question": all.ask,
		} {
			for i, ctx := range over {
				if ctx.Err() == nil {
					t.Errorf("the context of %s %d is still there", kind, i)
				}
			}
		}
		if all.read[3].Err() != nil {
			t.Error("the context of the read that goes on is over")
		}
		cancel()
		<-ended
	})
}
