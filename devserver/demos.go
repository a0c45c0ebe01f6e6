package main

import (
	"encoding/json"

	"github.com/xaman-live/xaman-live/devserver/xaman"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// demo is a sign request that the server is willing to make. A browser names it, and chooses nothing else.
type demo struct {
	txJSON      json.RawMessage
	options     xaman.Options
	instruction string
	summary     payload.Summary
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
		instruction: "Sign in to the Corner Shop",
		summary:     payload.Summary{Site: demoSite, Type: "SignIn", Network: demoNetwork},
	},
	"pay": {
		txJSON: json.RawMessage(`{"TransactionType":"Payment","Destination":"` + demoShop +
			`","DestinationTag":4711,"Amount":"2500000"}`),
		options:     xaman.Options{Submit: true, Expire: 5, ForceNetwork: demoNetwork},
		instruction: "Two coffees",
		summary: payload.Summary{
			Site: demoSite, Type: "Payment", Amount: "2.5", Currency: "XRP", Destination: demoShop, Network: demoNetwork,
		},
	},
}
