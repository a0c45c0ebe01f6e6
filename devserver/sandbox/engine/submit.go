package engine

import (
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"
)

// The ledger's numbers, in drops, and the flags of accounts that it heeds.
const (
	BaseFee     = 10
	ReserveBase = 1_000_000 // what an account has to hold
	ReserveInc  = 200_000   // and for each thing it owns, which here is nothing

	DisableMaster  = 0x00100000
	RequireDestTag = 0x00020000
)

// reserveFees are the types that cost what an object does: xrpl.org, "Transaction Cost", "Special Transaction Costs".
var reserveFees = []string{"AccountDelete", "AMMCreate", "LedgerStateFix", "VaultCreate"}

// LeastFee is the least that a transaction of a type costs.
func LeastFee(txType string) uint64 {
	if slices.Contains(reserveFees, txType) {
		return ReserveInc
	}
	return BaseFee
}

// refuse is why a transaction gets into no ledger, "" if it does. The order is a node's: the transaction by itself,
// then with the account.
func (l *Ledger) refuse(s Submission) string {
	tx := s.Tx
	if _, ok := tx["NetworkID"]; ok {
		return "telNETWORK_ID_MAKES_TX_NON_CANONICAL"
	}
	if reason := malformed(s); reason != "" {
		return reason
	}
	from, ok := l.Open[tx.Text("Account")]
	if !ok {
		return "terNO_ACCOUNT"
	}
	switch s.SignedBy {
	case from.RegularKey:
	case tx.Text("Account"):
		if from.Flags&DisableMaster != 0 {
			return "tefMASTER_DISABLED"
		}
	default:
		return "tefBAD_AUTH"
	}
	sequence, _ := tx.Integer("Sequence")
	last, limited := tx.Integer("LastLedgerSequence")
	fee := drops(tx["Fee"])
	switch {
	case tx["TicketSequence"] != nil:
		return "terPRE_TICKET" // nobody has tickets here
	case sequence > from.Sequence:
		return "terPRE_SEQ"
	case sequence < from.Sequence:
		return "tefPAST_SEQ"
	case limited && last <= l.Newest:
		return "tefMAX_LEDGER"
	case fee < LeastFee(tx.Text("TransactionType")):
		return "telINSUF_FEE_P"
	case fee > from.Balance:
		return "terINSUF_FEE_B"
	}
	return ""
}

func malformed(s Submission) string {
	tx := s.Tx
	switch {
	case tx.Text("TransactionType") == "":
		return "temMALFORMED"
	case s.SignedBy == "":
		return "temBAD_SIGNATURE"
	case tx.Text("TransactionType") != "Payment":
		return ""
	case tx.Text("Destination") == "":
		return "temDST_NEEDED"
	case tx["Amount"] == nil, isXRP(tx["Amount"]) && drops(tx["Amount"]) == 0:
		return "temBAD_AMOUNT"
	case isXRP(tx["Amount"]) && tx.Text("Destination") == tx.Text("Account"):
		return "temREDUNDANT"
	}
	// A node refuses a partial payment of XRP. Here it passes, so that its traps can be met without tokens.
	return ""
}

// apply carries out a transaction that will be in the next ledger, successful or not.
func (l *Ledger) apply(e *Included, tx Transaction, f Override) {
	address, fee := tx.Text("Account"), drops(tx["Fee"])
	before := l.Open[address]
	from := before
	from.Balance -= fee
	from.Sequence++
	l.Open[address] = from

	isPayment := tx.Text("TransactionType") == "Payment"
	to, exists := l.Open[tx.Text("Destination")]
	e.Result = "tesSUCCESS"
	if isPayment {
		e.Result = paymentResult(tx, before, to, exists)
	}
	if e.Result == "tesSUCCESS" && f.Result != "" {
		e.Result = f.Result
	}
	if !isPayment || e.Result != "tesSUCCESS" {
		return
	}
	e.Delivered, e.Half = tx["Amount"], f.Half
	if f.Half {
		e.Delivered = halfOf(tx["Amount"])
	}
	if !isXRP(e.Delivered) {
		return
	}
	if !exists {
		to.Sequence = e.Ledger
	}
	from.Balance -= drops(e.Delivered)
	to.Balance += drops(e.Delivered)
	l.Open[address], l.Open[tx.Text("Destination")] = from, to
}

// paymentResult is what comes of a payment between two accounts as they were before it.
func paymentResult(tx Transaction, from, to Account, exists bool) string {
	_, tagged := tx["DestinationTag"]
	amount := drops(tx["Amount"])
	switch {
	case !exists && !isXRP(tx["Amount"]):
		return "tecNO_DST"
	case !exists && amount < ReserveBase:
		return "tecNO_DST_INSUF_XRP"
	case to.Flags&RequireDestTag != 0 && !tagged:
		return "tecDST_TAG_NEEDED"
	case isXRP(tx["Amount"]) && from.Balance < amount+max(ReserveBase, drops(tx["Fee"])):
		return "tecUNFUNDED_PAYMENT"
	}
	return "tesSUCCESS"
}

// isXRP tells amounts of XRP from tokens, which are objects.
func isXRP(amount any) bool {
	_, ok := amount.(string)
	return ok
}

// drops is an amount of XRP, 0 for what is none.
func drops(amount any) uint64 {
	s, _ := amount.(string)
	n, _ := strconv.ParseUint(s, 10, 64)
	return n
}

// WithValue is a token amount with another value.
func WithValue(token map[string]any, value string) map[string]any {
	changed := maps.Clone(token)
	changed["value"] = value
	return changed
}

// halfOf halves an amount in any of its forms, rounding drops down.
func halfOf(amount any) any {
	if token, ok := amount.(map[string]any); ok {
		value, _ := token["value"].(string)
		r, ok := new(big.Rat).SetString(value)
		if !ok {
			return amount
		}
		half := r.Quo(r, big.NewRat(2, 1)).FloatString(16)
		return WithValue(token, strings.TrimSuffix(strings.TrimRight(half, "0"), "."))
	}
	return strconv.FormatUint(drops(amount)/2, 10)
}
