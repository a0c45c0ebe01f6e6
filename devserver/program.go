package main

import (
	"fmt"
	"log/slog"
	"maps"
	"net"
	"slices"

	"github.com/xaman-live/xaman-live/devserver/orders"
)

// sandboxKey is that of the site's own program if nobody has said one, on a server to play with and for programs of
// this machine. Everybody knows it, as the credentials of the sandbox.
const sandboxKey = "5a6d0c1e-0000-4000-8000-000000000003"

// demoOffer is what a person is told to try, if it is offered.
const demoOffer = "pay"

// programKeys returns the keys that let the site's own program order on the private listener, and what a person is told
// of that. Without any, nobody is let in.
func programKeys(o options, private net.Listener, log *slog.Logger) (keys orders.Keys, told string, err error) {
	switch {
	case o.keys != nil:
		return *o.keys, "", nil
	case o.credentials != nil || !loopback(private):
		log.Warn("no program can order on the private address: set XAMAN_LIVE_KEY")
		return orders.Keys{}, "", nil
	}
	keys, err = orders.ParseKeys(sandboxKey)
	offers := slices.Sorted(maps.Keys(o.offers()))
	if len(offers) == 0 {
		return keys, " key " + sandboxKey, err
	}
	offer := offers[0]
	if slices.Contains(offers, demoOffer) {
		offer = demoOffer
	}
	told = fmt.Sprintf(" key %s\nOrder with: curl %s/api/orders -H 'Authorization: Bearer %[1]s' -d '{\"offer\":%[3]q}'",
		sandboxKey, origin("http", private), offer)
	return keys, told, err
}
