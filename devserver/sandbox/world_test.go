package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/xaman-live/xaman-live/devserver/sandbox/engine"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	unknownUUID = "00000000-0000-4000-8000-000000000000"
	base        = "http://sandbox.example"
	address     = "rLUEXYuLiQptky37CqLcm9USQpPiz5rkpD"
	invoice     = "0F0E0D0C0B0A09080706050403020100FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF"
	signIn      = `{"txjson":{"TransactionType":"SignIn"}}`
	payment     = `{"txjson":{"TransactionType":"Payment","Destination":"` + address + `","Amount":"2500000"},` +
		`"options":{"expire":1}}`
	tagged = `{"txjson":{"TransactionType":"Payment","Destination":"` + demoShop + `","DestinationTag":4711,` +
		`"Amount":"2500000"},"options":{"force_network":"TESTNET"}}`
)

// signInWith is the body of a creation with something besides its template, asking and payWith are ones with fields in
// their template.
func signInWith(more string) string { return `{"txjson":{"TransactionType":"SignIn"},` + more + `}` }
func asking(kind, fields string) string {
	return `{"txjson":{"TransactionType":"` + kind + `",` + fields + `}}`
}
func payWith(fields string) string { return asking("Payment", fields) }

// world is a platform and everything that talks to it, in virtual time: a wait takes no time, and
// "nothing more arrives" can be asserted.
type world struct {
	t        *testing.T
	name     string // of the case, of several
	platform *Sandbox
	end      context.CancelFunc // of the sandbox's context
	client   *http.Client
}

// inWorld runs a test in a world of its own and checks that Close leaves nothing behind.
func inWorld(t *testing.T, test func(w world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { run(t, Config{BaseURL: base}, test) })
}

// inWorlds runs a test for each case, each in a world of its own.
func inWorlds[C any](t *testing.T, cases map[string]C, test func(w world, c C)) {
	t.Helper()
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w world) {
				w.name = name
				test(w, c)
			})
		})
	}
}

// run runs a platform until test returns.
func run(t *testing.T, c Config, test func(w world)) {
	t.Helper()
	ctx, end := context.WithCancel(t.Context())
	defer end()
	platform, err := New(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	listener := &pipeListener{conns: make(chan net.Conn), closed: make(chan struct{})}
	transport := &http.Transport{DialContext: listener.dial}
	w := world{t: t, platform: platform, end: end, client: &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	server := &http.Server{Handler: w.platform}
	var serving sync.WaitGroup
	serving.Go(func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			t.Errorf("serve: %v", err)
		}
	})
	defer func() {
		if err := w.platform.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
		server.Close()
		transport.CloseIdleConnections()
		serving.Wait()
		time.Sleep(time.Second) // net/http lingers on a connection whose request it cut short
	}()
	test(w)
}

type pipeListener struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (l *pipeListener) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	client, server := net.Pipe()
	select {
	case l.conns <- server:
		return client, nil
	case <-l.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

func (l *pipeListener) Addr() net.Addr { return &net.TCPAddr{} }

// answer is a response, read.
type answer struct {
	status int
	header http.Header
	body   string
	json   map[string]any // nil unless the body is an object
}

func (w world) do(method, path, body string, header http.Header) answer {
	w.t.Helper()
	a, err := w.try(24*time.Hour, method, path, body, header)
	if err != nil {
		w.t.Fatal(err)
	}
	return a
}

// try makes a call whose answer may be an error, as that it takes longer than patience.
func (w world) try(patience time.Duration, method, path, body string, header http.Header) (answer, error) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), patience)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, base+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	r.Header = header
	res, err := w.client.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	a := answer{status: res.StatusCode, header: res.Header, body: string(raw)}
	if strings.HasPrefix(res.Header.Get("Content-Type"), "application/json") {
		if err := json.Unmarshal(raw, &a.json); err != nil {
			w.t.Fatalf("%s %s: %v in %s", method, path, err, raw)
		}
	}
	return a, nil
}

func credentials(key, secret string) http.Header {
	h := http.Header{}
	if key != "" {
		h.Set("X-API-Key", key)
	}
	if secret != "" {
		h.Set("X-API-Secret", secret)
	}
	return h
}

// api calls the platform's API with the main application's credentials, otherApp with those of another.
func (w world) api(method, path, body string) answer {
	w.t.Helper()
	return w.do(method, "/api/v1/platform/"+path, body, credentials(Key, Secret))
}

