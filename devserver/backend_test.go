package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/xaman-live/xaman-live/devserver/ledger"
	"github.com/xaman-live/xaman-live/devserver/verify"
	"github.com/xaman-live/xaman-live/devserver/xaman"
	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

const (
	testApp    = "0d0f6f5e-7a53-4a6b-8f0e-3f9c1f6f2a11"
	testSecret = "11111111-2222-4333-8444-555555555555"
	testUUID   = "9a2c7a52-3c1e-4b53-9d4e-5f1b8c1f0a77"
	onePath    = "/api/sign-requests/" + testUUID
)

// signatures by a well-known key for what the demos ask, with a mark of zeros, as a phone sends them.
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
		Type: "Payment", Account: testAccount, Destination: demoShop, DestinationTag: &tag, Delivered: json.RawMessage(`"2500000"`),
	}, n.err()
}

func (n *fakeNode) Account(context.Context, string) (ledger.Account, error) {
	return ledger.Account{Ledger: 1005}, n.err()
}

func (n *fakeNode) Server(context.Context) (ledger.Server, error) {
	network := uint32(demoNetworkID)
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

// newTestBackend returns a backend with the store in dir. It ends with the test, or when stop is called.
func newTestBackend(t testing.TB, dir string, transport http.RoundTripper, node verify.Node, log *slog.Logger) (b *backend, stop func()) {
	t.Helper()
	credentials, err := xaman.ParseCredentials(testApp, testSecret)
	if err != nil {
		t.Fatal(err)
	}
	records, err := openStore(dir, 10, func(err error) { t.Errorf("the store is lost: %v", err) })
	if err != nil {
		t.Fatal(err)
	}
	bg := newBackground(context.WithoutCancel(t.Context()))
	stop = func() {
		bg.close()
		records.close()
	}
	t.Cleanup(stop)
	p := platform{client: xaman.NewClient("", credentials, transport), credentials: credentials}
	b = newBackend("http://shop.example", p, node, records, bg, log)
	b.random = zeros{}
	return b, stop
}

// browser calls a handler as one visitor, whose cookies it keeps.
type browser struct {
	t       testing.TB
	handler http.Handler
	cookies map[string]*http.Cookie
}

func newBrowser(t testing.TB, platform http.RoundTripper) *browser {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	b, _ := newTestBackend(t, t.TempDir(), platform, &fakeNode{}, log)
	return browserOf(t, b)
}

func browserOf(t testing.TB, b *backend) *browser {
	handler := routes(b, http.NotFoundHandler(), contentPolicy(), false, b.log)
	return &browser{t: t, cookies: map[string]*http.Cookie{}, handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Host == "example.com" { // as package httptest calls it
			r.Host = hostOf(b.site)
		}
		handler.ServeHTTP(w, r)
	})}
}

func (b *browser) other() *browser {
	return &browser{t: b.t, handler: b.handler, cookies: map[string]*http.Cookie{}}
}

func (b *browser) do(r *http.Request) *httptest.ResponseRecorder {
	for _, c := range b.cookies {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	b.handler.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		b.cookies[c.Name] = c
	}
	return w
}

