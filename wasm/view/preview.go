package view

import (
	"fmt"
	"time"

	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// Previews lists what [Preview] can show: each phase, and the cards that share one.
var Previews = []string{
	"loading", "waiting", "pushed", "opened", "signing", "submitting", "signed", "verified", "signed-in", "unverified",
	"rejected",
	"expired", "expired-opened", "cancelled", "not-found", "reconnecting", "polling", "offline", "not-verified", "failed",
	"trying", "silent", "silent-signed", "kept", "elsewhere",
}

// Preview fills in with canned data for one of [Previews], to show a card without a request: in a gallery of all cards,
// or to design a page.
func Preview(in Input, name string, now time.Time) (Input, error) {
	const uuid = payload.UUID("4f2a7a52-3c1e-4b53-9d4e-5f1b8c1f0a77")
	const payer = "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh"
	summary := payload.Summary{
		Site: "Corner Shop", Type: "Payment", Amount: "2.5", Currency: "XRP",
		Destination: "rEVuVGY3BXfqmNk1bb8i9aJALwHpZBZ3gN", Network: "TESTNET",
	}
	in.Link = "https://xumm.app/sign/" + string(uuid)
	in.Connection = payload.Live
	in.Renewable = true
	in.State = payload.State{UUID: uuid, Deadline: now.Add(272 * time.Second),
		Answer: payload.Answer{UUID: uuid, Summary: summary}}
	s := &in.State
	answer := func(status payload.Status, verdict payload.Verdict, first, second payload.Outcome) {
		s.Opened = true
		s.Answer.Status, s.Answer.Verdict = status, verdict
		s.Answer.Checks = []payload.Check{
			{Name: api.CheckResolved, Outcome: payload.Pass, Code: string(api.Signed)},
			{Name: api.CheckNetwork, Outcome: first, Code: string(api.RightNetwork)},
			{Name: api.CheckRequest, Outcome: second, Code: string(api.AsAsked)},
		}
	}
	switch name {
	case "waiting":
	case "loading":
		in.Link = ""
	case "pushed":
		s.Pushed = true
	case "opened":
		s.Opened = true
	case "signing":
		s.PreSigned = true
	case "submitting":
		s.Dispatched = true
	case "signed":
		answer(payload.StatusSigned, payload.VerdictChecking, payload.Pass, payload.Pending)
	case "verified":
		answer(payload.StatusSigned, payload.VerdictVerified, payload.Pass, payload.Pass)
		s.Answer.Result = payload.Result{
			Account: payer, Network: "TESTNET", Amount: "2.5", Currency: "XRP", Destination: summary.Destination,
			Explorer: "https://xumm.app/explorer/testnet/",
		}
	case "signed-in":
		answer(payload.StatusSigned, payload.VerdictVerified, payload.Pass, payload.Pass)
		s.Answer.Summary = payload.Summary{Site: summary.Site, Type: SignIn, Network: summary.Network}
		s.Answer.Result = payload.Result{Account: payer, Network: "TESTNET"}
	case "unverified":
		answer(payload.StatusSigned, payload.VerdictUnverified, payload.Fail, payload.Skipped)
	case "rejected":
		s.Answer.Status = payload.StatusRejected
	case "expired":
		s.Answer.Status = payload.StatusExpired
	case "expired-opened":
		s.Opened, s.Expired = true, true
	case "cancelled":
		s.Answer.Status = payload.StatusCancelled
	case "not-found":
		s.NotFound = true
	case "reconnecting", "polling", "offline":
		in.Connection = payload.Connection(name)
	case "not-verified":
		s.Alone, s.Announced = true, payload.AnnouncedSigned
	case "failed":
		in.Failure = payload.BackendUnreachable
	case "trying":
		in.Connection = payload.Offline
		in.Failure, in.Trying, in.Known = payload.BackendUnreachable, true, true
	case "silent":
		in.Unanswered = 1
	case "silent-signed":
		answer(payload.StatusSigned, payload.VerdictChecking, payload.Pass, payload.Pending)
		in.Unanswered = 1
	case "kept":
		s.Opened, s.Expired, in.Kept = true, true, KeptOpen
	case "elsewhere":
		*s = payload.State{NotFound: true}
		in.Link, in.Connection, in.Known, in.Touch, in.Renewable = "", payload.Closed, true, true, false
	default:
		return Input{}, fmt.Errorf("no preview is named %q", name)
	}
	return in, nil
}
