package view

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

func TestCountdown(t *testing.T) {
	day := 24 * time.Hour
	tests := map[string]struct {
		left time.Duration
		want string
	}{
		"none left":              {0, "0:00"},
		"one second":             {time.Second, "0:01"},
		"under a minute":         {59 * time.Second, "0:59"},
		"a minute":               {time.Minute, "1:00"},
		"under an hour":          {time.Hour - time.Second, "59:59"},
		"an hour":                {time.Hour, "1:00:00"},
		"under a day":            {day - time.Second, "23:59:59"},
		"a day":                  {day, "24:00:00"},
		"half a second up":       {59*time.Second + 500*time.Millisecond, "1:00"},
		"half a second short":    {59*time.Second + 499*time.Millisecond, "0:59"},
		"up to a full hour":      {time.Hour - 100*time.Millisecond, "1:00:00"},
		"over":                   {-time.Second, "0:00"},
		"long over":              {-300 * day, "0:00"},
		"clock is a year behind": {365 * day, "8760:00:00"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			in := input(payload.State{})
			in.State.Deadline = now.Add(test.left)
			got := rendered(in).Countdown
			if want := (Countdown{"Time left", test.want, got.Left}); got != want {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}

// Cards that were made at different moments change at the same ones, so that one timer wakes them all at once.
func TestCountdownsStepTogether(t *testing.T) {
	for left := 90 * time.Second; left < 92*time.Second; left += 77 * time.Millisecond {
		in := with(input(answered(payload.StatusPending, payload.VerdictNone)), func(in *Input) {
			in.Epoch = now.Add(-time.Hour - 300*time.Millisecond)
			in.State.Deadline = now.Add(left)
		})
		for range 3 {
			m := rendered(in)
			if got := m.Next.Sub(in.Epoch) % time.Second; got != time.Second/2+1 {
				t.Errorf("%v left: the next step is %v into a second, want the same for all", left, got)
			}
			seconds, _ := time.ParseDuration(strings.Replace(m.Countdown.Time, ":", "m", 1) + "s")
			if off := (seconds - in.State.Deadline.Sub(in.Now)).Abs(); off > time.Second {
				t.Errorf("%v left: shown as %s", in.State.Deadline.Sub(in.Now), m.Countdown.Time)
			}
			in.Now = m.Next
		}
	}
}

// What passes by itself is shown without rendering: the same as with it, and what is to be said is never left out.
func TestTick(t *testing.T) {
	for _, name := range Previews {
		in, err := Preview(Input{Now: now, Epoch: now.Add(-time.Hour - 300*time.Millisecond)}, name, now)
		if err != nil {
			t.Fatal(err)
		}
		in.Now, in.Began, in.CopiedUntil = now, now, now.Add(2*time.Second)
		ticked := rendered(in)
		unseen := ticked.Unseen() // when it has to be rendered the next time
		ticks, renders := 0, 0
		for until := now.Add(20 * time.Minute); !ticked.Next.IsZero() && ticked.Next.Before(until); {
			in.Now = ticked.Next
			anew := rendered(in)
			speech := Announce(&ticked, &anew)
			later := ticked
			ok := later.Tick(in.Deadline(), in.Now)
			if due := !unseen.IsZero() && !in.Now.Before(unseen); due == ok {
				t.Errorf("%s: got rendered %t, want so at %v and not before", name, !ok, unseen)
			}
			if !ok {
				if !reflect.DeepEqual(later, ticked) {
					t.Errorf("%s: got %+v, want what is not so any more", name, later)
				}
				renders++
				ticked, unseen = anew, anew.Unseen()
				continue
			}
			ticks++
			if speech != (Speech{}) {
				t.Errorf("%s: nobody hears %q", name, speech)
			}
			ticked = later
			if later.spoken = anew.spoken; !reflect.DeepEqual(later, anew) {
				t.Errorf("%s: got\n%+v\nwant\n%+v", name, later, anew)
			}
		}
		// Copied, not heard yet, three reminders, and the end.
		if renders > 6 || renders+ticks > 6 && ticks < 30*renders {
			t.Errorf("%s: got %d times rendered and %d not", name, renders, ticks)
		}
	}
}

func TestTickIsCheap(t *testing.T) {
	in := input(answered(payload.StatusPending, payload.VerdictNone))
	in.State.Deadline = now.Add(20 * time.Minute)
	m := rendered(in)
	got := testing.AllocsPerRun(100, func() {
		if !m.Tick(m.deadline, m.Next) {
			t.Fatal("a second more has to be rendered")
		}
	})
	if got > 1 {
		t.Errorf("got %v allocations a second, want that of the text", got)
	}
}
