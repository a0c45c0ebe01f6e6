package subscribe

import (
	"context"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// Conn is an open status socket, as [github.com/xaman-live/xaman-live/wasm/socket.Conn] is one.
type Conn interface {
	// Read returns the next frame. The end of ctx must end only the waiting.
	Read(ctx context.Context) ([]byte, error)
	Write(ctx context.Context, frame []byte) error
	// Close is called once, and may take its time.
	Close()
}

// Update is what a listener is told after each change.
type Update struct {
	State      payload.State
	Connection payload.Connection
	Traffic    Traffic
	// Unanswered is how many questions to the backend in a row have not been answered. While it is not 0, or
	// State.Heard is false, the visitor should know that nobody is confirming anything.
	Unanswered int
	Err        error // what went wrong just now and changed neither of the two; usually nil
}

// Traffic counts what it took to learn of the changes.
type Traffic struct {
	Dials, Closes int   // sockets that were dialed, and that ended or could not be had
	LastClose     error // why the latest of them did
	Asks          int   // questions to the backend

	Unknown     int    // frames that were not understood
	LastUnknown []byte // the latest of them
}

// Options say which payload is followed, and by what.
type Options struct {
	UUID   payload.UUID
	Pushed bool // the platform has notified the visitor's phone
	// Dial opens the payload's status socket.
	Dial func(context.Context) (Conn, error)
	// Backend confirms what the socket says. Nil: there is none, and the socket's word is all there will ever be.
	Backend *Backend
	// Notify is called after each change, from one goroutine. It must not block.
	Notify func(Update)
}

// Backend is the site's own server side, about the payload that is followed.
type Backend struct {
	Ask   func(context.Context) (api.SignRequest, error)
	Known payload.Answer // what it has said already; zero: nothing
}

// Subscription follows one payload. Create it with [New] and call [Subscription.Run] once.
type Subscription struct {
	dial   func(context.Context) (Conn, error)
	ask    func(context.Context) (api.SignRequest, error) // nil: there is no backend
	notify func(Update)
	latest atomic.Pointer[Update]

	jitter func(time.Duration) time.Duration // random, less than its argument

	check   chan struct{} // something may have been missed
	hint    chan struct{} // somebody else has news
	visible chan bool
	news    chan news
	told    chan told

	state      payload.State
	connection payload.Connection
	traffic    Traffic
	hidden     bool    // nobody looks at the page
	attempt    attempt // the link's present one
	linked     bool    // the socket has spoken
	links      int     // sockets that have spoken
	inquiry    inquiry
	question   question
	unanswered int // questions in a row that got no answer
	denials    int // times in a row that the payload was said not to exist
}

// New returns a subscription that is connecting.
func New(o Options) *Subscription {
	s := &Subscription{
		dial: o.Dial, notify: o.Notify, jitter: rand.N[time.Duration],
		check: make(chan struct{}, 1), hint: make(chan struct{}, 1), visible: make(chan bool, 1),
		news: make(chan news), told: make(chan told),
		state: payload.State{UUID: o.UUID, Pushed: o.Pushed, Alone: o.Backend == nil}, connection: payload.Connecting,
	}
	if o.Backend != nil {
		s.ask = o.Backend.Ask
		s.state = s.state.Apply(payload.Event{Kind: payload.Answered, Answer: o.Backend.Known, At: time.Now()})
	}
	s.latest.Store(&Update{State: s.state, Connection: s.connection})
	return s
}

// Latest returns the update that was notified last, or before the first, what the subscription begins with.
func (s *Subscription) Latest() Update { return *s.latest.Load() }

// Check asks the backend now, and replaces a socket that is missing or has been silent for suspiciously long. Call it
// when the visitor asks for it and when there is a reason to believe that something was missed. It never blocks.
func (s *Subscription) Check() {
	select {
	case s.check <- struct{}{}:
	default:
	}
}

// Hint asks the backend soon, because somebody else seems to know more. It never blocks.
func (s *Subscription) Hint() {
	select {
	case s.hint <- struct{}{}:
	default:
	}
}

// Visible tells whether anybody can see the page. While nobody can, the backend is asked only if the socket gives reason
// to, and not to make up for a missing socket; when somebody can again, that is a reason to [Subscription.Check]. It never
// blocks.
func (s *Subscription) Visible(visible bool) {
	for {
		select {
		case s.visible <- visible:
			return
		default:
		}
		select {
		case <-s.visible: // what was said before does not matter any more
		default:
		}
	}
}

// Run follows the payload until its outcome is final, then returns nil, or until ctx ends, then returns its cause. A panic
// in it or in what it calls ends it with a [*payload.Error]: there is one program for all that a page shows. When it
// returns, its sockets are closed and its goroutines have ended.
func (s *Subscription) Run(ctx context.Context) (err error) {
	defer caught(func(panicked error) { err = panicked })
	ctx, cancel := context.WithCancelCause(ctx)
	workers := &workers{failed: cancel}
	defer workers.Wait()
	defer cancel(nil)
	defer func() { s.connection = payload.Closed; s.tell(nil) }()
	workers.run(func() { s.link(ctx, workers) })

	s.inquiry.since = time.Now()
	timer := time.NewTimer(0) // is set anew below before anything is waited for
	defer timer.Stop()
	for !s.state.Final() {
		if due, ok := s.due(time.Now()); ok && s.ask != nil {
			timer.Reset(time.Until(due))
		} else {
			timer.Stop()
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case n := <-s.news:
			s.hear(n)
		case t := <-s.told:
			s.learn(t)
		case <-timer.C:
			s.act(ctx, workers, time.Now())
		case <-s.check:
			s.recover()
		case <-s.hint:
			s.inquiry.nudge()
		case visible := <-s.visible:
			s.hidden = !visible
			if visible {
				s.recover()
			}
		}
	}
	return nil
}

// recover makes up for what may have been missed.
func (s *Subscription) recover() {
	now := time.Now()
	if s.attempt.suspect(s.linked, now) {
		s.attempt.cut()
	}
	s.inquiry.doubts = 1 + lag
	s.askAfresh(now)
}

// tell notifies of the state as it is now.
func (s *Subscription) tell(err error) {
	u := Update{s.state, s.connection, s.traffic, s.unanswered, err}
	s.latest.Store(&u)
	s.notify(u)
}
