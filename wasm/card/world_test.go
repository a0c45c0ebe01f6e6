package card

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload/payloadtest"
	"github.com/xaman-live/xaman-live/wasm/subscribe"
)

const (
	uuid     = string(payloadtest.UUID)
	link     = "https://xumm.app/sign/" + uuid
	sockets  = "wss://xumm.app/sign/" + uuid
	other    = "1b2c7a52-3c1e-4b53-9d4e-5f1b8c1f0a77" // the request that takes the place of the first one
	account  = "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh"
	txid     = "C0FFEE00C0FFEE00C0FFEE00C0FFEE00C0FFEE00C0FFEE00C0FFEE00C0FFEE00"
	creating = "POST /api/sign-requests"
	getting  = "GET /api/sign-requests/" + uuid
	deleting = "DELETE /api/sign-requests/" + uuid
)

func created(uuid string) string {
	return fmt.Sprintf(`{"uuid":%q,"next":{"always":"https://xumm.app/sign/%[2]s"},`+
		`"refs":{"websocket_status":"wss://xumm.app/sign/%[2]s"},"pushed":false}`, uuid, uuid)
}

// answer is what the backend says of a request.
func answer(uuid, status, verdict string) reply {
	checks := make([]string, len(api.Checks))
	for i, name := range api.Checks {
		outcome := "pass"
		if name == "network" && verdict == "unverified" {
			outcome = "fail"
		}
		checks[i] = fmt.Sprintf(`{"name":%q,"outcome":%q,"detail":"It was signed for TESTNET."}`, name, outcome)
	}
	return reply{200, fmt.Sprintf(`{"uuid":%q,"status":%q,"verdict":%q,"payload":%s,"expires_in":300,`+
		`"cancelled":%t,"reason":"OK","summary":{"site":"Corner Shop","type":"Payment","amount":"2.5","currency":"XRP",`+
		`"destination":%q,"network":"TESTNET"},"checks":[%s],"result":{"account":%q,"txid":%q,"network":"TESTNET"}}`,
		uuid, status, verdict, created(uuid), status == "cancelled", account, strings.Join(checks, ","), account, txid)}
}

// reply is what the backend answers. Its status is 0 if it is down, and -1 if it never answers.
type reply struct {
	status int
	body   string
}

func (r reply) with(old, new string) reply {
	return reply{r.status, strings.Replace(r.body, old, new, 1)}
}

// late makes it an answer about a request whose time is over.
func (r reply) late() reply { return r.with(`"expires_in":300`, `"expires_in":0`) }

var none = reply{404, `{"error":{"code":"not-found","message":"There is none."}}`}

// call is a request that has reached the backend.
type call struct {
	name, body string
	header     map[string]string
	aborted    bool
}

// world is the platform, the backend, the site's storage and its tabs, in a bubble of virtual time.
type world struct {
	t       *testing.T
	clock   *Clock
	mu      sync.Mutex // see sync
	offline bool       // no socket can be dialed
	sockets []*socket
	routes  map[string]reply
	calls   []*call
	cards   []*shownCard
	storage store
	tells   []string // what cards have said to the site's other ones
}

// play runs a test in a bubble. All that the cards leave behind keeps the bubble from ending.
func play(t *testing.T, story func(w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := &world{t: t, clock: NewClock(), routes: map[string]reply{}, storage: store{}}
		story(w)
		for _, c := range w.cards {
			c.close()
		}
		for i, s := range w.sockets {
			if !s.closed {
				t.Errorf("socket %d was left open", i)
			}
		}
		if w.clock.timer != nil || len(w.clock.due) > 0 {
			t.Error("the clock goes on without any card")
		}
	})
}

// sync tells the race detector what the bubble guarantees: the test and the cards take turns.
func (w *world) sync() {
	w.mu.Lock()
	defer w.mu.Unlock()
}

func (w *world) route(name string, r reply) {
	w.routes[name] = r
	w.sync()
}

func (w *world) called(name string) (n int) {
	for _, c := range w.calls {
		if c.name == name {
			n++
		}
	}
	return n
}

