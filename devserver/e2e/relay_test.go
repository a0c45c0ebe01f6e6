//go:build e2e

package e2e

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/xaman-live/xaman-live/devserver/sandbox"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// relay is a server that passes on to another one what it gets, and back what that answers. Its sockets can be held and
// cut. It sets no limits of time of its own.
type relay struct {
	origin string
	target *url.URL
	http   http.Handler
	faults *faultyNetwork // nil: there are none

	mu     sync.Mutex
	cond   sync.Cond // on a change of what follows
	held   map[payload.UUID]bool
	lines  map[payload.UUID]map[*line]bool
	closed bool
}

// line is a socket that leads through a relay.
type line struct {
	client, server net.Conn
	dead           bool
}

// newRelay starts a relay on the loopback interface; target is where it leads, and is set before it is used.
func newRelay(t *testing.T, f *faultyNetwork) *relay {
	t.Helper()
	r := &relay{faults: f, held: map[payload.UUID]bool{}, lines: map[payload.UUID]map[*line]bool{}}
	r.cond.L = &r.mu
	r.http = f.http(&httputil.ReverseProxy{
		Rewrite: func(p *httputil.ProxyRequest) {
			p.SetURL(r.target)
			p.Out.Host = p.In.Host
		},
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
		Transport:    transport(t),
	})
	server := httptest.NewServer(r)
	r.origin = server.URL
	t.Cleanup(func() {
		r.change(func() {
			r.closed = true
			for _, lines := range r.lines {
				for l := range lines {
					l.cut()
				}
			}
		})
		server.CloseClientConnections()
		server.Close()
	})
	return r
}

// startBehind starts a sandbox that is reached through a relay alone, and a dev server that uses it.
func startBehind(t *testing.T, r *relay) devserver {
	t.Helper()
	addr := freeAddr(t)
	c := sandbox.Config{WebhookURL: "http://" + addr + "/api/webhook", BaseURL: r.origin}
	r.target = parseURL(t, startPlatform(t, c))
	return startOn(t, r.origin, r.origin, "-addr", addr, "-site", "../../site")
}

func (r *relay) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	if !strings.EqualFold(req.Header.Get("Upgrade"), "websocket") {
		r.http.ServeHTTP(w, req)
		return
	}
	if !r.faults.handshake(req.Context()) {
		panic(http.ErrAbortHandler)
	}
	uuid := payload.UUID(req.URL.Path[strings.LastIndex(req.URL.Path, "/")+1:])
	server, err := new(net.Dialer).DialContext(req.Context(), "tcp", r.target.Host)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	client, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		server.Close()
		return
	}
	l := &line{client: client, server: server}
	r.change(func() {
		if r.lines[uuid] == nil {
			r.lines[uuid] = map[*line]bool{}
		}
		r.lines[uuid][l] = true
	})
	defer r.change(func() {
		l.cut()
		delete(r.lines[uuid], l)
	})
	if !r.open(uuid, l) || req.Write(server) != nil {
		return
	}
	var both sync.WaitGroup
	both.Go(func() { r.pass(uuid, l, r.faults.closing(server, client), client) })
	both.Go(func() {
		down, end := r.faults.frames(client, func() { r.change(l.cut) })
		defer end()
		r.pass(uuid, l, down, server)
	})
	both.Wait()
}

// pass passes bytes on until the line ends.
func (r *relay) pass(uuid payload.UUID, l *line, to io.Writer, from io.Reader) {
	defer r.change(l.cut)
	buf := make([]byte, 4<<10)
	for {
		n, err := from.Read(buf)
		if err != nil || !r.open(uuid, l) {
			return
		}
		if _, err := to.Write(buf[:n]); err != nil {
			return
		}
	}
}

// open waits while the sockets of that request are held, and reports whether the line is still there.
func (r *relay) open(uuid payload.UUID, l *line) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for r.held[uuid] && !l.dead && !r.closed {
		r.cond.Wait()
	}
	return !l.dead && !r.closed
}

func (r *relay) change(f func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f()
	r.cond.Broadcast()
}

// hold lets nothing through the sockets of that request, neither those of now nor later ones.
func (r *relay) hold(uuid payload.UUID, is bool) { r.change(func() { r.held[uuid] = is }) }

// cut ends the sockets of that request, as a network does.
func (r *relay) cut(uuid payload.UUID) {
	r.change(func() {
		for l := range r.lines[uuid] {
			l.cut()
		}
	})
}

func (l *line) cut() {
	l.dead = true
	l.client.(*net.TCPConn).SetLinger(0) // a reset, not an orderly end
	l.client.Close()
	l.server.Close()
}
