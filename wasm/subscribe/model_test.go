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

const (
	other    = payload.UUID("1b2c7a52-3c1e-4b53-9d4e-5f1b8c1f0a77")
	notFound = `{"message":"x"}`
)

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
	"forge-expired", "forge-late", "forge-message", "storm", "calm", "slow-close", "quick-close",
	"deny", "lag", "keep-up", "backend-down", "backend-up", "backend-slow", "backend-quick", "backend-denies", "backend-hangs", "backend-errs",
	"backend-forgets", "backend-confuses", "backend-is-another", "backend-is-stale", "backend-is-fresh",
	"hide", "show", "freeze", "thaw", "check", "hint",
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
	// What a subscription may need after the last trouble. A message that was lost on a socket that lives is missed for at
	// most a minute, as is the death of a socket that says nothing; a lie is believed for as long.
	soon  = 25 * time.Second
	later = 75 * time.Second
	// quiet is how long nothing happens at all in the end.
	quiet = time.Minute
)

// soon returns how long a subscription may need after the story.
func (s story) soon() time.Duration {
	for _, step := range s {
		if slices.Contains([]string{"lose", "mute", "storm"}, step.do) || strings.HasPrefix(step.do, "forge") {
			return later
		}
	}
	return soon
}

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
	remembers                   bool            // it has not said so lately
	stale                       *payload.Answer // the backend has nothing newer
	storm, slowClose            bool

	asks  []time.Duration // when the backend was asked, since the beginning
	ended bool            // Run has returned

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
	m.count(now.Sub(m.began))
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
	case m.confused:
		known.Answer = payload.Answer{UUID: other, Status: payload.StatusSigned, Verdict: payload.VerdictVerified}
	case m.stale != nil:
		known = api.SignRequest{Answer: *m.stale, Stale: true}
	default:
		m.remembers = true
	}
	hangs, slow := m.hangs, m.slow
	m.hangs, m.errs, m.confused = false, false, false
	m.mu.Unlock()
	defer m.mu.Lock()
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

// count checks that the backend is not asked too often.
func (m *model) count(at time.Duration) {
	if n := len(m.asks); n > 0 && at-m.asks[n-1] < leastGap {
		m.fail("asked again after %v", at-m.asks[n-1])
	}
	m.asks = append(m.asks, at)
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
		if m.remembers { // less often in a row than it takes to be believed
			m.forgets, m.remembers = belief-2, false
		}
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
	case "hint":
		s.Hint()
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
	m.down, m.slow, m.denies, m.unknown, m.another, m.storm, m.stale = false, false, false, false, false, false, nil
	m.hangs, m.errs, m.confused, m.forgets = false, false, false, 0
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
	if u.State.Over() && m.truth() != phase {
		m.fail("a new request is offered at %q, but it is %q", phase, m.truth())
	}
	if phase == payload.PhaseExpired && time.Now().Before(m.expiry().Add(-6*time.Second)) { // 5 s, and what is rounded
		m.fail("the code is hidden %v too early", time.Until(m.expiry()))
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
		go func() {
			err := sub.Run(ctx)
			m.mu.Lock()
			defer m.mu.Unlock()
			m.ended = true
			ended <- err
		}()
		until := func(at time.Duration) {
			for now := time.Since(m.began); now < at; now = time.Since(m.began) {
				time.Sleep(min(at-now, time.Second-now%time.Second))
				if time.Since(m.began)%time.Second == 0 {
					m.keepAlive(sub)
				}
			}
			synctest.Wait()
		}
		for _, step := range s {
			until(step.at)
			m.happen(sub, step.do)
		}
		m.heal(sub)
		until(max(time.Since(m.began), lifetime) + s.soon())
		m.check(ended)
		until(time.Since(m.began) + quiet)
		m.checkQuiet()
		cancel()
		time.Sleep(3 * time.Second) // of a slow close
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
	case want == "" && m.last.State.Phase() != payload.PhaseExpired:
		m.fail("shown at %q long after the deadline", m.last.State.Phase())
	case m.last.Unanswered != 0 || !m.last.State.Heard():
		m.fail("the backend is said to be silent: %d questions not answered", m.last.Unanswered)
	}
}

// checkQuiet looks at the time in which nothing happened: a request that a phone holds is asked for as long as it may be
// signed, which is not often.
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
