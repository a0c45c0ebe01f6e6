package backend

import (
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"
)

// The platform allows an application a number of calls in a minute, for all of its payloads together, and says in its
// answers how many. Until then it is taken to be the least that is documented.
const (
	leastCalls = 60
	mostCalls  = 6000
)

// purpose is what a call to the platform is for.
type purpose int

const (
	creating purpose = iota
	asking
	confirming // what the platform itself has said was signed or declined
)

// Of the platform's calls in a minute, each purpose has to leave some to those that come after it: in eighths, those
// that may have been made by then.
var eighths = [...]int{creating: 5, asking: 6, confirming: 8}

// visitor is where a call comes from. An address is shared by all behind a router, and on loopback by everybody.
type visitor struct{ session, address string }

// maxVisitors is how many sessions and addresses are remembered, at most. With more than that those begin anew who did
// not come for longest: then it is what the purposes leave to each other that helps.
const maxVisitors = 10_000

// limits share out the platform's calls, so that nobody can use them up, and least of all those for what was signed.
type limits struct {
	allowed func() int // calls in a minute, 0 if that is not known

	mu            sync.Mutex
	calls         window
	recent, older map[string]*bucket // by what they limit; who came since half of maxVisitors came, and who before
}

func newLimits(allowed func() int) *limits {
	return &limits{allowed: allowed, recent: map[string]*bucket{}}
}

// share is what one visitor may use in a minute: two thirds at once, and the rest bit by bit.
type share struct {
	of   string
	most int
}

func (s share) limit() (burst int, every time.Duration) {
	return s.most * 2 / 3, 3 * time.Minute / time.Duration(s.most)
}

// take books a call to the platform. If there is none left, it returns how long to wait before trying again. The
// visitor is empty for what the server does by itself.
func (l *limits) take(now time.Time, p purpose, v visitor) (wait time.Duration, ok bool) {
	n := l.allowed()
	if n == 0 {
		n = leastCalls
	}
	n = min(max(n, leastCalls), mostCalls)
	var shares []share
	if p != confirming && v != (visitor{}) {
		shares = []share{{"calls from " + v.address, n / 2}, {"calls of " + v.session, n * 3 / 8}}
	}
	if p == creating {
		shares = append(shares, share{"creations from " + v.address, n / 4}, share{"creations of " + v.session, n / 6})
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.calls.count(now) >= n*eighths[p]/8 {
		return 5 * time.Second, false
	}
	var used []*bucket
	for _, s := range shares {
		b := l.bucket(now, s.of)
		burst, every := s.limit()
		if wait := b.wait(now, burst, every); wait > 0 {
			return wait, false
		}
		used = append(used, b)
	}
	for _, b := range used {
		b.used++
	}
	l.calls.add(now)
	return 0, true
}

func (l *limits) bucket(now time.Time, of string) *bucket {
	if b, ok := l.recent[of]; ok {
		return b
	}
	b, ok := l.older[of]
	if !ok {
		b = &bucket{at: now}
	}
	if len(l.recent) >= maxVisitors/2 {
		l.recent, l.older = map[string]*bucket{}, l.recent
	}
	l.recent[of] = b
	return b
}

// visitorOf is where a request comes from. Headers that tell of another address are not trusted: anybody can send them.
func visitorOf(r *http.Request) visitor {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	// A single customer has a whole network of IPv6 addresses.
	if a, err := netip.ParseAddr(host); err == nil && a.Is6() && !a.Is4In6() {
		if network, err := a.Prefix(64); err == nil {
			host = network.String()
		}
	}
	return visitor{session(r), host}
}

// window counts calls in a sliding minute, by the second.
type window [60]struct {
	second int64
	calls  int
}

func (w *window) add(now time.Time) {
	slot := &w[now.Unix()%60]
	if slot.second != now.Unix() {
		slot.second, slot.calls = now.Unix(), 0
	}
	slot.calls++
}

func (w *window) count(now time.Time) int {
	n := 0
	for _, slot := range w {
		if now.Unix()-slot.second < 60 {
			n += slot.calls
		}
	}
	return n
}
