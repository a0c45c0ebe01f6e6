package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
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
	tag := uint32(0)
	const common = `"hash":"` + hash + `","ledger_hash":"00","ledger_index":87654321,"status":"success","close_time_iso":"2026-01-05T10:01:30Z"`
	tests := []struct {
		name, result string
		want         Transaction
	}{
		{"payment", `{` + common + `,"validated":true,
			"tx_json":{"Account":"rCustomer","DeliverMax":"2500000","Destination":"rShop","DestinationTag":0,"Fee":"12","TransactionType":"Payment","date":821000000},
			"meta":{"AffectedNodes":[],"TransactionIndex":3,"TransactionResult":"tesSUCCESS","delivered_amount":"2500000"}}`,
			Transaction{
				Hash: hash, Validated: true, Result: "tesSUCCESS", LedgerIndex: 87654321, CloseTime: time.Date(2026, 1, 5, 10, 1, 30, 0, time.UTC),
				Type: "Payment", Account: "rCustomer", Destination: "rShop", DestinationTag: &tag, Delivered: json.RawMessage(`"2500000"`),
			}},
		{"partial payment of a token", `{` + common + `,"validated":true,
			"tx_json":{"Account":"rCustomer","DeliverMax":{"currency":"USD","issuer":"rI","value":"100"},"Destination":"rShop","Flags":131072,"TransactionType":"Payment"},
			"meta":{"DeliveredAmount":{"currency":"USD","issuer":"rI","value":"2"},"TransactionResult":"tesSUCCESS","delivered_amount":{"currency":"USD","issuer":"rI","value":"1"}}}`,
			Transaction{
				Hash: hash, Validated: true, Result: "tesSUCCESS", LedgerIndex: 87654321, CloseTime: time.Date(2026, 1, 5, 10, 1, 30, 0, time.UTC),
				Type: "Payment", Account: "rCustomer", Destination: "rShop", Delivered: json.RawMessage(`{"currency":"USD","issuer":"rI","value":"1"}`),
			}},
		{"failed", `{` + common + `,"validated":true,"tx_json":{"TransactionType":"Payment"},"meta":{"TransactionResult":"tecUNFUNDED_PAYMENT"}}`,
			Transaction{
				Hash: hash, Validated: true, Result: "tecUNFUNDED_PAYMENT", LedgerIndex: 87654321, CloseTime: time.Date(2026, 1, 5, 10, 1, 30, 0, time.UTC),
				Type: "Payment",
			}},
		{"not validated", `{"hash":"` + hash + `","status":"success","validated":false,"tx_json":{"TransactionType":"Payment","Account":"rCustomer"}}`,
			Transaction{Hash: hash, Type: "Payment", Account: "rCustomer"}},
		{"nothing said", `{"status":"success"}`, Transaction{}},
		// Version 1 has the fields beside the hash: nothing of it is understood, which proves nothing.
		{"of version 1", `{"Account":"rCustomer","Amount":"1","TransactionType":"Payment","hash":"` + hash + `","status":"success","validated":true,
			"meta":{"TransactionResult":"tesSUCCESS","delivered_amount":"1"}}`,
			Transaction{Hash: hash, Validated: true, Result: "tesSUCCESS", Delivered: json.RawMessage(`"1"`)}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var asked question
			got, err := node(t, http.StatusOK, `{"result":`+tt.result+`}`, &asked).Transaction(t.Context(), hash)
			if err != nil || !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %+v, %v, want %+v", got, err, tt.want)
			}
			want := question{"tx", []map[string]any{{"transaction": hash, "binary": false, "api_version": 2.}}}
			if !reflect.DeepEqual(asked, want) {
				t.Errorf("got question %+v, want %+v", asked, want)
			}
		})
	}
}

