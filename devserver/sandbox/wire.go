package sandbox

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"
)

// line is one thing that somebody said to somebody else about a payload. GET /wire/{uuid} shows the latest of them:
// to a WebSocket one a message, first those there are and then each as it comes; to others as {"lines":[…]}.
//
//	{"seq":3,"time":"2026-01-05T10:00:00.123Z","from":"platform","to":"page","kind":"socket",
//	 "summary":"opened","body":"{\"opened\":true}"}
//
// It is there before what it tells of is sent, so that whatever is said in answer to it comes later.
type line struct {
	Seq  int    `json:"seq"`  // from 1, by payload; where one is missing, those before have been dropped
	Time string `json:"time"` // UTC, with milliseconds
	route
	Status  int    `json:"status,omitempty"` // of an answer over HTTP
	Summary string `json:"summary"`          // in a few words: "GET /api/v1/platform/payload/{uuid}", "200 OK", "opened"
	Body    string `json:"body"`             // what was said, mostly JSON, shortened and without secrets; "" for nothing
}

// route is between whom something is said and how.
type route struct {
	From string `json:"from"` // "site", which is the site's own server, "page", "platform", "phone" or "node"
	To   string `json:"to"`
	Kind string `json:"kind"` // "rest", "socket", "webhook", "phone", "node", or "fault" for one that is switched on
}

var (
	restCall    = route{"site", "platform", "rest"}
	webhookCall = route{"platform", "site", "webhook"}
	nodeCall    = route{"site", "node", "node"}
	socketFrame = route{"platform", "page", "socket"} // a page is whoever listens
	phoneAct    = route{"phone", "platform", "phone"}
	phoneSends  = route{"phone", "node", "phone"}
	faultSwitch = route{"platform", "platform", "fault"}
)

func (r route) back() route { return route{r.To, r.From, r.Kind} }

const (
	maxWires    = 100 // payloads whose lines are kept, the latest
	maxLines    = 200 // of one payload, the latest
	maxWatchers = 16  // of one payload
)

// wire keeps what is said about each payload for those who watch. Its methods may be called under other locks.
type wire struct {
	mu    sync.Mutex
	of    map[string]*talk
	order []string // the uuids in it, oldest first
}

// talk is what was said about one payload.
type talk struct {
	last     int // the last line's number
	lines    []line
	hashes   []string // under which nodes know what was signed for it
	watchers map[*watcher]struct{}
}

// watcher hears that there are new lines, and that there will be no more.
type watcher struct{ news, end chan struct{} }

func newWire() *wire { return &wire{of: map[string]*talk{}} }

// open keeps what will be said about a payload. Of others nothing is kept.
func (w *wire) open(uuid string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.order) == maxWires {
		w.drop(w.order[0])
	}
	w.of[uuid], w.order = &talk{watchers: map[*watcher]struct{}{}}, append(w.order, uuid)
}

func (w *wire) forget(uuid string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.drop(uuid)
}

// drop is forget for who has the lock.
func (w *wire) drop(uuid string) {
	t := w.of[uuid]
	if t == nil {
		return
	}
	for one := range t.watchers {
		close(one.end)
	}
	delete(w.of, uuid)
	w.order = slices.DeleteFunc(w.order, func(one string) bool { return one == uuid })
}

// say adds what somebody says.
func (w *wire) say(uuid string, on route, summary string, body []byte) {
	w.add(uuid, line{route: on, Summary: summary}, body)
}

// answer adds the answer to a call; with the status 0 there is none.
func (w *wire) answer(uuid string, call route, status int, body []byte) {
	summary := "no answer"
	if status != 0 {
		summary = fmt.Sprint(status, " ", http.StatusText(status))
	}
	w.add(uuid, line{route: call.back(), Status: status, Summary: summary}, body)
}

// add adds a line, with its number and time and an excerpt of a body.
func (w *wire) add(uuid string, l line, body []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	t := w.of[uuid]
	if t == nil {
		return
	}
	t.last++
	l.Body = excerpt(body)
	l.Seq, l.Time = t.last, time.Now().UTC().Format("2006-01-02T15:04:05.000Z")
	if len(t.lines) == maxLines {
		t.lines = slices.Delete(t.lines, 0, 1)
	}
	t.lines = append(t.lines, l)
	for one := range t.watchers {
		select {
		case one.news <- struct{}{}:
		default: // it is to look anyway
		}
	}
}

// since returns the lines after a number. It reports false if none are kept of the payload.
func (w *wire) since(uuid string, seq int) (lines []line, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	t := w.of[uuid]
	if t == nil {
		return nil, false
	}
	return slices.Clone(t.lines[max(0, len(t.lines)-(t.last-seq)):]), true
}

// watch adds a watcher until leave is called. It returns nil if there are too many, or nothing is kept of the payload.
func (w *wire) watch(uuid string) (one *watcher, leave func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	t := w.of[uuid]
	if t == nil || len(t.watchers) == maxWatchers {
		return nil, nil
	}
	one = &watcher{news: make(chan struct{}, 1), end: make(chan struct{})}
	t.watchers[one] = struct{}{}
	return one, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(t.watchers, one)
	}
}

// signed tells under which hashes nodes know what was signed for a payload.
func (w *wire) signed(uuid string, hashes ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if t := w.of[uuid]; t != nil {
		t.hashes = hashes
	}
}

// about is the latest payload that a transaction was signed for, "" if there is none.
func (w *wire) about(hash string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, uuid := range slices.Backward(w.order) {
		if slices.Contains(w.of[uuid].hashes, hash) {
			return uuid
		}
	}
	return ""
}
