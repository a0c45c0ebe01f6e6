package backend

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/xaman-live/xaman-live/devserver/ledger"
	"github.com/xaman-live/xaman-live/devserver/xaman"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

const (
	testApp    = "0d0f6f5e-7a53-4a6b-8f0e-3f9c1f6f2a11"
	testSecret = "11111111-2222-4333-8444-555555555555"
	testUUID   = "9a2c7a52-3c1e-4b53-9d4e-5f1b8c1f0a77"
	onePath    = "/api/sign-requests/" + testUUID
)

const (
	testNetwork   = "TESTNET"
	testNetworkID = 1
	testShop      = "rPT1Sjq2YGrBMTttX4GZHjKu9dyfzbpAYe"
)

var testOffers = map[string]Offer{
	"sign-in": {
		TxJSON:      json.RawMessage(`{"TransactionType":"SignIn"}`),
		Options:     xaman.Options{Expire: 5},
		Instruction: "Sign in at {host}.",
		Summary:     payload.Summary{Site: "Shop", Type: "SignIn"},
	},
	"pay": {
		TxJSON: json.RawMessage(`{"TransactionType":"Payment","Destination":"` + testShop +
			`","DestinationTag":4711,"Amount":"2500000"}`),
		Options:     xaman.Options{Submit: true, Expire: 5},
		Instruction: "Two coffees, at {host}",
		Summary:     payload.Summary{Site: "Shop", Type: "Payment", Amount: "2.5", Currency: "XRP", Destination: testShop},
	},
}

// signatures by a well-known key for what the offers ask, with a mark of zeros, as a phone sends them.
var signatures = map[string]struct{ blob, txid string }{
	"SignIn": {
		"73210330E7FC9D56BB25D6893BA3F317AE5BCF33B3291BD63DB32654A313222F7FD0207446304402200771EF5FEEB0D5BD1E96410A5E264D" +
			"4D21C29FC2616F739121890A34B0F671CF02207EE920C9C94C7AFA3A5782A9FBD2CADE14F825F464A13A08410E3F93ED5264EB8114B5F762" +
			"798A53D543A014CAF8B297CFF8F2F937E8F9EA7C1F78616D616E2D6C6976652F7369676E2D696E2F73686F702E6578616D706C657D100000" +
			"0000000000000000000000000000E1F1",
		"361588DF0DD5047C69FDCE9D946E44D8056FB404226509C5AC3778DD2B703B56",
	},
	"Payment": {
		"12000024000000072E00001267201B000003FC50110000000000000000000000000000000000000000000000000000000000000000614000" +
			"0000002625A068400000000000000C73210330E7FC9D56BB25D6893BA3F317AE5BCF33B3291BD63DB32654A313222F7FD020744630440220" +
			"308DDF6D7A673B2330E1E471B2E8CA2B3E37C4977EF3714D648C808FBF0CEE86022041E2BC47E97891950F4B7EF75C57370E5A14302DF374" +
			"E50619AF44CEEF01A86F8114B5F762798A53D543A014CAF8B297CFF8F2F937E88314F667B0CA50CC7709A220B0561B85E53A48461FA8",
		"FA21386599DEA7C907CB3CC5280CD922BF557479E747C9237B16DAD05F6D853D",
	},
}

// zeros is randomness that does not change.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

const testAccount = "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh"

// fakeNode is a node that has the payment in its newest validated ledger.
type fakeNode struct {
	silent  atomic.Bool
	missing atomic.Bool // the transaction
	slow    atomic.Int64
	calls   atomic.Int64
}

func (n *fakeNode) err() error {
	n.calls.Add(1)
	time.Sleep(time.Duration(n.slow.Load()))
	if n.silent.Load() {
		return ledger.ErrUnavailable
	}
	return nil
}

func (n *fakeNode) Transaction(context.Context, string, ledger.Range) (ledger.Transaction, error) {
	tag := uint32(4711)
	if n.missing.Load() {
		return ledger.Transaction{}, cmp.Or(n.err(), ledger.ErrNotFound)
	}
	return ledger.Transaction{
		Hash: signatures["Payment"].txid, Validated: true, Result: "tesSUCCESS", LedgerIndex: 1006, CloseTime: time.Now(),
		Type: "Payment", Account: testAccount, Destination: testShop, DestinationTag: &tag, Delivered: json.RawMessage(`"2500000"`),
	}, n.err()
}

