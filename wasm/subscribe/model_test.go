package subscribe

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

const (
	other    = payload.UUID("1b2c7a52-3c1e-4b53-9d4e-5f1b8c1f0a77")
	notFound = `{"message":"x"}`
)

const (
	lifetime = 100 * time.Second // until the payload can no longer be opened
	lagging  = 3 * time.Second   // of the platform's database, at the worst
	quiet    = time.Minute       // how long nothing happens at all in the end
)

// model is what surrounds a subscription: a platform, a connection to it that has faults, and a backend.
type model struct {
	*platform

	refuse, hang, mute          bool
	lose, twice                 bool // the next message
	down, slow, denies, unknown bool // backend; platform's socket
	// the backend's next answer never comes, is a failure, or is about another request
	hangs, errs, confused bool
	another               bool            // what answers is not a backend
	forgets               int             // the backend's next answers are that it knows none
	denials               int             // times in a row that the backend said so
	stale                 *payload.Answer // the backend has nothing newer
	storm                 bool
	closing               time.Duration

	lost bool // the backend will never know it again

	asks      []time.Duration // when the backend was asked, since the beginning
	asking    int             // questions under way
	nothing   bool            // the latest question brought nothing
	nothingAt time.Time
	due       []due
	prompt    bool // nothing delays the outcome for long
	forged    bool // the socket has said what is not true
	hidden    bool
	ended     bool // Run has returned

	frozen chan struct{} // nil unless the page stands still while time goes on, as on a computer that sleeps

	finals  int
	last    Update
	failure string
}

func (m *model) fail(format string, args ...any) {
	if m.failure == "" {
		m.failure = fmt.Sprintf("after %v: ", time.Since(m.began)) + fmt.Sprintf(format, args...)
	}
}

func (m *model) expiry() time.Time { return m.began.Add(lifetime) }

// stand waits while the page stands still. The caller holds the lock.
func (m *model) stand() {
	for m.frozen != nil {
		thawed := m.frozen
		m.mu.Unlock()
		<-thawed
		m.mu.Lock()
	}
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
	l := m.newLine()
	l.mute, l.closing, l.hold = m.mute, m.closing, m.stand
	if m.unknown {
		l.say(notFound)
		l.end(errGone)
	} else {
		l.sayAll(l.greeting)
	}
	if !m.mute {
		m.expect(policy.gap.last)
	}
	if !m.mute && !m.unknown && m.frozen == nil {
		m.denials = 0 // what greets its listener exists
	}
	return l, nil
}

// errGivenUp is what a question ends with that was cut short by who asked it.
var errGivenUp = errors.New("given up")

func (m *model) ask(ctx context.Context) (*api.SignRequest, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.count(time.Now())
	// What it says is from before it is slow to say it.
	known := api.SignRequest{Answer: m.answer()}
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
		return nil, errGivenUp
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case failure != nil:
		return nil, failure
	}
	return &known, nil
}

// keepAlive does what the platform does by itself, and the storm.
func (m *model) keepAlive(s *Subscription) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.storm {
		for range 5 {
			m.current().say(notFound, `{"expired":true}`, expiresIn(-5), opened)
			s.Hint()
		}
	}
	m.watch()
	m.tick()
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

// endFaults ends all faults. Only a page that was away comes back.
func (m *model) endFaults(s *Subscription, away bool) {
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
