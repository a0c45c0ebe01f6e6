package backend

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/xaman-live/xaman-live/devserver/record"
	"github.com/xaman-live/xaman-live/devserver/xaman"
	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// The database fails: nobody hears of what is not stored.
func TestNothingIsToldThatIsNotStored(t *testing.T) {
	t.Run("a new status", func(t *testing.T) {
		f := &fakePlatform{meta: xaman.Meta{AppOpened: true}}
		b, c := ordered(t, f, nil, nil)
		r := kept(t, b)
		closeRecord(b)
		checkError(t, c.call("GET", onePath, ""), api.Internal)
		if r.Answer.Status != payload.StatusPending || !r.asked.IsZero() {
			t.Errorf("got %s, want what is stored", r.Answer.Status)
		}
	})
	t.Run("a cancellation", func(t *testing.T) {
		f := &fakePlatform{cancel: xaman.Cancellation{Cancelled: true, Reason: "OK"}}
		b, c := ordered(t, f, nil, nil)
		r := kept(t, b)
		closeRecord(b)
		checkError(t, c.call("DELETE", onePath, ""), api.Internal)
		if r.Answer.Status != payload.StatusPending {
			t.Errorf("got %s, want what is stored", r.Answer.Status)
		}
	})
	t.Run("a webhook", func(t *testing.T) {
		b, c := ordered(t, &fakePlatform{}, nil, nil)
		r := kept(t, b)
		closeRecord(b)
		checkError(t, c.do(webhook(testUUID, "null")), api.Internal)
		if r.Announced || r.followed {
			t.Error("it is taken for announced")
		}
	})
	t.Run("a verdict", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			var log strings.Builder
			f := &fakePlatform{meta: metaSigned}
			node := &fakeNode{}
			node.slow.Store(int64(time.Second))
			b, c := ordered(t, f, node, slog.New(slog.NewTextHandler(&log, nil)))
			if a := c.get(); a.Verdict != payload.VerdictChecking {
				t.Fatalf("got %s, want checking", a.Verdict)
			}
			closeRecord(b)
			time.Sleep(time.Minute)
			if a := c.get(); a.Verdict != payload.VerdictChecking {
				t.Errorf("got %s, want checking for as long as it cannot be booked", a.Verdict)
			}
			text := log.String()
			if !strings.Contains(text, `msg="cannot store a verdict, trying again" uuid=9A2C err=`) ||
				strings.Contains(text, "msg=judged") {
				t.Errorf("got log %s", text)
			}
		})
	})
}

func TestCancellationFails(t *testing.T) {
	refusals := map[string]struct {
		status int
		body   string
		want   payload.Code
	}{
		"unknown": {404, `{"error":{"code":404}}`, api.NotFound}, "down": {502, "", api.PlatformUnavailable},
		"refused": {400, `{"error":{"code":603}}`, api.PlatformRefused}, "too fast": {429, "", api.TooManyRequests},
	}
	for name, tt := range refusals {
		t.Run(name, func(t *testing.T) {
			f := &fakePlatform{}
			b, c := ordered(t, f, nil, nil)
			f.change(func() { f.refuse = func(method string) (int, string) { return tt.status, tt.body } })
			w := c.call("DELETE", onePath, "")
			checkError(t, w, tt.want)
			if (w.Header().Get("Retry-After") != "") != (tt.want == api.TooManyRequests) {
				t.Errorf("got Retry-After %q", w.Header().Get("Retry-After"))
			}
			if r, err := b.requests.get(t.Context(), testUUID); err != nil || r.Answer.Status != payload.StatusPending {
				t.Errorf("got %+v, %v, want it to be pending still", r.Answer, err)
			}
		})
	}
	t.Run("and what became of it is not known", func(t *testing.T) {
		f := &fakePlatform{cancel: xaman.Cancellation{Reason: "ALREADY_OPENED"}}
		_, c := ordered(t, f, nil, nil)
		f.change(func() {
			f.refuse = func(method string) (int, string) {
				if method == "GET" {
					return 502, ""
				}
				return 0, ""
			}
		})
		checkError(t, c.call("DELETE", onePath, ""), api.PlatformUnavailable)
	})
	t.Run("too often", func(t *testing.T) {
		opened := xaman.Cancellation{Reason: "ALREADY_OPENED"}
		f := &fakePlatform{allowed: mostCalls, cancel: opened, meta: xaman.Meta{AppOpened: true}}
		_, c := ordered(t, f, nil, nil)
		for range askBurst {
			if w := c.call("DELETE", onePath, ""); w.Code != http.StatusOK {
				t.Fatalf("got %d %s", w.Code, w.Body)
			}
		}
		calls := f.calls.Load()
		w := c.call("DELETE", onePath, "")
		checkError(t, w, api.TooManyRequests)
		wait, more := w.Header().Get("Retry-After"), f.calls.Load()-calls
		if s, err := strconv.Atoi(wait); err != nil || s < 1 || s > 3 || more != 0 {
			t.Errorf("got Retry-After %q after %d more calls, want some seconds and none", wait, more)
		}
	})
}

