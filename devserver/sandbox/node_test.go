package sandbox

import (
	"fmt"
	"maps"
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
		state, err := w.platform.Phone(w.t.Context(), w.create(tagged), "accept", PhoneOptions{})
		if err != nil {
			w.t.Fatal(err)
		}
		tx := func(version int) map[string]any {
			return w.rpc("tx", fmt.Sprintf(`{"transaction":"%s","binary":false,"api_version":%d}`,
				strings.ToLower(state.TxID), version))
		}
		for version, want := range map[int]string{1: "Account Amount DeliverMax", 2: "hash status tx_json validated"} {
			got := tx(version)
			if got["validated"] != false || got["meta"] != nil || !strings.HasPrefix(keysOf(got), want) {
				w.t.Errorf("version %d, before the ledger closes: got %s", version, show(got))
			}
		}
		time.Sleep(engine.UsualClose)
		const fields = "DeliverMax Destination DestinationTag Fee LastLedgerSequence Sequence SigningPubKey " +
			"TransactionType TxnSignature date"
		v1, v2 := tx(1), tx(2)
		for got, want := range map[string]string{
			keysOf(v1):            "Account Amount " + fields + " hash inLedger ledger_index meta status validated",
			keysOf(v2):            "close_time_iso hash ledger_hash ledger_index meta status tx_json validated",
			keysOf(v2["tx_json"]): "Account " + fields + " ledger_index",
			pick(v2, "tx_json.DeliverMax tx_json.DestinationTag tx_json.date close_time_iso hash validated ledger_index"): "" +
				"2500000 4711 3 2000-01-01T00:00:03Z " + state.TxID + " true 100001",
			show(v1["meta"]): show(v2["meta"]),
			pick(v2, "meta"): "map[AffectedNodes:[] TransactionIndex:0 TransactionResult:tesSUCCESS " +
				"delivered_amount:2500000]",
		} {
			if got != want {
				w.t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		}
	})
}

func TestNodeErrors(t *testing.T) {
	unknown := func(more string) string { return `{"transaction":"` + strings.Repeat("AB", 32) + `"` + more + `}` }
	between := func(from, to int) string { return unknown(fmt.Sprintf(`,"min_ledger":%d,"max_ledger":%d`, from, to)) }
	newcomer := wallet[3].address
	type call struct{ method, params, paths, want string }
	inWorlds(t, map[string]call{
		"unknown transaction":    {"tx", unknown(""), "error error_code", "txnNotFound 29"},
		"all searched":           {"tx", between(100000, 100002), "error searched_all", "txnNotFound true"},
		"not all validated yet":  {"tx", between(100000, 100003), "error searched_all", "txnNotFound false"},
		"older than the history": {"tx", between(99743, 100000), "error searched_all", "txnNotFound false"},
		"half a range":           {"tx", unknown(`,"min_ledger":100000`), "error searched_all", "txnNotFound <nil>"},
		"no numbers": {
			"tx", unknown(`,"min_ledger":"a","max_ledger":"b"`), "error error_code", "invalidLgrRange 79",
		},
		"widest range":          {"tx", between(99002, 100002), "error searched_all", "txnNotFound false"},
		"too wide a range":      {"tx", between(99001, 100002), "error error_code", "excessiveLgrRange 78"},
		"no range":              {"tx", between(2, 1), "error", "invalidLgrRange"},
		"not a hash":            {"tx", `{"transaction":"AB"}`, "error error_code", "invalidParams 31"},
		"no hash":               {"tx", `{}`, "error", "invalidParams"},
		"malformed account":     {"account_info", `{"account":"me"}`, "error", "actMalformed"},
		"no account":            {"account_info", `{}`, "error", "invalidParams"},
		"unknown ledger":        {"ledger", `{"ledger_index":200000}`, "error error_code", "lgrNotFound 21"},
		"nonsense for a ledger": {"ledger", `{"ledger_index":"latest"}`, "error", "invalidParams"},
		"unknown hash":          {"ledger", `{"ledger_hash":"` + strings.Repeat("0", 64) + `"}`, "error", "lgrNotFound"},
		"hash of no ledger that the node has": {
			"account_info", `{"account":"` + address + `","ledger_hash":"` + ledgerHash(100_003) + `"}`, "error", "lgrNotFound",
		},
		"not a ledger's hash": {"ledger", `{"ledger_hash":"AB"}`, "error", "invalidParams"},
		"unknown method":      {"submit", `{}`, "error error_code", "unknownCmd 32"},
		"signer lists in words": {
			"account_info", `{"account":"` + address + `","signer_lists":"yes"}`, "error", "invalidParams",
		},
		"ledger of the past": {
			"account_info", `{"account":"` + address + `","ledger_index":100001}`, "error", "lgrNotFound",
		},
		"unknown account": {
			"account_info", `{"account":"` + newcomer + `","ledger_index":"validated"}`,
			"error error_code account validated ledger_index", "actNotFound 19 " + newcomer + " true 100002",
		},
	}, func(w world, c call) {
		time.Sleep(2 * engine.UsualClose)
		got := w.rpc(c.method, c.params)
		said := pick(got, "status request.command "+c.paths)
		if said != "error "+c.method+" "+c.want || got["error_message"] == "" {
			w.t.Errorf("got %s, want %s", show(got), c.want)
		}
	})
}

