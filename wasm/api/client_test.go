package api_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

const uuid = payload.UUID("9a2c7a52-3c1e-4b53-9d4e-5f1b8c1f0a77")

type request struct{ method, url, key, body string }

// answering is a client of a backend that always answers the same. It notes the last request in asked, if not nil.
func answering(status int, body string, asked *request) api.Client {
	return api.Client{
		Base: "/api",
		Fetch: func(_ context.Context, method, url string, header map[string]string, sent []byte) (int, []byte, error) {
			if asked != nil {
				*asked = request{method, url, header[api.IdempotencyKey], string(sent)}
			}
			return status, []byte(body), nil
		},
	}
}

func marshal(t *testing.T, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	seconds := func(n int) *int { return &n }
	full := api.SignRequest{
		Answer: payload.Answer{
			UUID: uuid, Status: payload.StatusSigned, Verdict: payload.VerdictVerified,
			Checks: verified(),
			Result: payload.Result{
				Account: "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh", TxID: strings.Repeat("C0FFEE00", 8), Network: "TESTNET",
				Amount: "2.5", Currency: "EUR", Issuer: "rsYqFWA68EWJ36xgs1EzXsthKEqYJA9dhN",
				Destination: "rPT1Sjq2YGrBMTttX4GZHjKu9dyfzbpAYe", Time: "2026-01-05T10:15:00Z",
				Explorer: "https://testnet.xrpl.org/transactions/" + strings.Repeat("C0FFEE00", 8),
			},
			Summary: payload.Summary{
				Site: "Corner Shop", Icon: "https://shop.example/icon.png", Type: "Payment", Amount: "2.5", Currency: "EUR",
				Issuer: "rsYqFWA68EWJ36xgs1EzXsthKEqYJA9dhN", Destination: "rPT1Sjq2YGrBMTttX4GZHjKu9dyfzbpAYe",
				DestinationTag: "4711", Memo: "Zwei Kaffee\n\u202e ☕", MaxFee: "1", Network: "TESTNET",
				Amounts: []payload.Amount{
					{Field: "SendMax", Value: "3", Currency: "EUR", Issuer: "rsYqFWA68EWJ36xgs1EzXsthKEqYJA9dhN"},
					{Field: "DeliverMin", Value: "2", Currency: "XRP"},
				},
				Fields: []payload.Field{{Name: "SourceTag", Value: "7"}, {Name: "Domain", Value: "shop.example"}},
			},
			ExpiresIn: seconds(-15),
		},
		Stale:    true,
		Platform: "http://127.0.0.1:8081",
		Payload: api.Raw(`{"uuid":"` + string(uuid) +
			`","next":{"always":"https:\/\/xumm.app"},"n":1.50,"x":[null,true,"\u00eb"]}`),
	}
	s := full.Summary
	for _, part := range []any{full.Result, s, s.Amounts[0], s.Fields[0], full.Checks[0]} {
		for field, value := range reflect.ValueOf(part).Fields() {
			if value.IsZero() {
				t.Errorf("%T has a field %s that nothing is read into", part, field.Name)
			}
		}
	}
	tests := []struct {
		name    string
		request api.SignRequest
	}{
		{"everything", full},
		{"just created", api.SignRequest{
			Answer: payload.Answer{
				UUID: uuid, Status: payload.StatusPending, Verdict: payload.VerdictNone, ExpiresIn: seconds(300),
				Summary: payload.Summary{Site: "Corner Shop", Type: "SignIn", Network: "MAINNET"},
			},
			Payload: full.Payload,
		}},
		{"expires now", api.SignRequest{
			Answer: payload.Answer{UUID: uuid, Status: payload.StatusOpened, Verdict: payload.VerdictNone,
				ExpiresIn: seconds(0)},
			Payload: full.Payload,
		}},
		{"expiry not said", api.SignRequest{
			Answer:  payload.Answer{UUID: uuid, Status: payload.StatusCancelled, Verdict: payload.VerdictNone},
			Payload: full.Payload,
		}},
		{"create response not kept", api.SignRequest{
			Answer: payload.Answer{UUID: uuid, Status: payload.StatusExpired, Verdict: payload.VerdictNone},
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			body := marshal(t, test.request)
			var asked request
			got, err := answering(http.StatusOK, body, &asked).Get(t.Context(), uuid)
			if err != nil || !reflect.DeepEqual(got, &test.request) {
				t.Errorf("get: got %+v, %v, want %+v", got, err, test.request)
			}
			if want := (request{"GET", "/api/sign-requests/" + string(uuid), "", ""}); asked != want {
				t.Errorf("get: got request %q, want %q", asked, want)
			}

			got, err = answering(http.StatusCreated, body, &asked).Create(t.Context(), api.Create{Demo: `sign "in"`}, "once")
			if err != nil || !reflect.DeepEqual(got, &test.request) {
				t.Errorf("create: got %+v, %v, want %+v", got, err, test.request)
			}
			if want := (request{"POST", "/api/sign-requests", "once",
				marshal(t, api.Create{Demo: `sign "in"`})}); asked != want {
				t.Errorf("create: got request %q, want %q", asked, want)
			}

			for _, want := range []api.Cancellation{
				{SignRequest: test.request, Cancelled: true, Reason: "OK"},
				{SignRequest: test.request, Cancelled: false, Reason: "ALREADY_OPENED"},
			} {
				got, err := answering(http.StatusOK, marshal(t, want), &asked).Cancel(t.Context(), uuid)
				if err != nil || !reflect.DeepEqual(got, &want) {
					t.Errorf("cancel: got %+v, %v, want %+v", got, err, want)
				}
				if want := (request{"DELETE", "/api/sign-requests/" + string(uuid), "", ""}); asked != want {
					t.Errorf("cancel: got request %q, want %q", asked, want)
				}
			}
		})
	}
}

