package subscribe

import (
	"testing"
	"time"
)

// noon is when the stories of the tests below begin.
var noon = time.Date(2026, 1, 5, 12, 0, 0, 0, time.UTC)

// at is so many seconds after noon.
func at(seconds float64) time.Time { return noon.Add(time.Duration(seconds * float64(time.Second))) }

// When the next question is asked, for each situation that the policy tells apart.
func TestNextQuestion(t *testing.T) {
	// asked is an inquiry whose latest question, of so many, was asked at 10 s and answered half a second later.
	asked := func(tries int) inquiry {
		return inquiry{began: at(10), since: at(10.5), stirred: at(0), tries: tries}
	}
	with := func(q inquiry, change func(*inquiry)) inquiry {
		change(&q)
		return q
	}
	calm := circumstances{linked: true, missed: at(1000)}
	in := func(change func(*circumstances)) circumstances {
		c := calm
		change(&c)
		return c
	}
	failed := func(n int) inquiry {
		return with(asked(n), func(q *inquiry) { q.owed, q.failures = true, n })
	}
	unsettled := in(func(c *circumstances) { c.unsettled = true })
	claimed := in(func(c *circumstances) { c.unsettled, c.steadyFor = true, claimedFor })
	checking := in(func(c *circumstances) { c.unsettled, c.steadyFor = true, checkingFor })
	denied := in(func(c *circumstances) { c.denied = true })
	cutOff := in(func(c *circumstances) { c.linked = false })
	hide := func(c circumstances) circumstances { c.hidden = true; return c }
	const never = -1
	tests := []struct {
		name string
		q    inquiry
		c    circumstances
		now  float64
		want float64
	}{
		{"all is well", asked(2), calm, 11, 70.5},
		{"all is well, a phone holds it", asked(2), in(func(c *circumstances) { c.started = true }), 11, 25.5},
		{"all is well, the socket will be missed before", asked(2), in(func(c *circumstances) { c.missed = at(28) }), 11, 28},
		{"all is well, the deadline is before", asked(2), in(func(c *circumstances) { c.deadline = at(40) }), 11, 41},
		{"all is well, the deadline is after", asked(2), in(func(c *circumstances) { c.deadline = at(400) }), 11, 70.5},
		{"all is well, asked since the deadline", asked(2), in(func(c *circumstances) { c.deadline = at(9) }), 11, 70.5},
		{"all is well, asked just after the deadline", asked(2), in(func(c *circumstances) { c.deadline = at(10) }), 11, 11},
		{"all is well, nobody looks", asked(2), hide(calm), 11, never},
		{"a question is under way", with(asked(0), func(q *inquiry) { q.asking, q.wanted = true, true }), checking, 11, never},

		{"something new", with(asked(0), func(q *inquiry) { q.wanted = true }), calm, 12, 12},
		{"something new, nobody looks", with(asked(0), func(q *inquiry) { q.wanted = true }), hide(calm), 12, 12},
		{"something new, right after a question", with(asked(0), func(q *inquiry) { q.wanted, q.since = true, at(10.1) }), calm, 10.2, 10.5},
		{"something old", with(asked(1), func(q *inquiry) { q.wanted = true }), calm, 10.6, 11},
		{"something old, again and again", with(asked(4), func(q *inquiry) { q.wanted = true }), calm, 10.6, 14.5},
		{"something old, for ever", with(asked(99), func(q *inquiry) { q.wanted = true }), calm, 10.6, 15.5},
		{"something old, nobody looks", with(asked(2), func(q *inquiry) { q.wanted = true }), hide(calm), 10.6, 11.5},
		{"something old while a verdict is due", with(asked(99), func(q *inquiry) { q.wanted = true }), checking, 10.6, 10.75},
		{"something old while the socket is missed", with(asked(3), func(q *inquiry) { q.wanted = true }), cutOff, 10.6, 12.5},

		{"said to be over", asked(1), unsettled, 10.6, 11},
		{"said to be over, for long", asked(9), unsettled, 10.6, 15.5},
		{"said to be over, nobody looks", asked(2), hide(unsettled), 10.6, 11.5},
		{"claimed", with(asked(9), func(q *inquiry) { q.since = at(10.1) }), claimed, 10.2, 10.7},
		{"claimed, and the backend takes its time", asked(9), claimed, 10.6, 10.75},
		{"claimed long ago", asked(9), claimed, 15, 15.5},
		{"checking", with(asked(9), func(q *inquiry) { q.since = at(10.1) }), checking, 119, 10.7},
		{"checking for long", asked(9), checking, 120, 15.5},
		{"checking, nobody looks", asked(2), hide(checking), 11, 11.5},
		{"checking, and the backend fails", failed(1), checking, 11, 11},
		{"checking, and the backend goes on to fail", failed(3), checking, 11, 12.5},
		{"checking, and the backend fails for ever", failed(99), checking, 11, 15.5},
		{"denied", asked(1), denied, 11, 11},
		{"denied twice, nobody looks", asked(2), hide(denied), 11, 11.5},
		{"denied for ever", asked(99), denied, 11, 15.5},

		{"the backend fails", failed(1), calm, 11, 11.5},
		{"the backend goes on to fail", failed(4), calm, 11, 18.5},
		{"the backend fails for ever", failed(99), calm, 11, 25.5},
		{"the backend fails, nobody looks", failed(1), hide(calm), 11, never},
		{"in doubt", with(asked(1), func(q *inquiry) { q.doubts = 1 }), calm, 11, 11.5},
		{"in doubt for long", with(asked(9), func(q *inquiry) { q.doubts = 1 }), calm, 11, 15.5},
		{"in doubt, nobody looks", with(asked(1), func(q *inquiry) { q.doubts = 1 }), hide(calm), 11, never},
		{"no socket", asked(0), cutOff, 11, 12.5},
		{"no socket for long", asked(99), cutOff, 11, 25.5},
		{"no socket, nobody looks", asked(1), hide(cutOff), 11, never},
		{"the socket is missed", asked(2), in(func(c *circumstances) { c.missed = at(11) }), 11, 14.5},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := tt.q.next(at(tt.now), tt.c)
			if ok != (tt.want != never) || ok && !got.Equal(at(tt.want)) {
				t.Errorf("got %v, %t, want %v s", got.Sub(noon), ok, tt.want)
			}
		})
	}
}

