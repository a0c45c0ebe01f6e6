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
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/xaman-live/xaman-live/devserver/sandbox/engine"
)

func TestWebhookSignature(t *testing.T) {
	const body = `{"meta":{"url":"https://shop.example/hook","application_uuidv4":"0d0f6f5e-7a53-4a6b-8f0e-3f9c1f6f2a11","payload_uuidv4":"9a2c7a52-3c1e-4b53-9d4e-5f1b8c1f0a77"},"payloadResponse":{"payload_uuidv4":"9a2c7a52-3c1e-4b53-9d4e-5f1b8c1f0a77","signed":true}}`
	if got, want := webhookSignature("6b1f0f3e-2c1d-4d7a-9e55-1a2b3c4d5e6f", "1767225600", []byte(body)), "57392157e2d8c7b80c95ed5dbaa698e20642f66d"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

const hookURL = "http://shop.example/hook"

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
	return h.header.Get("X-Xumm-Request-Timestamp") == now && h.header.Get("X-Xumm-Request-Signature") == webhookSignature(Secret, now, []byte(h.body))
}

func answering(status int) func(*http.Request) (*http.Response, error) {
	return func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: status, Body: http.NoBody}, nil
	}
}

func failing(err error) func(*http.Request) (*http.Response, error) {
	return func(*http.Request) (*http.Response, error) { return nil, err }
}

// inShop runs a test in a world where the main application's webhooks go to a shop.
func inShop(t *testing.T, answer func(*http.Request) (*http.Response, error), test func(w world, s *shop)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		run(t, Config{BaseURL: base, WebhookURL: hookURL}, func(w world) {
			s := &shop{answer: answer}
			w.platform.webhooks.Transport = s
			test(w, s)
		})
	})
}

func TestWebhook(t *testing.T) {
	for _, act := range []string{"accept", "reject"} {
		t.Run(act, func(t *testing.T) {
			inShop(t, answering(http.StatusOK), func(w world, s *shop) {
				uuid := w.create(`{"txjson":{"TransactionType":"SignIn"},"custom_meta":{"identifier":"order"}}`)
				w.must(uuid, "open")
				time.Sleep(time.Minute)
				if got := s.take(); len(got) != 0 {
					t.Fatalf("got %v before it is resolved", got)
				}
				w.must(uuid, act)
				signedAt := time.Now()
				time.Sleep(time.Hour)
				got := s.take()
				if len(got) != 1 {
					t.Fatalf("got %d webhooks, want 1", len(got))
				}
				o := w.payload(uuid).Outcome
				signed, user := fmt.Sprint(o.Signed), "null"
				tail := ``
				if o.Signed {
					tail = `,"txid":"` + o.Signature.TxID + `"`
					user = fmt.Sprintf(`{"user_token":"%s","token_issued":%d,"token_expiration":%d}`, o.Token.Value, signedAt.Unix(), signedAt.Add(engine.TokenLife).Unix())
				}
				want := `{"meta":{"url":"` + hookURL + `","application_uuidv4":"` + Key + `","payload_uuidv4":"` + uuid + `","opened_by_deeplink":true},` +
					`"custom_meta":{"identifier":"order","blob":null,"instruction":null},` +
					`"payloadResponse":{"payload_uuidv4":"` + uuid + `","reference_call_uuidv4":"` + o.CallRef + `","signed":` + signed + `,"user_token":` + signed + `,"return_url":{"app":null,"web":null}` + tail + `},` +
					`"userToken":` + user + `}`
				if got[0].body != want {
					t.Errorf("got\n%s\nwant\n%s", got[0].body, want)
				}
				now := strconv.FormatInt(got[0].at.Unix(), 10)
				wantHeader := http.Header{
					"Content-Type": {"application/json"}, "User-Agent": {"xumm-webhook"}, "X-Xumm-Attempt": {"1"}, "X-Xumm-Payload": {uuid},
					"X-Xumm-Request-Timestamp": {now}, "X-Xumm-Request-Signature": {webhookSignature(Secret, now, []byte(want))},
				}
				if !reflect.DeepEqual(got[0].header, wantHeader) {
					t.Errorf("got %v, want %v", got[0].header, wantHeader)
				}
			})
		})
	}
}

func TestWebhookIsForTheMainApplication(t *testing.T) {
	inShop(t, answering(http.StatusOK), func(w world, s *shop) {
		a := w.do("POST", "/api/v1/platform/payload", signIn, credentials(apps("")[1].Key, apps("")[1].Secret))
		w.must(a.json["uuid"].(string), "accept")
		time.Sleep(time.Hour)
		if got := s.take(); len(got) != 0 {
			t.Errorf("got %v", got)
		}
		if a := w.api("GET", "ping", ""); !strings.Contains(a.body, `"webhookurl":"`+hookURL+`"`) {
			t.Errorf("ping: got %s", a.body)
		}
	})
}

