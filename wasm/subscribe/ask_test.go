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

// storms are what somebody may do to a page so that it asks the backend without end, or stops asking. Each goes on for
// a minute, twenty times a second.
var storms = []struct {
	name string
	act  func(w *world, i int)
	most int // questions in that minute
}{
	{"unknown messages", func(w *world, _ int) { w.say(`{"message":"x"}`) }, 16},
	{"expiry", func(w *world, _ int) { w.say(expired) }, 16},
	{"out of time", func(w *world, _ int) { w.say(expiresIn(-5)) }, 16},
	{"a time that jumps", func(w *world, i int) { w.say(expiresIn(300 * (i % 2))) }, 40},
	{"a signature", func(w *world, _ int) { w.say(signed) }, 40}, // steadily for a while, as it may be true
	{"a signature of another request", func(w *world, _ int) {
		w.say(`{"payload_uuidv4":"` + string(other) + `","signed":true}`)
	}, 2},
	{"opening", func(w *world, _ int) { w.say(opened) }, 6},
	{"own questions", func(w *world, _ int) { w.say(`{"devapp_fetched":true}`) }, 2},
	{"garbage", func(w *world, _ int) { w.say("\x00{", `{"x":1}`) }, 2},
	{"everything", func(w *world, _ int) {
		w.say(`{"message":"x"}`, expired, signed, opened, expiresIn(-5), `{"dispatched":true}`)
		w.Hint()
	}, 40},
	{"hints of other tabs", func(w *world, _ int) { w.Hint() }, 20},
	{"an impatient visitor", func(w *world, _ int) { w.Refresh() }, 121},
	{"hidden and shown", func(w *world, _ int) { w.Visible(false); w.Visible(true) }, 121},
	{"hang-ups", func(w *world, _ int) { w.drop(errLost) }, 60},
}

// Whatever is heard, and however often, the backend is asked at once for what is new, and seldom for what is not. It
// never makes a success, and the truth is learned afterwards.
func TestStorms(t *testing.T) {
	const lasts, gap = time.Minute, 50 * time.Millisecond
	for _, storm := range storms {
		t.Run(storm.name, func(t *testing.T) {
			start(t, func(w *world) {
				w.wait(10 * time.Second)
				before, dials := len(w.asks), len(w.dials)
				for i := range int(lasts / gap) {
					storm.act(w, i)
					w.wait(gap)
				}
				asks := w.asks[before:]
				if len(asks) > storm.most || len(w.dials)-dials > 30 {
					t.Errorf("asked %d times and dialed %d times, want at most %d and 30", len(asks), len(w.dials), storm.most)
				}
				for i := 1; i < len(asks); i++ {
					if got := asks[i] - asks[i-1]; got < policy.gap.first {
						t.Errorf("asked again after %v, want %v between two questions", got, policy.gap.first)
					}
				}
				if storm.most > 10 && storm.name != "hang-ups" && asks[0] > 10*time.Second+gap {
					t.Errorf("asked first at %v, want at once", asks[0])
				}
				if got := w.last().State; got.Phase() == payload.PhaseVerified || got.Final() {
					t.Errorf("got %s, which the backend has not said", got.Phase())
				}
				w.confirm(payload.StatusSigned, payload.VerdictVerified)
				w.wait(lasts)
				w.wantEnded(payload.PhaseVerified)
			})
		})
	}
}

// News is asked for at once, however often was asked before.
func TestNewsAfterAStorm(t *testing.T) {
	left := 3
	tests := []struct {
		name  string
		left  *int // what the backend says of the deadline
		frame string
		after float64
	}{
		{"signed", nil, signed, .6},
		{"over, out of the blue", nil, expired, .6},
		{"over, as foreseen", &left, expired, .6},
		{"nothing new", nil, `{"message":"x"}`, 5},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			start(t, func(w *world) {
				w.says = func(r *api.SignRequest) { r.ExpiresIn = tt.left }
				w.Visible(false) // which leaves only the hints
				for n := 0; len(w.asks) < 9; n++ {
					w.Hint()
					w.wait(50 * time.Millisecond)
					if n > 5000 {
						t.Fatalf("asked at %v only", w.asks)
					}
				}
				last := w.asks[8]
				w.wait(last + 600*time.Millisecond - time.Since(w.began))
				w.wantAsks(9)
				w.say(tt.frame)
				w.wait(5 * time.Second)
				w.asks = w.asks[:min(len(w.asks), 10)]
				w.wantAsked(9, last, tt.after)
			})
		})
	}
}

// Reasons to ask anew must not keep a slow backend from ever being heard.
func TestSlowBackendIsHeardDespiteRefreshes(t *testing.T) {
	start(t, func(w *world) {
		w.wait(10 * time.Second)
		w.askTime = 2 * time.Second
		w.confirm(payload.StatusSigned, payload.VerdictVerified)
		for range 100 {
			w.Refresh()
			w.wait(50 * time.Millisecond)
		}
		w.wantEnded(payload.PhaseVerified)
	})
}

