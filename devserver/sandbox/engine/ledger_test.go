package engine

import (
	"fmt"
	"maps"
	"strconv"
	"testing"
	"time"
)

const million = 1_000_000_000_000 // of XRP, in drops

func newTestLedger() *Ledger {
	return newLedger(began, UsualClose, map[string]Account{
		"rUser": {Balance: million, Sequence: 1},
		"rShop": {Balance: million, Sequence: 1},
		"rFirm": {Balance: million, Sequence: 1, RegularKey: "rKey"},
	})
}

// pay is a payment of the user's to the shop, with changes; nil takes a field away.
func pay(changes Transaction) Transaction {
	tx := Transaction{
		"TransactionType": "Payment", "Account": "rUser", "Destination": "rShop", "Amount": "2500000",
		"Fee": "12", "Sequence": 1, "LastLedgerSequence": int(newTestLedger().Newest + 20),
	}
	maps.Copy(tx, changes)
	maps.DeleteFunc(tx, func(_ string, v any) bool { return v == nil })
	return tx
}

// signed is a transaction under a hash of its own, signed with its account's key if none is named.
func signed(tx Transaction, by string) Submission {
	if by == "" {
		by = tx.Text("Account")
	}
	return Submission{Blob: fmt.Sprintf("%X", JSON(tx)), Tx: tx, SignedBy: by}
}

