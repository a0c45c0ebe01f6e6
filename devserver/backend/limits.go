package backend

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"sync/atomic"
	"time"

	"github.com/xaman-live/xaman-live/devserver/record"
	"github.com/xaman-live/xaman-live/wasm/payload"
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
	settling purpose = iota // what nobody cares for
	creating
	asking
	confirming // what the platform itself has said was signed or declined
)

// Of the platform's calls in a minute, each purpose has to leave some to those that come after it: in eighths, those
// that may have been made by then.
var eighths = [...]int{settling: 3, creating: 5, asking: 6, confirming: 8}

// What visitors and the site's own program may ask of the platform about one request.
const (
	askBurst = 10
	askEvery = 3 * time.Second
)

// caller is where a call comes from. An address is shared by all behind a router, and on loopback by everybody.
type caller struct{ session, address string }

// visits reports whether a visitor calls, and not the server itself or the site's own program.
func (c caller) visits() bool { return c != (caller{}) && c != program }

// limits share out the platform's calls, so that nobody can use them up, and least of all those for what was signed.
// All servers that share the record have the same.
type limits struct {
	allowed func() int // calls in a minute, 0 if that is not known
	record  record.Record
	tried   *atomic.Int64 // when a call was last made to find out, as Unix seconds
}

// tryEvery is how often a server that does not know what is allowed makes a call all the same. Others that share the
// record may have used up the least that is documented, and be allowed more: without a call it never hears of that.
const tryEvery = time.Minute

// take books a call to the platform, about a request if there is one already. If there is none left, it returns how
// long to wait before trying again. The caller is empty for what the server does by itself.
func (l limits) take(
	ctx context.Context, now time.Time, p purpose, from caller, about payload.UUID,
) (wait time.Duration, err error) {
	allowed := l.allowed()
	s := spending(allowed, p, from, about)
	if last := l.tried.Load(); allowed == 0 && now.Unix()-last >= int64(tryEvery/time.Second) &&
		l.tried.CompareAndSwap(last, now.Unix()) {
		s.Most = mostCalls
	}
	return l.record.Spend(ctx, now, s)
}

// spending is what a call uses up, if the platform allows so many in a minute.
func spending(allowed int, p purpose, from caller, about payload.UUID) record.Spending {
	n := min(max(allowed, leastCalls), mostCalls)
	s := record.Spending{Most: n * eighths[p] / 8}
	// A part of those of a minute at once, two thirds, and the rest bit by bit.
	share := func(of string, most int) {
		s.Shares = append(s.Shares, record.Share{Of: of, Burst: most * 2 / 3, Every: 3 * time.Minute / time.Duration(most)})
	}
	if from != (caller{}) && about != "" {
		s.Shares = append(s.Shares, record.Share{Of: "calls about " + string(about), Burst: askBurst, Every: askEvery})
	}
	if p != confirming && from.visits() {
		share("calls from "+from.address, n/2)
		share("calls of "+from.session, n*3/8)
	}
	if p == creating && from.visits() {
		share("creations from "+from.address, n/4)
		share("creations of "+from.session, n/6)
	}
	return s
}

// callerOf is where a request comes from. Headers that tell of another address are not trusted: anybody can send them.
func callerOf(r *http.Request) caller {
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
	return caller{session(r), host}
}