func TestErrorOfTheBackend(t *testing.T) {
	written := marshal(t,
		map[string]*api.Error{"error": {Status: 404, Code: api.NotFound, Message: "There is no such sign request."}})
	tests := []struct {
		name   string
		status int
		body   string
		want   api.Error
	}{
		{"as the contract says", 404, written,
			api.Error{Status: 404, Code: api.NotFound, Message: "There is no such sign request."}},
		{"another code", 429, `{"error":{"code":"too-many-requests","message":"Slow down."}}`,
			api.Error{Status: 429, Code: api.TooManyRequests, Message: "Slow down."}},
		{"without a message", 403, `{"error":{"code":"forbidden"}}`, api.Error{Status: 403, Code: api.Forbidden}},
		{"of a later version", 418, `{"error":{"code":"teapot","message":"Short and stout."}}`,
			api.Error{Status: 418, Code: "teapot", Message: "Short and stout."}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for method, err := range call(t.Context(), answering(test.status, test.body, nil)) {
				var got *api.Error
				if !errors.As(err, &got) || *got != test.want {
					t.Errorf("%s: got %#v, want %+v", method, got, test.want)
				}
			}
		})
	}
}

// A page of somebody else says nothing of a sign request, whatever its status: an element whose attribute backend leads
// nowhere is its developer's to fix, a proxy whose server is down is not.
func TestNotABackend(t *testing.T) {
	bodies := map[string]string{
		"a page": "<!doctype html><title>Not Found</title>", "nothing": "", "null": "null", "a string": `"not-found"`,
		"error is a string": `{"error":"boom"}`, "without a code": `{"error":{"message":"boom"}}`,
		"code is empty":                         `{"error":{"code":""}}`,
		"a number as code, as the platform has": `{"error":{"reference":"x","code":603}}`,
		"an answer":                             `{"uuid":"` + string(uuid) + `","status":"pending","verdict":"none"}`,
	}
	statuses := map[int]payload.Code{
		0: payload.BadAnswer, 100: payload.BadAnswer, 199: payload.BadAnswer, 300: payload.BadAnswer, 302: payload.BadAnswer,
		304: payload.BadAnswer, 400: payload.BadAnswer, 401: payload.BadAnswer, 403: payload.BadAnswer,
		404: payload.BadAnswer,
		405: payload.BadAnswer, 410: payload.BadAnswer, 500: payload.BadAnswer, 501: payload.BadAnswer,
		408: payload.BackendUnreachable, 429: payload.BackendUnreachable, 502: payload.BackendUnreachable,
		503: payload.BackendUnreachable, 504: payload.BackendUnreachable,
	}
	for status, code := range statuses {
		for name, body := range bodies {
			for method, err := range call(t.Context(), answering(status, body, nil)) {
				var e *payload.Error
				if !errors.As(err, &e) || e.Code != code || !strings.Contains(e.Message, "/api/sign-requests") ||
					!strings.Contains(e.Message, strconv.Itoa(status)) {
					t.Errorf("%s: %d with %s: got %v, want code %s, the URL and the status", method, status, name, err, code)
				}
				if strings.Contains(err.Error(), string(uuid)) {
					t.Errorf("%s: got %v, want no whole UUID: who knows it may listen", method, err)
				}
			}
		}
	}
}

// The amount that a visitor has chosen goes with the offer.
func TestCreateWithAmount(t *testing.T) {
	var asked request
	wanted := api.Create{Demo: "donation", Amount: `2.50"`}
	if _, err := answering(http.StatusBadRequest, "{}", &asked).Create(t.Context(), wanted, "once"); err == nil {
		t.Error("got no error of a refusal")
	}
	if asked.body != marshal(t, wanted) {
		t.Errorf("got body %s, want %s", asked.body, marshal(t, wanted))
	}
}

