package verify

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestValidate(t *testing.T) {
	none := func(*Order) {}
	unmarked := func(o *Order) { o.Unmarked = true }
	kept := func(o *Order) { o.Submit = false }
	const noPrice = `{"TransactionType":"Payment"}`
	by := func(account string) func(*Order) { return func(o *Order) { o.ExpectAccount = account } }
	network := func(id uint32) func(*Order) { return func(o *Order) { o.NetworkID = id } }
	mpt := func(value string) string {
		return `{"mpt_issuance_id":"` + strings.Repeat("01", 24) + `","value":"` + value + `"}`
	}
	without := func(name string) string {
		fields := document(t, paymentTemplate).(tx)
		delete(fields, name)
		text, _ := json.Marshal(fields)
		return marked(t, string(text))
	}
	with := func(name, value string) string {
		base := without(name)
		return base[:len(base)-1] + `,"` + name + `":` + value + "}"
	}
	of := func(account string) string { return with("Account", `"`+account+`"`) }
	on := func(id string) string { return with("NetworkID", id) }
	tests := []struct {
		name     string
		template string
		change   func(*Order)
		why      string // "": it is valid
	}{
		{"payment", marked(t, paymentTemplate), none, ""},
		{"sign-in", marked(t, bareSignIn), kept, ""},
		{"anything else", marked(t, bareAccount), none, ""},
		{"payment without a mark", paymentTemplate, none, "no mark"},
		{"payment with a memo for a mark", `{"TransactionType":"Payment","Amount":"1","Memos":[]}`, none, "no mark"},
		{"sign-in without a mark", bareSignIn, kept, "no mark"},
		{"sign-in that wants no mark", bareSignIn, func(o *Order) { o.Submit, o.Unmarked = false, true }, ""},
		{"payment that wants no mark", paymentTemplate, unmarked, ""},
		{"bad template", `{"TransactionType":"Payment","Amount":"1.5"}`, unmarked, "read the template"},
		{"submitted sign-in", marked(t, bareSignIn), none, "submitted"},
		{"payment without amount", marked(t, noPrice), none, "amount"},
		{"payment without amount, not submitted", marked(t, noPrice), kept, ""},
		{"one account", marked(t, paymentTemplate), func(o *Order) { o.ExpectAccount = secp }, ""},
		{"no account", marked(t, paymentTemplate), func(o *Order) { o.ExpectAccount = secp[1:] }, "not the address"},
		{"the same account twice", of(secp), by(secp), ""},
		{"another account", of(ed), by(secp), ed + ", and " + secp + " has to sign"},
		{"another account for a sign-in", marked(t, `{"TransactionType":"SignIn","Account":"`+ed+`"}`),
			func(o *Order) { o.Submit, o.ExpectAccount = false, secp }, "has to sign"},

		{"another network", on("0"), none, "NetworkID is 0, and the id of TESTNET is 1"},
		{"another network, not submitted", on("21337"), kept, "NetworkID is 21337"},
		{"a network whose transactions do not name it", on("1"), none, "up to 1024"},
		{"the same, not submitted", on("1"), kept, ""},
		{"a network whose transactions name it", on("1025"), network(1025), ""},
		{"the last whose transactions do not", on("1024"), network(1024), "up to 1024"},
		{"a network that is not known", on("21337"), func(o *Order) { o.Network, o.NetworkID = "", 0 }, ""},

		{"payment to nobody", without("Destination"), none, "without a Destination"},
		{"payment to nobody, not submitted", without("Destination"), kept, ""},
		{"payment of the payee's", of(shop), none, "to the account that pays it"},
		{"payment by the payee", marked(t, paymentTemplate), by(shop), "to the account that pays it"},
		{"payment of nothing", with("Amount", `"0"`), none, "Amount has to be more than nothing"},
		{"payment of nothing, not submitted", with("Amount", `"0"`), kept, ""},
		{"payment of the least", with("Amount", `"1"`), none, ""},
		{"payment of no token", with("Amount", usd("0")), none, "Amount has"},
		{"payment of less than no token", with("Amount", usd("-1")), none, "Amount has"},
		{"payment of the least token", with("Amount", usd("1e-81")), none, ""},
		{"payment of no MPT", with("Amount", mpt("0")), none, "Amount has"},
		{"payment of one MPT", with("Amount", mpt("1")), none, ""},
		{"payment with nothing", with("SendMax", usd("0")), none, "SendMax has"},
		{"payment of nothing at least", with("DeliverMin", `"0"`), none, "DeliverMin has"},
		{"escrow for its owner", marked(t, `{"TransactionType":"EscrowCreate","Account":"`+shop+`","Destination":"`+shop+
			`","Amount":"1"}`), none, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := payment(t).order
			o.TxJSON = json.RawMessage(tt.template)
			tt.change(&o)
			err := o.Validate()
			if (err == nil) != (tt.why == "") || err != nil && !strings.Contains(err.Error(), tt.why) {
				t.Errorf("got %v, want %q", err, tt.why)
			}
		})
	}
}
