package orders

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

const unknownUUID = "9a2c7a52-3c1e-4b53-9d4e-5f1b8c1f0a77"

// paths are those of all calls.
func paths() (all []call) {
	for _, c := range calls {
		c.path = strings.NewReplacer("{uuid}", unknownUUID, "{id}", unknownUUID+"-verified-till").Replace(c.path)
		all = append(all, c)
	}
	return all
}

func TestNobodyIsLetInWithoutAKey(t *testing.T) {
	w := newWorld(t)
	for _, c := range append(paths(), call{method: "GET", path: "/"}, call{method: "PUT", path: "/api/orders"}) {
		for name, header := range map[string][]string{
			"none": nil, "wrong": {"Authorization", "Bearer " + nextKey}, "in a cookie": {"Cookie", "key=" + testKey},
		} {
			res := w.call(c.method, w.private+c.path, testOrder, header...)
			w.wantRefusal(c.method+" "+c.path+" "+name, res, 401, api.Unauthorized, "XAMAN_LIVE_KEY")
			if got := res.Header.Get("WWW-Authenticate"); got != "Bearer" {
				t.Errorf("%s: got WWW-Authenticate %q", name, got)
			}
		}
	}
	res := w.call("GET", w.private+"/api/orders?reference=1&key="+testKey, "")
	w.wantRefusal("in the URL", res, 401, api.Unauthorized, "Bearer")
}

// Whoever reaches the site's pages reaches no call of its program, whatever he shows.
func TestPagesReachNoCallOfTheProgram(t *testing.T) {
	w := newWorld(t)
	for _, c := range paths() {
		res := w.call(c.method, w.site+c.path, testOrder, "Authorization", "Bearer "+testKey)
		if data, _ := io.ReadAll(res.Body); res.StatusCode != 404 || strings.Contains(string(data), "{") {
			t.Errorf("%s %s: got %s %s, want nothing", c.method, c.path, res.Status, data)
		}
	}
	for _, path := range []string{"/api/sign-requests", "/api/sign-requests/" + unknownUUID, "/api/webhook", "/", "/api"} {
		res := w.program("GET", path, "")
		w.wantRefusal(path, res, 404, api.NotFound, "There is no such call.")
		if len(res.Cookies()) != 0 || res.Header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s: got %v", path, res.Header)
		}
	}
}

func TestOtherMethods(t *testing.T) {
	w := newWorld(t)
	for path, allow := range map[string]string{
		"/api/orders": "POST, GET", "/api/orders/" + unknownUUID: "GET, DELETE",
		"/api/orders/" + unknownUUID + "/view-keys": "POST", "/api/deliveries": "GET", "/api/deliveries/x": "GET",
		"/api/deliveries/x/retry": "POST",
	} {
		for _, method := range []string{"PUT", "PATCH", "OPTIONS"} {
			res := w.program(method, path, testOrder)
			w.wantRefusal(method+" "+path, res, 405, api.MethodNotAllowed, "This can only be done with ")
			if got := res.Header.Get("Allow"); got != allow {
				t.Errorf("%s %s: got Allow %q, want %q", method, path, got, allow)
			}
		}
	}
}

