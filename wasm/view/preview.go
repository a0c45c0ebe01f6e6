package view

import (
	"fmt"
	"slices"
	"time"

	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// What the canned requests speak of.
const (
	previewUUID  = payload.UUID("4f2a7a52-3c1e-4b53-9d4e-5f1b8c1f0a77")
	previewPayer = "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh"
	previewShop  = "rEVuVGY3BXfqmNk1bb8i9aJALwHpZBZ3gN"
	previewHash  = "73734B611DDA23D3F5F62E20A173B78AB8406AC5015094DA53F53D39B9EDB06C"
)

// previews are canned cards: each phase, the cards that share one, and requests of each kind.
var previews = []struct {
	name string
	set  func(*Input) // changes a payment that waits to be scanned
}{
	{"loading", func(in *Input) { in.Link = "" }},
	{"waiting", func(*Input) {}},
	{"clipped", func(in *Input) { in.Clipped = true }},
	{"copied", func(in *Input) { in.Copied, in.CopiedUntil = Copy, in.Now.Add(time.Hour) }},
	{"copy-by-hand", func(in *Input) { in.ByHand = in.Link }},
	{"pushed", func(in *Input) { in.State.Pushed = true }},
	{"opened", func(in *Input) { in.State.Opened = true }},
	{"opened-again", func(in *Input) { in.State.Opened, in.ShowQR = true, true }},
	{"expired-opened", func(in *Input) { in.State.Opened, in.State.Expired = true, true }},
	{"kept", func(in *Input) { in.State.Opened, in.State.Expired, in.Kept = true, true, KeptOpen }},
	{"signing", func(in *Input) { in.State.PreSigned = true }},
	{"submitting", func(in *Input) { in.State.Dispatched = true }},
	{"signed", func(in *Input) { in.judged(payload.VerdictChecking, payload.Pending, api.NotOnLedgerYet) }},
	{"verified", paid},
	{"receipt", func(in *Input) { paid(in); in.Continue = "https://shop.example/thanks" }},
	{"signed-in", func(in *Input) {
		paid(in)
		signsIn(in)
		in.State.Answer.Result = payload.Result{Account: previewPayer, Network: "TESTNET"}
	}},
	{"unverified", func(in *Input) { in.refused(api.OtherAmount) }},
	{"not-signed-in", func(in *Input) { in.refused(api.OtherAccount); signsIn(in) }},
	{"rejected", status(payload.StatusRejected)},
	{"expired", status(payload.StatusExpired)},
	{"expired-once", func(in *Input) { in.State.Answer.Status, in.Renewable = payload.StatusExpired, false }},
	{"cancelled", status(payload.StatusCancelled)},
	{"not-found", func(in *Input) { in.State.NotFound = true }},
	{"elsewhere", func(in *Input) {
		in.State = payload.State{NotFound: true}
		in.Link, in.Connection, in.Known, in.Touch, in.Renewable = "", payload.Closed, true, true, false
	}},
	{"reconnecting", func(in *Input) { in.Connection = payload.Reconnecting }},
	{"polling", func(in *Input) { in.Connection = payload.Polling }},
	{"offline", func(in *Input) { in.Connection = payload.Offline }},
	{"silent", func(in *Input) { in.Unanswered = 1 }},
	{"silent-signed", func(in *Input) {
		in.judged(payload.VerdictChecking, payload.Pending, api.NotOnLedgerYet)
		in.Unanswered = 1
	}},
	{"not-verified", func(in *Input) { in.State.Alone, in.State.Announced = true, payload.AnnouncedSigned }},
	{"trying", func(in *Input) {
		in.Connection, in.Failure, in.Trying, in.Known = payload.Offline, payload.BackendUnreachable, true, true
	}},
	{"outdated", func(in *Input) { in.Unanswered, in.Outdated = 1, true }},
	{"amount", func(in *Input) {
		in.Failure, in.Reason = api.AmountRefused, "Between 1 and 100 XRP can be given."
	}},
	{"failed", func(in *Input) { in.Failure = payload.BackendUnreachable }},
	{"unsafe", func(in *Input) { in.Failure = payload.UnsafeLink }},

	{"sign-in", signsIn},
	{"pay-with-token", asks(payload.Summary{
		Type: "Payment", Amount: "1250.75", Currency: "USD", Issuer: previewPayer, Destination: previewShop,
		DestinationTag: "4711", Memo: "Lunch for four, with oat milk for table 4", MaxFee: "0.01",
		Amounts: []payload.Amount{{Field: "SendMax", Value: "1300", Currency: "USD", Issuer: previewPayer}},
	})},
	{"trust-line", asks(payload.Summary{Type: "TrustSet", MaxFee: "0.01",
		Amounts: []payload.Amount{{Field: "LimitAmount", Value: "100", Currency: "USD", Issuer: previewShop}}})},
	{"exchange", asks(payload.Summary{Type: "OfferCreate", MaxFee: "0.01", Amounts: []payload.Amount{
		{Field: "TakerGets", Value: "10", Currency: "XRP"},
		{Field: "TakerPays", Value: "25", Currency: "USD", Issuer: previewShop}}})},
	{"buy-nft", asks(payload.Summary{Type: "NFTokenCreateOffer", MaxFee: "0.01",
		Amounts: []payload.Amount{{Field: "Amount", Value: "15", Currency: "XRP"}}})},
	{"check", asks(payload.Summary{Type: "CheckCreate", Destination: previewShop, DestinationTag: "12", MaxFee: "0.01",
		Amounts: []payload.Amount{{Field: "SendMax", Value: "15", Currency: "XRP"}}})},
	{"channel", asks(payload.Summary{Type: "PaymentChannelAuthorize", Amount: "5", Currency: "XRP"})},
	{"account-settings", asks(payload.Summary{Type: "AccountSet", MaxFee: "0.01",
		Fields: []payload.Field{{Name: "Domain", Value: "shop.example"}, {Name: "SetFlag", Value: "asfRequireDest"}}})},
	{"regular-key", asks(payload.Summary{Type: "SetRegularKey", MaxFee: "0.01",
		Fields: []payload.Field{{Name: "RegularKey", Value: previewShop}}})},
	{"signer-list", asks(payload.Summary{Type: "SignerListSet", MaxFee: "0.01", Fields: []payload.Field{
		{Name: "SignerQuorum", Value: "2"}, {Name: "SignerEntry", Value: previewShop + " (1)"},
		{Name: "SignerEntry", Value: previewPayer + " (1)"}}})},
	{"delegate", asks(payload.Summary{Type: "DelegateSet", MaxFee: "0.01",
		Fields: []payload.Field{{Name: "Authorize", Value: previewShop}, {Name: "Permission", Value: "Payment"}}})},
	{"delete-account", asks(payload.Summary{Type: "AccountDelete", Destination: previewShop, MaxFee: "2"})},
	{"batch", asks(payload.Summary{Type: "Batch", MaxFee: "0.01"})},
	{"loan", asks(payload.Summary{Type: "LoanSet", MaxFee: "0.01"})},
	{"sponsor", asks(payload.Summary{Type: "SponsorshipSet", MaxFee: "0.01"})},
	{"unknown-kind", asks(payload.Summary{Type: "SomethingNew", MaxFee: "0.01"})},
}

// Previews lists what [Preview] can show.
var Previews = func() (names []string) {
	for _, p := range previews {
		names = append(names, p.name)
	}
	return names
}()

// Preview fills in with canned data for one of [Previews], to show a card without a request: in a gallery of all cards,
// or to design a page.
func Preview(in Input, name string, now time.Time) (Input, error) {
	i := slices.Index(Previews, name)
	if i < 0 {
		return Input{}, fmt.Errorf("no preview is named %q", name)
	}
	in.Now, in.Link = now, "https://xumm.app/sign/"+string(previewUUID)
	in.Connection, in.Renewable = payload.Live, true
	in.State = payload.State{UUID: previewUUID, Deadline: now.Add(272 * time.Second),
		Answer: payload.Answer{UUID: previewUUID}}
	asks(payload.Summary{Type: "Payment", Amount: "2.5", Currency: "XRP", Destination: previewShop})(&in)
	previews[i].set(&in)
	return in, nil
}

func asks(summary payload.Summary) func(*Input) {
	summary.Site, summary.Network = "Corner Shop", "TESTNET"
	return func(in *Input) { in.State.Answer.Summary = summary }
}

func signsIn(in *Input) { asks(payload.Summary{Type: SignIn})(in) }

func status(is payload.Status) func(*Input) {
	return func(in *Input) { in.State.Answer.Status = is }
}

func paid(in *Input) {
	in.judged(payload.VerdictVerified, payload.Pass, api.OnLedger)
	in.State.Answer.Result = payload.Result{
		Account: previewPayer, Network: "TESTNET", Amount: "2.5", Currency: "XRP", Destination: previewShop,
		TxID: previewHash, Time: "2026-03-01T12:00:00Z", Explorer: "https://testnet.xrpl.org/transactions/" + previewHash,
	}
}

func (in *Input) refused(why api.Detail) {
	in.judged(payload.VerdictUnverified, payload.Skipped, api.OtherCheckFailed)
	in.State.Answer.Checks[2].Outcome, in.State.Answer.Checks[2].Code = payload.Fail, string(why)
}

// judged has the request signed, and the backend's verdict so far: how it stands with the ledger is the last check.
func (in *Input) judged(verdict payload.Verdict, last payload.Outcome, why api.Detail) {
	in.State.Opened = true
	a := &in.State.Answer
	a.Status, a.Verdict = payload.StatusSigned, verdict
	a.Checks = []payload.Check{
		{Name: api.CheckResolved, Outcome: payload.Pass, Code: string(api.Signed)},
		{Name: api.CheckNetwork, Outcome: payload.Pass, Code: string(api.RightNetwork)},
		{Name: api.CheckRequest, Outcome: payload.Pass, Code: string(api.AsAsked)},
		{Name: api.CheckLedger, Outcome: last, Code: string(why)},
	}
}
