package sandbox

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/xaman-live/xaman-live/devserver/sandbox/engine"
)

const (
	address  = "rLUEXYuLiQptky37CqLcm9USQpPiz5rkpD"
	xAddress = "X7AcgcsBL6XDcUb289X4mJ8djcdyKaB5hJDWMArnXr61cqZ"
)

func TestAuthentication(t *testing.T) {
	tests := []struct {
		name, key, secret string
		status, code      int
	}{
		{"no headers", "", "", 403, 812},
		{"no secret", Key, "", 403, 812},
		{"malformed key", "key", Secret, 403, 812},
		{"malformed secret", Key, "secret", 403, 812},
		{"not version 4", "5a6d0c1e-0000-1000-8000-000000000001", Secret, 403, 812},
		{"unknown key", unknownUUID, Secret, 403, 811},
		{"wrong secret", Key, unknownUUID, 403, 813},
		{"disabled application", apps("")[2].Key, apps("")[2].Secret, 403, 810},
		{"upper case", strings.ToUpper(Key), strings.ToUpper(Secret), 200, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inWorld(t, func(w world) {
				a := w.do("GET", "/api/v1/platform/ping", "", credentials(tt.key, tt.secret))
				checkError(t, a, tt.status, tt.code)
			})
		})
	}
}

// checkError expects an ordinary error, or none if code is 0.
func checkError(t *testing.T, a answer, status, code int) {
	t.Helper()
	if a.status != status {
		t.Errorf("got status %d %s, want %d", a.status, a.body, status)
	}
	if code == 0 {
		return
	}
	want := fmt.Sprintf(`{"error":{"reference":"%s","code":%d}}`, a.header.Get("X-Call-Ref"), code)
	if a.body != want {
		t.Errorf("got %s, want %s", a.body, want)
	}
}

func TestPing(t *testing.T) {
	inWorld(t, func(w world) {
		for _, method := range []string{"GET", "POST"} {
			a := w.api(method, "ping", "")
			want := `{"pong":true,"auth":{"quota":{},"application":{"uuidv4":"` + Key + `","name":"Corner Shop","webhookurl":"","disabled":0},"call":{"uuidv4":"` + a.header.Get("X-Call-Ref") + `"}}}`
			if a.body != want {
				t.Errorf("%s: got %s, want %s", method, a.body, want)
			}
		}
		if a := w.do("GET", "/api/v1/platform/ping-noauth", "", nil); a.body != `{"pong":true}` {
			t.Errorf("ping-noauth: got %s", a.body)
		}
	})
}

func TestFatalErrors(t *testing.T) {
	tests := []struct {
		name, method, path, body string
		status                   int
	}{
		{"unknown route", "GET", "nonsense", "", 404},
		{"wrong method", "DELETE", "ping", "", 404},
		{"malformed uuid", "GET", "payload/not-a-uuid", "", 404},
		{"uuid of version 1", "GET", "payload/9a2c7a52-3c1e-1b53-9d4e-5f1b8c1f0a77", "", 404},
		{"delete a malformed uuid", "DELETE", "payload/not-a-uuid", "", 404},
		{"not JSON", "POST", "payload", "{", 500},
		{"two values", "POST", "payload", "{}{}", 500},
		{"too large", "POST", "payload", `{"txjson":"` + strings.Repeat("x", 1<<20) + `"}`, 413},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inWorld(t, func(w world) {
				a := w.api(tt.method, tt.path, tt.body)
				ref := ""
				if tt.status != 404 {
					ref = a.header.Get("X-Call-Ref")
				}
				want := map[string]any{
					"error": true, "message": a.json["message"], "reference": ref, "code": float64(tt.status),
					"req": "/v1/platform/" + tt.path, "method": tt.method,
				}
				if a.status != tt.status || !reflect.DeepEqual(a.json, want) {
					t.Errorf("got %d %s, want %d %v", a.status, a.body, tt.status, want)
				}
			})
		})
	}
}

