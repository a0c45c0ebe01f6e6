package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const hash = "C86FECC327DA4A55107835F413A7F5C8DE2F0EA6A612C4A117B5FD674B2734E2"

// question is the body of a call.
type question struct {
	Method string           `json:"method"`
	Params []map[string]any `json:"params"`
}

// node answers every call with a status and a body, and puts the question into asked.
func node(t *testing.T, status int, body string, asked *question) *Client {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if asked != nil {
			if r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/json" {
				t.Errorf("got %s of %s, want JSON posted", r.Method, r.Header.Get("Content-Type"))
			}
			if got := r.UserAgent(); !strings.HasPrefix(got, "xaman-live/") {
				t.Errorf("got the client's name %q, want it to be ours", got)
			}
			if err := json.NewDecoder(r.Body).Decode(asked); err != nil {
				t.Error(err)
			}
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		io.WriteString(w, body)
	}))
	t.Cleanup(server.Close)
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return NewClient(server.URL, transport)
}

func TestTransaction(t *testing.T) {
	const head = `"hash":"` + hash + `","status":"success"`
	const validated = head + `,"validated":true,"ledger_index":87654321,"close_time_iso":"2026-01-05T10:01:30Z"`
	closed := Transaction{
		Hash: hash, Validated: true, Type: "Payment", LedgerIndex: 87654321,
		CloseTime: time.Date(2026, 1, 5, 10, 1, 30, 0, time.UTC),
	}
	with := func(change func(*Transaction)) Transaction {
		t := closed
		change(&t)
		return t
	}
	tests := []struct {
		name, result string
		want         Transaction
	}{
		{"payment", validated + `,"meta":{"AffectedNodes":[],"TransactionResult":"tesSUCCESS","delivered_amount":"25"},
			"tx_json":{"Account":"rCustomer","DeliverMax":"25","Destination":"rShop","DestinationTag":0,"Fee":"12",
				"TransactionType":"Payment","date":821000000}`, with(func(t *Transaction) {
			t.Result, t.Delivered = "tesSUCCESS", json.RawMessage(`"25"`)
			t.Account, t.Destination, t.DestinationTag = "rCustomer", "rShop", new(uint32)
		})},
		{"partial payment of a token", validated + `,"tx_json":{"DeliverMax":{"currency":"USD","issuer":"rI","value":"100"},
			"TransactionType":"Payment"},"meta":{"DeliveredAmount":{"currency":"USD","issuer":"rI","value":"2"},
			"delivered_amount":{"value":"1"},"TransactionResult":"tesSUCCESS"}`, with(func(t *Transaction) {
			t.Result, t.Delivered = "tesSUCCESS", json.RawMessage(`{"value":"1"}`)
		})},
		{"failed", validated + `,"tx_json":{"TransactionType":"Payment"},"meta":{"TransactionResult":"tecPATH_DRY"}`,
			with(func(t *Transaction) { t.Result = "tecPATH_DRY" })},
		{"not validated", head + `,"validated":false,"tx_json":{"TransactionType":"Payment","Account":"rCustomer"}`,
			Transaction{Hash: hash, Type: "Payment", Account: "rCustomer"}},
		{"hash in lower case", strings.ToLower(head), Transaction{Hash: strings.ToLower(hash)}},
		{"what is not understood is not known", head + `,"validated":"yes","ledger_index":"7","close_time_iso":"yesterday",
			"tx_json":{"TransactionType":7,"Account":null,"DestinationTag":-1},
			"meta":{"TransactionResult":7,"delivered_amount":null}`, Transaction{Hash: hash}},
		{"names in another letter case are other names", head + `,"Validated":true,"Meta":{"TransactionResult":"tesSUCCESS"}`,
			Transaction{Hash: hash}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := node(t, http.StatusOK, `{"result":{`+tt.result+`}}`, nil).Transaction(t.Context(), hash, Range{})
			if err != nil || !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %+v, %v, want %+v", got, err, tt.want)
			}
		})
	}
}

