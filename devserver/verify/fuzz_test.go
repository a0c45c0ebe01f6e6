package verify

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"

	binarycodec "github.com/Peersyst/xrpl-go/binary-codec"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// recode writes fields as the gate understood them.
func recode(o object) []byte {
	var all []byte
	for _, f := range o {
		if kind := f.raw[0] >> 4; kind != typeObject && kind != typeArray {
			all = append(append(all, f.raw[:len(f.raw)-len(f.value)]...), f.value...)
			continue
		}
		var inner []byte
		for _, in := range f.inner {
			inner = append(inner, recode(in)...)
		}
		end := len(f.raw) - 1
		all = append(append(all, f.raw[:end-len(inner)]...), inner...)
		all = append(all, f.raw[end])
	}
	return all
}

func FuzzBlob(f *testing.F) {
	for _, v := range vectors(f) {
		f.Add(v.Hex, v.TxID, string(v.RequestJSON))
	}
	f.Add("0413080000000000000000", "", "")
	f.Add(strings.Repeat(objectHead, 20_000), "", "")
	f.Add("0119"+strings.Repeat("14"+strings.Repeat("01", 20)+strings.Repeat("00", 20), 2), "", "")
	f.Fuzz(func(t *testing.T, blob, id, request string) {
		s := Specimen{Hex: blob, TxID: &id, RequestJSON: json.RawMessage(request)}
		found := Inspect(s)
		if found.Reason == "" {
			t.Error("no reason is given")
		}
		if found.Opinion != Reject && !found.SignatureValid {
			t.Errorf("%+v: not rejected without a valid signature", found)
		}
		b, err := parseBlob(blob)
		if err != nil {
			if found.Opinion != Reject || found.SignatureValid {
				t.Errorf("%+v: what cannot be read is not rejected", found)
			}
			return
		}
		if got := recode(b.fields); !bytes.Equal(got, b.data) {
			t.Errorf("got % x, which was read from % x", got, b.data)
		}
		if found.Opinion == Reject {
			return
		}
		if !strings.EqualFold(txIDOf(t, blob), id) {
			t.Errorf("txid %q is accepted", id)
		}
		// What is accepted is in canonical form: the codec writes it in no other.
		if again, err := reencode(blob); err == nil && !strings.EqualFold(again, blob) {
			t.Errorf("got %s, encoded again %s", blob, again)
		}
		// Whoever changes a byte of it, changes the verdict.
		b.data[len(b.data)-1] ^= 1
		s.Hex = hex.EncodeToString(b.data)
		if changed := Inspect(s); changed.Opinion != Reject {
			t.Errorf("%+v: accepted with a byte changed", changed)
		}
	})
}

// reencode has the codec read a blob and write it. That fails on some good ones.
func reencode(blob string) (text string, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = errEnd
		}
	}()
	fields, err := binarycodec.Decode(blob)
	if err != nil {
		return "", err
	}
	return binarycodec.Encode(fields)
}

func FuzzCompare(f *testing.F) {
	for _, v := range vectors(f) {
		f.Add(string(v.RequestJSON), v.Hex, v.Options.Pathfinding)
	}
	f.Add(`{"TransactionType":"Payment","Amount":`+usd("1e80")+`,"Flags":-1}`, "12", true)
	f.Add(`{"TransactionType":"VaultCreate","AssetsMaximum":"1e-30000"}`, "12", true)
	f.Fuzz(func(t *testing.T, request, blob string, pathfinding bool) {
		want, err := parseTemplate([]byte(request))
		if err != nil {
			return
		}
		if s := (Order{TxJSON: json.RawMessage(request)}).Summary(); s.Type != want.kind {
			t.Errorf("%s: got %+v", request, s)
		}
		if name := difference(want, want); name != "" {
			t.Errorf("%s differs from itself in %s", request, name)
		}
		if d := compare(want, want.fields, false); d.how != "" && want.kind != signIn {
			t.Errorf("what was asked for %s", d.how)
		}
		b, err := parseBlob(blob)
		if err != nil {
			return
		}
		d := compare(want, b.fields, false)
		if d.how == "" && compare(want, b.fields, true).how != "" {
			t.Error("with pathfinding, less is allowed")
		}
		if d.how != "" {
			return
		}
		for _, name := range []string{
			"Amount", "Destination", "DestinationTag", "TransactionType", "Paths", "SendMax", "Memos", "Delegate",
		} {
			w, g := want.fields.get(name), b.fields.get(name)
			if (w == nil) != (g == nil) || w != nil && !bytes.Equal(w.raw, g.raw) {
				t.Errorf("%s is not compared", name)
			}
		}
	})
}

func FuzzLedgerAnswer(f *testing.F) {
	f.Add("tesSUCCESS", `"2500000"`, shop, uint32(4711), true, uint32(1005))
	f.Add("tecPATH_DRY", `"unavailable"`, shop, uint32(0), true, uint32(0))
	f.Add("tesSUCCESS", usd("42.1"), issuer, uint32(1), false, uint32(1021))
	f.Add("tesSUCCESS", `{"mpt_issuance_id":"00","value":"1"}`, shop, uint32(4711), true, uint32(1021))
	f.Fuzz(func(t *testing.T, result, delivered, destination string, tag uint32, validated bool, newest uint32) {
		fix := payment(t)
		a := fix.evidence.Transaction
		a.Result, a.Delivered, a.Validated = result, json.RawMessage(delivered), validated
		a.Destination, a.DestinationTag = destination, &tag
		fix.evidence.Server.Validated = newest
		checks := fix.checks()
		if Verdict(checks) != payload.VerdictVerified {
			return
		}
		paid, err := parseAmount(json.RawMessage(delivered))
		elsewhere := destination != "" && destination != shop
		if err != nil || len(paid.asset) > 0 || !validated || result != "tesSUCCESS" || elsewhere || tag != 4711 {
			t.Errorf("verified: %s, delivered %s to %s, tag %d, validated %t", result, delivered, destination, tag, validated)
		}
		if r := fix.result(); r.Currency != "XRP" || r.Amount == "" {
			t.Errorf("got %+v for %s", r, delivered)
		}
	})
}
