package xaman

import (
	"errors"
	"net/http"
	"testing"
	"time"
)

func TestParseError(t *testing.T) {
	now := time.Date(2026, 1, 5, 10, 0, 0, 0, time.UTC)
	const slowDown = ": too many calls, wait "
	const unknown = ", code 404: payload is unknown, or belongs to another application"
	tests := []struct {
		name   string
		status int
		body   string
		after  string // header Retry-After
		want   string // behind "platform answered "
		is     error  // the only sentinel that matches; nil: none
	}{
		{"ordinary", 400, `{"error":{"reference":"r1","code":602}}`, "",
			"400, code 602: TransactionType is missing or unknown (reference r1)", nil},
		{"without code", 400, `{"error":{"reference":"r1","code":null}}`, "", "400 (reference r1)", nil},
		{"unknown code", 400, `{"error":{"reference":"","code":777}}`, "", "400, code 777", nil},
		{"unknown payload", 404, `{"error":{"reference":"r2","code":404}}`, "", "404" + unknown + " (reference r2)",
			ErrNotFound},
		{"no such route", 404, `{"error":true,"message":"x","reference":"","code":404,"req":"/","method":"GET"}`, "",
			"404" + unknown, ErrNotFound},
		{"crash", 500, `{"error":true,"message":"x","reference":"r3","code":500}`, "",
			"500, code 500: internal error (reference r3)", ErrUnavailable},
		{"wrong secret", 403, `{"error":{"reference":"r4","code":813}}`, "",
			"403, code 813: API secret is wrong (reference r4)", nil},
		{"used identifier", 400, `{"error":{"reference":"r5","code":409}}`, "",
			"400, code 409: custom_meta.identifier was used before (reference r5)", nil},
		{"too many requests", 429, ``, "", "429" + slowDown + "5s", ErrRateLimited},
		{"forbidden for no known reason", 403, `<html>`, "", "403" + slowDown + "5s", ErrRateLimited},
		{"wait in seconds", 429, ``, "20", "429" + slowDown + "20s", ErrRateLimited},
		{"wait until", 429, ``, "Mon, 05 Jan 2026 10:00:30 GMT", "429" + slowDown + "30s", ErrRateLimited},
		{"wait for an hour", 429, ``, "3600", "429" + slowDown + "1m0s", ErrRateLimited},
		{"wait for nothing", 429, ``, "0", "429" + slowDown + "1s", ErrRateLimited},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := parseError(tt.status, http.Header{"Retry-After": {tt.after}}, []byte(tt.body), now)
			if got := e.Error(); got != "platform answered "+tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			for _, sentinel := range []error{ErrNotFound, ErrRateLimited, ErrUnavailable} {
				if got, want := errors.Is(e, sentinel), sentinel == tt.is; got != want {
					t.Errorf("is %v: got %v, want %v", sentinel, got, want)
				}
			}
		})
	}
}

func TestRetryAfterAKnownLimit(t *testing.T) {
	for limit, want := range map[string]time.Duration{
		"20": 3 * time.Second, "0": defaultWait, "-20": defaultWait, "many": defaultWait,
	} {
		if got := retryAfter(http.Header{"X-Ratelimit-Limit": {limit}}, time.Now()); got != want {
			t.Errorf("limit %s: got to wait %v, want %v", limit, got, want)
		}
	}
}

func FuzzParseError(f *testing.F) {
	f.Add(400, `{"error":{"reference":"r","code":602}}`, "1")
	f.Add(404, `{"error":true,"message":"x","reference":"","code":404}`, "")
	f.Add(429, `{"error":[{}],"code":"1"}`, "99999999999999999999")
	f.Fuzz(func(t *testing.T, status int, body, wait string) {
		e := parseError(status, http.Header{"Retry-After": {wait}}, []byte(body), time.Now())
		if e.rateLimited() && (e.RetryAfter < time.Second || e.RetryAfter > longestWait) {
			t.Errorf("got to wait %v", e.RetryAfter)
		}
	})
}
