package subscribe

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/xaman-live/xaman-live/wasm/api"
)

// The platform echoes any frame; this is the one that its own client sends.
var probe = []byte(`{"ping":true}`)

var (
	// errSilent ends a socket that never said a word, as the platform was seen to treat an unknown payload.
	errSilent = errors.New("status socket says nothing")
	errDead   = errors.New("status socket stopped answering")
	errCut    = errors.New("status socket is given up") // for the next one, which is not waited for
)

// news is what the goroutines of a subscription report to the one that runs it. It is large: a copy on each of their
// stacks would be the most of what they take.
type news struct {
	kind   kind
	at     time.Time
	from   *attempt         // dials, speaks
	frame  []byte           // speaks
	skip   func()           // ends: ends the pause before the next attempt
	answer *api.SignRequest // answers, if err is nil
	err    error            // ends: why; answers: why there is no answer
}

// kind is what news is about.
type kind int

const (
	dials   kind = iota // a socket is being dialed
	speaks              // it has sent a frame
	ends                // it has ended, or could not be had
	answers             // the backend has answered, or has not
)

// link opens a socket, again and again if need be, and reports all that it says until it ends, falls silent or is cut.
// Another goroutine goes on with the next one then. This one ends when the socket is closed, which may take seconds.
func (s *Subscription) link(ctx context.Context, w *workers, failures int) {
	for ctx.Err() == nil {
		began := time.Now()
		current, cut := context.WithCancelCause(ctx)
		from := &attempt{cut: func() { cut(errCut) }, heard: began}
		if !s.report(ctx, &news{kind: dials, from: from}) {
			cut(nil)
			return
		}
		dialing, stop := context.WithTimeout(current, policy.dial)
		conn, err := s.dial(dialing)
		stop()
		if err != nil {
			cut(err)
			failures = s.pause(ctx, began, failures, context.Cause(current))
			continue
		}
		closed := make(chan struct{})
		context.AfterFunc(current, func() {
			defer close(closed)
			defer caught(w.failed)
			w.run(func() { s.link(ctx, w, s.pause(ctx, began, failures, context.Cause(current))) })
			conn.Close()
		})
		cut(s.relay(current, w, from, conn, cut))
		<-closed
		return
	}
}

// relay reports the frames of a socket until it ends or is cut. It cuts one that is silent. Its error is never nil.
func (s *Subscription) relay(
	ctx context.Context, w *workers, from *attempt, conn Conn, cut context.CancelCauseFunc,
) error {
	ask := func() {
		defer caught(w.failed)
		if ctx.Err() != nil { // it is being closed, and browsers complain of what is written then
			return
		}
		if err := conn.Write(ctx, probe); err != nil {
			cut(fmt.Errorf("probe status socket: %w", err))
		}
	}
	die := func() { cut(errDead) }
	// Timers for each frame do what a context for each would, which costs as much as reading it.
	quiet := []*time.Timer{time.AfterFunc(policy.welcome, func() { cut(errSilent) })}
	for {
		frame, err := conn.Read()
		for _, timer := range quiet {
			timer.Stop()
		}
		if err != nil {
			return err
		}
		if !s.report(ctx, &news{kind: speaks, at: time.Now(), from: from, frame: frame}) {
			return context.Cause(ctx)
		}
		quiet = append(quiet[:0], time.AfterFunc(policy.silence, ask), time.AfterFunc(policy.silence+policy.echo, die))
	}
}

// pause reports the end of an attempt, and waits until it is time for the next one. It returns how many have failed by
// then.
func (s *Subscription) pause(ctx context.Context, began time.Time, failures int, why error) int {
	waiting, skip := context.WithCancel(ctx)
	defer skip()
	s.report(ctx, &news{kind: ends, at: time.Now(), skip: skip, err: why})
	if why == errCut {
		return 0
	}
	if time.Since(began) >= policy.healthy {
		failures = 0
	}
	// Many pages lose their socket at the same moment, and should not come back at the same moment.
	failures++
	pause := policy.redial.pause(failures)
	select {
	case <-time.After(pause/2 + s.jitter(pause/2)):
		return failures
	case <-waiting.Done():
		return 0
	}
}

// report hands news to the subscription's own goroutine, unless ctx has ended.
func (s *Subscription) report(ctx context.Context, n *news) bool {
	select {
	case s.news <- n:
		runtime.Gosched() // what is new is shown first, and what else is to be done here can wait
		return true
	case <-ctx.Done():
		return false
	}
}
