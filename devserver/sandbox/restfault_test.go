package sandbox

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestFaultsOfREST(t *testing.T) {
	type reply struct {
		after  time.Duration
		status int // 0: the client gave up
		retry  string
		body   string
	}
	for _, call := range []string{"GET payload/{uuid}", "GET payload/ci/order", "DELETE payload/{uuid}"} {
		inWorlds(t, map[string]reply{
			"rest-slow":    {5 * time.Second, 200, "", `"uuid":`},
			"rest-429":     {0, 429, "2", `"code":429}}`},
			"rest-500":     {0, 500, "", `"error":true`},
			"rest-timeout": {time.Minute, 0, "", ""},
			"not-found":    {0, 404, "", `"code":404}}`},
			"early-404":    {0, 404, "", `"code":404}}`},
		}, func(w world, c reply) {
			uuid, other := w.create(signInWith(`"custom_meta":{"identifier":"order"}`)), w.create(payment)
			w.fault(uuid, w.name)
			method, path, _ := strings.Cut(strings.ReplaceAll(call, "{uuid}", uuid), " ")
			began := time.Now()
			a, err := w.try(time.Minute, method, "/api/v1/platform/"+path, "", credentials(Key, Secret))
			if after := time.Since(began); after != c.after {
				w.t.Errorf("%s: got the answer after %v, want %v", call, after, c.after)
			}
			if (err != nil) != (c.status == 0) || a.status != c.status || a.header.Get("Retry-After") != c.retry ||
				!strings.Contains(a.body, c.body) {
				w.t.Errorf("%s: got %d, %v, %s, %v", call, a.status, a.header, a.body, err)
			}
			w.must(other, "get") // which does not suffer
		})
	}
}

func TestFaultsThatHide(t *testing.T) {
	inWorlds(t, map[string]func(w world, uuid string){
		"not-found": func(w world, uuid string) { w.fault(uuid) },
		"early-404": func(world, string) {},
	}, func(w world, clear func(w world, uuid string)) {
		w.fault(nextPayload, w.name)
		uuid := w.create(payment)
		w.listen(uuid).expect("not-found")
		time.Sleep(2*time.Second - time.Nanosecond)
		checkError(w.t, w.api("GET", "payload/"+uuid, ""), 404, 404)
		time.Sleep(time.Nanosecond)
		clear(w, uuid)
		w.listen(uuid).expect("welcome 58")
		w.must(uuid, "get")
	})
}

// Documents in other forms that mean the same.
func TestFaultsOfDocuments(t *testing.T) {
	const odd = `{"txjson":{"TransactionType":"Payment","Destination":"` + demoShop + `","DestinationTag":4711,` +
		`"Amount":"2500000","InvoiceID":"` + invoice + `",` +
		`"Memos":[{"Memo":{"MemoType":"61","MemoData":"00112233445566778899AABBCCDDEEFF"}}]},` +
		`"custom_meta":{"identifier":"order","blob":{"table":0}}}`
	const tx = "payload.request_json."
	type facts struct{ paths, want string }
	inWorlds(t, map[string]facts{
		"rest-odd-types": {
			"application.disabled payload.tx_destination_tag payload.expires_in_seconds payload.tx_type " +
				"response.environment_networkid meta.signed meta.cancelled " + tx + "DestinationTag",
			"false 4711 86399 Payment 1 1 0 4711",
		},
		"rest-odd-template": {
			tx + "DestinationTag " + tx + "InvoiceID " + tx + "Memos.0.Memo.MemoData " + tx + "Amount",
			"4711 " + strings.ToLower(invoice) + " 00112233445566778899aabbccddeeff 2500000",
		},
		"rest-unknown-keys": {
			"x_new.signed meta.x_new application.x_new payload.x_new response.x_new custom_meta.x_new " + tx + "x_new",
			"true" + strings.Repeat(" [map[nested:<nil>] true]", 4) + " <nil> <nil>",
		},
		"rest-sparse": {
			"application.disabled meta.cancelled response.multisign_account meta.signed custom_meta.blob.table",
			"<nil> <nil> <nil> true 0",
		},
	}, func(w world, c facts) {
		uuid := w.create(odd)
		w.must(uuid, "accept")
		usual := w.api("GET", "payload/"+uuid, "")
		w.fault(uuid, w.name)
		for _, path := range []string{"payload/" + uuid, "payload/ci/order"} {
			a := w.api("GET", path, "")
			if got := pick(a.json, c.paths); a.status != http.StatusOK || got != c.want {
				w.t.Errorf("%s: got %v, want %v in %s", path, got, c.want, a.body)
			}
			i, j := strings.Index(a.body, `"TransactionType":"Payment"`), strings.Index(a.body, `"Amount":"2500000"`)
			if w.name == "rest-odd-template" && i > j {
				w.t.Errorf("%s: want the template in another order in %s", path, a.body)
			}
		}
		if a := w.api("DELETE", "payload/"+uuid, ""); pick(a.json, "result.reason") != "ALREADY_RESOLVED" {
			w.t.Errorf("cancel: got %s", a.body)
		}
		w.fault(uuid)
		if a := w.api("GET", "payload/"+uuid, ""); a.body != usual.body {
			w.t.Errorf("once cleared: got %s, want %s", a.body, usual.body)
		}
	})
}

func TestFaultRepeatedUUID(t *testing.T) {
	inWorld(t, func(w world) {
		w.fault(nextPayload, "repeated-uuid")
		alone := w.api("POST", "payload", signIn)
		if alone.json["uuid"] != alone.header.Get("X-Call-Ref") {
			w.t.Errorf("without an earlier one: got %s", alone.body)
		}
		first := w.api("POST", "payload", payment)
		w.otherApp("POST", "payload", signIn)
		w.fault(nextPayload, "repeated-uuid")
		second := w.api("POST", "payload", signIn)
		if second.status != http.StatusOK || second.body != first.body {
			w.t.Errorf("got %d %s, want the same as before, %s", second.status, second.body, first.body)
		}
		if got := pick(w.get(first.json["uuid"].(string)), "payload.tx_type"); got != "Payment" {
			w.t.Errorf("the first is a %v now", got)
		}
		w.must(second.header.Get("X-Call-Ref"), "get") // it exists
	})
}
