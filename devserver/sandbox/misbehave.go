package sandbox

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/xaman-live/xaman-live/devserver/sandbox/engine"
)

// misbehaviour is a way for the phone to do something else than it was asked to, or to report something else.
// A new one is a row in misbehaviourTable; each may change the attempt at four stages, in the order
// of the fields and, if there are several, in the order of the table.
type misbehaviour struct {
	name     string
	sentence string
	plan     func(a *attempt)                           // who signs, where, and whether it is sent
	fill     func(a *attempt, sequence, current uint32) // what is signed
	alter    func(signature string) string              // the bare signature
	report   func(a *attempt, s *engine.Signature)      // what the platform is told
}

const partialPayment = 0x00020000 // the flag tfPartialPayment

var misbehaviourTable = []misbehaviour{
	{
		name: "other-account", sentence: "It signs with the key of another account, in the name of the chosen one.",
		plan: func(a *attempt) {
			a.key = wallet[1].key
			if a.account.address == wallet[1].address {
				a.key = wallet[0].key
			}
		},
	},
	{
		name: "regular-key",
		sentence: "It signs for the account Company, with the regular key that the ledger knows of it. Nothing is wrong " +
			"with that.",
		plan: func(a *attempt) { a.account, a.key = company, company.regular },
	},
	{
		name: "sign-in-for-payment", sentence: "It answers a transaction with a sign-in, and claims success.",
		plan: func(a *attempt) { a.sends = false },
		fill: func(a *attempt, _, _ uint32) {
			if !engine.Pseudo(a.pl.Type()) {
				a.tx = engine.Transaction{"Account": a.account.address}
			}
		},
	},
	{
		name: "payment-for-sign-in", sentence: "It answers a sign-in with a signed payment of 1 XRP, which is not sent.",
		fill: func(a *attempt, sequence, current uint32) {
			if a.pl.Type() == "SignIn" {
				a.tx = engine.Transaction{
					"TransactionType": "Payment", "Account": a.account.address, "Destination": demoShop, "Amount": "1000000",
				}
				a.complete(sequence, current)
			}
		},
	},
	{
		name:     "wrong-amount",
		sentence: "It pays one drop, or one unit of a token, instead of the amount; two if one was asked for.",
		fill: onPayment(func(tx engine.Transaction) {
			other := func(asked any) string {
				if asked == "1" {
					return "2"
				}
				return "1"
			}
			if token, ok := tx["Amount"].(map[string]any); ok {
				tx["Amount"] = engine.WithValue(token, other(token["value"]))
			} else {
				tx["Amount"] = other(tx["Amount"])
			}
		}),
	},
	{
		name: "wrong-destination", sentence: "It pays another account.",
		fill: onPayment(func(tx engine.Transaction) {
			i := slices.IndexFunc(wallet, func(a account) bool {
				return a.address != tx.Text("Destination") && a.address != tx.Text("Account")
			})
			tx["Destination"] = wallet[i].address
		}),
	},
	{
		name: "dropped-tag", sentence: "It leaves out the destination tag.",
		fill: onPayment(func(tx engine.Transaction) { delete(tx, "DestinationTag") }),
	},
	{
		name: "dropped-invoice-id", sentence: "It leaves out the InvoiceID of a payment.",
		fill: onPayment(func(tx engine.Transaction) { delete(tx, "InvoiceID") }),
	},
	{
		name:     "dropped-memo",
		sentence: "It leaves out the memos. A sign-in is then the same for every site and every day.",
		fill:     func(a *attempt, _, _ uint32) { delete(a.tx, "Memos") },
	},
	{
		name:     "foreign-sign-in",
		sentence: "It answers a sign-in with one that another site asked for, with that site's memo.",
		fill: func(a *attempt, _, _ uint32) {
			if a.pl.Type() == "SignIn" {
				a.tx["Memos"] = memoOf("sign-in elsewhere.example", "0123456789ABCDEF")
			}
		},
	},
	{
		name: "absurd-fee", sentence: "It pays a fee of 100 XRP.",
		fill: func(a *attempt, _, _ uint32) {
			if !engine.Pseudo(a.pl.Type()) {
				a.tx["Fee"] = "100000000"
			}
		},
	},
	{
		name: "partial-payment", sentence: "It adds the flag that lets a payment deliver less than its amount.",
		fill: onPayment(func(tx engine.Transaction) {
			flags, _ := tx.Integer("Flags")
			tx["Flags"] = flags | partialPayment
		}),
	},
	{
		name: "other-network", sentence: "It is on another network than it was asked to be, and says so.",
		plan: func(a *attempt) {
			i := slices.IndexFunc(networks, func(n engine.Network) bool { return n != a.network })
			a.network = networks[i]
		},
	},
	{
		name: "high-s", alter: highS,
		sentence: "Its secp256k1 signature is the twin with a high S, which mathematics takes and a node does not.",
	},
	{
		name: "replay",
		sentence: "It sends what it last signed for a request of the same type instead of signing, and claims success. " +
			"Without anything earlier it signs.",
		plan: func(a *attempt) { a.sends = a.sends && a.earlier.Blob == "" },
		report: func(a *attempt, s *engine.Signature) {
			if a.earlier.Blob != "" {
				*s = a.earlier
			}
		},
	},
	{
		name: "wrong-txid", sentence: "It reports a hash that is not that of the signed transaction.",
		report: func(_ *attempt, s *engine.Signature) { s.TxID = engine.TxID(s.TxID) },
	},
	{
		name: "submit-fails", sentence: "The transaction costs its fee and fails on the ledger, with tecPATH_DRY.",
		plan: func(a *attempt) { a.override.Result = "tecPATH_DRY" },
	},
	{
		name: "delivers-less", sentence: "The ledger delivers half of the amount, and says so.",
		plan: func(a *attempt) { a.override.Half = true },
	},
	{
		name:     "older-transaction",
		sentence: "The ledger has the transaction, as asked for, in a ledger that closed before the request was made.",
		plan:     func(a *attempt) { a.override.Before = a.pl.Created },
	},
	{
		name: "never-submits", sentence: "It signs and is gone: the transaction is not sent, and nothing is reported of it.",
		plan: func(a *attempt) { a.sends, a.reports = false, false },
	},
	{
		name: "claims-success", sentence: "It reports tesSUCCESS and never sends the transaction.",
		plan: func(a *attempt) { a.sends = false },
	},
}

// memoOf is a transaction's field of one memo, from its type and data in plain text.
func memoOf(kind, data string) []any {
	return []any{fields{"Memo": fields{"MemoType": fmt.Sprintf("%X", kind), "MemoData": fmt.Sprintf("%X", data)}}}
}

func onPayment(change func(tx engine.Transaction)) func(*attempt, uint32, uint32) {
	return func(a *attempt, _, _ uint32) {
		if a.tx.Text("TransactionType") == "Payment" {
			change(a.tx)
		}
	}
}

// misbehavioursNamed finds rows by name, in the order of the table.
func misbehavioursNamed(names []string) (rows []misbehaviour, err error) {
	if _, err := choose(misbehaviourTable, names); err != nil {
		return nil, err
	}
	for _, m := range misbehaviourTable {
		if slices.Contains(names, m.name) {
			rows = append(rows, m)
		}
	}
	return rows, nil
}

func (s *Sandbox) listMisbehaviours(w http.ResponseWriter, r *http.Request) {
	respond(w, http.StatusOK, map[string]any{"misbehaviours": docsOf(misbehaviourTable)})
}
