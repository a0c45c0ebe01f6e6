package backend

import (
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/xaman-live/xaman-live/devserver/record"
	"github.com/xaman-live/xaman-live/devserver/verify"
	"github.com/xaman-live/xaman-live/devserver/xaman"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// Observer is told what happens to sign requests, to count it. Its methods may be called at the same time, and return
// at once.
type Observer interface {
	// Order says what has happened to one: it was created, opened or signed, or what [Verdict] tells.
	Order(event string)
	// Judged says which checks a verdict rests on.
	Judged(checks []payload.Check)
}

// nobody is an observer who does not care.
type nobody struct{}

func (nobody) Order(string)           {}
func (nobody) Judged([]payload.Check) {}

// The log has a trail for each sign request: what happened to it, and what the platform and the node said when that was
// news. Of the UUID it has the beginning: who knows the whole may listen to the payload. That of several requests may
// be the same, but hardly at the same time.

// about names a request in the log.
func about(uuid payload.UUID) slog.Attr { return slog.String("uuid", string(uuid[:min(8, len(uuid))])) }

// trail is the log of a request.
func (b *Backend) trail(e record.Entry) *slog.Logger {
	log := b.log.With(about(e.Order.UUID))
	if e.Reference != "" {
		log = log.With("reference", e.Reference)
	}
	return log
}

// began tells that a request was created.
func (b *Backend) began(e record.Entry, pushed bool) {
	b.observer.Order("created")
	b.trail(e).Info("order", "event", "created", "offer", e.Purpose, "type", e.Summary.Type, "network", e.Order.Network,
		"pushed", pushed)
}

// changed tells what has become of a request.
func (b *Backend) changed(before, after record.Entry) {
	switch s := after.Answer.Status; {
	case s == before.Answer.Status:
	case s == payload.StatusOpened, s == payload.StatusSigned:
		b.observer.Order(string(s))
		b.trail(after).Info("order", "event", s)
	}
	what := event(before, after)
	if what == "" {
		return
	}
	b.observer.Order(what)
	said := []any{"event", what, "after", time.Since(after.Order.Created).Round(time.Millisecond)}
	if what == EventVerified || what == EventUnverified {
		b.observer.Judged(after.Answer.Checks)
		said = append(said, "checks", reasons(after.Answer.Checks), "txid", after.Answer.Result.TxID)
	}
	b.trail(after).Info("order", said...)
}

// reasons are checks in a line: their names and outcomes, and of those that have failed the reason.
func reasons(checks []payload.Check) string {
	all := make([]string, len(checks))
	for i, c := range checks {
		all[i] = c.Name + "=" + string(c.Outcome)
		if c.Outcome == payload.Fail {
			all[i] += fmt.Sprintf(" (%s: %s)", c.Code, c.Detail)
		}
	}
	return strings.Join(all, " ")
}

// platformSaid tells what the platform said of a request, if that is news.
func (b *Backend) platformSaid(before record.Entry, p xaman.Payload, took time.Duration) {
	if statusOf(p.Meta) == before.Answer.Status && (before.Signed == nil ||
		before.Signed.Response.DispatchedNodeType == p.Response.DispatchedNodeType) {
		return
	}
	var said []string
	for _, fact := range []struct {
		name string
		is   bool
	}{
		{"opened", p.Meta.AppOpened}, {"resolved", p.Meta.Resolved}, {"signed", p.Meta.Signed},
		{"cancelled", p.Meta.Cancelled}, {"expired", p.Meta.Expired}, {"blob", p.Response.Hex != ""},
		{"submitted", p.Response.DispatchedNodeType != ""},
	} {
		if fact.is {
			said = append(said, fact.name)
		}
	}
	b.trail(before).Info("platform", "says", strings.Join(said, " "), "took", took.Round(time.Millisecond))
}

// nodeSaid tells what the node said of a request, if that is news.
func (b *Backend) nodeSaid(before record.Entry, now verify.Evidence, took time.Duration) {
	says := inShort(before.Order, now)
	if says == inShort(before.Order, before.Evidence) {
		return
	}
	newest := uint32(0)
	if now.Server != nil {
		newest = now.Server.Validated
	}
	b.trail(before).Info("node", "says", says, "newest", newest, "took", took.Round(time.Millisecond))
}

// inShort is what evidence about an order amounts to.
func inShort(o verify.Order, e verify.Evidence) string {
	switch t := e.Transaction; {
	case e.Trouble != "":
		return "no usable answer: " + e.Trouble
	case e.Server == nil:
		return "nothing yet"
	case e.Server.NetworkID != nil && *e.Server.NetworkID != o.NetworkID:
		return fmt.Sprintf("it is on the network with id %d", *e.Server.NetworkID)
	case t != nil && t.Validated && t.Delivered != nil:
		return fmt.Sprintf("%s in ledger %d, delivered %s", t.Result, t.LedgerIndex, t.Delivered)
	case t != nil && t.Validated:
		return fmt.Sprintf("%s in ledger %d", t.Result, t.LedgerIndex)
	case t != nil:
		return "the transaction is not validated yet"
	case e.Impossible:
		return "the transaction is in none of the ledgers that it could be in"
	}
	if !o.Submit {
		return "who may sign"
	}
	return "no such transaction yet"
}
