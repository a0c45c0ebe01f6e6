package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
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

func TestAuthentication(t *testing.T) {
	closed := apps("")[2]
	type caller struct {
		key, secret  string
		status, code int
	}
	inWorlds(t, map[string]caller{
		"no headers":           {"", "", 403, 812},
		"no secret":            {Key, "", 403, 812},
		"malformed key":        {"key", Secret, 403, 812},
		"malformed secret":     {Key, "secret", 403, 812},
		"not version 4":        {"5a6d0c1e-0000-1000-8000-000000000001", Secret, 403, 812},
		"unknown key":          {unknownUUID, Secret, 403, 811},
		"wrong secret":         {Key, unknownUUID, 403, 813},
		"disabled application": {closed.Key, closed.Secret, 403, 810},
		"upper case":           {strings.ToUpper(Key), strings.ToUpper(Secret), 200, 0},
	}, func(w world, c caller) {
		checkError(w.t, w.do("GET", "/api/v1/platform/ping", "", credentials(c.key, c.secret)), c.status, c.code)
	})
}

// checkError expects an ordinary error, or none if code is 0.
func checkError(t *testing.T, a answer, status, code int) {
	t.Helper()
	want := fmt.Sprintf(`{"error":{"reference":"%s","code":%d}}`, a.header.Get("X-Call-Ref"), code)
	if a.status != status || code != 0 && a.body != want {
		t.Errorf("got %d %s, want %d %s", a.status, a.body, status, want)
	}
}

func TestPing(t *testing.T) {
	inWorld(t, func(w world) {
		for _, method := range []string{"GET", "POST"} {
			a := w.api(method, "ping", "")
			want := `{"pong":true,"auth":{"quota":{},"application":{"uuidv4":"` + Key + `","name":"Corner Shop",` +
				`"webhookurl":"","disabled":0},"call":{"uuidv4":"` + a.header.Get("X-Call-Ref") + `"}}}`
			if a.body != want {
				w.t.Errorf("%s: got %s, want %s", method, a.body, want)
			}
		}
		if a := w.do("GET", "/api/v1/platform/ping-noauth", "", nil); a.body != `{"pong":true}` {
			w.t.Errorf("ping-noauth: got %s", a.body)
		}
	})
}

func TestFatalErrors(t *testing.T) {
	type call struct {
		method, path, body string
		status             int
	}
	inWorlds(t, map[string]call{
		"unknown route":           {"GET", "nonsense", "", 404},
		"wrong method":            {"DELETE", "ping", "", 404},
		"malformed uuid":          {"GET", "payload/not-a-uuid", "", 404},
		"uuid of version 1":       {"GET", "payload/9a2c7a52-3c1e-1b53-9d4e-5f1b8c1f0a77", "", 404},
		"delete a malformed uuid": {"DELETE", "payload/not-a-uuid", "", 404},
		"not JSON":                {"POST", "payload", "{", 500},
		"two values":              {"POST", "payload", "{}{}", 500},
		"tokens that are no JSON": {"POST", "user-tokens", "{", 500},
		"too large":               {"POST", "payload", `{"txjson":"` + strings.Repeat("x", 1<<20) + `"}`, 413},
	}, func(w world, c call) {
		who := credentials(Key, Secret)
		if c.status == 404 {
			who = nil // an unknown path is unknown, whoever asks
		}
		a := w.do(c.method, "/api/v1/platform/"+c.path, c.body, who)
		want := map[string]any{
			"error": true, "message": a.json["message"], "reference": a.header.Get("X-Call-Ref"),
			"code": float64(c.status), "req": "/v1/platform/" + c.path, "method": c.method,
		}
		if a.status != c.status || !reflect.DeepEqual(a.json, want) {
			w.t.Errorf("got %d %s, want %d %v", a.status, a.body, c.status, want)
		}
	})
}

