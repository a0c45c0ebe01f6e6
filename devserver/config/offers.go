package config

import (
	"cmp"
	"encoding/json"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/xaman-live/xaman-live/devserver/backend"
	"github.com/xaman-live/xaman-live/devserver/verify"
	"github.com/xaman-live/xaman-live/devserver/xaman"
)

// kind is one of the kinds of offers.
type kind struct {
	need, may []string // keys, besides those that all have
	make      func(*offered) backend.Offer
}

// common are the keys that all kinds have.
var common = []string{"kind", "label", "instruction", "network", "callback", "expire"}

var kinds = map[string]kind{
	"payment":     {[]string{"to", "amount"}, []string{"tag", "currency", "issuer", "send_max"}, (*offered).payment},
	"donation":    {[]string{"to", "min", "max"}, []string{"tag", "amount", "currency", "issuer"}, (*offered).donation},
	"sign-in":     {nil, nil, (*offered).signIn},
	"trust-line":  {[]string{"currency", "issuer", "limit"}, nil, (*offered).trustLine},
	"nft-offer":   {}, // see sides
	"transaction": {[]string{"txjson"}, []string{"submit"}, (*offered).transaction},
}

// sides are the kinds of offers for NFTs.
var sides = map[string]kind{
	"buy":    {[]string{"side", "nft", "owner", "amount"}, []string{"currency", "issuer"}, (*offered).bid},
	"sell":   {[]string{"side", "nft", "amount"}, []string{"to", "currency", "issuer"}, (*offered).sale},
	"accept": {[]string{"side", "offer"}, nil, (*offered).acceptance},
}

const (
	defaultExpire = 5 // minutes
	mostExpire    = 24 * 60
	mostText      = 280 // characters that a phone shows
)

var offerName = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,63}$`)

func (r *reader) offers(f file) map[string]backend.Offer {
	offers := map[string]backend.Offer{}
	for _, name := range slices.Sorted(maps.Keys(f.Offers)) {
		o := &offered{reader: r, offer: f.Offers[name], key: join([]string{"offers", name})}
		if !offerName.MatchString(name) {
			r.wrong(o.key, "has to be of small letters, digits, - and _, and at most 64 of them")
		}
		if k, ok := o.chosen(); ok && o.takes(k) {
			o.common(f)
			o.Label = cmp.Or(o.Label, name)
			offers[name] = k.make(o)
		}
	}
	return offers
}

// offered is an offer of a file, with its key.
type offered struct {
	*reader
	offer
	key string
}

// chosen is the offer's kind.
func (o *offered) chosen() (kind, bool) {
	k, known := kinds[o.Kind]
	if !known {
		o.wrong(o.key+".kind", "is %q, and has to be one of %s", o.Kind, listed(kinds))
		return k, false
	}
	if k.make != nil {
		return k, true
	}
	k, known = sides[o.Side]
	if !known {
		o.wrong(o.key+".side", "is %q, and has to be one of %s", o.Side, listed(sides))
	}
	return k, known
}

func listed(kinds map[string]kind) string { return strings.Join(slices.Sorted(maps.Keys(kinds)), ", ") }

// takes reports whether the offer has the keys that its kind needs, and no others.
func (o *offered) takes(k kind) bool {
	ok := true
	all := slices.Concat(common, k.need, k.may)
	for _, key := range keysOf(reflect.TypeFor[offer]()) {
		switch there := o.has(o.key + "." + key); {
		case there && !slices.Contains(all, key):
			o.wrong(o.key+"."+key, "is not a key of a %s, which has %s", o.Kind, strings.Join(all, ", "))
			ok = false
		case !there && slices.Contains(k.need, key):
			o.wrong(o.key, "is a %s and needs %s, as in %s = %s", o.Kind, key, key, examples[key])
			ok = false
		}
	}
	return ok
}

// examples are values of the keys that kinds need.
var examples = map[string]string{
	"to": `"rPT1Sjq2YGrBMTttX4GZHjKu9dyfzbpAYe"`, "amount": `"2.5"`, "min": `"1"`, "max": `"100"`, "limit": `"1000"`,
	"currency": `"USD"`, "issuer": `"rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh"`,
	"owner": `"rPT1Sjq2YGrBMTttX4GZHjKu9dyfzbpAYe"`, "nft": `"0008…0001"`, "offer": `"5A2F…71C0"`,
	"txjson": `'{"TransactionType":"AccountSet"}'`,
}

// common checks the keys that all kinds have.
func (o *offered) common(f file) {
	if n := utf8.RuneCountInString(o.Instruction); n > mostText {
		o.wrong(o.key+".instruction", "has %d characters, and a phone shows %d", n, mostText)
	}
	if _, there := f.Networks[o.Network]; o.Network != "" && !there {
		o.wrong(o.key+".network", "is %q, which is none of the networks", o.Network)
	}
	if _, there := f.Callbacks[o.Callback]; o.Callback != "" && !there {
		o.wrong(o.key+".callback", "is %q, which is none of the callbacks", o.Callback)
	}
	if o.Expire == nil {
		o.Expire = new(defaultExpire)
	}
	if *o.Expire < 1 || *o.Expire > mostExpire {
		o.wrong(o.key+".expire", "is %d, and has to be 1 to %d minutes", *o.Expire, mostExpire)
	}
}

// fixed is an offer of one order for everybody.
func (o *offered) fixed(tx map[string]any, submit bool) backend.Offer {
	return backend.Fixed(o.Label, o.order(text(tx), submit))
}

// order is what is to be signed, which is made sure to be something that can be verified.
func (o *offered) order(tx json.RawMessage, submit bool) backend.Order {
	signed := verify.Order{TxJSON: tx, Submit: submit}
	if len(o.problems) == 0 && signed.Marked() {
		o.wrong(o.key, "says itself what makes it one of a kind, InvoiceID or Memos, which every visitor would get: "+
			"leave it out")
	}
	signed.Unmarked = true
	if err := signed.Validate(); len(o.problems) == 0 && err != nil {
		o.wrong(o.key, "could never be verified: %v", err)
	}
	return backend.Order{
		TxJSON: tx, Options: xaman.Options{Submit: submit, Expire: *o.Expire},
		Instruction: o.Instruction, Network: o.Network, Callback: o.Callback,
	}
}
