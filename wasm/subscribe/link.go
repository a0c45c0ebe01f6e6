package subscribe

import (
	"context"
	"errors"
	"fmt"
	"time"
)

const (
	dialTimeout  = 10 * time.Second
	firstFrame   = 5 * time.Second  // Welcome comes at once
	keepAlive    = 18 * time.Second // the platform speaks every 15 s
	silence      = 35 * time.Second
	stale        = 20 * time.Second
	dialing      = 5 * time.Second
	echo         = 10 * time.Second
	firstRedial  = 500 * time.Millisecond
	lastRedial   = 30 * time.Second
	healthyAfter = time.Minute
)

// The platform echoes any frame; this is the one that its own client sends.
var probe = []byte(`{"ping":true}`)

var (
	// errSilent ends a socket that never said a word, as the platform was seen to treat an unknown payload.
	errSilent = errors.New("status socket says nothing")
	errDead   = errors.New("status socket stopped answering")
)

// news is what the link reports: the beginning of an attempt, a frame, or the end of a socket.
type news struct {
	attempt attempt
	frame   []byte
	err     error
	at      time.Time
}

// attempt is one socket: the dial, what it says, and the pause before the next one.
type attempt struct {
	cut   context.CancelFunc // goes on with the next one at once
	heard time.Time          // the latest sign of life, or the beginning
	over  bool               // there is no socket: it is pausing
}

// suspect reports whether the attempt is likely to be as dead as it is quiet. Timers stand still while a computer or a
// page sleeps, so the wait for the next frame alone would notice too late.
func (a attempt) suspect(linked bool, now time.Time) bool {
	patience := dialing
	if linked {
		patience = stale
	}
	return a.cut != nil && (a.over || now.Sub(a.heard) > patience)
}

// link keeps a socket open and reports all that it says, until ctx ends.
func (s *Subscription) link(ctx context.Context, w *workers) {
	failures := 0
	for ctx.Err() == nil {
		began := time.Now()
		current, cut := context.WithCancel(ctx)
		if s.report(ctx, news{attempt: attempt{cut: cut, heard: began}}) {
			err := s.listen(current, w)
			s.report(ctx, news{err: err, at: time.Now()})
		}
		if time.Since(began) >= healthyAfter {
			failures = 0
		}
		// Many pages lose their socket at the same moment, and should not come back at the same moment.
		pause := growing(firstRedial, lastRedial, failures)
		failures++
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
	dialCtx, cancel := context.WithTimeout(ctx, dialTimeout)
	conn, err := s.dial(dialCtx)
	cancel()
	if err != nil {
		return err
	}
	// The closing handshake with a dead peer takes seconds, which the next dial need not wait for.
	defer w.run(conn.Close)

	patience, quiet := firstFrame, errSilent
	for {
		readCtx, cancel := context.WithTimeout(ctx, patience)
		frame, err := conn.Read(readCtx)
		cancel()
		switch {
		case err == nil:
			if !s.report(ctx, news{frame: frame, at: time.Now()}) {
				return context.Cause(ctx)
			}
			patience, quiet = silence, nil
		case !errors.Is(err, context.DeadlineExceeded) || ctx.Err() != nil:
			return err
		case quiet != nil:
			return quiet
		default:
			if err := conn.Write(ctx, probe); err != nil {
				return fmt.Errorf("probe status socket: %w", err)
			}
			patience, quiet = echo, errDead
		}
	}
}

func (s *Subscription) report(ctx context.Context, n news) bool {
	select {
	case s.news <- n:
		return true
	case <-ctx.Done():
		return false
	}
}