func TestCreateRefusals(t *testing.T) {
	tx := func(fields string) string { return `{"txjson":{"TransactionType":"Payment",` + fields + `}}` }
	meta := func(m string) string {
		return `{"txjson":{"TransactionType":"SignIn"},"custom_meta":` + m + `}`
	}
	tests := []struct {
		name, body string
		code       int
	}{
		{"no body", "", 599},
		{"null", "null", 599},
		{"array", "[]", 599},
		{"string", `"txjson"`, 599},
		{"empty object", "{}", 599},
		{"no template", `{"options":{}}`, 600},
		{"null template", `{"txjson":null}`, 600},
		{"blob is not hex", `{"txblob":"nonsense"}`, 601},
		{"blob in lower case", `{"txblob":"12000022800000006140000000000f4240"}`, 601},
		{"blob that does not decode", `{"txblob":"FFFFFFFFFFFFFFFF"}`, 601},
		{"blob too short", `{"txblob":"120000"}`, 601},
		{"blob is a number", `{"txblob":1200002280}`, 601},
		{"template is a string", `{"txjson":"Payment"}`, 602},
		{"no type", `{"txjson":{}}`, 602},
		{"unknown type", `{"txjson":{"TransactionType":"Gift"}}`, 602},
		{"type only the ledger makes", `{"txjson":{"TransactionType":"EnableAmendment"}}`, 602},
		{"type is a number", `{"txjson":{"TransactionType":0}}`, 602},
		{"address with a wrong checksum", tx(`"Destination":"rLUEXYuLiQptky37CqLcm9USQpPiz5rkpE"`), 603},
		{"address that is not ASCII", tx(`"Destination":"r\u00ff\ufffdPizrkpD"`), 603},
		{"X-address", tx(`"Destination":"` + xAddress + `"`), 603},
		{"address is a number", tx(`"Destination":1`), 603},
		{"issuer inside an amount", tx(`"Amount":{"currency":"USD","issuer":"nobody","value":"1"}`), 603},
		{"amount is a number", tx(`"Amount":2500000`), 603},
		{"amount in XRP", tx(`"Amount":"2.5"`), 603},
		{"amount without a value", tx(`"Amount":{"currency":"USD","issuer":"` + address + `"}`), 603},
		{"tag too large", tx(`"DestinationTag":4294967296`), 603},
		{"negative tag", tx(`"DestinationTag":-1`), 603},
		{"memo is not hex", tx(`"Memos":[{"Memo":{"MemoData":"hello"}}]`), 603},
		{"signer is no address", `{"txjson":{"TransactionType":"SignIn"},"options":{"signers":["me"]}}`, 603},
		{"two templates", `{"txjson":{"TransactionType":"SignIn"},"txblob":"1200002280000000"}`, 604},
		{"long identifier", meta(`{"identifier":"` + strings.Repeat("é", 41) + `"}`), 413},
		{"long instruction", meta(`{"instruction":"` + strings.Repeat("é", 281) + `"}`), 413},
		{"long blob", meta(`{"blob":{"x":"` + strings.Repeat("x", 1493) + `"}}`), 413},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inWorld(t, func(w world) {
				checkError(t, w.api("POST", "payload", tt.body), 400, tt.code)
			})
		})
	}
}

