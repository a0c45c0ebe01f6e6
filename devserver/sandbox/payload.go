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
	uuid    string
	app     *app
	created time.Time
	expires time.Time
	pushed  bool

	txType   string
	template json.RawMessage // as the developer sent it, normalised
	tx       transaction     // the same, decoded
	options  options
	meta     customMeta

	// webOpened tells that the platform's own QR page was loaded, so that the phone need not have
	// come by a link.
	webOpened        bool
	opened           bool
	openedByDeeplink *bool
	cancelled        bool
	signing          bool // the phone is between accept and the result

	outcome *outcome      // nil until signed or rejected
	visible time.Time     // when the database shows the outcome
	lag     time.Duration // more than the platform's own until it does
}

// outcome is what the phone sent back.
type outcome struct {
	signed     bool
	at         time.Time
	callRef    string
	signature  signature
	network    network
	token      userToken // if signed
	dispatched string    // what the phone says its node answered, "" until it does
	misbehaved []string
	origin     string
}

// options are a payload's options in force.
type options struct {
	submit, multisign                bool
	expire                           time.Duration
	signers                          []string
	forceNetwork                     string
	pathfinding, pathfindingFallback bool
	immutable, forceAccount          bool
	returnApp, returnWeb             string
}

// customMeta is the developer's own data; it is sent to every listener.
type customMeta struct {
	Identifier  *string         `json:"identifier"`
	Blob        json.RawMessage `json:"blob"`
	Instruction *string         `json:"instruction"`
}

func newPayload(uuid string, a *app, in creation, now time.Time) *payload {
	return &payload{
		uuid:     uuid,
		app:      a,
		created:  now,
		expires:  now.Add(in.options.expire),
		txType:   in.template.text("TransactionType"),
		template: marshal(in.template),
		tx:       in.template,
		options:  in.options,
		meta:     in.meta,
	}
}

// size is roughly what the payload takes in memory.
func (pl *payload) size() int { return len(pl.template) + len(pl.meta.Blob) + 1024 }

func (pl *payload) expired(now time.Time) bool { return now.After(pl.expires) }

// recorded is the outcome as the database shows it, which trails the phone.
func (pl *payload) recorded(now time.Time) *outcome {
	if pl.outcome == nil || now.Before(pl.visible) {
		return nil
	}
	return pl.outcome
}

func secondsUntil(t, now time.Time) int { return int(math.Floor(t.Sub(now).Seconds())) }

// cancel applies a DELETE: whether it had an effect, and the platform's reason. The order of the
// cases is the platform's.
func (pl *payload) cancel(now time.Time) (cancelled bool, reason string) {
	switch {
	case pl.cancelled:
		return false, "ALREADY_CANCELLED"
	case pl.recorded(now) != nil:
		return false, "ALREADY_RESOLVED"
	case pl.expired(now):
		return false, "ALREADY_EXPIRED"
	case pl.opened:
		return false, "ALREADY_OPENED"
	}
	pl.cancelled = true
	pl.expires = now
	return true, "OK"
}

// state is the payload in one word, as the phone sees it. A payload that was opened in time and is
// past its expiry is "expired", yet may still become "signed" or "rejected".
func (pl *payload) state(now time.Time) string {
	switch {
	case pl.outcome != nil && pl.outcome.signed:
		return "signed"
	case pl.outcome != nil:
		return "rejected"
	case pl.cancelled:
		return "cancelled"
	case pl.expired(now):
		return "expired"
	case pl.opened:
		return "opened"
	}
	return "pending"
}

// pseudo reports whether the payload is signed but is no ledger transaction.
func (pl *payload) pseudo() bool { return pseudoTypes[pl.txType] }

// submits reports whether the phone sends the signed transaction to a node.
func (pl *payload) submits() bool {
	return pl.options.submit && !pl.options.multisign && !pl.pseudo()
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
			return pl.uuid
		case "{cid}":
			if pl.meta.Identifier == nil {
				return ""
			}
			return strings.ReplaceAll(url.QueryEscape(*pl.meta.Identifier), "+", "%20")
		}
		if o == nil {
			return name
		}
		if strings.EqualFold(name, "{txid}") {
			return o.signature.txid
		}
		return o.signature.blob
	})
	return &filled
}
