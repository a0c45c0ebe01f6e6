package xaman

import (
	"encoding/json"
	"maps"
	"os"
	"reflect"
	"slices"
	"testing"
)

func sample(t testing.TB) []byte {
	t.Helper()
	data, err := os.ReadFile("testdata/signed.json")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func readPayload(t testing.TB, data []byte) Payload {
	t.Helper()
	var p Payload
	if err := json.Unmarshal(data, &p); err != nil {
		t.Fatalf("%s: got %v, want it readable", data, err)
	}
	return p
}

func TestPayload(t *testing.T) {
	want := Payload{
		Meta: Meta{Exists: true, UUID: "9a2c7a52-3c1e-4b53-9d4e-5f1b8c1f0a77", Resolved: true, Signed: true,
			AppOpened: true, Submit: true, ForceNetwork: "TESTNET"},
		Application: Application{
			UUID: "0d0f6f5e-7a53-4a6b-8f0e-3f9c1f6f2a11", Name: "Corner Shop",
			IconURL: "https://xumm-cdn.imgix.net/app-logo/0d0f6f5e-7a53-4a6b-8f0e-3f9c1f6f2a11.png",
		},
		Payload: Body{
			TxType: "Payment", CreatedAt: "2026-01-05T10:00:00Z", ExpiresInSeconds: new(int64(-861)),
			RequestJSON: json.RawMessage(`{ "TransactionType": "Payment", "Amount": "2500000", "Flags": 9007199254740993 }`),
		},
		Response: Response{
			Hex: "1200002280000000", TxID: "C0FFEE", DispatchedNodeType: "TESTNET", EnvironmentNodeType: "TESTNET",
			EnvironmentNetworkID: new(int64(1)), Account: "rCustomer",
		},
		CustomMeta: Custom{Identifier: "order-2026-000117", Instruction: "Two coffees"},
	}
	got := readPayload(t, sample(t))
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	stored, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	want.Payload.RequestJSON = json.RawMessage(`{"TransactionType":"Payment","Amount":"2500000","Flags":9007199254740993}`)
	if again := readPayload(t, stored); !reflect.DeepEqual(again, want) {
		t.Errorf("got %+v after it was stored, want %+v", again, want)
	}
}

// used are the fields that something depends on, by their place in the sample.
var used = []string{
	"meta.exists", "meta.uuid", "meta.resolved", "meta.signed", "meta.cancelled", "meta.expired", "meta.app_opened",
	"application.uuidv4", "application.name", "application.icon_url", "application.issued_user_token",
	"payload.tx_type", "payload.request_json", "payload.created_at", "payload.expires_in_seconds",
	"meta.submit", "meta.pathfinding", "meta.force_network", "response.hex", "response.txid",
	"response.dispatched_nodetype", "response.environment_nodetype", "response.environment_networkid",
	"response.multisign_account", "response.account",
	"custom_meta.identifier", "custom_meta.instruction",
}

// Whatever the platform makes of a field, the rest of the payload stays as it is, and of what is not used nothing
// shows.
func TestPayloadWithStrangeFields(t *testing.T) {
	var doc map[string]any
	if err := json.Unmarshal(sample(t), &doc); err != nil {
		t.Fatal(err)
	}
	readAny := func(doc any) Payload {
		data, err := json.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		return readPayload(t, data)
	}
	with := func(doc map[string]any, name string, value any) map[string]any {
		doc = maps.Clone(doc)
		doc[name] = value
		return doc
	}
	whole := readAny(doc)
	strange := []string{
		`null`, `true`, `false`, `""`, `"x"`, `"4711"`, `7`, `-1`, `1.5`, `1e400`, `[]`, `["x"]`, `{}`, `{"a":1}`,
	}
	seen := 0
	for part, fields := range doc {
		fields := fields.(map[string]any)
		for name, was := range fields {
			place := part + "." + name
			isUsed := slices.Contains(used, place)
			if isUsed {
				seen++
			}
			less := maps.Clone(fields)
			delete(less, name)
			changed := []map[string]any{less}
			for _, value := range strange {
				changed = append(changed, with(fields, name, json.RawMessage(value)))
			}
			for _, fields := range changed {
				got := readAny(with(doc, part, fields))
				if n := differences(got, whole); n > 1 || n > 0 && !isUsed {
					t.Errorf("%s is %v for %v: got %d differences, want at most this one", place, fields[name], was, n)
				}
			}
		}
		for _, value := range strange {
			readAny(with(doc, part, json.RawMessage(value)))
		}
	}
	if seen != len(used) {
		t.Errorf("the sample has %d of %d fields that are used", seen, len(used))
	}
}

// differences counts the fields in which two payloads differ.
func differences(a, b Payload) (n int) {
	va, vb := reflect.ValueOf(a), reflect.ValueOf(b)
	for i := range va.NumField() {
		for j := range va.Field(i).NumField() {
			if !reflect.DeepEqual(va.Field(i).Field(j).Interface(), vb.Field(i).Field(j).Interface()) {
				n++
			}
		}
	}
	return n
}

func TestPlainMeanings(t *testing.T) {
	tests := []struct {
		name, doc string
		want      Payload
	}{
		{"booleans as numbers", `{"meta":{"exists":1,"resolved":1,"signed":0}}`,
			Payload{Meta: Meta{Exists: true, Resolved: true}}},
		{"booleans as text", `{"meta":{"exists":"false","resolved":"true","signed":"1"}}`,
			Payload{Meta: Meta{Resolved: true, Signed: true}}},
		{"booleans that are none", `{"meta":{"exists":"yes","resolved":2,"signed":[true]}}`,
			Payload{Meta: Meta{Exists: true}}},
		{"said not to exist", `{"meta":{"exists":false}}`, Payload{}},
		{"numbers as text", `{"payload":{"expires_in_seconds":"-12"},"response":{"environment_networkid":"1"}}`,
			Payload{Payload: Body{ExpiresInSeconds: new(int64(-12))}, Response: Response{EnvironmentNetworkID: new(int64(1))}}},
		{"numbers with a fraction", `{"payload":{"expires_in_seconds":12.9},"response":{"environment_networkid":"1.5"}}`,
			Payload{}},
		{"numbers with an exponent", `{"payload":{"expires_in_seconds":1.2e1}}`,
			Payload{Payload: Body{ExpiresInSeconds: new(int64(12))}}},
		{"numbers beyond counting", `{"payload":{"expires_in_seconds":1e30},"response":{"environment_networkid":1e400}}`,
			Payload{}},
		{"numbers that are none", `{"payload":{"expires_in_seconds":"NaN"},"response":{"environment_networkid":"Inf"}}`,
			Payload{}},
		{"ids as numbers", `{"custom_meta":{"identifier":117},"meta":{"exists":false,"uuid":7}}`,
			Payload{CustomMeta: Custom{Identifier: "117"}, Meta: Meta{UUID: "7"}}},
		{"names in another letter case", `{"Response":{"hex":"00"},"response":{"Hex":"00"}}`, Payload{}},
		{"null and empty are the same",
			`{"response":{"hex":null,"txid":"","environment_networkid":null},"payload":{"request_json":null}}`, Payload{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := readPayload(t, []byte(tt.doc)); !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
	for _, doc := range []string{`7`, `[]`, `"x"`, `{`, ``} {
		var p Payload
		if err := json.Unmarshal([]byte(doc), &p); err == nil {
			t.Errorf("%s: got %+v, want an error", doc, p)
		}
	}
}

func TestCancellationInOtherTypes(t *testing.T) {
	for body, want := range map[string]Cancellation{
		`{"cancelled":true,"reason":"OK"}`:             {true, "OK"},
		`{"cancelled":1,"reason":"OK"}`:                {true, "OK"},
		`{"cancelled":"true","reason":"OK"}`:           {true, "OK"},
		`{"cancelled":0,"reason":"ALREADY_OPENED"}`:    {false, "ALREADY_OPENED"},
		`{"cancelled":null,"reason":null}`:             {},
		`{"cancelled":[],"reason":7}`:                  {false, "7"},
		`{"reason":"ALREADY_RESOLVED","more":{"a":1}}`: {false, "ALREADY_RESOLVED"},
	} {
		var got Cancellation
		if err := json.Unmarshal([]byte(body), &got); err != nil || got != want {
			t.Errorf("%s: got %+v, %v, want %+v", body, got, err, want)
		}
	}
}
