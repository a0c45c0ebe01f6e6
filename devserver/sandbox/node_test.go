package sandbox

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/devserver/sandbox/engine"
)

// rpc calls the node and returns the result.
func (w world) rpc(method, params string) map[string]any {
	w.t.Helper()
	a := w.do("POST", "/ledger", `{"method":"`+method+`","params":[`+params+`]}`, nil)
	result, ok := a.json["result"].(map[string]any)
	if a.status != 200 || !ok || len(a.json) != 1 {
		w.t.Fatalf("%s: got %d %s", method, a.status, a.body)
	}
	return result
}

func keysOf(v any) string {
	object, _ := v.(map[string]any)
	return strings.Join(slices.Sorted(maps.Keys(object)), " ")
}

func TestNodeTx(t *testing.T) {
	inWorld(t, func(w world) {
		uuid := w.create(tagged)
		w.must(uuid, "accept")
		hash := w.payload(uuid).Outcome.Signature.TxID
		params := func(version int) string {
			return fmt.Sprintf(`{"transaction":"%s","binary":false,"api_version":%d}`, strings.ToLower(hash), version)
		}
		for version, want := range []string{1: "Account Amount DeliverMax", 2: "hash status tx_json validated"} {
			if got := w.rpc("tx", params(max(version, 1))); got["validated"] != false || got["meta"] != nil || !strings.HasPrefix(keysOf(got), want) {
				t.Errorf("version %d, before the ledger closes: got %s", version, show(got))
			}
		}
		time.Sleep(engine.UsualClose)
		const fields = "Account DeliverMax Destination DestinationTag Fee LastLedgerSequence Sequence SigningPubKey TransactionType TxnSignature date"

		v1 := w.rpc("tx", params(1))
		if got, want := keysOf(v1), "Account Amount "+strings.TrimPrefix(fields, "Account ")+" hash inLedger ledger_index meta status validated"; got != want {
			t.Errorf("version 1: got keys\n%s\nwant\n%s", got, want)
		}
		v2 := w.rpc("tx", params(2))
		if got, want := keysOf(v2), "close_time_iso hash ledger_hash ledger_index meta status tx_json validated"; got != want {
			t.Errorf("version 2: got keys\n%s\nwant\n%s", got, want)
		}
		tx := v2["tx_json"].(map[string]any)
		if got, want := keysOf(tx), fields+" ledger_index"; got != want {
			t.Errorf("version 2: got keys of tx_json\n%s\nwant\n%s", got, want)
		}
		if tx["DeliverMax"] != "2500000" || tx["DestinationTag"] != 4711.0 || tx["date"] != 3.0 || v2["close_time_iso"] != "2000-01-01T00:00:03Z" || v2["hash"] != hash || v2["validated"] != true || v2["ledger_index"] != 100001.0 {
			t.Errorf("version 2: got %s", show(v2))
		}
		wantMeta := map[string]any{"AffectedNodes": []any{}, "TransactionIndex": 0.0, "TransactionResult": "tesSUCCESS", "delivered_amount": "2500000"}
		if !reflect.DeepEqual(v1["meta"], wantMeta) || !reflect.DeepEqual(v2["meta"], wantMeta) {
			t.Errorf("got meta %s and %s", show(v1["meta"]), show(v2["meta"]))
		}
	})
}

