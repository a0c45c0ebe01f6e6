package sandbox

import (
	"maps"
	"strconv"
	"time"
)

const (
	baseFee     = 10        // drops
	reserveBase = 1_000_000 // what an account has to hold
	reserveInc  = 200_000   // and for each thing it owns, which here is nothing

	disableMaster  = 0x00100000 // account flags
	requireDestTag = 0x00020000

	maxEntries   = 10_000          // transactions kept, the newest
	historyBegin = 100_000         // beyond the numbers that a wallet takes for offsets
	usualClose   = 3 * time.Second // between two ledgers
)

// rippleEpoch is where the ledger's clock begins.
var rippleEpoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// ledger is one network's ledger as one node sees it. It closes at fixed times; as an empty ledger
// changes nothing, that needs no timer: every method first catches up with the clock. It moves XRP
// between accounts. It keeps no tokens and no other objects: paying tokens, like every transaction
// that is not a payment, costs its fee and succeeds.
type ledger struct {
	every  time.Duration
	start  time.Time // when the ledger numbered oldest closed
	oldest uint32    // from here to newest the history is complete
	first  uint32    // closed at start
	newest uint32    // validated

	accounts map[string]root // as of newest
	open     map[string]root // with what the next ledger will hold
	entries  map[string]*entry
	order    []*entry // oldest first
	count    uint32   // transactions in the open ledger
}

// root is an account's entry in the ledger.
type root struct {
	balance    uint64 // drops
	sequence   uint32
	flags      uint32
	regularKey string
	signers    []signer
	quorum     uint32
}

type signer struct {
	account string
	weight  uint16
}

// entry is a transaction in a ledger, validated as soon as that has closed.
type entry struct {
	hash      string
	tx        transaction
	ledger    uint32
	index     uint32 // within the ledger
	result    string
	delivered any // nil unless a payment succeeded
	half      bool
}

// fate is what a transaction meets with on the ledger; zero is what its content leads to.
type fate struct {
	result string // instead of success
	half   bool   // of the amount is delivered
}

// newLedger numbers ledgers by the clock, so that a sandbox that is started again goes on counting.
func newLedger(every time.Duration, now time.Time) *ledger {
	first := historyBegin + uint32(now.Sub(rippleEpoch)/usualClose)
	accounts := genesis()
	return &ledger{
		every: every, start: now, oldest: first, first: first, newest: first,
		accounts: accounts, open: maps.Clone(accounts), entries: map[string]*entry{},
	}
}

// advance closes the ledgers that are due.
func (l *ledger) advance(now time.Time) {
	newest := l.first + uint32(now.Sub(l.start)/l.every)
	if newest <= l.newest {
		return
	}
	l.newest = newest
	if l.count > 0 {
		l.accounts, l.count = maps.Clone(l.open), 0
	}
}

// closeTime is when a ledger closed, in whole seconds and never too early, so that nothing seems
// older than it is.
func (l *ledger) closeTime(number uint32) time.Time {
	t := l.start.Add(time.Duration(int64(number)-int64(l.first)) * l.every)
	return t.Add(time.Second - time.Nanosecond).Truncate(time.Second).UTC()
}

// next is the sequence number of an account's next transaction, 0 if it is not on the ledger, and
// the ledger that is open.
func (l *ledger) next(address string, now time.Time) (sequence, current uint32) {
	l.advance(now)
	return l.open[address].sequence, l.newest + 1
}

// submit takes a signed transaction and returns what came of it. Only tes and tec codes lead into a
// ledger.
func (l *ledger) submit(blob string, f fate, now time.Time) string {
	l.advance(now)
	hash := txID(blob)
	if l.entries[hash] != nil {
		return "tefALREADY"
	}
	decoded, err := decodeBlob(blob)
	if err != nil {
		return "temMALFORMED"
	}
	tx := transaction(decoded)
	if refusal := l.refuse(tx); refusal != "" {
		return refusal
	}
	e := &entry{hash: hash, tx: tx, ledger: l.newest + 1, index: l.count}
	l.apply(e, f)
	l.add(e)
	return e.result
}

func (l *ledger) add(e *entry) {
	l.count++
	l.entries[e.hash] = e
	l.order = append(l.order, e)
	if len(l.order) > maxEntries {
		forgotten := l.order[0]
		delete(l.entries, forgotten.hash)
		l.order = l.order[1:]
		l.oldest = forgotten.ledger + 1
	}
}

