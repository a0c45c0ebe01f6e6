package subscribe

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
	"github.com/xaman-live/xaman-live/wasm/payload/payloadtest"
)

// The rule that the model checks: whatever happens to the socket, the page and the backend, a subscription shows the
// true outcome soon after the trouble is over, exactly once, shows none that is not true as final, and leaves nothing
// behind.

var modelRuns = flag.Int("model.runs", 2000, "random stories that the model tells")

// story is what happens in one run, in order.
type story []step

// step is one thing that happens, this long after the beginning.
type step struct {
	at time.Duration
	do string
}

// What can happen to the payload. Each is ignored where life would not allow it.
var truths = []string{"open", "pre-sign", "dispatch", "sign", "reject", "cancel"}

// What can happen to the rest. What is switched on here is switched off when the story is over.
var troubles = []string{
	"cut", "close", "refuse", "accept", "hang", "mute", "unmute", "lose", "twice", "garbage", "huge", "forge-signed", "forge-rejected",
	"deny", "lag", "keep-up", "backend-down", "backend-up", "backend-slow", "backend-quick", "backend-denies", "hide", "show", "freeze", "thaw", "check",
}

// tell makes up a story.
func tell(r *rand.Rand) story {
	s := make(story, 3+r.IntN(25))
	for i := range s {
		of := troubles
		if r.IntN(3) == 0 {
			of = truths
		}
		s[i] = step{time.Duration(r.IntN(120_000)) * time.Millisecond, of[r.IntN(len(of))]}
	}
	slices.SortStableFunc(s, func(a, b step) int { return int(a.at - b.at) })
	return s
}

func (s story) String() string {
	var b strings.Builder
	for _, step := range s {
		fmt.Fprintf(&b, "%s %s\n", step.at, step.do)
	}
	return b.String()
}

func parseStory(text string) (story, error) {
	var s story
	for line := range strings.Lines(text) {
		at, do, _ := strings.Cut(strings.TrimSpace(line), " ")
		d, err := time.ParseDuration(at)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(truths, do) && !slices.Contains(troubles, do) {
			return nil, errors.New("nothing is called " + strconv.Quote(do))
		}
		s = append(s, step{d, do})
	}
	return s, nil
}

const (
	lifetime  = 100 * time.Second // until the payload can no longer be opened
	lagging   = 3 * time.Second   // of the platform's database, at the worst
	verifying = 2 * time.Second   // of the backend
	// soon is how long the subscription may need after the last trouble. A message that was lost on a socket that lives
	// is missed for at most a minute; everything else takes a quarter of that.
	soon = 75 * time.Second
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
	lose, twice                 bool // the next message
	down, slow, denies, unknown bool // backend; platform's socket

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

func (m *model) ask(ctx context.Context) (api.SignRequest, error) {
	m.mu.Lock()
	slow, down, denies, answer := m.slow, m.down, m.denies, m.answer(time.Now())
	m.mu.Unlock()
	if slow {
		select {
		case <-time.After(4 * time.Second): // and what it says is from before
		case <-ctx.Done():
			return api.SignRequest{}, ctx.Err()
		}
	}
	switch {
	case down:
		return api.SignRequest{}, &payload.Error{Code: payload.BackendUnreachable}
	case denies:
		return api.SignRequest{}, &api.Error{Status: 503, Code: api.PlatformUnavailable}
	}
	return api.SignRequest{Answer: answer}, nil
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

// keepAlive does what the platform's timers do.
func (m *model) keepAlive() {
	m.mu.Lock()
	defer m.mu.Unlock()
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
	case "hide", "show":
		s.Visible(do == "show")
	case "freeze":
		if m.frozen == nil {
			m.frozen = make(chan struct{})
		}
	case "thaw":
		m.thaw()
		s.Check()
	case "check":
		s.Check()
	}
}

func (m *model) thaw() {
	if m.frozen != nil {
		close(m.frozen)
		m.frozen = nil
	}
}

// heal ends all troubles.
func (m *model) heal(s *Subscription) {
	m.mu.Lock()
	m.refuse, m.hang, m.mute, m.lose, m.twice = false, false, false, false, false
	m.down, m.slow, m.denies, m.unknown = false, false, false, false
	m.thaw()
	m.mu.Unlock()
	s.Visible(true)
}

// see checks an update against what is true. The subscription stands still while the page does.
func (m *model) see(u Update) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for m.frozen != nil {
		thawed := m.frozen
		m.mu.Unlock()
		<-thawed
		m.mu.Lock()
	}
	phase := u.State.Phase()
	if phase == payload.PhaseVerified && m.outcome != payload.StatusSigned {
		m.fail("shown as verified, but it was not signed")
	}
	if u.State.Final() && !m.last.State.Final() {
		m.finals++
		if want := m.truth(); phase != want {
			m.fail("settled as %q, but it is %q", phase, want)
		}
	}
	m.last = u
}

