package subscribe

import (
	"errors"
	"slices"
	"time"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// see checks an update against what is true.
func (m *model) see(u *Update) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.stand()
	phase := u.State.Phase()
	if phase == payload.PhaseVerified && m.truth() != payload.PhaseVerified && !m.lost {
		m.fail("shown as verified, but it was not signed")
	}
	if phase == payload.PhaseExpired && time.Now().Before(m.expiry().Add(-6*time.Second)) { // 5 s, and what is rounded
		m.fail("the code is hidden %v too early", time.Until(m.expiry()))
	}
	if u.Err != nil && u.Unanswered == 0 && !tooBig(u.Err) {
		m.fail("told of %v, and of no question that was not answered", u.Err)
	}
	if errors.Is(u.Err, errGivenUp) {
		m.fail("told of a question that the subscription gave up")
	}
	if u.State.Final() && !m.last.State.Final() {
		m.finals++
		if want := m.truth(); phase != want {
			m.fail("settled as %q, but it is %q", phase, want)
		}
	}
	m.last = *u
}

func tooBig(err error) bool {
	var failure *payload.Error
	return errors.As(err, &failure) && failure.Code == payload.FrameTooBig
}

// truth is the phase that a subscription has to end in, or "" if there is no end yet.
func (m *model) truth() payload.Phase {
	pl := m.payload()
	switch {
	case m.lost:
		return payload.PhaseNotFound
	case pl.Outcome != nil && pl.Outcome.Signed:
		return payload.PhaseVerified
	case pl.Outcome != nil:
		return payload.PhaseRejected
	case pl.Cancelled:
		return payload.PhaseCancelled
	case !pl.Opened && !arrival().Before(pl.Expires):
		return payload.PhaseExpired
	}
	return ""
}

// check looks at the end of a story.
func (m *model) check(ended <-chan error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	want := m.truth()
	over := len(ended) > 0
	switch {
	case want == "" && (over || m.finals > 0):
		m.fail("ended although nothing is decided")
	case want != "" && !over:
		m.fail("still at %q by %s, but it is %q", m.last.State.Phase(), m.last.Connection, want)
	case want != "" && m.finals != 1:
		m.fail("settled %d times", m.finals)
	case want == "" && m.last.Connection != payload.Live:
		m.fail("connection is %q long after the trouble", m.last.Connection)
	case want == "" && m.last.State.Phase() != payload.PhaseExpired:
		m.fail("shown at %q long after the deadline", m.last.State.Phase())
	case m.last.Unanswered != 0 || !m.last.State.Heard():
		m.fail("the backend is said to be silent: %d questions not answered", m.last.Unanswered)
	}
}

// checkQuiet looks at the time in which nothing happened: a request that a phone holds is asked for as long as it may
// be signed, which is not often.
func (m *model) checkQuiet() {
	m.mu.Lock()
	defer m.mu.Unlock()
	most := 2
	if m.truth() != "" {
		most = 0
	}
	if n := m.asked(quiet); n > most {
		m.fail("asked %d times in a minute in which nothing happened, want at most %d", n, most)
	}
}

// due is a question that has to be asked: not before since, and not after by.
type due struct{ since, by time.Time }

// expect takes a reason for a question to be asked within so much time.
func (m *model) expect(within time.Duration) {
	now := time.Now()
	m.due = append(m.due, due{now, now.Add(within)})
}

// count takes a question, and checks that it does not come too soon.
func (m *model) count(now time.Time) {
	at := now.Sub(m.began)
	if n := len(m.asks); n > 0 && at-m.asks[n-1] < policy.gap.first {
		m.fail("asked again after %v", at-m.asks[n-1])
	}
	m.asks = append(m.asks, at)
	m.asking++
	m.due = slices.DeleteFunc(m.due, func(d due) bool { return !d.since.After(now) })
}

// asked returns how often the backend was asked in the time up to now.
func (m *model) asked(in time.Duration) (n int) {
	for _, at := range m.asks {
		if at > time.Since(m.began)-in {
			n++
		}
	}
	return n
}

// promptly is how long the truth may take to be shown while nothing stands in the way for long.
const promptly = 11 * time.Second

// watch checks that everything is asked and shown in time.
func (m *model) watch() {
	if m.frozen != nil || m.ended || m.last.State.Final() {
		return
	}
	now := time.Now()
	for _, d := range m.due {
		if now.After(d.by) {
			m.fail("not asked for %v, although there was reason to", now.Sub(d.since))
		}
	}
	if m.nothing && m.asking == 0 && !m.hidden && now.Sub(m.nothingAt) > policy.failed.last+policy.failed.first {
		m.fail("not asked again for %v although the latest question brought nothing", now.Sub(m.nothingAt))
	}
	if pl := m.payload(); m.prompt && !pl.Cancelled && m.truth() != "" {
		decided := pl.Expires
		if pl.Outcome != nil {
			decided = pl.Visible.Add(verifying)
		}
		if now.Sub(decided) > promptly {
			m.fail("still at %q %v after it was decided", m.last.State.Phase(), now.Sub(decided))
		}
	}
}
