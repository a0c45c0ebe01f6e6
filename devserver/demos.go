package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/xaman-live/xaman-live/devserver/verify"
	"github.com/xaman-live/xaman-live/devserver/xaman"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// demo is a sign request that the server is willing to make. A browser names it, and chooses nothing else.
type demo struct {
	txJSON      json.RawMessage
	options     xaman.Options
	instruction string // {host} stands for the site's
	summary     payload.Summary
	unmarked    bool // asked for as it is, for a wallet that cannot sign a mark: see verify.Order
}

const (
	demoSite      = "Corner Shop"
	demoNetwork   = "TESTNET"
	demoNetworkID = 1
	demoShop      = "rPT1Sjq2YGrBMTttX4GZHjKu9dyfzbpAYe" // the Testnet faucet's
)

var demos = map[string]demo{
	"sign-in": {
		txJSON:      json.RawMessage(`{"TransactionType":"SignIn"}`),
		options:     xaman.Options{Expire: 5, ForceNetwork: demoNetwork},
		instruction: "Sign in to the Corner Shop at {host}. Accept only if that is where you came from.",
		summary:     payload.Summary{Site: demoSite, Type: "SignIn", Network: demoNetwork},
	},
	"pay": {
		txJSON: json.RawMessage(`{"TransactionType":"Payment","Destination":"` + demoShop +
			`","DestinationTag":4711,"Amount":"2500000"}`),
		options:     xaman.Options{Submit: true, Expire: 5, ForceNetwork: demoNetwork},
		instruction: "Two coffees, at {host}",
		summary: payload.Summary{
			Site: demoSite, Type: "Payment", Amount: "2.5", Currency: "XRP", Destination: demoShop, Network: demoNetwork,
		},
	},
}

// order makes what is asked for one of a kind, unless it is to stay as it is, and makes sure that an answer to it can be
// verified. Its UUID is the platform's to give.
func (b *backend) order(d demo, identifier string, now time.Time, newest uint32) (verify.Order, error) {
	o := verify.Order{
		Application: b.credentials.Application(),
		Identifier:  identifier,
		Network:     d.options.ForceNetwork,
		NetworkID:   demoNetworkID,
		Submit:      d.options.Submit,
		TxJSON:      d.txJSON,
		Unmarked:    d.unmarked,
		Created:     now,
		Ledger:      newest,
	}
	if !d.unmarked {
		random := make([]byte, verify.MarkSize)
		if _, err := io.ReadFull(b.random, random); err != nil {
			return verify.Order{}, fmt.Errorf("order: %w", err)
		}
		var err error
		if o.TxJSON, err = verify.Mark(d.txJSON, hostOf(b.site), random); err != nil {
			return verify.Order{}, fmt.Errorf("order: %w", err)
		}
	}
	if err := o.Validate(); err != nil {
		return verify.Order{}, fmt.Errorf("order: %w", err)
	}
	return o, nil
}

// hostOf is the host, and port if any, of an origin.
func hostOf(origin string) string {
	_, host, _ := strings.Cut(origin, "://")
	return host
}
