package sandbox

import (
	"net/http"
	"reflect"
	"strings"
	"testing"
)

const oddPayment = `{"txjson":{"TransactionType":"Payment","Destination":"` + demoShop + `","DestinationTag":4711,"Amount":"2500000",` +
	`"InvoiceID":"` + invoice + `","Memos":[{"Memo":{"MemoType":"61","MemoData":"00112233445566778899AABBCCDDEEFF"}}]},` +
	`"custom_meta":{"identifier":"order","blob":{"table":0}}}`

func TestFaultsOfDocuments(t *testing.T) {
	type object = map[string]any
	section := func(doc object, name string) object { return doc[name].(object) }
	tests := []struct {
		fault string
		facts func(doc object, body string) []any
		want  []any
	}{
		{"rest-odd-types", func(doc object, _ string) []any {
			p, meta := section(doc, "payload"), section(doc, "meta")
			return []any{
				section(doc, "application")["disabled"], p["tx_destination_tag"], p["expires_in_seconds"], p["tx_type"],
				section(doc, "response")["environment_networkid"], meta["signed"], meta["cancelled"], section(p, "request_json")["DestinationTag"],
			}
		}, []any{false, "4711", "86399", "Payment", "1", 1.0, 0.0, 4711.0}},
		{"rest-odd-template", func(doc object, body string) []any {
			tx := section(section(doc, "payload"), "request_json")
			memo := tx["Memos"].([]any)[0].(object)["Memo"].(object)
			return []any{
				tx["DestinationTag"], tx["InvoiceID"] == strings.ToLower(invoice), memo["MemoData"], tx["Amount"], tx["Destination"],
				strings.Index(body, `"TransactionType":"Payment"`) < strings.Index(body, `"Amount":"2500000"`),
			}
		}, []any{"4711", true, "00112233445566778899aabbccddeeff", "2500000", demoShop, true}},
		{"rest-unknown-keys", func(doc object, _ string) []any {
			facts := []any{len(doc["x_new"].(object))}
			for _, name := range []string{"meta", "application", "payload", "response"} {
				facts = append(facts, section(doc, name)["x_new"] != nil)
			}
			return append(facts, section(doc, "custom_meta")["x_new"], section(section(doc, "payload"), "request_json")["x_new"])
		}, []any{2, true, true, true, true, nil, nil}},
		{"rest-sparse", func(doc object, _ string) []any {
			meta, response := section(doc, "meta"), section(doc, "response")
			_, disabled := section(doc, "application")["disabled"]
			_, cancelled := meta["cancelled"]
			_, multisigned := response["multisign_account"]
			return []any{disabled, cancelled, multisigned, meta["signed"], response["account"], section(section(doc, "custom_meta"), "blob")["table"]}
		}, []any{false, false, false, true, wallet[0].address, 0.0}},
	}
	for _, tt := range tests {
		t.Run(tt.fault, func(t *testing.T) {
			inWorld(t, func(w world) {
				uuid := w.create(oddPayment)
				w.must(uuid, "accept")
				usual := w.api("GET", "payload/"+uuid, "")
				w.fault(uuid, tt.fault)
				for _, path := range []string{"payload/" + uuid, "payload/ci/order"} {
					a := w.api("GET", path, "")
					if got := tt.facts(a.json, a.body); a.status != http.StatusOK || !reflect.DeepEqual(got, tt.want) {
						t.Errorf("%s: got %v, want %v in %s", path, got, tt.want, a.body)
					}
				}
				if a := w.api("DELETE", "payload/"+uuid, ""); a.json["result"].(object)["reason"] != "ALREADY_RESOLVED" {
					t.Errorf("cancel: got %s", a.body)
				}
				w.fault(uuid)
				if a := w.api("GET", "payload/"+uuid, ""); a.body != usual.body {
					t.Errorf("once cleared: got %s, want %s", a.body, usual.body)
				}
			})
		})
	}
}

func TestFaultRepeatedUUID(t *testing.T) {
	inWorld(t, func(w world) {
		w.fault(nextPayload, "repeated-uuid")
		alone := w.api("POST", "payload", signIn)
		if alone.json["uuid"] != alone.header.Get("X-Call-Ref") {
			t.Errorf("without an earlier one: got %s", alone.body)
		}
		first := w.api("POST", "payload", payment)
		w.do("POST", "/api/v1/platform/payload", signIn, credentials(apps("")[1].Key, apps("")[1].Secret))
		w.fault(nextPayload, "repeated-uuid")
		second := w.api("POST", "payload", signIn)
		if second.status != http.StatusOK || second.body != first.body {
			t.Errorf("got %d %s, want what the first was answered with, %s", second.status, second.body, first.body)
		}
		if got := w.get(first.json["uuid"].(string))["payload"].(map[string]any)["tx_type"]; got != "Payment" {
			t.Errorf("the first is a %v now", got)
		}
		if a := w.api("GET", "payload/"+second.header.Get("X-Call-Ref"), ""); a.status != http.StatusOK {
			t.Errorf("the second: got %d, want it to exist", a.status)
		}
	})
}
