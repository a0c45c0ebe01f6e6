package backend

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/xaman-live/xaman-live/devserver/sandbox"
)

// target is a sandbox under attack, with a payload that waits for a phone.
type target struct {
	*sandbox.Sandbox
	uuid string
}

const (
	targetOrigin  = "http://127.0.0.1:8081"
	targetPayload = `{"txjson":{"TransactionType":"SignIn"},"custom_meta":{"instruction":"<script>alert(1)</script>"}}`
)

func (a *attempt) target() target {
	a.Helper()
	p, err := sandbox.New(context.Background(), sandbox.Config{BaseURL: targetOrigin})
	if err != nil {
		a.Fatal(err)
	}
	a.Cleanup(func() { p.Close() })
	w := target{p, ""}.api("POST", "payload", targetPayload, sandbox.Key, sandbox.Secret)
	var made struct{ UUID string }
	if err := json.Unmarshal(w.Body.Bytes(), &made); err != nil || made.UUID == "" {
		a.Fatalf("create: %d %s", w.Code, w.Body)
	}
	return target{p, made.UUID}
}

// api calls the platform's API.
func (t target) api(method, path, body, key, secret string) *httptest.ResponseRecorder {
	return t.call(method, "/api/v1/platform/"+path, body, map[string]string{
		"X-Api-Key": key, "X-Api-Secret": secret, "Content-Type": "application/json",
	})
}

func (t target) call(method, path, body string, header map[string]string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, targetOrigin+path, strings.NewReader(body))
	for name, value := range header {
		r.Header.Set(name, value)
	}
	if host := header["Host"]; host != "" {
		r.Host = host
	}
	w := httptest.NewRecorder()
	t.ServeHTTP(w, r)
	return w
}

// untouched fails the test if the payload was opened or resolved.
func (a *attempt) untouched(t target) {
	a.Helper()
	w := t.api("GET", "payload/"+t.uuid, "", sandbox.Key, sandbox.Secret)
	a.holds(w.Code == http.StatusOK && strings.Contains(w.Body.String(), `"resolved":false`) &&
		strings.Contains(w.Body.String(), `"app_opened":false`), "got %d %s", w.Code, w.Body)
}

// sandboxAttacks are tried on the offline platform: its phone signs for a person who is not asked, and its faults could
// be switched on while that person works.
func sandboxAttacks() []attack {
	json := map[string]string{"Content-Type": "application/json"}
	with := func(pairs ...string) map[string]string {
		all := map[string]string{"Content-Type": json["Content-Type"]}
		for i := 0; i < len(pairs); i += 2 {
			all[pairs[i]] = pairs[i+1]
		}
		return all
	}
	foreign := with("Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site")
	rows := []struct {
		name, how, method, path, body string // {uuid} stands for the payload's
		header                        map[string]string
	}{
		{"phone-from-another-site", "A page of another site has the phone sign.",
			"POST", "/phone/{uuid}/accept", "{}", foreign},
		{"phone-from-an-old-browser", "The same, in a browser that only sends Origin.", "POST", "/phone/{uuid}/accept", "{}",
			with("Origin", "https://evil.example")},
		{"phone-from-the-site", "A script in the site's page has the phone sign.", "POST", "/phone/{uuid}/accept", "{}",
			with("Origin", "http://127.0.0.1:8080", "Sec-Fetch-Site", "same-site")},
		{"form-from-another-site", "A form of another site has the phone sign.", "POST", "/sign/{uuid}", "act=accept",
			with("Content-Type", "application/x-www-form-urlencoded", "Origin", "https://evil.example")},
		{"faults-from-another-site", "A page of another site switches a fault on.",
			"PUT", "/faults/{uuid}", `{"faults":["silent"]}`, foreign},
		{"phone-under-another-name", "A foreign name has been pointed at the phone.", "POST", "/phone/{uuid}/accept", "{}",
			with("Host", "rebound.example:8081")},
		{"phone-by-a-link", "A link that is only looked at has the phone sign.", "GET", "/phone/{uuid}/accept", "", with()},
		{"api-without-a-secret", "Somebody without a secret reads a payload.", "GET", "/api/v1/platform/payload/{uuid}", "",
			with("X-Api-Key", sandbox.Key)},
		{"api-with-a-wrong-secret", "Somebody guesses the secret.", "GET", "/api/v1/platform/payload/{uuid}", "",
			with("X-Api-Key", sandbox.Key, "X-Api-Secret", "5a6d0c1e-0000-4000-8000-000000000003")},
		{"cancel-with-a-wrong-secret", "Somebody without the secret ends a payload.",
			"DELETE", "/api/v1/platform/payload/{uuid}", "",
			with("X-Api-Key", sandbox.Key, "X-Api-Secret", sandbox.Key)},
		{"file-of-the-sandbox", "A path leads out of the sandbox's own files.",
			"GET", "/assets/..%2f..%2fplatform.go", "", with()},
	}
	var all []attack
	for _, row := range rows {
		all = append(all, attack{row.name, row.how, func(a *attempt) {
			t := a.target()
			fill := strings.NewReplacer("{uuid}", t.uuid)
			w := t.call(row.method, fill.Replace(row.path), row.body, row.header)
			a.holds(w.Code >= 400 && w.Code < 500, "got %d %s", w.Code, w.Body)
			a.holds(w.Header().Get("Access-Control-Allow-Origin") == "", "other sites may read the answer")
			a.untouched(t)
		}})
	}
	return append(all,
		attack{"markup-on-the-phone", "An application's words are markup on the phone's page.", func(a *attempt) {
			t := a.target()
			t.call("POST", "/phone/"+t.uuid+"/open", "{}", with())
			w := t.call("GET", "/sign/"+t.uuid, "", with())
			a.holds(w.Code == http.StatusOK && strings.Contains(w.Body.String(), "&lt;script&gt;"), "got %d %s", w.Code, w.Body)
			a.holds(!strings.Contains(w.Body.String(), "<script>alert"), "got %s", w.Body)
		}},
		attack{"payload-without-end", "A payload does not end, or nests without end.", func(a *attempt) {
			t := a.target()
			deep := strings.Repeat(`{"a":`, 100_000) + "1" + strings.Repeat("}", 100_000)
			for _, body := range []string{`{"txjson":` + deep + `}`, `{"x":"` + strings.Repeat("x", 8<<20) + `"}`, deep} {
				w := t.api("POST", "payload", body, sandbox.Key, sandbox.Secret)
				a.holds(w.Code >= 400, "%.20s: got %d %.200s", body, w.Code, w.Body)
			}
			a.untouched(t)
		}},
	)
}