// What comes of a transaction: its result, how the balances of sender and receiver change, and what was delivered.
func TestSubmit(t *testing.T) {
	const refused = " 0 0 <nil>"
	usd := func(value string) map[string]any {
		return map[string]any{"currency": "USD", "issuer": "rShop", "value": value}
	}
	newest := int(newTestLedger().Newest)
	firm := Transaction{"Account": "rFirm"}
	set := Transaction{"TransactionType": "AccountSet", "Account": "rUser", "Fee": "12", "Sequence": 1}
	half, dry := Override{Half: true}, Override{Result: "tecPATH_DRY"}
	for name, tt := range map[string]struct {
		tx       Transaction
		want     string
		by       string // the address of the key, the account's if empty
		flags    uint32 // of all accounts
		override Override
	}{
		"payment":         {tx: pay(nil), want: "tesSUCCESS -2500012 2500000 2500000"},
		"creates account": {tx: pay(Transaction{"Destination": "rNew"}), want: "tesSUCCESS -2500012 2500000 2500000"},
		"too little for it": {
			tx: pay(Transaction{"Destination": "rNew", "Amount": "999999"}), want: "tecNO_DST_INSUF_XRP -12 0 <nil>",
		},
		"token to nobody": {
			tx: pay(Transaction{"Destination": "rNew", "Amount": usd("1.5")}), want: "tecNO_DST -12 0 <nil>",
		},
		"more than there is": {
			tx: pay(Transaction{"Amount": "999999000001"}), want: "tecUNFUNDED_PAYMENT -12 0 <nil>",
		},
		"all but the reserve": {
			tx:   pay(Transaction{"Amount": "999999000000"}),
			want: "tesSUCCESS -999999000012 999999000000 999999000000",
		},
		"tag needed": {tx: pay(nil), flags: RequireDestTag, want: "tecDST_TAG_NEEDED -12 0 <nil>"},
		"tag given": {
			tx: pay(Transaction{"DestinationTag": 0}), flags: RequireDestTag, want: "tesSUCCESS -2500012 2500000 2500000",
		},
		"token":           {tx: pay(Transaction{"Amount": usd("1.5")}), want: "tesSUCCESS -12 0 1.5"},
		"MPT":             {tx: pay(Transaction{"Amount": map[string]any{"value": "9"}}), want: "tesSUCCESS -12 0 9"},
		"not a payment":   {tx: set, want: "tesSUCCESS -12 0 <nil>"},
		"half":            {tx: pay(nil), override: half, want: "tesSUCCESS -1250012 1250000 1250000"},
		"half of a token": {tx: pay(Transaction{"Amount": usd("12.5")}), override: half, want: "tesSUCCESS -12 0 6.25"},
		"made to fail":    {tx: pay(nil), override: dry, want: "tecPATH_DRY -12 0 <nil>"},
		"fails before its override": {
			tx: pay(Transaction{"Amount": "999999000001"}), override: dry, want: "tecUNFUNDED_PAYMENT -12 0 <nil>",
		},

		"regular key":         {tx: pay(firm), by: "rKey", want: "tesSUCCESS -2500012 2500000 2500000"},
		"master key":          {tx: pay(firm), want: "tesSUCCESS -2500012 2500000 2500000"},
		"master key disabled": {tx: pay(firm), flags: DisableMaster, want: "tefMASTER_DISABLED" + refused},
		"regular key alone": {
			tx: pay(firm), by: "rKey", flags: DisableMaster, want: "tesSUCCESS -2500012 2500000 2500000",
		},
		"another's key": {tx: pay(nil), by: "rShop", want: "tefBAD_AUTH" + refused},
		"unknown":       {tx: pay(Transaction{"Account": "rNew"}), want: "terNO_ACCOUNT" + refused},

		"sequence of the past":   {tx: pay(Transaction{"Sequence": 0}), want: "tefPAST_SEQ" + refused},
		"sequence of the future": {tx: pay(Transaction{"Sequence": 2}), want: "terPRE_SEQ" + refused},
		"ticket":                 {tx: pay(Transaction{"TicketSequence": 1}), want: "terPRE_TICKET" + refused},
		"too late":               {tx: pay(Transaction{"LastLedgerSequence": newest}), want: "tefMAX_LEDGER" + refused},
		"just in time": {
			tx: pay(Transaction{"LastLedgerSequence": newest + 1}), want: "tesSUCCESS -2500012 2500000 2500000",
		},
		"for ever": {
			tx: pay(Transaction{"LastLedgerSequence": nil}), want: "tesSUCCESS -2500012 2500000 2500000",
		},
		"fee too small": {tx: pay(Transaction{"Fee": "9"}), want: "telINSUF_FEE_P" + refused},
		"fee too small for a reserve": {
			tx: pay(Transaction{"TransactionType": "AccountDelete", "Fee": "199999"}), want: "telINSUF_FEE_P" + refused,
		},
		"fee too large":  {tx: pay(Transaction{"Fee": "1000000000001"}), want: "terINSUF_FEE_B" + refused},
		"network id":     {tx: pay(Transaction{"NetworkID": 1}), want: "telNETWORK_ID_MAKES_TX_NON_CANONICAL" + refused},
		"no destination": {tx: pay(Transaction{"Destination": nil}), want: "temDST_NEEDED" + refused},
		"no drops":       {tx: pay(Transaction{"Amount": "0"}), want: "temBAD_AMOUNT" + refused},
		"no amount":      {tx: pay(Transaction{"Amount": nil}), want: "temBAD_AMOUNT" + refused},
		"to itself":      {tx: pay(Transaction{"Destination": "rUser"}), want: "temREDUNDANT" + refused},
		"sign-in":        {tx: Transaction{"Account": "rUser"}, want: "temMALFORMED" + refused},
	} {
		l := newTestLedger()
		for address, account := range l.Open {
			account.Flags = tt.flags
			l.Open[address] = account
		}
		s := signed(tt.tx, tt.by)
		result := l.Submit(began, s, tt.override)
		l.Advance(began.Add(UsualClose))
		change := func(field string) int64 {
			account, was := l.Open[tt.tx.Text(field)].Balance, newTestLedger().Open[tt.tx.Text(field)].Balance
			return int64(account - was)
		}
		e, delivered := l.Transaction(TxID(s.Blob)), any(nil)
		if e != nil {
			delivered = e.Delivered
			if again := l.Submit(began, s, Override{}); again != "tefALREADY" || e.Result != result {
				t.Errorf("%s: got %s in the ledger, and %s of it again", name, e.Result, again)
			}
		}
		if token, ok := delivered.(map[string]any); ok {
			delivered = token["value"]
		}
		got := fmt.Sprint(result, " ", change("Account"), " ", change("Destination"), " ", delivered)
		if inLedger := result[:3] == "tes" || result[:3] == "tec"; got != tt.want || (e != nil) != inLedger {
			t.Errorf("%s: got %s, want %s", name, got, tt.want)
		}
	}
}

