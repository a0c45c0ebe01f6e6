package xaman

import (
	"encoding/json"
	"os"
	"testing"
	"time"
)

func TestPayload(t *testing.T) {
	data, err := os.ReadFile("testdata/signed.json")
	if err != nil {
		t.Fatal(err)
	}
	var p Payload
	if err := json.Unmarshal(data, &p); err != nil {
		t.Fatal(err)
	}
	if m := p.Meta; !m.Exists || !m.Resolved || !m.Signed || !m.AppOpened || m.Cancelled || m.Expired || m.ReturnURLApp != "" ||
		m.OpenedByDeeplink == nil || *m.OpenedByDeeplink || m.Signers != nil {
		t.Errorf("got meta %+v", m)
	}
	if tag := p.Payload.TxDestinationTag; tag == nil || *tag != 4294967295 || p.Payload.ExpiresInSeconds != -861 {
		t.Errorf("got payload %+v", p.Payload)
	}
	const request = `{ "TransactionType": "Payment", "Amount": "2500000", "Flags": 9007199254740993 }`
	if got := string(p.Payload.RequestJSON); got != request {
		t.Errorf("got request %s, want it untouched", got)
	}
	if r := p.Response; r.TxID != "C0FFEE" || r.EnvironmentNetworkID == nil || *r.EnvironmentNetworkID != 1 || r.DispatchedToNode {
		t.Errorf("got response %+v", r)
	}
	if got := string(p.CustomMeta.Blob); got != `{ "table": 4 }` || p.CustomMeta.Identifier != "order-2026-000117" {
		t.Errorf("got custom meta %+v", p.CustomMeta)
	}
}

func TestNullAndEmptyAreTheSame(t *testing.T) {
	for _, doc := range []string{
		`{"hex":null,"txid":null,"resolved_at":null,"environment_networkid":null,"multisign_account":null}`,
		`{"hex":"","txid":"","resolved_at":"","multisign_account":""}`,
		`{}`,
	} {
		var got Response
		if err := json.Unmarshal([]byte(doc), &got); err != nil || got != (Response{}) {
			t.Errorf("%s: got %+v, %v, want nothing", doc, got, err)
		}
	}
}

func TestTime(t *testing.T) {
	want := time.Date(2026, 1, 5, 10, 0, 39, 0, time.UTC)
	for _, text := range []string{`"2026-01-05T10:00:39Z"`, `"2026-01-05T10:00:39.000Z"`} {
		var got Time
		if err := json.Unmarshal([]byte(text), &got); err != nil || !got.Equal(want) {
			t.Errorf("%s: got %v, %v, want %v", text, got, err, want)
		}
	}
	if err := json.Unmarshal([]byte(`"yesterday"`), new(Time)); err == nil {
		t.Error("got a time from nonsense, want an error")
	}
}
