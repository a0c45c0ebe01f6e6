package backend

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/xaman-live/xaman-live/devserver/verify"
	"github.com/xaman-live/xaman-live/devserver/xaman"
	"github.com/xaman-live/xaman-live/wasm/api"
)

// Offer is a sign request that the site is willing to make. A page names it, and chooses nothing else, but for an
// amount if the offer takes one.
type Offer struct {
	Label string // what a page may call it, in a few words
	Type  string // of its transactions, as in Payment

	// Order says what a visitor is asked to sign. It is called once for each request that is made, at the same time for
	// several visitors, who wait for it. An error that is an [api.Error] with the code [api.AmountRefused] or
	// [api.Forbidden] is told to the visitor; of any other he hears only that something went wrong.
	Order func(ctx context.Context, v Visitor) (Order, error)

	fixed bool // Order is the same for everybody
}

// Visitor is whom an offer is made to.
type Visitor struct {
	// ID is the same as long as his session is: what the site's program calls him, see [Options.Visitor], else 64
	// hexadecimal digits that are good for nothing but to tell him from others.
	ID     string
	Amount string // that his page has chosen; "": none. Nothing says that it is a number, or in bounds
}

// Order is what is to be signed. Only TxJSON has to be there.
type Order struct {
	TxJSON      json.RawMessage // the transaction template, to which a mark is added: see [verify.Mark]
	Unmarked    bool            // asked for as it is, for a wallet that cannot sign a mark: see [verify.Order]
	Options     xaman.Options   // Submit, Expire in minutes, ReturnURL; the rest is said by what follows
	Instruction string          // what the phone shows; {host} stands for the site's
	Custom      json.RawMessage // JSON that the platform keeps with it, and shows to all who watch the request
	Network     string          // one of Options.Networks; "": Options.Network
	Account     string          // address that has to sign; "": any
	MaxFee      uint64          // drops that the fee may be; 0: see [verify.Order]
	Created     json.RawMessage // create response of the payload that the program has made itself; nil: one is to be made
	UserToken   string          // of the user whose phone is told; "": of the visitor, if he has one

	Offer     string // that it is of; without a TxJSON it is what that offer orders
	Amount    string // for an offer that takes one, see [Visitor]
	Reference string // what the site's program calls it
	Callback  string // that is told what becomes of it; "": those of Options.Callbacks
	Asked     string // of what an idempotency key came with, see [Backend.Create]
}

var errFixed = &api.Error{Code: api.AmountRefused, Message: "The amount of this offer is fixed: ask without one."}

// Fixed is an offer that is the same for everybody. It refuses a visitor who has chosen an amount, as what he would be
// asked for is another one.
func Fixed(label string, o Order) Offer {
	order := func(_ context.Context, v Visitor) (Order, error) {
		if v.Amount != "" {
			return Order{}, errFixed
		}
		return o, nil
	}
	return Offer{Label: label, Type: verify.Order{TxJSON: o.TxJSON}.Summary().Type, Order: order, fixed: true}
}

// offered returns what the offer that an order names asks of a visitor, with what the order says itself.
func (b *Backend) offered(ctx context.Context, o Order, v Visitor) (Order, error) {
	offer, ok := b.offers[o.Offer]
	if !ok {
		return Order{}, errUnknownOffer
	}
	asked, err := offer.Order(ctx, v)
	if err != nil {
		return Order{}, fmt.Errorf("offer %q: %w", o.Offer, err)
	}
	asked.Offer, asked.Asked = o.Offer, o.Asked
	asked.Reference = cmp.Or(o.Reference, asked.Reference)
	asked.Callback = cmp.Or(o.Callback, asked.Callback)
	asked.UserToken = cmp.Or(o.UserToken, asked.UserToken)
	return asked, nil
}

// ErrOrder is what an error matches if an order is one that cannot be made, or whose signature could not be verified.
var ErrOrder = errors.New("the order cannot be made")

// demand makes what is asked for one of a kind, unless it is to stay as it is, and makes sure that an answer to it can
// be verified. Its UUID is the platform's to give. The error matches ErrOrder if the order is at fault.
func (b *Backend) demand(o Order, identifier string, now time.Time, newest uint32) (verify.Order, error) {
	network, ok := b.networks[o.Network]
	if !ok {
		return verify.Order{}, fmt.Errorf("%w: this site has no network %q", ErrOrder, o.Network)
	}
	if _, ok := b.callbacks[o.Callback]; !ok && o.Callback != "" {
		return verify.Order{}, fmt.Errorf("%w: this site has no callback %q", ErrOrder, o.Callback)
	}
	d := verify.Order{
		Application:   b.platform.Credentials().Application(),
		Identifier:    identifier,
		Network:       o.Network,
		NetworkID:     network.ID,
		Submit:        o.Options.Submit,
		TxJSON:        o.TxJSON,
		MaxFee:        o.MaxFee,
		Unmarked:      o.Unmarked,
		ExpectAccount: o.Account,
		Created:       now,
		Ledger:        newest,
	}
	if !o.Unmarked {
		random := make([]byte, verify.MarkSize)
		if _, err := io.ReadFull(b.random, random); err != nil {
			return verify.Order{}, fmt.Errorf("order: %w", err)
		}
		var err error
		if d.TxJSON, err = verify.Mark(o.TxJSON, hostOf(b.origin), random); err != nil {
			return verify.Order{}, fmt.Errorf("%w: %w", ErrOrder, err)
		}
	}
	if err := d.Validate(); err != nil {
		return verify.Order{}, fmt.Errorf("%w: %w", ErrOrder, err)
	}
	return d, nil
}

// hostOf is the host, and port if any, of an origin.
func hostOf(origin string) string {
	_, host, _ := strings.Cut(origin, "://")
	return host
}