func TestWebhookRetries(t *testing.T) {
	never := func(r *http.Request) (*http.Response, error) {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	dial := func(err error) error { return &net.OpError{Op: "dial", Err: err} }
	all := []time.Duration{0, 10 * time.Second, 70 * time.Second, 670 * time.Second, 1270 * time.Second}
	slow := []time.Duration{0, 25 * time.Second, 100 * time.Second, 715 * time.Second, 1330 * time.Second}
	tests := []struct {
		name   string
		answer func(*http.Request) (*http.Response, error)
		want   []time.Duration // of the attempts, since the first
	}{
		{"OK", answering(200), all[:1]},
		{"created", answering(201), all[:1]},
		{"no content", answering(204), all[:1]},
		{"accepted", answering(202), all},
		{"not found", answering(404), all},
		{"broken", answering(500), all},
		{"connection reset", failing(&net.OpError{Op: "read", Err: syscall.ECONNRESET}), all},
		{"no answer", never, slow},
		{"connection refused", failing(dial(syscall.ECONNREFUSED)), all[:1]},
		{"unknown name", failing(dial(&net.DNSError{Err: "no such host", IsNotFound: true})), all[:1]},
		{"wrong certificate", failing(&tls.CertificateVerificationError{Err: errors.New("unknown authority")}), all[:1]},
		{"no TLS", failing(tls.RecordHeaderError{Msg: "not TLS"}), all[:1]},
		{"TLS alert", failing(&net.OpError{Op: "remote error", Err: errors.New("handshake failure")}), all[:1]},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inShop(t, tt.answer, func(w world, s *shop) {
				w.must(w.create(signIn), "accept")
				time.Sleep(24 * time.Hour)
				var got []time.Duration
				attempts := s.take()
				for i, h := range attempts {
					got = append(got, h.at.Sub(attempts[0].at))
					if attempt, want := h.header.Get("X-Xumm-Attempt"), strconv.Itoa(i+1); attempt != want {
						t.Errorf("got attempt %s, want %s", attempt, want)
					}
					if !h.genuine() {
						t.Errorf("attempt %d is not signed afresh: %v", i+1, h)
					}
				}
				if !slices.Equal(got, tt.want) {
					t.Errorf("got attempts at %v, want %v", got, tt.want)
				}
			})
		})
	}
}

func TestWebhookEndsWithThePlatform(t *testing.T) {
	inShop(t, answering(http.StatusInternalServerError), func(w world, s *shop) {
		w.must(w.create(signIn), "accept")
		time.Sleep(time.Second)
		start := time.Now()
		w.platform.Close()
		if took, got := time.Since(start), s.take(); took > 0 || len(got) != 1 {
			t.Errorf("close took %v after %d attempts", took, len(got))
		}
	})
}

func TestWebhookFaults(t *testing.T) {
	tests := []struct {
		fault string
		at    []time.Duration // since the signature
		valid bool
	}{
		{"webhook-lost", nil, true},
		{"webhook-twice", []time.Duration{150 * time.Millisecond, 150 * time.Millisecond}, true},
		{"webhook-bad-signature", []time.Duration{150 * time.Millisecond}, false},
		{"webhook-late", []time.Duration{10150 * time.Millisecond}, true},
	}
	for _, tt := range tests {
		t.Run(tt.fault, func(t *testing.T) {
			inShop(t, answering(http.StatusOK), func(w world, s *shop) {
				uuid := w.create(signIn)
				w.fault(uuid, tt.fault)
				w.begin(uuid)
				start := time.Now()
				time.Sleep(time.Hour)
				var got []time.Duration
				for _, h := range s.take() {
					got = append(got, h.at.Sub(start))
					if h.genuine() != tt.valid {
						t.Errorf("got a valid signature: %v, want %v", h.genuine(), tt.valid)
					}
				}
				if !slices.Equal(got, tt.at) {
					t.Errorf("got webhooks after %v, want %v", got, tt.at)
				}
			})
		})
	}
}

func TestFaultDatabaseLag(t *testing.T) {
	inShop(t, answering(http.StatusOK), func(w world, s *shop) {
		uuid := w.create(signIn)
		w.fault(uuid, "database-lag")
		l := w.listen(uuid)
		l.take()
		w.begin(uuid)
		l.expect(isOpened, isOpened, isPreSigned, "signed")
		time.Sleep(databaseLag)
		if resolved, hooks := w.get(uuid)["meta"].(map[string]any)["resolved"], s.take(); resolved != false || len(hooks) != 1 {
			t.Errorf("got resolved %v after %d webhooks, want false after 1", resolved, len(hooks))
		}
		time.Sleep(time.Second)
		if resolved := w.get(uuid)["meta"].(map[string]any)["resolved"]; resolved != true {
			t.Errorf("got resolved %v, want true", resolved)
		}
	})
}
