package verify_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log"

	"github.com/xaman-live/xaman-live/devserver/ledger"
	"github.com/xaman-live/xaman-live/devserver/verify"
	"github.com/xaman-live/xaman-live/devserver/xaman"
)

const (
	template = `{"TransactionType":"Payment","Destination":"rEVuVGY3BXfqmNk1bb8i9aJALwHpZBZ3gN","Amount":"1500000",` +
		`"DestinationTag":99}`
	txid   = "C86FECC327DA4A55107835F413A7F5C8DE2F0EA6A612C4A117B5FD674B2734E2"
	signed = "1200002405397FB12E00000063201B0570210761400000000016E36068400000000000000C732102BC86171F64C540BD8B7DE9EF" +
		"6FB214ABE1A1FF163E173410F329D9E2C2948BB77446304402201FF0FCF6060AE320844A88C32D38B991DF0C9C7DCC712991640A62F59C" +
		"BA35EE022042340F81EBFA8A71F615DFC6E7D0C0E8834305D39D02C8D8C5101843557A52D281147E2A5CA7E2389311B78A4B2ED5638E9F" +
		"31952F8C83149F0938DF686389A2E6775BF2BD052DEDFC7E0F75"
)

// node has the payment in a validated ledger. In life it is a [ledger.Client].
type node struct{}

func (node) Server(context.Context) (ledger.Server, error) {
	return ledger.Server{NetworkID: new(uint32(1)), Validated: 91_234_000}, nil
}

func (node) Account(context.Context, string) (ledger.Account, error) { return ledger.Account{}, nil }

func (node) Transaction(context.Context, string, ledger.Range) (ledger.Transaction, error) {
	return ledger.Transaction{
		Hash: txid, Validated: true, Result: "tesSUCCESS", LedgerIndex: 91_233_999, Delivered: json.RawMessage(`"1500000"`),
	}, nil
}

// A payment is judged: first on what the platform shows, then on what the ledger says, and last on whether its
// transaction has counted before, which only the site's own record can say.
func Example() {
	order := verify.Order{
		UUID: "9a2c7a52-3c1e-4b53-9d4e-5f1b8c1f0a77", Application: "0d0f6f5e-7a53-4a6b-8f0e-3f9c1f6f2a11",
		Identifier: "order-7",
		Network:    "TESTNET", NetworkID: 1, Submit: true, TxJSON: json.RawMessage(template), Ledger: 91_233_990,
	}
	shown := xaman.Payload{
		Meta:        xaman.Meta{Exists: true, UUID: string(order.UUID), Resolved: true, Signed: true},
		Application: xaman.Application{UUID: order.Application},
		Payload:     xaman.Body{TxType: "Payment", RequestJSON: json.RawMessage(template)},
		Response: xaman.Response{
			Hex: signed, TxID: txid, Account: "rUWatX5ZR8maS7nvTgrS83AfWU3QWfDvoE", DispatchedNodeType: "TESTNET",
		},
		CustomMeta: xaman.Custom{Identifier: order.Identifier},
	}
	blob := verify.ReadBlob(shown.Response.Hex)
	checks := verify.Checks(order, shown, blob, verify.Evidence{})
	fmt.Println(verify.Verdict(checks))

	evidence, err := verify.Gather(context.Background(), order, blob, checks, node{}, verify.Evidence{})
	if err != nil {
		log.Fatal(err)
	}
	checks = verify.Checks(order, shown, blob, evidence)
	fmt.Println(verify.Verdict(checks), verify.Claimable(checks))

	checks = verify.Claimed(checks, true) // the record had it free
	fmt.Println(verify.Verdict(checks), verify.Result(order, blob, evidence).Amount)
	// Output:
	// checking
	// checking true
	// verified 1.5
}
