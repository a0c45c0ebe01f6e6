package sandbox

import (
	"strconv"
	"testing"
	"time"
)

// began is when the ledgers of tests begin.
var began = time.Date(2026, 1, 5, 10, 0, 0, 0, time.UTC)

// signedBy is a blob of the account's, made of a template that lacks nothing but the keys.
func signedBy(t *testing.T, k key, tx transaction) string {
	t.Helper()
	a := &attempt{key: k, tx: tx}
	blob, err := a.signed()
	if err != nil {
		t.Fatal(err)
	}
	return blob
}

// pay is a payment from the first account in the wallet, with changes; nil takes a field away.
func pay(changes transaction) transaction {
	tx := transaction{
		"TransactionType": "Payment", "Account": wallet[0].address, "Destination": wallet[1].address, "Amount": "2500000",
		"Fee": "12", "Sequence": 1, "LastLedgerSequence": newLedger(usualClose, began).Newest + 20,
	}
	for field, v := range changes {
		if tx[field] = v; v == nil {
			delete(tx, field)
		}
	}
	return tx
}

func TestSubmit(t *testing.T) {
	const million = 1_000_000_000_000
	newcomer := wallet[3].address
	usd := func(value string) map[string]any {
		return map[string]any{"currency": "USD", "issuer": demoShop, "value": value}
	}
	mpt := map[string]any{"mpt_issuance_id": "000004C463C52827307480341125DA0577DEFC38405B0E3E", "value": "9"}
	set := func(address string, flags uint32) func(l *ledger) {
		return func(l *ledger) {
			r := l.Open[address]
			r.Flags = flags
			l.Open[address] = r
		}
	}
	tests := []struct {
		name      string
		before    func(l *ledger)
		key       key
		tx        transaction
		fate      fate
		want      string
		from, to  uint64 // balances afterwards, 0 for those that do not matter
		delivered any
	}{
		{name: "payment", key: wallet[0].key, tx: pay(nil), want: "tesSUCCESS", from: million - 2500012, to: million + 2500000, delivered: "2500000"},
		{name: "creates an account", key: wallet[0].key, tx: pay(transaction{"Destination": newcomer, "Amount": "1000000"}), want: "tesSUCCESS", to: 1000000, delivered: "1000000"},
		{name: "too little for an account", key: wallet[0].key, tx: pay(transaction{"Destination": newcomer, "Amount": "999999"}), want: "tecNO_DST_INSUF_XRP", from: million - 12},
		{name: "token to nobody", key: wallet[0].key, tx: pay(transaction{"Destination": newcomer, "Amount": usd("1.5")}), want: "tecNO_DST", from: million - 12},
		{name: "more than there is", key: wallet[0].key, tx: pay(transaction{"Amount": "999999000001"}), want: "tecUNFUNDED_PAYMENT", from: million - 12, to: million},
		{name: "all but the reserve", key: wallet[0].key, tx: pay(transaction{"Amount": "999999000000"}), want: "tesSUCCESS", from: 1000000 - 12, delivered: "999999000000"},
		{name: "tag needed", before: set(wallet[1].address, requireDestTag), key: wallet[0].key, tx: pay(nil), want: "tecDST_TAG_NEEDED", from: million - 12},
		{name: "tag given", before: set(wallet[1].address, requireDestTag), key: wallet[0].key, tx: pay(transaction{"DestinationTag": 0}), want: "tesSUCCESS", delivered: "2500000"},
		{name: "token", key: wallet[0].key, tx: pay(transaction{"Amount": usd("1.5")}), want: "tesSUCCESS", from: million - 12, to: million, delivered: "1.5"},
		{name: "MPT", key: wallet[0].key, tx: pay(transaction{"Amount": mpt}), want: "tesSUCCESS", from: million - 12, delivered: "9"},
		{name: "not a payment", key: wallet[0].key, tx: transaction{"TransactionType": "AccountSet", "Account": wallet[0].address, "Fee": "12", "Sequence": 1}, want: "tesSUCCESS", from: million - 12},
		{name: "half", key: wallet[0].key, tx: pay(nil), fate: fate{half: true}, want: "tesSUCCESS", from: million - 1250012, to: million + 1250000, delivered: "1250000"},
		{name: "half of a token", key: wallet[0].key, tx: pay(transaction{"Amount": usd("12.5")}), fate: fate{half: true}, want: "tesSUCCESS", delivered: "6.25"},
		{name: "fated to fail", key: wallet[0].key, tx: pay(nil), fate: fate{result: "tecPATH_DRY"}, want: "tecPATH_DRY", from: million - 12, to: million},
		{name: "fails by itself before its fate", key: wallet[0].key, tx: pay(transaction{"Amount": "999999000001"}), fate: fate{result: "tecPATH_DRY"}, want: "tecUNFUNDED_PAYMENT"},

		{name: "regular key", key: company.regular, tx: pay(transaction{"Account": company.address}), want: "tesSUCCESS", delivered: "2500000"},
		{name: "master key beside it", key: company.key, tx: pay(transaction{"Account": company.address}), want: "tesSUCCESS", delivered: "2500000"},
		{name: "master key disabled", before: set(company.address, disableMaster), key: company.key, tx: pay(transaction{"Account": company.address}), want: "tefMASTER_DISABLED", from: million},
		{name: "regular key while the master key is disabled", before: set(company.address, disableMaster), key: company.regular, tx: pay(transaction{"Account": company.address}), want: "tesSUCCESS", delivered: "2500000"},
		{name: "another's key", key: wallet[1].key, tx: pay(nil), want: "tefBAD_AUTH", from: million, to: million},
		{name: "account not on the ledger", key: wallet[3].key, tx: pay(transaction{"Account": newcomer, "Sequence": 0}), want: "terNO_ACCOUNT"},

		{name: "sequence of the past", key: wallet[0].key, tx: pay(transaction{"Sequence": 0}), want: "tefPAST_SEQ", from: million},
		{name: "sequence of the future", key: wallet[0].key, tx: pay(transaction{"Sequence": 2}), want: "terPRE_SEQ", from: million},
		{name: "ticket", key: wallet[0].key, tx: pay(transaction{"Sequence": 0, "TicketSequence": 1}), want: "terPRE_TICKET", from: million},
		{name: "too late", key: wallet[0].key, tx: pay(transaction{"LastLedgerSequence": newLedger(usualClose, began).Newest}), want: "tefMAX_LEDGER", from: million},
		{name: "just in time", key: wallet[0].key, tx: pay(transaction{"LastLedgerSequence": newLedger(usualClose, began).Newest + 1}), want: "tesSUCCESS", delivered: "2500000"},
		{name: "for ever", key: wallet[0].key, tx: pay(transaction{"LastLedgerSequence": nil}), want: "tesSUCCESS", delivered: "2500000"},
		{name: "fee too small", key: wallet[0].key, tx: pay(transaction{"Fee": "9"}), want: "telINSUF_FEE_P", from: million},
		{name: "fee too large", key: wallet[0].key, tx: pay(transaction{"Fee": strconv.Itoa(million + 1)}), want: "terINSUF_FEE_B", from: million},
		{name: "network id", key: wallet[0].key, tx: pay(transaction{"NetworkID": 1}), want: "telNETWORK_ID_MAKES_TX_NON_CANONICAL", from: million},
		{name: "no destination", key: wallet[0].key, tx: pay(transaction{"Destination": nil}), want: "temDST_NEEDED", from: million},
		{name: "no drops", key: wallet[0].key, tx: pay(transaction{"Amount": "0"}), want: "temBAD_AMOUNT", from: million},
		{name: "no amount", key: wallet[0].key, tx: pay(transaction{"Amount": nil}), want: "temBAD_AMOUNT", from: million},
		{name: "to itself", key: wallet[0].key, tx: pay(transaction{"Destination": wallet[0].address}), want: "temREDUNDANT", from: million},
		{name: "sign-in", key: wallet[0].key, tx: transaction{"Account": wallet[0].address}, want: "temMALFORMED", from: million},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := newLedger(usualClose, began)
			if tt.before != nil {
				tt.before(l)
			}
			blob := signedBy(t, tt.key, tt.tx)
			got := l.submit(blob, tt.fate, began)
			if got != tt.want {
				t.Fatalf("got %s, want %s", got, tt.want)
			}
			l.advance(began.Add(usualClose))
			if from := l.Open[tt.tx.text("Account")].Balance; tt.from != 0 && from != tt.from {
				t.Errorf("the sender has %d, want %d", from, tt.from)
			}
			if to := l.Open[tt.tx.text("Destination")].Balance; tt.to != 0 && to != tt.to {
				t.Errorf("the receiver has %d, want %d", to, tt.to)
			}
			e := l.entries[txID(blob)]
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
			if again := l.submit(blob, fate{}, began); again != "tefALREADY" {
				t.Errorf("again: got %s, want tefALREADY", again)
			}
		})
	}
}

