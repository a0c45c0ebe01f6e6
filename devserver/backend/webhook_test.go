package backend

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/xaman-live/xaman-live/devserver/xaman"
	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// webhook returns what the platform sends to tell of an outcome. Package xaman tests the signature against known
// values.
func webhook(uuid, token string) *http.Request {
	meta := `{"application_uuidv4":"` + testApp + `","payload_uuidv4":"` + uuid + `"}`
	return signedWebhook(`{"meta":`+meta+`,"userToken":`+token+`}`, time.Now())
}

// signedWebhook returns a body as the platform would send it at a time.
func signedWebhook(body string, at time.Time) *http.Request {
	timestamp := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha1.New, []byte(strings.Replace(testSecret, "-", "", 1)))
	mac.Write([]byte(timestamp + body))
	r := httptest.NewRequest("POST", "http://shop.example/api/webhook", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Xumm-Request-Timestamp", timestamp)
	r.Header.Set("X-Xumm-Request-Signature", hex.EncodeToString(mac.Sum(nil)))
	return r
}

func TestWebhookBringsTheVerdict(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakePlatform{}
		_, b := ordered(t, f, nil, nil)
		b.get()
		f.change(func() { f.meta = xaman.Meta{AppOpened: true, Resolved: true, Signed: true} })
		for range 3 { // it may come more than once
			if w := b.other().do(webhook(testUUID, "null")); w.Code != http.StatusOK {
				t.Fatalf("got %d %s, want 200", w.Code, w.Body)
			}
			synctest.Wait()
		}
		calls := f.calls.Load()
		if a := b.get(); a.Verdict != payload.VerdictVerified || f.calls.Load() != calls {
			t.Errorf("got %+v after %d more calls, want it verified before anybody asked", a, f.calls.Load()-calls)
		}
		if calls != 3 {
			t.Errorf("got %d calls to the platform, want 3: to create, to ask for the page, and once for all webhooks", calls)
		}
	})
}

func TestWebhookIsAheadOfTheDatabase(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakePlatform{meta: xaman.Meta{AppOpened: true}}
		_, b := ordered(t, f, nil, nil)
		b.do(webhook(testUUID, "null"))
		synctest.Wait()
		f.become(xaman.Meta{AppOpened: true, Resolved: true}, false)
		time.Sleep(firstAsk)
		synctest.Wait()
		calls := f.calls.Load()
		if a := b.get(); a.Status != payload.StatusRejected || f.calls.Load() != calls {
			t.Errorf("got %s, want the platform to be asked again until it says rejected", a.Status)
		}
	})
}

func TestUserTokenIsForItsSession(t *testing.T) {
	tests := []struct {
		name  string
		late  bool // it comes after the verdict
		bring func(*browser, *fakePlatform)
	}{
		{"in a webhook", false, func(b *browser, _ *fakePlatform) {
			b.other().do(webhook(testUUID, `{"user_token":"T","token_issued":1}`))
		}},
		{"in the payload", false, func(_ *browser, f *fakePlatform) { f.token = "T" }},
		{"in a late webhook", true, func(b *browser, _ *fakePlatform) {
			b.other().do(webhook(testUUID, `{"user_token":"T","token_issued":1}`))
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := &fakePlatform{}
				b := newBrowser(t, f)
				b.create("sign-in")
				if !tt.late {
					tt.bring(b, f)
				}
				b.create("pay")
				if got := f.request.Load().UserToken; got != "" {
					t.Errorf("before anything is verified: pushed to %q, want nobody", got)
				}
				f.become(metaSigned, false)
				time.Sleep(lastAsk)
				synctest.Wait()
				if a := b.get(); a.Verdict != payload.VerdictVerified {
					t.Fatalf("got %+v, want it verified", a)
				}
				if tt.late {
					tt.bring(b, f)
				}
				b.other().create("pay")
				if got := f.request.Load().UserToken; got != "" {
					t.Errorf("another session: pushed to %q, want nobody", got)
				}
				made, err := b.client().Create(t.Context(), "pay", "")
				if got := f.request.Load().UserToken; err != nil || got != "T" {
					t.Errorf("same session: got %v, pushed to %q, want T", err, got)
				}
				if c, err := payload.ParseCreated(made.Payload); err != nil || !c.Pushed {
					t.Errorf("got %+v, %v, want the page to learn that it was pushed", c, err)
				}
			})
		})
	}
}

func TestWebhookRefuses(t *testing.T) {
	_, b := ordered(t, &fakePlatform{}, nil, nil)
	tests := []struct {
		name string
		r    *http.Request
		want payload.Code
	}{
		{"about nothing", webhook("nothing", "null"), api.BadRequest},
		{"too large", webhook(testUUID, `"`+strings.Repeat("x", maxWebhook)+`"`), api.TooLarge},
		{"wrong method", httptest.NewRequest("GET", "/api/webhook", nil), api.MethodNotAllowed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { checkError(t, b.do(tt.r), tt.want) })
	}
}

func TestWebhookIsNoBrowser(t *testing.T) {
	_, b := ordered(t, &fakePlatform{}, nil, nil)
	r := webhook(testUUID, "null")
	r.Header.Set("Origin", "https://xumm.app")
	if w := b.other().do(r); w.Code != http.StatusOK || len(w.Result().Cookies()) != 0 {
		t.Errorf("got %d with cookies %v, want 200 and no session", w.Code, w.Result().Cookies())
	}
}