func TestNodeErrors(t *testing.T) {
	unknown := strings.Repeat("AB", 32)
	tests := []struct {
		name, method, params string
		want                 map[string]any // besides status and request
	}{
		{"unknown transaction", "tx", `{"transaction":"` + unknown + `"}`, map[string]any{"error": "txnNotFound", "error_code": 29.0}},
		{"all searched", "tx", `{"transaction":"` + unknown + `","min_ledger":100000,"max_ledger":100002}`, map[string]any{"error": "txnNotFound", "searched_all": true}},
		{"not all validated yet", "tx", `{"transaction":"` + unknown + `","min_ledger":100000,"max_ledger":100003}`, map[string]any{"error": "txnNotFound", "searched_all": false}},
		{"older than the history", "tx", `{"transaction":"` + unknown + `","min_ledger":99743,"max_ledger":100000}`, map[string]any{"error": "txnNotFound", "searched_all": false}},
		{"half a range", "tx", `{"transaction":"` + unknown + `","min_ledger":100000}`, map[string]any{"error": "txnNotFound", "searched_all": nil}},
		{"no numbers", "tx", `{"transaction":"` + unknown + `","min_ledger":"a","max_ledger":"b"}`, map[string]any{"error": "invalidLgrRange", "error_code": 79.0}},
		{"widest range", "tx", `{"transaction":"` + unknown + `","min_ledger":99002,"max_ledger":100002}`, map[string]any{"error": "txnNotFound", "searched_all": false}},
		{"too wide a range", "tx", `{"transaction":"` + unknown + `","min_ledger":99001,"max_ledger":100002}`, map[string]any{"error": "excessiveLgrRange", "error_code": 78.0}},
		{"no range", "tx", `{"transaction":"` + unknown + `","min_ledger":2,"max_ledger":1}`, map[string]any{"error": "invalidLgrRange"}},
		{"not a hash", "tx", `{"transaction":"AB"}`, map[string]any{"error": "invalidParams", "error_code": 31.0}},
		{"no hash", "tx", `{}`, map[string]any{"error": "invalidParams"}},
		{"unknown account", "account_info", `{"account":"` + wallet[3].address + `","ledger_index":"validated"}`, map[string]any{"error": "actNotFound", "error_code": 19.0, "account": wallet[3].address, "validated": true, "ledger_index": 100002.0}},
		{"malformed account", "account_info", `{"account":"me"}`, map[string]any{"error": "actMalformed"}},
		{"no account", "account_info", `{}`, map[string]any{"error": "invalidParams"}},
		{"signer lists in words", "account_info", `{"account":"` + address + `","signer_lists":"yes"}`, map[string]any{"error": "invalidParams"}},
		{"ledger of the past", "account_info", `{"account":"` + address + `","ledger_index":100001}`, map[string]any{"error": "lgrNotFound"}},
		{"unknown ledger", "ledger", `{"ledger_index":200000}`, map[string]any{"error": "lgrNotFound", "error_code": 21.0}},
		{"nonsense for a ledger", "ledger", `{"ledger_index":"latest"}`, map[string]any{"error": "invalidParams"}},
		{"unknown method", "submit", `{}`, map[string]any{"error": "unknownCmd", "error_code": 32.0}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inWorld(t, func(w world) {
				time.Sleep(2 * engine.UsualClose)
				got := w.rpc(tt.method, tt.params)
				request, _ := got["request"].(map[string]any)
				if got["status"] != "error" || got["error_message"] == "" || request["command"] != tt.method {
					t.Errorf("got %s", show(got))
				}
				for key, want := range tt.want {
					if got[key] != want {
						t.Errorf("%s: got %v, want %v", key, got[key], want)
					}
				}
			})
		})
	}
}