// refuse is why a transaction gets into no ledger, "" if it does. The order is a node's: the
// transaction by itself, then with the account.
func (l *ledger) refuse(tx transaction) string {
	if _, ok := tx["NetworkID"]; ok {
		return "telNETWORK_ID_MAKES_TX_NON_CANONICAL"
	}
	if reason := malformed(tx); reason != "" {
		return reason
	}
	from, ok := l.open[tx.text("Account")]
	if !ok {
		return "terNO_ACCOUNT"
	}
	if reason := from.unauthorised(tx); reason != "" {
		return reason
	}
	sequence, _ := tx.integer("Sequence")
	last, limited := tx.integer("LastLedgerSequence")
	fee := dropsOf(tx["Fee"])
	switch {
	case tx["TicketSequence"] != nil:
		return "terPRE_TICKET" // nobody has tickets here
	case sequence > from.sequence:
		return "terPRE_SEQ"
	case sequence < from.sequence:
		return "tefPAST_SEQ"
	case limited && last <= l.newest:
		return "tefMAX_LEDGER"
	case fee < baseFee:
		return "telINSUF_FEE_P"
	case fee > from.balance:
		return "terINSUF_FEE_B"
	}
	return ""
}

func malformed(tx transaction) string {
	data, err := signingData(tx)
	switch {
	case err != nil, tx.text("TransactionType") == "":
		return "temMALFORMED"
	case verifySignature(data, tx.text("SigningPubKey"), tx.text("TxnSignature")) != nil:
		return "temBAD_SIGNATURE"
	case tx.text("TransactionType") != "Payment":
		return ""
	case tx.text("Destination") == "":
		return "temDST_NEEDED"
	case tx["Amount"] == nil, isXRP(tx["Amount"]) && dropsOf(tx["Amount"]) == 0:
		return "temBAD_AMOUNT"
	case isXRP(tx["Amount"]) && tx.text("Destination") == tx.text("Account"):
		return "temREDUNDANT"
	}
	// A node refuses a partial payment of XRP. Here it passes, so that its traps can be met without
	// tokens.
	return ""
}

func (r root) unauthorised(tx transaction) string {
	by, err := addressOf(tx.text("SigningPubKey"))
	switch {
	case err == nil && by == r.regularKey:
	case err == nil && by == tx.text("Account"):
		if r.flags&disableMaster != 0 {
			return "tefMASTER_DISABLED"
		}
	default:
		return "tefBAD_AUTH"
	}
	return ""
}

// apply carries out a transaction that will be in the next ledger, successful or not.
func (l *ledger) apply(e *entry, f fate) {
	address, fee := e.tx.text("Account"), dropsOf(e.tx["Fee"])
	before := l.open[address]
	from := before
	from.balance -= fee
	from.sequence++
	l.open[address] = from

	isPayment := e.tx.text("TransactionType") == "Payment"
	to, exists := l.open[e.tx.text("Destination")]
	e.result = "tesSUCCESS"
	if isPayment {
		e.result = paymentResult(e.tx, before, to, exists)
	}
	if e.result == "tesSUCCESS" && f.result != "" {
		e.result = f.result
	}
	if !isPayment || e.result != "tesSUCCESS" {
		return
	}
	e.delivered, e.half = e.tx["Amount"], f.half
	if f.half {
		e.delivered = halfOf(e.tx["Amount"])
	}
	if !isXRP(e.delivered) {
		return
	}
	if !exists {
		to.sequence = e.ledger
	}
	from.balance -= dropsOf(e.delivered)
	to.balance += dropsOf(e.delivered)
	l.open[address], l.open[e.tx.text("Destination")] = from, to
}

// paymentResult is what comes of a payment between two accounts as they were before it.
func paymentResult(tx transaction, from, to root, exists bool) string {
	_, tagged := tx["DestinationTag"]
	amount := dropsOf(tx["Amount"])
	switch {
	case !exists && !isXRP(tx["Amount"]):
		return "tecNO_DST"
	case !exists && amount < reserveBase:
		return "tecNO_DST_INSUF_XRP"
	case to.flags&requireDestTag != 0 && !tagged:
		return "tecDST_TAG_NEEDED"
	case isXRP(tx["Amount"]) && from.balance < amount+max(reserveBase, dropsOf(tx["Fee"])):
		return "tecUNFUNDED_PAYMENT"
	}
	return "tesSUCCESS"
}

// isXRP tells amounts of XRP from tokens, which are objects.
func isXRP(amount any) bool {
	_, ok := amount.(string)
	return ok
}

// dropsOf is 0 for what is not an amount of XRP.
func dropsOf(amount any) uint64 {
	s, _ := amount.(string)
	n, _ := strconv.ParseUint(s, 10, 64)
	return n
}

func formatDrops(n uint64) string { return strconv.FormatUint(n, 10) }
