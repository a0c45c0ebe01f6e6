package view

import (
	"slices"
	"unicode/utf8"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// How many facts are shown at once. The others are folded.
const (
	factsOfCard    = 4
	factsOfCompact = 3
)

// mostCharacters is how much is shown of a text that others have written.
const mostCharacters = 1000

// facts list what is signed, so that the visitor can match this page with the phone: the important ones, and the rest.
// When all is well, the receipt says the important ones.
func (in *Input) facts(phase payload.Phase) (first []Fact, more More) {
	all := in.asked()
	count := factsOfCard
	switch {
	case phase == payload.PhaseVerified:
		count = 0
	case in.Layout == LayoutCompact:
		count = factsOfCompact
	}
	count = min(count, len(all))
	if long := slices.IndexFunc(all[:count], Fact.long); long >= 0 {
		count = long
	}
	if len(all) > count {
		more = More{in.Texts.text("label.more"), all[count:]}
	}
	return all[:count], more
}

// long reports whether a fact needs more than two lines or three, as a memo may.
func (f Fact) long() bool { return utf8.RuneCountInString(f.Value) > 120 }

// asked lists all that is to be signed, the important things first.
func (in *Input) asked() (all []Fact) {
	t, s := in.Texts, in.State.Answer.Summary
	add := func(label, value string, exact bool) {
		if value = payload.Readable(value, mostCharacters); value != "" {
			all = append(all, Fact{Label: label, Value: value, Exact: exact})
		}
	}
	amount := func(label string, a payload.Amount) {
		add(label, in.amount(a.Value, a.Currency), false)
	}
	main := payload.Amount{Value: s.Amount, Currency: s.Currency, Issuer: s.Issuer}
	if s.Type != "" {
		add(t.text("fact.type"), t.oneOf("type", s.Type), false)
	}
	amount(t.text("fact.amount"), main)
	for _, a := range s.Amounts {
		amount(t.oneOf("field", a.Field), a)
	}
	add(t.text("fact.destination"), s.Destination, true)
	add(t.text("fact.tag"), s.DestinationTag, true)
	seen := map[payload.Amount]bool{}
	for _, a := range append([]payload.Amount{main}, s.Amounts...) {
		token := payload.Amount{Currency: a.Currency, Issuer: a.Issuer}
		if !seen[token] {
			add(in.issuerOf(a.Currency), a.Issuer, true)
		}
		seen[token] = true
	}
	for _, f := range s.Fields {
		label := payload.Readable(f.Name, mostName)
		if key := "field." + f.Name; t.has(key) {
			label = t.text(key)
		}
		if at, ok := in.timeOf(f.Value); ok {
			add(label, at, false)
		} else {
			add(label, f.Value, true)
		}
	}
	add(t.text("fact.memo"), s.Memo, false)
	add(t.text("fact.fee"), in.amount(s.MaxFee, "XRP"), false)
	if badge(s.Network) == "" {
		add(t.text("fact.network"), s.Network, true)
	}
	return all
}

// amount writes an amount as the language does, or nothing if there is none.
func (in *Input) amount(value, currency string) string {
	if value == "" {
		return ""
	}
	return in.Texts.text("amount.value",
		"amount", in.Formats.Number(payload.Readable(value, mostName)), "currency", payload.Readable(currency, mostName))
}

// issuerOf is the label of who issues a currency.
func (in *Input) issuerOf(currency string) string {
	return in.Texts.text("fact.issuer", "currency", payload.Readable(currency, mostName))
}

// timeOf writes a time as the language does; ok is false if the text is none.
func (in *Input) timeOf(text string) (written string, ok bool) {
	at, ok := parseTime(text)
	if !ok {
		return "", false
	}
	return in.Formats.Time(at), true
}

// danger says what a request gives away, if it gives power over the account.
func (in *Input) danger() string {
	if key := "danger." + in.State.Answer.Summary.Type; in.Texts.has(key) {
		return in.Texts.text(key)
	}
	return ""
}

// networks are the names of those that the platform knows by a key.
var networks = map[string]string{"MAINNET": "", "TESTNET": "Testnet", "DEVNET": "Devnet", "XAHAU": "Xahau",
	"XAHAUTESTNET": "Xahau Testnet"}

// mostName is how many characters a name has at most.
const mostName = 64

// badge is the name of a network that is not Mainnet.
func badge(network string) string {
	if name, known := networks[network]; known {
		return name
	}
	return payload.Readable(network, mostName)
}

// site is who asks, and the words by which screen and phone can be matched.
func (in *Input) site() Site {
	summary := in.State.Answer.Summary
	s := Site{
		Name: payload.Readable(summary.Site, mostName), Network: badge(summary.Network),
		Label: in.Texts.text("label.request"), Request: in.State.UUID.Short(),
	}
	if payload.SafeLink(summary.Icon) {
		s.Icon = summary.Icon
	}
	return s
}

// receipt is what the visitor keeps, in the words of the backend, which has verified it.
func (in *Input) receipt() Receipt {
	t, got := in.Texts, in.State.Answer.Result
	r := Receipt{Amount: in.amount(got.Amount, got.Currency)}
	add := func(label, value string, exact bool) {
		if value = payload.Readable(value, mostCharacters); value != "" {
			r.Facts = append(r.Facts, Fact{Label: label, Value: value, Exact: exact})
		}
	}
	if got.Amount != "" {
		add(t.text("receipt.from"), got.Account, true)
		add(t.text("receipt.to"), got.Destination, true)
		add(in.issuerOf(got.Currency), got.Issuer, true)
	} else {
		add(t.text("fact.account"), got.Account, true)
	}
	at, _ := in.timeOf(got.Time)
	add(t.text("receipt.time"), at, false)
	if hash := payload.Readable(got.TxID, mostName); hash != "" {
		r.Hash = Fact{Label: t.text("receipt.hash"), Value: hash, Exact: true}
	}
	if got.Explorer != "" {
		r.Proof = Anchor{t.text("action.explorer"), got.Explorer}
	}
	if in.Continue != "" {
		r.Continue = Anchor{t.text("action.continue"), in.Continue}
	}
	return r
}
