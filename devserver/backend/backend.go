package backend

import (
	"cmp"
	"context"
	"crypto/rand"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/xaman-live/xaman-live/devserver/record"
	"github.com/xaman-live/xaman-live/devserver/verify"
	"github.com/xaman-live/xaman-live/devserver/xaman"
)

// Backend answers the contract of package api, and the platform's webhook, below /api/. It is an [http.Handler]; what
// it follows in the background ends with [Backend.Close].
type Backend struct {
	origin   string
	pages    []string
	offers   map[string]Offer
	networks map[string]Network
	network  string
	platform *xaman.Client
	sandbox  string
	visitor  func(*http.Request) (id string, ok bool)
	record   record.Record
	server   string
	ages     record.Ages
	log      *slog.Logger
	observer Observer
	random   io.Reader

	handler    http.Handler
	requests   *requests
	cookies    *cookies
	limits     limits
	creations  *creations
	asker      atomic.Pointer[asker]
	background *background
	readBlob   func(hex string) *verify.Blob

	lease    lease
	followed atomic.Int64  // how many requests
	most     atomic.Int64  // of those that are taken to be followed
	rounds   chan struct{} // held by those who ask in the background

	onVerdict  func(context.Context, Verdict) error
	callbacks  map[string]bool
	deliverTo  func(context.Context, record.Delivery) error
	delivering underWay
	tell       chan struct{} // wakes who makes them

	platformOutage, ledgerOutage, recordOutage outage
	refusals                                   refusals
}

// New returns a backend, which goes on with what the one before it has left unfinished. The work that it does in the
// background ends with ctx or with [Backend.Close], which has to be called in any case, and before the record is
// closed.
func New(ctx context.Context, o Options) (*Backend, error) {
	if err := o.check(ctx); err != nil {
		return nil, err
	}
	b := &Backend{
		origin:     o.Origin,
		pages:      o.Pages,
		offers:     o.Offers,
		networks:   o.Networks,
		network:    o.Network,
		platform:   o.Platform,
		sandbox:    o.Sandbox,
		visitor:    o.Visitor,
		record:     o.Record,
		server:     o.Server,
		ages:       o.Ages,
		log:        cmp.Or(o.Log, slog.New(slog.DiscardHandler)),
		observer:   cmp.Or[Observer](o.Observer, nobody{}),
		random:     o.Random,
		requests:   newRequests(o.Record),
		cookies:    newCookies(o.Record.Secret(), strings.HasPrefix(o.Origin, "https:")),
		limits:     limits{o.Platform.Allowed, o.Record, &atomic.Int64{}},
		creations:  newCreations(),
		background: newBackground(ctx),
		readBlob:   verify.ReadBlob,
		rounds:     make(chan struct{}, roundsAtOnce),
		onVerdict:  o.OnVerdict,
		callbacks:  o.Callbacks,
		deliverTo:  o.Deliver,
		delivering: underWay{to: map[string]int{}},
		tell:       make(chan struct{}, 1),
	}
	if b.random == nil {
		b.random = rand.Reader
	}
	b.most.Store(followedAtOnce)
	b.asker.Store(&asker{name: o.Site})
	var err error
	if b.handler, err = b.routes(); err == nil {
		err = b.checkOffers(ctx)
	}
	if err != nil {
		b.Close()
		return nil, err
	}
	b.work()
	return b, nil
}

// work begins what goes on in the background.
func (b *Backend) work() {
	b.beat(b.background.ctx)
	b.take(time.Now().Add(ahead))
	b.repeat(beatEvery, nil, b.beat)
	b.repeat(takeEvery, nil, b.takeDue)
	b.repeat(deliverEvery, b.tell, b.takeDeliveries)
	b.background.start(b.drop)
}

// Close ends the work in the background and waits for it. Another server that shares the record may go on at once with
// what this one has followed. It may be called again.
func (b *Backend) Close() {
	b.background.close()
	b.lease.end()
}

// Followed is how many requests this server follows in the background.
func (b *Backend) Followed() int { return int(b.followed.Load()) }

// ServeHTTP answers requests for all paths below /api/. Pages of the origins in [Options.Pages] may read the answers,
// too. What tells one visitor from another is in cookies, which browsers send from pages of the same site alone: from
// https://shop.example to https://api.shop.example, and from one port of a host to another. Pages of other sites see
// what they have a view key for.
func (b *Backend) ServeHTTP(w http.ResponseWriter, r *http.Request) { b.handler.ServeHTTP(w, r) }
