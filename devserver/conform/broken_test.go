package conform_test

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/devserver/conform"
	"github.com/xaman-live/xaman-live/wasm/api"
)

// broken has for each rule a backend that breaks it. A law is broken by answers to what rules ask for, which are named
// after it.
var broken = []struct {
	rules string
	by    breaking
}{
	{"as-described a-request-is-new", saying(`"summary":`, `"asked":`)},
	{"read-by-the-card a-request-is-new", saying(`"verdict":"none"`, `"verdict":"none","verdict":"none"`)},
	{"not-kept unknown-requests-are-not-found", altering(func(_ *http.Request, a *reply) {
		if a.Code >= 400 {
			a.Header().Del("Cache-Control")
		}
	})},
	{"cookies-kept-close a-request-is-new", altering(func(_ *http.Request, a *reply) {
		for i, line := range a.Header()["Set-Cookie"] {
			a.Header()["Set-Cookie"][i] = strings.Replace(line, "; HttpOnly", "", 1)
		}
	})},
	{"result-waits-for-the-verdict a-request-is-new",
		saying(`"result":{}`, `"result":{"account":"rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh"}`)},
	{"never-backwards what-is-final-is-not-asked-for", forgetful},
	{"offers-are-listed", saying(`"demos":["pay",`, `"demos":[`)},
	{"a-request-is-new", altering(func(r *http.Request, a *reply) {
		if r.Method == "POST" {
			a.replace(`"pending"`, `"opened"`)
		}
	})},
	{"a-request-is-told-again", altering(func(r *http.Request, a *reply) {
		if isOne(r) {
			a.change(func(doc map[string]any) { doc["payload"] = nil })
		}
	})},
	{"same-key-same-request", deaf(func(r *http.Request, body string) string {
		r.Header.Del("Idempotency-Key")
		return body
	})},
	{"same-key-at-once", hasty()},
	{"another-key-another-request", deaf(func(r *http.Request, body string) string {
		if r.Header.Get("Idempotency-Key") != "" {
			r.Header.Set("Idempotency-Key", "always-the-same")
		}
		return body
	})},
	{"a-key-is-the-visitors-own", repeating(func(r *http.Request) string { return r.Header.Get("Idempotency-Key") })},
	{"a-key-is-the-offers-own", repeating(func(r *http.Request) string {
		return r.Header.Get("Idempotency-Key") + sessionOf(r)
	})},
	{"bad-keys-are-refused", deaf(func(r *http.Request, body string) string {
		r.Header["Idempotency-Key"] = nil
		delete(r.Header, "Idempotency-Key")
		return body
	})},
	{"a-repeated-uuid-is-refused", trusting},
	{"unknown-offers-are-refused", deaf(func(_ *http.Request, body string) string {
		return strings.Replace(body, "no-such-offer", "pay", 1)
	})},
	{"unreadable-bodies-are-refused", deaf(func(_ *http.Request, body string) string {
		var in struct{ Demo string }
		if json.NewDecoder(strings.NewReader(body)).Decode(&in) == nil && in.Demo != "" {
			return `{"demo":"` + in.Demo + `"}`
		}
		return body
	})},
	{"other-types-are-refused", deaf(func(r *http.Request, body string) string {
		r.Header.Set("Content-Type", "application/json")
		return body
	})},
	{"large-bodies-are-refused", deaf(func(_ *http.Request, body string) string {
		if len(body) > 1000 {
			return `{"demo":"pay"}`
		}
		return body
	})},
	{"the-browser-chooses-no-transaction", obeying("txjson")},
	{"amounts-are-kept-in-bounds", obeying("-5")},
	{"bad-uuids-are-refused", altering(func(r *http.Request, a *reply) {
		if isOne(r) && a.Code == 400 {
			a.refuse(404, "not-found")
		}
	})},
	{"unknown-requests-are-not-found", altering(func(_ *http.Request, a *reply) {
		if a.Code == 404 {
			a.body = "404 page not found"
		}
	})},
	{"other-methods-are-refused", altering(func(_ *http.Request, a *reply) { a.Header().Del("Allow") })},
	{"webhooks-are-signed", altering(func(_ *http.Request, a *reply) {
		if a.Code == 401 {
			a.Code, a.body = 200, "{}"
		}
	})},
	{"strangers-see-nothing", admitting(func(r *http.Request, _, _ bool) bool { return r.Method == "GET" })},
	{"strangers-learn-nothing", talkative},
	{"strangers-cancel-nothing", admitting(func(r *http.Request, _, _ bool) bool { return r.Method == "DELETE" })},
	{"a-cookie-is-for-one-request", admitting(func(_ *http.Request, holder, _ bool) bool { return holder })},
	{"a-planted-session-shows-nothing", admitting(func(_ *http.Request, _, session bool) bool { return session })},
	{"a-planted-session-pushes-nothing", pushing},
	{"cancelling-ends-a-request", func(w world) http.Handler {
		return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			cancelled := r.Method == "DELETE"
			if cancelled {
				r.Method = "GET"
			}
			a := w.ask(r, string(body))
			if cancelled {
				a.change(func(doc map[string]any) { doc["cancelled"], doc["reason"], doc["status"] = true, "OK", "cancelled" })
			}
			a.send(out)
		})
	}},
	{"cancelled-once", altering(func(_ *http.Request, a *reply) {
		if strings.Contains(a.body, "ALREADY_CANCELLED") {
			a.refuse(404, "not-found")
		}
	})},
	{"an-opened-request-is-not-cancelled",
		saying(`"cancelled":false,"reason":"ALREADY_OPENED"`, `"cancelled":true,"reason":"OK"`)},
	{"a-verdict-is-not-cancelled",
		saying(`"cancelled":false,"reason":"ALREADY_RESOLVED"`, `"cancelled":true,"reason":"OK"`)},
	{"declining-is-final", saying(`"status":"rejected"`, `"status":"opened"`)},
	{"expiring-is-told", saying(`"status":"expired"`, `"status":"pending"`)},
	{"a-payment-is-verified", altering(func(_ *http.Request, a *reply) {
		a.change(func(doc map[string]any) {
			if doc["verdict"] == "verified" {
				doc["result"].(map[string]any)["txid"] = strings.Repeat("0", 64)
			}
		})
	})},
	{"a-sign-in-is-verified", altering(func(_ *http.Request, a *reply) {
		a.change(func(doc map[string]any) {
			if result, ok := doc["result"].(map[string]any); ok {
				delete(result, "account")
			}
		})
	})},
	{"a-regular-key-may-sign",
		saying(`"outcome":"pass","code":"regular-key"`, `"outcome":"fail","code":"key-not-allowed"`)},
	{"nothing-is-verified-unsigned", altering(func(_ *http.Request, a *reply) {
		a.change(func(doc map[string]any) {
			if doc["status"] == "opened" {
				verify(doc)
			}
		})
	})},
	{"not-before-the-ledger", believing("not-on-ledger-yet", "node-not-asked-yet", "node-unusable")},
	{"a-late-signature-counts", altering(func(_ *http.Request, a *reply) {
		a.change(func(doc map[string]any) {
			if left, ok := doc["expires_in"].(json.Number); ok && left[0] == '-' && doc["verdict"] == "none" {
				doc["status"] = "expired"
			}
		})
	})},
	{"no-belief-in-other-account", believing("signer-unknown-yet")},
	{"no-belief-in-sign-in-for-payment", believing("lacks TransactionType")},
	{"no-belief-in-payment-for-sign-in", believing("other-mark")},
	{"no-belief-in-wrong-amount", believing("other-amount")},
	{"no-belief-in-wrong-destination", believing("other-destination")},
	{"no-belief-in-dropped-tag", believing("other-tag")},
	{"no-belief-in-dropped-invoice-id", believing("lacks InvoiceID")},
	{"no-belief-in-dropped-memo", believing("lacks Memos")},
	{"no-belief-in-foreign-sign-in", believing("another Memos")},
	{"no-belief-in-absurd-fee", believing("fee-too-high")},
	{"no-belief-in-partial-payment", believing("other-flags")},
	{"no-belief-in-other-network", believing("other-network")},
	{"no-belief-in-high-s", believing("signature-invalid")},
	{"no-belief-in-replay", believing("another InvoiceID")},
	{"no-belief-in-wrong-txid", believing("other-hash")},
	{"no-belief-in-submit-fails", believing("failed-on-ledger")},
	{"no-belief-in-delivers-less", believing("less-delivered")},
	{"no-belief-in-older-transaction", believing("older-than-request")},
	{"no-belief-in-never-submits", believing("not-on-ledger-yet")},
	{"no-belief-in-claims-success", believing("not-on-ledger-yet")},
	{"a-young-request-is-not-lost", denying},
	{"a-failing-platform-ends-nothing", altering(func(_ *http.Request, a *reply) {
		if strings.Contains(a.body, `"stale":true`) {
			a.replace(`"status":"pending"`, `"status":"expired"`)
		}
	})},
	{"a-platform-that-is-down-is-told", altering(func(_ *http.Request, a *reply) {
		if a.Code == 503 {
			a.refuse(500, "internal")
		}
	})},
	{"an-odd-platform-is-understood", particular},
	{"asking-often-is-cheap", asking(func(r *http.Request, a *reply) bool { return r.Method == "GET" })},
	{"what-is-final-is-not-asked-for", asking(func(_ *http.Request, a *reply) bool {
		return strings.Contains(a.body, `"verified"`)
	})},
	{"strangers-cost-nothing", asking(func(_ *http.Request, a *reply) bool { return a.Code == 404 })},
	{"news-is-told-soon", slow},
	{"own-pages-may-ask", altering(func(r *http.Request, a *reply) {
		if r.Header.Get("Origin") == siteOrigin {
			a.refuse(403, "forbidden")
		}
	})},
	{"foreign-pages-make-nothing", hospitable("POST")},
	{"foreign-pages-cancel-nothing", hospitable("DELETE")},
	{"a-made-up-view-key-shows-nothing", altering(func(r *http.Request, a *reply) {
		if a.Code == 404 && r.Header.Get(api.ViewKey) != "" {
			a.refuse(403, "view-key-expired")
		}
	})},
	{"a-view-key-shows-its-request", altering(func(r *http.Request, a *reply) {
		if r.Header.Get(api.ViewKey) != "" {
			a.Header().Add("Set-Cookie", "seen=yes; Path=/; HttpOnly; SameSite=Lax")
		}
	})},
	{"a-view-key-is-for-one-request", generous},
	{"a-view-key-cancels", altering(func(r *http.Request, a *reply) {
		if r.Method == "DELETE" {
			a.refuse(404, "not-found")
		}
	})},
	{"a-view-key-counts-alone", deaf(func(r *http.Request, body string) string {
		if r.Header.Get("Cookie") != "" {
			r.Header.Del(api.ViewKey)
		}
		return body
	})},
	{"a-view-key-expires", saying("view-key-expired", "forbidden")},
	{"listed-pages-see-by-a-view-key", altering(func(_ *http.Request, a *reply) {
		a.Header().Del("Access-Control-Allow-Origin")
	})},
	{"foreign-pages-read-nothing", altering(func(r *http.Request, a *reply) {
		if origin := r.Header.Get("Origin"); origin != "" {
			a.Header().Set("Access-Control-Allow-Origin", origin)
		}
	})},
}

func TestEveryRuleCatchesWhatBreaksIt(t *testing.T) {
	inWorld(t, func(t *testing.T, w world) {
		missing := conform.Names()
		for _, b := range broken {
			rules := strings.Fields(b.rules)
			w.site.to(b.by(w))
			report := w.try(t, rules...)
			i := slices.IndexFunc(report.Rules, func(r conform.Result) bool { return r.Rule == rules[0] })
			r := report.Rules[i]
			if r.Outcome != conform.Broken || r.Seen == "" {
				t.Errorf("%s: %s is %s, want it broken: %s", b.rules, r.Rule, r.Outcome, r.Seen)
			}
			if !strings.HasSuffix(r.Why, ".") || !strings.HasSuffix(r.Mend, ".") {
				t.Errorf("%s: got %q and %q, want sentences", r.Rule, r.Why, r.Mend)
			}
			missing = slices.DeleteFunc(missing, func(name string) bool { return name == rules[0] })
			time.Sleep(10 * time.Second) // for what visitors may ask of the platform
		}
		if len(missing) > 0 {
			t.Errorf("no backend breaks %q", missing)
		}
	})
}
