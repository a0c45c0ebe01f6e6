package sandbox

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/devserver/sandbox/engine"
)

// signedBy is a blob of the account's, made of a template that lacks nothing but the keys.
func signedBy(t *testing.T, k key, tx engine.Transaction) string {
	t.Helper()
	blob, err := (&attempt{key: k, tx: tx}).signed()
	if err != nil {
		t.Fatal(err)
	}
	return blob
}

// What a node reads of a blob, and who signed it.
func TestSubmission(t *testing.T) {
	tx := engine.Transaction{
		"TransactionType": "Payment", "Account": wallet[0].address, "Destination": wallet[1].address, "Amount": "2500000",
		"Fee": "12", "Sequence": 1,
	}
	if s := submission(signedBy(t, wallet[0].key, tx)); s.SignedBy != wallet[0].address || s.Tx["Amount"] != "2500000" {
		t.Errorf("got %+v", s)
	}
	for name, change := range map[string]engine.Transaction{
		"changed":     {"Amount": "1"},
		"high S":      {"TxnSignature": highS(tx.Text("TxnSignature"))},
		"multisigned": {"SigningPubKey": "", "TxnSignature": ""},
	} {
		changed := maps.Clone(tx)
		maps.Copy(changed, change)
		blob, err := encodeBlob(changed)
		if err != nil {
			t.Fatal(err)
		}
		if s := submission(blob); s.SignedBy != "" || s.Tx == nil {
			t.Errorf("%s: got %+v", name, s)
		}
	}
	if s := submission("FFFF"); s.Tx != nil || s.SignedBy != "" {
		t.Errorf("nonsense: got %+v", s)
	}
}

func TestWalletKeys(t *testing.T) {
	keys := []key{company.regular}
	for _, a := range wallet {
		keys = append(keys, a.key)
	}
	for _, k := range keys {
		signature, err := sign(k.seed, "data")
		if err != nil {
			t.Fatal(err)
		}
		if err := verifySignature("data", k.publicKey, signature); err != nil {
			t.Errorf("%s: the seed is not that of the public key: %v", k.address, err)
		}
		if got, err := addressOf(k.publicKey); err != nil || got != k.address {
			t.Errorf("got address %s, %v, want %s", got, err, k.address)
		}
	}
}

// parsed is a payload as a POST makes it.
func parsed(t *testing.T, body string) *engine.Payload {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(body))
	d.UseNumber()
	var raw any
	if err := d.Decode(&raw); err != nil {
		t.Fatal(err)
	}
	in, err := parseCreation(raw)
	if err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	now := time.Unix(0, 0)
	pl, err := engine.New(now, engine.Config{}).Create(now, in)
	if err != nil {
		t.Fatal(err)
	}
	return pl
}

// What the app's own library makes of the same keys.
func TestSignInKnownAnswers(t *testing.T) {
	tests := []struct {
		name, blob, txid string
		signer           account
	}{
		{
			"secp256k1",
			"73210330E7FC9D56BB25D6893BA3F317AE5BCF33B3291BD63DB32654A313222F7FD02074473045022100956F4F56B6EE1F951B976255FCFF35CD677D8811C12D31227966B414E66F6ED802202F3BB9A8E9264266F4BAABEC92A49D61CEB9D80163872595E5CE2086D8C32F4A8114B5F762798A53D543A014CAF8B297CFF8F2F937E8",
			"98F55FD9C9943E510731080D7D5409916C0C4D38A2C4F2129496E095BA28D262", wallet[0],
		},
		{
			"Ed25519",
			"7321ED01FA53FA5A7E77798F882ECE20B1ABC00BB358A9E55A202D0D0676BD0CE37A63744078A3E3A3949490F1AF87DA9831507D94C6F42B6EE1860C00626A430434E536008A5BF21EEC8E5CB4ABB8A14C2E5FB92B3F0A91DEA6FAB5A874531829980B1A0C8114D28B177E48D9A8D057E70F7E464B498367281B98",
			"636497CF3F359C7F0B7685BC7D608BBBAC98F107BA971622C4AB088DB3A9F291", wallet[1],
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, err := newAttempt(parsed(t, signIn), tt.signer, networks[0], nil, engine.Signature{}).sign(1, 2)
			if err != nil || s.Blob != tt.blob || s.TxID != tt.txid {
				t.Errorf("got %+v, %v", s, err)
			}
		})
	}
}