// The card is never more than a second behind the backend's verdict, whenever that comes.
func TestNeverFarBehindTheVerdict(t *testing.T) {
	for at := 100 * time.Millisecond; at < policy.checkingFor; at += 13370 * time.Millisecond {
		start(t, func(w *world) {
			w.wait(15 * time.Second)
			w.askTime = 100 * time.Millisecond
			w.confirm(payload.StatusSigned, payload.VerdictChecking)
			w.say(signed)
			w.wait(at)
			w.confirm(payload.StatusSigned, payload.VerdictVerified)
			w.wait(time.Second)
			w.wantEnded(payload.PhaseVerified)
		})
	}
}

// What the socket announces is asked for steadily as long as it can be true and not known, and then seldom.
func TestOutcomeIsAskedForSteadily(t *testing.T) {
	start(t, func(w *world) {
		w.wait(10 * time.Second)
		w.say(signed)
		w.wait(28 * time.Second)
		var want []float64
		for i := range 23 {
			want = append(want, float64(7*i)/10)
		}
		w.wantAsked(2, 10*time.Second, append(want, 20.4, 25.4)...)
	})
}

// What changes in the backend's own words may go on to change: each of the two is news.
func TestChangesAreNews(t *testing.T) {
	t.Run("status", func(t *testing.T) {
		start(t, func(w *world) {
			w.dialErr = errLost
			w.drop(errLost)
			w.wait(time.Minute)
			w.confirm(payload.StatusOpened, payload.VerdictNone)
			n := len(w.asks)
			next := w.asks[n-1] + policy.poll.last
			w.wait(next + 6*time.Second - time.Since(w.began))
			w.wantPhase(payload.PhaseOpened)
			w.wantAsked(n, next, 0, 2, 6)
		})
	})
	t.Run("verdict", func(t *testing.T) {
		start(t, func(w *world) {
			w.confirm(payload.StatusSigned, payload.VerdictNone)
			w.Refresh()
			w.wait(policy.checkingFor - 5*time.Second)
			w.confirm(payload.StatusSigned, payload.VerdictChecking)
			w.wait(time.Minute)
			n := len(w.asks)
			w.wait(7 * policy.steady)
			if got := len(w.asks) - n; got != 7 {
				t.Errorf("asked %d times while a verdict is due, want 7", got)
			}
		})
	})
}

// The first answer may have come too early: what was announced just before is not announced again.
func TestAsksToBeSure(t *testing.T) {
	opens := func(w *world) { w.confirm(payload.StatusOpened, payload.VerdictNone) }
	tests := []struct {
		name  string
		setup func(*world)
		play  func(*world)
		want  []float64
	}{
		{"the first socket", func(*world) {}, func(*world) {}, []float64{0, 1}},
		{"the first socket of a request that is open", func(w *world) { opens(w); w.mute = true }, func(w *world) {
			w.wait(3 * time.Second)
			w.current().mute = false
			w.asks = nil
			w.say(expiresIn(300))
		}, []float64{0, 1, 3, 7}},
		{"the second socket", even,
			func(w *world) { w.wait(5 * time.Second); w.asks = nil; w.drop(errLost); w.awaitSocket() },
			[]float64{.25, 1.25, 3.25, 7.25}},
		{"a refresh", func(*world) {}, func(w *world) { w.wait(10 * time.Second); w.asks = nil; w.Refresh() },
			[]float64{0, 1, 3, 7}},
		{"shown again", func(*world) {}, func(w *world) { w.wait(10 * time.Second); w.asks = nil; w.Visible(true) },
			[]float64{0, 1, 3, 7}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			start(t, func(w *world) {
				tt.play(w)
				from := time.Since(w.began).Truncate(250 * time.Millisecond)
				if tt.name == "the second socket" {
					from = 5 * time.Second
				}
				w.wait(12 * time.Second)
				w.wantAsked(0, from, tt.want...)
			}, tt.setup)
		})
	}
}

// An answer that is old does not answer the question; what it says is better than nothing.
func TestStaleAnswerIsAskedForAgain(t *testing.T) {
	start(t, func(w *world) {
		w.wait(16 * time.Second)
		w.wantPhase(payload.PhaseOpened)
		w.wantAsked(0, 0, 0, 1, 3, 7, 15)
		if u := w.last(); u.Unanswered != 0 || !u.State.Heard() || u.Err != nil {
			t.Errorf("got %+v, want the backend heard", u)
		}
		w.say(signed)
		w.wait(8 * time.Second)
		w.wantAsked(5, 16*time.Second, 0, .5, 1.5, 3.5, 7.5)
		w.wait(time.Minute)
		w.wantPhase(payload.PhaseSigned) // what is old says nothing against it
		w.confirm(payload.StatusSigned, payload.VerdictVerified)
		w.wait(policy.gap.last)
		w.wantEnded(payload.PhaseVerified)
	}, func(w *world) {
		w.says = func(r *api.SignRequest) { r.Stale, r.Status = true, payload.StatusOpened }
	})
}

