package backend

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// post creates with an idempotency key.
func (b *browser) post(demo string, key ...string) *httptest.ResponseRecorder {
	body := strings.NewReader(`{"demo":"` + demo + `"}`)
	r := httptest.NewRequestWithContext(b.t.Context(), "POST", "/api/sign-requests", body)
	r.Header.Set("Content-Type", "application/json")
	r.Header[api.IdempotencyKey] = key
	return b.do(r)
}

func TestRepeatedCreationMakesOneRequest(t *testing.T) {
	f := &fakePlatform{allowed: 600}
	b := newBrowser(t, f)
	b.call("GET", "/", "")
	made := func(who *browser, demo, key string) payload.UUID {
		t.Helper()
		w := who.post(demo, key)
		if w.Code != http.StatusCreated {
			t.Fatalf("got %d %s, want 201", w.Code, w.Body)
		}
		return decodeAnswer(t, w).UUID
	}
	first := made(b, "pay", "k")
	lost := *b
	lost.cookies = map[string]*http.Cookie{sessionCookie: b.cookies[sessionCookie]} // with the answer
	if again := made(&lost, "pay", "k"); again != first {
		t.Errorf("same key: got %s, want %s again", again, first)
	}
	lost.get()
	for name, other := range map[string]payload.UUID{
		"another key": made(b, "pay", "K"), "another demo": made(b, "sign-in", "k"),
		"another session":      made(b.other(), "pay", "k"),
		"no key":               decodeAnswer(t, b.call("POST", "/api/sign-requests", `{"demo":"pay"}`)).UUID,
		"longest key":          made(b, "pay", strings.Repeat("~", 64)),
		"and with another end": made(b, "pay", strings.Repeat("~", 63)+"!"),
	} {
		if other == first {
			t.Errorf("%s: got the same request", name)
		}
	}
	if calls := f.calls.Load(); calls != 8 {
		t.Errorf("got %d calls to the platform, want 8: seven to create, and one to read", calls)
	}
}

func TestRepeatedCreationAfterARestart(t *testing.T) {
	dir := t.TempDir()
	f := &fakePlatform{}
	first, stop := newTestBackend(t, dir, f, nil, nil)
	b := browserOf(t, first)
	b.call("GET", "/", "")
	before := b.post("pay", "k").Body.String()
	stop()
	second, _ := newTestBackend(t, dir, f, nil, nil)
	b.handler = browserOf(t, second).handler
	after := b.post("pay", "k").Body.String()
	made := 0
	f.change(func() { made = f.made })
	if decodeText(t, after).UUID != decodeText(t, before).UUID || made != 1 {
		t.Errorf("got %s, the last of %d, want the same as %s", after, made, before)
	}
}

// The visitor's connection breaks while the platform is at it.
func TestCreationGoesOnWithoutTheVisitor(t *testing.T) {
	visiting(t, &fakePlatform{slow: 2 * time.Second}, func(v *visit) {
		v.call("GET", "/", "")
		v.leaving("pay", "k", time.Second)
		if got := decodeAnswer(v.T, v.post("pay", "k")).UUID; got != testUUID {
			v.Errorf("got %s, want the one that was made", got)
		}
		v.wantCalls("once it is made", 1)
	})
}

// Who waits for the same creation in vain makes it.
func TestFailedCreationIsRepeated(t *testing.T) {
	visiting(t, &fakePlatform{slow: time.Second}, func(v *visit) {
		v.call("GET", "/", "")
		v.refuses(400, `{"error":{"code":603}}`)
		go func() {
			time.Sleep(1500 * time.Millisecond)
			v.refuses(0, "")
		}()
		var codes [3]int
		var all sync.WaitGroup
		for i := range codes {
			all.Go(func() {
				tab := v.other().with(v.cookies)
				time.Sleep(time.Duration(i) * time.Millisecond)
				codes[i] = tab.post("pay", "k").Code
			})
		}
		all.Wait()
		if codes != [3]int{502, 201, 201} {
			v.Errorf("got %v, want the second to make it, and the third to share it", codes)
		}
		v.wantCalls("of three who want the same", 2)
	})
}

func decodeText(t *testing.T, body string) (a payload.Answer) {
	t.Helper()
	if err := json.Unmarshal([]byte(body), &a); err != nil {
		t.Fatal(err)
	}
	return a
}

// leaving creates, and gives up after a while.
func (b *browser) leaving(demo, key string, after time.Duration) *httptest.ResponseRecorder {
	ctx, leave := context.WithTimeout(b.t.Context(), after)
	defer leave()
	r := httptest.NewRequestWithContext(ctx, "POST", "/api/sign-requests", strings.NewReader(`{"demo":"`+demo+`"}`))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set(api.IdempotencyKey, key)
	return b.do(r)
}

func TestOverlappingCreationsKeepTheCap(t *testing.T) {
	visiting(t, &fakePlatform{slow: time.Second, allowed: mostCalls}, func(v *visit) {
		v.create("pay") // which tells the platform's limit
		session := map[string]*http.Cookie{sessionCookie: v.cookies[sessionCookie]}
		var all sync.WaitGroup
		for range 2 * maxOpen {
			all.Go(func() { v.other().with(session).call("POST", "/api/sign-requests", `{"demo":"pay"}`) })
		}
		all.Wait()
		v.wantCalls("of one session", maxOpen)
		if c := v.backend.creations; len(c.sessions) != 0 {
			v.Errorf("got %+v, want nothing to be left of creations that have ended", c)
		}
	})
}

func TestPlatformThatRepeatsItself(t *testing.T) {
	f := &fakePlatform{repeats: true}
	b := newBrowser(t, f)
	b.create("sign-in")
	other := b.other()
	checkError(t, other.call("POST", "/api/sign-requests", `{"demo":"pay"}`), api.PlatformRefused)
	checkError(t, other.call("GET", onePath, ""), api.NotFound)
	if a := b.get(); a.Summary.Type != "SignIn" {
		t.Errorf("got %+v, want the order that was there first", a)
	}
}

func TestRequestThatCannotBeStoredIsNotShown(t *testing.T) {
	f := &fakePlatform{}
	backend, _ := newTestBackend(t, t.TempDir(), f, nil, nil)
	b := browserOf(t, backend)
	f.change(func() {
		f.refuse = func(string) (int, string) {
			closeRecord(backend) // while the platform is at it
			return 0, ""
		}
	})
	w := b.call("POST", "/api/sign-requests", `{"demo":"pay"}`)
	checkError(t, w, api.Internal)
	if _, ok := b.cookies[holderCookie+testUUID]; ok || strings.Contains(w.Body.String(), testUUID) {
		t.Errorf("got %s, want the visitor to get no link", w.Body)
	}
}
