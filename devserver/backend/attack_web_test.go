package backend

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/xaman-live/xaman-live/devserver/xaman"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

const allPath = "/api/sign-requests"

// crossSiteAttacks are what a page of another site can make a visitor's browser send.
func crossSiteAttacks() []attack {
	const post, plain = `{"demo":"pay"}`, "text/plain"
	rows := []struct {
		name, how          string
		method, path, body string
		header             map[string]string
		want               int
	}{
		{"form", "A form posts JSON as plain text.",
			"POST", allPath, post, map[string]string{"Content-Type": plain}, 400},
		{"form-with-two-types", "A form names a type that only begins like JSON's.", "POST", allPath, post,
			map[string]string{"Content-Type": "application/jsonx, application/json"}, 400},
		{"script-of-another-site", "A script posts JSON.",
			"POST", allPath, post, map[string]string{"Sec-Fetch-Site": "cross-site"}, 403},
		{"script-of-a-sister-site", "A script of a neighbouring subdomain posts.", "POST", allPath, post,
			map[string]string{"Sec-Fetch-Site": "same-site"}, 403},
		{"old-browser", "A browser that only sends Origin posts.",
			"POST", allPath, post, map[string]string{"Origin": "https://evil.example"}, 403},
		{"frame-without-origin", "A sandboxed frame posts, whose origin is null.",
			"POST", allPath, post, map[string]string{"Origin": "null"}, 403},
		{"origin-looks-alike", "The origin begins with the site's.",
			"POST", allPath, post, map[string]string{"Origin": "http://localhost.evil.example"}, 403},
		{"origin-on-another-port", "A page of another server on this machine posts.", "POST", allPath, post,
			map[string]string{"Origin": "http://localhost:9999"}, 403},
		{"cancel-from-another-site", "A script ends the visitor's request.",
			"DELETE", onePath, "", map[string]string{"Sec-Fetch-Site": "cross-site"}, 403},
		{"cancel-in-disguise", "A post says that it is a DELETE.",
			"POST", onePath, "", map[string]string{"X-Http-Method-Override": "DELETE"}, 405},
		{"preflight", "A script asks whether it may.",
			"OPTIONS", onePath, "", map[string]string{"Origin": "https://evil.example",
				"Access-Control-Request-Method": "DELETE"}, 405},
	}
	var all []attack
	for _, row := range rows {
		all = append(all, attack{row.name, row.how, func(a *attempt) {
			b := newShop(a).visitor(a)
			b.create("pay")
			r := httptest.NewRequest(row.method, "http://localhost:8080"+row.path, strings.NewReader(row.body))
			r.Header.Set("Content-Type", "application/json")
			for name, value := range row.header {
				r.Header.Set(name, value)
			}
			w := b.do(r)
			a.holds(w.Code == row.want, "got %d %s, want %d", w.Code, w.Body, row.want)
			a.holds(w.Header().Get("Access-Control-Allow-Origin") == "", "other sites may read the answer")
		}})
	}
	return append(all,
		attack{"reading-from-another-site", "A script reads the offers and the visitor's request.",
			func(a *attempt) {
				b := newShop(a).visitor(a)
				b.create("pay")
				for _, path := range []string{allPath, onePath} {
					r := httptest.NewRequest("GET", "http://localhost:8080"+path, nil)
					r.Header.Set("Origin", "https://evil.example")
					h := b.do(r).Header()
					a.holds(h.Get("Access-Control-Allow-Origin") == "", "other sites may read %s", path)
				}
			}},
	)
}