func TestCreateLeniency(t *testing.T) {
	tests := []struct {
		name, body string
		path       string // into the document of the payload
		want       any
	}{
		{"submit by default", payment, "meta.submit", true},
		{"submit false", `{"txjson":{"TransactionType":"Payment"},"options":{"submit":false}}`, "meta.submit", false},
		{"submit 0", `{"txjson":{"TransactionType":"Payment"},"options":{"submit":0}}`, "meta.submit", false},
		{"submit in words", `{"txjson":{"TransactionType":"Payment"},"options":{"submit":"false"}}`, "meta.submit", false},
		{"multisign in words", `{"txjson":{"TransactionType":"Payment"},"options":{"multisign":"1"}}`, "meta.multisign", true},
		{"a sign-in is never submitted", `{"txjson":{"TransactionType":"SignIn"},"options":{"submit":true,"multisign":true}}`, "meta.submit", false},
		{"a sign-in is never multisigned", `{"txjson":{"TransactionType":"SignIn"},"options":{"submit":true,"multisign":true}}`, "meta.multisign", false},
		{"a sign-in says so twice", signIn, "payload.request_json", map[string]any{"TransactionType": "SignIn", "SignIn": true}},
		{"expire by default", signIn, "payload.expires_in_seconds", 86400.0},
		{"expire in words", `{"txjson":{"TransactionType":"SignIn"},"options":{"expire":"5"}}`, "payload.expires_in_seconds", 300.0},
		{"expire 0", `{"txjson":{"TransactionType":"SignIn"},"options":{"expire":0}}`, "payload.expires_in_seconds", 86400.0},
		{"expire negative", `{"txjson":{"TransactionType":"SignIn"},"options":{"expire":-5}}`, "payload.expires_in_seconds", 86400.0},
		{"expire is no number", `{"txjson":{"TransactionType":"SignIn"},"options":{"expire":"soon"}}`, "payload.expires_in_seconds", 86400.0},
		{"expire beyond all bounds", `{"txjson":{"TransactionType":"SignIn"},"options":{"expire":1e300}}`, "payload.expires_in_seconds", 315360000.0},
		{"fee as a number", `{"txjson":{"TransactionType":"Payment","Fee":12}}`, "payload.request_json", map[string]any{"TransactionType": "Payment", "Fee": "12"}},
		{"value as a number", `{"txjson":{"TransactionType":"Payment","Amount":{"currency":"USD","issuer":"` + address + `","value":1.5}}}`, "payload.request_json.Amount.value", "1.5"},
		{"identifier as a number", `{"txjson":{"TransactionType":"SignIn"},"custom_meta":{"identifier":117}}`, "custom_meta.identifier", "117"},
		{"longest identifier", `{"txjson":{"TransactionType":"SignIn"},"custom_meta":{"identifier":"` + strings.Repeat("é", 40) + `"}}`, "custom_meta.identifier", strings.Repeat("é", 40)},
		{"longest instruction, after clean-up", `{"txjson":{"TransactionType":"SignIn"},"custom_meta":{"instruction":"  a` + strings.Repeat(" ", 400) + `b "}}`, "custom_meta.instruction", "a b"},
		{"longest blob", `{"txjson":{"TransactionType":"SignIn"},"custom_meta":{"blob":{"x":"` + strings.Repeat("x", 1492) + `"}}}`, "custom_meta.blob.x", strings.Repeat("x", 1492)},
		{"template's account", `{"txjson":{"TransactionType":"Payment","Account":"` + address + `"}}`, "response.account", address},
		{"template's network", `{"txjson":{"TransactionType":"Payment","NetworkID":21337}}`, "meta.force_network", "XAHAU"},
		{"forced network", `{"txjson":{"TransactionType":"Payment"},"options":{"force_network":"MAINNET"}}`, "meta.force_network", "MAINNET"},
		{"tag 0 is null", `{"txjson":{"TransactionType":"Payment","DestinationTag":0}}`, "payload.tx_destination_tag", nil},
		{"several signers", `{"txjson":{"TransactionType":"SignIn"},"options":{"signers":["` + address + `"]}}`, "meta.signers", []any{address}},
		{"one signer", `{"txjson":{"TransactionType":"SignIn"},"options":{"signer":"` + address + `"}}`, "meta.signers", []any{address}},
		{"malformed user token", `{"txjson":{"TransactionType":"SignIn"},"user_token":"nonsense"}`, "meta.pushed", false},
		{"memo", `{"txjson":{"TransactionType":"SignIn","Memos":[{"Memo":{"MemoData":"C0ffee"}}]}}`, "payload.tx_type", "SignIn"},
		{"another network's transaction", `{"txjson":{"TransactionType":"URITokenMint","URI":"AB"}}`, "payload.tx_type", "URITokenMint"},
		{"blob", `{"txblob":"12000022800000006140000000002625A08314D28B177E48D9A8D057E70F7E464B498367281B98"}`, "payload.tx_type", "Payment"},
		{"placeholders known before the signature", `{"txjson":{"TransactionType":"SignIn"},"options":{"return_url":{"app":"https://shop.example/{cid}/{txid}"}}}`, "meta.return_url_app", "https://shop.example//{txid}"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inWorld(t, func(w world) {
				var got any = w.get(w.create(tt.body))
				for key := range strings.SplitSeq(tt.path, ".") {
					got = got.(map[string]any)[key]
				}
				if !reflect.DeepEqual(got, tt.want) {
					t.Errorf("got %v, want %v", got, tt.want)
				}
			})
		})
	}
}

func TestCreated(t *testing.T) {
	inWorld(t, func(w world) {
		a := w.api("POST", "payload", signIn)
		page := base + "/sign/" + a.header.Get("X-Call-Ref")
		want := `{"uuid":"` + a.header.Get("X-Call-Ref") + `","next":{"always":"` + page + `"},"refs":{"qr_png":"` + page + `_q.png","qr_matrix":"` + page +
			`_q.json","qr_uri_quality_opts":["m","q","h"],"websocket_status":"ws://` + strings.TrimPrefix(page, "http://") + `"},"pushed":false}`
		if a.body != want {
			t.Errorf("got\n%s\nwant\n%s", a.body, want)
		}
		pushed := w.api("POST", "payload", `{"txjson":{"TransactionType":"SignIn"},"user_token":"`+w.token()+`"}`)
		if got, want := shape(pushed.json), shape(sample(t, "created.json")); !reflect.DeepEqual(got, want) {
			t.Errorf("got keys %s\nwant %s", show(got), show(want))
		}
	})
}

