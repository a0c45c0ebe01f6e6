package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/devserver/sandbox/engine"
)

const tagged = `{"txjson":{"TransactionType":"Payment","Destination":"rPT1Sjq2YGrBMTttX4GZHjKu9dyfzbpAYe","DestinationTag":4711,"Amount":"2500000"},"options":{"force_network":"TESTNET"}}`

// signed is what a verifier can know of a signed payload: what the platform says, what the blob
// holds, and what the ledger says.
type signedView struct {
	response map[string]any
	tx       map[string]any
	ledger   map[string]any // of its hash, as JSON-RPC answers
}

func (w world) misbehave(uuid string, names ...string) signedView {
	w.t.Helper()
	body, _ := json.Marshal(map[string][]string{"misbehave": names})
	if a := w.do("POST", "/phone/"+uuid+"/accept", string(body), nil); a.status != http.StatusOK {
		w.t.Fatalf("accept %v: got %d %s", names, a.status, a.body)
	}
	time.Sleep(2 * engine.UsualClose)
	v := signedView{response: w.get(uuid)["response"].(map[string]any)}
	blob := v.response["hex"].(string)
	var err error
	if v.tx, err = decodeBlob(blob); err != nil {
		w.t.Fatal(err)
	}
	v.ledger = w.rpc("tx", `{"transaction":"`+engine.TxID(blob)+`"}`)
	return v
}

// authentic reports whether the blob is signed with a key, strictly.
func (v signedView) authentic(k key) bool {
	data, err := signingData(v.tx)
	return err == nil && verifySignature(data, k.publicKey, v.tx["TxnSignature"].(string)) == nil
}

func (v signedView) result() any {
	meta, _ := v.ledger["meta"].(map[string]any)
	return meta["TransactionResult"]
}

func (v signedView) delivered() any {
	meta, _ := v.ledger["meta"].(map[string]any)
	return meta["delivered_amount"]
}

// memo is the data of the first memo, nil if there is none.
func (v signedView) memo() any {
	memos, _ := v.tx["Memos"].([]any)
	if len(memos) == 0 {
		return nil
	}
	return memos[0].(map[string]any)["Memo"].(map[string]any)["MemoData"]
}

const (
	invoice      = "0F0E0D0C0B0A09080706050403020100FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF"
	marked       = `{"txjson":{"TransactionType":"Payment","Destination":"` + demoShop + `","Amount":"2500000","InvoiceID":"` + invoice + `","Memos":[{"Memo":{"MemoData":"61"}}]}}`
	markedSignIn = `{"txjson":{"TransactionType":"SignIn","Memos":[{"Memo":{"MemoData":"62"}}]}}`
)