var sessionAttacks = []attack{
	{"reading-a-strangers-request", "A visitor asks for a request that another session made.", func(a *attempt) {
		b := newShop(a).visitor(a)
		b.create("pay")
		w := b.other().call("GET", onePath, "")
		unknown := b.other().call("GET", allPath+"/00000000-0000-4000-8000-000000000000", "")
		a.holds(w.Code == 404, "got %d %s", w.Code, w.Body)
		a.holds(w.Body.String() == unknown.Body.String(), "the answer tells that it exists: %s", w.Body)
	}},
	{"planted-session", "A sister site plants a session id of its choice, and reads what its victim does.",
		func(a *attempt) {
			victim := newShop(a).visitor(a)
			planted := &http.Cookie{Name: sessionCookie, Value: strings.Repeat("A", 26)}
			victim.cookies[sessionCookie] = planted
			victim.create("pay")
			attacker := victim.other()
			attacker.cookies[sessionCookie] = planted
			a.holds(victim.cookies[sessionCookie].Value != planted.Value, "the id was adopted")
			w := attacker.call("GET", onePath, "")
			a.holds(w.Code == 404, "got %d %s", w.Code, w.Body)
		}},
	{"changed-session", "An id that the server issued is changed.", func(a *attempt) {
		b := newShop(a).visitor(a)
		b.call("GET", "/", "")
		issued := b.cookies[sessionCookie].Value
		first := "A"
		if issued[:1] == first {
			first = "B"
		}
		for _, changed := range []string{issued + "A", issued[1:], strings.ToLower(issued), first + issued[1:]} {
			other := b.other()
			other.cookies[sessionCookie] = &http.Cookie{Name: sessionCookie, Value: changed}
			other.call("GET", "/", "")
			a.holds(other.cookies[sessionCookie].Value != changed, "%q was adopted", changed)
		}
	}},
	{"planted-session-of-an-attacker",
		"An attacker plants a session that the server gave him, and reads what his victim does.", bubble(func(a *attempt) {
			s := newShop(a)
			attacker := s.visitor(a)
			attacker.call("GET", "/", "")
			victim := attacker.other()
			victim.cookies[sessionCookie] = attacker.cookies[sessionCookie]
			victim.create("sign-in")
			w := attacker.call("GET", onePath, "")
			a.holds(w.Code == 404, "got %d %s", w.Code, w.Body)
			w = attacker.call("DELETE", onePath, "")
			a.holds(w.Code == 404, "cancelled: got %d %s", w.Code, w.Body)
			s.platform.change(func() { s.platform.token = "T" })
			s.platform.become(signedMeta, false)
			if answer := s.awaitVerdict(a, victim); answer.Verdict != payload.VerdictVerified {
				a.Fatalf("without the attack: %s", outcomes(answer))
			}
			attacker.call("POST", allPath, `{"demo":"pay"}`)
			token := s.platform.request.Load().UserToken
			a.holds(token == "", "the attacker's payment was pushed to the victim's phone %q", token)
			renewed := victim.cookies[sessionCookie].Value != attacker.cookies[sessionCookie].Value
			a.holds(renewed, "the session goes on after the sign-in")
		})},
	{"second-cookie", "A sister site sets a second cookie of the same name, which is sent first.", func(a *attempt) {
		b := newShop(a).visitor(a)
		b.create("pay")
		r := httptest.NewRequest("GET", onePath, nil)
		r.AddCookie(&http.Cookie{Name: sessionCookie, Value: "AAAAAAAAAAAAAAAAAAAAAAAAAA"})
		w := b.do(r)
		a.holds(w.Code == 200 && len(w.Result().Cookies()) == 0, "the visitor loses the session: %d %s", w.Code, w.Body)
	}},
	{"key-to-another-request", "A visitor shows the cookie of one request for another.", func(a *attempt) {
		s := newShop(a)
		victim := s.visitor(a)
		victim.create("pay")
		attacker := victim.other()
		attacker.call("POST", allPath, `{"demo":"pay"}`)
		r := httptest.NewRequest("GET", onePath, nil)
		own := 0
		for _, c := range attacker.cookies {
			if strings.HasPrefix(c.Name, holderCookie) {
				own++
				r.AddCookie(&http.Cookie{Name: holderCookie + testUUID, Value: c.Value})
			}
		}
		w := httptest.NewRecorder()
		victim.handler.ServeHTTP(w, r)
		a.holds(own == 1 && w.Code == 404, "with %d cookies: got %d %s", own, w.Code, w.Body)
	}},
	{"cookie-in-the-clear", "A session is sent in the clear, or set by a neighbour under the domain.", func(a *attempt) {
		s := newShop(a)
		s.cookies = newCookies(s.record.Secret(), true) // as for an origin with https:
		b := s.visitor(a)
		b.call("GET", "/", "")
		b.call("POST", allPath, `{"demo":"pay"}`)
		a.holds(len(b.cookies) == 2, "got %d cookies", len(b.cookies))
		for name, c := range b.cookies {
			a.holds(c.Secure && c.HttpOnly && strings.HasPrefix(name, "__"), "got %v", c)
		}
	}},
	{"session-in-the-url", "The session id comes in the query or in a header, which a link can bring.",
		func(a *attempt) {
			b := newShop(a).visitor(a)
			b.create("pay")
			id := b.cookies[sessionCookie].Value
			for _, query := range []string{"?session=" + id, "?" + sessionCookie + "=" + id} {
				w := b.other().call("GET", onePath+query, "")
				a.holds(w.Code == 404, "%s: got %d %s", query, w.Code, w.Body)
			}
			r := httptest.NewRequest("GET", onePath, nil)
			r.Header.Set("Authorization", "Bearer "+id)
			r.Header.Set("X-Session", id)
			w := b.other().do(r)
			a.holds(w.Code == 404, "got %d %s", w.Code, w.Body)
		}},
	{"cookie-read-by-a-script", "A script in the page reads the session id, or another site's page sends it.",
		func(a *attempt) {
			b := newShop(a).visitor(a)
			b.call("GET", "/", "")
			c := b.cookies[sessionCookie]
			a.holds(c.HttpOnly && c.SameSite >= http.SameSiteLaxMode && c.Domain == "" && c.Path == "/", "got cookie %v", c)
		}},
	{"push-to-another-phone", "A visitor's request is pushed to the phone of whoever signed in before.",
		bubble(func(a *attempt) {
			s := newShop(a)
			s.platform.change(func() { s.platform.token, s.platform.meta = "T", xaman.Meta{Resolved: true, Signed: true} })
			b := s.visitor(a)
			b.create("sign-in")
			b.get()
			other := b.other()
			other.call("POST", allPath, `{"demo":"pay"}`)
			a.holds(s.platform.request.Load().UserToken == "", "pushed to %q", s.platform.request.Load().UserToken)
		})},
	{"shared-cache", "A cache between hands one visitor's answer or session to another.", func(a *attempt) {
		b := newShop(a).visitor(a)
		b.create("pay")
		w := b.call("GET", onePath, "")
		a.holds(w.Header().Get("Cache-Control") == "no-store", "got Cache-Control %q", w.Header().Get("Cache-Control"))
	}},
}