// truth is the phase that a subscription has to end in, or "" if there is no end yet.
func (m *model) truth() payload.Phase {
	switch {
	case m.outcome == payload.StatusSigned:
		return payload.PhaseVerified
	case m.outcome == payload.StatusRejected:
		return payload.PhaseRejected
	case m.cancelled:
		return payload.PhaseCancelled
	case !m.opened && !time.Now().Before(m.expiry()):
		return payload.PhaseExpired
	}
	return ""
}

// play runs a story in a bubble of virtual time and returns what went wrong.
func (s story) play(t *testing.T) (failure string) {
	synctest.Test(t, func(t *testing.T) {
		m := &model{began: time.Now()}
		sub := New(payload.State{UUID: payloadtest.UUID}, m.dial, m.ask, m.see)
		// The story alone decides, or it could not be told again.
		seed := rand.New(rand.NewPCG(uint64(s[0].at), 1))
		sub.jitter = func(d time.Duration) time.Duration { return time.Duration(seed.Int64N(int64(d))) }
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- sub.Run(ctx) }()
		until := func(at time.Duration) {
			for now := time.Since(m.began); now < at; now = time.Since(m.began) {
				time.Sleep(min(at-now, time.Second-now%time.Second))
				if time.Since(m.began)%time.Second == 0 {
					m.keepAlive()
				}
			}
			synctest.Wait()
		}
		for _, step := range s {
			until(step.at)
			m.happen(sub, step.do)
		}
		m.heal(sub)
		until(max(time.Since(m.began), lifetime) + soon)
		m.check(ended)
		cancel()
		synctest.Wait()
		for _, l := range m.lines {
			if !l.closed {
				m.fail("a socket was left open")
			}
		}
		failure = m.failure
	})
	return failure
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
	}
}

// shrink drops what does not matter to the failure.
func (s story) shrink(t *testing.T) story {
	for again := true; again && len(s) > 1; {
		again = false
		for i := range s {
			if shorter := slices.Delete(slices.Clone(s), i, i+1); shorter.play(t) != "" {
				s, again = shorter, true
				break
			}
		}
	}
	return s
}

func TestModel(t *testing.T) {
	for worker := range 4 {
		t.Run(strconv.Itoa(worker), func(t *testing.T) {
			t.Parallel()
			for run := worker; run < *modelRuns && !t.Failed(); run += 4 {
				s := tell(rand.New(rand.NewPCG(uint64(run), 0)))
				if failure := s.play(t); failure != "" {
					short := s.shrink(t)
					t.Errorf("run %d: %s; keep this in testdata/stories as a test of its own:\n%s", run, short.play(t), short)
				}
			}
		})
	}
}

// Stories that went wrong once.
func TestStories(t *testing.T) {
	files, err := filepath.Glob("testdata/stories/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no stories: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			s, err := parseStory(string(text))
			if err != nil {
				t.Fatal(err)
			}
			if failure := s.play(t); failure != "" {
				t.Error(failure)
			}
		})
	}
}
