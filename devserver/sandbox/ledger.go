package sandbox

import (
	"fmt"
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

	maxEntries   = 5000            // transactions kept, the newest
	emptyHistory = 256             // ledgers before the first: enough to tell what is in none of them
	historyBegin = 100_000         // beyond the numbers that a wallet takes for offsets
	usualClose   = 3 * time.Second // between two ledgers

	predating = 10 * time.Second // by which a transaction seems to be older than it can be
)

// rippleEpoch is where the ledger's clock begins.
var rippleEpoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// ledger is one network's ledger as one node sees it. It closes at fixed times; as an empty ledger
// changes nothing, that needs no timer: every method first catches up with the clock. It moves XRP
// between accounts. It keeps no tokens and no other objects: paying tokens, like every transaction
// that is not a payment, costs its fee and succeeds.
type ledger struct {
	Every  time.Duration
	Start  time.Time // when the ledger numbered First closed
	First  uint32
	Oldest uint32 // from here to Newest the history is complete
	Newest uint32 // validated

	Accounts map[string]root // as of Newest
	Open     map[string]root // with what the next ledger will hold
	Count    uint32          // transactions in the open ledger

	entries   map[string]*entry
	order     []*entry // oldest first
	unsaved   []*entry // since the last save
	forgotten []*entry
}

// root is an account's entry in the ledger.
type root struct {
	Balance    uint64 // drops
	Sequence   uint32
	Flags      uint32
	RegularKey string
	Signers    []signer
	Quorum     uint32
}

type signer struct {
	Account string
	Weight  uint16
}

// entry is a transaction in a ledger, validated as soon as that has closed.
type entry struct {
	hash      string
	Blob      string // from which its fields are read when they are asked for
	Ledger    uint32
	Index     uint32 // within the ledger
	Result    string
	Delivered any // nil unless a payment succeeded
	Half      bool
}

// transaction reads the fields.
func (e *entry) transaction() transaction {
	tx, err := decodeBlob(e.Blob)
	if err != nil {
		panic(fmt.Sprintf("sandbox: decode what was decoded before: %v", err))
	}
	return tx
}

// fate is what a transaction meets with on the ledger; zero is what its content leads to.
type fate struct {
	result string // instead of success
	half   bool   // of the amount is delivered

	before time.Time // unless zero: it is in a ledger that closed a little earlier
}

// newLedger makes a ledger with some empty history, so that it can be a witness from the first moment
// of what never happened. It numbers ledgers by the clock, so that a sandbox that is started again goes on counting.
func newLedger(every time.Duration, now time.Time) *ledger {
	first := historyBegin + uint32(now.Sub(rippleEpoch)/usualClose)
	accounts := genesis()
	return &ledger{
		Every: every, Start: now, Oldest: first - emptyHistory, First: first, Newest: first,
		Accounts: accounts, Open: maps.Clone(accounts), entries: map[string]*entry{},
	}
}

// advance closes the ledgers that are due.
func (l *ledger) advance(now time.Time) {
	newest := l.First + uint32(now.Sub(l.Start)/l.Every)
	if newest <= l.Newest {
		return
	}
	l.Newest = newest
	if l.Count > 0 {
		l.Accounts, l.Count = maps.Clone(l.Open), 0
	}
}

// pace changes the time between two ledgers, from the newest on. Those before it then seem to have
// closed at the new pace, too.
func (l *ledger) pace(every time.Duration, now time.Time) {
	l.advance(now)
	l.Start = l.Start.Add(time.Duration(l.Newest-l.First) * l.Every)
	l.First, l.Every = l.Newest, every
}

// closeTime is when a ledger closed, in whole seconds and never too early, so that nothing seems
// older than it is.
func (l *ledger) closeTime(number uint32) time.Time {
	t := l.Start.Add(time.Duration(int64(number)-int64(l.First)) * l.Every)
	return t.Add(time.Second - time.Nanosecond).Truncate(time.Second).UTC()
}

// next is the sequence number of an account's next transaction, 0 if it is not on the ledger, and
// the ledger that is open.
func (l *ledger) next(address string, now time.Time) (sequence, current uint32) {
	l.advance(now)
	return l.Open[address].Sequence, l.Newest + 1
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
	e := &entry{hash: hash, Blob: blob, Ledger: l.Newest + 1, Index: l.Count}
	l.apply(e, tx, f)
	l.Count++
	if !f.before.IsZero() {
		l.predate(e, f.before)
	}
	l.add(e)
	l.unsaved = append(l.unsaved, e)
	return e.Result
}

// predate moves a transaction into a ledger that closed some seconds before t, as far as the history goes.
func (l *ledger) predate(e *entry, t time.Time) {
	since := t.Add(-predating).Sub(l.Start)
	e.Ledger = uint32(max(int64(l.Oldest), int64(l.First)+int64(since/l.Every)))
	e.Index = 0
	for _, other := range l.order {
		if other.Ledger == e.Ledger {
			e.Index++
		}
	}
}

func (l *ledger) add(e *entry) {
	l.entries[e.hash] = e
	l.order = append(l.order, e)
	if len(l.order) > maxEntries {
		forgotten := l.order[0]
		delete(l.entries, forgotten.hash)
		l.order = l.order[1:]
		l.Oldest = max(l.Oldest, forgotten.Ledger+1)
		l.forgotten = append(l.forgotten, forgotten)
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
	from, ok := l.Open[tx.text("Account")]
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
	case sequence > from.Sequence:
		return "terPRE_SEQ"
	case sequence < from.Sequence:
		return "tefPAST_SEQ"
	case limited && last <= l.Newest:
		return "tefMAX_LEDGER"
	case fee < baseFee:
		return "telINSUF_FEE_P"
	case fee > from.Balance:
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
	case err == nil && by == r.RegularKey:
	case err == nil && by == tx.text("Account"):
		if r.Flags&disableMaster != 0 {
			return "tefMASTER_DISABLED"
		}
	default:
		return "tefBAD_AUTH"
	}
	return ""
}

// apply carries out a transaction that will be in the next ledger, successful or not.
func (l *ledger) apply(e *entry, tx transaction, f fate) {
	address, fee := tx.text("Account"), dropsOf(tx["Fee"])
	before := l.Open[address]
	from := before
	from.Balance -= fee
	from.Sequence++
	l.Open[address] = from

	isPayment := tx.text("TransactionType") == "Payment"
	to, exists := l.Open[tx.text("Destination")]
	e.Result = "tesSUCCESS"
	if isPayment {
		e.Result = paymentResult(tx, before, to, exists)
	}
	if e.Result == "tesSUCCESS" && f.result != "" {
		e.Result = f.result
	}
	if !isPayment || e.Result != "tesSUCCESS" {
		return
	}
	e.Delivered, e.Half = tx["Amount"], f.half
	if f.half {
		e.Delivered = halfOf(tx["Amount"])
	}
	if !isXRP(e.Delivered) {
		return
	}
	if !exists {
		to.Sequence = e.Ledger
	}
	from.Balance -= dropsOf(e.Delivered)
	to.Balance += dropsOf(e.Delivered)
	l.Open[address], l.Open[tx.text("Destination")] = from, to
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
	case to.Flags&requireDestTag != 0 && !tagged:
		return "tecDST_TAG_NEEDED"
	case isXRP(tx["Amount"]) && from.Balance < amount+max(reserveBase, dropsOf(tx["Fee"])):
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
