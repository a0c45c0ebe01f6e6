package sandbox

import (
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

// signs has the phone sign what a POST asks for.
func signs(t *testing.T, body string, a account, on engine.Network) engine.Signature {
	t.Helper()
	raw, err := decodeBody([]byte(body))
	if err != nil {
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
	s, err := newAttempt(pl, a, on, nil, engine.Signature{}).sign(7, 100_000)
	if err != nil {
		t.Fatal(err)
	}
	return s
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

// What a node reads of a blob, and who signed it.
func TestSubmission(t *testing.T) {
	tx := engine.Transaction{
		"TransactionType": "Payment", "Account": wallet[0].address, "Destination": address, "Amount": "2500000",
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

// What the app's own library makes of the same keys.
func TestSignInKnownAnswers(t *testing.T) {
	for txid, tt := range map[string]struct {
		signer account
		blob   string
	}{
		"98F55FD9C9943E510731080D7D5409916C0C4D38A2C4F2129496E095BA28D262": {
			wallet[0], "73210330E7FC9D56BB25D6893BA3F317AE5BCF33B3291BD63DB32654A313222F7FD02074473045022100956F4F56B6" +
				"EE1F951B976255FCFF35CD677D8811C12D31227966B414E66F6ED802202F3BB9A8E9264266F4BAABEC92A49D61CEB9D801" +
				"63872595E5CE2086D8C32F4A8114B5F762798A53D543A014CAF8B297CFF8F2F937E8",
		},
		"636497CF3F359C7F0B7685BC7D608BBBAC98F107BA971622C4AB088DB3A9F291": {
			wallet[1], "7321ED01FA53FA5A7E77798F882ECE20B1ABC00BB358A9E55A202D0D0676BD0CE37A63744078A3E3A3949490F1AF87" +
				"DA9831507D94C6F42B6EE1860C00626A430434E536008A5BF21EEC8E5CB4ABB8A14C2E5FB92B3F0A91DEA6FAB5A8745318" +
				"29980B1A0C8114D28B177E48D9A8D057E70F7E464B498367281B98",
		},
	} {
		if s := signs(t, signIn, tt.signer, networks[0]); s.Blob != tt.blob || s.TxID != txid {
			t.Errorf("%s: got %+v", tt.signer.name, s)
		}
	}
}

// What the phone makes of a request in ledger 99999, with the account's seventh transaction.
func TestFill(t *testing.T) {
	payment := func(fields string) string { return `{"txjson":{"TransactionType":"Payment"` + fields + `}}` }
	multisign := func(fields string) string {
		return `{"txjson":{"TransactionType":"Payment"` + fields + `},"options":{"multisign":true}}`
	}
	for name, tt := range map[string]struct{ body, network, field, want string }{
		"account is the chosen one": {payment(`,"Account":"` + address + `"`), "", "Account", wallet[0].address},
		"fee":                       {payment(``), "", "Fee", "12"},
		"fee asked for":             {payment(`,"Fee":"99"`), "", "Fee", "99"},
		"sequence":                  {payment(``), "", "Sequence", "7"},
		"sequence of a ticket":      {payment(`,"Sequence":0,"TicketSequence":3`), "", "Sequence", "0"},
		"amount left to the user":   {payment(``), "", "Amount", "1000000"},
		"last ledger":               {payment(``), "", "LastLedgerSequence", "100020"},
		"last ledger, an offset":    {payment(`,"LastLedgerSequence":32569`), "", "LastLedgerSequence", "132569"},
		"last ledger too near":      {payment(`,"LastLedgerSequence":100019`), "", "LastLedgerSequence", "100020"},
		"last ledger far away":      {payment(`,"LastLedgerSequence":100021`), "", "LastLedgerSequence", "100021"},
		"network without an id":     {payment(``), "TESTNET", "NetworkID", "<nil>"},
		"network with an id":        {payment(``), "XAHAU", "NetworkID", "21337"},
		"channel's key": {
			`{"txjson":{"TransactionType":"PaymentChannelCreate"}}`, "", "PublicKey", wallet[0].publicKey,
		},
		"tag in words":                       {payment(`,"DestinationTag":"4711"`), "", "DestinationTag", "4711"},
		"sign-in has no type":                {signIn, "", "TransactionType", "<nil>"},
		"sign-in has no fee":                 {signIn, "", "Fee", "<nil>"},
		"sign-in has an account":             {signIn, "", "Account", wallet[0].address},
		"sign-in keeps its memo":             {markedSignIn, "", "Memos.0.Memo.MemoData", "62"},
		"multisigned has no sequence":        {multisign(``), "", "Sequence", "<nil>"},
		"multisigned keeps its account":      {multisign(`,"Account":"` + address + `"`), "", "Account", address},
		"multisigned has no key of its own":  {multisign(``), "", "SigningPubKey", ""},
		"multisigned is signed by the phone": {multisign(``), "", "Signers.0.Signer.Account", wallet[0].address},
	} {
		on, _ := networkFor(tt.network)
		tx, err := decodeBlob(signs(t, tt.body, wallet[0], on).Blob)
		if got := pick(tx, tt.field); err != nil || got != tt.want {
			t.Errorf("%s: got %s, %v, want %s", name, got, err, tt.want)
		}
	}
}

func TestSignaturesVerify(t *testing.T) {
	multisign := strings.Replace(payWith(`"Account":"`+demoShop+`","Destination":"`+address+`","Amount":"1"`),
		"}}", `},"options":{"multisign":true}}`, 1)
	claim := `{"txjson":{"TransactionType":"PaymentChannelAuthorize","Channel":"` + invoice + `","Amount":"1000"}}`
	for _, a := range wallet {
		for _, body := range []string{signIn, payment, multisign, claim} {
			s := signs(t, body, a, networks[0])
			tx, _ := decodeBlob(s.Blob)
			data, _ := signingData(tx)
			signature := pick(tx, "TxnSignature")
			switch body {
			case multisign:
				data, _ = multisigningData(tx, a.address)
				signature = pick(tx, "Signers.0.Signer.TxnSignature")
			case claim: // a bare signature
				data, _ = claimData(engine.Transaction{"Channel": invoice, "Amount": "1000"})
				signature = s.Blob
			}
			if err := verifySignature(data, a.publicKey, signature); err != nil || (s.TxID == "") != (body == claim) {
				t.Errorf("%s: %s: %v", a.name, body, err)
			}
		}
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
	for name, tt := range map[string]struct {
		data, publicKey, signature string
		valid                      bool
	}{
		"secp256k1":             {data, wallet[0].publicKey, low, true},
		"Ed25519":               {data, wallet[1].publicKey, ed, true},
		"high S":                {data, wallet[0].publicKey, highS(low), false},
		"other data":            {"date", wallet[0].publicKey, low, false},
		"other key":             {data, company.publicKey, low, false},
		"key of the other type": {data, wallet[1].publicKey, low, false},
		"no key":                {data, "", low, false},
		"no signature":          {data, wallet[0].publicKey, "", false},
		"something after it":    {data, wallet[0].publicKey, low + "00", false},
		"not hex":               {data, wallet[0].publicKey, "nonsense", false},
	} {
		if err := verifySignature(tt.data, tt.publicKey, tt.signature); (err == nil) != tt.valid {
			t.Errorf("%s: got %v, want valid %v", name, err, tt.valid)
		}
	}
}
