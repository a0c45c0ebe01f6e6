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

	"github.com/xaman-live/xaman-live/devserver/record"
	"github.com/xaman-live/xaman-live/devserver/verify"
	"github.com/xaman-live/xaman-live/devserver/xaman"
)

// Options is what a backend works with. All but Pages, Sandbox, Log and Random have to be there.
type Options struct {
	Origin    string           // of the site's pages, as in https://shop.example
	Pages     []string         // other origins of the same site, whose pages may ask as well, see [Backend.ServeHTTP]
	Site      string           // its name, for as long as the platform has not said which one the phone shows
	Offers    map[string]Offer // by the names that pages ask for
	Network   string           // the platform's key of the network that the offers are on, as in TESTNET
	NetworkID uint32           // of the same network: 0 Mainnet, 1 Testnet, 2 Devnet
	Platform  *xaman.Client    // makes and shows the sign requests
	Sandbox   string           // its origin if it is one to play with, whose phone pages may show
	Node      verify.Node      // of that network: says what came of them
	Record    record.Record    // of this backend alone
	Log       *slog.Logger     // nil: nothing is logged
	Random    io.Reader        // for marks; nil: that of crypto/rand
}

// Backend answers the contract of package api, and the platform's webhook, below /api/. It is an [http.Handler]; what
// it follows in the background ends with [Backend.Close].
type Backend struct {
	origin    string
	pages     []string
	offers    map[string]Offer
	network   string
	networkID uint32
	platform  *xaman.Client
	sandbox   string
	node      verify.Node
	record    record.Record
	log       *slog.Logger
	random    io.Reader

	handler    http.Handler
	requests   *requests
	cookies    *cookies
	limits     *limits
	creations  *creations
	asker      atomic.Pointer[asker]
	background *background
	readBlob   func(hex string) *verify.Blob

	rounds                       chan struct{} // held by those who ask in the background
	platformOutage, ledgerOutage outage
	refusals                     refusals
}

// New returns a backend, which goes on with what the one before it has left unfinished. The work that it does in the
// background ends with ctx or with [Backend.Close], which has to be called in any case, and before the record is
// closed.
func New(ctx context.Context, o Options) (*Backend, error) {
	b := &Backend{
		origin:     o.Origin,
		pages:      o.Pages,
		offers:     o.Offers,
		network:    o.Network,
		networkID:  o.NetworkID,
		platform:   o.Platform,
		sandbox:    o.Sandbox,
		node:       o.Node,
		record:     o.Record,
		log:        cmp.Or(o.Log, slog.New(slog.DiscardHandler)),
		random:     o.Random,
		requests:   newRequests(o.Record),
		cookies:    newCookies(o.Record.Secret(), strings.HasPrefix(o.Origin, "https:")),
		limits:     newLimits(o.Platform.Allowed),
		creations:  newCreations(),
		background: newBackground(ctx),
		readBlob:   verify.ReadBlob,
		rounds:     make(chan struct{}, roundsAtOnce),
	}
	if b.random == nil {
		b.random = rand.Reader
	}
	b.asker.Store(&asker{name: o.Site})
	var err error
	if b.handler, err = b.routes(); err == nil {
		err = b.resume(ctx)
	}
	if err != nil {
		b.Close()
		return nil, err
	}
	return b, nil
}

// Close ends the work in the background and waits for it. It may be called again.
func (b *Backend) Close() { b.background.close() }

// ServeHTTP answers requests for all paths below /api/. Pages of the origins in [Options.Pages] may read the answers,
// too. What tells one visitor from another is in cookies, which browsers send from pages of the same site alone: from
// https://shop.example to https://api.shop.example, and from one port of a host to another.
func (b *Backend) ServeHTTP(w http.ResponseWriter, r *http.Request) { b.handler.ServeHTTP(w, r) }
