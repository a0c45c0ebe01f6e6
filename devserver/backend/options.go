package backend

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/xaman-live/xaman-live/devserver/ledger"
	"github.com/xaman-live/xaman-live/devserver/record"
	"github.com/xaman-live/xaman-live/devserver/verify"
	"github.com/xaman-live/xaman-live/devserver/xaman"
)

// Options is what a backend works with. Origin, Networks, Network, Platform and Record have to
// be there.
type Options struct {
	Origin   string             // of the site's pages, as in https://shop.example
	Pages    []string           // other origins whose pages may ask as well, see [Backend.ServeHTTP]
	Site     string             // its name, for as long as the platform has not said which one the phone shows
	Offers   map[string]Offer   // by the names that pages ask for
	Networks map[string]Network // by the platform's key, as in TESTNET
	Network  string             // that of orders that name none
	Platform *xaman.Client      // makes and shows the sign requests
	Sandbox  string             // its origin if it is one to play with, whose phone pages may show
	Record   record.Record      // of this backend, and of the other servers with the same offers if it can be shared
	Server   string             // name of this server among those, for the log; "": none
	Ages     record.Ages        // how long it keeps what is over
	Log      *slog.Logger       // nil: nothing is logged
	Observer Observer           // nil: nothing is counted
	Random   io.Reader          // for marks; nil: that of crypto/rand

	// Visitor says whom a request comes from, by the session that the site's own program has with him: an id that stays
	// the same and is nobody else's. His sign requests are then for him alone, in whichever browser he is known. If it
	// says false, or is nil, visitors are told apart by cookies of the backend's own.
	Visitor func(*http.Request) (id string, ok bool)

	// OnVerdict is told what becomes of each request, at least once, by one of the servers. If it returns an error, it is
	// told again: for three days, after pauses that grow from ten seconds to six hours.
	OnVerdict func(context.Context, Verdict) error
	// Callbacks are the names of those whom Deliver tells what becomes of requests: of every one that names no other, or
	// of those alone that name it.
	Callbacks map[string]bool
	// Deliver tells the one that a delivery is to, as often as OnVerdict. Its error is a sentence.
	Deliver func(context.Context, record.Delivery) error
}

// Network is one that orders may be on.
type Network struct {
	ID   uint32      // 0 Mainnet, 1 Testnet, 2 Devnet
	Node verify.Node // of that network: says what came of them
}

// check refuses what could only fail later. The error is a sentence.
func (o Options) check(ctx context.Context) error {
	switch {
	case o.Platform == nil:
		return errors.New("a backend needs Options.Platform")
	case o.Record == nil:
		return errors.New("a backend needs Options.Record")
	case hostOf(o.Origin) == "":
		return fmt.Errorf("Options.Origin %q is not an origin, as in https://shop.example", o.Origin)
	}
	if _, taken := o.Callbacks[hook]; taken || len(o.Callbacks) > 0 && o.Deliver == nil {
		return fmt.Errorf("callbacks need Options.Deliver, and none may be called %q", hook)
	}
	for key, network := range o.Networks {
		if network.Node == nil {
			return fmt.Errorf("the network %q needs a node", key)
		}
	}
	if _, ok := o.Networks[o.Network]; !ok {
		return fmt.Errorf("Options.Network %q is not one of Options.Networks", o.Network)
	}
	if err := o.Record.Ping(ctx); err != nil && !errors.Is(err, record.ErrAway) { // which may come back
		return fmt.Errorf("use the record: %w", err)
	}
	return nil
}

// checkOffers refuses offers that nobody could be verified for, as far as that shows before somebody asks.
func (b *Backend) checkOffers(ctx context.Context) error {
	for name, offer := range b.offers {
		if offer.Order == nil {
			return fmt.Errorf("the offer %q has no function Order", name)
		}
		if !offer.fixed {
			continue
		}
		o, err := b.ordered(ctx, creation{order: Order{Offer: name}})
		if err == nil {
			_, err = b.demand(o, "", time.Time{}, 0)
		}
		if err != nil {
			return fmt.Errorf("offer %q: %w", name, err)
		}
	}
	return nil
}

// node says what came of what is on a network.
func (b *Backend) node(network string) verify.Node {
	if n, ok := b.networks[network]; ok {
		return n.Node
	}
	return noNode{}
}

// noNode is that of a network which an earlier configuration had: what was signed there stays in doubt.
type noNode struct{}

var errNoNode = fmt.Errorf("%w: the network is not among the configured ones any more", ledger.ErrUnavailable)

func (noNode) Transaction(context.Context, string, ledger.Range) (ledger.Transaction, error) {
	return ledger.Transaction{}, errNoNode
}

func (noNode) Account(context.Context, string) (ledger.Account, error) {
	return ledger.Account{}, errNoNode
}

func (noNode) Server(context.Context) (ledger.Server, error) { return ledger.Server{}, errNoNode }
