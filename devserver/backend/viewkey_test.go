package backend

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

const otherUUID = payload.UUID("9a2c7a52-3c1e-4b53-9d4e-5f1b8c1f0a78")

// withKeys is a call about the first request, with any number of view keys.
func (b *browser) withKeys(method string, keys ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequestWithContext(b.t.Context(), method, onePath, nil)
	r.Header[api.ViewKey] = keys
	return b.do(r)
}

func TestViewKeyShowsAndCancels(t *testing.T) {
	paying(t, &fakePlatform{}, func(v *visit) {
		key := v.backend.ViewKey(testUUID, time.Now().Add(time.Minute))
		stranger := v.other()
		same := func(when string) {
			v.Helper()
			got, want := stranger.withKeys("GET", key), v.call("GET", onePath, "")
			if got.Code != 200 || got.Body.String() != want.Body.String() {
				v.Errorf("%s: got %d %s, want what the request's holder sees: %s", when, got.Code, got.Body, want.Body)
			}
			if cookies := got.Result().Cookies(); len(cookies) != 0 {
				v.Errorf("%s: got cookies %v, want none", when, cookies)
			}
		}
		same("pending")
		v.says(metaSigned)
		v.pass(time.Second)
		v.want(payload.VerdictVerified)
		same("verified")
	})
}

func TestViewKeyCancels(t *testing.T) {
	paying(t, &fakePlatform{}, func(v *visit) {
		w := v.other().withKeys("DELETE", v.backend.ViewKey(testUUID, time.Now().Add(time.Minute)))
		if a := decodeAnswer(v.T, w); a.Status != payload.StatusCancelled || len(w.Result().Cookies()) != 0 {
			v.Errorf("got %+v and cookies %v, want it cancelled without any", a, w.Result().Cookies())
		}
		if a := v.get(); a.Status != payload.StatusCancelled {
			v.Errorf("the holder sees it %s", a.Status)
		}
	})
}

func TestViewKeysThatShowNothing(t *testing.T) {
	b, holder := ordered(t, &fakePlatform{}, nil, nil)
	elsewhere, _ := newTestBackend(t, t.TempDir(), &fakePlatform{}, nil, nil)
	later := time.Now().Add(time.Hour)
	good := b.ViewKey(testUUID, later)
	expires, signature, _ := strings.Cut(good, ".")
	last := "A"
	if strings.HasSuffix(signature, last) {
		last = "E"
	}
	expired := b.ViewKey(testUUID, time.Now().Add(-time.Second))
	unknown := holder.other().call("GET", "/api/sign-requests/"+string(otherUUID), "").Body.String()
	for name, tt := range map[string]struct {
		keys []string
		want payload.Code
	}{
		"empty":                    {[]string{""}, api.NotFound},
		"dot":                      {[]string{"."}, api.NotFound},
		"time alone":               {[]string{expires}, api.NotFound},
		"signature alone":          {[]string{"." + signature}, api.NotFound},
		"signature cut":            {[]string{good[:len(good)-1]}, api.NotFound},
		"signature changed":        {[]string{good[:len(good)-1] + last}, api.NotFound},
		"something behind":         {[]string{good + "A"}, api.NotFound},
		"another time":             {[]string{"z" + expires + "." + signature}, api.NotFound},
		"same time spelled anew":   {[]string{"0" + expires + "." + signature}, api.NotFound},
		"another request's":        {[]string{b.ViewKey(otherUUID, later)}, api.NotFound},
		"another server's":         {[]string{elsewhere.ViewKey(testUUID, later)}, api.NotFound},
		"good one twice":           {[]string{good, good}, api.NotFound},
		"holder's cookie":          {[]string{holder.cookies[holderCookie+testUUID].Value}, api.NotFound},
		"session's cookie":         {[]string{holder.cookies[sessionCookie].Value}, api.NotFound},
		"long":                     {[]string{strings.Repeat("z", 10_000) + "." + signature}, api.NotFound},
		"expired":                  {[]string{expired}, api.ViewKeyExpired},
		"expired of another":       {[]string{b.ViewKey(otherUUID, time.Now().Add(-time.Second))}, api.NotFound},
		"expired and then changed": {[]string{expires + expired[strings.Index(expired, "."):]}, api.NotFound},
	} {
		t.Run(name, func(t *testing.T) {
			for _, method := range []string{"GET", "DELETE"} {
				for who, browser := range map[string]*browser{"stranger": holder.other(), "holder": holder} {
					w := browser.withKeys(method, tt.keys...)
					checkError(t, w, tt.want)
					if tt.want == api.NotFound && w.Body.String() != unknown {
						t.Errorf("%s %s: the answer tells that there is such a request: %s", method, who, w.Body)
					}
					if cookies := w.Result().Cookies(); len(cookies) != 0 {
						t.Errorf("%s %s: got cookies %v, want none", method, who, cookies)
					}
				}
			}
		})
	}
	if a := holder.get(); a.Status != payload.StatusPending {
		t.Errorf("got it %s after all, want it as it was", a.Status)
	}
}