func (w *world) fetch(
	ctx context.Context, method, url string, header map[string]string, body []byte,
) (int, []byte, error) {
	c := &call{name: method + " " + url, body: string(body), header: header}
	w.mu.Lock()
	w.calls = append(w.calls, c)
	r, ok := w.routes[c.name]
	w.mu.Unlock()
	if method == "DELETE" {
		time.Sleep(50 * time.Millisecond) // longer than between the two halves of a double click
	}
	switch {
	case !ok:
		r = none
	case r.status == 0:
		return 0, nil, errors.New("failed to fetch")
	case r.status == -1:
		<-ctx.Done()
		w.sync()
		c.aborted = true
		return 0, nil, ctx.Err()
	}
	return r.status, []byte(r.body), nil
}

func (w *world) dial(_ context.Context, url string) (subscribe.Conn, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.offline {
		return nil, errors.New("cannot dial " + url)
	}
	s := &socket{w: w, url: url, frames: make(chan string), lost: make(chan struct{}), over: make(chan struct{})}
	w.sockets = append(w.sockets, s)
	return s, nil
}

// socket is a status socket whose other end is the test.
type socket struct {
	w      *world
	url    string
	frames chan string
	lost   chan struct{}
	closed bool
	over   chan struct{} // closed with it

	closing chan struct{} // until when it takes to close; nil: no time
}

func (s *socket) Read() ([]byte, error) {
	select {
	case frame := <-s.frames:
		return []byte(frame), nil
	case <-s.lost:
		return nil, errors.New("socket of " + s.url + " is lost")
	case <-s.over:
		return nil, errors.New("socket of " + s.url + " is closed")
	}
}

func (s *socket) Write(context.Context, []byte) error { return nil }

func (s *socket) Close() {
	if s.closing != nil {
		<-s.closing
	}
	s.w.sync()
	s.closed = true
	close(s.over)
}

// say sends frames over the socket of that number.
func (w *world) say(n int, frames ...string) {
	w.t.Helper()
	for _, frame := range frames {
		w.sync()
		select {
		case w.socket(n).frames <- frame:
		case <-time.After(time.Minute):
			w.t.Fatalf("nobody reads %s", frame)
		}
		w.settle()
	}
}

func (w *world) socket(n int) *socket {
	w.t.Helper()
	w.until(fmt.Sprintf("socket %d is dialed", n), func() bool { return len(w.sockets) > n })
	return w.sockets[n]
}

func (w *world) drop(n int) {
	w.sync()
	close(w.socket(n).lost)
	w.settle()
}

// settle lets the cards do what there is to do now.
func (w *world) settle() {
	w.sync()
	synctest.Wait()
	w.sync()
}

// until lets time pass until something is so.
func (w *world) until(what string, holds func() bool) {
	w.t.Helper()
	w.settle() // what the test did last may be what makes it so
	for start := time.Now(); !holds(); w.wait(10 * time.Millisecond) {
		if time.Since(start) > time.Hour {
			for i, c := range w.cards {
				w.t.Logf("card %d: %q, events %q", i, c.model.Title, c.told())
			}
			w.t.Fatalf("never so: %s", what)
		}
	}
}

func (w *world) wait(d time.Duration) {
	w.sync()
	time.Sleep(d)
	w.settle()
}

// The requests that a card may be asked for.
func (w *world) backend() *api.Client { return &api.Client{Base: "/api", Fetch: w.fetch} }
func (w *world) ordered() Options     { return Options{Demo: "payment", Backend: w.backend()} }
func (w *world) known() Options       { return Options{UUID: uuid, Backend: w.backend()} }

var pasted = Options{Payload: created(uuid)}

// live shows the card of a known request whose socket has spoken, and waits until it has nothing left to ask.
func (w *world) live() *shownCard {
	w.t.Helper()
	w.route(getting, answer(uuid, "pending", "none"))
	c := w.card(w.known())
	w.say(len(w.sockets)-1, payloadtest.Welcome)
	w.wait(5 * time.Second)
	return c
}
