package backend

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/xaman-live/xaman-live/devserver/xaman"
	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

func TestContract(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, node := &fakePlatform{left: 290}, &fakeNode{}
		b, _ := newTestBackend(t, t.TempDir(), f, node, nil)
		c := browserOf(t, b).client()
		made, err := c.Create(t.Context(), api.Create{Demo: "pay"}, "")
		if err != nil {
			t.Fatal(err)
		}
		if made.Status != payload.StatusPending || made.Verdict != payload.VerdictNone || made.ExpiresIn == nil ||
			*made.ExpiresIn != 300 {
			t.Errorf("create: got %+v, want a pending request with 300 s left", made.Answer)
		}
		want := payload.Summary{
			Site: "Shop", Type: "Payment", Amount: "2.5", Currency: "XRP", Destination: testShop, DestinationTag: "4711",
			MaxFee: "1", Network: testNetwork,
		}
		if !reflect.DeepEqual(made.Summary, want) {
			t.Errorf("create: got summary %+v, want %+v", made.Summary, want)
		}
		if created, err := payload.ParseCreated(made.Payload); err != nil || created.UUID != testUUID {
			t.Errorf("create: got payload %s, %v", made.Payload, err)
		}
		if r := f.request.Load(); !r.Options.Submit || r.Options.ForceNetwork != "TESTNET" ||
			len(r.CustomMeta.Identifier) < 20 ||
			len(r.CustomMeta.Identifier) > 40 || r.CustomMeta.Instruction == "" {
			t.Errorf("create: platform was asked for %+v", r)
		}

		f.change(func() { f.meta = xaman.Meta{Resolved: true, Signed: true, AppOpened: true} })
		node.silent.Store(true)
		got, err := c.Get(t.Context(), testUUID)
		if err != nil || got.Status != payload.StatusSigned || got.Verdict != payload.VerdictChecking ||
			got.Result != (payload.Result{}) {
			t.Errorf("get: got %+v, %v, want it to be checked, without a result", got, err)
		}
		node.silent.Store(false)
		time.Sleep(steadily)
		synctest.Wait()
		got, err = c.Get(t.Context(), testUUID)
		if err != nil {
			t.Fatal(err)
		}
		result := got.Result
		if got.Status != payload.StatusSigned || got.Verdict != payload.VerdictVerified || *got.ExpiresIn != 289 ||
			result.Account != testAccount || result.TxID != signatures["Payment"].txid || result.Network != "TESTNET" {
			t.Errorf("get: got %+v, want it verified with 289 s left", got.Answer)
		}
		if want := "https://xumm.app/explorer/testnet/" + result.TxID; result.Explorer != want {
			t.Errorf("get: got explorer %q, want %q", result.Explorer, want)
		}
		if got, want := f.request.Load().Options.ReturnURL.App, "http://shop.example/?request={id}"; got != want {
			t.Errorf("create: got return URL %q, want %q", got, want)
		}
		if len(got.Checks) != 10 || string(got.Payload) != string(made.Payload) ||
			!reflect.DeepEqual(got.Summary, made.Summary) {
			t.Errorf("get: got %+v, want ten checks and what create said", got)
		}

		f.change(func() { f.cancel = xaman.Cancellation{Reason: "ALREADY_RESOLVED"} })
		gone, err := c.Cancel(t.Context(), testUUID)
		if err != nil || gone.Cancelled || gone.Reason != "ALREADY_RESOLVED" || gone.Verdict != payload.VerdictVerified {
			t.Errorf("cancel: got %+v, %v, want it to be verified still", gone, err)
		}
	})
}

func TestSignInHasNoTxID(t *testing.T) {
	visiting(t, &fakePlatform{meta: xaman.Meta{Resolved: true, Signed: true}}, func(v *visit) {
		v.create("sign-in")
		v.get()
		synctest.Wait()
		if a := v.get(); a.Verdict != payload.VerdictVerified || a.Result.TxID+a.Result.Explorer != "" {
			v.Errorf("got %+v, want it verified, and no transaction that a ledger would know", a)
		}
	})
}