// Whoever the site's own program knows is judged by the key alone, too.
func TestViewKeyOfSomebodyWhoIsKnown(t *testing.T) {
	visiting(t, &fakePlatform{}, func(v *visit) {
		hosting(v.backend)
		v.as("alice").create("pay")
		key := v.backend.ViewKey(testUUID, time.Now().Add(time.Minute))
		if w := v.as("bob").withKeys("GET", key); w.Code != 200 || len(w.Result().Cookies()) != 0 {
			v.Errorf("got %d %s, want what the key shows", w.Code, w.Body)
		}
		checkError(v.T, v.as("alice").withKeys("GET", "x"+key), api.NotFound)
	})
}

func TestViewKeyOfNothing(t *testing.T) {
	b, _ := newTestBackend(t, t.TempDir(), &fakePlatform{}, nil, nil)
	stranger := browserOf(t, b)
	checkError(t, stranger.withKeys("GET", b.ViewKey(testUUID, time.Now().Add(time.Minute))), api.NotFound)
}

// It opens no other door: not the list of offers, and not the making of a request, which has a session as ever.
func TestViewKeyCountsForOneRequestAlone(t *testing.T) {
	b, _ := ordered(t, &fakePlatform{}, nil, nil)
	for _, method := range []string{"GET", "POST"} {
		stranger := browserOf(t, b)
		r := httptest.NewRequest(method, allPath, strings.NewReader(`{"demo":"pay"}`))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set(api.ViewKey, b.ViewKey(testUUID, time.Now().Add(time.Minute)))
		if w := stranger.do(r); w.Code >= 300 || stranger.cookies[sessionCookie] == nil {
			t.Errorf("%s: got %d %s and cookies %v, want a session", method, w.Code, w.Body, stranger.cookies)
		}
	}
}

func TestViewKeyExpiresOnTheSecond(t *testing.T) {
	paying(t, &fakePlatform{}, func(v *visit) {
		key, stranger := v.backend.ViewKey(testUUID, time.Now().Add(time.Minute)), v.other()
		v.pass(time.Minute - time.Nanosecond)
		if w := stranger.withKeys("GET", key); w.Code != 200 {
			v.Errorf("got %d %s, want it to be good still", w.Code, w.Body)
		}
		v.pass(time.Nanosecond)
		checkError(v.T, stranger.withKeys("GET", key), api.ViewKeyExpired)
	})
}

// Whoever has one request's key can use up no more of the platform's calls than a visitor may, and nobody else's.
func TestViewKeysAreVisitors(t *testing.T) {
	b, _ := newTestBackend(t, t.TempDir(), &fakePlatform{}, nil, nil)
	visitors := map[string]bool{}
	see := b.withSessions(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { visitors[session(r)] = true }))
	for _, uuid := range []string{testUUID, testUUID, string(otherUUID)} {
		r := httptest.NewRequest("GET", "/", nil)
		r.SetPathValue("uuid", uuid)
		r.Header.Set(api.ViewKey, "any")
		see.ServeHTTP(httptest.NewRecorder(), r)
	}
	if len(visitors) != 2 {
		t.Errorf("got %d visitors, want one for each request: %v", len(visitors), visitors)
	}
}

