package sandbox

import (
	"net/http/httptest"
	"testing"
	"time"
)

// Whatever is sent to POST payload is either refused or makes a payload whose documents and pages
// can be shown.
func FuzzCreate(f *testing.F) {
	for _, body := range []string{
		"", "{", "null", "[]", "{}", signIn, payment,
		`{"txblob":"12000022800000006140000000002625A08314D28B177E48D9A8D057E70F7E464B498367281B98"}`,
		`{"txblob":"FFFFFFFFFFFFFFFF"}`,
		`{"txjson":{"TransactionType":"Payment","Destination":"rÿ"}}`,
		`{"txjson":{"TransactionType":"Payment","Amount":{"currency":"USD","issuer":"` + address + `","value":1.5},"Memos":[{"Memo":{"MemoData":"00"}}]}}`,
		`{"txjson":{"TransactionType":"OfferCreate"},"options":{"expire":"1e9","signers":[1,null],"return_url":{"app":"%zz{TXID}","web":7}},"custom_meta":{"identifier":1e400,"blob":[]}}`,
	} {
		f.Add(body)
	}
	now := time.Date(2026, 1, 5, 10, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, body string) {
		raw, err := decodeBody([]byte(body))
		if err != nil {
			return
		}
		in, refused := parseCreation(raw)
		if refused != nil {
			return
		}
		pl := newPayload(unknownUUID, &apps[0], in, now)
		if !pl.Expires.After(now) {
			t.Errorf("expires %v, before it is created", pl.Expires)
		}
		marshal(pl.document(now, base, false))
		if err := pages.ExecuteTemplate(httptest.NewRecorder(), "sign.html", pl.view(now, false)); err != nil {
			t.Error(err)
		}
		pl.Opened = true
		if err := pages.ExecuteTemplate(httptest.NewRecorder(), "sign.html", pl.view(now, false)); err != nil {
			t.Error(err)
		}
		pl.Outcome = &outcome{Signed: true, At: now}
		if pl.signable() {
			pl.Outcome.Signature, err = newAttempt(pl, wallet[0], networks[0], misbehaviourTable, signature{}).sign(1, historyBegin)
			if err != nil {
				t.Errorf("sign: %v", err)
			}
		}
		marshal(pl.document(now, base, true))
		marshal(pl.resolved(pl.Outcome))
	})
}
