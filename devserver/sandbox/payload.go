package sandbox

import (
	"encoding/json"
	"math"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// payload is one sign request. Its methods decide; none of them touches the clock.
type payload struct {
	UUID    string
	app     *app
	Created time.Time
	Expires time.Time
	Pushed  bool

	txType   string
	Template json.RawMessage // as the developer sent it, normalised
	tx       transaction     // the same, decoded
	Options  options
	Meta     customMeta

	// WebOpened tells that the platform's own QR page was loaded, so that the phone need not have
	// come by a link.
	WebOpened        bool
	Opened           bool
	OpenedByDeeplink *bool
	Cancelled        bool
	Signing          *signing // nil unless the phone is between accept and the result

	Outcome *outcome      // nil until signed or rejected
	Visible time.Time     // when the database shows the outcome
	Lag     time.Duration // more than the platform's own until it does

	Webhooks []*webhook // that are still to be delivered
}

// signing is what the phone is about, once its user has accepted.
type signing struct {
	Account   string // its address
	Network   network
	Misbehave []string
	Result    string // what the phone's node answered, once it did
}

// outcome is what the phone sent back.
type outcome struct {
	Signed     bool
	At         time.Time
	CallRef    string
	Signature  signature
	Network    network
	Token      userToken // if signed
	Dispatched string    // what the phone says its node answered, "" until it does
	Misbehaved []string
	Origin     string
}

// options are a payload's options in force.
type options struct {
	Submit, Multisign                bool
	Expire                           time.Duration
	Signers                          []string
	ForceNetwork                     string
	Pathfinding, PathfindingFallback bool
	Immutable, ForceAccount          bool
	ReturnApp, ReturnWeb             string
}

// customMeta is the developer's own data; it is sent to every listener.
type customMeta struct {
	Identifier  *string         `json:"identifier"`
	Blob        json.RawMessage `json:"blob"`
	Instruction *string         `json:"instruction"`
}

func newPayload(uuid string, a *app, in creation, now time.Time) *payload {
	return &payload{
		UUID:     uuid,
		app:      a,
		Created:  now,
		Expires:  now.Add(in.options.Expire),
		txType:   in.template.text("TransactionType"),
		Template: marshal(in.template),
		tx:       in.template,
		Options:  in.options,
		Meta:     in.meta,
	}
}

// size is roughly what the payload takes in memory.
func (pl *payload) size() int { return len(pl.Template) + len(pl.Meta.Blob) + 1024 }

func (pl *payload) expired(now time.Time) bool { return now.After(pl.Expires) }

// finished reports whether nothing can happen to the payload any more, and nobody is still to be told of it.
func (pl *payload) finished(now time.Time) bool {
	switch {
	case pl.Signing != nil || len(pl.Webhooks) > 0:
		return false
	case pl.Outcome != nil:
		return pl.recorded(now) != nil
	case pl.Opened: // it may be signed late
		return now.Sub(pl.Expires) > keepExpired
	}
	return pl.Cancelled || pl.expired(now)
}

// recorded is the outcome as the database shows it, which trails the phone.
func (pl *payload) recorded(now time.Time) *outcome {
	if pl.Outcome == nil || now.Before(pl.Visible) {
		return nil
	}
	return pl.Outcome
}

func secondsUntil(t, now time.Time) int { return int(math.Floor(t.Sub(now).Seconds())) }

// cancel applies a DELETE: whether it had an effect, and the platform's reason. The order of the
// cases is the platform's.
func (pl *payload) cancel(now time.Time) (cancelled bool, reason string) {
	switch {
	case pl.Cancelled:
		return false, "ALREADY_CANCELLED"
	case pl.recorded(now) != nil:
		return false, "ALREADY_RESOLVED"
	case pl.expired(now):
		return false, "ALREADY_EXPIRED"
	case pl.Opened:
		return false, "ALREADY_OPENED"
	}
	pl.Cancelled = true
	pl.Expires = now
	return true, "OK"
}

// state is the payload in one word, as the phone sees it. A payload that was opened in time and is
// past its expiry is "expired", yet may still become "signed" or "rejected".
func (pl *payload) state(now time.Time) string {
	switch {
	case pl.Outcome != nil && pl.Outcome.Signed:
		return "signed"
	case pl.Outcome != nil:
		return "rejected"
	case pl.Cancelled:
		return "cancelled"
	case pl.expired(now):
		return "expired"
	case pl.Opened:
		return "opened"
	}
	return "pending"
}

// pseudo reports whether the payload is signed but is no ledger transaction.
func (pl *payload) pseudo() bool { return pseudoTypes[pl.txType] }

// submits reports whether the phone sends the signed transaction to a node.
func (pl *payload) submits() bool {
	return pl.Options.Submit && !pl.Options.Multisign && !pl.pseudo()
}

var placeholder = regexp.MustCompile(`(?i)\{(id|cid|txid|txblob)\}`)

// returnURL fills in the placeholders of a return URL as far as they are known: those that only a
// signature gives stay until the payload is resolved, and are empty when there is none.
func (pl *payload) returnURL(raw string, o *outcome) *string {
	if raw == "" {
		return nil
	}
	filled := placeholder.ReplaceAllStringFunc(raw, func(name string) string {
		switch strings.ToLower(name) {
		case "{id}":
			return pl.UUID
		case "{cid}":
			if pl.Meta.Identifier == nil {
				return ""
			}
			return strings.ReplaceAll(url.QueryEscape(*pl.Meta.Identifier), "+", "%20")
		}
		if o == nil {
			return name
		}
		if strings.EqualFold(name, "{txid}") {
			return o.Signature.TxID
		}
		return o.Signature.Blob
	})
	return &filled
}
