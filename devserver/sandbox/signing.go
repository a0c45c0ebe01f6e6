package sandbox

import (
	"maps"

	"github.com/xaman-live/xaman-live/devserver/sandbox/engine"
)

// attempt is one signing, on its way from the request to the ledger. It begins as a correct phone
// would go about it; misbehaviours change it at each stage.
type attempt struct {
	pl            *engine.Payload
	account       account // in whose name
	key           key     // what signs
	network       engine.Network
	misbehaviours []misbehaviour
	earlier       engine.Signature // what the phone signed last for a request of the same type, if anything

	sends    bool            // the transaction to a node
	reports  bool            // to the platform that it did
	override engine.Override // of the transaction on the ledger

	tx engine.Transaction // as it is signed
}

const ledgerOffset = 20 // how many ledgers a transaction has to make it, as the app has it

// newAttempt plans a signing.
func newAttempt(
	pl *engine.Payload, signer account, on engine.Network, misbehaviours []misbehaviour, earlier engine.Signature,
) *attempt {
	a := &attempt{
		pl: pl, account: signer, key: signer.key, network: on, misbehaviours: misbehaviours, earlier: earlier,
		sends: pl.Submits(), reports: pl.Submits(),
	}
	for _, m := range misbehaviours {
		if m.plan != nil {
			m.plan(a)
		}
	}
	return a
}

// sign fills in the request and signs it. sequence is the next one of the account, current the
// ledger that is open.
func (a *attempt) sign(sequence, current uint32) (engine.Signature, error) {
	a.tx = maps.Clone(a.pl.Tx)
	a.fill(sequence, current)
	for _, m := range a.misbehaviours {
		if m.fill != nil {
			m.fill(a, sequence, current)
		}
	}
	s := engine.Signature{Account: a.account.address, Signer: a.key.address, PublicKey: a.key.publicKey}
	var err error
	switch {
	case a.pl.Type() == "PaymentChannelAuthorize":
		s.Blob, err = a.claim()
	case a.pl.Options.Multisign:
		s.Blob, err = a.multisigned()
		s.MultisignAccount = a.account.address
		if account := a.tx.Text("Account"); account != "" {
			s.Account = account
		}
	default:
		s.Blob, err = a.signed()
	}
	if err != nil {
		return engine.Signature{}, err
	}
	if a.pl.Type() != "PaymentChannelAuthorize" { // a bare signature has no hash
		s.TxID = engine.TxID(s.Blob)
	}
	for _, m := range a.misbehaviours {
		if m.report != nil {
			m.report(a, &s)
		}
	}
	return s, nil
}

// fill completes the request as the app does. Who wants several signatures has to fill in all.
func (a *attempt) fill(sequence, current uint32) {
	if a.pl.Options.Multisign {
		return
	}
	a.tx["Account"] = a.account.address
	if engine.Pseudo(a.pl.Type()) {
		delete(a.tx, "TransactionType")
		delete(a.tx, "SignIn")
		return
	}
	a.complete(sequence, current)
}

// complete adds what a transaction needs besides what was asked for.
func (a *attempt) complete(sequence, current uint32) {
	setDefault := func(field string, v any) {
		if a.tx[field] == nil {
			a.tx[field] = v
		}
	}
	setDefault("Fee", usualFee(a.tx.Text("TransactionType")))
	setDefault("Sequence", sequence)
	switch a.tx.Text("TransactionType") {
	case "Payment":
		setDefault("Amount", "1000000") // a person would have typed something
	case "PaymentChannelCreate":
		setDefault("PublicKey", a.key.publicKey)
	}
	last, ok := a.tx.Integer("LastLedgerSequence")
	switch {
	case !ok:
		last = current + ledgerOffset
	case last < 32570: // an offset: that is where the oldest ledger with a history is
		last += current
	default:
		last = max(last, current+ledgerOffset)
	}
	a.tx["LastLedgerSequence"] = last
	if a.network.ID > 1024 {
		setDefault("NetworkID", uint32(a.network.ID))
	}
}

func (a *attempt) signed() (string, error) {
	a.tx["SigningPubKey"] = a.key.publicKey
	data, err := signingData(a.tx)
	if err != nil {
		return "", err
	}
	if a.tx["TxnSignature"], err = a.signatureOver(data); err != nil {
		return "", err
	}
	return encodeBlob(a.tx)
}

func (a *attempt) multisigned() (string, error) {
	a.tx["SigningPubKey"] = ""
	data, err := multisigningData(a.tx, a.account.address)
	if err != nil {
		return "", err
	}
	signature, err := a.signatureOver(data)
	if err != nil {
		return "", err
	}
	a.tx["Signers"] = []any{map[string]any{"Signer": map[string]any{
		"Account": a.account.address, "SigningPubKey": a.key.publicKey, "TxnSignature": signature,
	}}}
	return encodeBlob(a.tx)
}

func (a *attempt) claim() (string, error) {
	data, err := claimData(a.tx)
	if err != nil {
		return "", err
	}
	return a.signatureOver(data)
}

func (a *attempt) signatureOver(data string) (string, error) {
	signature, err := sign(a.key.seed, data)
	for _, m := range a.misbehaviours {
		if m.alter != nil {
			signature = m.alter(signature)
		}
	}
	return signature, err
}

// signable reports whether the phone can sign the request at all: it does not know the transactions
// of every network.
func signable(pl *engine.Payload) bool {
	if pl.Type() == "PaymentChannelAuthorize" {
		_, err := claimData(pl.Tx)
		return err == nil
	}
	return serialisable(pl.Tx)
}
