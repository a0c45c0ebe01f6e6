package xaman

import (
	"errors"
	"net/http"
	"testing"
	"time"
)

func TestParseError(t *testing.T) {
	now := time.Date(2026, 1, 5, 10, 0, 0, 0, time.UTC)
	tests := []struct {
		name   string
		status int
		body   string
		header http.Header
		want   string
		is     error // the only sentinel that matches; nil: none
	}{
		{"ordinary", 400, `{"error":{"reference":"r1","code":602}}`, nil,
			"platform answered 400, code 602: TransactionType is missing or unknown (reference r1)", nil},
		{"without code", 400, `{"error":{"reference":"r1","code":null}}`, nil, "platform answered 400 (reference r1)", nil},
		{"unknown code", 400, `{"error":{"reference":"","code":777}}`, nil, "platform answered 400, code 777", nil},
		{"unknown payload", 404, `{"error":{"reference":"r2","code":404}}`, nil,
			"platform answered 404, code 404: payload is unknown, or belongs to another application (reference r2)",
			ErrNotFound},
		{"no such route", 404, `{"error":true,"message":"x","reference":"","code":404,"req":"/","method":"GET"}`, nil,
			"platform answered 404, code 404: payload is unknown, or belongs to another application", ErrNotFound},
		{"crash", 500, `{"error":true,"message":"x","reference":"r3","code":500}`, nil,
			"platform answered 500, code 500: internal error (reference r3)", ErrUnavailable},
		{"wrong secret", 403, `{"error":{"reference":"r4","code":813}}`, nil,
			"platform answered 403, code 813: API secret is wrong (reference r4)", nil},
		{"used identifier", 400, `{"error":{"reference":"r5","code":409}}`, nil,
			"platform answered 400, code 409: custom_meta.identifier was used before (reference r5)", nil},
		{"too many requests", 429, ``, nil, "platform answered 429: too many calls, wait 5s", ErrRateLimited},
		{"forbidden for no known reason", 403, `<html>`, nil, "platform answered 403: too many calls, wait 5s",
			ErrRateLimited},
		{"wait in seconds", 429, ``, http.Header{"Retry-After": {"20"}}, "platform answered 429: too many calls, wait 20s",
			ErrRateLimited},
		{"wait until", 429, ``, http.Header{"Retry-After": {"Mon, 05 Jan 2026 10:00:30 GMT"}},
			"platform answered 429: too many calls, wait 30s", ErrRateLimited},
		{"wait for an hour", 429, ``, http.Header{"Retry-After": {"3600"}},
			"platform answered 429: too many calls, wait 1m0s", ErrRateLimited},
		{"wait for nothing", 429, ``, http.Header{"Retry-After": {"0"}}, "platform answered 429: too many calls, wait 1s",
			ErrRateLimited},
		{"known limit", 429, ``, http.Header{"X-Ratelimit-Limit": {"20"}}, "platform answered 429: too many calls, wait 3s",
			ErrRateLimited},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := parseError(tt.status, tt.header, []byte(tt.body), now)
			if got := e.Error(); got != tt.want {
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
