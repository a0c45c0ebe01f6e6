package subscribe

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
	"github.com/xaman-live/xaman-live/wasm/payload/payloadtest"
)

const (
	other    = payload.UUID("1b2c7a52-3c1e-4b53-9d4e-5f1b8c1f0a77")
	notFound = `{"message":"x"}`
)

const (
	lifetime  = 100 * time.Second // until the payload can no longer be opened
	lagging   = 3 * time.Second   // of the platform's database, at the worst
	verifying = 2 * time.Second   // of the backend
	quiet     = time.Minute       // how long nothing happens at all in the end
)

// model is the world around a subscription: what is true, and what is in the way.
type model struct {
	mu    sync.Mutex
	began time.Time

	opened, cancelled bool
	outcome           payload.Status // signed, rejected or ""
	resolvedAt        time.Time
	lag               time.Duration

	lines                       []*line
	refuse, hang, mute          bool
	lose, twice                 bool            // the next message
	down, slow, denies, unknown bool            // backend; platform's socket
	hangs, errs, confused       bool            // the backend's next answer never comes, is a failure, or is about another request
	another                     bool            // what answers is not a backend
	forgets                     int             // the backend's next answers are that it knows none
	denials                     int             // times in a row that the backend said so
	stale                       *payload.Answer // the backend has nothing newer
	storm, slowClose            bool

	lost bool // the backend will never know it again

	asks      []time.Duration // when the backend was asked, since the beginning
	asking    int             // questions under way
	nothing   bool            // the latest question brought nothing
	nothingAt time.Time
	due       []due
	prompt    bool // nothing stands in the way for long
	lied      bool // the socket has said what is not true
	hidden    bool
	ended     bool // Run has returned

	frozen chan struct{} // nil unless the page stands still while time goes on, as on a computer that sleeps

	finals  int
	last    Update
	failure string
}

// line is a socket as the model sees it.
type line struct {
	m       *model
	wake    chan struct{}
	frames  []string
	err     error // why it ended
	mute    bool
	expired bool
	opened  time.Time
	closed  bool
}

var errGone = errors.New("gone")