func (n *fakeNode) Account(context.Context, string) (ledger.Account, error) {
	return ledger.Account{Ledger: 1005}, n.err()
}

func (n *fakeNode) Server(context.Context) (ledger.Server, error) {
	network := uint32(testNetworkID)
	return ledger.Server{NetworkID: &network, Validated: 1005}, n.err()
}

// fakePlatform answers the calls of the backend's client. The first payload that it creates is testUUID, and meta describes
// them all. Once it is in use, its fields are written within change.
type fakePlatform struct {
	repeats bool                                          // all payloads have the same UUID
	allowed int                                           // calls in a minute, as it says
	refuse  func(method string) (status int, body string) // answers in the platform's place, if the status is not 0
	slow    time.Duration
	meta    xaman.Meta
	left    int // seconds
	cancel  xaman.Cancellation
	token   string // issued to the user who signs

	unreported bool // the phone has not said yet where it submitted
	mu         sync.Mutex

	requests map[string]xaman.Request
	request  atomic.Pointer[xaman.Request] // the last
	calls    atomic.Int64
}

// change lets nothing read the platform's fields meanwhile: a call may come from the background at any time.
func (f *fakePlatform) change(do func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	do()
}

func (f *fakePlatform) become(m xaman.Meta, unreported bool) {
	f.change(func() { f.meta, f.unreported = m, unreported })
}

func (f *fakePlatform) RoundTrip(r *http.Request) (*http.Response, error) {
	f.calls.Add(1)
	var slow time.Duration
	f.change(func() { slow = f.slow })
	select {
	case <-time.After(slow):
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.refuse != nil {
		if status, body := f.refuse(r.Method); status != 0 {
			return reply(status, body), nil
		}
	}
	response := f.answer(r)
	if f.allowed > 0 {
		response.Header.Set("X-RateLimit-Limit", fmt.Sprint(f.allowed))
	}
	return response, nil
}

// answer answers a good call. The caller holds the lock.
func (f *fakePlatform) answer(r *http.Request) *http.Response {
	switch r.Method {
	case "POST":
		var request xaman.Request
		if err := json.NewDecoder(r.Body).Decode(&request); err != nil {
			panic(err)
		}
		f.request.Store(&request)
		uuid := testUUID
		if n := len(f.requests); n > 0 && !f.repeats {
			uuid = fmt.Sprintf("%s%012x", testUUID[:24], n)
		}
		if f.requests == nil {
			f.requests = map[string]xaman.Request{}
		}
		f.requests[uuid] = request
		return reply(200, fmt.Sprintf(`{"uuid":%[1]q,"next":{"always":"https://xumm.app/sign/%[1]s"},
			"refs":{"websocket_status":"wss://xumm.app/sign/%[1]s"},"pushed":%[2]v}`, uuid, request.UserToken != ""))
	case "DELETE":
		return reply(200, toJSON(map[string]any{"result": f.cancel, "meta": f.meta}))
	}
	uuid := path.Base(r.URL.Path)
	request := f.requests[uuid]
	f.meta.Exists, f.meta.UUID = true, uuid
	var template struct{ TransactionType string }
	_ = json.Unmarshal(request.TxJSON, &template)
	signature := signatures[template.TransactionType]
	dispatched := "TESTNET"
	if f.unreported {
		dispatched = ""
	}
	return reply(200, toJSON(map[string]any{
		"meta":        f.meta,
		"application": map[string]any{"uuidv4": testApp, "issued_user_token": f.token},
		"payload":     map[string]any{"tx_type": template.TransactionType, "request_json": request.TxJSON, "expires_in_seconds": f.left},
		"response": map[string]any{
			"hex": signature.blob, "txid": signature.txid, "account": testAccount, "dispatched_nodetype": dispatched, "environment_nodetype": "TESTNET",
		},
		"custom_meta": request.CustomMeta,
	}))
}

func reply(status int, body string) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}
}

func toJSON(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(data)
}
