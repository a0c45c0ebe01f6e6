package verify

import (
	"cmp"
	"errors"
	"fmt"

	addresscodec "github.com/Peersyst/xrpl-go/address-codec"
)

// Validate says why an order could never be verified, whatever is signed for it. It wants to be asked before anybody is
// asked to sign: a phone would sign, and money may move, for nothing.
func (o Order) Validate() error {
	t, err := parseTemplate(o.TxJSON)
	if err != nil {
		return fmt.Errorf("read the template: %w", err)
	}
	account := address(t.fields.value("Account"))
	switch {
	case !o.Unmarked && !t.marked():
		return errors.New("the template has no mark of its own")
	case o.Submit && t.kind == signIn:
		return errors.New("a sign-in cannot be submitted")
	case o.ExpectAccount != "" && !addresscodec.IsValidClassicAddress(o.ExpectAccount):
		return fmt.Errorf("%.40q, which has to sign, is not the address of an account", o.ExpectAccount)
	case o.ExpectAccount != "" && account != "" && account != o.ExpectAccount:
		return fmt.Errorf("the template's Account is %s, and %s has to sign", account, o.ExpectAccount)
	}
	if err := o.elsewhere(t); err != nil {
		return err
	}
	if o.Submit && t.kind == "Payment" {
		return t.unpayable(cmp.Or(o.ExpectAccount, account))
	}
	return nil
}

// maxUnnamed is the greatest id of a network whose ledger refuses transactions with a NetworkID.
const maxUnnamed = 1024

// elsewhere says why no transaction with the template's NetworkID could be for the order's network, if that is known.
func (o Order) elsewhere(t template) error {
	id, ok := t.fields.uint32("NetworkID")
	switch {
	case !ok || o.Network == "":
		return nil
	case id != o.NetworkID:
		return fmt.Errorf("the template's NetworkID is %d, and the id of %.40s is %d", id, o.Network, o.NetworkID)
	case o.Submit && id <= maxUnnamed:
		return fmt.Errorf("the ledger of %.40s refuses a NetworkID, as of each network with an id up to %d: leave it out",
			o.Network, maxUnnamed)
	}
	return nil
}

// unpayable says why a payment by the payer, or by anybody if that is "", would deliver nothing to its payee.
func (t template) unpayable(payer string) error {
	payee := address(t.fields.value("Destination"))
	switch {
	case t.fields.get("Amount") == nil:
		return errors.New("a payment without an amount is never enough")
	case payee == "":
		return errors.New("a payment without a Destination is to nobody")
	case payee == payer:
		return fmt.Errorf("a payment to the account that pays it, %s, does not count", payee)
	}
	for _, name := range []string{"Amount", "DeliverMin", "SendMax"} {
		if value := t.fields.value(name); value != nil && newAmount(value).nothing() {
			return fmt.Errorf("the payment's %s has to be more than nothing", name)
		}
	}
	return nil
}
