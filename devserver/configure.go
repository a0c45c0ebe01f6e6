package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/xaman-live/xaman-live/devserver/backend"
	"github.com/xaman-live/xaman-live/devserver/callback"
	"github.com/xaman-live/xaman-live/devserver/config"
	"github.com/xaman-live/xaman-live/devserver/ledger"
)

// configure reads the file of -config. What a flag says counts more than what the file says.
func (o *options) configure(flags *flag.FlagSet, file string, getenv func(string) string) error {
	c, err := config.Read(file, getenv)
	if err != nil {
		return err
	}
	said := map[string]bool{}
	flags.Visit(func(f *flag.Flag) { said[f.Name] = true })
	for _, s := range c.Settings {
		if said[s.Flag] {
			continue
		}
		if err := flags.Set(s.Flag, s.Value); err != nil {
			return fmt.Errorf("%s %w", s.Where, err)
		}
	}
	o.config, o.credentials, o.keys = &c, c.Credentials, c.Keys
	return nil
}

// offers are those of the file. Without a file they are the demo's.
func (o options) offers() map[string]backend.Offer {
	switch {
	case o.config == nil:
		return demos
	case o.credentials != nil:
		return o.config.Offers
	}
	tried := map[string]backend.Offer{}
	for name, offer := range o.config.Offers {
		order := offer.Order
		offer.Order = func(ctx context.Context, v backend.Visitor) (backend.Order, error) {
			o, err := order(ctx, v)
			o.Network = "" // the sandbox has one
			return o, err
		}
		tried[name] = offer
	}
	return tried
}

// name is what the site is called.
func (o options) name() string {
	if o.config == nil {
		return demoSite
	}
	return cmp.Or(o.config.Name, demoSite)
}

// callbacks are the names of those who are told of verdicts, and whether of every one.
func (o options) callbacks() map[string]bool {
	if o.config == nil {
		return nil
	}
	return o.config.Callbacks
}

// receivers are those who are told of verdicts, by the names of the callbacks.
func (o options) receivers() map[string]callback.Receiver {
	if o.config == nil {
		return nil
	}
	return o.config.Receivers
}

// nodes are those of a network.
type nodes struct {
	id     uint32
	urls   []string
	quorum int
	said   *uint32 // the network's id, for nodes that do not say it
}

// nodes are those that the options name, by networks, with the network of offers that name none. The URL is that of the
// node for payments of the demo. The sandbox takes the place of all networks.
func (o options) nodes(demo string) (all map[string]nodes, network string) {
	if o.credentials == nil || o.config == nil || len(o.config.Networks) == 0 {
		return map[string]nodes{demoNetwork: {demoNetworkID, []string{demo}, 1, o.network}}, demoNetwork
	}
	all = map[string]nodes{}
	for name, n := range o.config.Networks {
		all[name] = nodes{n.ID, n.Nodes, n.Quorum, &n.ID}
		if o.ledger != "" && name == o.config.Network {
			all[name] = nodes{n.ID, []string{o.ledger}, 1, o.network}
		}
	}
	return all, o.config.Network
}

// clients call each of the nodes.
func (n nodes) clients(calls http.RoundTripper) []*ledger.Client {
	var all []*ledger.Client
	for _, url := range n.urls {
		c := ledger.NewClient(url, calls)
		c.Network = n.said
		all = append(all, c)
	}
	return all
}

// networks are those that offers may be on, with the one of offers that name none.
func (o options) networks(p platform, calls http.RoundTripper) (map[string]backend.Network, string, error) {
	named, network := o.nodes(p.ledger)
	all := map[string]backend.Network{}
	for name, n := range named {
		var asked []ledger.Node
		for _, c := range n.clients(calls) {
			asked = append(asked, c)
		}
		quorum, err := ledger.NewQuorum(n.quorum, asked...)
		if err != nil {
			return nil, "", fmt.Errorf("network %s: %w", name, err)
		}
		all[name] = backend.Network{ID: n.id, Node: quorum}
	}
	return all, network, nil
}

// askNodes makes sure, before anybody pays, that the nodes can prove a payment: that they are known to be on the
// network that they are for. Nodes that do not answer may do so later.
func askNodes(ctx context.Context, networks map[string]backend.Network, log *slog.Logger) error {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	for _, name := range slices.Sorted(maps.Keys(networks)) {
		n := networks[name]
		s, err := n.Node.Server(ctx)
		switch {
		case err != nil:
			log.Warn("the ledger's node gives no usable answer yet", "network", name, "err", err)
		case s.NetworkID == nil:
			return fmt.Errorf("the ledger's node does not say which network it is on: say it with -ledger-network, "+
				"%d for %s", n.ID, name)
		case *s.NetworkID != n.ID:
			return fmt.Errorf("the ledger's node is on the network with id %d, and %s has the id %d: "+
				"choose another with -ledger, or in networks.%s.nodes", *s.NetworkID, name, n.ID, name)
		}
	}
	return nil
}
