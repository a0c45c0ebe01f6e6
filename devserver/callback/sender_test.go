package callback

import (
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"
)

const (
	deliveryID   = "9a2c7a52-3c1e-4b53-9d4e-5f1b8c1f0a77-verified-shop"
	deliveryBody = `{"id":"` + deliveryID + `","event":"verified"}`
)

// newSender sends to one receiver, "shop".
func newSender(t *testing.T, url string, secrets ...Secret) *Sender {
	t.Helper()
	s, err := New(map[string]Receiver{"shop": {url, secrets}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// arrival is a delivery as a receiver gets it.
type arrival struct {
	method, path string
	header       http.Header
	body         []byte
}

// deliver sends one to a receiver that takes it.
func deliver(t *testing.T, secrets ...Secret) arrival {
	t.Helper()
	arrived := make(chan arrival, 1)
	shop := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Errorf("read: %v", err)
		}
		arrived <- arrival{r.Method, r.URL.String(), r.Header, body}
	}))
	t.Cleanup(shop.Close)
	s := newSender(t, shop.URL+"/paid?from=here", secrets...)
	if err := s.Send(t.Context(), "shop", deliveryID, []byte(deliveryBody)); err != nil {
		t.Fatalf("got %v, want it delivered", err)
	}
	return <-arrived
}

func TestDelivery(t *testing.T) {
	got := deliver(t, oldSecret)
	if got.method != "POST" || got.path != "/paid?from=here" || string(got.body) != deliveryBody {
		t.Errorf("got %s %s %s", got.method, got.path, got.body)
	}
	if kind, id := got.header.Get("Content-Type"), got.header.Get("Xaman-Live-Id"); kind != "application/json" ||
		id != deliveryID {
		t.Errorf("got type %q and id %q", kind, id)
	}
	seconds, err := strconv.ParseInt(got.header.Get("Xaman-Live-Time"), 10, 64)
	if err != nil || time.Since(time.Unix(seconds, 0)) > time.Minute {
		t.Errorf("got time %q, %v, want now", got.header.Get("Xaman-Live-Time"), err)
	}
	if n := strings.Count(got.header.Get("Xaman-Live-Signature"), "v1="); n != 1 {
		t.Errorf("got %d signatures, want one for each secret", n)
	}
}

// The signature is that of any other program that computes HMAC-SHA256.
func TestSignature(t *testing.T) {
	const want = "v1=372cd5e75cec149ca89b55e6afad728497a4094182d6730ec29bf7c644780ea7"
	now := time.Unix(1_795_344_000, 0)
	if got := signatures([]Secret{"0123456789abcdef0123456789abcdef"}, now, []byte(`{"event":"verified"}`)); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestACallbackThatIsNotConfiguredAnyMore(t *testing.T) {
	s := newSender(t, "https://shop.example/", oldSecret)
	err := s.Send(t.Context(), "gone", deliveryID, []byte(deliveryBody))
	if err == nil || err.Error() != `the configuration has no callback "gone" any more` {
		t.Errorf("got %v", err)
	}
}

// One connection is enough for all deliveries, one after the other.
func TestConnectionsAreUsedAgain(t *testing.T) {
	opened := make(chan struct{}, 20)
	shop := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "thank you")
	}))
	shop.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			opened <- struct{}{}
		}
	}
	shop.Start()
	t.Cleanup(shop.Close)
	s := newSender(t, shop.URL, oldSecret)
	for range 10 {
		if err := s.Send(t.Context(), "shop", deliveryID, []byte(deliveryBody)); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(opened); n != 1 {
		t.Errorf("got %d connections for 10 deliveries, want 1", n)
	}
}

// What a receiver gets no answer for is to be tried again.
func TestUnreached(t *testing.T) {
	tls := httptest.NewUnstartedServer(http.NotFoundHandler())
	tls.Config.ErrorLog = log.New(io.Discard, "", 0) // which would tell of the certificate
	tls.StartTLS()
	t.Cleanup(tls.Close)
	plain := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(plain.Close)
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	resets, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	t.Cleanup(func() { resets.Close(); <-ended })
	go func() {
		defer close(ended)
		for {
			c, err := resets.Accept()
			if err != nil {
				return
			}
			_ = c.(*net.TCPConn).SetLinger(0) // so that it is reset
			c.Close()
		}
	}()
	for _, tt := range []struct{ name, url, want string }{
		{"nobody listens", "http://" + closed.Addr().String(), "nobody listens at the receiver's address: "},
		{"resets", "http://" + resets.Addr().String(), "the receiver ended the connection without an answer: "},
		{"its own certificate", tls.URL, "the receiver's certificate is not to be trusted: "},
		{"HTTP where HTTPS was expected", strings.Replace(plain.URL, "http:", "https:", 1), "the receiver was not reached: "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newSender(t, tt.url+"/paid?token=sesame", oldSecret)
			err := s.Send(t.Context(), "shop", deliveryID, []byte(deliveryBody))
			if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
			if err != nil && strings.Contains(err.Error(), "sesame") {
				t.Errorf("got %v, which tells what is in the address", err)
			}
		})
	}
}