func TestTransactionThatProvesNothing(t *testing.T) {
	const head = `{"result":{"status":"success","validated":true,"hash":"` + hash + `"`
	const meta = `,"meta":{"TransactionResult":"tesSUCCESS","delivered_amount":"1"}}}`
	for _, tt := range []struct{ name, body, what string }{
		{"no hash", strings.Replace(head+meta, `"hash"`, `"Hash"`, 1), "hash"},
		{"another hash", `{"result":{"status":"success","hash":"` + strings.Repeat("0", 64) + `"}}`, "another transaction"},
		{"no meta", head + `,"tx_json":{}}}`, "meta.TransactionResult"},
		{"no result in meta", head + `,"tx_json":{},"meta":{"delivered_amount":"1"}}}`, "meta.TransactionResult"},
		{"version 1", head + `,"TransactionType":"Payment","Amount":"1"` + meta, "version 1"},
		{"version 1, type left out", head + `,"inLedger":7` + meta, "version 1"},
		{"version 2 refused in plain text", "invalid_API_version\n", "version 1"},
		{"version 2 refused", `{"result":{"status":"error","error":"invalid_API_version"}}`, "version 1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := node(t, http.StatusOK, tt.body, nil).Transaction(t.Context(), hash, Range{})
			failure, ok := errors.AsType[*UnusableAnswer](err)
			if !ok || !strings.Contains(failure.What, tt.what) || !errors.Is(err, ErrUnavailable) ||
				!reflect.DeepEqual(got, Transaction{}) {
				t.Errorf("got %+v, %v, want an unusable answer with %q", got, err, tt.what)
			}
		})
	}
}

func TestTransactionThatWasSearchedFor(t *testing.T) {
	for _, tt := range []struct {
		name, searched string
		in             Range
		all            bool
	}{
		{"all ledgers", `,"searched_all":true`, Range{7, 9}, true},
		{"not all ledgers", `,"searched_all":false`, Range{7, 9}, false},
		{"not said", ``, Range{7, 9}, false},
		{"null", `,"searched_all":null`, Range{7, 9}, false},
		{"text", `,"searched_all":"true"`, Range{7, 9}, false},
		{"said without a range", `,"searched_all":true`, Range{}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var asked question
			body := `{"result":{"status":"error","error":"txnNotFound"` + tt.searched + `}}`
			_, err := node(t, http.StatusOK, body, &asked).Transaction(t.Context(), hash, tt.in)
			if !errors.Is(err, ErrNotFound) || errors.Is(err, ErrSearchedAll) != tt.all || errors.Is(err, ErrUnavailable) {
				t.Errorf("got %v, want everything searched: %t", err, tt.all)
			}
			want := map[string]any{"transaction": hash, "binary": false, "api_version": 2.}
			if tt.in != (Range{}) {
				want["min_ledger"], want["max_ledger"] = 7., 9.
			}
			if !reflect.DeepEqual(asked, question{"tx", []map[string]any{want}}) {
				t.Errorf("got question %+v, want %+v", asked, want)
			}
		})
	}
}

func TestAccount(t *testing.T) {
	const (
		head  = `"account_flags":{"disableMasterKey":false},"ledger_index":87654321,"status":"success","validated":true`
		own   = `,"account_data":{"Account":"rA","Flags":0}`
		none  = `,"signer_lists":[]`
		entry = `{"SignerEntry":{"Account":"rB","SignerWeight":1}}`
	)
	data := func(fields string) string { return head + none + `,"account_data":{` + fields + `}` }
	list := func(text string) string { return head + own + `,"signer_lists":[{` + text + `}]` }
	signer := func(fields string) string {
		return list(`"SignerQuorum":3,"SignerEntries":[` + entry + `,{"SignerEntry":{` + fields + `}}]`)
	}
	tests := []struct {
		name, result string
		want         Account
		what         string // is wrong with it
	}{
		{"own key only", data(`"Account":"rA","Balance":"10","Flags":0`), Account{}, ""},
		{"regular key, own disabled", data(`"Account":"rA","Flags":1179648,"RegularKey":"rB"`),
			Account{RegularKey: "rB", MasterDisabled: true}, ""},
		{"list of signers", signer(`"Account":"rC","SignerWeight":2`),
			Account{Quorum: 3, Signers: []Signer{{"rB", 1}, {"rC", 2}}}, ""},
		{"another account", data(`"Account":"rZ","Flags":0`), Account{}, "another account"},
		{"no account", data(`"Flags":0`), Account{}, "Account"},
		{"no data", head + none, Account{}, "account_data"},
		{"no flags", data(`"Account":"rA"`), Account{}, "Flags"},
		{"flags below 0", data(`"Account":"rA","Flags":-1`), Account{}, "Flags"},
		{"regular key null", data(`"Account":"rA","Flags":0,"RegularKey":null`), Account{}, "RegularKey"},
		{"regular key empty", data(`"Account":"rA","Flags":0,"RegularKey":""`), Account{}, "RegularKey"},
		{"no signer lists", head + own, Account{}, "signer_lists"},
		{"signer lists null", head + own + `,"signer_lists":null`, Account{}, "signer_lists"},
		{"signer lists of version 1", head + `,"account_data":{"Account":"rA","Flags":0,"signer_lists":[]}`, Account{},
			"version 1"},
		{"no quorum", list(`"SignerEntries":[` + entry + `]`), Account{}, "signer list"},
		{"no entries", list(`"SignerQuorum":1`), Account{}, "signer list"},
		{"no weight", signer(`"Account":"rB"`), Account{}, "SignerEntry"},
		{"weight too great", signer(`"Account":"rB","SignerWeight":65536`), Account{}, "SignerEntry"},
		{"no signer", signer(`"SignerWeight":1`), Account{}, "SignerEntry"},
		{"of a ledger that is not validated", `"status":"success","ledger_index":7` + own + none, Account{}, "validated"},
		{"of a ledger that is not known", `"status":"success","validated":true` + own + none, Account{}, "ledger_index"},
		{"not on the ledger", `"error":"actNotFound","ledger_index":87654321,"status":"error","validated":true`,
			Account{Missing: true}, ""},
		{"not on the ledger that is not validated", `"error":"actNotFound","ledger_index":87654321,"validated":false`,
			Account{}, "validated"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var asked question
			if tt.what == "" {
				tt.want.Ledger = 87654321
			}
			got, err := node(t, http.StatusOK, `{"result":{`+tt.result+`}}`, &asked).Account(t.Context(), "rA")
			failure, ok := errors.AsType[*UnusableAnswer](err)
			if !reflect.DeepEqual(got, tt.want) || ok != (tt.what != "") || ok && !strings.Contains(failure.What, tt.what) {
				t.Errorf("got %+v, %v, want %+v, error %q", got, err, tt.want, tt.what)
			}
			want := question{"account_info", []map[string]any{
				{"account": "rA", "ledger_index": "validated", "signer_lists": true, "api_version": 2.},
			}}
			if !reflect.DeepEqual(asked, want) {
				t.Errorf("got question %+v, want %+v", asked, want)
			}
		})
	}
	unknown := node(t, http.StatusOK, `{"result":{"error":"actNotFound","status":"error"}}`, nil)
	got, err := unknown.Account(t.Context(), "rA")
	if err != nil || !reflect.DeepEqual(got, Account{Missing: true}) {
		t.Errorf("got %+v, %v, want an account that is missing as of an unknown ledger", got, err)
	}
}

