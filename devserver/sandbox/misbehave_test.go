package sandbox

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/devserver/sandbox/engine"
)

const (
	marked = `{"txjson":{"TransactionType":"Payment","Destination":"` + demoShop + `","Amount":"2500000",` +
		`"InvoiceID":"` + invoice + `","Memos":[{"Memo":{"MemoData":"61"}}]}}`
	markedSignIn = `{"txjson":{"TransactionType":"SignIn","Memos":[{"Memo":{"MemoData":"62"}}]}}`
)

// misbehave has the phone accept and returns what a verifier can know of it: "response", what the platform says, "tx",
// what is in the blob, "node", what the ledger's node says of it, and "keys", whose signature it bears.
func (w world) misbehave(uuid string, names ...string) map[string]any {
	w.t.Helper()
	body := string(engine.JSON(PhoneOptions{Misbehave: names}))
	if a := w.do("POST", "/phone/"+uuid+"/accept", body, nil); a.status != http.StatusOK {
		w.t.Fatalf("accept %v: got %d %s", names, a.status, a.body)
	}
	time.Sleep(2 * engine.UsualClose)
	doc := w.get(uuid)
	blob := doc["response"].(map[string]any)["hex"].(string)
	tx, err := decodeBlob(blob)
	if err != nil {
		w.t.Fatal(err)
	}
	doc["tx"], doc["node"], doc["keys"] = tx, w.rpc("tx", `{"transaction":"`+engine.TxID(blob)+`"}`), "nobody's"
	data, err := signingData(tx)
	for name, k := range map[string]key{
		"everyday": wallet[0].key, "savings": wallet[1].key, "regular": company.regular,
	} {
		if err == nil && verifySignature(data, k.publicKey, tx["TxnSignature"].(string)) == nil {
			doc["keys"] = name
		}
	}
	return doc
}

func TestMisbehaviours(t *testing.T) {
	const (
		said, result = " response.dispatched_result ", " node.meta.TransactionResult "
		delivered    = " node.meta.delivered_amount "
		memo         = " tx.Memos.0.Memo.MemoData "
		notFound     = " txnNotFound"
	)
	everyday, savings := wallet[0].address, wallet[1].address
	type facts struct{ body, paths, want string }
	cases := map[string]facts{
		"":          {tagged, "keys" + result + delivered + said, "everyday tesSUCCESS 2500000 tesSUCCESS"},
		", marked":  {marked, "tx.InvoiceID tx.Fee" + memo, invoice + " 12 61"},
		", sign-in": {markedSignIn, "keys tx.TransactionType" + memo, "everyday <nil> 62"},
		"other-account": {
			tagged, "tx.Account response.signer keys" + said + "node.error",
			everyday + " " + savings + " savings tefBAD_AUTH" + notFound,
		},
		"regular-key": {
			tagged, "tx.Account response.account keys" + result,
			company.address + " " + company.address + " regular tesSUCCESS",
		},
		"sign-in-for-payment": {
			tagged, "tx.TransactionType keys" + said + "node.error", "<nil> everyday tesSUCCESS" + notFound,
		},
		"payment-for-sign-in": {
			signIn, "tx.TransactionType keys" + said + "node.error", "Payment everyday " + notFound,
		},
		"wrong-amount":              {tagged, "tx.Amount" + delivered, "1 1"},
		"wrong-amount, of one drop": {payWith(`"Destination":"` + demoShop + `","Amount":"1"`), "tx.Amount", "2"},
		"wrong-amount, of one token": {
			payWith(`"Destination":"` + demoShop + `","Amount":{"currency":"USD","issuer":"` + demoShop + `","value":"1"}`),
			"tx.Amount.value", "2",
		},
		"wrong-destination": {tagged, "tx.Destination" + result, savings + " tesSUCCESS"},
		"dropped-tag":       {tagged, "tx.DestinationTag" + result, "<nil> tesSUCCESS"},
		"partial-payment":   {tagged, "tx.Flags" + delivered, "131072 2500000"},
		"other-network": {
			tagged, "response.environment_nodetype response.dispatched_nodetype" + said + "node.error",
			"MAINNET MAINNET tesSUCCESS" + notFound,
		},
		"high-s":                {tagged, "keys" + said + "node.error", "nobody's temBAD_SIGNATURE" + notFound},
		"wrong-txid":            {tagged, result, "tesSUCCESS"},
		"submit-fails":          {tagged, "node.validated" + said + result + delivered, "true tecPATH_DRY tecPATH_DRY <nil>"},
		"delivers-less":         {tagged, "tx.Flags tx.Amount" + result + delivered, "<nil> 2500000 tesSUCCESS 1250000"},
		"dropped-invoice-id":    {marked, "tx.InvoiceID" + memo + result, "<nil> 61 tesSUCCESS"},
		"dropped-memo":          {marked, "tx.InvoiceID tx.Memos" + result, invoice + " <nil> tesSUCCESS"},
		"dropped-memo, sign-in": {markedSignIn, "keys tx.Memos", "everyday <nil>"},
		"foreign-sign-in": {
			markedSignIn, "keys tx.TransactionType" + memo, "everyday <nil> " + hexOf("0123456789ABCDEF"),
		},
		"absurd-fee":        {tagged, "tx.Fee" + result + delivered, "100000000 tesSUCCESS 2500000"},
		"older-transaction": {tagged, "node.ledger_index node.date node.validated" + result, "99997 -9 true tesSUCCESS"},
		"never-submits":     {tagged, "keys node.error" + said + "node.meta", "everyday" + notFound + "  <nil>"},
		"claims-success":    {tagged, "keys" + said + "node.error", "everyday tesSUCCESS" + notFound},
		"replay":            {tagged, "keys" + result, "everyday tesSUCCESS"},
		"partial-payment delivers-less": {
			tagged, "tx.Flags tx.Amount" + delivered, "131072 2500000 1250000",
		},
		"wrong-destination dropped-tag wrong-amount": {
			tagged, "tx.Destination tx.DestinationTag tx.Amount", savings + " <nil> 1",
		},
	}
	inWorlds(t, cases, func(w world, c facts) {
		names, _, _ := strings.Cut(w.name, ",")
		doc := w.misbehave(w.create(c.body), strings.Fields(names)...)
		if got := pick(doc, c.paths); got != c.want {
			w.t.Errorf("%s: got %s, want %s", c.paths, got, c.want)
		}
		txid := pick(doc, "response.txid")
		blob := doc["response"].(map[string]any)["hex"].(string)
		if !hash256.MatchString(txid) || (txid == engine.TxID(blob)) != (names != "wrong-txid") {
			w.t.Errorf("got txid %s of blob %s", txid, blob)
		}
	})
	for _, m := range misbehaviourTable {
		if _, tested := cases[m.name]; !tested {
			t.Errorf("%s is not tested", m.name)
		}
	}
}

