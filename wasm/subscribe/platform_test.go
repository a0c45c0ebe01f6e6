package subscribe

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/xaman-live/xaman-live/devserver/sandbox/engine"
	"github.com/xaman-live/xaman-live/wasm/payload"
	"github.com/xaman-live/xaman-live/wasm/payload/payloadtest"
)

const uuid = payloadtest.UUID

// verifying is how long the backend takes to verify what the platform's database shows.
const verifying = 2 * time.Second

// platform is the sandbox's engine with one payload, and sockets to it.
type platform struct {
	mu     sync.Mutex // guards all that is below, and what embeds a platform
	began  time.Time
	engine *engine.Engine
	lines  []*line
}

// newPlatform returns a platform on which a payload of that lifetime has just been created.
func newPlatform(lifetime time.Duration) *platform {
	now := time.Now()
	p := &platform{began: now, engine: engine.New(now, engine.Config{})}
	request := engine.Request{UUID: string(uuid), Options: engine.Options{Expire: lifetime}}
	if _, err := p.engine.Create(now, request); err != nil {
		panic(err)
	}
	return p
}

func (p *platform) payload() *engine.Payload { return p.engine.Payload(string(uuid)) }

// signable reports whether the phone may bring the payload to an end.
func (p *platform) signable() bool { return p.payload().Opened && p.payload().Outcome == nil }

// broadcast sends what came of the latest calls of the engine to every socket, so many times.
func (p *platform) broadcast(times int) {
	for _, m := range p.engine.Take().Messages {
		for _, l := range p.lines {
			for range times {
				l.say(string(m.Data))
			}
		}
	}
}

// tick sends what the platform says by itself.
func (p *platform) tick() {
	for _, l := range p.lines {
		l.sayAll(l.listener.Tick(time.Now()))
	}
}

// arrival is when what is sent to the platform now gets there.
func arrival() time.Time { return time.Now().Add(time.Millisecond) }

// answer is what a backend says that asks the platform.
func (p *platform) answer() payload.Answer {
	pl, now := p.payload(), arrival()
	left := p.engine.Document(now, pl, "").Payload.ExpiresInSeconds
	a := payload.Answer{UUID: uuid, Status: payload.StatusPending, Verdict: payload.VerdictNone, ExpiresIn: &left}
	switch outcome := pl.Recorded(now); {
	case outcome != nil && !outcome.Signed:
		a.Status = payload.StatusRejected
	case outcome != nil:
		a.Status, a.Verdict = payload.StatusSigned, payload.VerdictChecking
		if !now.Before(pl.Visible.Add(verifying)) {
			a.Verdict = payload.VerdictVerified
		}
	case pl.Cancelled:
		a.Status = payload.StatusCancelled
	case pl.Opened:
		a.Status = payload.StatusOpened
	case pl.Expired(now):
		a.Status = payload.StatusExpired
	}
	return a
}

// newLine returns a new socket. Nobody has been welcomed on it yet.
func (p *platform) newLine() *line {
	l := &line{platform: p, wake: make(chan struct{}, 1)}
	l.listener, l.greeting = p.engine.Listen(time.Now(), string(uuid))
	p.lines = append(p.lines, l)
	return l
}

// current is the newest socket; before the first, one that nobody hears.
func (p *platform) current() *line {
	if len(p.lines) == 0 {
		return &line{platform: p, wake: make(chan struct{}, 1)}
	}
	return p.lines[len(p.lines)-1]
}

// line is a socket to the platform.
type line struct {
	*platform
	listener *engine.Listener
	greeting []engine.Message
	wake     chan struct{}
	frames   []string // that have not been read
	written  []string
	err      error // why it ended
	mute     bool  // the platform is not heard any more
	closed   int   // times

	hold     func()        // waits before a frame is handed out
	writeErr error         // of writes from now on
	closing  time.Duration // how long a close takes
}

var errGone = errors.New("gone")

func (l *line) Read() ([]byte, error) {
	for {
		l.mu.Lock()
		if l.hold != nil {
			l.hold()
		}
		frames, err := l.frames, l.err
		if l.closed > 0 {
			frames, err = nil, errGone
		}
		if len(frames) > 0 {
			l.frames = frames[1:]
		}
		l.mu.Unlock()
		switch {
		case len(frames) > 0:
			return []byte(frames[0]), nil
		case err != nil:
			return nil, err
		}
		<-l.wake
	}
}

func (l *line) Write(_ context.Context, frame []byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.written = append(l.written, string(frame))
	l.sayAll([]engine.Message{l.listener.Echo()})
	return l.writeErr
}

func (l *line) Close() {
	time.Sleep(l.closing)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed++
	l.poke()
}

// say sends frames, unless the line is dead.
func (l *line) say(frames ...string) {
	if l.mute || l.err != nil || l.closed > 0 {
		return
	}
	l.frames = append(l.frames, frames...)
	l.poke()
}

func (l *line) sayAll(messages []engine.Message) {
	for m := range slices.Values(messages) {
		l.say(string(m.Data))
	}
}

// end breaks the line. What was sent before can still be read.
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