func TestCancel(t *testing.T) {
	tests := []struct {
		name   string
		meta   xaman.Meta // after the call
		cancel xaman.Cancellation
		want   payload.Status
	}{
		// The platform's databases may still say that it is pending.
		{"cancelled", xaman.Meta{}, xaman.Cancellation{Cancelled: true, Reason: "OK"}, payload.StatusCancelled},
		{"cancelled before", xaman.Meta{Cancelled: true, Expired: true}, xaman.Cancellation{Reason: "ALREADY_CANCELLED"},
			payload.StatusCancelled},
		{"opened", xaman.Meta{AppOpened: true}, xaman.Cancellation{Reason: "ALREADY_OPENED"}, payload.StatusOpened},
		{"expired", xaman.Meta{Expired: true}, xaman.Cancellation{Reason: "ALREADY_EXPIRED"}, payload.StatusExpired},
		{"declined", xaman.Meta{Resolved: true}, xaman.Cancellation{Reason: "ALREADY_RESOLVED"}, payload.StatusRejected},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			paying(t, &fakePlatform{left: 290, cancel: tt.cancel}, func(v *visit) {
				v.says(tt.meta)
				got, err := v.client().Cancel(v.Context(), testUUID)
				if err != nil || got.Status != tt.want || got.Cancelled != tt.cancel.Cancelled || got.Reason != tt.cancel.Reason {
					v.Errorf("got %+v, %v, want %s and %+v", got, err, tt.want, tt.cancel)
				}
				if a := v.get(); a.Status != tt.want {
					v.Errorf("asked again: got %s, want %s still", a.Status, tt.want)
				}
			})
		})
	}
}

func TestAnswersFromMemory(t *testing.T) {
	open := xaman.Meta{AppOpened: true}
	signed := metaSigned
	type step struct {
		after time.Duration
		meta  xaman.Meta
		want  payload.Status
		calls int64 // to the platform, in all, that of creation included
	}
	tests := []struct {
		name  string
		steps []step
	}{
		{"two tabs ask at once", []step{{0, open, payload.StatusOpened, 2},
			{10 * time.Millisecond, open, payload.StatusOpened, 2}}},
		{"platform's database lags behind its socket", []step{
			{0, open, payload.StatusOpened, 2},
			{250 * time.Millisecond, signed, payload.StatusSigned, 3},
		}},
		{"final answers are kept", []step{{0, signed, payload.StatusSigned, 2}, {time.Hour, open, payload.StatusSigned, 2}}},
		{"expired, and signed after all", []step{
			{0, xaman.Meta{Expired: true}, payload.StatusExpired, 2},
			{time.Minute, signed, payload.StatusSigned, 3},
		}},
		{"opened and expired is not final", []step{
			{0, xaman.Meta{AppOpened: true, Expired: true}, payload.StatusOpened, 2},
			{time.Minute, signed, payload.StatusSigned, 3},
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			paying(t, &fakePlatform{}, func(v *visit) {
				for i, s := range tt.steps {
					time.Sleep(s.after)
					v.says(s.meta)
					if got, calls := v.get().Status, v.f.calls.Load(); got != s.want || calls != s.calls {
						v.Errorf("step %d: got %s after %d calls, want %s after %d", i, got, calls, s.want, s.calls)
					}
				}
			})
		})
	}
}

func TestPlatformFailures(t *testing.T) {
	const refused = `{"error":{"reference":"r","code":603}}`
	tests := []struct {
		name   string
		status int
		body   string
		create payload.Code
		get    payload.Code // "": the last known answer, which says that it is old
	}{
		{"rate limited", 429, ``, api.TooManyRequests, ""},
		{"forbidden without reason", 403, `<html>`, api.TooManyRequests, ""},
		{"unknown so far", 404, `{"error":{"code":404}}`, api.PlatformRefused, ""},
		{"refused", 400, refused, api.PlatformRefused, api.PlatformRefused},
		{"wrong secret", 403, `{"error":{"code":813}}`, api.PlatformRefused, api.PlatformRefused},
		{"down", 502, `<html>`, api.PlatformUnavailable, ""},
		{"nonsense", 200, `<html>`, api.PlatformUnavailable, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			visiting(t, &fakePlatform{}, func(v *visit) {
				v.refuses(tt.status, tt.body)
				checkError(v.T, v.call("POST", "/api/sign-requests", `{"demo":"pay"}`), tt.create)

				time.Sleep(time.Minute)
				v.refuses(0, "")
				v.create("pay")
				v.refuses(tt.status, tt.body)
				if w := v.call("GET", onePath, ""); tt.get != "" {
					checkError(v.T, w, tt.get)
				} else if a := decodeAnswer(v.T, w); a.Status != payload.StatusPending || !stale(w) {
					v.Errorf("get: got %s, want the last known answer, which says that it is old", w.Body)
				}
				v.refuses(0, "")
				time.Sleep(time.Minute)
				v.wantOld(false)
			})
		})
	}
}

