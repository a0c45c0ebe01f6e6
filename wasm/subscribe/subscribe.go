package subscribe

import (
	"context"
	"errors"
	"math/rand/v2"
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

// Subscription follows one payload. Create it with [New] and call [Subscription.Run] once.
type Subscription struct {
	dial   func(context.Context) (Conn, error)
	ask    func(context.Context) (api.SignRequest, error)
	notify func(Update)

	jitter func(time.Duration) time.Duration // random, less than its argument

	check   chan struct{} // something may have been missed
	hint    chan struct{} // somebody else has news
	visible chan bool
	news    chan news
	asks    chan context.Context // bounds the ask
	told    chan told

	state      payload.State
	connection payload.Connection
	traffic    Traffic
	hidden     bool               // nobody looks at the page
	attempt    attempt            // the link's present one
	linked     bool               // the socket has spoken
	asking     bool               // an ask is under way
	asked      time.Time          // since when
	abandon    context.CancelFunc // ends it
	abandoned  bool               // it was ended because it may never be answered
	again      bool               // and was begun before the latest reason to ask
	owed       bool               // the backend has to be asked, and has not answered since
	tries      int                // asks since there was a reason to ask
	since      time.Time          // when the pause before the next one began
	unanswered int                // asks in a row that got no answer
	denials    int                // times in a row that the payload was said not to exist
	doubts     int                // asks still to be made although nothing new was heard
	links      int                // sockets that have spoken
}

// told is the backend's reply.
type told struct {
	answer api.SignRequest
	err    error
	at     time.Time
}

// New returns a subscription that begins with the given state. The function dial opens the status socket, ask asks the
// backend and is nil if and only if state.Alone is set. The function notify is called from one goroutine and must not
// block.
func New(state payload.State, dial func(context.Context) (Conn, error), ask func(context.Context) (api.SignRequest, error), notify func(Update)) *Subscription {
	return &Subscription{
		dial: dial, ask: ask, notify: notify, jitter: rand.N[time.Duration],
		check: make(chan struct{}, 1), hint: make(chan struct{}, 1), visible: make(chan bool, 1),
		news: make(chan news), asks: make(chan context.Context), told: make(chan told),
		state: state, connection: payload.Connecting,
	}
}

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

// Visible tells whether anybody can see the page. While nobody can, the backend is asked only if the socket gives
// reason to, and not to make up for a missing socket; when somebody can again, that is a reason to [Subscription.Check]. It never blocks.
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
	if s.ask != nil {
		workers.run(func() { s.answerer(ctx) })
	}

	s.since = time.Now()
	timer := time.NewTimer(0)
	defer timer.Stop()
	timer.Stop()
	for !s.state.Final() {
		if due, ok := s.nextAsk(time.Now()); ok {
			timer.Reset(time.Until(due))
		} else {
			timer.Stop()
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case n := <-s.news:
			s.hear(ctx, n)
		case t := <-s.told:
			s.learn(ctx, t)
		case <-timer.C:
			s.askNow(ctx)
		case <-s.check:
			s.recover(ctx)
		case <-s.hint:
			s.tries = 0
			s.askNow(ctx)
		case visible := <-s.visible:
			s.hidden = !visible
			if visible {
				s.recover(ctx)
			}
		}
	}
	return nil
}

// recover makes up for what may have been missed.
func (s *Subscription) recover(ctx context.Context) {
	if s.attempt.suspect(s.linked, time.Now()) {
		s.attempt.cut()
	}
	s.tries, s.doubts = 0, 1+lag
	s.askAfresh(ctx)
}

// Pauses between questions that are not answered.
const (
	leastGap   = 500 * time.Millisecond // between the beginnings of two, whatever the reason
	firstRetry = time.Second
	lastRetry  = 15 * time.Second
)

// A page hears of its return from several events at once.
const sameMoment = 50 * time.Millisecond

// askAfresh asks now, without waiting for an ask that is under way: a page that was put to sleep, or was cut off, may
// never get the answer.
func (s *Subscription) askAfresh(ctx context.Context) {
	if s.asking && time.Since(s.asked) > sameMoment {
		s.abandoned = true
		s.abandon()
	}
	s.askNow(ctx)
}

// hear takes what the link reports.
func (s *Subscription) hear(ctx context.Context, n news) {
	switch {
	case n.attempt.cut != nil:
		s.attempt = n.attempt
		s.traffic.Dials++
		return
	case n.err != nil:
		s.attempt.over = true
		s.traffic.Closes++
		s.traffic.LastClose = n.err
		s.down(ctx, n)
		return
	}
	s.attempt.heard = n.at
	event := payload.Decode(n.frame, n.at)
	if event.Kind == payload.Unknown {
		s.traffic.Unknown++
		s.traffic.LastUnknown = event.Frame
	}
	if !s.linked {
		s.up(ctx)
	}
	asks := s.state.Asks(event)
	s.state = s.state.Apply(event)
	switch {
	case event.Kind == payload.Welcome:
		s.denials = 0
	case event.Kind == payload.Message:
		s.deny(ctx, n.at)
	case asks:
		s.tries = 0
		s.askNow(ctx)
	}
	s.tell(nil)
}

// lag is how often the backend is asked again after a connect, or after coming back. What the socket announced just before may not be in the
// platform's database yet, and is not announced again: the first answer would be out of date without anybody noticing.
const lag = 3