// A slash at the end of a path makes no difference: the platform's own Python SDK sends some.
func TestPathsWithASlashAtTheEnd(t *testing.T) {
	inWorld(t, func(w world) {
		token := w.token()
		uuid := w.api("POST", "payload/", signInWith(`"custom_meta":{"identifier":"order"}`)).json["uuid"].(string)
		for _, call := range []string{
			"GET ping", "POST ping", "GET ping-noauth", "GET payload/" + uuid, "GET payload/ci/order",
			"GET user-token/" + token, "POST user-tokens", "DELETE payload/" + uuid,
		} {
			method, path, _ := strings.Cut(call, " ")
			body := `{"tokens":["` + token + `"]}`
			want, got := w.api(method, path, body), w.api(method, path+"/", body)
			if got.status != http.StatusOK || !reflect.DeepEqual(shape(got.json), shape(want.json)) {
				w.t.Errorf("%s/: got %d %s, want the same as without the slash, %s", call, got.status, got.body, want.body)
			}
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
			"options": {
				"expire":15,"force_network":"TESTNET",
				"return_url":{"web":"https://shop.example/done?p={id}&tx={txid}"}
			},
			"custom_meta": {"identifier":"order-2026-000117","instruction":"Two coffees","blob":{"table":4}}}`)
		time.Sleep(39 * time.Second)
		w.must(uuid, "open", "accept")

		got := w.api("GET", "payload/"+uuid, "").json
		want := sample(t, "payload.json")
		section := func(name string) map[string]any { return want[name].(map[string]any) }
		blob, txid := got["response"].(map[string]any)["hex"].(string), pick(got, "response.txid")
		if !upperHex.MatchString(blob) || txid != engine.TxID(blob) {
			w.t.Errorf("got txid %s of blob %s", txid, blob)
		}
		section("meta")["uuid"] = uuid
		section("meta")["return_url_web"] = "https://shop.example/done?p=" + uuid + "&tx=" + txid
		section("application")["icon_url"] = base + "/assets/shop.svg"
		section("application")["issued_user_token"] = w.userToken()
		section("response")["hex"], section("response")["txid"] = blob, txid
		if !reflect.DeepEqual(got, want) {
			w.t.Errorf("got\n%s\nwant\n%s", show(got), show(want))
		}
		if byID := w.api("GET", "payload/ci/order-2026-000117", "").json; !reflect.DeepEqual(byID, want) {
			w.t.Errorf("by identifier: got\n%s\nwant\n%s", show(byID), show(want))
		}
	})
}

// A destination whose owner the platform knows goes by a name, another by its address.
func TestResolvedDestination(t *testing.T) {
	inWorlds(t, map[string]string{tagged: "Corner Shop", payment: address, signIn: ""}, func(w world, want string) {
		uuid := w.create(w.name)
		for _, method := range []string{"GET", "DELETE"} {
			if got := pick(w.api(method, "payload/"+uuid, "").json, "meta.resolved_destination"); got != want {
				w.t.Errorf("%s: got %q, want %q", method, got, want)
			}
		}
	})
}

// What is not known is null before the outcome, and empty after it.
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
	inWorlds(t, map[string]map[string]any{"close": pending, "open": pending, "reject": rejected, "accept": nil},
		func(w world, want map[string]any) {
			uuid := w.create(signIn)
			w.must(uuid, w.name, "second")
			got := w.get(uuid)["response"]
			if w.name != "accept" && !reflect.DeepEqual(got, want) {
				w.t.Errorf("got %s, want %s", show(got), show(want))
			}
			const not = "dispatched_to dispatched_nodetype dispatched_result multisign_account dispatched_to_node"
			if w.name == "accept" && pick(got, not+" environment_nodetype account") != "    false TESTNET "+wallet[0].address {
				w.t.Errorf("got %s", show(got))
			}
		})
}

func TestNotFound(t *testing.T) {
	inWorld(t, func(w world) {
		uuid := w.create(signInWith(`"custom_meta":{"identifier":"order"}`))
		for _, method := range []string{"GET", "DELETE"} {
			checkError(w.t, w.api(method, "payload/"+unknownUUID, ""), 404, 404)
			checkError(w.t, w.otherApp(method, "payload/"+uuid, ""), 404, 404)
		}
		checkError(w.t, w.api("GET", "payload/ci/nonsense", ""), 404, 404)
		checkError(w.t, w.otherApp("GET", "payload/ci/order", ""), 404, 404)
	})
}

func TestCancel(t *testing.T) {
	inWorlds(t, map[string]string{
		"":                     "OK",
		"cancel minute minute": "ALREADY_CANCELLED",
		"accept minute minute": "ALREADY_RESOLVED",
		"open minute minute":   "ALREADY_EXPIRED",
		"open":                 "ALREADY_OPENED",
	}, func(w world, reason string) {
		uuid := w.create(payment)
		w.must(uuid, strings.Fields(w.name)...)
		want := map[string]any{
			"result": map[string]any{"cancelled": reason == "OK", "reason": reason},
			"meta":   w.get(uuid)["meta"], "custom_meta": w.get(uuid)["custom_meta"],
		}
		want["meta"].(map[string]any)["expired"] = true
		a := w.api("DELETE", "payload/"+uuid, "")
		if a.status != http.StatusOK || !reflect.DeepEqual(a.json, want) {
			w.t.Errorf("got %d %s\nwant 200 %s", a.status, show(a.json), show(want))
		}
		time.Sleep(time.Second)
		cancelled := reason == "OK" || reason == "ALREADY_CANCELLED"
		if got := pick(w.get(uuid), "meta.cancelled"); got != fmt.Sprint(cancelled) {
			w.t.Errorf("afterwards: got cancelled %s", got)
		}
	})
}

// A token is issued with a signature, shown with the last payload that did so, and prolonged by it.
func TestUserTokens(t *testing.T) {
	inWorld(t, func(w world) {
		first, second := w.create(signIn), w.create(signIn)
		w.must(first, "accept")
		token, issued := w.userToken(), time.Now().Add(-150*time.Millisecond).Unix()
		if got := pick(w.get(first), "application.issued_user_token"); !uuidV4.MatchString(token) || got != token {
			w.t.Errorf("after signing: got %v, want %s", got, token)
		}
		time.Sleep(time.Hour)
		w.must(second, "accept")
		for uuid, want := range map[string]string{first: "<nil>", second: token} {
			if got := pick(w.get(uuid), "application.issued_user_token"); got != want {
				w.t.Errorf("got token %s, want %s", got, want)
			}
		}
		expires := w.payload(second).Outcome.At.Add(engine.TokenLife)
		active := fmt.Sprintf(`{"user_token":"%s","active":true,"issued":%d,"expires":%d}`, token, issued, expires.Unix())
		unknown := `{"user_token":"nonsense","active":false}`
		for _, tt := range []struct{ method, path, body, want string }{
			{"GET", "user-token/" + token, "", active},
			{"GET", "user-token/nonsense", "", unknown},
			{"POST", "user-tokens", `{"tokens":["nonsense","` + token + `"]}`, unknown + "," + active},
			{"POST", "user-tokens", `{}`, ""},
			{"POST", "user-tokens", `{"tokens":"` + token + `"}`, ""},
			{"POST", "user-tokens", `{"tokens":[17]}`, ""},
		} {
			a := w.api(tt.method, tt.path, tt.body)
			if a.status != http.StatusOK || a.body != `{"tokens":[`+tt.want+`]}` {
				w.t.Errorf("%s %s: got %d %s, want %s", tt.path, tt.body, a.status, a.body, tt.want)
			}
		}
		// The body is an object; the platform's Python SDK 1.0.4 sends the bare array, which no documentation has.
		for _, body := range []string{"", "null", `["` + token + `"]`} {
			checkError(w.t, w.api("POST", "user-tokens", body), 400, 599)
		}
		pushes := func(do func(method, path, body string) answer) string {
			a := do("POST", "payload", signInWith(`"user_token":"`+token+`"`))
			_, qr := a.json["next"].(map[string]any)["no_push_msg_received"]
			return fmt.Sprint(a.json["pushed"], qr)
		}
		if got := pushes(w.api) + " " + pushes(w.otherApp); got != "true true false false" {
			w.t.Errorf("got pushed %s, want it for the token's own application", got)
		}
		time.Sleep(engine.TokenLife)
		if got := pushes(w.api); got != "false false" {
			w.t.Errorf("got pushed %s after the token's life", got)
		}
	})
}

// Whoever knows a uuid may listen to its payload, and a webhook's address may have a secret.
func TestLogHidesUUIDsAndAddresses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		var signed string
		run(t, Config{
			BaseURL: base, Log: slog.New(slog.NewTextHandler(&log, nil)),
			WebhookURL: hookURL, Transport: &shop{answer: func(*http.Request) (*http.Response, error) {
				return nil, errors.New("nobody is there")
			}},
		}, func(w world) {
			signed = w.create(payment)
			cancelled := w.create(payment)
			w.fault(signed, "duplicate-frames", "webhook-twice")
			w.listen(signed)
			w.must(signed, "accept")
			w.form(signed, "act=accept")
			w.must(cancelled, "cancel")
			w.api("GET", "payload/"+unknownUUID, "")
			time.Sleep(time.Hour)
		})
		found := regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-4`).FindString(log.String())
		if found != "" || !strings.Contains(log.String(), "uuid="+signed[:8]) {
			t.Errorf("got %q in\n%s", found, log.String())
		}
		if strings.Contains(log.String(), "hush") || !strings.Contains(log.String(), "nobody is there") {
			t.Errorf("got\n%s\nwant why a webhook was not taken, without its address", log.String())
		}
	})
}

func TestRateLimit(t *testing.T) {
	inWorld(t, func(w world) {
		left := func(a answer) string {
			return a.header.Get("X-RateLimit-Remaining") + " of " + a.header.Get("X-RateLimit-Limit")
		}
		if got := left(w.api("GET", "ping", "")); got != "599 of 600" {
			w.t.Errorf("got %s", got)
		}
		w.platform.look(func(e *engine.Engine, now time.Time) {
			for ok := true; ok; {
				_, _, ok = e.Admit(now, Key)
			}
		})
		a := w.api("GET", "ping", "")
		checkError(w.t, a, 429, 429)
		if got := left(a); got != "0 of 600" {
			w.t.Errorf("got %s", got)
		}
	})
}