func (b *browser) call(method, path, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequestWithContext(b.t.Context(), method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	return b.do(r)
}

func (b *browser) create(demo string) {
	b.t.Helper()
	if w := b.call("POST", "/api/sign-requests", `{"demo":"`+demo+`"}`); w.Code != http.StatusCreated {
		b.t.Fatalf("create: got %d %s", w.Code, w.Body)
	}
}

func (b *browser) get() payload.Answer {
	b.t.Helper()
	return decodeAnswer(b.t, b.call("GET", onePath, ""))
}

func decodeAnswer(t testing.TB, w *httptest.ResponseRecorder) payload.Answer {
	t.Helper()
	var a payload.Answer
	if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil || w.Code >= 400 {
		t.Fatalf("got %d %s, %v, want a good answer", w.Code, w.Body, err)
	}
	return a
}

// client is the browser's own client of the contract, calling as b.
func (b *browser) client() api.Client {
	return api.Client{Base: "/api", Fetch: func(_ context.Context, method, url string, _ map[string]string, body []byte) (int, []byte, error) {
		w := b.call(method, url, string(body))
		return w.Code, w.Body.Bytes(), nil
	}}
}

func TestContract(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, node := &fakePlatform{left: 290}, &fakeNode{}
		b, _ := newTestBackend(t, t.TempDir(), f, node, slog.New(slog.DiscardHandler))
		c := browserOf(t, b).client()
		made, err := c.Create(t.Context(), "pay", "")
		if err != nil {
			t.Fatal(err)
		}
		if made.Status != payload.StatusPending || made.Verdict != payload.VerdictNone || made.ExpiresIn == nil || *made.ExpiresIn != 300 {
			t.Errorf("create: got %+v, want a pending request with 300 s left", made.Answer)
		}
		if made.Summary != demos["pay"].summary {
			t.Errorf("create: got summary %+v, want %+v", made.Summary, demos["pay"].summary)
		}
		if created, err := payload.ParseCreated(made.Payload); err != nil || created.UUID != testUUID {
			t.Errorf("create: got payload %s, %v", made.Payload, err)
		}
		if r := f.request.Load(); !r.Options.Submit || r.Options.ForceNetwork != "TESTNET" || len(r.CustomMeta.Identifier) < 20 ||
			len(r.CustomMeta.Identifier) > 40 || r.CustomMeta.Instruction == "" {
			t.Errorf("create: platform was asked for %+v", r)
		}

		f.change(func() { f.meta = xaman.Meta{Resolved: true, Signed: true, AppOpened: true} })
		node.silent.Store(true)
		got, err := c.Get(t.Context(), testUUID)
		if err != nil || got.Status != payload.StatusSigned || got.Verdict != payload.VerdictChecking || got.Result != (payload.Result{}) {
			t.Errorf("get: got %+v, %v, want it to be checked, without a result", got.Answer, err)
		}
		node.silent.Store(false)
		time.Sleep(steadily)
		synctest.Wait()
		got, err = c.Get(t.Context(), testUUID)
		if err != nil {
			t.Fatal(err)
		}
		result := got.Result
		if got.Status != payload.StatusSigned || got.Verdict != payload.VerdictVerified || *got.ExpiresIn != 289 ||
			result.Account != testAccount || result.TxID != signatures["Payment"].txid || result.Network != "TESTNET" {
			t.Errorf("get: got %+v, want it verified with 289 s left", got.Answer)
		}
		if len(got.Checks) != 10 || string(got.Payload) != string(made.Payload) || got.Summary != made.Summary {
			t.Errorf("get: got %+v, want ten checks and what create said", got)
		}

		f.change(func() { f.cancel = xaman.Cancellation{Reason: "ALREADY_RESOLVED"} })
		gone, err := c.Cancel(t.Context(), testUUID)
		if err != nil || gone.Cancelled || gone.Reason != "ALREADY_RESOLVED" || gone.Verdict != payload.VerdictVerified {
			t.Errorf("cancel: got %+v, %v, want it to be verified still", gone, err)
		}
	})
}

func TestSignInHasNoTxID(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBrowser(t, &fakePlatform{meta: xaman.Meta{Resolved: true, Signed: true}})
		b.create("sign-in")
		b.get()
		synctest.Wait()
		if a := b.get(); a.Verdict != payload.VerdictVerified || a.Result.TxID+a.Result.Explorer != "" {
			t.Errorf("got %+v, want it verified, and no transaction that a ledger would know", a)
		}
	})
}

