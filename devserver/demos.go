package main

import (
	"encoding/json"

	"github.com/xaman-live/xaman-live/devserver/backend"
	"github.com/xaman-live/xaman-live/devserver/xaman"
)

const (
	demoSite      = "Corner Shop"
	demoNetwork   = "TESTNET"
	demoNetworkID = 1
	demoShop      = "rPT1Sjq2YGrBMTttX4GZHjKu9dyfzbpAYe" // the Testnet faucet's
)

// demos is what the site offers. A browser names one, and chooses nothing else.
var demos = map[string]backend.Offer{
	"sign-in": {
		TxJSON:      json.RawMessage(`{"TransactionType":"SignIn"}`),
		Options:     xaman.Options{Expire: 5},
		Instruction: "Sign in to the Corner Shop at {host}. Accept only if that is where you came from.",
	},
	"pay": {
		TxJSON: json.RawMessage(`{"TransactionType":"Payment","Destination":"` + demoShop +
			`","DestinationTag":4711,"Amount":"2500000"}`),
		Options:     xaman.Options{Submit: true, Expire: 5},
		Instruction: "Two coffees, at {host}",
	},
}
