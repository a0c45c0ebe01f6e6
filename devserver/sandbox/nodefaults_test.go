package sandbox

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/devserver/sandbox/engine"
)

// view is what the node says of a transaction and of one that does not exist, in version 2 unless it wants otherwise.
type nodeView struct{ tx, info, account, missing fields }

func (v nodeView) meta() fields   { m, _ := v.tx["meta"].(fields); return m }
func (v nodeView) tx2() fields    { t, _ := v.tx["tx_json"].(fields); return t }
func (v nodeView) about() fields  { i, _ := v.info["info"].(fields); return i }
func (v nodeView) newest() fields { n, _ := v.about()["validated_ledger"].(fields); return n }

func says(facts ...any) string { return strings.TrimSpace(fmt.Sprintln(facts...)) }

func (w world) ask(hash string) nodeView {
	const version = `,"api_version":2}`
	return nodeView{
		tx:      w.rpc("tx", `{"transaction":"`+hash+`"`+version),
		info:    w.rpc("server_info", `{"api_version":2}`),
		account: w.rpc("account_info", `{"account":"`+wallet[0].address+`","ledger_index":"validated"`+version),
		missing: w.rpc("tx", `{"transaction":"`+strings.Repeat("AB", 32)+`","min_ledger":100001,"max_ledger":100002`+version),
	}
}

func (w world) nodeFault(names ...string) {
	w.t.Helper()
	w.fault(theNode, names...)
}

func TestNodeFaults(t *testing.T) {
	tests := []struct {
		fault string
		facts func(v nodeView) string
		with  string
		usual string // without the fault
	}{
		{"no-network-id", func(v nodeView) string { return says(v.about()["network_id"]) }, "<nil>", "1"},
		{"other-network", func(v nodeView) string { return says(v.about()["network_id"]) }, "2", "1"},
		{"no-validated-ledger", func(v nodeView) string { return says(v.newest() == nil, v.about()["complete_ledgers"]) }, "true empty", "false 99744-100004"},
		{"history-with-gaps", func(v nodeView) string {
			all := v.about()["complete_ledgers"].(string)
			return all[:min(27, len(all))] + " … " + all[max(0, len(all)-26):]
		}, "99744-99752,99754-99762,997 … 99994-100002,100004-100004", ""},
		{"lagging", func(v nodeView) string {
			return says(v.newest()["seq"], v.account["ledger_index"], v.tx["validated"], v.missing["searched_all"])
		}, "100001 100001 true false", "100004 100004 true true"},
		{"several-nodes", func(v nodeView) string {
			return says(v.newest()["seq"], v.account["ledger_index"], v.tx["error"], v.missing["searched_all"])
		}, "100004 99944 txnNotFound false", "100004 100004 <nil> true"},
		{"version-1", func(v nodeView) string {
			return says(v.tx2() != nil, v.tx["TransactionType"], v.tx["Amount"], v.tx["inLedger"], v.tx["close_time_iso"])
		}, "false Payment 2500000 100001 <nil>", "true <nil> <nil> <nil> 2000-01-01T00:00:03Z"},
		{"no-close-time-iso", func(v nodeView) string { return says(v.tx["close_time_iso"], v.tx["validated"]) }, "<nil> true", "2000-01-01T00:00:03Z true"},
		{"no-meta", func(v nodeView) string { return says(v.meta() == nil, v.tx["validated"]) }, "true true", "false true"},
		{"no-delivered-amount", func(v nodeView) string { return says(v.meta()["delivered_amount"], v.meta()["TransactionResult"]) }, "<nil> tesSUCCESS", "2500000 tesSUCCESS"},
		{"no-ledger-index", func(v nodeView) string { return says(v.tx["ledger_index"], v.tx2()["ledger_index"]) }, "<nil> <nil>", "100001 100001"},
		{"no-validated", func(v nodeView) string { return says(v.tx["validated"], v.account["validated"]) }, "<nil> <nil>", "true true"},
		{"no-hash", func(v nodeView) string { return says(v.tx["hash"] == nil) }, "true", "false"},
		{"other-hash", func(v nodeView) string { return says(hash256.MatchString(fmt.Sprint(v.tx["hash"]))) }, "true", "true"},
		{"no-searched-all", func(v nodeView) string { return says(v.missing["error"], v.missing["searched_all"]) }, "txnNotFound <nil>", "txnNotFound true"},
		{"empty-ledgers-count-as-missing", func(v nodeView) string { return says(v.missing["searched_all"], v.tx["searched_all"]) }, "false <nil>", "true <nil>"},
		{"busy", func(v nodeView) string {
			return says(v.tx["error"], v.info["error"], v.account["status"], v.missing["error_code"])
		}, "tooBusy tooBusy error 9", "<nil> <nil> success 29"},
	}
	covered := map[string]bool{"only-version-1": true, "error-page": true, "timeout": true} // which answer nothing
	for _, tt := range tests {
		covered[tt.fault] = true
		t.Run(tt.fault, func(t *testing.T) {
			inWorld(t, func(w world) {
				uuid := w.create(tagged)
				w.must(uuid, "accept")
				hash := w.payload(uuid).Outcome.Signature.TxID
				time.Sleep(4 * engine.UsualClose)
				usual := tt.facts(w.ask(hash))
				if tt.usual != "" && usual != tt.usual {
					t.Errorf("without the fault: got %s, want %s", usual, tt.usual)
				}
				w.nodeFault(tt.fault)
				v := w.ask(hash)
				if got := tt.facts(v); got != tt.with {
					t.Errorf("got %s, want %s", got, tt.with)
				}
				if said, _ := v.tx["hash"].(string); tt.fault == "other-hash" && (said == hash || !hash256.MatchString(said)) {
					t.Errorf("got hash %s for %s", said, hash)
				}
				w.nodeFault()
				if got := tt.facts(w.ask(hash)); got != usual {
					t.Errorf("once cleared: got %s, want %s", got, usual)
				}
			})
		})
	}
	for _, f := range nodeFaultTable {
		if !covered[f.name] {
			t.Errorf("%s is not tested", f.name)
		}
	}
}

