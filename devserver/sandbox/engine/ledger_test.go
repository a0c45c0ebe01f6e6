package engine

import (
	"fmt"
	"maps"
	"strconv"
	"testing"
	"time"
)

const million = 1_000_000_000_000 // of XRP, in drops

func newLedger() *Ledger {
	return NewLedger(began, UsualClose, map[string]Account{
		"rUser": {Balance: million, Sequence: 1},
		"rShop": {Balance: million, Sequence: 1},
		"rFirm": {Balance: million, Sequence: 1, RegularKey: "rKey"},
	})
}

// pay is a payment of the user's to the shop, with changes; nil takes a field away.
func pay(changes Transaction) Transaction {
	tx := Transaction{
		"TransactionType": "Payment", "Account": "rUser", "Destination": "rShop", "Amount": "2500000",
		"Fee": "12", "Sequence": 1, "LastLedgerSequence": int(newLedger().Newest + 20),
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

func TestSubmit(t *testing.T) {
	usd := func(value string) map[string]any {
		return map[string]any{"currency": "USD", "issuer": "rShop", "value": value}
	}
	mpt := map[string]any{"mpt_issuance_id": "000004C463C52827307480341125DA0577DEFC38405B0E3E", "value": "9"}
	newest := int(newLedger().Newest)
	firm := Transaction{"Account": "rFirm"}
	for _, tt := range []struct {
		name      string
		flags     uint32 // of all accounts
		tx        Transaction
		by        string // the address of the key, the account's if empty
		fate      Fate
		want      string
		from, to  uint64 // balances afterwards, 0 for those that do not matter
		delivered any
	}{
		{
			name: "payment", tx: pay(nil),
			want: "tesSUCCESS", from: million - 2500012, to: million + 2500000, delivered: "2500000",
		},
		{
			name: "creates an account", tx: pay(Transaction{"Destination": "rNew", "Amount": "1000000"}),
			want: "tesSUCCESS", to: 1000000, delivered: "1000000",
		},
		{
			name: "too little for an account", tx: pay(Transaction{"Destination": "rNew", "Amount": "999999"}),
			want: "tecNO_DST_INSUF_XRP", from: million - 12,
		},
		{
			name: "token to nobody", tx: pay(Transaction{"Destination": "rNew", "Amount": usd("1.5")}),
			want: "tecNO_DST", from: million - 12,
		},
		{
			name: "more than there is", tx: pay(Transaction{"Amount": "999999000001"}),
			want: "tecUNFUNDED_PAYMENT", from: million - 12, to: million,
		},
		{
			name: "all but the reserve", tx: pay(Transaction{"Amount": "999999000000"}),
			want: "tesSUCCESS", from: 1000000 - 12, delivered: "999999000000",
		},
		{name: "tag needed", flags: RequireDestTag, tx: pay(nil), want: "tecDST_TAG_NEEDED", from: million - 12},
		{
			name: "tag given", flags: RequireDestTag, tx: pay(Transaction{"DestinationTag": 0}),
			want: "tesSUCCESS", delivered: "2500000",
		},
		{
			name: "token", tx: pay(Transaction{"Amount": usd("1.5")}),
			want: "tesSUCCESS", from: million - 12, to: million, delivered: "1.5",
		},
		{name: "MPT", tx: pay(Transaction{"Amount": mpt}), want: "tesSUCCESS", from: million - 12, delivered: "9"},
		{
			name: "not a payment", want: "tesSUCCESS", from: million - 12,
			tx: Transaction{"TransactionType": "AccountSet", "Account": "rUser", "Fee": "12", "Sequence": 1},
		},
		{
			name: "half", tx: pay(nil), fate: Fate{Half: true},
			want: "tesSUCCESS", from: million - 1250012, to: million + 1250000, delivered: "1250000",
		},
		{
			name: "half of a token", tx: pay(Transaction{"Amount": usd("12.5")}), fate: Fate{Half: true},
			want: "tesSUCCESS", delivered: "6.25",
		},
		{
			name: "fated to fail", tx: pay(nil), fate: Fate{Result: "tecPATH_DRY"},
			want: "tecPATH_DRY", from: million - 12, to: million,
		},
		{
			name: "fails by itself before its fate", tx: pay(Transaction{"Amount": "999999000001"}),
			fate: Fate{Result: "tecPATH_DRY"}, want: "tecUNFUNDED_PAYMENT",
		},

		{name: "regular key", by: "rKey", tx: pay(firm), want: "tesSUCCESS", delivered: "2500000"},
		{name: "master key beside it", tx: pay(firm), want: "tesSUCCESS", delivered: "2500000"},
		{
			name: "master key disabled", flags: DisableMaster, tx: pay(firm),
			want: "tefMASTER_DISABLED", from: million,
		},
		{
			name: "regular key while the master key is disabled", flags: DisableMaster, by: "rKey", tx: pay(firm),
			want: "tesSUCCESS", delivered: "2500000",
		},
		{name: "another's key", by: "rShop", tx: pay(nil), want: "tefBAD_AUTH", from: million, to: million},
		{name: "account not on the ledger", tx: pay(Transaction{"Account": "rNew"}), want: "terNO_ACCOUNT"},

		{name: "sequence of the past", tx: pay(Transaction{"Sequence": 0}), want: "tefPAST_SEQ", from: million},
		{name: "sequence of the future", tx: pay(Transaction{"Sequence": 2}), want: "terPRE_SEQ", from: million},
		{name: "ticket", tx: pay(Transaction{"TicketSequence": 1}), want: "terPRE_TICKET", from: million},
		{name: "too late", tx: pay(Transaction{"LastLedgerSequence": newest}), want: "tefMAX_LEDGER", from: million},
		{
			name: "just in time", tx: pay(Transaction{"LastLedgerSequence": newest + 1}),
			want: "tesSUCCESS", delivered: "2500000",
		},
		{name: "for ever", tx: pay(Transaction{"LastLedgerSequence": nil}), want: "tesSUCCESS", delivered: "2500000"},
		{name: "fee too small", tx: pay(Transaction{"Fee": "9"}), want: "telINSUF_FEE_P", from: million},
		{
			name: "fee too large", tx: pay(Transaction{"Fee": strconv.Itoa(million + 1)}),
			want: "terINSUF_FEE_B", from: million,
		},
		{
			name: "network id", tx: pay(Transaction{"NetworkID": 1}),
			want: "telNETWORK_ID_MAKES_TX_NON_CANONICAL", from: million,
		},
		{name: "no destination", tx: pay(Transaction{"Destination": nil}), want: "temDST_NEEDED", from: million},
		{name: "no drops", tx: pay(Transaction{"Amount": "0"}), want: "temBAD_AMOUNT", from: million},
		{name: "no amount", tx: pay(Transaction{"Amount": nil}), want: "temBAD_AMOUNT", from: million},
		{name: "to itself", tx: pay(Transaction{"Destination": "rUser"}), want: "temREDUNDANT", from: million},
		{name: "sign-in", tx: Transaction{"Account": "rUser"}, want: "temMALFORMED", from: million},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := newLedger()
			for address, account := range l.Open {
				account.Flags = tt.flags
				l.Open[address] = account
			}
			s := signed(tt.tx, tt.by)
			got := l.Submit(began, s, tt.fate)
			if got != tt.want {
				t.Fatalf("got %s, want %s", got, tt.want)
			}
			l.Advance(began.Add(UsualClose))
			if from := l.Open[tt.tx.Text("Account")].Balance; tt.from != 0 && from != tt.from {
				t.Errorf("the sender has %d, want %d", from, tt.from)
			}
			if to := l.Open[tt.tx.Text("Destination")].Balance; tt.to != 0 && to != tt.to {
				t.Errorf("the receiver has %d, want %d", to, tt.to)
			}
			e := l.Entry(TxID(s.Blob))
			if inLedger := got[:3] == "tes" || got[:3] == "tec"; (e != nil) != inLedger {
				t.Fatalf("got entry %v with %s", e, got)
			}
			if e == nil {
				return
			}
			delivered := e.Delivered
			if token, ok := delivered.(map[string]any); ok {
				delivered = token["value"]
			}
			if e.Result != tt.want || delivered != tt.delivered {
				t.Errorf("got %s with %v delivered, want %v", e.Result, delivered, tt.delivered)
			}
			if again := l.Submit(began, s, Fate{}); again != "tefALREADY" {
				t.Errorf("again: got %s, want tefALREADY", again)
			}
		})
	}
}

