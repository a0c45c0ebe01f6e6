//go:build !js

package payloadtest

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
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
	Wait <-chan struct{} // until it is closed or sends

	// Instead of a handshake; only in a first step.
	Refuse int  // answer this HTTP status
	Stall  bool // never answer

	Expect bool   // wait for one more frame of the client
	Send   string // send this text frame

	// Ends of a connection.
	Close websocket.StatusCode // closing handshake; [websocket.StatusNoStatusRcvd] sends no code
	Cut   bool                 // drop the TCP connection, as a network does
	Hang  bool                 // keep it open and neither hear nor answer anything, not even a close
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
	scripts [][]Step
	ctx     context.Context // ends when the server closes
	running sync.WaitGroup  // handlers: the HTTP server forgets them once it has handed over the connection

	mu          sync.Mutex
	changed     chan struct{} // closed and replaced on each change of what follows
	connections int
	open        int
	received    []string
}

// NewServer starts a server on the loopback interface. The n-th connection plays the n-th script, further ones the
// last. When the test ends, after the cleanups that it registered later, the server closes and the test fails if
// goroutines are left that were not there before: such a test cannot run in parallel with others.
func NewServer(tb testing.TB, connections ...[]Step) *Server {
	tb.Helper()
	before := goleak.IgnoreCurrent()
	ctx, cancel := context.WithCancel(context.Background())
	s := &Server{tb: tb, scripts: connections, ctx: ctx, changed: make(chan struct{})}
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
		s.running.Wait()
		goleak.VerifyNone(tb, before)
	})
	return s
}

// URL is the address of the socket, to be found in refs.websocket_status.
func (s *Server) URL() string {
	return "ws" + strings.TrimPrefix(s.http.URL, "http") + "/sign/" + string(UUID)
}

// Connections is the number of connections that were ever tried, refused and stalled ones included.
func (s *Server) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.connections
}

// Open is the number of sockets open now.
func (s *Server) Open() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.open
}

// Received lists the frames that clients sent, in order of arrival.
func (s *Server) Received() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.received)
}

// Await blocks until cond holds for what the methods above tell. It fails the test if that takes too long.
func (s *Server) Await(what string, cond func() bool) {
	s.tb.Helper()
	const patience = 5 * time.Second
	ctx, cancel := context.WithTimeout(s.ctx, patience)
	defer cancel()
	if !s.until(ctx, cond) {
		s.tb.Fatalf("status socket: waited %v for: %s", patience, what)
	}
}

func (s *Server) until(ctx context.Context, cond func() bool) bool {
	for {
		s.mu.Lock()
		changed := s.changed
		s.mu.Unlock()
		if cond() {
			return true
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return false
		}
	}
}

func (s *Server) update(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
	close(s.changed)
	s.changed = make(chan struct{})
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	s.running.Add(1)
	defer s.running.Done()
	var steps []Step
	s.update(func() {
		if n := len(s.scripts); n > 0 {
			steps = s.scripts[min(s.connections, n-1)]
		}
		s.connections++
	})
	if len(steps) > 0 && (steps[0].Refuse != 0 || steps[0].Stall) {
		s.turnAway(w, r, steps[0])
		return
	}
	// The platform lets pages of any origin listen.
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true})
	if err != nil {
		return // Accept has answered; the client's mistake is the client's to report
	}
	s.update(func() { s.open++ })
	defer s.update(func() { s.open-- })

	ctx, left := context.WithCancel(s.ctx)
	defer left()
	c := &connection{Server: s, conn: conn, link: r.Context().Value(linkKey{}).(*link)}
	var reader sync.WaitGroup
	reader.Go(func() {
		defer left()
		c.read(ctx)
	})
	defer reader.Wait()
	defer conn.CloseNow()
	c.play(ctx, steps)
}

func (s *Server) turnAway(w http.ResponseWriter, r *http.Request, step Step) {
	ctx, cancel := context.WithCancel(r.Context()) // ends when the client gives up
	defer cancel()
	defer context.AfterFunc(s.ctx, cancel)()
	if step.Stall || !wait(ctx, step.Wait) {
		<-ctx.Done()
		return
	}
	http.Error(w, http.StatusText(step.Refuse), step.Refuse)
}

// wait reports whether c let go before ctx ended. A nil channel does at once.
func wait(ctx context.Context, c <-chan struct{}) bool {
	if c == nil {
		return true
	}
	select {
	case <-c:
		return true
	case <-ctx.Done():
		return false
	}
}

// connection is one socket that plays its script.
type connection struct {
	*Server
	conn  *websocket.Conn
	link  *link
	heard int // frames received; guarded by Server.mu
}

// read keeps reading whatever the script does, so that a client that closes is answered.
func (c *connection) read(ctx context.Context) {
	for {
		_, frame, err := c.conn.Read(ctx)
		if err != nil {
			return
		}
		c.update(func() {
			c.heard++
			c.received = append(c.received, string(frame))
		})
	}
}

func (c *connection) play(ctx context.Context, steps []Step) {
	expected := 0
	for _, step := range steps {
		if !wait(ctx, step.Wait) {
			return
		}
		if step.Expect {
			expected++
			if !c.until(ctx, func() bool { return c.heardAtLeast(expected) }) {
				return
			}
		}
		if step.Hang {
			c.link.dead.Store(true) // before Send: who has seen that frame knows that the line is dead
		}
		if step.Spoil {
			c.link.spoilt.Store(true)
		}
		if step.Send != "" {
			if c.conn.Write(ctx, websocket.MessageText, []byte(step.Send)) != nil {
				return
			}
		}
		switch {
		case step.Close != 0:
			c.conn.Close(step.Close, "")
			return
		case step.Cut:
			return
		case step.Hang, step.Spoil:
			<-ctx.Done()
			return
		}
	}
	<-ctx.Done()
}

func (c *connection) heardAtLeast(n int) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.heard >= n
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

// link is a TCP connection that can go dead: what arrives is lost, only its end is noticed. One that is spoilt answers
// what it loses with nonsense.
type link struct {
	net.Conn
	dead, spoilt atomic.Bool
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
		if err != nil || !l.dead.Load() && !spoilt {
			return n, err
		}
	}
}