// What a node that is behind lacks now, it has later.
func TestNodesThatLagCatchUp(t *testing.T) {
	for name, ledgers := range map[string]int{"lagging": fewLedgers, "several-nodes": manyLedgers} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w world) {
				w.nodeFault(name)
				uuid := w.create(tagged)
				w.must(uuid, "accept")
				params := `{"transaction":"` + w.payload(uuid).Outcome.Signature.TxID + `"}`
				time.Sleep(time.Duration(ledgers) * engine.UsualClose)
				if got := w.rpc("tx", params); got["validated"] == true {
					t.Errorf("got %s, want it not validated yet", show(got))
				}
				time.Sleep(engine.UsualClose)
				if got := w.rpc("tx", params); got["validated"] != true {
					t.Errorf("got %s, want it validated", show(got))
				}
			})
		})
	}
}

func TestNodeFaultsThatAnswerNothing(t *testing.T) {
	inWorld(t, func(w world) {
		call := func(version string) (int, string) {
			a := w.do("POST", "/ledger", `{"method":"server_info","params":[{"api_version":`+version+`}]}`, nil)
			return a.status, a.body
		}
		w.nodeFault("only-version-1")
		if status, body := call("2"); status != http.StatusBadRequest || strings.TrimSpace(body) != "invalid_API_version" {
			t.Errorf("version 2: got %d %s", status, body)
		}
		if status, body := call("1"); status != http.StatusOK {
			t.Errorf("version 1: got %d %s", status, body)
		}
		w.nodeFault("error-page")
		if status, body := call("2"); status != http.StatusBadGateway || !strings.HasPrefix(body, "<html>") {
			t.Errorf("got %d %s", status, body)
		}
		w.nodeFault("timeout")
		ctx, cancel := context.WithTimeout(w.t.Context(), time.Hour)
		defer cancel()
		r, err := http.NewRequestWithContext(ctx, "POST", base+"/ledger", strings.NewReader(`{"method":"server_info"}`))
		if err != nil {
			t.Fatal(err)
		}
		if res, err := w.client.Do(r); err == nil || ctx.Err() == nil {
			t.Errorf("got %v, %v, want no answer", res, err)
		}
	})
}

func TestNodeFaultsAPI(t *testing.T) {
	inWorld(t, func(w world) {
		list := w.do("GET", "/faults", "", nil)
		for _, f := range nodeFaultTable {
			if !strings.Contains(list.body, `"name":"`+f.name+`","sentence":"`) || !strings.HasSuffix(f.sentence, ".") {
				t.Errorf("%s is not listed with a sentence", f.name)
			}
		}
		if got := len(list.json["node"].([]any)); got != len(nodeFaultTable) {
			t.Errorf("got %d faults of the node, want %d", got, len(nodeFaultTable))
		}
		if a := w.do("PUT", "/faults/node", `{"faults":["busy"]}`, nil); a.body != `{"faults":["busy"],"uuid":"node"}` {
			t.Errorf("got %d %s", a.status, a.body)
		}
		for of, name := range map[string]string{"node": "silent", unknownUUID: "busy", "next": "busy"} {
			if a := w.do("PUT", "/faults/"+of, `{"faults":["`+name+`"]}`, nil); a.status != http.StatusBadRequest || !strings.Contains(a.body, `"unknown-fault"`) {
				t.Errorf("%s of %s: got %d %s, want it unknown", name, of, a.status, a.body)
			}
		}
	})
}