func (l *line) Read(ctx context.Context) ([]byte, error) {
	for {
		l.m.mu.Lock()
		l.m.stand()
		if len(l.frames) > 0 {
			frame := l.frames[0]
			l.frames = l.frames[1:]
			l.m.mu.Unlock()
			return []byte(frame), nil
		}
		err := l.err
		l.m.mu.Unlock()
		if err != nil {
			return nil, err
		}
		select {
		case <-l.wake:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func (l *line) Write(context.Context, []byte) error {
	l.m.mu.Lock()
	defer l.m.mu.Unlock()
	l.say(payloadtest.Echo)
	return nil
}

func (l *line) Close() {
	l.m.mu.Lock()
	defer l.m.mu.Unlock()
	if l.m.slowClose {
		l.m.mu.Unlock()
		time.Sleep(3 * time.Second)
		l.m.mu.Lock()
	}
	if l.m.ended {
		l.m.fail("a socket was closed after the subscription's end")
	}
	if l.closed {
		l.m.fail("a socket was closed twice")
	}
	l.closed = true
}

// say sends a frame. The caller holds the lock.
func (l *line) say(frame string) {
	if l.mute || l.err != nil || l.closed {
		return
	}
	l.frames = append(l.frames, frame)
	l.poke()
}

func (l *line) end(err error) {
	if l.err == nil {
		l.err = err
		l.poke()
	}
}

func (l *line) poke() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

func (m *model) fail(format string, args ...any) {
	if m.failure == "" {
		m.failure = fmt.Sprintf("after %v: ", time.Since(m.began)) + fmt.Sprintf(format, args...)
	}
}

func (m *model) expiry() time.Time      { return m.began.Add(lifetime) }
func (m *model) left(now time.Time) int { return int(m.expiry().Sub(now).Seconds()) }
func (m *model) recorded(now time.Time) bool {
	return m.outcome != "" && !now.Before(m.resolvedAt.Add(m.lag))
}

func (m *model) dial(ctx context.Context) (Conn, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.hang {
		m.mu.Unlock()
		<-ctx.Done()
		m.mu.Lock()
		return nil, ctx.Err()
	}
	if m.refuse {
		return nil, errGone
	}
	now := time.Now()
	l := &line{m: m, wake: make(chan struct{}, 1), mute: m.mute, opened: now}
	m.lines = append(m.lines, l)
	switch {
	case m.unknown:
		l.say(payloadtest.NoSuchPayload)
		l.end(errGone)
	case m.recorded(now):
		l.say(payloadtest.Welcome)
		l.say(payloadtest.Expired)
		l.expired = true
	case !now.Before(m.expiry()):
		l.say(payloadtest.Welcome)
		l.say(payloadtest.Expired)
		l.expired = true
	default:
		l.say(payloadtest.Welcome)
		l.say(payloadtest.ExpiresIn(m.left(now)))
	}
	if !m.mute {
		m.expect(policy.gap.last)
	}
	if !m.mute && !m.unknown && m.frozen == nil {
		m.denials = 0 // what greets its listener exists
	}
	return l, nil
}

// answer is what a true backend says.
func (m *model) answer(now time.Time) payload.Answer {
	left := m.left(now)
	a := payload.Answer{UUID: payloadtest.UUID, Status: payload.StatusPending, Verdict: payload.VerdictNone, ExpiresIn: &left}
	switch {
	case m.recorded(now):
		a.Status = m.outcome
		if m.outcome == payload.StatusSigned {
			a.Verdict = payload.VerdictChecking
			if !now.Before(m.resolvedAt.Add(m.lag + verifying)) {
				a.Verdict = payload.VerdictVerified
			}
		}
	case m.cancelled:
		a.Status = payload.StatusCancelled
	case m.opened:
		a.Status = payload.StatusOpened
	case !now.Before(m.expiry()):
		a.Status = payload.StatusExpired
	}
	return a
}

// errGivenUp is what a question ends with that was cut short by who asked it.
var errGivenUp = errors.New("given up")

func (m *model) ask(ctx context.Context) (api.SignRequest, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := time.Now()
	m.count(now)
	// What it says is from before it is slow to say it.
	known := api.SignRequest{Answer: m.answer(now)}
	var failure error
	switch {
	case m.down:
		failure = &payload.Error{Code: payload.BackendUnreachable}
	case m.another:
		failure = &payload.Error{Code: payload.BadAnswer}
	case m.denies, m.errs:
		failure = &api.Error{Status: 503, Code: api.PlatformUnavailable}
	case m.forgets > 0:
		failure = &api.Error{Status: 404, Code: api.NotFound}
		m.forgets--
		m.denials++
	case m.lost:
		failure = &api.Error{Status: 404, Code: api.NotFound}
	case m.confused:
		known.Answer = payload.Answer{UUID: other, Status: payload.StatusSigned, Verdict: payload.VerdictVerified}
	case m.stale != nil:
		known = api.SignRequest{Answer: *m.stale, Stale: true}
	}
	hangs, slow := m.hangs, m.slow
	m.hangs, m.errs, m.confused = false, false, false
	m.mu.Unlock()
	defer func() {
		m.mu.Lock()
		m.stand()
		m.asking--
		m.nothing, m.nothingAt = failure != nil || known.Stale || known.UUID == other || ctx.Err() != nil, time.Now()
		if !m.nothing {
			m.denials = 0
		}
	}()
	switch {
	case hangs:
		<-ctx.Done()
	case slow:
		select {
		case <-time.After(4 * time.Second):
		case <-ctx.Done():
		}
	}
	switch {
	case ctx.Err() == context.Canceled:
		return api.SignRequest{}, errGivenUp
	case ctx.Err() != nil:
		return api.SignRequest{}, ctx.Err()
	case failure != nil:
		return api.SignRequest{}, failure
	}
	return known, nil
}

// publish sends a message to all listeners.
func (m *model) publish(frame string) {
	for _, l := range m.lines {
		switch {
		case m.lose:
		case m.twice:
			l.say(frame)
			l.say(frame)
		default:
			l.say(frame)
		}
	}
	m.lose, m.twice = false, false
}

// keepAlive does what the platform's timers do, and the storm.
func (m *model) keepAlive(s *Subscription) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.storm && len(m.lines) > 0 {
		for range 5 {
			for _, frame := range []string{notFound, payloadtest.Expired, payloadtest.ExpiresIn(-5), payloadtest.Opened} {
				m.lines[len(m.lines)-1].say(frame)
			}
			s.Hint()
		}
	}
	m.watch()
	now := time.Now()
	for _, l := range m.lines {
		if l.expired && m.recorded(l.opened) {
			continue // resolved before this listener came: not another word
		}
		if !l.expired && !now.Before(m.expiry()) {
			l.expired = true
			l.say(payloadtest.Expired)
		}
		if since := now.Sub(l.opened); since > 0 && since%(15*time.Second) < time.Second {
			l.say(payloadtest.ExpiresIn(m.left(now)))
		}
	}
}

// happen lets one step happen.
func (m *model) happen(s *Subscription, do string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := time.Now()
	may := m.opened && m.outcome == ""
	current := func() *line {
		if len(m.lines) == 0 {
			return &line{m: m, wake: make(chan struct{}, 1)}
		}
		return m.lines[len(m.lines)-1]
	}
	m.lied = m.lied || strings.HasPrefix(do, "forge") || do == "storm"
	switch do {
	case "open":
		if m.outcome == "" && !m.cancelled {
			m.publish(payloadtest.Opened) // also for a phone that comes too late
			m.opened = m.opened || now.Before(m.expiry())
		}
	case "pre-sign":
		if may {
			m.publish(payloadtest.PreSigned)
		}
	case "dispatch":
		if may {
			m.publish(payloadtest.Dispatched)
		}
	case "sign", "reject":
		if may {
			m.outcome, m.resolvedAt = payload.StatusSigned, now
			if do == "reject" {
				m.outcome = payload.StatusRejected
			}
			if l := current(); !m.lose && !m.lied && !l.mute && l.err == nil && !l.closed && m.asking == 0 && m.last.Connection == payload.Live {
				m.expect(policy.gap.first)
			}
			m.publish(payloadtest.Resolved(payloadtest.UUID, do == "sign"))
		}
	case "cancel":
		m.cancelled = m.cancelled || !m.opened && m.outcome == "" && now.Before(m.expiry())
	case "cut", "close":
		current().end(errGone)
	case "refuse", "accept":
		m.refuse, m.hang, m.unknown = do == "refuse", false, false
	case "hang":
		m.hang = true
	case "deny":
		m.unknown = true
	case "mute":
		m.mute = true
		for _, l := range m.lines {
			l.mute = true // and stays so: the line is dead
		}
	case "unmute":
		m.mute = false
	case "lose":
		m.lose = true
	case "twice":
		m.twice = true
	case "garbage":
		current().say(`{"opened":`)
	case "huge":
		current().end(&payload.Error{Code: payload.FrameTooBig})
	case "forge-signed", "forge-rejected":
		current().say(payloadtest.Resolved(payloadtest.UUID, do == "forge-signed"))
	case "forge-expired":
		current().say(payloadtest.Expired)
	case "forge-late":
		current().say(payloadtest.ExpiresIn(-5))
	case "forge-message":
		current().say(notFound)
	case "storm", "calm":
		m.storm = do == "storm"
	case "slow-close", "quick-close":
		m.slowClose = do == "slow-close"
	case "lag", "keep-up":
		if m.outcome == "" {
			m.lag = 0
			if do == "lag" {
				m.lag = lagging
			}
		}
	case "backend-down", "backend-up":
		m.down = do == "backend-down"
	case "backend-slow", "backend-quick":
		m.slow = do == "backend-slow"
	case "backend-denies":
		m.denies = true
	case "backend-hangs":
		m.hangs = true
	case "backend-errs":
		m.errs = true
	case "backend-forgets":
		m.forgets = policy.denials - 1 - m.denials // once more, and it would be believed
	case "backend-confuses":
		m.confused = true
	case "backend-is-another":
		m.another = true
	case "backend-is-stale", "backend-is-fresh":
		m.stale = nil
		if do == "backend-is-stale" {
			a := m.answer(now)
			m.stale = &a
		}
	case "backend-loses":
		m.lost = m.lost || m.outcome == "" && !m.cancelled && now.Before(m.expiry().Add(-10*time.Second))
	case "hide":
		m.hidden = true
		s.Visible(false)
	case "show":
		m.show(s)
	case "freeze":
		if m.frozen == nil {
			m.frozen = make(chan struct{})
			m.due = nil
		}
	case "thaw":
		m.thaw()
		s.Refresh()
		m.expect(policy.gap.last)
	case "check":
		s.Refresh()
		m.expect(policy.gap.last)
	case "hint":
		s.Hint()
	}
}

func (m *model) show(s *Subscription) {
	s.Visible(true)
	m.hidden, m.nothingAt = false, time.Now()
	m.expect(policy.gap.last)
}

func (m *model) thaw() {
	m.nothingAt = time.Now()
	if m.frozen != nil {
		close(m.frozen)
		m.frozen = nil
	}
}

// heal ends all troubles. Only a page that was away comes back.
func (m *model) heal(s *Subscription, away bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.refuse, m.hang, m.mute, m.lose, m.twice = false, false, false, false, false
	m.down, m.slow, m.denies, m.unknown, m.another, m.storm, m.stale = false, false, false, false, false, false, nil
	m.hangs, m.errs, m.confused, m.forgets = false, false, false, 0
	m.thaw()
	if away {
		m.show(s)
	}
}
