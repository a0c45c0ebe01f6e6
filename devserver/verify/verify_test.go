package verify

import (
	"encoding/json"
	"testing"

	"github.com/xaman-live/xaman-live/devserver/xaman"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

func payment() (Order, xaman.Payload) {
	const template = `{"TransactionType":"Payment","Destination":"rShop","DestinationTag":4711,"Amount":"2500000"}`
	o := Order{
		UUID: "9a2c7a52-3c1e-4b53-9d4e-5f1b8c1f0a77", Application: "app", Identifier: "order-1", Network: "TESTNET", Submit: true,
		TxJSON: json.RawMessage(template),
	}
	testnet := int64(1)
	return o, xaman.Payload{
		Meta:        xaman.Meta{Exists: true, UUID: "9A2C7A52-3c1e-4b53-9d4e-5f1b8c1f0a77", Resolved: true, Signed: true},
		Application: xaman.Application{UUID: "app"},
		Payload:     xaman.Body{TxType: "Payment", RequestJSON: json.RawMessage(template)},
		Response: xaman.Response{
			Hex: "12", TxID: "AB", Account: "rCustomer",
			DispatchedNodeType: "TESTNET", EnvironmentNodeType: "TESTNET", EnvironmentNetworkID: &testnet,
		},
		CustomMeta: xaman.Custom{Identifier: "order-1"},
	}
}

func signIn() (Order, xaman.Payload) {
	o, p := payment()
	o.Submit, o.TxJSON = false, json.RawMessage(`{"TransactionType":"SignIn"}`)
	p.Payload = xaman.Body{TxType: "SignIn", RequestJSON: json.RawMessage(`{"TransactionType":"SignIn","SignIn":true}`)}
	p.Response.DispatchedNodeType = ""
	return o, p
}

func TestChecks(t *testing.T) {
	tests := []struct {
		name    string
		base    func() (Order, xaman.Payload)
		change  func(*Order, *xaman.Payload)
		check   string // the one that does not pass
		outcome payload.Outcome
		verdict payload.Verdict
	}{
		{"payment", payment, nil, "", "", payload.VerdictVerified},
		{"sign-in", signIn, nil, "", "", payload.VerdictVerified},
		{"signed after expiry", payment, func(_ *Order, p *xaman.Payload) { p.Meta.Expired = true }, "", "", payload.VerdictVerified},

		{"does not exist", payment, func(_ *Order, p *xaman.Payload) { p.Meta.Exists = false }, Resolved, payload.Fail, payload.VerdictUnverified},
		{"not resolved", payment, func(_ *Order, p *xaman.Payload) { p.Meta.Resolved = false }, Resolved, payload.Fail, payload.VerdictUnverified},
		{"declined", payment, func(_ *Order, p *xaman.Payload) { p.Meta.Signed = false }, Resolved, payload.Fail, payload.VerdictUnverified},
		{"cancelled", payment, func(_ *Order, p *xaman.Payload) { p.Meta.Cancelled = true }, Resolved, payload.Fail, payload.VerdictUnverified},
		{"no blob", payment, func(_ *Order, p *xaman.Payload) { p.Response.Hex = "" }, Resolved, payload.Fail, payload.VerdictUnverified},
		{"no txid", signIn, func(_ *Order, p *xaman.Payload) { p.Response.TxID = "" }, Resolved, payload.Fail, payload.VerdictUnverified},
		{"no account", signIn, func(_ *Order, p *xaman.Payload) { p.Response.Account = "" }, Resolved, payload.Fail, payload.VerdictUnverified},

		{"another payload", payment, func(_ *Order, p *xaman.Payload) { p.Meta.UUID = "x" }, Owner, payload.Fail, payload.VerdictUnverified},
		{"another application", payment, func(_ *Order, p *xaman.Payload) { p.Application.UUID = "x" }, Owner, payload.Fail, payload.VerdictUnverified},
		{"another identifier", payment, func(_ *Order, p *xaman.Payload) { p.CustomMeta.Identifier = "" }, Owner, payload.Fail, payload.VerdictUnverified},

		{"submitted elsewhere", payment, func(_ *Order, p *xaman.Payload) { p.Response.DispatchedNodeType = "MAINNET" }, Network, payload.Fail, payload.VerdictUnverified},
		{"signed elsewhere", signIn, func(_ *Order, p *xaman.Payload) { p.Response.EnvironmentNodeType = "MAINNET" }, Network, payload.Fail, payload.VerdictUnverified},
		{"submitted here, signed elsewhere", payment, func(_ *Order, p *xaman.Payload) { p.Response.EnvironmentNodeType = "DEVNET" }, Network, payload.Fail, payload.VerdictUnverified},
		{"network's name here, its id elsewhere", payment, func(_ *Order, p *xaman.Payload) { *p.Response.EnvironmentNetworkID = 0 }, Network, payload.Fail, payload.VerdictUnverified},
		{"testnet money for a mainnet order", payment, func(o *Order, _ *xaman.Payload) { o.Network = "MAINNET" }, Network, payload.Fail, payload.VerdictUnverified},
		{"no network id", payment, func(_ *Order, p *xaman.Payload) { p.Response.EnvironmentNetworkID = nil }, "", "", payload.VerdictVerified},
		{"not submitted yet", payment, func(_ *Order, p *xaman.Payload) { p.Response.DispatchedNodeType = "" }, Network, payload.Pending, payload.VerdictChecking},
		{"no network", signIn, func(_ *Order, p *xaman.Payload) { p.Response.EnvironmentNodeType = "" }, Network, payload.Fail, payload.VerdictUnverified},

		{"another amount", payment, func(_ *Order, p *xaman.Payload) {
			p.Payload.RequestJSON = json.RawMessage(`{"TransactionType":"Payment","Destination":"rShop","DestinationTag":4711,"Amount":"1"}`)
		}, Request, payload.Fail, payload.VerdictUnverified},
		{"another type", payment, func(_ *Order, p *xaman.Payload) { p.Payload.TxType = "OfferCreate" }, Request, payload.Fail, payload.VerdictUnverified},
		{"sign-in for a payment", payment, func(_ *Order, p *xaman.Payload) { _, s := signIn(); p.Payload = s.Payload }, Request, payload.Fail, payload.VerdictUnverified},
		{"payment for a sign-in", signIn, func(_ *Order, p *xaman.Payload) { _, s := payment(); p.Payload = s.Payload }, Request, payload.Fail, payload.VerdictUnverified},
		{"no request", payment, func(_ *Order, p *xaman.Payload) { p.Payload.RequestJSON = nil }, Request, payload.Fail, payload.VerdictUnverified},
		{"null request", payment, func(_ *Order, p *xaman.Payload) { p.Payload.RequestJSON = json.RawMessage(`null`) }, Request, payload.Fail, payload.VerdictUnverified},
		{"no record", payment, func(o *Order, p *xaman.Payload) { o.TxJSON = nil }, Request, payload.Fail, payload.VerdictUnverified},
		{"failing beats pending", payment, func(_ *Order, p *xaman.Payload) {
			p.Response.DispatchedNodeType, p.Response.EnvironmentNodeType = "", "MAINNET"
		}, Network, payload.Fail, payload.VerdictUnverified},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o, p := tt.base()
			if tt.change != nil {
				tt.change(&o, &p)
			}
			checks := Checks(o, p)
			for i, name := range []string{Resolved, Owner, Network, Request, TxID, Signature, Signer, Ledger, Delivered, SingleUse} {
				want := payload.Pass
				switch {
				case name == tt.check:
					want = tt.outcome
				case i >= 4:
					want = payload.Skipped
				}
				if c := checks[i]; c.Name != name || c.Outcome != want || c.Detail == "" {
					t.Errorf("got check %+v, want %s %s with a detail", c, name, want)
				}
			}
			if got := Verdict(checks); got != tt.verdict {
				t.Errorf("got verdict %s, want %s", got, tt.verdict)
			}
		})
	}
}

func TestVerdictFailsClosed(t *testing.T) {
	good := func() []payload.Check { return Checks(payment()) }
	tests := []struct {
		name   string
		checks []payload.Check
		want   payload.Verdict
	}{
		{"all pass", good(), payload.VerdictVerified},
		{"no checks", nil, payload.VerdictUnverified},
		{"one is missing", good()[1:], payload.VerdictUnverified},
		{"a needed one is skipped", append(good()[1:], skipped(Resolved, "")), payload.VerdictUnverified},
		{"one is pending", append(good(), pending(Ledger, "")), payload.VerdictChecking},
		{"one fails after one is pending", append(good(), pending(Ledger, ""), fail(SingleUse, "")), payload.VerdictUnverified},
		{"an outcome is not known", append(good(), payload.Check{Name: "x", Outcome: "probably"}), payload.VerdictUnverified},
		{"an outcome is empty", append(good(), payload.Check{Name: "x"}), payload.VerdictUnverified},
		{"pending alone", []payload.Check{pending(Network, "")}, payload.VerdictUnverified},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Verdict(tt.checks); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}
