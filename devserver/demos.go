package main

import (
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/xaman-live/xaman-live/devserver/backend"
	"github.com/xaman-live/xaman-live/devserver/xaman"
)

const (
	demoSite      = "Corner Shop"
	demoNetwork   = "TESTNET"
	demoNetworkID = 1
	demoShop      = "rPT1Sjq2YGrBMTttX4GZHjKu9dyfzbpAYe" // the Testnet faucet's
	demoIssuer    = "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh" // the ledger's first account, whose key everybody knows
)

// demos is what the site offers: one request of each kind. A browser names one, and chooses nothing else. The sandbox
// lets all of them succeed; on Testnet some need what the visitor may not have, such as tokens.
var demos = map[string]backend.Offer{
	"sign-in": backend.Fixed("Sign in", backend.Order{
		TxJSON:      json.RawMessage(`{"TransactionType":"SignIn"}`),
		Options:     xaman.Options{Expire: 5},
		Instruction: "Sign in to the Corner Shop at {host}. Accept only if that is where you came from.",
	}),
	"pay": demo("Pay 2.5 XRP", "Two coffees, at {host}",
		`"TransactionType":"Payment","Destination":"`+demoShop+`","DestinationTag":4711,"Amount":"2500000"`),
	"pay-with-memo": demo("Pay with a memo", "Two coffees to take away, at {host}",
		`"TransactionType":"Payment","Destination":"`+demoShop+`","Amount":"5000000","Memos":`+demoMemo("Table 4, oat milk")),
	"pay-with-token": demo("Pay 10 USD", "Lunch, at {host}",
		`"TransactionType":"Payment","Destination":"`+demoShop+`","Amount":`+usd(10)+`,"SendMax":`+usd(11)),
	"trust-line": demo("Accept a token", "Hold up to 100 of our USD, at {host}",
		`"TransactionType":"TrustSet","LimitAmount":`+usd(100)),
	"exchange": demo("Offer XRP for USD", "Trade on the ledger's own exchange, at {host}",
		`"TransactionType":"OfferCreate","TakerGets":"10000000","TakerPays":`+usd(25)),
	"add-liquidity": demo("Add to a pool", "Lend XRP and USD to a market maker, at {host}",
		`"TransactionType":"AMMDeposit","Asset":{"currency":"XRP"},"Asset2":{"currency":"USD","issuer":"`+demoIssuer+
			`"},"Amount":"10000000","Amount2":`+usd(25)+`,"Flags":1048576`),
	"mint-nft": demo("Make an NFT", "Your picture of today, at {host}",
		`"TransactionType":"NFTokenMint","NFTokenTaxon":0,"Flags":8,"URI":"`+hex.EncodeToString(
			[]byte("https://shop.example/picture.json"))+`"`),
	"buy-nft": demo("Bid for an NFT", "A cup, signed by the barista, at {host}",
		`"TransactionType":"NFTokenCreateOffer","Owner":"`+demoShop+`","Amount":"15000000","NFTokenID":"`+
			`00080000F667B0CA50CC7709A220B0561B85E53A48461FA80000099A00000001"`),
	"escrow": demo("Put XRP aside", "A deposit for the room, until 2030, at {host}",
		`"TransactionType":"EscrowCreate","Destination":"`+demoShop+`","Amount":"20000000","FinishAfter":946684800`),
	"check": demo("Write a check", "Up to 15 XRP, to be cashed by the shop, at {host}",
		`"TransactionType":"CheckCreate","Destination":"`+demoShop+`","DestinationTag":12,"SendMax":"15000000"`),
	"account-settings": demo("Change settings", "Want a destination tag with every payment, as {host} explains",
		`"TransactionType":"AccountSet","SetFlag":1,"Domain":"`+hex.EncodeToString([]byte("shop.example"))+`"`),
	"regular-key": demo("Let another key sign", "Read first what {host} says of this",
		`"TransactionType":"SetRegularKey","RegularKey":"`+demoIssuer+`"`),
	"signer-list": demo("Share the account", "Read first what {host} says of this",
		`"TransactionType":"SignerListSet","SignerQuorum":2,"SignerEntries":[`+
			`{"SignerEntry":{"Account":"`+demoShop+`","SignerWeight":1}},`+
			`{"SignerEntry":{"Account":"`+demoIssuer+`","SignerWeight":1}}]`),
	"delegate": demo("Let another account pay", "Read first what {host} says of this",
		`"TransactionType":"DelegateSet","Authorize":"`+demoIssuer+`","Permissions":[{"Permission":{"PermissionValue":1}}]`),
	"delete-account": demo("Delete the account", "Read first what {host} says of this",
		`"TransactionType":"AccountDelete","Destination":"`+demoShop+`"`),
}

// demo is an offer whose transaction is submitted.
func demo(label, instruction, fields string) backend.Offer {
	return backend.Fixed(label, backend.Order{
		TxJSON:      json.RawMessage("{" + fields + "}"),
		Options:     xaman.Options{Submit: true, Expire: 5},
		Instruction: instruction,
	})
}

func usd(value int) string {
	return fmt.Sprintf(`{"currency":"USD","issuer":"%s","value":"%d"}`, demoIssuer, value)
}

// demoMemo is a text in the form that the ledger has for it.
func demoMemo(text string) string {
	return fmt.Sprintf(`[{"Memo":{"MemoType":"%x","MemoFormat":"%x","MemoData":"%x"}}]`, "text", "text/plain", text)
}
