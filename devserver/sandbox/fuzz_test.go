package sandbox

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/devserver/sandbox/engine"
)

// fuzzed is called without net/http, which would swallow panics.
func fuzzed(t *testing.T) *Sandbox {
	p, err := New(t.Context(), Config{BaseURL: base, Lag: time.Nanosecond, CloseEvery: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return p
}

// call calls a sandbox under the name of host without a parser of requests, which would refuse what a fuzzer comes up
// with.
func (s *Sandbox) call(t *testing.T, method, host, path, body string, header http.Header) *http.Response {
	t.Helper()
	r := &http.Request{
		Method: method, URL: &url.URL{Scheme: "http", Host: host, Path: path}, Host: host, Header: header,
		Body: io.NopCloser(strings.NewReader(body)),
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r.WithContext(t.Context()))
	return w.Result()
}

const baseHost = "sandbox.example"

// Whatever is posted makes a payload that the phone can be shown and can answer, or is refused; nothing panics.
func FuzzLife(f *testing.F) {
	for _, body := range []string{
		"", "{", "null", "[]", "{}", signIn, payment, tagged, marked, markedSignIn,
		`{"txblob":"FFFFFFFFFFFFFFFF"}`,
		`{"txblob":"12000022800000006140000000002625A08314D28B177E48D9A8D057E70F7E464B498367281B98"}`,
		payWith(`"Destination":"rÿ"`),
		payWith(`"Amount":{"currency":"USD","issuer":"` + address + `","value":"1e-80"},"Paths":[[{"account":"r"}]]`),
		`{"txjson":{"TransactionType":"PaymentChannelAuthorize","Channel":"` + invoice + `","Amount":"1"}}`,
		`{"txjson":{"TransactionType":"OfferCreate","TakerGets":"1","TakerPays":"1","Flags":-1,` +
			`"Memos":[{"Memo":{}},{},null,17]},"custom_meta":{"identifier":1e400,"blob":[]}}`,
		signInWith(`"options":{"expire":"1e9","signers":["` + address + `"],"force_network":"x",` +
			`"return_url":{"app":"{id}{TXBLOB}{cid}%zz","web":7}}`),
		`{"txjson":{"TransactionType":"Batch","RawTransactions":[{"RawTransaction":{"TransactionType":"Payment"}}]},` +
			`"options":{"multisign":1,"signers":[1,null]}}`,
	} {
		f.Add(body)
	}
	var names []string
	for _, m := range misbehaviourTable {
		names = append(names, m.name)
	}
	misbehaving := string(engine.JSON(PhoneOptions{Misbehave: names}))
	f.Fuzz(func(t *testing.T, body string) {
		s := fuzzed(t)
		call := func(method, path, body string) (int, string) {
			res := s.call(t, method, baseHost, path, body, credentials(Key, Secret))
			return res.StatusCode, readAll(t, res)
		}
		res := s.call(t, "POST", baseHost, "/api/v1/platform/payload", body, credentials(Key, Secret))
		uuid, said := res.Header.Get("X-Call-Ref"), readAll(t, res)
		if res.StatusCode >= 500 && strings.HasPrefix(strings.TrimSpace(body), "{") && !strings.Contains(said, "not JSON") {
			t.Fatalf("got %s", res.Status)
		}
		if res.StatusCode != http.StatusOK {
			return
		}
		pl := world{platform: s}.payload(uuid)
		decoded, err := decodeBody(pl.Template)
		if err != nil || !bytes.Equal(engine.JSON(decoded), engine.JSON(pl.Tx)) || !pl.Expires.After(pl.Created) {
			t.Fatalf("the template is %s, want it to say %s: %v", pl.Template, engine.JSON(pl.Tx), err)
		}
		for _, act := range []string{"", "open", "accept"} {
			if act != "" {
				status, said := call("POST", "/phone/"+uuid+"/"+act, misbehaving)
				if act == "accept" && status == http.StatusOK && !strings.Contains(said, `"signed"`) {
					t.Fatalf("accepting came to %s", said)
				}
			}
			for _, path := range []string{"/sign/" + uuid, "/sign/" + uuid + "/qr", "/api/v1/platform/payload/" + uuid} {
				if status, _ := call("GET", path, ""); status != http.StatusOK {
					t.Fatalf("%s after %q: got %d", path, act, status)
				}
			}
		}
		call("DELETE", "/api/v1/platform/payload/"+uuid, "")
	})
}

// Whatever is called is answered; nothing panics.
func FuzzCalls(f *testing.F) {
	for _, call := range [][3]string{
		{"POST", "/ledger", `{"method":"tx","params":[{"transaction":"` + invoice + `","min_ledger":1,"max_ledger":2}]}`},
		{"POST", "/ledger", `{"method":"account_info","params":[{"account":"` + address + `","signer_lists":true}]}`},
		{"POST", "/ledger", `{"method":"ledger","params":[{"ledger_index":4294967295,"api_version":2}]}`},
		{"POST", "/ledger", `{"method":"server_info"}`},
		{"PUT", "/faults/next", `{"faults":["drop-after-opened"]}`},
		{"PUT", "/faults/node", `{"faults":["lagging","several-nodes","history-with-gaps"]}`},
		{"POST", "/phone/" + unknownUUID + "/accept", `{"account":"` + address + `","misbehave":["replay"]}`},
		{"POST", "/api/v1/platform/user-tokens", `{"tokens":["x",1,null]}`},
		{"GET", "/sign/" + unknownUUID + "_q.json", ""},
		{"GET", "/explorer/testnet/" + invoice, ""},
		{"GET", "/api/v1/platform/payload/ci/a%2Fb", ""},
	} {
		f.Add(call[0], call[1], call[2])
	}
	f.Fuzz(func(t *testing.T, method, path, body string) {
		res := fuzzed(t).call(t, method, baseHost, path, body, credentials(Key, Secret))
		if res.StatusCode < 200 || res.StatusCode > 599 {
			t.Fatalf("%s %s: got %s", method, path, res.Status)
		}
	})
}

func readAll(t *testing.T, res *http.Response) string {
	t.Helper()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}