// What happens to an inquiry, in order.
func TestInquiry(t *testing.T) {
	var q inquiry
	steps := []struct {
		name string
		do   func()
		want inquiry
	}{
		{"begins", func() { q.since = at(0) }, inquiry{since: at(0)}},
		{"something new", func() { q.stir(at(1)) }, inquiry{since: at(0), stirred: at(1), wanted: true}},
		{"is asked", func() { q.begin(at(1)) }, inquiry{since: at(0), stirred: at(1), began: at(1), asking: true, owed: true, tries: 1}},
		{"fails", func() { q.failed(at(2)) }, inquiry{since: at(2), stirred: at(1), began: at(1), owed: true, tries: 1, failures: 1}},
		{"is asked again", func() { q.begin(at(3)) }, inquiry{since: at(2), stirred: at(1), began: at(3), asking: true, owed: true, tries: 2, failures: 1}},
		{"said again", func() { q.nudge() }, inquiry{since: at(2), stirred: at(1), began: at(3), asking: true, owed: true, wanted: true, tries: 2, failures: 1}},
		{"is given up", func() { q.ended(at(4)) }, inquiry{since: at(4), stirred: at(1), began: at(3), owed: true, wanted: true, tries: 2, failures: 1}},
		{"in doubt", func() { q.doubts = 2 }, inquiry{since: at(4), stirred: at(1), began: at(3), owed: true, wanted: true, tries: 2, failures: 1, doubts: 2}},
		{"is asked once more", func() { q.begin(at(5)) }, inquiry{since: at(4), stirred: at(1), began: at(5), asking: true, owed: true, tries: 3, failures: 1, doubts: 2}},
		{"is answered", func() { q.answered(at(6), false) }, inquiry{since: at(6), stirred: at(1), began: at(5), tries: 3, doubts: 1}},
		{"is asked to be sure", func() { q.begin(at(7)) }, inquiry{since: at(6), stirred: at(1), began: at(7), asking: true, owed: true, tries: 4, doubts: 1}},
		{"is news", func() { q.answered(at(8), true) }, inquiry{since: at(8), stirred: at(8), began: at(7), tries: 1}},
		{"something new again", func() { q.stir(at(9)) }, inquiry{since: at(8), stirred: at(9), began: at(7), wanted: true}},
		{"and an answer to the question before", func() { q.answered(at(10), true) }, inquiry{since: at(10), stirred: at(10), began: at(7), wanted: true}},
		{"asked and failed", func() { q.begin(at(11)); q.failed(at(12)); q.doubts = 3 }, inquiry{since: at(12), stirred: at(10), began: at(11), owed: true, tries: 1, failures: 1, doubts: 3}},
		{"the socket is lost", func() { q.lost(at(13)) }, inquiry{since: at(13), stirred: at(10), began: at(11), owed: true}},
		{"something new", func() { q.stir(at(14)) }, inquiry{since: at(13), stirred: at(14), began: at(11), owed: true, wanted: true}},
	}
	for _, step := range steps {
		if step.do(); q != step.want {
			t.Fatalf("%s: got %+v, want %+v", step.name, q, step.want)
		}
	}
}
