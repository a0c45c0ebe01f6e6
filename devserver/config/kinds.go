package config

import (
	"context"
	"encoding/json"
	"fmt"
	"math/big"
	"regexp"
	"strings"

	"github.com/xaman-live/xaman-live/devserver/backend"
	"github.com/xaman-live/xaman-live/devserver/verify"
	"github.com/xaman-live/xaman-live/wasm/api"
)

func (o *offered) signIn() backend.Offer {
	return o.fixed(map[string]any{"TransactionType": "SignIn"}, false)
}

func (o *offered) payment() backend.Offer {
	o.account("to", o.To)
	of := o.asset()
	tx := o.paid(of, o.sum("amount", o.Amount, of))
	if o.has(o.key + ".send_max") {
		if of.issuer == "" {
			o.wrong(o.key+".send_max", "is for tokens, whose issuer may take a fee")
		}
		tx["SendMax"] = of.field(o.sum("send_max", o.SendMax, of))
	}
	return o.fixed(tx, true)
}

// paid is a payment of so much.
func (o *offered) paid(of asset, value *big.Rat) map[string]any {
	tx := map[string]any{"TransactionType": "Payment", "Destination": o.To, "Amount": of.field(value)}
	if o.Tag != nil {
		tx["DestinationTag"] = *o.Tag
	}
	return tx
}

// donation is an offer whose amount the visitor chooses, within bounds.
func (o *offered) donation() backend.Offer {
	o.account("to", o.To)
	of := o.asset()
	least, most := o.sum("min", o.Min, of), o.sum("max", o.Max, of)
	if least.Cmp(most) > 0 {
		o.wrong(o.key+".max", "is less than min")
	}
	if o.has(o.key + ".amount") {
		if usual := o.sum("amount", o.Amount, of); usual.Cmp(least) < 0 || usual.Cmp(most) > 0 {
			o.wrong(o.key+".amount", "is not from min to max")
		}
	}
	// All that is open is the amount, which goes in between these two as well as anything else does.
	order := o.order(text(o.paid(of, least)), true)
	refused := &api.Error{Code: api.AmountRefused, Message: fmt.Sprintf("The amount has to be from %s to %s %s, as in %s.",
		o.Min, o.Max, of, o.Min)}
	return backend.Offer{
		Label: o.Label, Type: "Payment",
		Order: func(_ context.Context, v backend.Visitor) (backend.Order, error) {
			chosen := v.Amount
			if chosen == "" {
				chosen = o.Amount
			}
			value, err := of.parse(chosen)
			if err != nil || value.Cmp(least) < 0 || value.Cmp(most) > 0 {
				return backend.Order{}, refused
			}
			order := order
			order.TxJSON = text(o.paid(of, value))
			return order, nil
		},
	}
}

func (o *offered) trustLine() backend.Offer {
	of := o.asset()
	return o.fixed(map[string]any{
		"TransactionType": "TrustSet", "LimitAmount": of.field(o.sum("limit", o.Limit, of)),
	}, true)
}

// tfSellNFToken is the flag of an offer to sell.
const tfSellNFToken = 1

// bid is an offer to buy an NFT that somebody has.
func (o *offered) bid() backend.Offer {
	tx := o.priced()
	tx["Owner"] = o.Owner
	o.account("owner", o.Owner)
	return o.fixed(tx, true)
}

// sale is an offer to sell an NFT that the visitor has.
func (o *offered) sale() backend.Offer {
	tx := o.priced()
	tx["Flags"] = tfSellNFToken
	if o.has(o.key + ".to") {
		o.account("to", o.To)
		tx["Destination"] = o.To
	}
	return o.fixed(tx, true)
}

func (o *offered) priced() map[string]any {
	of := o.asset()
	o.hash("nft", o.NFT)
	return map[string]any{
		"TransactionType": "NFTokenCreateOffer", "NFTokenID": o.NFT, "Amount": of.field(o.sum("amount", o.Amount, of)),
	}
}

// acceptance takes up an offer to sell an NFT that is there.
func (o *offered) acceptance() backend.Offer {
	o.hash("offer", o.Offer)
	return o.fixed(map[string]any{"TransactionType": "NFTokenAcceptOffer", "NFTokenSellOffer": o.Offer}, true)
}

// transaction is any template. It is submitted unless the file says otherwise, or nothing can be.
func (o *offered) transaction() backend.Offer {
	tx := json.RawMessage(o.TxJSON)
	submit := !verify.Order{TxJSON: tx}.SignIn()
	if o.Submit != nil {
		submit = *o.Submit
	}
	return backend.Fixed(o.Label, o.order(tx, submit))
}

var (
	letters = regexp.MustCompile(`^[A-Za-z0-9?!@#$%^&*<>(){}\[\]|]{3}$`)
	longer  = regexp.MustCompile(`^[!-~]{4,20}$`)
	code    = regexp.MustCompile(`^[0-9A-Fa-f]{40}$`)
	hash    = regexp.MustCompile(`^[0-9A-Fa-f]{64}$`)
)

// asset is what the offer's amounts are of.
func (o *offered) asset() asset {
	key, name := o.key+".currency", o.Currency
	switch {
	case name == "" && o.Issuer == "" || name == "XRP" && o.Issuer == "":
		return asset{}
	case name == "" || strings.EqualFold(name, "XRP"):
		o.wrong(o.key+".issuer", "is that of a token, which needs a currency, as in USD")
	case o.Issuer == "":
		o.wrong(key, "is %q, a token, which needs an issuer", name)
		return asset{}
	case code.MatchString(name), letters.MatchString(name):
	case longer.MatchString(name):
		name = fmt.Sprintf("%X", append([]byte(name), make([]byte, 20-len(name))...))
	default:
		o.wrong(key, "is %q, and has to be three letters, up to 20, or 40 hexadecimal digits", name)
	}
	o.account("issuer", o.Issuer)
	return asset{name, o.Issuer, o.Currency}
}

// sum reads an amount.
func (o *offered) sum(key, written string, of asset) *big.Rat {
	value, err := of.parse(written)
	if err != nil {
		o.wrong(o.key+"."+key, "is %q, which %v", written, err)
		return new(big.Rat)
	}
	return value
}

// account checks the address of one.
func (o *offered) account(key, written string) {
	tx := text(map[string]string{"TransactionType": "AccountDelete", "Destination": written})
	if err := (verify.Order{TxJSON: tx, Unmarked: true}).Validate(); err != nil {
		o.wrong(o.key+"."+key, "is %q, which is not the address of an account", written)
	}
}

// hash checks the id of an object on the ledger.
func (o *offered) hash(key, written string) {
	if !hash.MatchString(written) {
		o.wrong(o.key+"."+key, "is %q, and has to be 64 hexadecimal digits", written)
	}
}