func TestBadRequests(t *testing.T) {
	_, b := ordered(t, &fakePlatform{}, nil, nil)
	tests := []struct {
		name, method, path, body string
		header                   http.Header
		want                     payload.Code
	}{
		{"unknown demo", "POST", "/api/sign-requests", `{"demo":"drain-wallet"}`, nil, api.UnknownDemo},
		{"no demo", "POST", "/api/sign-requests", `{}`, nil, api.UnknownDemo},
		{"form", "POST", "/api/sign-requests", `{"demo":"pay"}`, http.Header{"Content-Type": {"text/plain"}}, api.BadRequest},
		{"too large", "POST", "/api/sign-requests", `{"demo":"` + strings.Repeat("x", maxBody) + `"}`, nil, api.TooLarge},
		{"from another site", "POST", "/api/sign-requests", `{"demo":"pay"}`, http.Header{"Sec-Fetch-Site": {"cross-site"}},
			api.Forbidden},
		{"not a uuid", "GET", "/api/sign-requests/%2e%2e", ``, nil, api.BadRequest},
		{"uuid of another version", "GET", "/api/sign-requests/9a2c7a52-3c1e-1b53-9d4e-5f1b8c1f0a77", ``, nil,
			api.BadRequest},
		{"unknown uuid", "GET", "/api/sign-requests/00000000-0000-4000-8000-000000000000", ``, nil, api.NotFound},
		{"unknown uuid to cancel", "DELETE", "/api/sign-requests/00000000-0000-4000-8000-000000000000", ``, nil,
			api.NotFound},
		{"wrong method for all", "PUT", "/api/sign-requests", ``, nil, api.MethodNotAllowed},
		{"wrong method for one", "PUT", onePath, ``, nil, api.MethodNotAllowed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := httptest.NewRequest(tt.method, tt.path, strings.NewReader(tt.body))
			r.Header.Set("Content-Type", "application/json")
			for name, values := range tt.header {
				r.Header[name] = values
			}
			checkError(t, b.do(r), tt.want)
		})
	}
}

// A page whose backend URL is wrong is told so, and not that nobody knows its request.
func TestWrongBase(t *testing.T) {
	b := newBrowser(t, &fakePlatform{})
	for _, base := range []string{"", "/ap", "/api/", "/api/v2", "/dist"} {
		c := b.client()
		c.Base = base
		_, get := c.Get(t.Context(), testUUID)
		_, create := c.Create(t.Context(), api.Create{Demo: "pay"}, "")
		for method, err := range map[string]error{"get": get, "create": create} {
			var failure *payload.Error
			if !errors.As(err, &failure) || failure.Code != payload.BadAnswer ||
				!strings.Contains(failure.Message, base+api.Collection) {
				t.Errorf("%s at %q: got %v, want code %s and the URL", method, base, err, payload.BadAnswer)
			}
		}
	}
}

func TestOffers(t *testing.T) {
	backend, _ := newTestBackend(t, t.TempDir(), &fakePlatform{}, nil, nil)
	b := browserOf(t, backend)
	rec := b.do(httptest.NewRequest("GET", "/api/sign-requests", nil))
	const want = `{"demos":["pay","sign-in"],"offers":[{"name":"pay","label":"Two coffees","type":"Payment"},` +
		`{"name":"sign-in","label":"Sign in","type":"SignIn"}]}`
	if got := rec.Body.String(); rec.Code != http.StatusOK || got != want {
		t.Errorf("got %d %s, want 200 %s", rec.Code, got, want)
	}
	backend.platform = xaman.NewClient("http://127.0.0.1:8081", backend.platform.Credentials(), nil)
	for _, sandbox := range []string{"", "http://127.0.0.1:8081"} {
		backend.sandbox = sandbox
		rec = b.do(httptest.NewRequest("GET", "/api/sign-requests", nil))
		got := rec.Body.String()
		named := strings.Contains(got, `"sandbox":`)
		if !strings.Contains(got, `"platform":"http://127.0.0.1:8081"`) || named != (sandbox != "") {
			t.Errorf("got %s, want it to name the platform that is not Xaman's, and a sandbox %q", got, sandbox)
		}
	}
}

func TestPanicIsAnswered(t *testing.T) {
	for _, tt := range []struct {
		name  string
		panic any
	}{{"error", errors.New("secret")}, {"text", "secret"}} {
		t.Run(tt.name, func(t *testing.T) {
			var log strings.Builder
			w := httptest.NewRecorder()
			h := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(tt.panic) })
			Recovering(slog.New(slog.NewTextHandler(&log, nil)), h).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
			checkError(t, w, api.Internal)
			if !strings.Contains(log.String(), "backend_test.go") {
				t.Errorf("got log %s, want the stack", log.String())
			}
		})
	}
}

func TestUnknownErrorsAreInternal(t *testing.T) {
	if e := refusal(fmt.Errorf("read record: %w", io.ErrUnexpectedEOF)); e.Code != api.Internal {
		t.Errorf("got %s, want internal", e.Code)
	}
}