func TestServer(t *testing.T) {
	const seq = `"validated_ledger":{"seq":9,"hash":"00"}`
	tests := []struct {
		name, info string
		said       *uint32 // by whoever chose the node
		want       Server
		err        error
	}{
		{"Testnet", `{"complete_ledgers":"1-5,7-9","network_id":1,` + seq + `}`, nil, Server{new(uint32(1)), 9}, nil},
		{"Mainnet that says so", `{"network_id":0,` + seq + `}`, nil, Server{new(uint32(0)), 9}, nil},
		{"no network id", `{"validated_ledger":{"seq":90000000}}`, nil, Server{Validated: 90000000}, nil},
		{"no network id, said elsewhere", `{` + seq + `}`, new(uint32(0)), Server{new(uint32(0)), 9}, nil},
		{"network id null, and said", `{"network_id":null,` + seq + `}`, new(uint32(0)), Server{new(uint32(0)), 9}, nil},
		{"network id outweighs what is said elsewhere", `{"network_id":1,` + seq + `}`, new(uint32(0)),
			Server{new(uint32(1)), 9}, nil},
		{"network id not understood", `{"network_id":-1,` + seq + `}`, new(uint32(0)), Server{Validated: 9}, nil},
		{"starting", `{"complete_ledgers":"empty","network_id":1}`, nil, Server{NetworkID: new(uint32(1))}, nil},
		{"ledgers that are no numbers", `{"network_id":1,"complete_ledgers":7,"validated_ledger":{"seq":"9"}}`, nil,
			Server{NetworkID: new(uint32(1))}, nil},
		{"no information", `null`, new(uint32(0)), Server{}, ErrUnavailable},
		{"information of another type", `7`, new(uint32(0)), Server{}, ErrUnavailable},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var asked question
			c := node(t, http.StatusOK, `{"result":{"status":"success","info":`+tt.info+`}}`, &asked)
			c.Network = tt.said
			got, err := c.Server(t.Context())
			if !errors.Is(err, tt.err) || !reflect.DeepEqual(got, tt.want) || asked.Method != "server_info" {
				t.Errorf("got %+v, %v, want %+v, %v, asked by %s", got, err, tt.want, tt.err, asked.Method)
			}
		})
	}
}

func TestStatus(t *testing.T) {
	for _, tt := range []struct {
		info string
		want Status
	}{
		{`{"network_id":1,"time":"2026-Jan-05 10:01:30.250000 UTC","validated_ledger":{"seq":9,"age":3}}`, Status{
			Server{new(uint32(1)), 9}, 3 * time.Second, time.Date(2026, 1, 5, 10, 1, 30, 250_000_000, time.UTC),
		}},
		{`{"time":"yesterday","validated_ledger":{"age":-3}}`, Status{}},
		{`{"time":7}`, Status{}},
	} {
		got, err := node(t, http.StatusOK, `{"result":{"status":"success","info":`+tt.info+`}}`, nil).Status(t.Context())
		if err != nil || !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: got %+v, %v, want %+v", tt.info, got, err, tt.want)
		}
	}
	if got, err := node(t, http.StatusOK, `{"result":{"status":"success"}}`, nil).Status(t.Context()); err == nil {
		t.Errorf("got %+v, want no answer", got)
	}
}