// up takes the first sign of life of a socket.
func (s *Subscription) up(ctx context.Context) {
	s.linked, s.connection, s.tries = true, payload.Live, 0
	s.doubts = 1 + 1 // this page may not have been the first to show the request
	if s.links++; s.links > 1 || s.state.Started() {
		s.doubts = 1 + lag
	}
	s.askAfresh(ctx)
}

// down takes the end of a socket, or of an attempt to get one.
func (s *Subscription) down(ctx context.Context, n news) {
	if s.linked {
		s.linked, s.connection = false, payload.Reconnecting
		s.tries, s.since, s.doubts = 0, n.at, 0
	} else if s.ask == nil {
		s.connection = payload.Offline
	}
	if errors.Is(n.err, errSilent) {
		s.deny(ctx, n.at)
	}
	var failure *payload.Error
	if errors.As(n.err, &failure) {
		s.tell(failure)
	} else {
		s.tell(nil)
	}
}

// A payload that was created a moment ago may not be known everywhere yet: that there is none is believed only when it
// has been said this many times in a row.
const belief = 4

// deny takes the socket's word that there is no such payload. Only without a backend is it worth anything.
func (s *Subscription) deny(ctx context.Context, at time.Time) {
	if s.ask != nil {
		s.askNow(ctx)
		return
	}
	s.disbelieve(at)
}

func (s *Subscription) disbelieve(at time.Time) {
	s.denials++
	if s.denials >= belief {
		s.state = s.state.Apply(payload.Event{Kind: payload.NotFound, At: at})
	}
}

// learn takes the backend's reply.
func (s *Subscription) learn(ctx context.Context, t told) {
	s.abandon()
	abandoned := s.abandoned
	s.asking, s.abandoned, s.since = false, false, t.at
	s.tries++
	s.unanswered++
	reached := true
	var refusal *api.Error
	var failure error
	switch {
	case t.err == nil:
		s.unanswered = 0
		s.owed, s.denials, s.doubts = false, 0, max(0, s.doubts-1)
		before := s.state.Answer
		s.state = s.state.Apply(payload.Event{Kind: payload.Answered, Answer: t.answer.Answer, At: t.at})
		if now := s.state.Answer; now.Status != before.Status || now.Verdict != before.Verdict {
			s.tries = 1 // more may follow soon
		}
	case errors.As(t.err, &refusal) && refusal.Code == api.NotFound:
		s.unanswered = 0
		s.disbelieve(t.at)
	case abandoned:
		s.unanswered--
	default:
		reached, failure = false, t.err
	}
	if !s.linked && reached {
		s.connection = payload.Polling
	} else if !s.linked {
		s.connection = payload.Offline
	}
	if s.again {
		s.again, s.tries = false, 0
		s.askNow(ctx)
	}
	s.tell(failure)
}

// askNow asks the backend, or has it asked again right after the ask that is under way: that one may have been answered
// before the latest event.
func (s *Subscription) askNow(ctx context.Context) {
	switch {
	case s.ask == nil:
	case s.asking:
		s.again = true
	default:
		askCtx, cancel := context.WithTimeout(ctx, askTimeout)
		select {
		case s.asks <- askCtx:
			s.asking, s.owed, s.asked, s.abandon = true, true, time.Now(), cancel
			s.traffic.Asks++
		case <-ctx.Done():
			cancel()
		}
	}
}

// nextAsk returns when to ask the backend without a new reason, if at all.
func (s *Subscription) nextAsk(now time.Time) (time.Time, bool) {
	after := func(first, most time.Duration) (time.Time, bool) {
		return s.since.Add(growing(first, most, s.tries-1)), true
	}
	missed := s.attempt.heard.Add(keepAlive)
	switch {
	case s.ask == nil || s.asking:
		return time.Time{}, false
	case s.state.Unsettled() || s.denials > 0:
		return after(250*time.Millisecond, 5*time.Second)
	case s.hidden:
		return time.Time{}, false
	case s.doubts > 0:
		return after(time.Second, 5*time.Second)
	case s.owed || !s.linked || !now.Before(missed):
		return after(2*time.Second, 15*time.Second)
	}
	// All is well, it seems. But a message may be lost on the best of sockets, and is not repeated.
	due := s.since.Add(time.Minute)
	if s.state.Started() && !s.state.Expired {
		due = s.since.Add(15 * time.Second)
	}
	if missed.Before(due) {
		due = missed
	}
	return due, true
}

// answerer asks the backend each time it is told to.
func (s *Subscription) answerer(ctx context.Context) {
	for {
		var askCtx context.Context
		select {
		case askCtx = <-s.asks:
		case <-ctx.Done():
			return
		}
		answer, err := s.ask(askCtx)
		select {
		case s.told <- told{answer, err, time.Now()}:
		case <-ctx.Done():
			return
		}
	}
}

// tell notifies of the state as it is now.
func (s *Subscription) tell(err error) { s.notify(Update{s.state, s.connection, s.traffic, s.unanswered, err}) }

// growing returns first, doubled n times, but not more than most.
func growing(first, most time.Duration, n int) time.Duration {
	for ; n > 0 && first < most; n-- {
		first *= 2
	}
	return min(first, most)
}