func TestOrdersThatAreRefused(t *testing.T) {
	w := newWorld(t)
	const payer = "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh"
	const shopless = `{"TransactionType":"Payment","Destination":"` + testShop + `"}`
	for name, tt := range map[string]struct {
		body   string
		status int
		code   payload.Code
		want   string
	}{
		"no body":         {``, 400, api.BadRequest, "not the JSON object that was expected"},
		"form":            {`txjson=1`, 400, api.BadRequest, "not the JSON object that was expected"},
		"unknown member":  {`{"offer":"coffee","amuont":"1"}`, 400, api.BadRequest, `"amuont" is not known`},
		"deep":            {`{"txjson":` + strings.Repeat("[", 100_000), 400, api.BadRequest, "nested"},
		"huge":            {`{"txjson":` + strings.Repeat(" ", maxBody), 413, api.TooLarge, "too large"},
		"unknown offer":   {`{"offer":"tea"}`, 400, UnknownOffer, "GET /api/sign-requests"},
		"no callback":     {`{"offer":"coffee","callback":"x"}`, 400, BadOrder, `no callback "x"`},
		"an address":      {`{"offer":"coffee","callback":"https://evil.example"}`, 400, BadOrder, `no callback "https://ev`},
		"unknown network": {`{"txjson":` + testSignIn + `,"network":"MOON"}`, 400, BadOrder, `no network "MOON"`},
		"no account":      {`{"txjson":` + testSignIn + `,"account":"rMe"}`, 400, BadOrder, `"rMe"`},

		"no transaction": {`{"txjson":{}}`, 400, BadOrder, "no transaction type"},
		"text":           {`{"txjson":"Payment"}`, 400, BadOrder, "not JSON of the kind"},
		"unknown type":   {`{"txjson":{"TransactionType":"Steal"}}`, 400, BadOrder, "not supported"},
		"unknown field":  {`{"txjson":{"TransactionType":"SignIn","Amuont":"1"}}`, 400, BadOrder, "no transaction has"},
		"wrong value":    {strings.Replace(testOrder, "2500000", "2.5", 1), 400, BadOrder, "Amount has a value"},
		"any amount":     {`{"txjson":` + shopless + `}`, 400, BadOrder, "never enough"},
		"another account": {`{"txjson":{"TransactionType":"SignIn","Account":"` + testShop + `"},"account":"` + payer + `"}`,
			400, BadOrder, payer + " has to sign"},
		"another network":   {`{"txjson":{"TransactionType":"AccountSet","NetworkID":0}}`, 400, BadOrder, "of TESTNET is 1"},
		"to nobody":         {`{"txjson":{"TransactionType":"Payment","Amount":"1"}}`, 400, BadOrder, "is to nobody"},
		"to the payer":      {`{"txjson":` + testPayment + `,"account":"` + testShop + `"}`, 400, BadOrder, "that pays"},
		"nothing":           {strings.Replace(testOrder, "2500000", "0", 1), 400, BadOrder, "more than nothing"},
		"submitted sign-in": {`{"txjson":` + testSignIn + `,"options":{"submit":true}}`, 400, BadOrder, "submitted"},
		"long template": {`{"txjson":{"TransactionType":"SignIn","Memos":"` + strings.Repeat("0", 64<<10) + `"}}`, 400,
			BadOrder, "longer than 65536 bytes"},
		"platform refuses": {strings.Replace(testOrder, "Two coffees", strings.Repeat("coffee ", 50), 1), 502,
			api.PlatformRefused, "a part of custom_meta is too long"},
	} {
		w.wantRefusal(name, w.program("POST", "/api/orders", tt.body), tt.status, tt.code, tt.want)
	}
	res := w.program("POST", "/api/orders", testOrder, api.IdempotencyKey, "two words")
	w.wantRefusal("bad key", res, 400, api.BadRequest, "Idempotency-Key")
	if log := w.log.String(); strings.Contains(log, testKey) || strings.Count(log, "call failed") != 1 {
		t.Errorf("got log %s, want the platform's refusal in it, and nothing that was the caller's fault", log)
	}
}