func TestAccount(t *testing.T) {
	const head = `{"account_flags":{"disableMasterKey":false},"ledger_index":87654321,"status":"success","validated":true,`
	tests := []struct {
		name, result string
		want         Account
		err          error
	}{
		{"own key only", head + `"account_data":{"Account":"rA","Balance":"10","Flags":0},"signer_lists":[]}`, Account{}, nil},
		{"regular key, own disabled", head + `"account_data":{"Account":"rA","Flags":1179648,"RegularKey":"rB"}}`,
			Account{RegularKey: "rB", MasterDisabled: true}, nil},
		{"list of signers", head + `"account_data":{"Account":"rA","Flags":0},"signer_lists":[{"SignerQuorum":3,"SignerEntries":[
			{"SignerEntry":{"Account":"rB","SignerWeight":1}},{"SignerEntry":{"Account":"rC","SignerWeight":2}}]}]}`,
			Account{Quorum: 3, Signers: []Signer{{"rB", 1}, {"rC", 2}}}, nil},
		{"another account", head + `"account_data":{"Account":"rZ","Flags":0}}`, Account{}, ErrUnavailable},
		{"no flags", head + `"account_data":{"Account":"rA"}}`, Account{}, ErrUnavailable},
		{"of a ledger that is not validated", `{"status":"success","account_data":{"Account":"rA","Flags":0}}`, Account{}, ErrUnavailable},
		{"not on the ledger", `{"account":"rA","error":"actNotFound","error_code":19,"status":"error","validated":true}`, Account{}, ErrNotFound},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var asked question
			got, err := node(t, http.StatusOK, `{"result":`+tt.result+`}`, &asked).Account(t.Context(), "rA")
			if !errors.Is(err, tt.err) || !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %+v, %v, want %+v, %v", got, err, tt.want, tt.err)
			}
			want := question{"account_info", []map[string]any{
				{"account": "rA", "ledger_index": "validated", "signer_lists": true, "api_version": 2.},
			}}
			if !reflect.DeepEqual(asked, want) {
				t.Errorf("got question %+v, want %+v", asked, want)
			}
		})
	}
}

func TestServer(t *testing.T) {
	tests := []struct {
		name, result string
		want         Server
		err          error
	}{
		{"Testnet", `{"info":{"complete_ledgers":"1-5,7-9","network_id":1,"validated_ledger":{"seq":9,"hash":"00"}},"status":"success"}`,
			Server{NetworkID: 1, Validated: 9, Complete: []Range{{1, 5}, {7, 9}}}, nil},
		{"Mainnet says no id", `{"info":{"complete_ledgers":"32570-90000000","validated_ledger":{"seq":90000000}},"status":"success"}`,
			Server{Validated: 90000000, Complete: []Range{{32570, 90000000}}}, nil},
		{"one ledger", `{"info":{"complete_ledgers":"7","validated_ledger":{"seq":7}},"status":"success"}`,
			Server{Validated: 7, Complete: []Range{{7, 7}}}, nil},
		{"starting", `{"info":{"complete_ledgers":"empty","network_id":1},"status":"success"}`, Server{NetworkID: 1}, nil},
		{"ledgers that are no numbers", `{"info":{"complete_ledgers":"1-x"},"status":"success"}`, Server{}, ErrUnavailable},
		{"ledgers beyond counting", `{"info":{"complete_ledgers":"1-4294967296"},"status":"success"}`, Server{}, ErrUnavailable},
		{"no information", `{"status":"success"}`, Server{}, ErrUnavailable},
		{"network id below 0", `{"info":{"network_id":-1},"status":"success"}`, Server{}, ErrUnavailable},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := node(t, http.StatusOK, `{"result":`+tt.result+`}`, nil).Server(t.Context())
			if !errors.Is(err, tt.err) || !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %+v, %v, want %+v, %v", got, err, tt.want, tt.err)
			}
		})
	}
}

func TestHas(t *testing.T) {
	s := Server{Complete: []Range{{1, 5}, {7, 9}}}
	for _, tt := range []struct {
		first, last uint32
		want        bool
	}{{1, 5, true}, {2, 3, true}, {7, 9, true}, {5, 7, false}, {6, 6, false}, {9, 10, false}, {0, 1, false}} {
		if got := s.Has(tt.first, tt.last); got != tt.want {
			t.Errorf("%d to %d: got %t, want %t", tt.first, tt.last, got, tt.want)
		}
	}
	if (Server{}).Has(1, 1) {
		t.Error("a node without ledgers has one")
	}
}

