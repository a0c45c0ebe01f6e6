//go:build !js

package payloadtest

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"
	"go.uber.org/goleak"
)

// Step is what the socket does next. Fields that are set apply in the order in which they are listed. A script that
// ends, or whose client leaves, is over; after the last step the socket stays open, as the platform leaves it to the
// client to go.
type Step struct {
	// Instead of a handshake; only in a first step.
	Refuse int  // answer this HTTP status
	Stall  bool // never answer

	Expect bool   // wait for one more frame of the client
	Send   string // send this text frame

	// Ends of a connection.
	Close websocket.StatusCode // closing handshake; [websocket.StatusNoStatusRcvd] sends no code
	Cut   bool                 // drop the TCP connection, as a network does
	Spoil bool                 // answer whatever comes, a close too, with a frame that the protocol does not know
}

// Transcript is the script that sends frames one after the other.
func Transcript(frames ...string) []Step {
	steps := make([]Step, len(frames))
	for i, f := range frames {
		steps[i].Send = f
	}
	return steps
}

// Server is a status socket of the payload [UUID].
type Server struct {
	tb      testing.TB
	http    *httptest.Server
	steps   []Step
	ctx     context.Context // ends when the server closes
	mu      sync.Mutex
	running int        // handlers: the HTTP server forgets them once it has handed over the connection
	ended   *sync.Cond // one of them has
}

// NewServer starts a server on the loopback interface, on which every connection plays the script. When the test ends,
// after the cleanups that it registered later, the server closes and the test fails if goroutines are left that were
// not there before: such a test cannot run in parallel with others.
func NewServer(tb testing.TB, steps ...Step) *Server {
	tb.Helper()
	before := goleak.IgnoreCurrent()
	ctx, cancel := context.WithCancel(context.Background())
	s := &Server{tb: tb, steps: steps, ctx: ctx}
	s.ended = sync.NewCond(&s.mu)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /sign/"+string(UUID), s.serve)
	s.http = httptest.NewUnstartedServer(mux)
	s.http.Listener = listener{s.http.Listener}
	s.http.Config.ConnContext = func(ctx context.Context, c net.Conn) context.Context {
		return context.WithValue(ctx, linkKey{}, c)
	}
	s.http.Start()
	tb.Cleanup(func() {
		cancel()
		s.http.Close()
		s.AwaitClosed()
		goleak.VerifyNone(tb, before)
	})
	return s
}

// URL is the address of the socket, to be found in refs.websocket_status.
func (s *Server) URL() string {
	return "ws" + strings.TrimPrefix(s.http.URL, "http") + "/sign/" + string(UUID)
}

// AwaitClosed waits until every client has closed its socket. It fails the test if that takes too long.
func (s *Server) AwaitClosed() {
	s.tb.Helper()
	late := false
	defer time.AfterFunc(5*time.Second, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		late = true
		s.ended.Broadcast()
	}).Stop()
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.running > 0 && !late {
		s.ended.Wait()
	}
	if late {
		s.tb.Errorf("status socket: %d clients have not closed their sockets", s.running)
	}
}

func (s *Server) count(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running += n
	s.ended.Broadcast()
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	s.count(1)
	defer s.count(-1)
	if len(s.steps) > 0 && (s.steps[0].Refuse != 0 || s.steps[0].Stall) {
		s.turnAway(w, r, s.steps[0])
		return
	}
	// The platform lets pages of any origin listen.
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true})
	if err != nil {
		return // Accept has answered; the client's mistake is the client's to report
	}
	ctx, left := context.WithCancel(s.ctx)
	defer left()
	heard := make(chan struct{}, len(s.steps)) // frames of the client
	var reader sync.WaitGroup
	reader.Go(func() { // whatever the script does, so that a client that closes is answered
		defer left()
		for {
			if _, _, err := conn.Read(ctx); err != nil {
				return
			}
			select {
			case heard <- struct{}{}:
			default: // no step waits for so many
			}
		}
	})
	defer reader.Wait()
	defer conn.CloseNow()
	s.play(ctx, conn, r.Context().Value(linkKey{}).(*link), heard)
}

func (s *Server) turnAway(w http.ResponseWriter, r *http.Request, step Step) {
	if step.Stall {
		ctx, cancel := context.WithCancel(r.Context()) // ends when the client gives up
		defer cancel()
		defer context.AfterFunc(s.ctx, cancel)()
		<-ctx.Done()
		return
	}
	http.Error(w, http.StatusText(step.Refuse), step.Refuse)
}

func (s *Server) play(ctx context.Context, conn *websocket.Conn, line *link, heard <-chan struct{}) {
	for _, step := range s.steps {
		if step.Expect {
			select {
			case <-heard:
			case <-ctx.Done():
				return
			}
		}
		if step.Spoil {
			line.spoilt.Store(true)
		}
		if step.Send != "" && conn.Write(ctx, websocket.MessageText, []byte(step.Send)) != nil {
			return
		}
		switch {
		case step.Close != 0:
			conn.Close(step.Close, "")
			return
		case step.Cut:
			return
		}
	}
	<-ctx.Done()
}

type listener struct{ net.Listener }

func (l listener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &link{Conn: conn}, nil
}

type linkKey struct{}

// link is a TCP connection. One that is spoilt loses what arrives, and answers with nonsense.
type link struct {
	net.Conn
	spoilt atomic.Bool
}

// reserved is the head of an empty frame with an opcode that nobody has defined.
var reserved = []byte{0x80 | 3, 0}

func (l *link) Read(p []byte) (int, error) {
	for {
		n, err := l.Conn.Read(p)
		spoilt := l.spoilt.Load()
		if err == nil && spoilt {
			_, err = l.Conn.Write(reserved)
		}
		if err != nil || !spoilt {
			return n, err
		}
	}
}