func TestErrors(t *testing.T) {
	const unknown = `{"result":{"error":"txnNotFound","error_code":29,"status":"error"}}`
	tests := []struct {
		name   string
		status int
		body   string
		want   error
	}{
		{"not known", 200, unknown, ErrNotFound},
		{"not known, with its status", 404, unknown, ErrNotFound},
		{"not known, with the status of an outage", 500, unknown, ErrUnavailable},
		{"something else not known", 200, `{"result":{"error":"actNotFound","status":"error"}}`, ErrUnavailable},
		{"busy", 200, `{"result":{"error":"tooBusy","status":"error"}}`, ErrUnavailable},
		{"slow down", 503, `Server is overloaded`, ErrUnavailable},
		{"success with the status of an error", 500, `{"result":{"status":"success"}}`, ErrUnavailable},
		{"redirect", 302, `{"result":{"status":"success"}}`, ErrUnavailable},
		{"not found, a page", 404, `<html>`, ErrUnavailable},
		{"nothing", 200, ``, ErrUnavailable},
		{"not an object", 200, `[]`, ErrUnavailable},
		{"no result", 200, `{}`, ErrUnavailable},
		{"null", 200, `{"result":null}`, ErrUnavailable},
		{"no status", 200, `{"result":{"validated":true}}`, ErrUnavailable},
		{"wrong types", 200, `{"result":{"status":7,"validated":true}}`, ErrUnavailable},
		{"result of another type", 200, `{"result":[]}`, ErrUnavailable},
		{"error of another type", 200, `{"result":{"status":"success","error":7}}`, ErrUnavailable},
		{"huge", 200, `{"result":{"status":"success","hash":"` + strings.Repeat("A", maxAnswer) + `"}}`, ErrUnavailable},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := node(t, tt.status, tt.body, nil).Transaction(t.Context(), hash, Range{})
			if !errors.Is(err, tt.want) || !reflect.DeepEqual(got, Transaction{}) {
				t.Errorf("got %+v, %v, want %v", got, err, tt.want)
			}
			if tt.want == ErrUnavailable && errors.Is(err, ErrNotFound) {
				t.Errorf("%v is an outage and a verdict", err)
			}
		})
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	calls := 0
	c := NewClient("http://node.test", transport(func(*http.Request) (*http.Response, error) {
		calls++
		return &http.Response{
			StatusCode: http.StatusTemporaryRedirect, Header: http.Header{"Location": {"http://else.test"}}, Body: http.NoBody,
		}, nil
	}))
	if _, err := c.Server(t.Context()); !errors.Is(err, ErrUnavailable) || calls != 1 {
		t.Errorf("got %v after %d calls, want %v after one", err, calls, ErrUnavailable)
	}
}

// transport answers calls by a function.
type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// silent is a node that does not answer.
var silent = NewClient("http://node.test", transport(func(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}))

func TestSlowNode(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		_, err := silent.Server(t.Context())
		if took := time.Since(began); !errors.Is(err, ErrUnavailable) || took != timeout {
			t.Errorf("got %v after %v, want %v after %v", err, took, ErrUnavailable, timeout)
		}
	})
}

func TestCancelledContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := silent.Server(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(200, []byte(`{"result":{"status":"success","info":{"complete_ledgers":"1-5,7-9"}}}`))
	f.Add(200, []byte(`{"result":{"status":"error","error":"txnNotFound"}}`))
	f.Add(200, []byte(`{"result":{"status":"success","validated":true,"close_time_iso":"2026-01-05T10:01:30Z",`+
		`"meta":{"delivered_amount":1e400}}}`))
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		c := NewClient("http://node.test", transport(func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: status, Body: io.NopCloser(strings.NewReader(string(body)))}, nil
		}))
		_, transaction := c.Transaction(t.Context(), hash, Range{})
		_, account := c.Account(t.Context(), "rA")
		_, server := c.Server(t.Context())
		for _, err := range []error{transaction, account, server} {
			if err != nil && !errors.Is(err, ErrUnavailable) && !errors.Is(err, ErrNotFound) {
				t.Errorf("got %v, which is of no known kind", err)
			}
			if status != http.StatusOK && status != http.StatusNotFound && (err == nil || errors.Is(err, ErrNotFound)) {
				t.Errorf("an answer with status %d is taken", status)
			}
		}
	})
}