func TestCancel(t *testing.T) {
	tests := []struct {
		name   string
		meta   xaman.Meta // after the call
		cancel xaman.Cancellation
		want   payload.Status
	}{
		// The platform's databases may still say that it is pending.
		{"cancelled", xaman.Meta{}, xaman.Cancellation{Cancelled: true, Reason: "OK"}, payload.StatusCancelled},
		{"cancelled before", xaman.Meta{Cancelled: true, Expired: true}, xaman.Cancellation{Reason: "ALREADY_CANCELLED"}, payload.StatusCancelled},
		{"opened", xaman.Meta{AppOpened: true}, xaman.Cancellation{Reason: "ALREADY_OPENED"}, payload.StatusOpened},
		{"expired", xaman.Meta{Expired: true}, xaman.Cancellation{Reason: "ALREADY_EXPIRED"}, payload.StatusExpired},
		{"declined", xaman.Meta{Resolved: true}, xaman.Cancellation{Reason: "ALREADY_RESOLVED"}, payload.StatusRejected},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := &fakePlatform{left: 290, cancel: tt.cancel}
				b := newBrowser(t, f)
				b.create("pay")
				f.change(func() { f.meta = tt.meta })
				got, err := b.client().Cancel(t.Context(), testUUID)
				if err != nil || got.Status != tt.want || got.Cancelled != tt.cancel.Cancelled || got.Reason != tt.cancel.Reason {
					t.Errorf("got %+v, %v, want %s and %+v", got, err, tt.want, tt.cancel)
				}
			})
		})
	}
}

func TestCancelledMayBeSignedYet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakePlatform{cancel: xaman.Cancellation{Cancelled: true, Reason: "OK"}}
		b := newBrowser(t, f)
		b.create("pay")
		b.call("DELETE", onePath, "")
		if a := b.get(); a.Status != payload.StatusCancelled {
			t.Errorf("platform's databases lag: got %s, want cancelled", a.Status)
		}
		time.Sleep(time.Second)
		f.change(func() { f.meta = xaman.Meta{Resolved: true, Signed: true, Cancelled: true} })
		if a := b.get(); a.Status != payload.StatusSigned || a.Verdict != payload.VerdictUnverified {
			t.Errorf("got %s %s, want signed and unverified", a.Status, a.Verdict)
		}
	})
}

func TestAnswersFromMemory(t *testing.T) {
	open := xaman.Meta{AppOpened: true}
	signed := xaman.Meta{AppOpened: true, Resolved: true, Signed: true}
	type step struct {
		after time.Duration
		meta  xaman.Meta
		want  payload.Status
		calls int64 // to the platform, in all, that of creation included
	}
	tests := []struct {
		name  string
		steps []step
	}{
		{"two tabs ask at once", []step{{0, open, payload.StatusOpened, 2}, {10 * time.Millisecond, open, payload.StatusOpened, 2}}},
		{"platform's database lags behind its socket", []step{
			{0, open, payload.StatusOpened, 2},
			{250 * time.Millisecond, signed, payload.StatusSigned, 3},
		}},
		{"final answers are kept", []step{{0, signed, payload.StatusSigned, 2}, {time.Hour, open, payload.StatusSigned, 2}}},
		{"expired, and signed after all", []step{
			{0, xaman.Meta{Expired: true}, payload.StatusExpired, 2},
			{time.Minute, signed, payload.StatusSigned, 3},
		}},
		{"opened and expired is not final", []step{
			{0, xaman.Meta{AppOpened: true, Expired: true}, payload.StatusOpened, 2},
			{time.Minute, signed, payload.StatusSigned, 3},
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := &fakePlatform{}
				b := newBrowser(t, f)
				b.create("pay")
				for i, s := range tt.steps {
					time.Sleep(s.after)
					f.change(func() { f.meta = s.meta })
					if got, calls := b.get().Status, f.calls.Load(); got != s.want || calls != s.calls {
						t.Errorf("step %d: got %s after %d calls, want %s after %d", i, got, calls, s.want, s.calls)
					}
				}
			})
		})
	}
}

func TestManyTabsShareOneCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakePlatform{meta: xaman.Meta{AppOpened: true}}
		b := newBrowser(t, f)
		b.create("pay")
		f.change(func() { f.slow = 2 * time.Second })
		begin := time.Now()
		var tabs sync.WaitGroup
		for range 50 {
			tabs.Go(func() {
				r := httptest.NewRequestWithContext(t.Context(), "GET", onePath, nil)
				for _, c := range b.cookies {
					r.AddCookie(c)
				}
				w := httptest.NewRecorder()
				b.handler.ServeHTTP(w, r)
				if a := decodeAnswer(t, w); a.Status != payload.StatusOpened {
					t.Errorf("got %s, want opened", a.Status)
				}
			})
		}
		tabs.Wait()
		if calls, took := f.calls.Load(), time.Since(begin); calls != 2 || took != f.slow {
			t.Errorf("got %d calls in %v, want 2 in %v", calls, took, f.slow)
		}
	})
}

func TestPollingIsLimited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakePlatform{meta: xaman.Meta{AppOpened: true}, left: 300}
		b := newBrowser(t, f)
		b.create("pay")
		for range 4 * 60 {
			b.get()
			time.Sleep(250 * time.Millisecond)
		}
		// A request's own limit grants 30, and that of its session at a platform of which no more is known a few less.
		if calls := f.calls.Load() - 1; calls < 18 || calls > 30 {
			t.Errorf("got %d calls to the platform in a minute, want some 20", calls)
		}
	})
}

func TestCountdownGoesOnInMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakePlatform{left: 300}
		b := newBrowser(t, f)
		b.create("pay")
		b.get()
		f.change(func() { f.refuse = func(string) (int, string) { return 429, `` } })
		time.Sleep(20 * time.Second)
		if left := *b.get().ExpiresIn; left != 280 {
			t.Errorf("got %d s left, want 280", left)
		}
	})
}

func TestPlatformFailures(t *testing.T) {
	const refused = `{"error":{"reference":"r","code":603}}`
	answer := func(status int, body string) func(string) (int, string) {
		return func(string) (int, string) { return status, body }
	}
	tests := []struct {
		name   string
		refuse func(string) (int, string)
		create payload.Code
		get    payload.Code // "": the last known answer, which says that it is old
	}{
		{"rate limited", answer(429, ``), api.TooManyRequests, ""},
		{"forbidden without reason", answer(403, `<html>`), api.TooManyRequests, ""},
		{"unknown so far", answer(404, `{"error":{"code":404}}`), api.PlatformRefused, ""},
		{"refused", answer(400, refused), api.PlatformRefused, api.PlatformRefused},
		{"wrong secret", answer(403, `{"error":{"code":813}}`), api.PlatformRefused, api.PlatformRefused},
		{"down", answer(502, `<html>`), api.PlatformUnavailable, ""},
		{"nonsense", answer(200, `<html>`), api.PlatformUnavailable, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := &fakePlatform{refuse: tt.refuse}
				b := newBrowser(t, f)
				checkError(t, b.call("POST", "/api/sign-requests", `{"demo":"pay"}`), tt.create)

				time.Sleep(time.Minute)
				f.change(func() { f.refuse = nil })
				b.create("pay")
				f.change(func() { f.refuse = tt.refuse })
				if w := b.call("GET", onePath, ""); tt.get != "" {
					checkError(t, w, tt.get)
				} else if a := decodeAnswer(t, w); a.Status != payload.StatusPending || !stale(w) {
					t.Errorf("get: got %s, want the last known answer, which says that it is old", w.Body)
				}
				f.change(func() { f.refuse = nil })
				time.Sleep(time.Minute)
				if w := b.call("GET", onePath, ""); w.Code != http.StatusOK || stale(w) {
					t.Errorf("get when all is well: got %s, want it not to be called old", w.Body)
				}
			})
		})
	}
}

func TestForgottenByThePlatform(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakePlatform{}
		b := newBrowser(t, f)
		b.create("pay")
		b.get()
		time.Sleep(time.Minute)
		f.change(func() { f.refuse = func(string) (int, string) { return 404, `{"error":{"code":404}}` } })
		checkError(t, b.call("GET", onePath, ""), api.NotFound)
	})
}

func stale(w *httptest.ResponseRecorder) bool {
	return strings.Contains(w.Body.String(), `"stale":true`)
}