func TestMisbehaviourReplay(t *testing.T) {
	inWorld(t, func(w world) {
		first, second := w.misbehave(w.create(tagged), "replay"), w.misbehave(w.create(tagged), "replay")
		if pick(second, "response.hex") != pick(first, "response.hex") {
			w.t.Errorf("got %v, then %v", first["response"], second["response"])
		}
		if got := w.ledger().Open[wallet[0].address].Sequence; got != 2 {
			w.t.Errorf("the account's next sequence is %d, want 2: one payment", got)
		}
	})
}

func TestMisbehavingByHand(t *testing.T) {
	inWorld(t, func(w world) {
		uuid := w.create(tagged)
		w.must(uuid, "open")
		body := w.do("GET", "/sign/"+uuid, "", nil).body
		for _, m := range misbehaviourTable {
			if !strings.Contains(body, `name="misbehave" value="`+m.name+`"`) {
				w.t.Errorf("%s is not on the sign page", m.name)
			}
		}
		w.form(uuid, "act=accept&misbehave=dropped-tag&misbehave=wrong-amount")
		time.Sleep(time.Minute)
		body = w.do("GET", "/sign/"+uuid, "", nil).body
		if !strings.Contains(body, "misbehaved: wrong-amount, dropped-tag.") || !strings.Contains(body, "tesSUCCESS") {
			w.t.Errorf("got %s", body)
		}
	})
}

// The phone reports what it signed, submits it, and reports what came of it, in this order; for people the stages are
// far enough apart to be seen.
func TestStagesOfSigning(t *testing.T) {
	inWorld(t, func(w world) {
		uuid := w.create(payment)
		l := w.listen(uuid)
		l.take()
		w.form(uuid, "act=accept")
		l.expect("opened opened pre_signed")
		time.Sleep(stagePause)
		l.expect("dispatched")
		time.Sleep(stagePause)
		l.expect("signed")
		time.Sleep(stagePause / 2)
		const paths = "response.dispatched_result response.dispatched_to_node"
		if got := pick(w.get(uuid), paths); got != " false" {
			w.t.Errorf("after signing: got %s", got)
		}
		time.Sleep(stagePause)
		if got := pick(w.get(uuid), paths); got != "tesSUCCESS true" {
			w.t.Errorf("after submitting: got %s", got)
		}
	})
}

func TestPhoneNumbersItsPayments(t *testing.T) {
	inWorld(t, func(w world) {
		var sequences []any
		for range 3 { // within one ledger
			uuid := w.create(tagged)
			w.must(uuid, "accept")
			tx, _ := decodeBlob(w.payload(uuid).Outcome.Signature.Blob)
			sequences = append(sequences, tx["Sequence"])
		}
		if want := []any{uint32(1), uint32(2), uint32(3)}; !slices.Equal(sequences, want) {
			w.t.Errorf("got %v, want %v", sequences, want)
		}
	})
}