func (w world) otherApp(method, path, body string) answer {
	w.t.Helper()
	other := apps("")[1]
	return w.do(method, "/api/v1/platform/"+path, body, credentials(other.Key, other.Secret))
}

// create returns the uuid of a new payload.
func (w world) create(body string) string {
	w.t.Helper()
	a := w.api("POST", "payload", body)
	if a.status != http.StatusOK {
		w.t.Fatalf("create %s: got %d %s", body, a.status, a.body)
	}
	return a.json["uuid"].(string)
}

// tokenMark stands for what token returns in the bodies of tables.
const tokenMark = "{token}"

// token has the phone's user sign in, and returns the user token that the main application got.
func (w world) token() string {
	w.t.Helper()
	w.must(w.create(signIn), "accept")
	return w.userToken()
}

// get returns a payload, without the listeners of the test learning of it.
func (w world) get(uuid string) map[string]any {
	w.t.Helper()
	var doc map[string]any
	w.platform.look(func(e *engine.Engine, now time.Time) {
		if err := json.Unmarshal(engine.JSON(e.Document(now, e.Payload(uuid), base)), &doc); err != nil {
			w.t.Fatal(err)
		}
	})
	return doc
}

func (w world) payload(uuid string) (pl *engine.Payload) {
	w.platform.look(func(e *engine.Engine, _ time.Time) { pl = e.Payload(uuid) })
	return pl
}

func (w world) ledger() (l *engine.Ledger) {
	w.platform.look(func(e *engine.Engine, _ time.Time) { l = e.Ledger })
	return l
}

// userToken is the one that the main application has.
func (w world) userToken() (value string) {
	w.platform.look(func(e *engine.Engine, _ time.Time) { value = e.Memory().Tokens[Key].Value })
	return value
}

func (w world) act(uuid, act string) answer {
	w.t.Helper()
	return w.do("POST", "/phone/"+uuid+"/"+act, "", nil)
}

// must has several things happen, one after the other: acts of the phone, a DELETE ("cancel") or a GET ("get") of the
// platform's API, "qr" for a look at the platform's own page, and "second", "minute" and "hour" for time to pass.
func (w world) must(uuid string, acts ...string) {
	w.t.Helper()
	times := map[string]time.Duration{"second": time.Second, "minute": time.Minute, "hour": time.Hour}
	for _, act := range acts {
		a := answer{status: http.StatusOK}
		switch act {
		case "second", "minute", "hour":
			time.Sleep(times[act])
		case "cancel":
			a = w.api("DELETE", "payload/"+uuid, "")
		case "get":
			a = w.api("GET", "payload/"+uuid, "")
		case "qr":
			a = w.do("GET", "/sign/"+uuid+"/qr", "", nil)
		default:
			a = w.act(uuid, act)
		}
		if a.status != http.StatusOK {
			w.t.Fatalf("%s: got %d %s", act, a.status, a.body)
		}
	}
}

// begin has the phone accept, and does not wait for its answer.
func (w world) begin(uuid string) {
	w.t.Helper()
	a, err := w.platform.accept(uuid, PhoneOptions{})
	if err != nil {
		w.t.Fatal(err)
	}
	w.platform.carryOut(a, func() {})
}

func (w world) fault(uuid string, names ...string) {
	w.t.Helper()
	body, _ := json.Marshal(map[string][]string{"faults": append([]string{}, names...)})
	if a := w.do("PUT", "/faults/"+uuid, string(body), nil); a.status != http.StatusOK {
		w.t.Fatalf("faults %v: got %d %s", names, a.status, a.body)
	}
}

// pick is what a JSON value has at each of some paths, such as "meta.signed" or "Memos.0", in words.
func pick(v any, paths string) string {
	var found []string
	for path := range strings.FieldsSeq(paths) {
		at := v
		for name := range strings.SplitSeq(path, ".") {
			if list, ok := at.([]any); ok {
				i, _ := strconv.Atoi(name)
				at = list[i]
				continue
			}
			object, _ := at.(map[string]any)
			at = object[name]
		}
		found = append(found, fmt.Sprint(at))
	}
	return strings.Join(found, " ")
}

// shape is a JSON value with every leaf replaced, so that documents can be compared by their keys.
func shape(v any) any {
	object, ok := v.(map[string]any)
	if !ok {
		return "leaf"
	}
	keys := map[string]any{}
	for k, v := range object {
		keys[k] = shape(v)
	}
	return keys
}

func show(v any) string {
	b, _ := json.MarshalIndent(v, "", " ")
	return string(bytes.TrimSpace(b))
}
