package backend

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing/synctest"
	"time"

	"github.com/xaman-live/xaman-live/devserver/xaman"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// asked is how many calls there were that make no payload.
func (f *fakePlatform) asked() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return int(f.calls.Load()) - f.made
}

var floodAttacks = []attack{
	{"creating-without-end", "One visitor makes 600 requests, which is what the platform allows the whole shop.",
		bubble(func(a *attempt) {
			s := newShop(a)
			b := s.visitor(a)
			for range 600 {
				b.call("POST", allPath, `{"demo":"pay"}`)
			}
			a.holds(s.platform.made < 60, "%d were made", s.platform.made)
			time.Sleep(time.Hour)
			w := b.call("POST", allPath, `{"demo":"pay"}`)
			a.holds(w.Code == http.StatusCreated, "an hour later: got %d", w.Code)
		})},
	{"creating-with-many-sessions", "One machine takes a new session for each request.",
		bubble(func(a *attempt) {
			s := newShop(a)
			b := s.visitor(a)
			for range 600 {
				b.other().at("203.0.113.7:1234").call("POST", allPath, `{"demo":"pay"}`)
			}
			a.holds(s.platform.made < 200, "%d were made", s.platform.made)
			w := b.other().at("198.51.100.1:1234").call("POST", allPath, `{"demo":"pay"}`)
			a.holds(w.Code == http.StatusCreated, "another visitor gets %d %s", w.Code, w.Body)
		})},
	{"asking-without-end", "One visitor asks about all of his requests, twenty times a second.",
		bubble(func(a *attempt) {
			s := newShop(a)
			b := s.visitor(a)
			for range 60 {
				b.call("POST", allPath, `{"demo":"pay"}`)
			}
			for range 60 * 20 {
				for i := range s.platform.made {
					b.call("GET", fmt.Sprintf("%s%012x", onePath[:len(onePath)-12], i), "")
				}
				time.Sleep(50 * time.Millisecond)
			}
			a.holds(s.platform.asked() < 120, "%d calls to the platform in a minute", s.platform.asked())
		})},
	{"asking-about-one", "One visitor asks about one request a hundred times a second.",
		bubble(func(a *attempt) {
			s := newShop(a)
			b := s.visitor(a)
			b.call("POST", allPath, `{"demo":"pay"}`)
			for range 60 * 100 {
				b.call("GET", onePath, "")
				time.Sleep(10 * time.Millisecond)
			}
			a.holds(s.platform.asked() <= 30, "%d calls to the platform in a minute", s.platform.asked())
		})},
	{"asking-at-once", "A request is asked about a thousand times in one moment.", bubble(func(a *attempt) {
		s := newShop(a)
		b := s.visitor(a)
		b.create("pay")
		s.platform.change(func() { s.platform.slow = time.Second })
		for range 1000 {
			go func() {
				r := httptest.NewRequestWithContext(a.Context(), "GET", onePath, nil)
				for _, c := range b.cookies {
					r.AddCookie(c)
				}
				b.handler.ServeHTTP(httptest.NewRecorder(), r)
			}()
		}
		synctest.Wait()
		time.Sleep(5 * time.Second)
		a.holds(s.platform.calls.Load() == 2, "%d calls to the platform", s.platform.calls.Load())
	})},
	{"pushing-out-a-paid-request", "More requests are made than the server remembers, until a paid one is forgotten.",
		bubble(func(a *attempt) {
			s := newShop(a) // remembers ten
			s.platform.change(func() { s.platform.meta = signedMeta })
			s.node.silent.Store(true) // so that it is still being checked
			b := s.visitor(a)
			b.create("pay")
			b.get()
			for i := range 50 {
				uuid := payload.UUID(fmt.Sprintf("00000000-0000-4000-8000-%012d", i))
				if err := s.record.Add(a.Context(), newEntry(uuid, "another")); err != nil {
					break // a store that is full says so
				}
			}
			w := b.call("GET", onePath, "")
			a.holds(w.Code == http.StatusOK, "got %d %s", w.Code, w.Body)
		})},
	{"webhooks-without-end", "Signed webhooks tell of requests that nobody made.", bubble(func(a *attempt) {
		s := newShop(a)
		b := s.visitor(a)
		for i := range 1000 {
			w := b.do(webhook(fmt.Sprintf("00000000-0000-4000-8000-%012d", i), "null"))
			if w.Code != http.StatusOK { // a refusal would be tried again, and count against the URL
				a.Fatalf("got %d %s", w.Code, w.Body)
			}
		}
		synctest.Wait()
		a.holds(s.platform.calls.Load() == 0, "%d calls to the platform", s.platform.calls.Load())
	})},
	{"unsigned-webhooks-without-end", "Webhooks that nobody has signed fill the log.", bubble(func(a *attempt) {
		s := newShop(a)
		b := s.visitor(a)
		for range 1000 {
			r := webhook(testUUID, "null")
			r.Header.Set("X-Xumm-Request-Signature", "0000")
			a.holds(b.do(r).Code == http.StatusUnauthorized, "it was taken")
			time.Sleep(100 * time.Millisecond)
		}
		lines := strings.Count(s.log.String(), "webhook refused")
		a.holds(lines > 0 && lines < 5, "%d lines in 100 seconds", lines)
		a.holds(strings.Contains(s.log.String(), "more=599"), "the log does not say how many: %s", s.log)
	})},
	{"body-without-end", "A body does not end.", func(a *attempt) {
		b := newShop(a).visitor(a)
		for _, path := range []string{allPath, "/api/webhook"} {
			body := &endless{}
			r := httptest.NewRequest("POST", path, body)
			r.Header.Set("Content-Type", "application/json")
			w := b.do(r)
			a.holds(w.Code == http.StatusRequestEntityTooLarge, "%s: got %d", path, w.Code)
			a.holds(body.read < 1<<20, "%s: %d bytes were read", path, body.read)
		}
	}},
	{"answer-without-end", "The platform's answer does not end.", func(a *attempt) {
		s, body := newShop(a), &endless{}
		s.Backend = a.backend(tripper(func(*http.Request) (*http.Response, error) {
			res := reply(http.StatusOK, "")
			res.Body = body
			return res, nil
		}), s.node, s.log)
		w := s.visitor(a).call("POST", allPath, `{"demo":"pay"}`)
		a.holds(w.Code == http.StatusServiceUnavailable && body.read < 32<<20, "got %d after %d bytes", w.Code, body.read)
	}},
	{"many-cookies", "A visitor brings a thousand sessions.", func(a *attempt) {
		b := newShop(a).visitor(a)
		b.create("pay")
		r := httptest.NewRequest("GET", onePath, nil)
		r.Header.Set("Cookie", strings.Repeat(sessionCookie+"=AAAAAAAAAAAAAAAAAAAAAAAAAA; ", 1000)+"x=y")
		w := httptest.NewRecorder()
		b.handler.ServeHTTP(w, r)
		a.holds(w.Code == http.StatusNotFound || w.Code == http.StatusBadRequest, "got %d %s", w.Code, w.Body)
	}},
	{"tokens-without-end", "A request brings one user token after another.", bubble(func(a *attempt) {
		s := newShop(a)
		b := s.visitor(a)
		b.create("sign-in")
		s.platform.become(xaman.Meta{AppOpened: true}, false)
		for i := range 200 {
			b.do(webhook(testUUID, fmt.Sprintf(`{"user_token":"T%d"}`, i)))
		}
		synctest.Wait()
		a.holds(s.platform.calls.Load() <= 2+askBurst, "%d calls to the platform", s.platform.calls.Load())
	})},
}