func TestAnswerAboutAnotherRequestIsNone(t *testing.T) {
	start(t, func(w *world) {
		w.wait(time.Second)
		w.wantPhase(payload.PhaseWaiting)
		var failure *payload.Error
		u := w.last()
		if !errors.As(u.Err, &failure) || failure.Code != payload.BadAnswer || failure.Message == "" {
			t.Errorf("got %v, want an error of code %s", u.Err, payload.BadAnswer)
		}
		if u.Unanswered != 2 || u.State.Heard() {
			t.Errorf("got %+v, want two questions without an answer", u)
		}
		w.wantAsked(0, 0, 0, 1)
	}, func(w *world) {
		w.says = func(r *api.SignRequest) {
			r.UUID, r.Status, r.Verdict = other, payload.StatusSigned, payload.VerdictVerified
		}
	})
}

// The page tells its visitor whenever nobody confirms anything.
func TestTellsWhetherTheBackendIsHeard(t *testing.T) {
	start(t, func(w *world) {
		want := func(unanswered int, heard bool) {
			t.Helper()
			if u := w.last(); u.Unanswered != unanswered || u.State.Heard() != heard {
				const text = "got %d questions not answered, heard %t, want %d and %t"
				t.Errorf(text, u.Unanswered, u.State.Heard(), unanswered, heard)
			}
			if u := w.last(); unanswered > 0 && !errors.Is(u.Err, w.askErr) {
				t.Errorf("told of %v, want %v", u.Err, w.askErr)
			}
		}
		w.wait(time.Second)
		want(2, false)
		w.wait(2 * time.Second)
		want(3, false)
		w.wantAsks(3)
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
		w.wantConnection(payload.Live)
	}, func(w *world) { w.askErr = &payload.Error{Code: payload.BadAnswer} })
}

// A hidden page has no reason to wake up, with a socket and without.
func TestHiddenPageIsQuiet(t *testing.T) {
	start(t, func(w *world) {
		w.say(opened)
		w.wait(5 * time.Second)
		w.Visible(false)
		synctest.Wait()
		before := len(w.asks)
		w.wait(4 * time.Minute)
		w.dialErr = errLost
		w.drop(errLost)
		w.wait(10 * time.Minute)
		w.wantAsks(before)
		w.confirm(payload.StatusSigned, payload.VerdictVerified)
		w.Visible(true)
		synctest.Wait()
		w.wantEnded(payload.PhaseVerified)
	})
}

// An answer that was on its way when something new was heard is from before it.
func TestAnswerFromBeforeTheEventIsAskedForAgain(t *testing.T) {
	start(t, func(w *world) {
		w.confirm(payload.StatusSigned, payload.VerdictVerified)
		w.say(signed)
		w.wait(time.Second)
		w.wantPhase(payload.PhaseSigned)
		w.wantAsked(0, 0, 0, 1)
		w.wait(time.Second)
		w.wantEnded(payload.PhaseVerified)
	}, func(w *world) { w.askTime = time.Second })
}

// What a page was waiting for when it was put to sleep may never come, and is no failure.
func TestComesBackWhileAnAnswerIsOverdue(t *testing.T) {
	start(t, func(w *world) {
		w.wait(time.Second)
		w.askTime = 0
		w.confirm(payload.StatusSigned, payload.VerdictVerified)
		w.Visible(true)
		synctest.Wait()
		w.wantEnded(payload.PhaseVerified)
		w.wantAsked(0, 0, 0, 1)
		if slices.ContainsFunc(w.updates, func(u *Update) bool { return u.Err != nil }) {
			t.Errorf("got %+v, want no error", w.updates)
		}
	}, func(w *world) { w.askTime = time.Hour })
}

// A question that is given up is not given up again and again until it has ended, which would leave time for nothing
// else.
func TestGivenUpQuestionTakesItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dial := func(ctx context.Context) (Conn, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}
		var asked []time.Duration
		began := time.Now()
		ask := func(ctx context.Context) (*api.SignRequest, error) {
			if asked = append(asked, time.Since(began)); len(asked) == 1 {
				<-ctx.Done()
				time.Sleep(3 * time.Second)
				return nil, ctx.Err()
			}
			return &api.SignRequest{Answer: payload.Answer{UUID: uuid, Status: payload.StatusCancelled}}, nil
		}
		var told []payload.Connection
		notify := func(u *Update) { told = append(told, u.Connection) }
		s := New(Options{UUID: uuid, Dial: dial, Backend: &Backend{Ask: ask}, Notify: notify})
		time.AfterFunc(3*time.Second, s.Refresh)
		if err := s.Run(t.Context()); err != nil || !slices.Equal(asked, seconds(2, 6)) {
			t.Errorf("Run returned %v, asked at %v, want nil, at 2 s and when the first question has ended", err, asked)
		}
		if want := []payload.Connection{payload.Polling, payload.Closed}; !slices.Equal(told, want) {
			t.Errorf("told of %q, want %q: a question that was given up says nothing", told, want)
		}
	})
}
