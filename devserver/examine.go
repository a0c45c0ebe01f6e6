package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"net/url"
	"slices"

	"github.com/xaman-live/xaman-live/devserver/doctor"
	"github.com/xaman-live/xaman-live/devserver/xaman"
)

// examine looks whether a server with these options can do its work, and says what it finds. The error is for how much
// is wrong.
func examine(
	ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer,
) error {
	o, err := parseOptions(args, getenv, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	wrong := 0
	for _, f := range doctor.Examine(ctx, o.patient()) {
		if !f.Well {
			wrong++
		}
		if _, err := fmt.Fprintln(stdout, f); err != nil {
			return err
		}
	}
	switch wrong {
	case 0:
		return nil
	case 1:
		return errors.New("one thing is wrong")
	}
	return fmt.Errorf("%d things are wrong", wrong)
}

// patient is the server as the options have it.
func (o options) patient() doctor.Site {
	s := doctor.Site{
		Origin: o.origin, Cert: o.cert, Key: o.key, Callbacks: map[string]string{},
		Record: func(ctx context.Context) error {
			r, err := o.remembered.open(ctx, func(error) {})
			if err != nil {
				return err
			}
			return errors.Join(r.Ping(ctx), r.Close())
		},
	}
	demo := o.ledger
	if o.credentials != nil {
		s.Platform = xaman.NewClient(o.platform, *o.credentials, nil)
		demo = cmp.Or(o.ledger, testnetNode)
	}
	if o.config != nil {
		for name, r := range o.config.Receivers {
			s.Callbacks[name] = r.URL
		}
	}
	if demo == "" {
		return s // the sandbox has a node of its own
	}
	named, _ := o.nodes(demo)
	for _, name := range slices.Sorted(maps.Keys(named)) {
		n := named[name]
		network := doctor.Network{Name: name, ID: n.id, Quorum: n.quorum}
		for i, c := range n.clients(nil) {
			host := n.urls[i]
			if u, err := url.Parse(host); err == nil {
				host = u.Host // the rest may have a secret in it
			}
			network.Nodes = append(network.Nodes, doctor.Node{Name: host, Client: c})
		}
		s.Networks = append(s.Networks, network)
	}
	return s
}