// A request that is signed while the page cancels it is followed.
func TestCancellationOfWhatWasSigned(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakePlatform{cancel: xaman.Cancellation{Reason: "ALREADY_RESOLVED"}}
		b, c := ordered(t, f, nil, nil)
		f.change(func() { f.meta = metaSigned })
		if w := c.call("DELETE", onePath, ""); !strings.Contains(w.Body.String(), `"status":"signed"`) {
			t.Errorf("got %s, want it to be signed", w.Body)
		}
		synctest.Wait()
		if r, err := b.requests.get(t.Context(), testUUID); err != nil || r.Answer.Verdict != payload.VerdictVerified {
			t.Errorf("got %+v, %v, want it verified although nobody has asked again", r.Answer, err)
		}
	})
}

// The platform's allowance is used up when a webhook comes. The request is confirmed as soon as there is some again.
func TestConfirmationWaitsForTheAllowance(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakePlatform{}
		b, c := ordered(t, f, nil, nil)
		for range leastCalls {
			b.limits.take(time.Now(), confirming, visitor{})
		}
		f.change(func() { f.meta = metaSigned })
		c.do(webhook(testUUID, "null"))
		synctest.Wait()
		if calls := f.calls.Load(); calls != 1 {
			t.Errorf("got %d calls to the platform, want the one that created", calls)
		}
		if w := c.call("GET", onePath, ""); !stale(w) {
			t.Errorf("got %s, want it to be called old", w.Body)
		}
		time.Sleep(time.Minute + lastAsk)
		synctest.Wait()
		if r, err := b.requests.get(t.Context(), testUUID); err != nil || r.Answer.Verdict != payload.VerdictVerified {
			t.Errorf("got %+v, %v, want it verified", r.Answer, err)
		}
	})
}

// unreadable is a record that is damaged in all places but one.
type unreadable struct{ record.Record }

func (u unreadable) Get(ctx context.Context, uuid payload.UUID) (record.Entry, error) {
	if uuid != testUUID {
		return record.Entry{}, errors.New("unexpected end of JSON input")
	}
	return u.Record.Get(ctx, uuid)
}

// What cannot be read of the record does not keep the rest from being resumed.
func TestResumeSkipsWhatCannotBeRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log strings.Builder
		f := &fakePlatform{allowed: mostCalls, meta: metaSigned}
		b, _ := newTestBackend(t, t.TempDir(), f, &fakeNode{}, slog.New(slog.NewTextHandler(&log, nil)))
		c := browserOf(t, b)
		for range resumedAtOnce + 2 {
			c.other().create("pay")
		}
		b.record = unreadable{b.record}
		b.requests = newRequests(b.record)
		if err := b.resume(t.Context()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if r, err := b.requests.get(t.Context(), testUUID); err != nil || r.Answer.Verdict != payload.VerdictVerified {
			t.Errorf("got %+v, %v, want it verified", r.Answer, err)
		}
		if n := strings.Count(log.String(), `msg="cannot go on with a request" uuid=9A2C err=`); n != resumedAtOnce+1 {
			t.Errorf("got %d lines about the others, want %d", n, resumedAtOnce+1)
		}
	})
}

// A visitor who leaves while others are at it does not wait for them, and is not waited for.
func TestVisitorLeavesTheQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakePlatform{meta: xaman.Meta{AppOpened: true}}
		b, c := ordered(t, f, nil, nil)
		f.change(func() { f.slow = time.Minute })
		first := make(chan struct{})
		go func() {
			defer close(first)
			c.other().with(c.cookies).call("GET", onePath, "")
		}()
		synctest.Wait()
		ctx, leave := context.WithTimeout(t.Context(), time.Second)
		defer leave()
		began := time.Now()
		for _, method := range []string{"GET", "DELETE"} {
			c.other().with(c.cookies).do(httptest.NewRequestWithContext(ctx, method, onePath, nil))
		}
		c.other().do(webhook(testUUID, "null").WithContext(ctx))
		if waited := time.Since(began); waited != time.Second {
			t.Errorf("left after %v, want to be free after a second", waited)
		}
		<-first
		if r, err := b.requests.get(t.Context(), testUUID); err != nil || r.users != 1 {
			t.Errorf("got %d users, %v, want this one", r.users, err)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		f := &fakePlatform{slow: time.Minute}
		c := newBrowser(t, f)
		c.call("GET", "/", "")
		first := make(chan struct{})
		go func() {
			defer close(first)
			c.other().with(c.cookies).post("pay", "k")
		}()
		synctest.Wait()
		began := time.Now()
		c.other().with(c.cookies).leaving("pay", "k", time.Second)
		if waited := time.Since(began); waited != time.Second {
			t.Errorf("left after %v, want to be free after a second", waited)
		}
		<-first
	})
}

// with gives a browser cookies.
func (b *browser) with(cookies map[string]*http.Cookie) *browser {
	for name, c := range cookies {
		b.cookies[name] = c
	}
	return b
}

func TestAbortedAnswerStaysAborted(t *testing.T) {
	defer func() {
		if p := recover(); p != http.ErrAbortHandler {
			t.Errorf("got panic %v, want the connection to be cut", p)
		}
	}()
	h := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	recovering(slog.New(slog.DiscardHandler), h).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
}
