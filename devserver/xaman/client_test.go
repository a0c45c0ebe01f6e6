package xaman

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	key    = "0d0f6f5e-7a53-4a6b-8f0e-3f9c1f6f2a11"
	secret = "11111111-2222-4333-8444-555555555555"
	uuid   = payload.UUID("9a2c7a52-3c1e-4b53-9d4e-5f1b8c1f0a77")
)

// transport answers the requests of a client. It is where the network would be.
type transport func(*http.Request) (*http.Response, error)

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) { return t(r) }

func reply(status int, body string, header ...string) *http.Response {
	h := http.Header{}
	for i := 0; i < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	return &http.Response{StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body))}
}

// always gives the same reply, and counts the calls.
func always(calls *int, status int, body string, header ...string) transport {
	return func(*http.Request) (*http.Response, error) {
		*calls++
		return reply(status, body, header...), nil
	}
}

func testClient(t *testing.T, tr transport) *Client {
	t.Helper()
	credentials, err := ParseCredentials(key, secret)
	if err != nil {
		t.Fatal(err)
	}
	return NewClient("", credentials, tr)
}

func TestCreate(t *testing.T) {
	const answer = `{"uuid":"9a2c7a52-3c1e-4b53-9d4e-5f1b8c1f0a77", "new": 1,
		"next":{"always":"https://xumm.app/sign/9a2c7a52-3c1e-4b53-9d4e-5f1b8c1f0a77"},
		"refs":{"qr_png":"https://xumm.app/sign/9a2c7a52-3c1e-4b53-9d4e-5f1b8c1f0a77_q.png",
			"websocket_status":"wss://xumm.app/sign/9a2c7a52-3c1e-4b53-9d4e-5f1b8c1f0a77"}}`
	c := testClient(t, func(r *http.Request) (*http.Response, error) {
		got := fmt.Sprint(r.Method, " ", r.URL, " ", r.Header.Get("X-API-Key"), " ", r.Header.Get("X-API-Secret"))
		if want := "POST https://xumm.app/api/v1/platform/payload " + key + " " + secret; got != want {
			t.Errorf("got request %s, want %s", got, want)
		}
		if got := r.UserAgent(); !strings.HasPrefix(got, "xaman-live/") {
			t.Errorf("got the client's name %q, want it to be ours", got)
		}
		body, _ := io.ReadAll(r.Body)
		want := `{"txjson":{"Amount":"1"},"options":{"submit":false,"expire":5},"custom_meta":{"identifier":"a"}}`
		if string(body) != want {
			t.Errorf("got body %s, want %s", body, want)
		}
		return reply(200, answer), nil
	})
	created, err := c.Create(t.Context(), Request{
		TxJSON: []byte(`{"Amount":"1"}`), Options: Options{Expire: 5}, CustomMeta: CustomMeta{Identifier: "a"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if created.UUID != uuid || string(created.JSON()) != answer {
		t.Errorf("got %s %s, want %s and the answer untouched", created.UUID, created.JSON(), uuid)
	}
}

func TestCalls(t *testing.T) {
	var path string
	var body string
	c := testClient(t, func(r *http.Request) (*http.Response, error) {
		path = r.Method + " " + r.URL.EscapedPath()
		return reply(200, body), nil
	})

	body = `{"meta":{"uuid":"x"},"payload":{"expires_in_seconds":5}}`
	p, err := c.ByIdentifier(t.Context(), "a/b")
	if err != nil || p.Meta.UUID != "x" || path != "GET /api/v1/platform/payload/ci/a%2Fb" {
		t.Errorf("by identifier: got %+v, %v from %s", p, err, path)
	}

	body = `{"result":{"cancelled":false,"reason":"ALREADY_OPENED"},"meta":{"cancelled":true}}`
	got, err := c.Cancel(t.Context(), uuid)
	want := Cancellation{Reason: "ALREADY_OPENED"}
	if err != nil || got != want || path != "DELETE /api/v1/platform/payload/"+string(uuid) {
		t.Errorf("cancel: got %+v, %v from %s, want %+v", got, err, path, want)
	}
}

func TestGetRepeatsNotFound(t *testing.T) {
	tests := []struct {
		name     string
		missing  int // replies before the payload is known
		wantCall int
		wantWait time.Duration
		wantErr  error
	}{
		{"known at once", 0, 1, 0, nil},
		{"known a little later", 1, 2, 75 * time.Millisecond, nil},
		{"known at the last try", 2, 3, 325 * time.Millisecond, nil},
		{"unknown", 9, 3, 325 * time.Millisecond, ErrNotFound},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				calls := 0
				c := testClient(t, func(*http.Request) (*http.Response, error) {
					if calls++; calls <= tt.missing {
						return reply(404, `{"error":{"reference":"r","code":404}}`), nil
					}
					return reply(200, `{}`), nil
				})
				begin := time.Now()
				_, err := c.Get(t.Context(), uuid)
				if wait := time.Since(begin); calls != tt.wantCall || wait != tt.wantWait || !errors.Is(err, tt.wantErr) {
					t.Errorf("got %d calls in %v, %v, want %d in %v, %v", calls, wait, err, tt.wantCall, tt.wantWait, tt.wantErr)
				}
			})
		})
	}
}

func TestGetEndsWithContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		calls := 0
		c := testClient(t, always(&calls, 404, `{"error":true,"code":404,"reference":""}`))
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		if _, err := c.Get(ctx, uuid); !errors.Is(err, context.DeadlineExceeded) || calls != 1 {
			t.Errorf("got %v after %d calls, want the context's error after 1", err, calls)
		}
	})
}

func TestRateLimitHoldsCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		calls := 0
		c := testClient(t, always(&calls, 429, ``, "Retry-After", "7"))
		for _, wait := range []time.Duration{7 * time.Second, 4 * time.Second} {
			_, err := c.Cancel(t.Context(), uuid)
			if e, ok := errors.AsType[*Error](err); !ok || e.RetryAfter != wait || !errors.Is(err, ErrRateLimited) ||
				calls != 1 {
				t.Fatalf("got %v after %d calls, want to wait %v after 1", err, calls, wait)
			}
			time.Sleep(3 * time.Second)
		}
		time.Sleep(time.Second)
		if c.Cancel(t.Context(), uuid); calls != 2 {
			t.Errorf("got %d calls, want another one once the time is over", calls)
		}
	})
}

func TestUnavailable(t *testing.T) {
	tests := []struct {
		name string
		transport
	}{
		{"no connection", func(*http.Request) (*http.Response, error) { return nil, errors.New("refused") }},
		{"no answer", func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		}},
		{"not JSON", always(new(int), 200, `<html>`)},
		{"too long", always(new(int), 200, `"`+strings.Repeat("x", maxBytes)+`"`)},
		{"fatal error", always(new(int), 500, `{"error":true,"message":"","reference":"r","code":500}`)},
		{"bad gateway", always(new(int), 502, `<html>`)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				_, err := testClient(t, tt.transport).Get(t.Context(), uuid)
				if !errors.Is(err, ErrUnavailable) {
					t.Errorf("got %v, want ErrUnavailable", err)
				}
				if err != nil && strings.Contains(err.Error(), string(uuid)) {
					t.Errorf("got %q, which shows the uuid", err)
				}
			})
		})
	}
}

func TestCreateRefusesUnsafeAnswer(t *testing.T) {
	c := testClient(t, always(new(int), 200, `{"uuid":"9a2c7a52-3c1e-4b53-9d4e-5f1b8c1f0a77",
		"next":{"always":"javascript:alert(1)"},"refs":{"websocket_status":"wss://xumm.app/"}}`))
	if _, err := c.Create(t.Context(), Request{}); !errors.Is(err, ErrUnavailable) {
		t.Errorf("got %v, want ErrUnavailable", err)
	}
}

func TestCreateIsRefused(t *testing.T) {
	c := testClient(t, always(new(int), 400, `{"error":{"reference":"r","code":609}}`))
	_, err := c.Create(t.Context(), Request{})
	if e, ok := errors.AsType[*Error](err); !ok || e.Code != 609 || !strings.Contains(err.Error(), "known scams") {
		t.Errorf("got %v, want the platform's refusal", err)
	}
}

func TestRedirectIsNotFollowed(t *testing.T) {
	calls := 0
	c := testClient(t, always(&calls, 302, ``, "Location", "https://elsewhere.example/"))
	if _, err := c.Cancel(t.Context(), uuid); err == nil || calls != 1 {
		t.Errorf("got %v after %d calls, want an error after 1", err, calls)
	}
}