func TestNodeRequests(t *testing.T) {
	type call struct {
		body   string
		status int
		want   string
	}
	inWorlds(t, map[string]call{
		"nothing":          {"", 400, "Null method"},
		"not JSON":         {"{", 400, "Unable to parse request"},
		"no method":        {`{"params":[]}`, 400, "Null method"},
		"unknown version":  {`{"method":"server_info","params":[{"api_version":3}]}`, 400, "invalid_API_version"},
		"version in words": {`{"method":"server_info","params":[{"api_version":"two"}]}`, 400, "invalid_API_version"},
		"no params":        {`{"method":"server_info"}`, 200, `"status":"success"`},
		"null for params":  {`{"method":"server_info","params":[null]}`, 200, `"status":"success"`},
	}, func(w world, c call) {
		for _, path := range []string{"/ledger", "/ledger/"} {
			if a := w.do("POST", path, c.body, nil); a.status != c.status || !strings.Contains(a.body, c.want) {
				w.t.Errorf("%s: got %d %s", path, a.status, a.body)
			}
		}
	})
}

func TestNodeAccountInfo(t *testing.T) {
	entry := func(a account) string {
		return "map[SignerEntry:map[Account:" + a.address + " SignerWeight:1]]"
	}
	list := "[map[Flags:0 LedgerEntryType:SignerList SignerEntries:[" + entry(wallet[0]) + " " + entry(wallet[1]) +
		"] SignerListID:0 SignerQuorum:2]]"
	inWorld(t, func(w world) {
		w.must(w.create(tagged), "accept")
		everyday := `{"account":"` + wallet[0].address + `",`
		firm := `{"account":"` + company.address + `","signer_lists":true,"ledger_index":"validated",`
		for _, tt := range [][3]string{
			{everyday + `"ledger_index":"validated"}`, "account_data.Balance validated", "1000000000000 true"},
			{everyday + `"ledger_index":"current"}`, "account_data.Balance validated", "999997499988 false"},
			{everyday + `"signer_lists":true,"api_version":2}`, "signer_lists", "[]"},
			{firm + `"api_version":1}`, "account_data.RegularKey", company.regular.address},
			{firm + `"api_version":1}`, "account_flags.disableMasterKey", "false"},
			{firm + `"api_version":1}`, "account_data.signer_lists signer_lists", list + " <nil>"},
			{firm + `"api_version":2}`, "account_data.signer_lists signer_lists", "<nil> " + list},
		} {
			if got := pick(w.rpc("account_info", tt[0]), tt[1]); got != tt[2] {
				w.t.Errorf("%s: got %s, want %s", tt[0], got, tt[2])
			}
		}
	})
}