func sample(t *testing.T, name string) map[string]any {
	t.Helper()
	raw, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	var v map[string]any
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// The whole document of a signed payment; the sample is the documentation's, with what differs from
// one payload to the next filled in.
func TestGetSigned(t *testing.T) {
	inWorld(t, func(w world) {
		uuid := w.create(`{
			"txjson": {"TransactionType":"Payment","Destination":"` + address + `","DestinationTag":4711,"Amount":"2500000"},
			"options": {"expire":15,"force_network":"TESTNET","return_url":{"web":"https://shop.example/done?p={id}&tx={txid}"}},
			"custom_meta": {"identifier":"order-2026-000117","instruction":"Two coffees","blob":{"table":4}}}`)
		time.Sleep(39 * time.Second)
		w.must(uuid, "open", "accept")

		got := w.api("GET", "payload/"+uuid, "").json
		want := sample(t, "payload.json")
		response := got["response"].(map[string]any)
		blob, txid := response["hex"].(string), response["txid"].(string)
		if !upperHex.MatchString(blob) || txid != engine.TxID(blob) {
			t.Errorf("got txid %s of blob %s", txid, blob)
		}
		meta := want["meta"].(map[string]any)
		meta["uuid"] = uuid
		meta["return_url_web"] = "https://shop.example/done?p=" + uuid + "&tx=" + txid
		want["application"].(map[string]any)["icon_url"] = base + "/assets/shop.svg"
		want["application"].(map[string]any)["issued_user_token"] = w.userToken()
		want["response"].(map[string]any)["hex"], want["response"].(map[string]any)["txid"] = blob, txid
		if !reflect.DeepEqual(got, want) {
			t.Errorf("got\n%s\nwant\n%s", show(got), show(want))
		}
		if byID := w.api("GET", "payload/ci/order-2026-000117", "").json; !reflect.DeepEqual(byID, want) {
			t.Errorf("by identifier: got\n%s\nwant\n%s", show(byID), show(want))
		}
	})
}

func TestGetResponse(t *testing.T) {
	pending := map[string]any{"dispatched_to_node": false}
	rejected := map[string]any{"dispatched_to_node": false, "resolved_at": "2000-01-01T00:00:00Z"}
	for key := range sample(t, "payload.json")["response"].(map[string]any) {
		if _, ok := pending[key]; !ok {
			pending[key] = nil
		}
		if _, ok := rejected[key]; !ok {
			rejected[key] = ""
		}
	}
	rejected["environment_networkid"] = nil
	tests := []struct {
		name string
		acts []string
		want map[string]any
	}{
		{"pending", nil, pending},
		{"opened", []string{"open"}, pending},
		{"rejected", []string{"reject"}, rejected},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inWorld(t, func(w world) {
				uuid := w.create(signIn)
				w.must(uuid, tt.acts...)
				time.Sleep(time.Second)
				if got := w.get(uuid)["response"]; !reflect.DeepEqual(got, tt.want) {
					t.Errorf("got %s, want %s", show(got), show(tt.want))
				}
			})
		})
	}
	t.Run("signed, not submitted", func(t *testing.T) {
		inWorld(t, func(w world) {
			uuid := w.create(signIn)
			w.must(uuid, "accept")
			time.Sleep(time.Second)
			r := w.get(uuid)["response"].(map[string]any)
			for key, want := range map[string]any{
				"dispatched_to": "", "dispatched_nodetype": "", "dispatched_result": "", "dispatched_to_node": false,
				"environment_nodetype": "TESTNET", "environment_networkid": 1.0, "multisign_account": "", "account": wallet[0].address,
			} {
				if r[key] != want {
					t.Errorf("%s: got %v, want %v", key, r[key], want)
				}
			}
		})
	})
}

func TestNotFound(t *testing.T) {
	inWorld(t, func(w world) {
		uuid := w.create(`{"txjson":{"TransactionType":"SignIn"},"custom_meta":{"identifier":"order"}}`)
		for _, method := range []string{"GET", "DELETE"} {
			checkError(t, w.api(method, "payload/"+unknownUUID, ""), 404, 404)
			checkError(t, w.do(method, "/api/v1/platform/payload/"+uuid, "", credentials(apps("")[1].Key, apps("")[1].Secret)), 404, 404)
		}
		checkError(t, w.api("GET", "payload/ci/nonsense", ""), 404, 404)
		checkError(t, w.do("GET", "/api/v1/platform/payload/ci/order", "", credentials(apps("")[1].Key, apps("")[1].Secret)), 404, 404)
	})
}

