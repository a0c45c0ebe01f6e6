package sandbox

import (
	"net/http"
	"reflect"
	"strings"
	"testing"
)

// A slash at the end of a path makes no difference: the platform's own Python SDK sends some.
func TestPathsWithASlashAtTheEnd(t *testing.T) {
	inWorld(t, func(w world) {
		token := w.token()
		uuid := w.api("POST", "payload/", `{"txjson":{"TransactionType":"SignIn"},"custom_meta":{"identifier":"order"}}`).json["uuid"].(string)
		for _, call := range []string{
			"GET ping", "POST ping", "GET ping-noauth", "GET payload/" + uuid, "GET payload/ci/order", "GET user-token/" + token, "POST user-tokens",
			"DELETE payload/" + uuid,
		} {
			method, path, _ := strings.Cut(call, " ")
			body := `{"tokens":["` + token + `"]}`
			want, got := w.api(method, path, body), w.api(method, path+"/", body)
			if got.status != http.StatusOK || !reflect.DeepEqual(shape(got.json), shape(want.json)) {
				t.Errorf("%s/: got %d %s, want what it is without the slash, %s", call, got.status, got.body, want.body)
			}
		}
	})
}

// The platform's routes match version 4 UUIDs only: any other path is unknown, whoever asks.
func TestMalformedUUIDNeedsNoCredentials(t *testing.T) {
	inWorld(t, func(w world) {
		for _, method := range []string{"GET", "DELETE"} {
			if a := w.do(method, "/api/v1/platform/payload/not-a-uuid", "", nil); a.status != http.StatusNotFound || a.json["error"] != true {
				t.Errorf("%s: got %d %s, want an unknown path", method, a.status, a.body)
			}
		}
	})
}

// A template comes back with its keys in the order in which they were sent.
func TestTemplateKeepsItsOrder(t *testing.T) {
	for sent, want := range map[string]string{
		`{"TransactionType":"Payment","Destination":"` + address + `","Amount":{"value":"1","issuer":"` + address + `","currency":"USD"}}`: "",
		`{"TransactionType":"SignIn"}`: `{"TransactionType":"SignIn","SignIn":true}`,
		`{ "Memos": [ {"Memo": {"MemoType":"61", "MemoData":"62"}} ], "TransactionType": "SignIn" }`:                `{"Memos":[{"Memo":{"MemoType":"61","MemoData":"62"}}],"TransactionType":"SignIn","SignIn":true}`,
		`{"TransactionType":"Payment","Fee":12,"Amount":{"value":1.5,"currency":"USD","issuer":"` + address + `"}}`: `{"TransactionType":"Payment","Fee":"12","Amount":{"value":"1.5","currency":"USD","issuer":"` + address + `"}}`,
		`{"Fee":"1","TransactionType":"Payment","Fee":"2"}`:                                                         `{"Fee":"2","TransactionType":"Payment"}`,
		`{"TransactionType":"Payment","Remark":"<&>"}`:                                                              "",
		`{"TransactionType":"Payment","Sequence":7,"Paths":[[{"b":"x","a":15}]]}`:                                   "",
	} {
		if want == "" {
			want = sent
		}
		t.Run(sent, func(t *testing.T) {
			inWorld(t, func(w world) {
				uuid := w.create(`{"options":{},"txjson":` + sent + `}`)
				if body := w.api("GET", "payload/"+uuid, "").body; !strings.Contains(body, `"request_json":`+want+`,`) {
					t.Errorf("got %s, want %s in it", body, want)
				}
			})
		})
	}
}