func checkError(t *testing.T, w *httptest.ResponseRecorder, want payload.Code) {
	t.Helper()
	var body struct{ Error api.Error }
	err := json.Unmarshal(w.Body.Bytes(), &body)
	if err != nil || body.Error.Code != want || body.Error.Message == "" || w.Code != statuses[want] {
		t.Errorf("got %d %s, want %d %s with a message", w.Code, w.Body, statuses[want], want)
	}
	if strings.Contains(w.Body.String(), "11111111-2222") || strings.Contains(w.Body.String(), "goroutine") {
		t.Errorf("got %s, which shows what is not the visitor's", w.Body)
	}
}

func TestBadRequests(t *testing.T) {
	b := newBrowser(t, &fakePlatform{})
	b.create("pay")
	tests := []struct {
		name, method, path, body string
		header                   http.Header
		want                     payload.Code
	}{
		{"unknown demo", "POST", "/api/sign-requests", `{"demo":"drain-wallet"}`, nil, api.UnknownDemo},
		{"no demo", "POST", "/api/sign-requests", `{}`, nil, api.UnknownDemo},
		{"not JSON", "POST", "/api/sign-requests", `demo=pay`, nil, api.BadRequest},
		{"something after the JSON", "POST", "/api/sign-requests", `{"demo":"pay"}{}`, nil, api.BadRequest},
		{"doubled key", "POST", "/api/sign-requests", `{"demo":"sign-in","demo":"pay"}`, nil, api.BadRequest},
		{"doubled key in another case", "POST", "/api/sign-requests", `{"demo":"sign-in","Demo":"pay"}`, nil, api.BadRequest},
		{"miscased key", "POST", "/api/sign-requests", `{"DEMO":"pay"}`, nil, api.BadRequest},
		{"deep", "POST", "/api/sign-requests", `{"demo":` + strings.Repeat("[", 1000) + strings.Repeat("]", 1000) + `}`, nil, api.BadRequest},
		{"no body", "POST", "/api/sign-requests", ``, nil, api.BadRequest},
		{"form", "POST", "/api/sign-requests", `{"demo":"pay"}`, http.Header{"Content-Type": {"text/plain"}}, api.BadRequest},
		{"too large", "POST", "/api/sign-requests", `{"demo":"` + strings.Repeat("x", maxBody) + `"}`, nil, api.TooLarge},
		{"from another site", "POST", "/api/sign-requests", `{"demo":"pay"}`, http.Header{"Sec-Fetch-Site": {"cross-site"}}, api.Forbidden},
		{"cancelled by another site", "DELETE", onePath, ``, http.Header{"Origin": {"https://elsewhere.example"}}, api.Forbidden},
		{"not a uuid", "GET", "/api/sign-requests/%2e%2e", ``, nil, api.BadRequest},
		{"uuid of another version", "GET", "/api/sign-requests/9a2c7a52-3c1e-1b53-9d4e-5f1b8c1f0a77", ``, nil, api.BadRequest},
		{"unknown uuid", "GET", "/api/sign-requests/00000000-0000-4000-8000-000000000000", ``, nil, api.NotFound},
		{"unknown uuid to cancel", "DELETE", "/api/sign-requests/00000000-0000-4000-8000-000000000000", ``, nil, api.NotFound},
		{"wrong method for all", "PUT", "/api/sign-requests", ``, nil, api.MethodNotAllowed},
		{"wrong method for one", "PUT", onePath, ``, nil, api.MethodNotAllowed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := httptest.NewRequest(tt.method, tt.path, strings.NewReader(tt.body))
			r.Header.Set("Content-Type", "application/json")
			for name, values := range tt.header {
				r.Header[name] = values
			}
			checkError(t, b.do(r), tt.want)
		})
	}
}

