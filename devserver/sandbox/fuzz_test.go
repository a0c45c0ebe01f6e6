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

func (p *Sandbox) call(t *testing.T, method, path, body string, header http.Header) *http.Response {
	t.Helper()
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	// Not through a parser of requests, which would refuse what a fuzzer comes up with.
	u.Path = path
	r := &http.Request{Method: method, URL: u, Host: u.Host, Header: header, Body: io.NopCloser(strings.NewReader(body))}
	w := httptest.NewRecorder()
	p.ServeHTTP(w, r.WithContext(t.Context()))
	return w.Result()
}

// Whatever is posted makes a payload that the phone can be shown and can answer, or is refused; nothing panics.
func FuzzLife(f *testing.F) {
	for _, body := range []string{
		"", "{", "null", "[]", "{}", `{"txblob":"FFFFFFFFFFFFFFFF"}`,
		`{"txjson":{"TransactionType":"Payment","Destination":"rÿ"}}`,
		`{"txjson":{"TransactionType":"OfferCreate"},"options":{"expire":"1e9","signers":[1,null],"return_url":` +
			`{"app":"%zz{TXID}","web":7}},"custom_meta":{"identifier":1e400,"blob":[]}}`,
		signIn, payment, tagged, marked, markedSignIn, oddPayment, `{"txblob":"12000022800000006140000000002625A08314D28B177E48D9A8D057E70F7E464B498367281B98"}`,
		`{"txjson":{"TransactionType":"PaymentChannelAuthorize","Channel":"` + invoice + `","Amount":"1"}}`,
		`{"txjson":{"TransactionType":"Payment","Amount":{"currency":"USD","issuer":"` + address + `","value":"1e-80"},"Paths":[[{"account":"` + address + `"}]]}}`,
		`{"txjson":{"TransactionType":"OfferCreate","TakerGets":"1","TakerPays":"1","Flags":-1,"Memos":[{"Memo":{}},{},null,17]}}`,
		`{"txjson":{"TransactionType":"SignIn"},"options":{"expire":"1e9","signers":["` + address + `"],"force_network":"x","return_url":{"app":"{id}{TXBLOB}{cid}"}}}`,
		`{"txjson":{"TransactionType":"Batch","RawTransactions":[{"RawTransaction":{"TransactionType":"Payment"}}]},"options":{"multisign":1}}`,
	} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		p := fuzzed(t)
		res := p.call(t, "POST", "/api/v1/platform/payload", body, credentials(Key, Secret))
		uuid := res.Header.Get("X-Call-Ref")
		if res.StatusCode >= 500 && strings.HasPrefix(strings.TrimSpace(body), "{") && !strings.Contains(readAll(t, res), "not JSON") {
			t.Fatalf("got %s", res.Status)
		}
		if res.StatusCode != http.StatusOK {
			return
		}
		pl := world{platform: p}.payload(uuid)
		if decoded, err := decodeBody(pl.Template); err != nil || !bytes.Equal(engine.JSON(decoded), engine.JSON(pl.Tx)) {
			t.Fatalf("the template is %s, want it to say %s: %v", pl.Template, engine.JSON(pl.Tx), err)
		}
		var wrongs []string
		for _, m := range misbehaviourTable {
			wrongs = append(wrongs, m.name)
		}
		misbehaving := string(engine.JSON(PhoneOptions{Misbehave: wrongs}))
		for _, path := range []string{"/sign/" + uuid, "/sign/" + uuid + "/qr", "/api/v1/platform/payload/" + uuid} {
			for _, act := range []string{"", "open", "accept"} {
				if act != "" {
					res := p.call(t, "POST", "/phone/"+uuid+"/"+act, misbehaving, http.Header{})
					if said := readAll(t, res); res.StatusCode == http.StatusOK && act == "accept" && !strings.Contains(said, `"signed"`) {
						t.Fatalf("accepting came to %s", said)
					}
				}
				if res := p.call(t, "GET", path, "", credentials(Key, Secret)); res.StatusCode != http.StatusOK {
					t.Fatalf("%s after %q: got %s", path, act, res.Status)
				}
			}
		}
		p.call(t, "DELETE", "/api/v1/platform/payload/"+uuid, "", credentials(Key, Secret))
	})
}

// Whatever is called is answered; nothing panics.
func FuzzCalls(f *testing.F) {
	for _, call := range [][3]string{
		{"POST", "/ledger", `{"method":"tx","params":[{"transaction":"` + invoice + `","min_ledger":1,"max_ledger":2,"api_version":2}]}`},
		{"POST", "/ledger", `{"method":"account_info","params":[{"account":"` + address + `","ledger_index":"validated","signer_lists":true}]}`},
		{"POST", "/ledger", `{"method":"ledger","params":[{"ledger_index":4294967295}]}`},
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
		if strings.Contains(body, "timeout") || strings.Contains(body, "hang") || strings.Contains(body, "restarted") {
			return // these faults answer nothing, on purpose
		}
		p := fuzzed(t)
		if res := p.call(t, method, path, body, credentials(Key, Secret)); res.StatusCode < 200 || res.StatusCode > 599 {
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
