package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/devserver/sandbox"
	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// loggedConfig has the address of a callback to be filled in.
const loggedConfig = `
[offers.pay]
kind = "payment"
to = "rPT1Sjq2YGrBMTttX4GZHjKu9dyfzbpAYe"
amount = "2.5"
[offers.sign-in]
kind = "sign-in"
[callbacks.shop]
url = "%s/paid?token=open-sesame-open-sesame"
secrets = [{ env = "SHOP_SECRET" }]
all = true
`

// teller calls a server, and keeps all that it says, sends and hears which no log may show.
type teller struct {
	*testing.T
	devserver
	client  *http.Client
	secrets []string
}

// call returns the answer of a call, in which the members are whatever was expected.
func (c *teller) call(want int, method, url, body string, headers ...string) (a struct {
	UUID        payload.UUID
	Verdict     payload.Verdict
	Application struct {
		Token string `json:"issued_user_token"`
	}
	ViewKey    string `json:"view_key"`
	Deliveries []struct{ Attempts int }
}) {
	c.Helper()
	r, err := http.NewRequestWithContext(c.Context(), method, url, strings.NewReader(body))
	if err != nil {
		c.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	for pair := range slices.Chunk(headers, 2) {
		r.Header.Set(pair[0], pair[1])
	}
	res, err := c.client.Do(r)
	if err != nil {
		c.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != want {
		c.Fatalf("%s %s: got %s %s, %v, want %d", method, url, res.Status, data, err, want)
	}
	_ = json.Unmarshal(data, &a) // of a refusal nothing is used
	c.secrets = append(c.secrets, string(a.UUID), a.Application.Token, a.ViewKey)
	for _, cookie := range res.Cookies() {
		value, _, _ := strings.Cut(cookie.Value, ".")
		c.secrets = append(c.secrets, cookie.Value, value)
	}
	return a
}

func (c *teller) pays(uuid payload.UUID) {
	c.Helper()
	c.call(200, "POST", c.sandbox+"/phone/"+string(uuid)+"/accept", "")
}

// awaits asks for a request until it is verified.
func (c *teller) awaits(uuid payload.UUID, headers ...string) {
	c.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for c.call(200, "GET", c.site+"/api/sign-requests/"+string(uuid), "", headers...).Verdict != payload.VerdictVerified {
		if time.Now().After(deadline) {
			c.Fatal("got no verdict")
		}
	}
}

// awaitsTold asks for the deliveries of an order until the first one was tried.
func (c *teller) awaitsTold(uuid payload.UUID, key string) {
	c.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for {
		all := c.call(200, "GET", c.private+"/api/deliveries?order="+string(uuid), "", "Authorization", "Bearer "+key)
		if len(all.Deliveries) > 0 && all.Deliveries[0].Attempts > 0 {
			return
		}
		if time.Now().After(deadline) {
			c.Fatal("got no delivery")
		}
	}
}

// metrics are all counts of the server.
func (c *teller) metrics() string {
	c.Helper()
	res, err := c.client.Get(c.private + "/metrics")
	if err != nil {
		c.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		c.Fatal(err)
	}
	return string(text)
}

// Whoever reads the log hears why a verdict fell, and nothing that he could use: no secret, no key, no cookie, no
// user's token, and of a UUID too little to listen to the payload.
func TestLogAndMetricsTellNoSecret(t *testing.T) {
	t.Parallel()
	const secret = "5f4dcc3b5aa765d61d8327deb882cf992b95990a"
	const key, another = "8c1f0e6a52b04c7d9e3f7a6b5c4d3e2f1a0b9c8d", "f0e1d2c3b4a5968778695a4b3c2d1e0f11223344"
	var log bytes.Buffer
	shop := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, "broken", http.StatusInternalServerError)
	}))
	t.Cleanup(shop.Close)
	file := filepath.Join(t.TempDir(), "xaman-live.toml")
	if err := os.WriteFile(file, fmt.Appendf(nil, loggedConfig, shop.URL), 0o600); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"XAMAN_LIVE_KEY": key, "SHOP_SECRET": secret}
	d, stop := startLogged(t, &log, env, "-log", "json", "-private-addr", "127.0.0.1:0", "-config", file)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &teller{t, d, &http.Client{Jar: jar, Transport: transport(t)}, nil}
	c.secrets = []string{sandbox.Key, sandbox.Secret, key, another, secret, "open-sesame-open-sesame"}
	visitors, program := d.site+"/api/sign-requests", d.private+"/api/orders"

	// A visitor pays, the node gives no answer for a while, and the platform knows him from then on.
	c.call(200, "PUT", d.sandbox+"/faults/node", `{"faults":["busy"]}`)
	made := c.call(201, "POST", visitors, `{"demo":"pay"}`, "Idempotency-Key", "an-idempotency-key")
	c.pays(made.UUID)
	c.call(200, "GET", visitors+"/"+string(made.UUID), "")
	c.call(200, "PUT", d.sandbox+"/faults/node", `{"faults":[]}`)
	token := c.call(200, "GET", d.sandbox+"/api/v1/platform/payload/"+string(made.UUID), "",
		"X-API-Key", sandbox.Key, "X-API-Secret", sandbox.Secret).Application.Token
	if token == "" {
		t.Fatal("got no user token")
	}

	// The site's own program orders, for a visitor with a view key.
	ordered := c.call(201, "POST", program, `{"offer":"pay","reference":"order 117"}`, "Authorization", "Bearer "+key,
		"Idempotency-Key", "another-idempotency-key")
	c.pays(ordered.UUID)
	c.awaits(ordered.UUID, "View-Key", ordered.ViewKey)
	c.awaits(made.UUID)
	pushed := c.call(201, "POST", visitors, `{"demo":"sign-in"}`)
	c.call(200, "DELETE", visitors+"/"+string(pushed.UUID), "")

	// What is refused shows no more than what is taken.
	c.call(401, "POST", program, `{"offer":"pay"}`, "Authorization", "Bearer "+another)
	c.call(404, "GET", visitors+"/"+string(ordered.UUID), "", "View-Key", ordered.ViewKey+"k")
	c.call(401, "POST", d.site+"/api/webhook", `{"meta":{}}`, "X-Xumm-Request-Signature", another)
	c.awaitsTold(made.UUID, key)
	c.awaitsTold(ordered.UUID, key)
	counts := c.metrics()
	for _, want := range []string{
		`xaman_live_orders_total{event="verified"} 2`, `xaman_live_orders_total{event="cancelled"} 1`,
		`xaman_live_checks_total{check="single-use",outcome="pass"} 2`, `xaman_live_orders_followed `,
		`xaman_live_deliveries_total{outcome="failed"} `, `xaman_live_deliveries_waiting 3`,
		`xaman_live_call_seconds_count{outcome="answered",to="platform"} `,
		`xaman_live_call_seconds_count{outcome="answered",to="node"} `,
		`xaman_live_http_request_seconds_count{code="201",route="POST /api/sign-requests"} 2`,
	} {
		if !strings.Contains(counts, "\n"+want) {
			t.Errorf("got no %s in %s", want, counts)
		}
	}
	site, err := url.Parse(d.site)
	if err != nil {
		t.Fatal(err)
	}
	for _, cookie := range jar.Cookies(site.JoinPath("/api/sign-requests", string(made.UUID))) {
		c.secrets = append(c.secrets, cookie.Value)
	}
	stop()

	c.secrets = slices.DeleteFunc(c.secrets, func(s string) bool { return len(s) < 16 }) // "node" is the id of its faults
	if len(c.secrets) < 20 {
		t.Fatalf("got %d secrets, want some to look for", len(c.secrets))
	}
	for _, secret := range c.secrets {
		if strings.Contains(strings.ToLower(counts), strings.ToLower(secret)) {
			t.Errorf("the metrics tell %s", secret)
		}
	}
	trail := map[string][]string{} // what happened, by the beginnings of UUIDs
	for line := range strings.Lines(log.String()) {
		for _, secret := range c.secrets {
			if strings.Contains(strings.ToLower(line), strings.ToLower(secret)) {
				t.Errorf("the line %s tells %s", line, secret)
			}
		}
		var it struct{ Msg, Event, Origin, UUID, Checks string }
		if err := json.Unmarshal([]byte(line), &it); err != nil {
			t.Errorf("got the line %s: %v, want JSON", line, err)
		}
		if it.Origin == "sandbox" {
			continue
		}
		trail[it.UUID] = append(trail[it.UUID], strings.TrimSpace(it.Msg+" "+it.Event))
		if it.Msg == "order" && it.Event == "verified" && strings.Count(it.Checks, "=pass") != len(api.Checks) {
			t.Errorf("got the checks %s in %s", it.Checks, line)
		}
	}
	for _, uuid := range []payload.UUID{made.UUID, ordered.UUID} {
		// A delivery is made as soon as the verdict is in the record, beside what else is to be done then.
		for _, want := range [][]string{
			{"order created", "platform", "order signed", "node", "order verified"},
			{"order created", "order signed", "delivery verified"},
		} {
			got := trail[string(uuid[:8])]
			for _, what := range want {
				at := slices.Index(got, what)
				if at < 0 {
					t.Fatalf("got the trail %q, want %q in that order", trail[string(uuid[:8])], want)
				}
				got = got[at+1:]
			}
		}
	}
}