func TestLedgerCloses(t *testing.T) {
	l := newTestLedger()
	first := l.Newest
	if sequence, current := l.Next(began, "rUser"); sequence != 1 || current != first+1 {
		t.Errorf("got sequence %d in ledger %d, want 1 in %d", sequence, current, first+1)
	}
	s, late := signed(pay(nil), ""), began.Add(UsualClose-1)
	l.Submit(late, s, Override{})
	if e := l.Transaction(TxID(s.Blob)); e.Ledger != first+1 || l.Newest != first {
		t.Errorf("got ledger %d while %d is validated, want %d after %d", e.Ledger, l.Newest, first+1, first)
	}
	if got := l.Accounts["rUser"].Sequence; got != 1 {
		t.Errorf("validated too early: sequence %d", got)
	}
	if sequence, _ := l.Next(late, "rUser"); sequence != 2 {
		t.Errorf("got sequence %d after a submission, want 2", sequence)
	}
	l.Advance(began.Add(UsualClose))
	if got := l.Accounts["rUser"].Sequence; got != 2 || l.Newest != first+1 {
		t.Errorf("got sequence %d in ledger %d, want 2 in %d", got, l.Newest, first+1)
	}
	l.Advance(began.Add(time.Hour))
	if want := first + 1200; l.Newest != want {
		t.Errorf("got ledger %d after an hour, want %d", l.Newest, want)
	}
	if got, want := l.CloseTime(first+1), began.Add(UsualClose); !got.Equal(want) {
		t.Errorf("closed at %v, want %v", got, want)
	}
	if again := newLedger(began.Add(time.Hour), UsualClose, nil); again.Newest < l.Newest {
		t.Errorf("started again it counts from %d, want at least %d", again.Newest, l.Newest)
	}
}

func TestLedgerAtAnotherPace(t *testing.T) {
	l := newTestLedger()
	l.pace(began.Add(time.Minute), time.Second)
	l.Advance(began.Add(time.Minute + 10*time.Second))
	if got, want := l.Newest, newTestLedger().Newest+30; got != want {
		t.Errorf("got ledger %d, want %d", got, want)
	}
}

func TestLedgerForgets(t *testing.T) {
	l := newTestLedger()
	for i := range maxTransactions + 1 {
		l.add(&Included{Hash: strconv.Itoa(i), Ledger: l.Newest + 1 + uint32(i)})
	}
	if len(l.byHash) != maxTransactions || l.byHash["0"] != nil || l.Oldest != l.First+2 || len(l.dropped) != 1 {
		t.Errorf("got %d transactions from ledger %d, want %d from %d", len(l.byHash), l.Oldest, maxTransactions, l.First+2)
	}
}

func TestTxID(t *testing.T) {
	// Blob and hash of a real sign-in.
	const (
		blob = "73210330E7FC9D56BB25D6893BA3F317AE5BCF33B3291BD63DB32654A313222F7FD02074473045022100956F4F56B6EE1F95" +
			"1B976255FCFF35CD677D8811C12D31227966B414E66F6ED802202F3BB9A8E9264266F4BAABEC92A49D61CEB9D80163872595E5" +
			"CE2086D8C32F4A8114B5F762798A53D543A014CAF8B297CFF8F2F937E8"
		want = "98F55FD9C9943E510731080D7D5409916C0C4D38A2C4F2129496E095BA28D262"
	)
	if got := TxID(blob); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
