package conform_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/xaman-live/xaman-live/devserver/backend"
	"github.com/xaman-live/xaman-live/devserver/conform"
	"github.com/xaman-live/xaman-live/devserver/ledger"
	"github.com/xaman-live/xaman-live/devserver/orders"
	"github.com/xaman-live/xaman-live/devserver/record"
	"github.com/xaman-live/xaman-live/devserver/sandbox"
	"github.com/xaman-live/xaman-live/devserver/xaman"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	siteOrigin     = "http://127.0.0.1:8080"
	platformOrigin = "http://127.0.0.1:8081"
	privateOrigin  = "http://127.0.0.1:8082"
	otherSite      = "https://www.other.example" // whose pages may ask with a view key
	privateKey     = "0123456789abcdef0123456789abcdef"
)

// inside is a network within this process, by host: what is under test has a clock of its own, which waits for no
// socket.
type inside map[string]http.Handler

func (n inside) RoundTrip(r *http.Request) (res *http.Response, err error) {
	h, ok := n[r.URL.Host]
	if !ok {
		return nil, fmt.Errorf("nobody is at %s", r.URL.Host)
	}
	in := r.Clone(r.Context())
	in.Host, in.RequestURI, in.RemoteAddr = r.URL.Host, r.URL.RequestURI(), "192.0.2.1:1234"
	if in.Body == nil {
		in.Body = http.NoBody
	}
	defer func() {
		switch p := recover(); p {
		case nil:
		case http.ErrAbortHandler:
			res, err = nil, fmt.Errorf("%s cuts the connection", r.URL.Host)
		default:
			panic(p)
		}
	}()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, in)
	return w.Result(), r.Context().Err()
}

var offers = map[string]backend.Offer{
	"sign-in": backend.Fixed("Sign in", backend.Order{
		TxJSON: json.RawMessage(`{"TransactionType":"SignIn"}`), Options: xaman.Options{Expire: 5},
	}),
	"pay": backend.Fixed("Two coffees", backend.Order{
		TxJSON: json.RawMessage(`{"TransactionType":"Payment","Destination":"rPT1Sjq2YGrBMTttX4GZHjKu9dyfzbpAYe",
			"DestinationTag":4711,"Amount":"2500000"}`),
		Options: xaman.Options{Submit: true, Expire: 5},
	}),
}

// world is a backend of ours, and the sandbox that it works with.
type world struct {
	network inside
	backend http.Handler
	site    *switched
}

// switched is what is at the site's origin.
type switched struct{ atomic.Pointer[http.Handler] }

func (s *switched) ServeHTTP(w http.ResponseWriter, r *http.Request) { (*s.Load()).ServeHTTP(w, r) }

func (s *switched) to(h http.Handler) { s.Store(&h) }

// try tries what is at the site's origin.
func (w world) try(t *testing.T, rules ...string) conform.Report {
	t.Helper()
	report, err := conform.Run(t.Context(), conform.Options{
		URL: siteOrigin + "/api", Transport: w.network, Only: rules, Page: otherSite, Orders: privateOrigin + "/api",
		Key: privateKey,
	})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// inWorld runs a test in a world with a clock of its own.
func inWorld(t *testing.T, test func(*testing.T, world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		there := &switched{}
		network := inside{host(siteOrigin): there}
		ctx := context.WithoutCancel(t.Context())
		s, err := sandbox.New(ctx, sandbox.Config{
			BaseURL: platformOrigin, WebhookURL: siteOrigin + backend.Webhook, Transport: network,
			CloseEvery: time.Second,
		})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		network[host(platformOrigin)] = s
		credentials, err := xaman.ParseCredentials(sandbox.Key, sandbox.Secret)
		if err != nil {
			t.Fatal(err)
		}
		remembered, err := record.Open(t.TempDir(), func(err error) { t.Errorf("the record is lost: %v", err) })
		if err != nil {
			t.Fatal(err)
		}
		defer remembered.Close()
		b, err := backend.New(ctx, backend.Options{
			Origin: siteOrigin, Pages: []string{otherSite}, Site: "Shop", Offers: offers, Network: "TESTNET",
			Networks: map[string]backend.Network{"TESTNET": {
				ID: 1, Node: ledger.NewClient(platformOrigin+"/ledger", network),
			}},
			Platform: xaman.NewClient(platformOrigin, credentials, network), Sandbox: platformOrigin, Record: remembered,
		})
		if err != nil {
			t.Fatal(err)
		}
		defer b.Close()
		keys, err := orders.ParseKeys(privateKey)
		if err != nil {
			t.Fatal(err)
		}
		network[host(privateOrigin)] = orders.New(orders.Options{
			Backend: b, Record: remembered, Keys: keys, Base: siteOrigin + "/api",
		})
		there.to(b)
		test(t, world{network, b, there})
	})
}

func host(origin string) string { return strings.TrimPrefix(origin, "http://") }

func TestOurBackendConforms(t *testing.T) {
	inWorld(t, func(t *testing.T, w world) {
		for _, r := range w.try(t).Rules {
			if r.Outcome != conform.Kept {
				t.Errorf("%s: %s: %s", r.Rule, r.Outcome, r.Seen)
			}
		}
	})
}