func TestNodeRequests(t *testing.T) {
	tests := []struct {
		name, body string
		status     int
		want       string
	}{
		{"nothing", "", 400, "Null method"},
		{"not JSON", "{", 400, "Unable to parse request"},
		{"no method", `{"params":[]}`, 400, "Null method"},
		{"unknown version", `{"method":"server_info","params":[{"api_version":3}]}`, 400, "invalid_API_version"},
		{"version in words", `{"method":"server_info","params":[{"api_version":"two"}]}`, 400, "invalid_API_version"},
		{"no params", `{"method":"server_info"}`, 200, `"status":"success"`},
		{"null for params", `{"method":"server_info","params":[null]}`, 200, `"status":"success"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inWorld(t, func(w world) {
				if a := w.do("POST", "/ledger", tt.body, nil); a.status != tt.status || !strings.Contains(a.body, tt.want) {
					t.Errorf("got %d %s", a.status, a.body)
				}
			})
		})
	}
}

func TestNodeAccountInfo(t *testing.T) {
	inWorld(t, func(w world) {
		w.must(w.create(tagged), "accept")
		for index, want := range map[string]string{"validated": "1000000000000", "current": "999997499988"} {
			got := w.rpc("account_info", `{"account":"`+wallet[0].address+`","ledger_index":"`+index+`"}`)
			if data := got["account_data"].(map[string]any); data["Balance"] != want || got["validated"] != (index == "validated") {
				t.Errorf("%s: got %s", index, show(got))
			}
		}
		list := []any{map[string]any{
			"Flags": 0.0, "LedgerEntryType": "SignerList", "SignerListID": 0.0, "SignerQuorum": 2.0, "SignerEntries": []any{
				map[string]any{"SignerEntry": map[string]any{"Account": wallet[0].address, "SignerWeight": 1.0}},
				map[string]any{"SignerEntry": map[string]any{"Account": wallet[1].address, "SignerWeight": 1.0}},
			},
		}}
		params := `{"account":"` + company.address + `","ledger_index":"validated","signer_lists":true,"api_version":%d}`
		v1, v2 := w.rpc("account_info", fmt.Sprintf(params, 1)), w.rpc("account_info", fmt.Sprintf(params, 2))
		data := v1["account_data"].(map[string]any)
		if data["RegularKey"] != company.regular.address || v1["account_flags"].(map[string]any)["disableMasterKey"] != false {
			t.Errorf("got %s", show(v1))
		}
		if !reflect.DeepEqual(data["signer_lists"], list) || !reflect.DeepEqual(v2["signer_lists"], list) || v1["signer_lists"] != nil {
			t.Errorf("signer lists: got %s and %s", show(v1), show(v2))
		}
		none := w.rpc("account_info", `{"account":"`+wallet[0].address+`","signer_lists":true,"api_version":2}`)
		if !reflect.DeepEqual(none["signer_lists"], []any{}) {
			t.Errorf("no signer list: got %s", show(none))
		}
	})
}

func TestNodeServerInfo(t *testing.T) {
	inWorld(t, func(w world) {
		time.Sleep(time.Minute + time.Second)
		info := w.rpc("server_info", `{}`)["info"].(map[string]any)
		validated := info["validated_ledger"].(map[string]any)
		if info["network_id"] != 1.0 || info["complete_ledgers"] != "99744-100020" || validated["seq"] != 100020.0 || validated["age"] != 1.0 {
			t.Errorf("got %s", show(info))
		}
	})
}

func TestNodeLedger(t *testing.T) {
	inWorld(t, func(w world) {
		time.Sleep(time.Minute)
		got := w.rpc("ledger", `{"ledger_index":"validated","api_version":2}`)
		header := got["ledger"].(map[string]any)
		if header["close_time"] != 60.0 || header["close_time_iso"] != "2000-01-01T00:01:00Z" || header["ledger_index"] != 100020.0 || got["validated"] != true || header["closed"] != true {
			t.Errorf("got %s", show(got))
		}
		older := w.rpc("ledger", `{"ledger_index":100019}`)
		if previous := older["ledger"].(map[string]any); previous["ledger_hash"] != header["parent_hash"] || previous["ledger_index"] != "100019" {
			t.Errorf("got %s", show(older))
		}
		if first := w.rpc("ledger", `{"ledger_index":100000}`)["ledger"].(map[string]any); first["close_time"] != 0.0 || first["parent_close_time"] != -3.0 {
			t.Errorf("got %s", show(first))
		}
		if open := w.rpc("ledger", `{"ledger_index":"current"}`); open["ledger_current_index"] != 100021.0 || open["ledger"].(map[string]any)["closed"] != false {
			t.Errorf("got %s", show(open))
		}
	})
}