func TestNodeLedger(t *testing.T) {
	inWorld(t, func(w world) {
		time.Sleep(time.Minute + time.Second)
		newest := w.rpc("ledger", `{"ledger_index":"validated","api_version":2}`)
		for _, tt := range [][3]string{
			{"", "ledger.close_time ledger.close_time_iso validated", "60 2000-01-01T00:01:00Z true"},
			{"", "ledger.ledger_index ledger.closed", "100020 true"},
			{"100019", "ledger.ledger_hash ledger.ledger_index", pick(newest, "ledger.parent_hash") + " 100019"},
			{"100000", "ledger.close_time ledger.parent_close_time", "0 -3"},
			{`"current"`, "ledger_current_index ledger.closed", "100021 false"},
		} {
			answer := newest
			if tt[0] != "" {
				answer = w.rpc("ledger", `{"ledger_index":`+tt[0]+`}`)
			}
			if got := pick(answer, tt[1]); got != tt[2] {
				w.t.Errorf("ledger %s: got %s, want %s", tt[0], got, tt[2])
			}
		}
		const info = "info.network_id info.complete_ledgers info.validated_ledger.seq info.validated_ledger.age"
		if got := pick(w.rpc("server_info", `{}`), info); got != "1 99744-100020 100020 1" {
			w.t.Errorf("server_info: got %s", got)
		}
	})
}

// ask is what the node says of a transaction, "tx", of one that does not exist, "missing", and "info" and "account", in
// version 2 unless a fault wants otherwise.
func (w world) ask(hash string) map[string]any {
	w.t.Helper()
	const version = `,"api_version":2}`
	missing := `{"transaction":"` + strings.Repeat("AB", 32) + `","min_ledger":100001,"max_ledger":100002`
	return map[string]any{
		"tx":      w.rpc("tx", `{"transaction":"`+hash+`"`+version),
		"info":    w.rpc("server_info", `{"api_version":2}`),
		"account": w.rpc("account_info", `{"account":"`+wallet[0].address+`","ledger_index":"validated"`+version),
		"missing": w.rpc("tx", missing+version),
	}
}

