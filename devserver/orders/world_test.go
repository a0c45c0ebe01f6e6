package orders

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/xaman-live/xaman-live/devserver/backend"
	"github.com/xaman-live/xaman-live/devserver/ledger"
	"github.com/xaman-live/xaman-live/devserver/record"
	"github.com/xaman-live/xaman-live/devserver/sandbox"
	"github.com/xaman-live/xaman-live/devserver/xaman"
	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// world is a backend with an offline platform, and the addresses at which it answers pages and the site's own program.
type world struct {
	*testing.T
	platform, site, private string // URLs
	backend                 *backend.Backend
	record                  *distant
	client                  *http.Client
	log                     *journal
	told                    chan record.Delivery // to the callback till, which first refuses each
	offline                 func()               // ends the platform
}

// journal is a log that may be read while it is written.
type journal struct {
	mu   sync.Mutex
	text strings.Builder
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

// distant is a record that goes away.
type distant struct {
	record.Record
	away atomic.Bool
}

func (d *distant) err() error {
	if d.away.Load() {
		return fmt.Errorf("ask the database: %w", record.ErrAway)
	}
	return nil
}

func (d *distant) Get(ctx context.Context, uuid payload.UUID) (record.Entry, error) {
	if err := d.err(); err != nil {
		return record.Entry{}, err
	}
	return d.Record.Get(ctx, uuid)
}

func (d *distant) Add(ctx context.Context, e record.Entry) error {
	if err := d.err(); err != nil {
		return err
	}
	return d.Record.Add(ctx, e)
}

func (d *distant) ByReference(ctx context.Context, reference string, most int) ([]payload.UUID, error) {
	if err := d.err(); err != nil {
		return nil, err
	}
	return d.Record.ByReference(ctx, reference, most)
}

func (d *distant) Delivery(ctx context.Context, id string) (record.Delivery, error) {
	if err := d.err(); err != nil {
		return record.Delivery{}, err
	}
	return d.Record.Delivery(ctx, id)
}

func (d *distant) Deliveries(
	ctx context.Context, uuid payload.UUID, after string, most int,
) ([]record.Delivery, error) {
	if err := d.err(); err != nil {
		return nil, err
	}
	return d.Record.Deliveries(ctx, uuid, after, most)
}

const shopPage = "https://www.shop.example" // whose pages may ask with a view key

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{T: t, client: &http.Client{Transport: &http.Transport{}}, log: &journal{}}
	w.told = make(chan record.Delivery, 10)
	platform := httptest.NewUnstartedServer(nil)
	w.platform = "http://" + platform.Listener.Addr().String()
	offline, err := sandbox.New(context.Background(), sandbox.Config{
		BaseURL: w.platform, CloseEvery: 10 * time.Millisecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	platform.Config.Handler = offline
	platform.Start()
	w.offline = platform.Close
	credentials, err := xaman.ParseCredentials(sandbox.Key, sandbox.Secret)
	if err != nil {
		t.Fatal(err)
	}
	remembered, err := record.Open(t.TempDir(), func(err error) { t.Errorf("the record is lost: %v", err) })
	if err != nil {
		t.Fatal(err)
	}
	w.record = &distant{Record: remembered}
	log := slog.New(slog.NewTextHandler(w.log, nil))
	site := httptest.NewUnstartedServer(nil)
	w.site = "http://" + site.Listener.Addr().String()
	w.backend, err = backend.New(context.Background(), backend.Options{
		Origin: w.site, Pages: []string{shopPage}, Site: "Corner Shop", Network: "TESTNET",
		Networks: map[string]backend.Network{"TESTNET": {ID: 1, Node: ledger.NewClient(w.platform+"/ledger", nil)}},
		Offers: map[string]backend.Offer{
			"coffee": backend.Fixed("A coffee", backend.Order{
				TxJSON: json.RawMessage(testPayment), Options: xaman.Options{Submit: true, Expire: 5},
			}),
		},
		Platform: xaman.NewClient(w.platform, credentials, nil), Record: w.record, Log: log,
		Callbacks: map[string]bool{"till": false}, Deliver: w.deliver,
	})
	if err != nil {
		t.Fatal(err)
	}
	site.Config.Handler = w.backend
	site.Start()
	keys, err := ParseKeys(testKey)
	if err != nil {
		t.Fatal(err)
	}
	private := httptest.NewServer(New(Options{
		Backend: w.backend, Record: w.record, Keys: keys, Base: w.site + "/api",
		Log: log,
	}))
	w.private = private.URL
	t.Cleanup(func() {
		w.client.CloseIdleConnections()
		private.Close()
		site.Close()
		w.backend.Close()
		remembered.Close()
		offline.Close()
		platform.Close()
		http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	})
	return w
}

// deliver has the callback refuse what it is told for the first time.
func (w *world) deliver(_ context.Context, d record.Delivery) error {
	w.told <- d
	if d.Attempts == 0 {
		return errors.New("It answered 500.")
	}
	return nil
}

// call makes a call and returns its answer.
func (w *world) call(method, url, body string, header ...string) *http.Response {
	w.Helper()
	r, err := http.NewRequestWithContext(w.Context(), method, url, strings.NewReader(body))
	if err != nil {
		w.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	res, err := w.client.Do(r)
	if err != nil {
		w.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		w.Fatal(err)
	}
	res.Body = io.NopCloser(bytes.NewReader(data))
	if strings.HasPrefix(url, w.private) {
		w.wantContract(res, data)
	}
	return res
}

// program makes a call as the site's own program.
func (w *world) program(method, path, body string, header ...string) *http.Response {
	w.Helper()
	return w.call(method, w.private+path, body, append([]string{"Authorization", "Bearer " + testKey}, header...)...)
}

// read reads an answer with one of some statuses.
func (w *world) read(res *http.Response, into any, statuses ...int) {
	w.Helper()
	data, _ := io.ReadAll(res.Body)
	for _, status := range statuses {
		if res.StatusCode == status {
			if err := json.Unmarshal(data, into); err != nil {
				w.Fatalf("%s %s: got %s, %v", res.Request.Method, res.Request.URL, data, err)
			}
			return
		}
	}
	w.Fatalf("%s %s: got %s %s, want %d", res.Request.Method, res.Request.URL, res.Status, data, statuses)
}

// wantRefusal wants that an answer is a failure with a code, and a sentence.
func (w *world) wantRefusal(name string, res *http.Response, status int, code payload.Code, part string) {
	w.Helper()
	data, _ := io.ReadAll(res.Body)
	var body struct{ Error api.Error }
	err := json.Unmarshal(data, &body)
	message := body.Error.Message
	if err != nil || res.StatusCode != status || body.Error.Code != code || !strings.Contains(message, part) {
		w.Errorf("%s: got %s %s, want %d %s with %q", name, res.Status, data, status, code, part)
	}
	if message == "" || message[:1] != strings.ToUpper(message[:1]) || !strings.HasSuffix(message, ".") {
		w.Errorf("%s: got %q, want a sentence", name, message)
	}
}

// ordered is the answer to an order.
type ordered struct {
	backend.Report
	Created json.RawMessage
	ViewKey string    `json:"view_key"`
	Expires time.Time `json:"view_key_expires"`
	HTML    string
}

func (w *world) order(body string, header ...string) (o ordered) {
	w.Helper()
	w.read(w.program("POST", "/api/orders", body, header...), &o, 201)
	return o
}

// accept has the phone sign, and cheat if it is to.
func (w *world) accept(uuid payload.UUID, body string) {
	w.Helper()
	w.read(w.call("POST", w.platform+"/phone/"+string(uuid)+"/accept", body), new(any), 200)
}

// await asks until an order is final.
func (w *world) await(uuid payload.UUID) (r backend.Report) {
	w.Helper()
	for deadline := time.Now().Add(20 * time.Second); !r.Final; {
		if w.read(w.program("GET", "/api/orders/"+string(uuid), ""), &r, 200); time.Now().After(deadline) {
			w.Fatalf("got %+v, want a verdict", r)
		}
	}
	return r
}