func TestErrors(t *testing.T) {
	tests := []struct {
		name   string
		status int
		body   string
		want   error
	}{
		{"not known", 200, `{"result":{"error":"txnNotFound","error_code":29,"error_message":"Transaction not found.","status":"error"}}`, ErrNotFound},
		{"not known, with its status", 404, `{"result":{"error":"txnNotFound","status":"error"}}`, ErrNotFound},
		{"busy", 200, `{"result":{"error":"tooBusy","status":"error"}}`, ErrUnavailable},
		{"no network", 200, `{"result":{"error":"noNetwork","status":"error"}}`, ErrUnavailable},
		{"wrong version", 200, `{"result":{"error":"invalid_API_version","status":"error"}}`, ErrUnavailable},
		{"slow down", 503, `Server is overloaded`, ErrUnavailable},
		{"success with the status of an error", 500, `{"result":{"status":"success"}}`, ErrUnavailable},
		{"redirect", 302, `{"result":{"status":"success"}}`, ErrUnavailable},
		{"not found, a page", 404, `<html>`, ErrUnavailable},
		{"nothing", 200, ``, ErrUnavailable},
		{"not an object", 200, `[]`, ErrUnavailable},
		{"no result", 200, `{}`, ErrUnavailable},
		{"null", 200, `{"result":null}`, ErrUnavailable},
		{"no status", 200, `{"result":{"validated":true}}`, ErrUnavailable},
		{"wrong types", 200, `{"result":{"status":"success","validated":"yes"}}`, ErrUnavailable},
		{"huge", 200, `{"result":{"status":"success","hash":"` + strings.Repeat("A", maxAnswer) + `"}}`, ErrUnavailable},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := node(t, tt.status, tt.body, nil).Transaction(t.Context(), hash)
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
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("followed") }))
	defer elsewhere.Close()
	c := NewClient("http://node.test", transport(func(*http.Request) (*http.Response, error) {
		return &http.Response{
			StatusCode: http.StatusTemporaryRedirect, Header: http.Header{"Location": {elsewhere.URL}}, Body: http.NoBody,
		}, nil
	}))
	if _, err := c.Server(t.Context()); !errors.Is(err, ErrUnavailable) {
		t.Errorf("got %v, want %v", err, ErrUnavailable)
	}
}

// transport answers calls by a function.
type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestSlowNode(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := NewClient("http://node.test", transport(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		}))
		began := time.Now()
		_, err := c.Server(t.Context())
		if took := time.Since(began); !errors.Is(err, ErrUnavailable) || took != timeout {
			t.Errorf("got %v after %v, want %v after %v", err, took, ErrUnavailable, timeout)
		}
	})
}

func TestCancelledContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := NewClient("http://node.test", transport(func(r *http.Request) (*http.Response, error) {
		return nil, r.Context().Err()
	})).Server(ctx)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(200, []byte(`{"result":{"status":"success","info":{"complete_ledgers":"1-5,7-9"}}}`))
	f.Add(200, []byte(`{"result":{"status":"error","error":"txnNotFound"}}`))
	f.Add(200, []byte(`{"result":{"status":"success","validated":true,"close_time_iso":"2026-01-05T10:01:30Z","meta":{"delivered_amount":1e400}}}`))
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		c := NewClient("http://node.test", transport(func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: status, Body: io.NopCloser(strings.NewReader(string(body)))}, nil
		}))
		_, transaction := c.Transaction(t.Context(), hash)
		_, account := c.Account(t.Context(), "rA")
		_, server := c.Server(t.Context())
		for _, err := range []error{transaction, account, server} {
			if err != nil && !errors.Is(err, ErrUnavailable) && !errors.Is(err, ErrNotFound) {
				t.Errorf("got %v, which is of no known kind", err)
			}
			if err == nil && status != http.StatusOK {
				t.Error(fmt.Errorf("an answer with status %d is taken", status))
			}
		}
	})
}
