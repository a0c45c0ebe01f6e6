package backend

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/xaman-live/xaman-live/devserver/record"
	"github.com/xaman-live/xaman-live/devserver/verify"
	"github.com/xaman-live/xaman-live/devserver/xaman"
	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// newTestBackend returns a backend with the record in dir; a nil node has the payment. It ends with the test, or when
// stop is called.
func newTestBackend(
	t testing.TB, dir string, transport http.RoundTripper, node verify.Node, log *slog.Logger,
) (b *Backend, stop func()) {
	t.Helper()
	f, err := record.Open(dir, func(err error) { t.Errorf("the record is lost: %v", err) })
	if err != nil {
		t.Fatal(err)
	}
	o := testOptions(t, transport, node, log)
	o.Record = f
	b = startTestBackend(t, o)
	stop = func() {
		b.Close()
		f.Close()
	}
	t.Cleanup(stop)
	return b, stop
}

// testOptions are those of a backend, without a record.
func testOptions(t testing.TB, transport http.RoundTripper, node verify.Node, log *slog.Logger) Options {
	t.Helper()
	credentials, err := xaman.ParseCredentials(testApp, testSecret)
	if err != nil {
		t.Fatal(err)
	}
	if node == nil {
		node = &fakeNode{}
	}
	return Options{
		Origin: "http://shop.example", Site: "Shop", Offers: testOffers, Network: testNetwork,
		Networks: map[string]Network{testNetwork: {testNetworkID, node}},
		Platform: xaman.NewClient("", credentials, transport), Log: log, Random: zeros{},
	}
}

func startTestBackend(t testing.TB, o Options) *Backend {
	t.Helper()
	b, err := New(context.WithoutCancel(t.Context()), o)
	if err != nil {
		t.Fatal(err)
	}
	b.heard(xaman.Application{}) // or else the first request would cost a call more
	return b
}

// closeRecord makes all of a backend's record fail from then on.
func closeRecord(b *Backend) { b.record.(*record.File).Close() }

// newEntry is a pending request of a session.
func newEntry(uuid payload.UUID, session string) record.Entry {
	return record.Entry{
		Session: session, Order: verify.Order{UUID: uuid}, Answer: unsigned(uuid, payload.StatusPending),
	}
}

// browser calls a handler as one visitor, whose cookies it keeps.
type browser struct {
	t       testing.TB
	handler http.Handler
	cookies map[string]*http.Cookie
}

func newBrowser(t testing.TB, platform http.RoundTripper) *browser {
	t.Helper()
	b, _ := newTestBackend(t, t.TempDir(), platform, nil, nil)
	return browserOf(t, b)
}

func browserOf(t testing.TB, b *Backend) *browser {
	site := http.NewServeMux()
	site.Handle("/api/", b)
	site.HandleFunc("/{$}", b.Session)
	return &browser{t: t, cookies: map[string]*http.Cookie{}, handler: site}
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

func (b *browser) create(demo string) payload.Answer {
	b.t.Helper()
	w := b.call("POST", "/api/sign-requests", `{"demo":"`+demo+`"}`)
	if w.Code != http.StatusCreated {
		b.t.Fatalf("create: got %d %s", w.Code, w.Body)
	}
	return decodeAnswer(b.t, w)
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
	return api.Client{Base: "/api", Fetch: func(_ context.Context, method, url string, _ map[string]string,
		body []byte) (int, []byte, error) {
		w := b.call(method, url, string(body))
		return w.Code, w.Body.Bytes(), nil
	}}
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

// ordered is a backend with one request for a payment, and the browser that made it.
func ordered(t testing.TB, platform http.RoundTripper, node verify.Node, log *slog.Logger) (*Backend, *browser) {
	t.Helper()
	b, _ := newTestBackend(t, t.TempDir(), platform, node, log)
	c := browserOf(t, b)
	c.create("pay")
	return b, c
}

// kept is the first request of a backend, in use once more.
func kept(t testing.TB, b *Backend) *request {
	t.Helper()
	r, err := b.requests.get(t.Context(), testUUID)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
