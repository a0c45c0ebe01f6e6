package backend

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
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
	for _, tt := range []struct {
		name     string
		platform *fakePlatform
		call     func(*visit) *httptest.ResponseRecorder
	}{
		{"a new status", &fakePlatform{meta: xaman.Meta{AppOpened: true}}, func(v *visit) *httptest.ResponseRecorder {
			return v.call("GET", onePath, "")
		}},
		{"a cancellation", &fakePlatform{cancel: xaman.Cancellation{Cancelled: true, Reason: "OK"}},
			func(v *visit) *httptest.ResponseRecorder { return v.call("DELETE", onePath, "") }},
		{"a webhook", &fakePlatform{}, func(v *visit) *httptest.ResponseRecorder {
			return v.do(webhook(testUUID, "null"))
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			paying(t, tt.platform, func(v *visit) {
				r := v.kept()
				closeRecord(v.backend)
				checkError(v.T, tt.call(v), api.Internal)
				if r.Answer.Status != payload.StatusPending || !r.asked.IsZero() || r.Announced || r.term != nil {
					v.Errorf("got %+v, want what is stored", r.Entry)
				}
			})
		})
	}
	t.Run("a verdict", func(t *testing.T) {
		paying(t, &fakePlatform{meta: metaSigned}, func(v *visit) {
			v.node.slow.Store(int64(time.Second))
			v.want(payload.VerdictChecking)
			closeRecord(v.backend)
			time.Sleep(time.Minute)
			v.want(payload.VerdictChecking) // for as long as it cannot be booked
			v.wantLog("event=verified", 0)
			if tries := v.logged(`msg="cannot store a verdict, trying again" uuid=9a2c7a52 err=`); tries == 0 {
				v.Errorf("got log %s, want every attempt", v.log)
			}
		})
	})
}

func TestCancellationFails(t *testing.T) {
	for name, tt := range map[string]struct {
		status int
		body   string
		want   payload.Code
	}{
		"unknown": {404, `{"error":{"code":404}}`, api.NotFound}, "down": {502, "", api.PlatformUnavailable},
		"refused": {400, `{"error":{"code":603}}`, api.PlatformRefused}, "too fast": {429, "", api.TooManyRequests},
	} {
		t.Run(name, func(t *testing.T) {
			paying(t, &fakePlatform{}, func(v *visit) {
				v.refuses(tt.status, tt.body)
				w := v.call("DELETE", onePath, "")
				checkError(v.T, w, tt.want)
				if (w.Header().Get("Retry-After") != "") != (tt.want == api.TooManyRequests) {
					v.Errorf("got Retry-After %q", w.Header().Get("Retry-After"))
				}
				if r := v.kept(); r.Answer.Status != payload.StatusPending {
					v.Errorf("got %+v, want it to be pending still", r.Answer)
				}
			})
		})
	}
	t.Run("and what became of it is not known", func(t *testing.T) {
		paying(t, &fakePlatform{cancel: xaman.Cancellation{Reason: "ALREADY_OPENED"}}, func(v *visit) {
			v.f.change(func() {
				v.f.refuse = func(method string) (int, string) { return map[string]int{"GET": 502}[method], "" }
			})
			checkError(v.T, v.call("DELETE", onePath, ""), api.PlatformUnavailable)
		})
	})
	t.Run("too often", func(t *testing.T) {
		opened := xaman.Cancellation{Reason: "ALREADY_OPENED"}
		paying(t, &fakePlatform{allowed: mostCalls, cancel: opened, meta: xaman.Meta{AppOpened: true}}, func(v *visit) {
			for range askBurst {
				if w := v.call("DELETE", onePath, ""); w.Code != http.StatusOK {
					v.Fatalf("got %d %s", w.Code, w.Body)
				}
			}
			calls := v.f.calls.Load()
			w := v.call("DELETE", onePath, "")
			checkError(v.T, w, api.TooManyRequests)
			v.wantCalls("too often", calls)
			if s, err := strconv.Atoi(w.Header().Get("Retry-After")); err != nil || s < 1 || s > 3 {
				v.Errorf("got Retry-After %q, want some seconds", w.Header().Get("Retry-After"))
			}
		})
	})
}

// A request that is signed while the page cancels it is followed, although nobody asks again.
func TestCancellationOfWhatWasSigned(t *testing.T) {
	paying(t, &fakePlatform{cancel: xaman.Cancellation{Reason: "ALREADY_RESOLVED"}}, func(v *visit) {
		v.says(metaSigned)
		if a := decodeAnswer(v.T, v.call("DELETE", onePath, "")); a.Status != payload.StatusSigned {
			v.Errorf("got %s, want it to be signed", a.Status)
		}
		synctest.Wait()
		v.wantKept(payload.VerdictVerified)
	})
}

// The platform's allowance is used up when a webhook comes. The request is confirmed as soon as there is some again.
func TestConfirmationWaitsForTheAllowance(t *testing.T) {
	paying(t, &fakePlatform{}, func(v *visit) {
		v.useUp(leastCalls)
		v.says(metaSigned)
		v.announce()
		synctest.Wait()
		v.wantCalls("without an allowance", 1)
		v.wantOld(true)
		v.pass(time.Minute + lastAsk)
		v.wantKept(payload.VerdictVerified)
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

// What cannot be read of the record does not keep the rest from being followed.
func TestResumeSkipsWhatCannotBeRead(t *testing.T) {
	visiting(t, &fakePlatform{allowed: mostCalls}, func(v *visit) {
		for range 5 {
			v.other().create("pay")
		}
		v.stop()
		v.says(metaSigned)
		o := v.options
		o.Record = unreadable{v.open()}
		v.start(o)
		v.pass(6 * time.Minute)
		v.wantKept(payload.VerdictVerified)
		v.wantLog(`msg="cannot go on with a request, trying again" uuid=9a2c7a52 err=`, 4)
	})
}

// A visitor who leaves while others are at it does not wait for them, and is not waited for.
func TestVisitorLeavesTheQueue(t *testing.T) {
	// queue has one visitor wait for a minute, and others for a second.
	queue := func(v *visit, first, others func(*browser)) {
		v.Helper()
		v.f.change(func() { v.f.slow = time.Minute })
		done := make(chan struct{})
		go func() {
			defer close(done)
			first(v.other().with(v.cookies))
		}()
		synctest.Wait()
		began := time.Now()
		others(v.other().with(v.cookies))
		if waited := time.Since(began); waited != time.Second {
			v.Errorf("left after %v, want to be free after a second", waited)
		}
		<-done
	}
	paying(t, &fakePlatform{meta: xaman.Meta{AppOpened: true}}, func(v *visit) {
		queue(v, func(b *browser) { b.call("GET", onePath, "") }, func(b *browser) {
			ctx, leave := context.WithTimeout(v.Context(), time.Second)
			defer leave()
			for _, method := range []string{"GET", "DELETE"} {
				b.do(httptest.NewRequestWithContext(ctx, method, onePath, nil))
			}
			b.do(webhook(testUUID, "null").WithContext(ctx))
		})
		if r := v.kept(); r.users != 1 {
			v.Errorf("got %d users, want this one", r.users)
		}
	})
	visiting(t, &fakePlatform{}, func(v *visit) {
		v.call("GET", "/", "")
		queue(v, func(b *browser) { b.post("pay", "k") }, func(b *browser) { b.leaving("pay", "k", time.Second) })
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
	Recovering(slog.New(slog.DiscardHandler), h).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
}
