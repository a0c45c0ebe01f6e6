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
	paying(t, &fakePlatform{}, func(v *visit) {
		v.get()
		v.says(metaSigned)
		for range 3 { // it may come more than once
			if w := v.other().do(webhook(testUUID, "null")); w.Code != http.StatusOK {
				v.Fatalf("got %d %s, want 200", w.Code, w.Body)
			}
			synctest.Wait()
		}
		v.want(payload.VerdictVerified)
		v.wantCalls("to create, to ask for the page, and once for all webhooks", 3)
	})
}

func TestWebhookIsAheadOfTheDatabase(t *testing.T) {
	paying(t, &fakePlatform{meta: xaman.Meta{AppOpened: true}}, func(v *visit) {
		v.announce()
		synctest.Wait()
		v.says(xaman.Meta{AppOpened: true, Resolved: true})
		v.pass(firstAsk)
		calls := v.f.calls.Load()
		if a := v.get(); a.Status != payload.StatusRejected {
			v.Errorf("got %s, want the platform to be asked again until it says rejected", a.Status)
		}
		v.wantCalls("once it says rejected", calls)
	})
}

func TestUserTokenIsForItsSession(t *testing.T) {
	inWebhook := func(v *visit) { v.other().do(webhook(testUUID, `{"user_token":"T","token_issued":1}`)) }
	inPayload := func(v *visit) { v.f.change(func() { v.f.token = "T" }) }
	nothing := func(*visit) {}
	for name, tt := range map[string]struct{ before, after func(*visit) }{
		"in a webhook": {inWebhook, nothing}, "in the payload": {inPayload, nothing},
		"in a late webhook": {nothing, inWebhook},
	} {
		t.Run(name, func(t *testing.T) {
			visiting(t, &fakePlatform{}, func(v *visit) {
				pushed := func(who, want string) {
					v.Helper()
					if got := v.f.request.Load().UserToken; got != want {
						v.Errorf("%s: pushed to %q, want %q", who, got, want)
					}
				}
				v.create("sign-in")
				tt.before(v)
				v.create("pay")
				pushed("before anything is verified", "")
				v.says(metaSigned)
				v.pass(lastAsk)
				v.want(payload.VerdictVerified)
				tt.after(v)
				v.other().create("pay")
				pushed("another session", "")
				made, err := v.client().Create(v.Context(), api.Create{Demo: "pay"}, "")
				if err != nil {
					v.Fatal(err)
				}
				pushed("same session", "T")
				if c, bad := payload.ParseCreated(made.Payload); bad != nil || !c.Pushed {
					v.Errorf("got %+v, %v, want the page to learn that it was pushed", c, bad)
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