func TestLedgerCloses(t *testing.T) {
	l := newLedger()
	first := l.Newest
	if sequence, current := l.Next(began, "rUser"); sequence != 1 || current != first+1 {
		t.Errorf("got sequence %d in ledger %d, want 1 in %d", sequence, current, first+1)
	}
	s, late := signed(pay(nil), ""), began.Add(UsualClose-1)
	l.Submit(late, s, Fate{})
	if e := l.Entry(TxID(s.Blob)); e.Ledger != first+1 || l.Newest != first {
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
	if again := NewLedger(began.Add(time.Hour), UsualClose, nil); again.Newest < l.Newest {
		t.Errorf("started again it counts from %d, want at least %d", again.Newest, l.Newest)
	}
}

func TestLedgerAtAnotherPace(t *testing.T) {
	l := newLedger()
	l.pace(began.Add(time.Minute), time.Second)
	l.Advance(began.Add(time.Minute + 10*time.Second))
	if got, want := l.Newest, newLedger().Newest+30; got != want {
		t.Errorf("got ledger %d, want %d", got, want)
	}
}

func TestLedgerForgets(t *testing.T) {
	l := newLedger()
	for i := range maxEntries + 1 {
		l.add(&Entry{Hash: strconv.Itoa(i), Ledger: l.Newest + 1 + uint32(i)})
	}
	if len(l.entries) != maxEntries || l.entries["0"] != nil || l.Oldest != l.First+2 || len(l.dropped) != 1 {
		t.Errorf("got %d transactions from ledger %d, want %d from %d", len(l.entries), l.Oldest, maxEntries, l.First+2)
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