// The latest view key goes with each call about a request that there is.
// Whatever a page has for a name or an amount, the body is JSON, and says what can be read of it.
func TestCreateWritesJSON(t *testing.T) {
	for text, want := range map[string]string{
		"":                               "",
		"2.50":                           "2.50",
		`sign "in" \`:                    `sign "in" \`,
		"5\x7f\x01":                      "5",
		"\a\"\v\x00\xff\ufeff\U000e0001": `"`,
		" 5\n":                           "5",
		"\"\u200dहाँ 五 ☕":                "\"\u200dहाँ 五 ☕",
	} {
		var asked request
		_, _ = answering(http.StatusBadRequest, "{}", &asked).Create(t.Context(), api.Create{Demo: text, Amount: text}, "")
		var got api.Create
		if err := json.Unmarshal([]byte(asked.body), &got); err != nil || got.Demo != want || got.Amount != want {
			t.Errorf("%q: got body %s, %v, want %q", text, asked.body, err, want)
		}
	}
}

func TestViewKey(t *testing.T) {
	var sent []string
	keys := []string{"first", "second", ""}
	c := api.Client{
		Fetch: func(_ context.Context, _, _ string, header map[string]string, _ []byte) (int, []byte, error) {
			key, there := header[api.ViewKey]
			sent = append(sent, fmt.Sprintf("%s %t", key, there))
			return http.StatusNotFound, nil, nil
		},
		ViewKey: func() string { return keys[0] },
	}
	for ; len(keys) > 0; keys = keys[1:] {
		for _, call := range []func() error{
			func() error { _, err := c.Get(t.Context(), uuid); return err },
			func() error { _, err := c.Cancel(t.Context(), uuid); return err },
			func() error { _, err := c.Create(t.Context(), api.Create{Demo: "pay"}, "once"); return err },
		} {
			if err := call(); err == nil || strings.Contains(err.Error(), cmp.Or(keys[0], "first")) {
				t.Errorf("got %v, want an error that does not name the key", err)
			}
		}
	}
	want := []string{"first true", "first true", " false", "second true", "second true", " false", " false", " false",
		" false"}
	if !slices.Equal(sent, want) {
		t.Errorf("got keys %q, want %q", sent, want)
	}
}

// What is found where there is no backend is often a page with status 200.
func TestMessageNamesTheCall(t *testing.T) {
	want := map[string]string{
		"create": "POST /api/sign-requests", "get": "GET /api/sign-requests/9A2C…",
		"cancel": "DELETE /api/sign-requests/9A2C…",
	}
	for method, err := range call(t.Context(), answering(200, "<!doctype html>", nil)) {
		if !strings.Contains(err.Error(), want[method]+" is not JSON") {
			t.Errorf("%s: got %v, want %q named", method, err, want[method])
		}
	}
}

// call calls every method of c and returns their errors.
func call(ctx context.Context, c api.Client) map[string]error {
	_, create := c.Create(ctx, api.Create{Demo: "sign-in"}, "")
	_, get := c.Get(ctx, uuid)
	_, cancel := c.Cancel(ctx, uuid)
	return map[string]error{"create": create, "get": get, "cancel": cancel}
}

func TestUnreachable(t *testing.T) {
	broken := errors.New("connection refused")
	for _, cause := range []error{context.Canceled, context.DeadlineExceeded, broken} {
		c := api.Client{Fetch: func(context.Context, string, string, map[string]string, []byte) (int, []byte, error) {
			return 0, nil, cause
		}}
		for method, err := range call(t.Context(), c) {
			var e *payload.Error
			if !errors.As(err, &e) || e.Code != payload.BackendUnreachable {
				t.Errorf("%s: got %v, want an error of code %s", method, err, payload.BackendUnreachable)
			}
			if !errors.Is(err, cause) {
				t.Errorf("%s: got %v, want %v as its cause", method, err, cause)
			}
		}
	}
}

func TestFetchGetsTheContext(t *testing.T) {
	type key struct{}
	ctx := context.WithValue(t.Context(), key{}, "here")
	fetch := func(ctx context.Context, method, _ string, _ map[string]string, _ []byte) (int, []byte, error) {
		if ctx.Value(key{}) != "here" {
			t.Errorf("%s: got another context", method)
		}
		return http.StatusNotFound, nil, nil
	}
	call(ctx, api.Client{Fetch: fetch})
}

// An answer counts only if it is about the request that was asked for.
func TestAnswerAboutAnotherRequest(t *testing.T) {
	const another = payload.UUID("1b2c7a52-3c1e-4b53-9d4e-5f1b8c1f0a77")
	c := answering(http.StatusOK, `{"uuid":"`+string(another)+`","status":"rejected","verdict":"none"}`, nil)
	if r, err := c.Create(t.Context(), api.Create{Demo: "pay"}, "once"); err != nil || r.UUID != another {
		t.Errorf("create: got %+v, %v, want the one that was made", r, err)
	}
	_, get := c.Get(t.Context(), uuid)
	_, cancel := c.Cancel(t.Context(), uuid)
	for method, err := range map[string]error{"get": get, "cancel": cancel} {
		var e *payload.Error
		if !errors.As(err, &e) || e.Code != payload.BadAnswer || !strings.Contains(e.Message, "another request") {
			t.Errorf("%s: got %v, want code %s", method, err, payload.BadAnswer)
		}
	}
}
