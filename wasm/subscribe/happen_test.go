package subscribe

import (
	"strings"
	"time"

	"github.com/xaman-live/xaman-live/devserver/sandbox/engine"
	"github.com/xaman-live/xaman-live/wasm/payload"
	"github.com/xaman-live/xaman-live/wasm/payload/payloadtest"
)

// What can happen to the payload. Each is ignored where it is not possible.
var acts = map[string]func(*model){
	"open":     func(m *model) { _ = m.engine.Open(arrival(), string(uuid)) }, // also of a phone that comes too late
	"pre-sign": func(m *model) { m.progress(engine.PreSigned) },
	"dispatch": func(m *model) { m.progress(engine.Dispatched) },
	"sign":     func(m *model) { m.resolve(true) },
	"reject":   func(m *model) { m.resolve(false) },
	"cancel":   func(m *model) { _, _ = m.engine.Cancel(arrival(), string(uuid)) },
}

func (m *model) progress(stage engine.Event) {
	if m.signable() {
		m.engine.Progress(string(uuid), stage)
	}
}

func (m *model) resolve(signed bool) {
	if !m.signable() {
		return
	}
	l := m.current()
	heard := !m.lose && !m.forged && !l.mute && l.err == nil && l.closed == 0
	if heard && m.asking == 0 && m.last.Connection == payload.Live {
		m.expect(policy.gap.first)
	}
	_ = m.engine.Resolve(arrival(), string(uuid), engine.Outcome{Signed: signed})
}

// What can happen to the socket, the backend and the page. What is switched on here is switched off when the story is
// over.
var faults = map[string]func(*model, *Subscription){
	"cut":            func(m *model, _ *Subscription) { m.current().end(errGone) },
	"close":          func(m *model, _ *Subscription) { m.current().end(errGone) },
	"refuse":         func(m *model, _ *Subscription) { m.refuse, m.hang, m.unknown = true, false, false },
	"accept":         func(m *model, _ *Subscription) { m.refuse, m.hang, m.unknown = false, false, false },
	"hang":           func(m *model, _ *Subscription) { m.hang = true },
	"deny":           func(m *model, _ *Subscription) { m.unknown = true },
	"mute":           func(m *model, _ *Subscription) { m.silence() },
	"unmute":         func(m *model, _ *Subscription) { m.mute = false },
	"lose":           func(m *model, _ *Subscription) { m.lose = true },
	"twice":          func(m *model, _ *Subscription) { m.twice = true },
	"garbage":        func(m *model, _ *Subscription) { m.current().say(`{"opened":`) },
	"huge":           func(m *model, _ *Subscription) { m.current().end(&payload.Error{Code: payload.FrameTooBig}) },
	"forge-signed":   func(m *model, _ *Subscription) { m.current().say(payloadtest.Resolved(uuid, true)) },
	"forge-rejected": func(m *model, _ *Subscription) { m.current().say(payloadtest.Resolved(uuid, false)) },
	"forge-expired":  func(m *model, _ *Subscription) { m.current().say(payloadtest.Expired) },
	"forge-late":     func(m *model, _ *Subscription) { m.current().say(expiresIn(-5)) },
	"forge-message":  func(m *model, _ *Subscription) { m.current().say(notFound) },
	"storm":          func(m *model, _ *Subscription) { m.storm = true },
	"calm":           func(m *model, _ *Subscription) { m.storm = false },
	"slow-close":     func(m *model, _ *Subscription) { m.closing = 3 * time.Second },
	"quick-close":    func(m *model, _ *Subscription) { m.closing = 0 },

	"lag":            func(m *model, _ *Subscription) { m.engine.Delay(string(uuid), lagging) },
	"keep-up":        func(m *model, _ *Subscription) { m.engine.Delay(string(uuid), 0) },
	"backend-down":   func(m *model, _ *Subscription) { m.down = true },
	"backend-up":     func(m *model, _ *Subscription) { m.down = false },
	"backend-slow":   func(m *model, _ *Subscription) { m.slow = true },
	"backend-quick":  func(m *model, _ *Subscription) { m.slow = false },
	"backend-denies": func(m *model, _ *Subscription) { m.denies = true },
	"backend-hangs":  func(m *model, _ *Subscription) { m.hangs = true },
	"backend-errs":   func(m *model, _ *Subscription) { m.errs = true },
	// once more counts
	"backend-forgets":    func(m *model, _ *Subscription) { m.forgets = policy.denials - 1 - m.denials },
	"backend-confuses":   func(m *model, _ *Subscription) { m.confused = true },
	"backend-is-another": func(m *model, _ *Subscription) { m.another = true },
	"backend-is-stale":   func(m *model, _ *Subscription) { a := m.answer(); m.stale = &a },
	"backend-is-fresh":   func(m *model, _ *Subscription) { m.stale = nil },
	"backend-loses":      func(m *model, _ *Subscription) { m.lost = m.lost || m.open() },

	"hide":   func(m *model, s *Subscription) { m.hidden = true; s.Visible(false) },
	"show":   func(m *model, s *Subscription) { m.show(s) },
	"freeze": func(m *model, _ *Subscription) { m.freeze() },
	"thaw":   func(m *model, s *Subscription) { m.thaw(); s.Refresh(); m.expect(policy.gap.last) },
	"check":  func(m *model, s *Subscription) { s.Refresh(); m.expect(policy.gap.last) },
	"hint":   func(_ *model, s *Subscription) { s.Hint() },
}

// Faults that are over in a moment, if one does not happen again and again.
var briefFaults = []string{
	"cut", "close", "lag", "keep-up", "check", "hint", "twice", "garbage", "slow-close", "quick-close",
}

// happen lets one step happen.
func (m *model) happen(s *Subscription, do string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.forged = m.forged || strings.HasPrefix(do, "forge") || do == "storm"
	if fault := faults[do]; fault != nil {
		fault(m, s)
		return
	}
	acts[do](m)
	times := 1
	if m.twice {
		times = 2
	}
	if m.lose {
		times = 0
	}
	m.broadcast(times)
	m.lose, m.twice = false, false
}

// silence kills every line: those that are dead stay so.
func (m *model) silence() {
	m.mute = true
	for _, l := range m.lines {
		l.mute = true
	}
}

// open reports whether the payload may come to many ends yet.
func (m *model) open() bool {
	pl := m.payload()
	return pl.Outcome == nil && !pl.Cancelled && time.Now().Before(m.expiry().Add(-10*time.Second))
}

func (m *model) freeze() {
	if m.frozen == nil {
		m.frozen = make(chan struct{})
		m.due = nil
	}
}
