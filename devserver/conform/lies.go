package conform

import (
	"context"
	"fmt"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// lie is a way in which a phone errs.
type lie struct {
	name   string // of the sandbox's misbehaviour
	signIn bool   // it is about a sign-in, not a payment
	open   bool   // it may be found out only when the ledger has moved on: it need not be unverified soon
	mend   string
}

// lying are all misbehaviours but regular-key, with which nothing is wrong.
var lying = []lie{
	{name: "other-account", open: true, mend: "Check the signature, and that its key may sign for the account."},
	{name: "sign-in-for-payment", mend: "Compare the type of what was signed with what was asked for."},
	{name: "payment-for-sign-in", signIn: true, mend: "Compare the type of what was signed with what was asked for."},
	{name: "wrong-amount", mend: "Compare the amount that was signed with the order’s, with its currency and issuer."},
	{name: "wrong-destination", mend: "Compare the destination that was signed with the order’s."},
	{name: "dropped-tag", mend: "Compare the destination tag: the same address with another tag is another customer."},
	{name: "dropped-invoice-id", mend: "Give each payment an InvoiceID of its own, and demand it in what was signed."},
	{name: "dropped-memo", signIn: true, mend: "Give each sign-in a random memo, and demand it in what was signed."},
	{name: "foreign-sign-in", signIn: true, mend: "Demand the memo of this sign-in, with all of its data."},
	{name: "absurd-fee", mend: "Refuse a fee that nobody in his senses pays: it may be the theft of a swapped wallet."},
	{name: "partial-payment", mend: "Refuse the flag tfPartialPayment, and count what was delivered, not the amount."},
	{name: "other-network", mend: "Compare the network, and ask a node that is on the order’s own."},
	{name: "high-s", mend: "Refuse secp256k1 signatures whose S is in the upper half, as nodes do."},
	{name: "replay", mend: "Have each transaction count once, by its hash, in one step of the database."},
	{name: "wrong-txid", mend: "Compute the hash of what was signed, and look up that one."},
	{name: "submit-fails", mend: "Demand tesSUCCESS in a validated ledger."},
	{name: "delivers-less", mend: "Compare delivered_amount of the validated transaction with the order’s amount."},
	{name: "older-transaction", mend: "Refuse what is in a ledger that closed before the order was made."},
	{name: "never-submits", open: true, mend: "Wait for a validated ledger: a signature moves no money."},
	{name: "claims-success", open: true, mend: "Believe a node of the network, and not what the phone reports."},
}

// lies are the rules that a lying phone is not believed.
func lies() (all []rule) {
	for _, l := range lying {
		n := sandbox | payment
		if l.signIn {
			n = sandbox | signIn
		}
		all = append(all, rule{
			about: about{
				"no-belief-in-" + l.name,
				"A phone that lies in the way of " + l.name + ", see the sandbox’s list, gets goods for it.",
				l.mend,
			},
			needs: n, try: l.try,
		})
	}
	return all
}

func (l lie) try(ctx context.Context, b *backend) error {
	offer := b.Payment
	if l.signIn {
		offer = b.SignIn
	}
	if l.name == "replay" { // of something that counts
		if _, _, err := b.paid(ctx); err != nil {
			return err
		}
	}
	v, made, a, err := b.accepted(ctx, offer, l.name)
	if err != nil {
		return err
	}
	if l.name == "dropped-tag" && made.Summary.DestinationTag == "" {
		return untried("The offer " + offer + " has no destination tag: name another with -payment.")
	}
	while := patience
	if l.open {
		while = watching
	}
	r, err := v.wantUnverified(ctx, made.UUID, while)
	if err != nil {
		return fmt.Errorf("the phone signed %s with %s: %w", l.name, a.TxID, err)
	}
	if r.Verdict != payload.VerdictUnverified && !l.open {
		return fmt.Errorf("the phone signed %s, and after %s it is %s, want it unverified", l.name, while, stand(r))
	}
	return nil
}
