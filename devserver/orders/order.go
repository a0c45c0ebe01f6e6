package orders

import (
	"encoding/json"

	"github.com/xaman-live/xaman-live/devserver/backend"
	"github.com/xaman-live/xaman-live/devserver/strictjson"
	"github.com/xaman-live/xaman-live/devserver/verify"
	"github.com/xaman-live/xaman-live/devserver/xaman"
)

const (
	maxExpire    = 30 * 24 * 60 // minutes
	maxReference = 200          // bytes
)

// order is the body of a POST. What is to be signed has the names that the platform's own POST has for it.
type order struct {
	TxJSON     json.RawMessage `json:"txjson"`
	Options    *options        `json:"options"`
	CustomMeta *customMeta     `json:"custom_meta"`
	Network    string          `json:"network"`
	Account    string          `json:"account"`
	Created    json.RawMessage `json:"created"` // the platform's create response

	Offer  string `json:"offer"`  // in the place of all above
	Amount string `json:"amount"` // for an offer that takes one

	Reference string `json:"reference"`
	Callback  string `json:"callback"`
	UserToken string `json:"user_token"`
	View      view   `json:"view"`
}

type options struct {
	Submit    *bool           `json:"submit"` // nil: true, but for a sign-in, as at the platform
	Expire    *int            `json:"expire"` // minutes
	ReturnURL xaman.ReturnURL `json:"return_url"`
}

type customMeta struct {
	Instruction string          `json:"instruction"`
	Blob        json.RawMessage `json:"blob"`
}

// readOrder reads a body, and says what is wrong with it.
func readOrder(data []byte) (order, error) {
	var o order
	if err := strictjson.UnmarshalKnown(data, &o); err != nil {
		return order{}, unreadable(err)
	}
	o.TxJSON, o.Created = given(o.TxJSON), given(o.Created)
	if o.CustomMeta != nil {
		o.CustomMeta.Blob = given(o.CustomMeta.Blob)
	}
	switch {
	case len(o.TxJSON) == 0 && o.Offer == "":
		return order{}, badRequest("Say what is to be signed: send txjson, a transaction template, or the name of an offer.")
	case o.Offer != "" && (len(o.TxJSON) > 0 || o.Options != nil || o.CustomMeta != nil || o.Network+o.Account != "" ||
		len(o.Created) > 0):
		return order{}, badRequest("An offer says itself what is to be signed: beside it there may be amount, reference, " +
			"callback, user_token and view.")
	case o.Offer == "" && o.Amount != "":
		return order{}, badRequest("An amount is for an offer that takes one. That of a transaction is in txjson.")
	case len(o.Created) > 0 && o.UserToken != "":
		return order{}, badRequest("The payload is there already, so nobody is told of it: leave out user_token.")
	case o.Options != nil && o.Options.Expire != nil && (*o.Options.Expire < 1 || *o.Options.Expire > maxExpire):
		return order{}, badRequest("The member options.expire is in minutes, from 1 to %d.", maxExpire)
	case len(o.Reference) > maxReference:
		return order{}, badRequest("The reference is longer than %d bytes.", maxReference)
	}
	return o, o.View.check()
}

// given is what a member holds, and nothing if that is null: so it is with all members that are not kept as JSON.
func given(member json.RawMessage) json.RawMessage {
	if string(member) == "null" {
		return nil
	}
	return member
}

// wanted is the order for the backend.
func (o order) wanted() backend.Order {
	w := backend.Order{
		TxJSON: o.TxJSON, Network: o.Network, Account: o.Account, Created: o.Created, Offer: o.Offer,
		Amount:    o.Amount,
		Reference: o.Reference, Callback: o.Callback, UserToken: o.UserToken,
	}
	if o.Offer == "" {
		w.Options.Submit = !verify.Order{TxJSON: o.TxJSON}.SignIn()
	}
	if o.Options != nil {
		w.Options.ReturnURL = o.Options.ReturnURL
		if o.Options.Submit != nil {
			w.Options.Submit = *o.Options.Submit
		}
		if o.Options.Expire != nil {
			w.Options.Expire = *o.Options.Expire
		}
	}
	if o.CustomMeta != nil {
		w.Instruction, w.Custom = o.CustomMeta.Instruction, o.CustomMeta.Blob
	}
	return w
}
