package view

import (
	"strconv"
	"time"
)

// Deadline is until when the request can be opened, as the countdown has it; zero: not known.
func (in *Input) Deadline() time.Time {
	deadline := in.State.Deadline
	if deadline.IsZero() || in.Epoch.IsZero() {
		return deadline
	}
	return in.Epoch.Add(deadline.Sub(in.Epoch).Round(time.Second))
}

// countdown is the time until a deadline, rounded to seconds. There is none to one that is not known.
func countdown(deadline, now time.Time, label string) Countdown {
	if deadline.IsZero() {
		return Countdown{}
	}
	left := max(0, deadline.Sub(now).Round(time.Second))
	seconds := int(left / time.Second)
	hours, minutes := seconds/3600, seconds/60%60
	text := make([]byte, 0, 8)
	if hours > 0 {
		text = append(strconv.AppendInt(text, int64(hours), 10), ':', digit(minutes/10), digit(minutes%10))
	} else {
		text = strconv.AppendInt(text, int64(minutes), 10)
	}
	text = append(text, ':', digit(seconds%60/10), digit(seconds%10))
	return Countdown{label, string(text), left}
}

func digit(n int) byte { return byte('0' + n) }

// next returns when the card is another one by the passing of time alone.
func (m *Model) next(now time.Time) time.Time {
	if m.Countdown.Label == "" || m.Countdown.Left <= 0 {
		return m.change
	}
	step := m.deadline.Add(time.Second/2 - m.Countdown.Left + 1) // a half is rounded up
	if !step.After(now) {
		return m.change
	}
	return sooner(m.change, step)
}

// sooner returns the earlier of two times; zero is never.
func sooner(a, b time.Time) time.Time {
	if a.IsZero() || b.Before(a) {
		return b
	}
	return a
}

// Tick makes the card what it is a little later, or with another deadline, see [Input.Deadline], if nothing but the
// countdown is another one by then. Else it returns false and changes nothing: the card has to be rendered, because of
// what is shown or of what is to be said.
func (m *Model) Tick(deadline, now time.Time) (ok bool) {
	later := countdown(deadline, now, m.Countdown.Label)
	over := !m.change.IsZero() && !now.Before(m.change)
	if m.Countdown.Label == "" || later.Left <= 0 || over || reminded(m.Countdown, later) {
		return false
	}
	m.deadline, m.Countdown = deadline, later
	m.Next = m.next(now)
	return true
}

// Unseen returns when a card that nobody can see has to be rendered all the same: when something but the countdown is
// another one, or is to be said of it; zero: never.
func (m *Model) Unseen() time.Time {
	at := m.change
	for _, left := range append([]time.Duration{0}, reminders...) {
		if m.Countdown.Label != "" && left < m.Countdown.Left {
			at = sooner(at, m.deadline.Add(-left-time.Second/2+1))
		}
	}
	return at
}
