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
	"github.com/xaman-live/xaman-live/devserver/sandbox/engine"
	"github.com/xaman-live/xaman-live/devserver/xaman"
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

var testOrders = map[string]Order{
	"sign-in": {
		TxJSON:      json.RawMessage(`{"TransactionType":"SignIn"}`),
		Options:     xaman.Options{Expire: 5},
		Instruction: "Sign in at {host}.",
	},
	"pay": {
		TxJSON: json.RawMessage(`{"TransactionType":"Payment","Destination":"` + testShop +
			`","DestinationTag":4711,"Amount":"2500000"}`),
		Options:     xaman.Options{Submit: true, Expire: 5},
		Instruction: "Two coffees, at {host}",
	},
}

var testOffers = map[string]Offer{
	"sign-in": Fixed("Sign in", testOrders["sign-in"]),
	"pay":     Fixed("Two coffees", testOrders["pay"]),
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
		Type: "Payment", Account: testAccount, Destination: testShop, DestinationTag: &tag,
		Delivered: json.RawMessage(`"2500000"`),
	}, n.err()
}

func (n *fakeNode) Account(context.Context, string) (ledger.Account, error) {
	return ledger.Account{Ledger: 1005}, n.err()
}

func (n *fakeNode) Server(context.Context) (ledger.Server, error) {
	network := uint32(testNetworkID)
	return ledger.Server{NetworkID: &network, Validated: 1005}, n.err()
}

// fakePlatform is the sandbox's engine at the other end of a client's transport. The first payload is testUUID. Before
// it shows one, the phone has brought it as far as meta says; what no phone could do, the answer says all the same.
// Once it is in use, its fields are written within change.
type fakePlatform struct {
	repeats    bool                                          // all payloads have the same UUID
	allowed    int                                           // calls in a minute, as it says
	refuse     func(method string) (status int, body string) // answers in the platform's place, if the status is not 0
	slow       time.Duration
	meta       xaman.Meta
	left       int                // seconds, as it says; 0: those that are left
	cancel     xaman.Cancellation // as it says, if there is a reason
	token      string             // issued to the user who signs
	app        xaman.Application  // name and icon, and if it is another the UUID, as it says
	unreported bool               // the phone has not said yet where it submitted
	blank      int                // looks at what was signed that do not show it yet

	mu      sync.Mutex
	engine  *engine.Engine
	made    int                           // payloads
	request atomic.Pointer[xaman.Request] // the last
	calls   atomic.Int64
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
	const origin = "https://xumm.app"
	now := time.Now()
	if f.engine == nil {
		f.engine = engine.New(now, engine.Config{Apps: []engine.App{{Key: testApp}}, Lag: time.Nanosecond})
	}
	defer f.engine.Take() // nobody listens
	if r.Method == "POST" {
		doc := f.create(now, r).CreatedDocument(origin)
		doc.Pushed = f.request.Load().UserToken != ""
		return reply(200, toJSON(doc))
	}
	name := path.Base(r.URL.Path)
	pl := cmp.Or(f.engine.Payload(name), f.engine.Identified(testApp, name))
	if pl == nil {
		return reply(404, `{"error":{"code":404}}`)
	}
	if r.Method == "DELETE" {
		doc, _ := f.engine.Cancel(now, pl.UUID)
		if f.cancel.Reason != "" {
			doc.Result.Cancelled, doc.Result.Reason = f.cancel.Cancelled, f.cancel.Reason
		}
		return reply(200, toJSON(doc))
	}
	f.act(now, pl)
	doc := f.engine.Document(now.Add(time.Nanosecond), f.engine.Payload(pl.UUID), origin)
	m := &doc.Meta
	m.Resolved, m.Signed, m.Cancelled = f.meta.Resolved, f.meta.Signed, f.meta.Cancelled
	m.Expired, m.AppOpened = f.meta.Expired, f.meta.AppOpened
	doc.Application.IssuedUserToken, doc.Application.Name, doc.Application.IconURL = &f.token, f.app.Name, f.app.IconURL
	doc.Application.UUIDv4 = cmp.Or(f.app.UUID, doc.Application.UUIDv4)
	if f.blank > 0 && doc.Response.Hex != nil {
		f.blank--
		doc.Response.Hex = nil
	}
	if f.left != 0 {
		doc.Payload.ExpiresInSeconds = f.left
	}
	return reply(200, toJSON(doc))
}

func (f *fakePlatform) create(now time.Time, r *http.Request) *engine.Payload {
	var request xaman.Request
	var tx engine.Transaction
	if err := json.NewDecoder(r.Body).Decode(&request); err != nil {
		panic(err)
	}
	if err := json.Unmarshal(request.TxJSON, &tx); err != nil {
		panic(err)
	}
	f.request.Store(&request)
	uuid := testUUID
	if f.made > 0 && f.repeats {
		return f.engine.Payload(uuid)
	} else if f.made > 0 {
		uuid = fmt.Sprintf("%s%012x", testUUID[:24], f.made)
	}
	f.made++
	pl, err := f.engine.Create(now, engine.Request{
		App: testApp, UUID: uuid, Template: request.TxJSON, Tx: tx,
		Options: engine.Options{Submit: request.Options.Submit, Expire: time.Duration(request.Options.Expire) * time.Minute},
		Meta:    engine.CustomMeta{Identifier: &request.CustomMeta.Identifier},
	})
	if err != nil {
		panic(err)
	}
	return pl
}

// act has the phone do what meta says that it did.
func (f *fakePlatform) act(now time.Time, pl *engine.Payload) {
	if f.meta.AppOpened {
		f.engine.Open(now, pl.UUID)
	}
	if !f.meta.Resolved {
		return
	}
	on, signature := engine.Network{Key: testNetwork, ID: testNetworkID}, signatures[pl.Type()]
	f.engine.Accept(now, pl.UUID, engine.Signing{Account: testAccount, Network: on})
	f.engine.Resolve(now, pl.UUID, engine.Outcome{
		Signed: f.meta.Signed, Network: on, Dispatched: "tesSUCCESS",
		Signature: engine.Signature{Blob: signature.blob, TxID: signature.txid, Account: testAccount},
	})
	if !f.unreported {
		f.engine.Finish(pl.UUID, pl.Submits())
	}
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
