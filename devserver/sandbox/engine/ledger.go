package engine

import (
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"maps"
	"strings"
	"time"
)

const (
	UsualClose      = 3 * time.Second // between two ledgers
	maxTransactions = 1000            // transactions kept, the newest: those of some minutes at the platform's rate
	emptyHistory    = 256             // ledgers before the first: enough to tell what is in none of them
	historyBegin    = 100_000         // beyond the numbers that a wallet takes for offsets

	predating = 10 * time.Second // by which a transaction seems to be older than it can be
)

// RippleEpoch is where the ledger's clock begins.
var RippleEpoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// Ledger is one network's ledger as one node sees it. It closes at fixed times; as an empty ledger changes nothing,
// that needs no timer: every method that is given the time first catches up with it. It moves XRP between accounts. It
// keeps no tokens and no other objects: paying tokens, like every transaction that is not a payment, costs its fee and
// succeeds.
type Ledger struct {
	Every  time.Duration
	Start  time.Time // when the ledger numbered First closed
	First  uint32
	Oldest uint32 // from here to Newest the history is complete
	Newest uint32 // validated

	Accounts map[string]Account // as of Newest
	Open     map[string]Account // with what the next ledger will hold
	Count    uint32             // transactions in the open ledger

	byHash  map[string]*Included // by hash
	order   []*Included          // oldest first
	added   []*Included          // since the last Take
	dropped []*Included
}

// Account is an account in the ledger.
type Account struct {
	Balance    uint64 // drops
	Sequence   uint32
	Flags      uint32
	RegularKey string
	Signers    []Signer
	Quorum     uint32
}

// Signer is one of several who together sign for an account.
type Signer struct {
	Account string
	Weight  uint16
}

// Included is a transaction in a ledger, validated as soon as that has closed.
type Included struct {
	Hash      string `json:"-"`
	Blob      string
	Ledger    uint32
	Index     uint32 // within the ledger
	Result    string
	Delivered any // nil unless a payment succeeded
	Half      bool
}

// Submission is a signed transaction as a node reads it.
type Submission struct {
	Blob     string
	Tx       Transaction // nil for a blob that cannot be read
	SignedBy string      // the address of the key that signed it; empty for a bad signature
}

// Override is how the ledger treats a transaction otherwise than its content says; zero is not at all.
type Override struct {
	Result string    // instead of success
	Half   bool      // of the amount is delivered
	Before time.Time // unless zero: it is in a ledger that closed a little earlier
}

// newLedger returns a ledger with some empty history, so that it can prove from the first moment what never
// happened. It numbers ledgers by the clock, so that one that is started again goes on counting.
func newLedger(now time.Time, every time.Duration, accounts map[string]Account) *Ledger {
	first := historyBegin + uint32(now.Sub(RippleEpoch)/UsualClose)
	return &Ledger{
		Every: every, Start: now, Oldest: first - emptyHistory, First: first, Newest: first,
		Accounts: maps.Clone(accounts), Open: maps.Clone(accounts), byHash: map[string]*Included{},
	}
}

func (l *Ledger) restore(included []*Included) {
	l.byHash = map[string]*Included{}
	for _, e := range included {
		e.Hash = TxID(e.Blob)
		l.add(e)
	}
}

// Advance closes the ledgers that are due.
func (l *Ledger) Advance(now time.Time) {
	newest := l.First + uint32(now.Sub(l.Start)/l.Every)
	if newest <= l.Newest {
		return
	}
	l.Newest = newest
	if l.Count > 0 {
		l.Accounts, l.Count = maps.Clone(l.Open), 0
	}
}

// pace changes the time between two ledgers, from the newest on. Those before it then seem to have closed at the new
// pace, too.
func (l *Ledger) pace(now time.Time, every time.Duration) {
	l.Advance(now)
	l.Start = l.Start.Add(time.Duration(l.Newest-l.First) * l.Every)
	l.First, l.Every = l.Newest, every
}

// CloseTime is when a ledger closed, in whole seconds and never too early, so that nothing seems older than it is.
func (l *Ledger) CloseTime(number uint32) time.Time {
	t := l.Start.Add(time.Duration(int64(number)-int64(l.First)) * l.Every)
	return t.Add(time.Second - time.Nanosecond).Truncate(time.Second).UTC()
}

// Next is the sequence number of an account's next transaction, 0 if it is not on the ledger, and the ledger that is
// open.
func (l *Ledger) Next(now time.Time, address string) (sequence, current uint32) {
	l.Advance(now)
	return l.Open[address].Sequence, l.Newest + 1
}

// Transaction returns the transaction that has a hash, nil if no ledger has it.
func (l *Ledger) Transaction(hash string) *Included { return l.byHash[hash] }

// Submit takes a signed transaction and returns what came of it. Only tes and tec codes lead into a ledger.
func (l *Ledger) Submit(now time.Time, s Submission, f Override) string {
	l.Advance(now)
	e := &Included{Hash: TxID(s.Blob), Blob: s.Blob, Ledger: l.Newest + 1, Index: l.Count}
	if l.byHash[e.Hash] != nil {
		return "tefALREADY"
	}
	if refusal := l.refuse(s); refusal != "" {
		return refusal
	}
	l.apply(e, s.Tx, f)
	l.Count++
	if !f.Before.IsZero() {
		l.predate(e, f.Before)
	}
	l.add(e)
	l.added = append(l.added, e)
	return e.Result
}

// predate moves a transaction into a ledger that closed some seconds before t, as far as the history goes.
func (l *Ledger) predate(e *Included, t time.Time) {
	since := t.Add(-predating).Sub(l.Start)
	e.Ledger = uint32(max(int64(l.Oldest), int64(l.First)+int64(since/l.Every)))
	e.Index = 0
	for _, other := range l.order {
		if other.Ledger == e.Ledger {
			e.Index++
		}
	}
}

func (l *Ledger) add(e *Included) {
	l.byHash[e.Hash] = e
	l.order = append(l.order, e)
	if len(l.order) > maxTransactions {
		oldest := l.order[0]
		delete(l.byHash, oldest.Hash)
		l.order = l.order[1:]
		l.Oldest = max(l.Oldest, oldest.Ledger+1)
		l.dropped = append(l.dropped, oldest)
	}
}

// TxID is the hash the ledger names a signed blob by, whose form is hex.
func TxID(blob string) string {
	b, err := hex.DecodeString("54584E00" + blob)
	if err != nil {
		panic(fmt.Sprintf("engine: hash a blob that is not hex: %v", err))
	}
	sum := sha512.Sum512(b)
	return strings.ToUpper(hex.EncodeToString(sum[:32]))
}