func TestMisbehaviours(t *testing.T) {
	type facts = map[string]any
	tests := []struct {
		names string
		body  string
		want  func(v signedView) facts // what is
		facts facts                    // what should be
	}{
		{"", tagged, func(v signedView) facts {
			return facts{"key": v.authentic(wallet[0].key), "result": v.result(), "delivered": v.delivered(), "txid": v.response["txid"] == v.ledger["hash"], "said": v.response["dispatched_result"]}
		}, facts{"key": true, "result": "tesSUCCESS", "delivered": "2500000", "txid": true, "said": "tesSUCCESS"}},
		{"", marked, func(v signedView) facts {
			return facts{"invoice": v.tx["InvoiceID"], "memo": v.memo(), "fee": v.tx["Fee"]}
		}, facts{"invoice": invoice, "memo": "61", "fee": "12"}},
		{"", markedSignIn, func(v signedView) facts {
			return facts{"memo": v.memo(), "key": v.authentic(wallet[0].key), "type": v.tx["TransactionType"]}
		}, facts{"memo": "62", "key": true, "type": nil}},
		{"other-account", tagged, func(v signedView) facts {
			return facts{"in the name of": v.tx["Account"], "signed by": v.authentic(wallet[1].key), "signer": v.response["signer"], "said": v.response["dispatched_result"], "ledger": v.ledger["error"]}
		}, facts{"in the name of": wallet[0].address, "signed by": true, "signer": wallet[1].address, "said": "tefBAD_AUTH", "ledger": "txnNotFound"}},
		{"regular-key", tagged, func(v signedView) facts {
			return facts{"in the name of": v.tx["Account"], "signed by": v.authentic(company.regular), "account": v.response["account"], "result": v.result()}
		}, facts{"in the name of": company.address, "signed by": true, "account": company.address, "result": "tesSUCCESS"}},
		{"sign-in-for-payment", tagged, func(v signedView) facts {
			return facts{"type": v.tx["TransactionType"], "key": v.authentic(wallet[0].key), "said": v.response["dispatched_result"], "ledger": v.ledger["error"]}
		}, facts{"type": nil, "key": true, "said": "tesSUCCESS", "ledger": "txnNotFound"}},
		{"payment-for-sign-in", signIn, func(v signedView) facts {
			return facts{"type": v.tx["TransactionType"], "key": v.authentic(wallet[0].key), "said": v.response["dispatched_result"], "ledger": v.ledger["error"]}
		}, facts{"type": "Payment", "key": true, "said": "", "ledger": "txnNotFound"}},
		{"wrong-amount", tagged, func(v signedView) facts {
			return facts{"amount": v.tx["Amount"], "delivered": v.delivered()}
		}, facts{"amount": "1", "delivered": "1"}},
		{"wrong-destination", tagged, func(v signedView) facts {
			return facts{"destination": v.tx["Destination"], "result": v.result()}
		}, facts{"destination": wallet[1].address, "result": "tesSUCCESS"}},
		{"dropped-tag", tagged, func(v signedView) facts {
			return facts{"tag": v.tx["DestinationTag"], "result": v.result()}
		}, facts{"tag": nil, "result": "tesSUCCESS"}},
		{"partial-payment", tagged, func(v signedView) facts {
			return facts{"flags": v.tx["Flags"], "delivered": v.delivered()}
		}, facts{"flags": uint32(partialPayment), "delivered": "2500000"}},
		{"partial-payment delivers-less", tagged, func(v signedView) facts {
			return facts{"flags": v.tx["Flags"], "amount": v.tx["Amount"], "delivered": v.delivered()}
		}, facts{"flags": uint32(partialPayment), "amount": "2500000", "delivered": "1250000"}},
		{"other-network", tagged, func(v signedView) facts {
			return facts{"network": v.response["environment_nodetype"], "sent to": v.response["dispatched_nodetype"], "said": v.response["dispatched_result"], "ledger": v.ledger["error"]}
		}, facts{"network": "MAINNET", "sent to": "MAINNET", "said": "tesSUCCESS", "ledger": "txnNotFound"}},
		{"high-s", tagged, func(v signedView) facts {
			data, _ := signingData(v.tx)
			low := highS(v.tx["TxnSignature"].(string))
			return facts{"key": v.authentic(wallet[0].key), "twin": verifySignature(data, wallet[0].publicKey, low) == nil, "said": v.response["dispatched_result"], "ledger": v.ledger["error"]}
		}, facts{"key": false, "twin": true, "said": "temBAD_SIGNATURE", "ledger": "txnNotFound"}},
		{"wrong-txid", tagged, func(v signedView) facts {
			return facts{"txid": v.response["txid"] == v.ledger["hash"], "form": hash256.MatchString(v.response["txid"].(string)), "result": v.result()}
		}, facts{"txid": false, "form": true, "result": "tesSUCCESS"}},
		{"submit-fails", tagged, func(v signedView) facts {
			return facts{"said": v.response["dispatched_result"], "result": v.result(), "delivered": v.delivered(), "validated": v.ledger["validated"]}
		}, facts{"said": "tecPATH_DRY", "result": "tecPATH_DRY", "delivered": nil, "validated": true}},
		{"delivers-less", tagged, func(v signedView) facts {
			return facts{"flags": v.tx["Flags"], "amount": v.tx["Amount"], "result": v.result(), "delivered": v.delivered()}
		}, facts{"flags": nil, "amount": "2500000", "result": "tesSUCCESS", "delivered": "1250000"}},
		{"dropped-invoice-id", marked, func(v signedView) facts {
			return facts{"invoice": v.tx["InvoiceID"], "memo": v.memo(), "result": v.result()}
		}, facts{"invoice": nil, "memo": "61", "result": "tesSUCCESS"}},
		{"dropped-memo", marked, func(v signedView) facts {
			return facts{"invoice": v.tx["InvoiceID"], "memo": v.memo(), "result": v.result()}
		}, facts{"invoice": invoice, "memo": nil, "result": "tesSUCCESS"}},
		{"dropped-memo", markedSignIn, func(v signedView) facts {
			return facts{"memo": v.memo(), "key": v.authentic(wallet[0].key), "blob": v.response["txid"]}
		}, facts{"memo": nil, "key": true, "blob": "98F55FD9C9943E510731080D7D5409916C0C4D38A2C4F2129496E095BA28D262"}},
		{"foreign-sign-in", markedSignIn, func(v signedView) facts {
			return facts{"memo": v.memo(), "key": v.authentic(wallet[0].key), "type": v.tx["TransactionType"]}
		}, facts{"memo": fmt.Sprintf("%X", "0123456789ABCDEF"), "key": true, "type": nil}},
		{"absurd-fee", tagged, func(v signedView) facts {
			return facts{"fee": v.tx["Fee"], "result": v.result(), "delivered": v.delivered()}
		}, facts{"fee": "100000000", "result": "tesSUCCESS", "delivered": "2500000"}},
		{"older-transaction", tagged, func(v signedView) facts {
			return facts{"ledger": v.ledger["ledger_index"], "closed": v.ledger["date"], "validated": v.ledger["validated"], "result": v.result(), "delivered": v.delivered()}
		}, facts{"ledger": 99997.0, "closed": -9.0, "validated": true, "result": "tesSUCCESS", "delivered": "2500000"}},
		{"never-submits", tagged, func(v signedView) facts {
			return facts{"key": v.authentic(wallet[0].key), "said": v.response["dispatched_result"], "sent to": v.response["dispatched_nodetype"], "ledger": v.ledger["error"]}
		}, facts{"key": true, "said": "", "sent to": "", "ledger": "txnNotFound"}},
		{"claims-success", tagged, func(v signedView) facts {
			return facts{"key": v.authentic(wallet[0].key), "said": v.response["dispatched_result"], "ledger": v.ledger["error"]}
		}, facts{"key": true, "said": "tesSUCCESS", "ledger": "txnNotFound"}},
		{"wrong-destination dropped-tag wrong-amount", tagged, func(v signedView) facts {
			return facts{"destination": v.tx["Destination"], "tag": v.tx["DestinationTag"], "amount": v.tx["Amount"]}
		}, facts{"destination": wallet[1].address, "tag": nil, "amount": "1"}},
	}
	covered := map[string]bool{"replay": true} // which needs two payloads
	for _, tt := range tests {
		names := strings.Fields(tt.names)
		for _, name := range names {
			covered[name] = true
		}
		t.Run(strings.Join(append(names, "phone"), "_"), func(t *testing.T) {
			inWorld(t, func(w world) {
				v := w.misbehave(w.create(tt.body), names...)
				got := tt.want(v)
				for fact, want := range tt.facts {
					if got[fact] != want {
						t.Errorf("%s: got %v, want %v", fact, got[fact], want)
					}
				}
			})
		})
	}
	for _, m := range misbehaviourTable {
		if !covered[m.name] {
			t.Errorf("%s is not tested", m.name)
		}
	}
}

