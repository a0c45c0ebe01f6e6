package subscribe

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// since returns when the backend was asked after n questions, counted from so long after the beginning.
func (w *world) since(n int, from time.Duration) (asked []time.Duration) {
	for _, at := range w.asks[n:] {
		asked = append(asked, at-from)
	}
	return asked
}

func TestFirstQuestionLeavesTimeForTheSocket(t *testing.T) {
	start(t, false, func(w *world) {
		w.wait(policy.poll.first - 1)
		w.wantAsks(0)
		w.wait(1)
		w.wantAsks(1)
	})
}

// News is asked for at once, however often was asked before.
func TestNewsAfterAStorm(t *testing.T) {
	left := 3
	tests := []struct {
		name  string
		left  *int // what the backend says of the deadline
		frame string
		after time.Duration
	}{
		{"signed", nil, signed, 600 * time.Millisecond},
		{"over, out of the blue", nil, expired, 600 * time.Millisecond},
		{"over, as foreseen", &left, expired, 600 * time.Millisecond},
		{"nothing new", nil, `{"message":"x"}`, 5 * time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			start(t, false, func(w *world) {
				w.answer.ExpiresIn = tt.left
				w.say(welcome)
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
				if got := w.since(9, last); len(got) == 0 || got[0] != tt.after {
					t.Errorf("asked after %v, want %v", got, tt.after)
				}
			})
		})
	}
}

// What the socket claims is asked for steadily as long as it can be true and not known, and then seldom.
func TestClaimIsAskedForSteadily(t *testing.T) {
	start(t, false, func(w *world) {
		w.say(welcome, expiresIn(300))
		w.wait(10 * time.Second)
		before := len(w.asks)
		w.say(signed)
		w.wait(14 * time.Second)
		w.say(expiresIn(286))
		w.wait(14 * time.Second)
		want := []time.Duration{}
		for at := time.Duration(0); at < policy.claimedFor+policy.steady; at += policy.steady {
			want = append(want, at)
		}
		for at := want[len(want)-1] + policy.gap.last; at <= 28*time.Second; at += policy.gap.last {
			want = append(want, at)
		}
		if got := w.since(before, 10*time.Second); !slices.Equal(got, want) {
			t.Errorf("asked after %v, want %v", got, want)
		}
	})
}

// What changes in the backend's own words may go on to change: each of the two is news.
func TestChangesAreNews(t *testing.T) {
	t.Run("status", func(t *testing.T) {
		start(t, false, func(w *world) {
			w.dialErr = errLost
			w.say(welcome)
			w.drop(errLost)
			w.wait(time.Minute)
			w.settle(payload.StatusOpened, payload.VerdictNone)
			n := len(w.asks)
			next := w.asks[n-1] + policy.poll.last
			w.wait(next + 6*time.Second - time.Since(w.began))
			w.wantPhase(payload.PhaseOpened)
			if got, want := w.since(n, next), seconds(0, 2, 6); !slices.Equal(got, want) {
				t.Errorf("asked after %v, want %v", got, want)
			}
		})
	})
	t.Run("verdict", func(t *testing.T) {
		start(t, false, func(w *world) {
			w.settle(payload.StatusSigned, payload.VerdictNone)
			w.say(welcome)
			w.wait(policy.checkingFor - 5*time.Second)
			w.settle(payload.StatusSigned, payload.VerdictChecking)
			w.wait(time.Minute)
			n := len(w.asks)
			w.wait(7 * policy.steady)
			w.wantAsks(n + 7)
		})
	})
}

// A phone may have held the request before this page had a socket: what it does next may have been missed.
func TestFirstSocketOfARequestThatIsOpen(t *testing.T) {
	for status, want := range map[payload.Status][]time.Duration{
		payload.StatusPending: seconds(0, 1), payload.StatusOpened: seconds(0, 1, 3, 7),
	} {
		start(t, false, func(w *world) {
			w.settle(status, payload.VerdictNone)
			w.wait(3 * time.Second)
			n := len(w.asks)
			w.say(welcome)
			w.wait(12 * time.Second)
			if got := w.since(n, 3*time.Second); !slices.Equal(got, want) {
				t.Errorf("%s: asked after %v, want %v", status, got, want)
			}
		})
	}
}

// A deadline that is over for certain is not asked about again.
func TestNoQuestionAtADeadlineThatIsOver(t *testing.T) {
	start(t, false, func(w *world) {
		left := 10
		w.answer.ExpiresIn = &left
		w.settle(payload.StatusOpened, payload.VerdictNone)
		w.say(welcome)
		w.answer.ExpiresIn = nil
		w.wait(9 * time.Second)
		w.say(expired)
		w.wantPhase(payload.PhaseExpired)
		n := len(w.asks)
		w.wait(8 * time.Second)
		w.wantAsks(n)
	})
}

// A page that comes back asks several times: what was announced just before may not be known yet.
func TestComesBackAndAsksToBeSure(t *testing.T) {
	start(t, false, func(w *world) {
		w.say(welcome)
		w.wait(10 * time.Second)
		w.Visible(false)
		synctest.Wait()
		n := len(w.asks)
		w.Visible(true)
		w.wait(7500 * time.Millisecond)
		if got, want := w.since(n, 10*time.Second), seconds(0, 1, 3, 7); !slices.Equal(got, want) {
			t.Errorf("asked after %v, want %v", got, want)
		}
	})
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
		ask := func(ctx context.Context) (api.SignRequest, error) {
			if asked = append(asked, time.Since(began)); len(asked) == 1 {
				<-ctx.Done()
				time.Sleep(3 * time.Second)
				return api.SignRequest{}, ctx.Err()
			}
			return api.SignRequest{Answer: payload.Answer{UUID: uuid, Status: payload.StatusCancelled}}, nil
		}
		s := New(Options{UUID: uuid, Dial: dial, Backend: &Backend{Ask: ask}, Notify: func(Update) {}})
		time.AfterFunc(3*time.Second, s.Refresh)
		if err := s.Run(t.Context()); err != nil || !slices.Equal(asked, seconds(2, 6)) {
			t.Errorf("Run returned %v, asked at %v, want nil, at 2 s and when the first question has ended", err, asked)
		}
	})
}
