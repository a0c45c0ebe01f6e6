package main

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"github.com/xaman-live/xaman-live/devserver/ledger"
)

// askNode makes sure, before anybody pays, that the ledger's node can prove a payment: that it is known to be on the
// network that the demos are on. A node that does not answer may do so later.
func askNode(ctx context.Context, node *ledger.Client, log *slog.Logger) error {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	s, err := node.Server(ctx)
	switch {
	case err != nil:
		log.Warn("the ledger's node gives no usable answer yet", "err", err)
		return nil
	case s.NetworkID == nil:
		return fmt.Errorf("the ledger's node does not say which network it is on: say it with -ledger-network, "+
			"%d for %s", demoNetworkID, demoNetwork)
	case *s.NetworkID != demoNetworkID:
		return fmt.Errorf("the ledger's node is on the network with id %d, and the demos are on %s: "+
			"choose another with -ledger", *s.NetworkID, demoNetwork)
	}
	return nil
}

// networkFlag reads the id of a network.
func networkFlag(id **uint32) func(string) error {
	return func(text string) error {
		n, err := strconv.ParseUint(text, 10, 32)
		if err != nil {
			return fmt.Errorf("%q is not the id of a network, like 0 for Mainnet or 1 for Testnet", text)
		}
		network := uint32(n)
		*id = &network
		return nil
	}
}
