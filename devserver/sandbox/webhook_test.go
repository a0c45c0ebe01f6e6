package sandbox

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/xaman-live/xaman-live/devserver/sandbox/engine"
)

func TestWebhookSignature(t *testing.T) {
	const body = `{"meta":{"url":"https://shop.example/hook","application_uuidv4":` +
		`"0d0f6f5e-7a53-4a6b-8f0e-3f9c1f6f2a11","payload_uuidv4":"9a2c7a52-3c1e-4b53-9d4e-5f1b8c1f0a77"},` +
		`"payloadResponse":{"payload_uuidv4":"9a2c7a52-3c1e-4b53-9d4e-5f1b8c1f0a77","signed":true}}`
	got := webhookSignature("6b1f0f3e-2c1d-4d7a-9e55-1a2b3c4d5e6f", "1767225600", []byte(body))
	if want := "57392157e2d8c7b80c95ed5dbaa698e20642f66d"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

const (
	hookURL = "http://shop.example/hook?key=hush"
	site    = "http://site.example" // the origin whose pages may watch the wire and show the phone
)

// shop is the server that webhooks go to.
type shop struct {
	answer func(r *http.Request) (*http.Response, error)

	mu  sync.Mutex
	got []hooked
}

// hooked is a webhook as it came.
type hooked struct {
	header http.Header
	body   string
	at     time.Time
}

func (s *shop) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.got = append(s.got, hooked{r.Header.Clone(), string(body), time.Now()})
	s.mu.Unlock()
	return s.answer(r)
}

// take returns what came since the last take.
func (s *shop) take() []hooked {
	synctest.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	got := s.got
	s.got = nil
	return got
}

// genuine reports whether a webhook is signed, at the time it came.
func (h hooked) genuine() bool {
	now := strconv.FormatInt(h.at.Unix(), 10)
	return h.header.Get("X-Xumm-Request-Timestamp") == now &&
		h.header.Get("X-Xumm-Request-Signature") == webhookSignature(Secret, now, []byte(h.body))
}

func answering(status int) func(*http.Request) (*http.Response, error) {
	return func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: status, Body: http.NoBody}, nil
	}
}

// inShop runs a test in a world where the main application's webhooks go to a shop.
func inShop(t *testing.T, answer func(*http.Request) (*http.Response, error), test func(w world, s *shop)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := &shop{answer: answer}
		c := Config{BaseURL: base, WebhookURL: hookURL, Transport: s, Sites: []string{site}}
		run(t, c, func(w world) { test(w, s) })
	})
}

func TestWebhook(t *testing.T) {
	for act, signed := range map[string]string{"accept": "true", "reject": "false"} {
		inShop(t, answering(http.StatusOK), func(w world, s *shop) {
			a := w.otherApp("POST", "payload", signIn)
			w.must(a.json["uuid"].(string), "accept") // that application has no webhooks
			uuid := w.create(signInWith(`"custom_meta":{"identifier":"order"}`))
			w.must(uuid, "open", "minute", act, "hour")
			got := s.take()
			if len(got) != 1 {
				w.t.Fatalf("%s: got %d webhooks, want 1", act, len(got))
			}
			o := w.payload(uuid).Outcome
			tail, user := "", "null"
			if o.Signed {
				tail = `,"txid":"` + o.Signature.TxID + `"`
				user = fmt.Sprintf(`{"user_token":"%s","token_issued":%d,"token_expiration":%d}`,
					o.Token.Value, o.At.Unix(), o.At.Add(engine.TokenLife).Unix())
			}
			want := `{"meta":{"url":"` + hookURL + `","application_uuidv4":"` + Key + `","payload_uuidv4":"` + uuid +
				`","opened_by_deeplink":true},"custom_meta":{"identifier":"order","blob":null,"instruction":null},` +
				`"payloadResponse":{"payload_uuidv4":"` + uuid + `","reference_call_uuidv4":"` + o.CallRef +
				`","signed":` + signed + `,"user_token":` + signed + `,"return_url":{"app":null,"web":null}` + tail +
				`},"userToken":` + user + `}`
			if got[0].body != want {
				w.t.Errorf("got\n%s\nwant\n%s", got[0].body, want)
			}
			now := strconv.FormatInt(got[0].at.Unix(), 10)
			wantHeader := http.Header{
				"Content-Type": {"application/json"}, "User-Agent": {"xumm-webhook"}, "X-Xumm-Attempt": {"1"},
				"X-Xumm-Payload": {uuid}, "X-Xumm-Request-Timestamp": {now},
				"X-Xumm-Request-Signature": {webhookSignature(Secret, now, []byte(want))},
			}
			if !reflect.DeepEqual(got[0].header, wantHeader) {
				w.t.Errorf("got %v, want %v", got[0].header, wantHeader)
			}
			if got := pick(w.api("GET", "ping", "").json, "auth.application.webhookurl"); got != hookURL {
				w.t.Errorf("ping: got %s", got)
			}
		})
	}
}