func TestNodeFaults(t *testing.T) {
	const (
		info      = "info.info."
		newest    = info + "validated_ledger "
		closeTime = "2000-01-01T00:00:03Z"
	)
	type facts struct{ paths, with, usual string }
	cases := map[string]facts{
		"no-network-id":       {info + "network_id", "<nil>", "1"},
		"other-network":       {info + "network_id", "2", "1"},
		"no-validated-ledger": {newest + info + "complete_ledgers", "<nil> empty", ""},
		"history-with-gaps":   {info + "complete_ledgers", withGaps(99744, 100004), "99744-100004"},
		"lagging": {
			info + "validated_ledger.seq account.ledger_index tx.validated missing.searched_all",
			"100001 100001 true false", "100004 100004 true true",
		},
		"several-nodes": {
			info + "validated_ledger.seq account.ledger_index tx.error missing.searched_all",
			"100004 99944 txnNotFound false", "100004 100004 <nil> true",
		},
		"version-1": {
			"tx.tx_json.Fee tx.TransactionType tx.Amount tx.inLedger tx.close_time_iso",
			"<nil> Payment 2500000 100001 <nil>", "12 <nil> <nil> <nil> " + closeTime,
		},
		"no-close-time-iso": {"tx.close_time_iso tx.validated", "<nil> true", closeTime + " true"},
		"no-meta":           {"tx.meta tx.validated", "<nil> true", ""},
		"no-delivered-amount": {
			"tx.meta.delivered_amount tx.meta.TransactionResult", "<nil> tesSUCCESS", "2500000 tesSUCCESS",
		},
		"no-ledger-index": {"tx.ledger_index tx.tx_json.ledger_index", "<nil> <nil>", "100001 100001"},
		"no-validated":    {"tx.validated account.validated", "<nil> <nil>", "true true"},
		"no-hash":         {"tx.hash", "<nil>", ""},
		"other-hash":      {"tx.hash", "another", "HASH"},
		"no-searched-all": {"missing.error missing.searched_all", "txnNotFound <nil>", "txnNotFound true"},
		"empty-ledgers-count-as-missing": {
			"missing.searched_all tx.searched_all", "false <nil>", "true <nil>",
		},
		"busy": {
			"tx.error info.error account.status missing.error_code", "tooBusy tooBusy error 9", "<nil> <nil> success 29",
		},
	}
	inWorlds(t, cases, func(w world, c facts) {
		uuid := w.create(tagged)
		w.must(uuid, "accept")
		hash := w.payload(uuid).Outcome.Signature.TxID
		time.Sleep(4 * engine.UsualClose)
		said := func() string {
			said := strings.ReplaceAll(pick(w.ask(hash), c.paths), hash, "HASH")
			if hash256.MatchString(said) {
				return "another"
			}
			return said
		}
		usual := said()
		if c.usual != "" && usual != c.usual {
			w.t.Errorf("without the fault: got %s, want %s", usual, c.usual)
		}
		w.fault(theNode, w.name)
		if got := said(); got != c.with {
			w.t.Errorf("got %s, want %s", got, c.with)
		}
		w.fault(theNode)
		if got := said(); got != usual {
			w.t.Errorf("once cleared: got %s, want %s", got, usual)
		}
	})
	for _, f := range nodeFaultTable {
		_, tested := cases[f.name]
		if !tested && !slices.Contains([]string{"only-version-1", "error-page", "timeout"}, f.name) { // which answer nothing
			t.Errorf("%s is not tested", f.name)
		}
	}
	const want = "1-9,11-19,21-22"
	if got := withGaps(1, 22); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// What a node that is behind lacks now, it has later.
func TestNodesThatLagCatchUp(t *testing.T) {
	inWorlds(t, map[string]int{"lagging": fewLedgers, "several-nodes": manyLedgers}, func(w world, ledgers int) {
		w.fault(theNode, w.name)
		uuid := w.create(tagged)
		w.must(uuid, "accept")
		params := `{"transaction":"` + w.payload(uuid).Outcome.Signature.TxID + `"}`
		time.Sleep(time.Duration(ledgers) * engine.UsualClose)
		if got := w.rpc("tx", params); got["validated"] == true {
			w.t.Errorf("got %s, want it not validated yet", show(got))
		}
		time.Sleep(engine.UsualClose)
		if got := w.rpc("tx", params); got["validated"] != true {
			w.t.Errorf("got %s, want it validated", show(got))
		}
	})
}

func TestNodeFaultsThatAnswerNothing(t *testing.T) {
	inWorld(t, func(w world) {
		for _, tt := range [][3]string{
			{"only-version-1", "2", "400 invalid_API_version"},
			{"only-version-1", "1", `200 {"result":{"info":`},
			{"error-page", "2", "502 <html>"},
		} {
			w.fault(theNode, tt[0])
			a := w.do("POST", "/ledger", `{"method":"server_info","params":[{"api_version":`+tt[1]+`}]}`, nil)
			if got := fmt.Sprint(a.status, " ", a.body); !strings.HasPrefix(got, tt[2]) {
				w.t.Errorf("%s, version %s: got %s, want %s", tt[0], tt[1], got, tt[2])
			}
		}
		w.fault(theNode, "timeout")
		w.client.Timeout = time.Hour
		body := strings.NewReader(`{"method":"server_info"}`)
		if res, err := w.client.Post(base+"/ledger", "application/json", body); err == nil {
			w.t.Errorf("got %s, want no answer", res.Status)
		}
	})
}
