package verify

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/Peersyst/xrpl-go/binary-codec/definitions"
)

// The card has a sentence for every kind of transaction that an account can sign, and names what the network knows.
func TestTextsOfTheCardKnowTheNetwork(t *testing.T) {
	file, err := os.ReadFile("../../wasm/view/english.json")
	if err != nil {
		t.Fatal(err)
	}
	var texts map[string]string
	if err := json.Unmarshal(file, &texts); err != nil {
		t.Fatal(err)
	}
	pseudo := []string{"EnableAmendment", "SetFee", "UNLModify", "Invalid"} // the network's own, which nobody signs
	types := definitions.Get().TransactionTypes
	for kind := range types {
		if _, ok := texts["type."+kind]; ok == slices.Contains(pseudo, kind) {
			t.Errorf("%s: got a sentence: %t", kind, ok)
		}
	}
	platform := []string{signIn, "PaymentChannelAuthorize"} // what the platform has besides, for signing alone
	for key := range texts {
		group, name, _ := strings.Cut(key, ".")
		_, known := types[name]
		switch {
		case name == "other":
		case group == "type" && !known && !slices.Contains(platform, name):
			t.Errorf("%s: there is no such type", key)
		case group == "danger" && texts["type."+name] == "":
			t.Errorf("%s: there is no such type", key)
		case group == "field" && kindOf(name) == "":
			t.Errorf("%s: no part of a transaction has that name", key)
		}
	}
	for _, kind := range []string{"SetRegularKey", "SignerListSet", "AccountSet", "DelegateSet", "AccountDelete"} {
		if texts["danger."+kind] == "" {
			t.Errorf("%s: nothing says that it gives away power over the account", kind)
		}
	}
}
