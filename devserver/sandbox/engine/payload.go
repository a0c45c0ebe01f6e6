package engine

import (
	"encoding/json"
	"math"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// Payload is one sign request, as it was at one moment.
type Payload struct {
	UUID       string
	App        string // the key of its owner
	Identified bool   // it is the one that its identifier stands for
	Created    time.Time
	Expires    time.Time
	Pushed     bool

	Template json.RawMessage // as the developer sent it, normalised
	Tx       Transaction     `json:"-"` // the same, decoded
	Options  Options
	Meta     CustomMeta

	// WebOpened tells that the platform's own QR page was loaded, so that the phone need not have
	// come by a link.
	WebOpened        bool
	Opened           bool
	OpenedByDeeplink *bool
	Cancelled        bool
	Signing          *Signing // nil unless the phone is between accept and the result

	Outcome *Outcome      // nil until signed or rejected
	Visible time.Time     // when the database shows the outcome
	Lag     time.Duration // more than the platform's own until it does

	Races bool // it can be cancelled also when it is open, as one that is opened at the same moment

	Webhooks []*Webhook // that are still to be delivered
}

// Signing is what the phone is about, once its user has accepted.
type Signing struct {
	Account   string // its address
	Network   Network
	Misbehave []string // how the phone errs, by name
	Result    string   // what the phone's node answered, once it did
}

// Outcome is what the phone sent back. A caller of [Engine.Resolve] sets what it knows of Signed, Signature, Network,
// Dispatched and Misbehaved; the rest is the platform's.
type Outcome struct {
	Signed     bool
	At         time.Time
	CallRef    string
	Signature  Signature
	Network    Network
	Token      UserToken // if signed
	Dispatched string    // what the phone says its node answered, "" until it does
	Misbehaved []string
	Origin     string
}

// Signature is what the phone sends to the platform when it has signed.
type Signature struct {
	Blob, TxID       string
	Account, Signer  string
	PublicKey        string
	MultisignAccount string
}

// Network is a ledger that a phone can be on.
type Network struct {
	Key  string
	ID   int
	Node string
}

// Options are a payload's options in force.
type Options struct {
	Submit, Multisign                bool
	Expire                           time.Duration
	Signers                          []string
	ForceNetwork                     string
	Pathfinding, PathfindingFallback bool
	Immutable, ForceAccount          bool
	ReturnApp, ReturnWeb             string
}

// CustomMeta is the developer's own data; it is sent to every listener.
type CustomMeta struct {
	Identifier  *string         `json:"identifier"`
	Blob        json.RawMessage `json:"blob"`
	Instruction *string         `json:"instruction"`
}

// size is roughly what the payload takes in memory.
func (pl *Payload) size() int { return len(pl.Template) + len(pl.Meta.Blob) + 1024 }

// Type is the transaction type that is asked for.
func (pl *Payload) Type() string { return pl.Tx.Text("TransactionType") }

// Expired reports whether the payload can no longer be opened. One that was opened in time can still be signed.
func (pl *Payload) Expired(now time.Time) bool { return pl.Cancelled || now.After(pl.Expires) }

// finished reports whether nothing can happen to the payload any more, and nobody is still to be told of it.
func (pl *Payload) finished(now time.Time) bool {
	switch {
	case pl.Signing != nil || len(pl.Webhooks) > 0:
		return false
	case pl.Outcome != nil:
		return pl.Recorded(now) != nil
	case pl.Opened: // it may be signed late
		return now.Sub(pl.Expires) > keepExpired
	}
	return pl.Cancelled || pl.Expired(now)
}

// Recorded is the outcome as the database shows it, which trails the phone; nil if it shows none.
func (pl *Payload) Recorded(now time.Time) *Outcome {
	if pl.Outcome == nil || now.Before(pl.Visible) {
		return nil
	}
	return pl.Outcome
}

// State is a payload in one word, as the phone sees it.
type State string

// A payload that was opened in time and is past its expiry is StateExpired, yet may
// still become StateSigned or StateRejected.
const (
	StatePending   State = "pending"
	StateOpened    State = "opened"
	StateSigned    State = "signed"
	StateRejected  State = "rejected"
	StateExpired   State = "expired"
	StateCancelled State = "cancelled"
)

// State returns the payload's state at now.
func (pl *Payload) State(now time.Time) State {
	switch {
	case pl.Outcome != nil && pl.Outcome.Signed:
		return StateSigned
	case pl.Outcome != nil:
		return StateRejected
	case pl.Cancelled:
		return StateCancelled
	case pl.Expired(now):
		return StateExpired
	case pl.Opened:
		return StateOpened
	}
	return StatePending
}

// Pseudo reports whether requests of a type are signed like transactions but never reach a ledger.
func Pseudo(txType string) bool { return txType == "SignIn" || txType == "PaymentChannelAuthorize" }

// Submits reports whether the phone sends the signed transaction to a node.
func (pl *Payload) Submits() bool {
	return pl.Options.Submit && !pl.Options.Multisign && !Pseudo(pl.Type())
}

var placeholder = regexp.MustCompile(`(?i)\{(id|cid|txid|txblob)\}`)

// ReturnURL fills in the placeholders of a return URL as far as they are known: those that only a signature gives stay
// until there is an outcome. It is nil for the empty URL.
func (pl *Payload) ReturnURL(raw string, o *Outcome) *string {
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

func secondsUntil(t, now time.Time) int { return int(math.Floor(t.Sub(now).Seconds())) }