func TestViewKeysAreNotLogged(t *testing.T) {
	paying(t, &fakePlatform{}, func(v *visit) {
		key := v.backend.ViewKey(testUUID, time.Now().Add(time.Minute))
		v.other().withKeys("DELETE", key)
		v.other().withKeys("GET", "x"+key)
		v.refuses(400, `{"error":{"code":603}}`)
		checkError(v.T, v.other().withKeys("DELETE", key), api.PlatformRefused)
		v.wantLog("request failed", 1)
		_, signature, _ := strings.Cut(key, ".")
		v.wantLog(signature, 0)
	})
}

// A page of another site, which no cookie reaches, may ask with a key if its origin is listed.
func TestViewKeysOnPagesOfOtherSites(t *testing.T) {
	b, err := newBackendForPages(t, shopPage)
	if err != nil {
		t.Fatal(err)
	}
	visitor := browserOf(t, b)
	visitor.create("pay")
	key := b.ViewKey(testUUID, time.Now().Add(time.Minute))
	expired := b.ViewKey(testUUID, time.Now())
	asking := func(headers string) http.Header {
		return http.Header{"Access-Control-Request-Method": {"DELETE"}, "Access-Control-Request-Headers": {headers}}
	}
	with := func(key string) http.Header { return http.Header{api.ViewKey: {key}} }
	tests := []struct {
		name, method, path, page string
		header                   http.Header
		want                     int
		allowed                  bool // the browser lets the page see the answer
	}{
		{"preflight", "OPTIONS", onePath, shopPage, asking("view-key"), 204, true},
		{"preflight with more", "OPTIONS", onePath, shopPage, asking("content-type, View-Key"), 204, true},
		{"preflight without a key", "OPTIONS", onePath, shopPage, asking("content-type"), 405, false},
		{"preflight of a creation", "OPTIONS", allPath, shopPage, asking("content-type,view-key"), 405, false},
		{"preflight of another page", "OPTIONS", onePath, evilPage, asking("view-key"), 405, false},
		{"status", "GET", onePath, shopPage, with(key), 200, true},
		{"status with a wrong key", "GET", onePath, shopPage, with("x"), 404, true},
		{"status with an old key", "GET", onePath, shopPage, with(expired), 403, true},
		{"status without a key", "GET", onePath, shopPage, nil, 404, false},
		{"status for another page", "GET", onePath, evilPage, with(key), 200, false},
		{"cancellation by another page", "DELETE", onePath, evilPage, with(key), 403, false},
		{"cancellation", "DELETE", onePath, shopPage, with(key), 200, true},
		{"offers", "GET", allPath, shopPage, with(key), 200, false},
	}
	for _, tt := range tests {
		r := httptest.NewRequest(tt.method, "https://api.shop.example"+tt.path, nil)
		for name, values := range tt.header {
			r.Header[name] = values
		}
		r.Header.Set("Origin", tt.page)
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		w := visitor.other().do(r)
		h := w.Header()
		if allowed := h.Get("Access-Control-Allow-Origin"); w.Code != tt.want || (allowed == tt.page) != tt.allowed {
			t.Errorf("%s: got %d for %q, want %d: %t", tt.name, w.Code, allowed, tt.want, tt.allowed)
		}
		if names := h.Get("Access-Control-Allow-Headers"); w.Code == 204 && !strings.Contains(names, api.ViewKey) {
			t.Errorf("%s: got the headers %q, want %s among them", tt.name, names, api.ViewKey)
		}
	}
	if a := visitor.get(); a.Status != payload.StatusCancelled {
		t.Errorf("got it %s, want it cancelled", a.Status)
	}
}