func TestIdentifierTaken(t *testing.T) {
	inWorld(t, func(w world) {
		body := `{"txjson":{"TransactionType":"SignIn"},"custom_meta":{"identifier":"order"}}`
		first := w.create(body)
		a := w.api("POST", "payload", body)
		checkError(t, a, 400, 409)
		if got := w.api("GET", "payload/"+a.header.Get("X-Call-Ref"), "").status; got != http.StatusOK {
			t.Errorf("the refused payload: got %d, want it to exist all the same", got)
		}
		if got := w.api("GET", "payload/ci/order", "").json["meta"].(map[string]any)["uuid"]; got != first {
			t.Errorf("by identifier: got %v, want the first, %v", got, first)
		}
		if got := w.do("POST", "/api/v1/platform/payload", body, credentials(apps("")[1].Key, apps("")[1].Secret)).status; got != http.StatusOK {
			t.Errorf("another application's: got %d, want %d", got, http.StatusOK)
		}
	})
}

func TestCancel(t *testing.T) {
	pass := func(d time.Duration) func(world, string) { return func(world, string) { time.Sleep(d) } }
	cancel := func(w world, uuid string) { w.api("DELETE", "payload/"+uuid, "") }
	act := func(acts ...string) func(world, string) {
		return func(w world, uuid string) { w.must(uuid, acts...) }
	}
	tests := []struct {
		name   string
		before []func(world, string)
		reason string
	}{
		{"pending", nil, "OK"},
		{"cancelled", []func(world, string){cancel, pass(2 * time.Minute)}, "ALREADY_CANCELLED"},
		{"resolved", []func(world, string){act("accept"), pass(2 * time.Minute)}, "ALREADY_RESOLVED"},
		{"expired", []func(world, string){act("open"), pass(2 * time.Minute)}, "ALREADY_EXPIRED"},
		{"opened", []func(world, string){act("open")}, "ALREADY_OPENED"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inWorld(t, func(w world) {
				uuid := w.create(payment)
				for _, step := range tt.before {
					step(w, uuid)
				}
				want := map[string]any{
					"result": map[string]any{"cancelled": tt.reason == "OK", "reason": tt.reason},
					"meta":   w.get(uuid)["meta"], "custom_meta": w.get(uuid)["custom_meta"],
				}
				want["meta"].(map[string]any)["expired"] = true
				a := w.api("DELETE", "payload/"+uuid, "")
				if a.status != http.StatusOK || !reflect.DeepEqual(a.json, want) {
					t.Errorf("got %d %s\nwant 200 %s", a.status, show(a.json), show(want))
				}
				time.Sleep(time.Second)
				meta := w.get(uuid)["meta"].(map[string]any)
				if isCancelled := tt.reason == "OK" || tt.reason == "ALREADY_CANCELLED"; meta["cancelled"] != isCancelled || isCancelled && meta["expired"] != true {
					t.Errorf("afterwards: got %s", show(meta))
				}
			})
		})
	}
}

// Whoever knows a uuid may listen to its payload.
func TestLogHidesUUIDs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		var signed string
		run(t, Config{BaseURL: base, WebhookURL: hookURL, Log: slog.New(slog.NewTextHandler(&log, nil))}, func(w world) {
			w.platform.webhooks.Transport = &shop{answer: answering(http.StatusNotFound)}
			signed = w.create(payment)
			cancelled := w.create(payment)
			w.fault(signed, "duplicate-frames", "webhook-twice")
			w.listen(signed)
			w.must(signed, "accept")
			w.form(signed, "act=accept")
			w.api("DELETE", "payload/"+cancelled, "")
			w.api("GET", "payload/"+unknownUUID, "")
			time.Sleep(time.Hour)
		})
		found := regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-4`).FindString(log.String())
		if found != "" || !strings.Contains(log.String(), "uuid="+signed[:8]) {
			t.Errorf("got %q in\n%s", found, log.String())
		}
	})
}

func TestRateLimit(t *testing.T) {
	inWorld(t, func(w world) {
		a := w.api("GET", "ping", "")
		if limit, left := a.header.Get("X-RateLimit-Limit"), a.header.Get("X-RateLimit-Remaining"); limit != "600" || left != "599" {
			t.Errorf("got %s left of %s, want 599 of 600", left, limit)
		}
		w.platform.look(func(e *engine.Engine, now time.Time) {
			for range engine.CallsPerMinute {
				e.Admit(now, Key)
			}
		})
		a = w.api("GET", "ping", "")
		checkError(t, a, 429, 429)
		if left := a.header.Get("X-RateLimit-Remaining"); left != "0" {
			t.Errorf("got %s left, want none", left)
		}
	})
}