func TestFill(t *testing.T) {
	const sequence, current = 7, 100_000
	tx := func(fields string) string { return `{"txjson":{"TransactionType":"Payment"` + fields + `}}` }
	tests := []struct {
		name, body, network string
		field               string
		want                any // nil: not there
	}{
		{"account is the chosen one", tx(`,"Account":"` + address + `"`), "", "Account", wallet[0].address},
		{"fee", tx(``), "", "Fee", "12"},
		{"fee asked for", tx(`,"Fee":"99"`), "", "Fee", "99"},
		{"sequence", tx(``), "", "Sequence", uint32(sequence)},
		{"sequence of a ticket", tx(`,"Sequence":0,"TicketSequence":3`), "", "Sequence", uint32(0)},
		{"amount left to the user", tx(``), "", "Amount", "1000000"},
		{"last ledger", tx(``), "", "LastLedgerSequence", uint32(current + 20)},
		{"last ledger as an offset", tx(`,"LastLedgerSequence":32569`), "", "LastLedgerSequence", uint32(current + 32569)},
		{"last ledger too near", tx(`,"LastLedgerSequence":100019`), "", "LastLedgerSequence", uint32(current + 20)},
		{"last ledger far away", tx(`,"LastLedgerSequence":100021`), "", "LastLedgerSequence", uint32(100021)},
		{"network without an id", tx(``), "TESTNET", "NetworkID", nil},
		{"network with an id", tx(``), "XAHAU", "NetworkID", uint32(21337)},
		{"channel's key", `{"txjson":{"TransactionType":"PaymentChannelCreate"}}`, "", "PublicKey", wallet[0].publicKey},
		{"tag in words", tx(`,"DestinationTag":"4711"`), "", "DestinationTag", uint32(4711)},
		{"sign-in has no type", signIn, "", "TransactionType", nil},
		{"sign-in has no fee", signIn, "", "Fee", nil},
		{"sign-in has an account", signIn, "", "Account", wallet[0].address},
		{"sign-in keeps its memo", `{"txjson":{"TransactionType":"SignIn","Memos":[{"Memo":{"MemoData":"C0FFEE"}}]}}`, "", "Memos", "memo"},
		{"multisigned has no sequence", `{"txjson":{"TransactionType":"Payment"},"options":{"multisign":true}}`, "", "Sequence", nil},
		{"multisigned keeps its account", `{"txjson":{"TransactionType":"Payment","Account":"` + address + `"},"options":{"multisign":true}}`, "", "Account", address},
		{"multisigned has no key of its own", `{"txjson":{"TransactionType":"Payment"},"options":{"multisign":true}}`, "", "SigningPubKey", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			on, _ := networkFor(tt.network)
			s, err := newAttempt(parsed(t, tt.body), wallet[0], on, nil, engine.Signature{}).sign(sequence, current)
			if err != nil {
				t.Fatal(err)
			}
			got, err := decodeBlob(s.Blob)
			if err != nil {
				t.Fatal(err)
			}
			if tt.want == "memo" {
				if !strings.Contains(show(got["Memos"]), `"C0FFEE"`) {
					t.Errorf("got %s", show(got))
				}
				return
			}
			if got[tt.field] != tt.want {
				t.Errorf("got %T %v, want %T %v", got[tt.field], got[tt.field], tt.want, tt.want)
			}
		})
	}
}

func TestSignaturesVerify(t *testing.T) {
	const multisign = `{"txjson":{"TransactionType":"Payment","Account":"rPT1Sjq2YGrBMTttX4GZHjKu9dyfzbpAYe","Destination":"` + address + `","Amount":"1","Fee":"30","Sequence":3},"options":{"multisign":true}}`
	for _, a := range wallet {
		t.Run(a.name, func(t *testing.T) {
			for _, body := range []string{signIn, payment} {
				s, err := newAttempt(parsed(t, body), a, networks[0], nil, engine.Signature{}).sign(1, 2)
				if err != nil {
					t.Fatal(err)
				}
				tx, _ := decodeBlob(s.Blob)
				data, _ := signingData(tx)
				if err := verifySignature(data, a.publicKey, tx["TxnSignature"].(string)); err != nil {
					t.Errorf("%s: %v", body, err)
				}
			}
			s, err := newAttempt(parsed(t, multisign), a, networks[0], nil, engine.Signature{}).sign(1, 2)
			if err != nil {
				t.Fatal(err)
			}
			tx, _ := decodeBlob(s.Blob)
			by := tx["Signers"].([]any)[0].(map[string]any)["Signer"].(map[string]any)
			data, _ := multisigningData(tx, a.address)
			if err := verifySignature(data, a.publicKey, by["TxnSignature"].(string)); err != nil || by["Account"] != a.address {
				t.Errorf("multisigned: got %s, %v", show(tx), err)
			}
		})
	}
}

func TestClaim(t *testing.T) {
	body := `{"txjson":{"TransactionType":"PaymentChannelAuthorize","Channel":"43904CBFCDCEC530B4037871F86EE90BF799DF8D2E0EA564BC8A3F332E4F5FB1","Amount":"1000"}}`
	pl := parsed(t, body)
	s, err := newAttempt(pl, wallet[1], networks[0], nil, engine.Signature{}).sign(1, 2)
	if err != nil {
		t.Fatal(err)
	}
	data, _ := claimData(pl.Tx)
	if err := verifySignature(data, wallet[1].publicKey, s.Blob); err != nil || s.TxID != "" {
		t.Errorf("got %+v, %v, want a bare signature", s, err)
	}
}

func TestVerifySignatureIsStrict(t *testing.T) {
	const data = "data"
	low, err := sign(wallet[0].seed, data)
	if err != nil {
		t.Fatal(err)
	}
	ed, err := sign(wallet[1].seed, data)
	if err != nil {
		t.Fatal(err)
	}
	if again := highS(highS(low)); again != low {
		t.Errorf("the twin's twin is %s, want %s", again, low)
	}
	if twin := highS(ed); twin != ed {
		t.Errorf("got a twin of an Ed25519 signature: %s", twin)
	}
	tests := []struct {
		name, data, publicKey, signature string
		valid                            bool
	}{
		{"secp256k1", data, wallet[0].publicKey, low, true},
		{"Ed25519", data, wallet[1].publicKey, ed, true},
		{"high S", data, wallet[0].publicKey, highS(low), false},
		{"other data", "date", wallet[0].publicKey, low, false},
		{"other key", data, company.publicKey, low, false},
		{"key of the other type", data, wallet[1].publicKey, low, false},
		{"no key", data, "", low, false},
		{"no signature", data, wallet[0].publicKey, "", false},
		{"something after it", data, wallet[0].publicKey, low + "00", false},
		{"not hex", data, wallet[0].publicKey, "nonsense", false},
	}
	for _, tt := range tests {
		if err := verifySignature(tt.data, tt.publicKey, tt.signature); (err == nil) != tt.valid {
			t.Errorf("%s: got %v, want valid %v", tt.name, err, tt.valid)
		}
	}
}