// A shop that does not answer is given up on after a while, each time; the engine's tests know when it is tried again.
func TestWebhookWithoutAnswer(t *testing.T) {
	never := func(r *http.Request) (*http.Response, error) {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	inShop(t, never, func(w world, s *shop) {
		w.must(w.create(signIn), "accept", "hour")
		attempts := s.take()
		var got []time.Duration
		for i, h := range attempts {
			got = append(got, h.at.Sub(attempts[0].at))
			if attempt := h.header.Get("X-Xumm-Attempt"); attempt != strconv.Itoa(i+1) || !h.genuine() {
				w.t.Errorf("attempt %d says it is %s, or is not signed afresh: %v", i+1, attempt, h)
			}
		}
		if want := []time.Duration{0, 25e9, 100e9, 715e9, 1330e9}; !slices.Equal(got, want) {
			w.t.Errorf("got attempts at %v, want %v", got, want)
		}
	})
}

func TestUnreachable(t *testing.T) {
	unknown := &net.DNSError{Err: "no such host", IsNotFound: true}
	for name, tt := range map[string]struct {
		err  error
		want bool
	}{
		"no error":           {nil, false},
		"connection reset":   {&net.OpError{Op: "read", Err: syscall.ECONNRESET}, false},
		"no answer":          {&net.OpError{Op: "dial", Err: &net.DNSError{IsTimeout: true}}, false},
		"connection refused": {&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}, true},
		"unknown name":       {&net.OpError{Op: "dial", Err: unknown}, true},
		"wrong certificate":  {&tls.CertificateVerificationError{Err: errors.New("unknown authority")}, true},
		"no TLS":             {tls.RecordHeaderError{Msg: "not TLS"}, true},
		"TLS alert":          {&net.OpError{Op: "remote error", Err: errors.New("handshake failure")}, true},
	} {
		if got := unreachable(tt.err); got != tt.want {
			t.Errorf("%s: got %v, want %v", name, got, tt.want)
		}
	}
}

func TestWebhookEndsWithTheSandbox(t *testing.T) {
	inShop(t, answering(http.StatusInternalServerError), func(w world, s *shop) {
		w.must(w.create(signIn), "accept", "second")
		start := time.Now()
		w.platform.Close()
		if took, got := time.Since(start), s.take(); took > 0 || len(got) != 1 {
			w.t.Errorf("close took %v after %d attempts", took, len(got))
		}
	})
}

func TestWebhookFaults(t *testing.T) {
	const usual = 150 * time.Millisecond
	for fault, tt := range map[string]struct {
		at    []time.Duration // since the signature
		valid bool
	}{
		"webhook-lost":          {nil, true},
		"webhook-twice":         {[]time.Duration{usual, usual}, true},
		"webhook-bad-signature": {[]time.Duration{usual}, false},
		"webhook-late":          {[]time.Duration{usual + 10*time.Second}, true},
		"database-lag":          {[]time.Duration{usual}, true},
	} {
		t.Run(fault, func(t *testing.T) {
			inShop(t, answering(http.StatusOK), func(w world, s *shop) {
				uuid := w.create(signIn)
				w.fault(uuid, fault)
				w.begin(uuid)
				start := time.Now()
				time.Sleep(time.Hour)
				var got []time.Duration
				for _, h := range s.take() {
					got = append(got, h.at.Sub(start))
					if h.genuine() != tt.valid {
						w.t.Errorf("got a valid signature: %v, want %v", h.genuine(), tt.valid)
					}
				}
				if !slices.Equal(got, tt.at) {
					w.t.Errorf("got webhooks after %v, want %v", got, tt.at)
				}
			})
		})
	}
}
