package api

import (
	"errors"
	"strings"

	"github.com/valyala/fastjson"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// What is shown of an answer may be this long at most. The longest is a memo, of which a ledger takes 1 kB.
const (
	maxText = 4 << 10 // bytes
	maxList = 100
)

// reader reads what is shown of an answer. Members of another type are as if they were not there.
type reader struct {
	err error // something is too long; completes a sentence that begins with "backend's answer"
}

func (r *reader) text(v *fastjson.Value, key string) string {
	s := text(v, key)
	if len(s) > maxText {
		r.err = errors.New("has a text that is too long")
	}
	return s
}

func (r *reader) list(v *fastjson.Value, key string) []*fastjson.Value {
	list := v.GetArray(key)
	if len(list) > maxList {
		r.err = errors.New("has a list that is too long")
	}
	return list
}

func (r *reader) checks(v *fastjson.Value) (all []payload.Check) {
	for _, c := range r.list(v, "checks") {
		check := payload.Check{
			Name:    r.text(c, "name"),
			Outcome: payload.Outcome(text(c, "outcome")),
			Code:    text(c, "code"),
			Detail:  r.text(c, "detail"),
		}
		if !isCode(check.Code) {
			check.Code = ""
		}
		all = append(all, check)
	}
	return all
}

// isCode reports whether a text may be a [Detail], which is a part of the name of a text.
func isCode(s string) bool {
	return len(s) <= 64 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

func (r *reader) result(v *fastjson.Value) payload.Result {
	return payload.Result{
		Account:     r.text(v, "account"),
		TxID:        r.text(v, "txid"),
		Network:     r.text(v, "network"),
		Amount:      r.text(v, "amount"),
		Currency:    r.text(v, "currency"),
		Issuer:      r.text(v, "issuer"),
		Destination: r.text(v, "destination"),
		Time:        r.text(v, "time"),
		Explorer:    r.text(v, "explorer"),
	}
}

func (r *reader) summary(v *fastjson.Value) payload.Summary {
	s := payload.Summary{
		Site:           r.text(v, "site"),
		Icon:           r.text(v, "icon"),
		Type:           r.text(v, "type"),
		Amount:         r.text(v, "amount"),
		Currency:       r.text(v, "currency"),
		Issuer:         r.text(v, "issuer"),
		Destination:    r.text(v, "destination"),
		DestinationTag: r.text(v, "destination_tag"),
		Memo:           r.text(v, "memo"),
		MaxFee:         r.text(v, "max_fee"),
		Network:        r.text(v, "network"),
	}
	for _, a := range r.list(v, "amounts") {
		s.Amounts = append(s.Amounts, payload.Amount{
			Field:    r.text(a, "field"),
			Value:    r.text(a, "value"),
			Currency: r.text(a, "currency"),
			Issuer:   r.text(a, "issuer"),
		})
	}
	for _, f := range r.list(v, "fields") {
		s.Fields = append(s.Fields, payload.Field{Name: r.text(f, "name"), Value: r.text(f, "value")})
	}
	if !payload.SafeLink(s.Icon) {
		s.Icon = "" // a picture is nothing to give up the request for
	}
	return s
}