var cancelAttacks = []attack{
	{"cancelling-a-strangers-request", "A visitor ends a request that another session made.", func(a *attempt) {
		s := newShop(a)
		b := s.visitor(a)
		b.create("pay")
		calls := s.platform.calls.Load()
		w := b.other().call("DELETE", onePath, "")
		a.holds(w.Code == 404 && s.platform.calls.Load() == calls, "got %d %s and a call to the platform", w.Code, w.Body)
	}},
	{"cancelling-without-a-session", "Somebody without a session ends a request.", func(a *attempt) {
		s := newShop(a)
		b := s.visitor(a)
		b.create("pay")
		calls := s.platform.calls.Load()
		w := httptest.NewRecorder()
		b.handler.ServeHTTP(w, httptest.NewRequest("DELETE", onePath, nil))
		a.holds(w.Code == 404 && s.platform.calls.Load() == calls, "got %d %s and a call to the platform", w.Code, w.Body)
	}},
	{"cancelling-by-a-link", "A link that is only looked at ends a request.", func(a *attempt) {
		s := newShop(a)
		b := s.visitor(a)
		b.create("pay")
		for _, path := range []string{onePath + "?_method=DELETE", onePath + "/cancel", onePath + "?cancel=1"} {
			b.call("GET", path, "")
		}
		answer := b.get()
		a.holds(answer.Status == payload.StatusPending, "got %s", answer.Status)
	}},
	{"paying-what-was-cancelled", "A request is cancelled, signed after all, and counted.",
		bubble(func(a *attempt) {
			s := newShop(a)
			s.platform.change(func() { s.platform.cancel = xaman.Cancellation{Cancelled: true, Reason: "OK"} })
			b := s.visitor(a)
			b.create("pay")
			b.call("DELETE", onePath, "")
			answer := b.get() // while the platform's databases lag
			a.holds(answer.Status == payload.StatusCancelled, "got %s", answer.Status)
			time.Sleep(time.Second)
			s.platform.become(xaman.Meta{Resolved: true, Signed: true, Cancelled: true}, false)
			answer = s.awaitVerdict(a, b)
			a.holds(answer.Verdict == payload.VerdictUnverified, "got %+v", answer)
		})},
	{"cancelling-what-was-verified", "A request is cancelled after it was verified, so that it is forgotten.",
		bubble(func(a *attempt) {
			s := newShop(a)
			s.platform.change(func() { s.platform.meta = xaman.Meta{Resolved: true, Signed: true} })
			b := s.visitor(a)
			b.create("pay")
			if answer := s.awaitVerdict(a, b); answer.Verdict != payload.VerdictVerified {
				a.Fatalf("without the attack: %s", outcomes(answer))
			}
			// As no platform should.
			s.platform.change(func() { s.platform.cancel = xaman.Cancellation{Cancelled: true, Reason: "OK"} })
			b.call("DELETE", onePath, "")
			answer := b.get()
			a.holds(answer.Verdict == payload.VerdictVerified, "got %+v", answer)
		})},
}
