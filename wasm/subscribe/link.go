package subscribe

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/xaman-live/xaman-live/wasm/api"
)

// The platform echoes any frame; this is the one that its own client sends.
var probe = []byte(`{"ping":true}`)

var (
	// errSilent ends a socket that never said a word, as the platform was seen to treat an unknown payload.
	errSilent = errors.New("status socket says nothing")
	errDead   = errors.New("status socket stopped answering")
	errQuiet  = errors.New("status socket is quiet") // for now
)

// news is what the goroutines of a subscription report to the one that runs it. It is large: a copy on each of their
// stacks would be the most of what they take.
type news struct {
	kind   kind
	at     time.Time
	cut    context.CancelFunc // dials: goes on with the next attempt at once
	frame  []byte             // speaks
	answer api.SignRequest    // answers, if err is nil
	err    error              // ends: why; answers: why there is no answer
}

// kind is what news is about.
type kind int

const (
	dials   kind = iota // a socket is being dialed
	speaks              // it has sent a frame
	ends                // it has ended, or could not be had
	answers             // the backend has answered, or has not
)

// link keeps a socket open and reports all that it says, until ctx ends.
func (s *Subscription) link(ctx context.Context, w *workers) {
	failures := 0
	for ctx.Err() == nil {
		began := time.Now()
		current, cut := context.WithCancel(ctx)
		if s.report(ctx, &news{kind: dials, at: began, cut: cut}) {
			err := s.listen(current, w)
			s.report(ctx, &news{kind: ends, at: time.Now(), err: err})
		}
		if time.Since(began) >= policy.healthy {
			failures = 0
		}
		// Many pages lose their socket at the same moment, and should not come back at the same moment.
		failures++
		pause := policy.redial.pause(failures)
		select {
		case <-time.After(pause/2 + s.jitter(pause/2)):
		case <-current.Done():
			failures = 0
		}
		cut()
	}
}

// listen opens a socket and reports its frames until it ends or falls silent. Its error is never nil.
func (s *Subscription) listen(ctx context.Context, w *workers) error {
	dialCtx, cancel := context.WithTimeout(ctx, policy.dial)
	conn, err := s.dial(dialCtx)
	cancel()
	if err != nil {
		return err
	}
	// The closing handshake with a dead peer takes seconds, which the next dial need not wait for.
	defer w.run(conn.Close)

	patience, dead := policy.welcome, errSilent
	for {
		heard, err := s.relay(ctx, conn, patience)
		switch {
		case err != errQuiet:
			return err
		case !heard:
			return dead
		}
		if err := conn.Write(ctx, probe); err != nil {
			return fmt.Errorf("probe status socket: %w", err)
		}
		patience, dead = policy.echo, errDead
	}
}

// relay reports the frames of a socket, and whether there was one, until none has come for a while, or until the socket
// or ctx has ended. Patience is for the first frame. A context for each would do what a timer for each does, and cost
// as much as reading it.
func (s *Subscription) relay(ctx context.Context, conn Conn, patience time.Duration) (heard bool, err error) {
	reading, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	silent := func() { stop(errQuiet) }
	for {
		quiet := time.AfterFunc(patience, silent)
		frame, err := conn.Read(reading)
		quiet.Stop()
		if cause := context.Cause(reading); err != nil && cause != nil {
			return heard, cause
		} else if err != nil {
			return heard, err
		}
		if !s.report(ctx, &news{kind: speaks, at: time.Now(), frame: frame}) {
			return heard, context.Cause(ctx)
		}
		heard, patience = true, policy.silence
	}
}

// report hands news to the subscription's own goroutine, unless ctx has ended.
func (s *Subscription) report(ctx context.Context, n *news) bool {
	select {
	case s.news <- n:
		return true
	case <-ctx.Done():
		return false
	}
}
