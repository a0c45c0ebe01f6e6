package backend

import (
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/xaman-live/xaman-live/devserver/xaman"
	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// forgetful is a platform whose answers to creations are lost, in one of several ways.
type forgetful struct {
	*fakePlatform
	answer    func(*http.Response) (*http.Response, error) // to a creation
	later     int                                          // looks that find nothing yet
	cancelled atomic.Int64
}

func (f *forgetful) RoundTrip(r *http.Request) (*http.Response, error) {
	identified := strings.Contains(r.URL.Path, "/payload/ci/")
	if identified {
		if f.later--; f.later >= 0 {
			return reply(404, `{"error":{"code":404}}`), nil
		}
	}
	if r.Method == http.MethodDelete {
		f.cancelled.Add(1)
	}
	response, err := f.fakePlatform.RoundTrip(r)
	if r.Method == http.MethodPost && err == nil {
		return f.answer(response)
	}
	return response, err
}

func TestCreationWhoseAnswerIsLost(t *testing.T) {
	broken := func(*http.Response) (*http.Response, error) { return nil, errors.New("connection reset") }
	answers := func(status int, body string) func(*http.Response) (*http.Response, error) {
		return func(*http.Response) (*http.Response, error) { return reply(status, body), nil }
	}
	tests := []struct {
		name   string
		answer func(*http.Response) (*http.Response, error)
		later  int
		code   payload.Code
		want   int64 // payloads cancelled
	}{
		{"the line breaks", broken, 0, api.PlatformUnavailable, 1},
		{"a proxy gives up", answers(502, "<html>"), 0, api.PlatformUnavailable, 1},
		{"an answer that is none", answers(200, "{}"), 0, api.PlatformUnavailable, 1},
		{"the call arrived twice", answers(400, `{"error":{"code":409}}`), 0, api.PlatformRefused, 1},
		{"known later", broken, 3, api.PlatformUnavailable, 1},
		{"never known", broken, 1 << 20, api.PlatformUnavailable, 0},
		{"refused", answers(400, `{"error":{"code":603}}`), 0, api.PlatformRefused, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := &forgetful{fakePlatform: &fakePlatform{}, answer: tt.answer, later: tt.later}
				backend, stop := newTestBackend(t, t.TempDir(), f, nil, nil)
				b := browserOf(t, backend)
				checkError(t, b.call("POST", "/api/sign-requests", `{"demo":"pay"}`), tt.code)
				time.Sleep(time.Hour)
				synctest.Wait()
				if got := f.cancelled.Load(); got != tt.want {
					t.Errorf("%d payloads were cancelled, want %d", got, tt.want)
				}
				if calls := f.calls.Load(); calls > 8 {
					t.Errorf("got %d calls to the platform, want few", calls)
				}
				stop()
			})
		})
	}
}

// What a phone has open or has signed stays, and whoever reads the log has to know.
func TestLostCreationThatCannotBeCancelled(t *testing.T) {
	const stays = `level=ERROR msg="cannot cancel a request whose creation was not answered`
	const over = `level=WARN msg="a request whose creation was not answered is over"`
	for reason, tt := range map[string]struct {
		meta xaman.Meta
		want string
	}{
		"ALREADY_OPENED":    {xaman.Meta{AppOpened: true}, stays},
		"ALREADY_RESOLVED":  {metaSigned, stays},
		"ALREADY_CANCELLED": {xaman.Meta{Cancelled: true, Expired: true}, over},
		"ALREADY_EXPIRED":   {xaman.Meta{Expired: true}, over},
	} {
		synctest.Test(t, func(t *testing.T) {
			log := &lockedText{}
			f := &forgetful{fakePlatform: &fakePlatform{meta: tt.meta, cancel: xaman.Cancellation{Reason: reason}}}
			f.answer = func(*http.Response) (*http.Response, error) { return nil, errors.New("connection reset") }
			backend, stop := newTestBackend(t, t.TempDir(), f, nil, slog.New(slog.NewTextHandler(log, nil)))
			checkError(t, browserOf(t, backend).call("POST", "/api/sign-requests", `{"demo":"pay"}`), api.PlatformUnavailable)
			time.Sleep(time.Hour)
			synctest.Wait()
			stop()
			text := log.String()
			if !strings.Contains(text, tt.want) || !strings.Contains(text, "reason="+reason) {
				t.Errorf("%s: got log %s, want %s", reason, text, tt.want)
			}
			if got := f.cancelled.Load(); got != 1 {
				t.Errorf("%s: asked %d times to cancel it, want once", reason, got)
			}
		})
	}
}

// The platform confuses two requests: that of an order is left alone.
func TestLostCreationCancelsNoOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &forgetful{fakePlatform: &fakePlatform{repeats: true}}
		f.answer = func(r *http.Response) (*http.Response, error) { return r, nil }
		backend, stop := newTestBackend(t, t.TempDir(), f, nil, nil)
		b := browserOf(t, backend)
		b.create("sign-in")
		checkError(t, b.other().call("POST", "/api/sign-requests", `{"demo":"pay"}`), api.PlatformRefused)
		time.Sleep(time.Hour)
		synctest.Wait()
		if got := f.cancelled.Load(); got != 0 {
			t.Errorf("%d payloads were cancelled, want none", got)
		}
		stop()
	})
}