// A page whose backend URL is wrong is told so, and not that nobody knows its request.
func TestWrongBase(t *testing.T) {
	b := newBrowser(t, &fakePlatform{})
	for _, base := range []string{"", "/ap", "/api/", "/api/v2", "/dist"} {
		c := b.client()
		c.Base = base
		_, get := c.Get(t.Context(), testUUID)
		_, create := c.Create(t.Context(), "pay", "")
		for method, err := range map[string]error{"get": get, "create": create} {
			var failure *payload.Error
			if !errors.As(err, &failure) || failure.Code != payload.BadAnswer || !strings.Contains(failure.Message, base+api.Collection) {
				t.Errorf("%s at %q: got %v, want code %s and the URL", method, base, err, payload.BadAnswer)
			}
		}
	}
}

func TestOffers(t *testing.T) {
	b := newBrowser(t, &fakePlatform{})
	rec := b.do(httptest.NewRequest("GET", "/api/sign-requests", nil))
	if got, want := rec.Body.String(), `{"demos":["pay","sign-in"]}`; rec.Code != http.StatusOK || got != want {
		t.Errorf("got %d %s, want 200 %s", rec.Code, got, want)
	}
}

func TestOtherSessionSeesNothing(t *testing.T) {
	b := newBrowser(t, &fakePlatform{})
	b.create("pay")
	checkError(t, b.other().call("GET", onePath, ""), api.NotFound)
	checkError(t, b.other().call("DELETE", onePath, ""), api.NotFound)
	if a := b.get(); a.Status != payload.StatusPending {
		t.Errorf("own session: got %s, want pending", a.Status)
	}
}

func TestSessionCookie(t *testing.T) {
	b := newBrowser(t, &fakePlatform{})
	b.call("GET", "/", "")
	c := b.cookies[sessionCookie]
	if c == nil || !c.HttpOnly || c.Secure || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || len(c.Value) < 26 {
		t.Fatalf("got cookie %v, want one that scripts and other sites cannot use", c)
	}
	if w := b.call("GET", "/", ""); len(w.Result().Cookies()) != 0 {
		t.Errorf("second visit: got cookies %v, want none", w.Result().Cookies())
	}
	if w := b.other().call("GET", "/dist/a.wasm", ""); len(w.Result().Cookies()) != 0 {
		t.Errorf("file that caches share: got cookies %v, want none", w.Result().Cookies())
	}
}

func TestVisitorLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakePlatform{meta: xaman.Meta{AppOpened: true}}
		b := newBrowser(t, f)
		b.create("pay")
		f.change(func() { f.slow = 5 * time.Second })
		ctx, leave := context.WithTimeout(t.Context(), time.Second)
		defer leave()
		b.do(httptest.NewRequestWithContext(ctx, "GET", onePath, nil))
		if a := b.get(); a.Status != payload.StatusOpened {
			t.Errorf("next visitor: got %s, want opened", a.Status)
		}
	})
}

func TestPanicIsAnswered(t *testing.T) {
	for _, tt := range []struct {
		name  string
		panic any
	}{{"error", errors.New("secret")}, {"text", "secret"}} {
		t.Run(tt.name, func(t *testing.T) {
			var log strings.Builder
			w := httptest.NewRecorder()
			h := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(tt.panic) })
			recovering(slog.New(slog.NewTextHandler(&log, nil)), h).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
			checkError(t, w, api.Internal)
			if !strings.Contains(log.String(), "backend_test.go") {
				t.Errorf("got log %s, want the stack", log.String())
			}
		})
	}
}

func TestUnknownErrorsAreInternal(t *testing.T) {
	if e := refusal(fmt.Errorf("read record: %w", io.ErrUnexpectedEOF)); e.Code != api.Internal {
		t.Errorf("got %s, want internal", e.Code)
	}
}

func TestSecurityHeaders(t *testing.T) {
	w := newBrowser(t, &fakePlatform{}).call("GET", "/", "")
	for name, want := range map[string]string{
		"Content-Security-Policy":    contentPolicy(),
		"Cross-Origin-Opener-Policy": "same-origin",
		"Referrer-Policy":            "same-origin",
		"X-Content-Type-Options":     "nosniff",
	} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}
