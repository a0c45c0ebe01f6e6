package subscribe

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// Conn is an open status socket, as [github.com/xaman-live/xaman-live/wasm/socket.Conn] is one.
type Conn interface {
	// Read waits for the next frame, or for the end of the socket.
	Read() ([]byte, error)
	Write(ctx context.Context, frame []byte) error
	// Close ends the socket, and may take its time.
	Close()
}

// Update is what is known of a payload, and how.
type Update struct {
	State      payload.State
	Connection payload.Connection
	// Unanswered is how many questions to the backend in a row have not been answered. While it is not 0, or
	// State.Heard is false, the visitor should know that nobody is confirming anything.
	Unanswered int
	Traffic    Traffic // is not notified of by itself
	Err        error   // what went wrong just now and changed nothing of the above; usually nil
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
	// Notify is called after each change and each error, from one goroutine. It must not block. Nobody changes the update.
	Notify func(*Update)
}

// Backend is the site's own server side, about the payload that is followed.
type Backend struct {
	Ask   func(context.Context) (*api.SignRequest, error) // what it returns is not changed any more
	Known payload.Answer                                  // what the backend has said already; zero: nothing
}

// Subscription follows one payload. Create it with [New] and call [Subscription.Run] once. Its methods may be called
// from any goroutine, and but for Run none of them waits for anything.
type Subscription struct {
	dial   func(context.Context) (Conn, error)
	ask    func(context.Context) (*api.SignRequest, error) // nil: there is no backend
	notify func(*Update)
	jitter func(time.Duration) time.Duration // random, less than its argument

	started atomic.Bool
	told    atomic.Pointer[Update]  // what was notified last
	traffic atomic.Pointer[Traffic] // until now
	refresh chan struct{}           // something may have been missed
	hint    chan struct{}           // somebody else has news
	visible chan bool
	news    chan *news

	// The rest belongs to the goroutine of Run.
	now      Update
	attempt  *attempt
	sockets  int // that have spoken
	schedule schedule
	giveUp   context.CancelFunc // ends the question that is under way
	hidden   bool               // nobody looks at the page
	denials  int                // times in a row that the payload was said not to exist
}

// New returns a subscription that is connecting.
func New(o Options) *Subscription {
	s := &Subscription{
		dial: o.Dial, notify: o.Notify, jitter: rand.N[time.Duration], attempt: &attempt{cut: func() {}},
		refresh: make(chan struct{}, 1), hint: make(chan struct{}, 1), visible: make(chan bool, 1), news: make(chan *news),
	}
	s.now.Connection = payload.Connecting
	s.now.State = payload.State{UUID: o.UUID, Pushed: o.Pushed, Alone: o.Backend == nil}
	if o.Backend != nil {
		s.ask = o.Backend.Ask
		s.now.State.Add(&payload.Event{Kind: payload.Answered, Answer: &o.Backend.Known, At: time.Now()})
	}
	s.told.Store(new(s.now))
	s.traffic.Store(&Traffic{})
	return s
}

// Latest returns what was notified last, with the traffic until now; before that, what the subscription begins with.
func (s *Subscription) Latest() Update {
	latest := *s.told.Load()
	latest.Traffic = *s.traffic.Load()
	return latest
}

// Refresh asks the backend now, and replaces a socket that is missing or has been silent for suspiciously long. Call it
// when the visitor asks for it and when something may have been missed.
func (s *Subscription) Refresh() {
	select {
	case s.refresh <- struct{}{}:
	default:
	}
}

// Hint asks the backend soon, because somebody else seems to know more.
func (s *Subscription) Hint() {
	select {
	case s.hint <- struct{}{}:
	default:
	}
}

// Visible tells whether anybody can see the page. While nobody can, the backend is asked only if the socket gives
// reason to, and not to make up for a missing socket; when somebody can again, that is a reason to
// [Subscription.Refresh].
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

// Run follows the payload until its outcome is final, then returns nil, or until ctx ends, then returns its cause. A
// panic in it or in what it calls ends it with a [*payload.Error]: there is one program for all that a page shows. When
// it returns, its sockets are closed and its goroutines have ended. A second call fails at once.
func (s *Subscription) Run(ctx context.Context) (err error) {
	if s.started.Swap(true) {
		return errors.New("subscription was started before")
	}
	defer caught(func(panicked error) { err = panicked })
	ctx, cancel := context.WithCancelCause(ctx)
	workers := &workers{failed: cancel}
	defer workers.Wait()
	defer cancel(nil)
	defer func() { s.now.Connection = payload.Closed; s.publish(nil) }()
	workers.run(func() { s.link(ctx, workers, 0) })

	s.schedule.since = time.Now()
	var next alarm
	defer next.stop()
	for s.set(&next) {
		var failure error
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case n := <-s.news:
			failure = s.hear(n)
		case <-next.rings():
			s.act(ctx, workers)
		case <-s.refresh:
			s.catchUp()
		case <-s.hint:
			s.schedule.want()
		case visible := <-s.visible:
			s.hidden = !visible
			if visible {
				s.catchUp()
			}
		}
		s.publish(failure)
	}
	return nil
}

// set sets the alarm for the next question, and reports whether the payload is still to be followed. It is apart from
// [Subscription.Run], whose stack is there for as long as that waits.
func (s *Subscription) set(next *alarm) (on bool) {
	if due, ok := s.schedule.next(time.Now(), s.facts()); ok && s.ask != nil {
		next.set(due)
	} else {
		next.stop()
	}
	return !s.now.State.Final()
}

func (s *Subscription) facts() facts {
	return facts{&s.now.State, s.denials > 0, s.hidden, s.attempt.live, s.attempt.heard}
}

// act asks the backend, or gives up a question that may never be answered.
func (s *Subscription) act(ctx context.Context, w *workers) {
	if s.schedule.question.stage == asking {
		s.schedule.giveUp()
		s.giveUp()
		return
	}
	asked, giveUp := context.WithTimeout(ctx, policy.answer)
	s.giveUp = giveUp
	s.schedule.begin(time.Now())
	s.now.Traffic.Asks++
	w.run(func() {
		defer giveUp()
		n := &news{kind: answers}
		n.answer, n.err = s.ask(asked)
		n.at = time.Now()
		s.report(ctx, n)
	})
}

// catchUp makes up for what may have been missed.
func (s *Subscription) catchUp() {
	now := time.Now()
	if s.attempt.dead(now) {
		s.attempt.cut()
	}
	s.schedule.rechecks = 1 + policy.rechecks
	s.schedule.doubt(now)
}

// publish makes known what has changed, and notifies of it, or of a failure.
func (s *Subscription) publish(failure error) {
	now, told := &s.now, s.told.Load()
	s.traffic.Store(new(now.Traffic))
	same := now.State.Same(&told.State) && now.Connection == told.Connection && now.Unanswered == told.Unanswered
	if same && failure == nil {
		return
	}
	told = new(s.now)
	s.told.Store(told)
	if failure != nil {
		told = new(s.now)
		told.Err = failure
	}
	s.notify(told)
}