func TestCallsThatAreRefused(t *testing.T) {
	w := newWorld(t)
	const order = "/api/orders/" + unknownUUID
	for name, tt := range map[string]struct {
		method, path, body string
		status             int
		code               payload.Code
		want               string
	}{
		"no reference":        {"GET", "/api/orders", ``, 400, api.BadRequest, "?reference="},
		"not a UUID":          {"GET", "/api/orders/117", ``, 400, api.BadRequest, "not the UUID"},
		"not a UUID to end":   {"DELETE", "/api/orders/117", ``, 400, api.BadRequest, "not the UUID"},
		"not a UUID to show":  {"POST", "/api/orders/117/view-keys", ``, 400, api.BadRequest, "not the UUID"},
		"unknown":             {"GET", order, ``, 404, api.NotFound, "no such sign request"},
		"unknown to end":      {"DELETE", order, ``, 404, api.NotFound, "no such sign request"},
		"unknown to show":     {"POST", order + "/view-keys", ``, 404, api.NotFound, "no such sign request"},
		"shown for ever":      {"POST", order + "/view-keys", `{"expires_in":1000000000}`, 400, api.BadRequest, "expires_in"},
		"shown with more":     {"POST", order + "/view-keys", `{"key":"x"}`, 400, api.BadRequest, `"key" is not known`},
		"shown with too much": {"POST", order + "/view-keys", strings.Repeat(" ", maxBody+1), 413, api.TooLarge, "too large"},
		"deliveries of none":  {"GET", "/api/deliveries?order=117", ``, 400, api.BadRequest, "not the UUID"},
		"deliveries after":    {"GET", "/api/deliveries?after=117", ``, 400, api.BadRequest, "no delivery with the id"},
		"no such delivery":    {"GET", "/api/deliveries/117", ``, 404, api.NotFound, "There is no such delivery."},
		"no delivery":         {"POST", "/api/deliveries/117/retry", ``, 404, api.NotFound, "There is no such delivery."},
	} {
		w.wantRefusal(name, w.program(tt.method, tt.path, tt.body), tt.status, tt.code, tt.want)
	}
}

func TestCallsWithoutThePlatform(t *testing.T) {
	w := newWorld(t)
	o := w.order(testOrder)
	w.offline()
	for name, res := range map[string]*http.Response{
		"create": w.program("POST", "/api/orders", testOrder),
		"cancel": w.program("DELETE", "/api/orders/"+string(o.UUID), ""),
	} {
		w.wantRefusal(name, res, 503, api.PlatformUnavailable, "Xaman does not answer")
	}
	var r struct{ Status payload.Status }
	if w.read(w.program("GET", "/api/orders/"+string(o.UUID), ""), &r, 200); r.Status != payload.StatusPending {
		t.Errorf("got %+v, want what was known last", r)
	}
}

// The platform says how long to wait, and so does the answer.
func TestCallsThatComeTooFast(t *testing.T) {
	w := newWorld(t)
	o := w.order(testOrder)
	w.read(w.call("PUT", w.platform+"/faults/"+string(o.UUID), `{"faults":["rest-429"]}`), new(any), 200)
	for _, method := range []string{"DELETE", "POST"} {
		path := map[string]string{"DELETE": "/api/orders/" + string(o.UUID), "POST": "/api/orders"}[method]
		res := w.program(method, path, testOrder)
		w.wantRefusal(method, res, 429, api.TooManyRequests, "fewer calls")
		if seconds, err := strconv.Atoi(res.Header.Get("Retry-After")); err != nil || seconds < 1 || seconds > 2 {
			t.Errorf("%s: got Retry-After %q, want what the platform said", method, res.Header.Get("Retry-After"))
		}
	}
}

// A database that is away for a moment is nobody's fault, and all goes on when it is back.
func TestCallsWithoutTheRecord(t *testing.T) {
	w := newWorld(t)
	paths := []struct{ method, path string }{
		{"POST", "/api/orders"}, {"GET", "/api/orders?reference=1"}, {"GET", "/api/orders/" + unknownUUID},
		{"DELETE", "/api/orders/" + unknownUUID}, {"POST", "/api/orders/" + unknownUUID + "/view-keys"},
		{"GET", "/api/deliveries"}, {"GET", "/api/deliveries/" + unknownUUID},
		{"POST", "/api/deliveries/" + unknownUUID + "/retry"},
	}
	w.record.away.Store(true)
	for _, p := range paths {
		body := ""
		if p.path == "/api/orders" {
			body = testOrder
		}
		res := w.program(p.method, p.path, body)
		w.wantRefusal(p.method+" "+p.path, res, 503, api.Unavailable, "Try again in a moment")
		if got := res.Header.Get("Retry-After"); got != "5" {
			t.Errorf("%s %s: got Retry-After %q, want 5", p.method, p.path, got)
		}
	}
	w.record.away.Store(false)
	w.order(testOrder)
}