func TestMisbehaviourReplay(t *testing.T) {
	inWorld(t, func(w world) {
		first := w.misbehave(w.create(tagged), "replay")
		second := w.misbehave(w.create(tagged), "replay")
		if first.result() != "tesSUCCESS" || second.response["hex"] != first.response["hex"] {
			t.Errorf("got %v, then %v", first.response, second.response)
		}
		if got := w.ledger().Open[wallet[0].address].Sequence; got != 2 {
			t.Errorf("the account's next sequence is %d, want 2: one payment", got)
		}
	})
}

func TestMisbehavioursAreListed(t *testing.T) {
	inWorld(t, func(w world) {
		a := w.do("GET", "/phone/misbehaviours", "", nil)
		page := w.create(tagged)
		w.must(page, "open")
		body := w.do("GET", "/sign/"+page, "", nil).body
		for _, m := range misbehaviourTable {
			if !strings.Contains(a.body, `"name":"`+m.name+`","sentence":"`) || !strings.HasSuffix(m.sentence, ".") {
				t.Errorf("%s is not listed with a sentence", m.name)
			}
			if !strings.Contains(body, `name="misbehave" value="`+m.name+`"`) {
				t.Errorf("%s is not on the sign page", m.name)
			}
		}
	})
}

func TestMisbehavingByHand(t *testing.T) {
	inWorld(t, func(w world) {
		uuid := w.create(tagged)
		w.form(uuid, "act=accept&misbehave=dropped-tag&misbehave=wrong-amount")
		time.Sleep(time.Minute)
		body := w.do("GET", "/sign/"+uuid, "", nil).body
		if !strings.Contains(body, "The phone misbehaved: wrong-amount, dropped-tag.") || !strings.Contains(body, "tesSUCCESS") {
			t.Errorf("got %s", body)
		}
	})
}

// The phone reports what it signed, submits it, and reports what came of it, in this order.
func TestSubmissionFollowsReport(t *testing.T) {
	inWorld(t, func(w world) {
		uuid := w.create(payment)
		l := w.listen(uuid)
		l.take()
		w.form(uuid, "act=accept")
		time.Sleep(2 * stagePause)
		l.expect(isOpened, isOpened, isPreSigned, isDispatched, "signed")
		time.Sleep(stagePause / 2)
		r := w.get(uuid)["response"].(map[string]any)
		if r["txid"] == "" || r["dispatched_result"] != "" || r["dispatched_to_node"] != false {
			t.Errorf("after signing: got %s", show(r))
		}
		time.Sleep(stagePause)
		if r = w.get(uuid)["response"].(map[string]any); r["dispatched_result"] != "tesSUCCESS" {
			t.Errorf("after submitting: got %s", show(r))
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
			t.Errorf("got %v, want %v", sequences, want)
		}
	})
}