func TestSubmitBadSignature(t *testing.T) {
	l := newLedger(usualClose, began)
	tx := pay(nil)
	signedBy(t, wallet[0].key, tx)
	for name, change := range map[string]transaction{
		"changed":     {"Amount": "1"},
		"high S":      {"TxnSignature": highS(tx.text("TxnSignature"))},
		"multisigned": {"SigningPubKey": "", "TxnSignature": nil},
	} {
		changed := transaction{}
		for field, v := range tx {
			changed[field] = v
		}
		for field, v := range change {
			if changed[field] = v; v == nil {
				delete(changed, field)
			}
		}
		blob, err := encodeBlob(changed)
		if err != nil {
			t.Fatal(err)
		}
		if got := l.submit(blob, fate{}, began); got != "temBAD_SIGNATURE" {
			t.Errorf("%s: got %s", name, got)
		}
	}
	if got := l.submit("FFFF", fate{}, began); got != "temMALFORMED" {
		t.Errorf("nonsense: got %s", got)
	}
}

func TestLedgerCloses(t *testing.T) {
	l := newLedger(usualClose, began)
	first := l.Newest
	sequence, current := l.next(wallet[0].address, began)
	if sequence != 1 || current != first+1 {
		t.Errorf("got sequence %d in ledger %d, want 1 in %d", sequence, current, first+1)
	}
	blob := signedBy(t, wallet[0].key, pay(nil))
	l.submit(blob, fate{}, began.Add(usualClose-1))
	if e := l.entries[txID(blob)]; e.Ledger != first+1 || l.Newest != first {
		t.Errorf("got ledger %d while %d is validated, want %d after %d", e.Ledger, l.Newest, first+1, first)
	}
	if got := l.Accounts[wallet[0].address].Sequence; got != 1 {
		t.Errorf("validated too early: sequence %d", got)
	}
	if sequence, _ = l.next(wallet[0].address, began.Add(usualClose-1)); sequence != 2 {
		t.Errorf("got sequence %d after a submission, want 2", sequence)
	}
	l.advance(began.Add(usualClose))
	if got := l.Accounts[wallet[0].address].Sequence; got != 2 || l.Newest != first+1 {
		t.Errorf("got sequence %d in ledger %d, want 2 in %d", got, l.Newest, first+1)
	}
	l.advance(began.Add(time.Hour))
	if want := first + 1200; l.Newest != want {
		t.Errorf("got ledger %d after an hour, want %d", l.Newest, want)
	}
	if got, want := l.closeTime(first+1), began.Add(usualClose); !got.Equal(want) {
		t.Errorf("closed at %v, want %v", got, want)
	}
	if again := newLedger(usualClose, began.Add(time.Hour)); again.Newest < l.Newest {
		t.Errorf("started again it counts from %d, want at least %d", again.Newest, l.Newest)
	}
}

func TestLedgerForgets(t *testing.T) {
	l := newLedger(usualClose, began)
	for i := range maxEntries + 1 {
		l.add(&entry{hash: strconv.Itoa(i), Ledger: l.Newest + 1 + uint32(i)})
	}
	if len(l.entries) != maxEntries || l.entries["0"] != nil || l.Oldest != l.First+2 {
		t.Errorf("got %d transactions from ledger %d, want %d from %d", len(l.entries), l.Oldest, maxEntries, l.First+2)
	}
}
