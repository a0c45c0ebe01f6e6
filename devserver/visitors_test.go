package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/xaman-live/xaman-live/devserver/sandbox"
)

// Behind a proxy, each visitor has limits of his own, and cannot choose whose.
func TestVisitorsBehindAProxy(t *testing.T) {
	platform := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusInternalServerError) // what was tried counts
	}))
	t.Cleanup(platform.Close)
	env := map[string]string{"XAMAN_API_KEY": sandbox.Key, "XAMAN_API_SECRET": sandbox.Secret}
	for _, tt := range []struct {
		name    string
		args    []string
		another int // status for a second visitor, when the first one may ask no more
	}{
		{"trusted", []string{"-trusted-proxy", "127.0.0.1"}, http.StatusServiceUnavailable},
		{"not trusted", nil, http.StatusTooManyRequests},
	} {
		t.Run(tt.name, func(t *testing.T) {
			args := append(tt.args, "-platform", platform.URL, "-ledger", platform.URL)
			client, d := &http.Client{Transport: transport(t)}, start(t, env, args...)
			order := func(forwarded string) int {
				t.Helper()
				r, err := http.NewRequest("POST", d.site+"/api/sign-requests", strings.NewReader(`{"demo":"sign-in"}`))
				if err != nil {
					t.Fatal(err)
				}
				r.Header.Set("Content-Type", "application/json")
				r.Header.Set("X-Forwarded-For", forwarded)
				res, err := client.Do(r)
				if err != nil {
					t.Fatal(err)
				}
				res.Body.Close()
				return res.StatusCode
			}
			status := 0
			for n := 0; n < 50 && status != http.StatusTooManyRequests; n++ {
				status = order("203.0.113.9")
			}
			if status != http.StatusTooManyRequests {
				t.Fatalf("got %d after many orders, want %d", status, http.StatusTooManyRequests)
			}
			if got := order("198.51.100.7"); got != tt.another {
				t.Errorf("another visitor: got %d, want %d", got, tt.another)
			}
			if got := order("198.51.100.8, 203.0.113.9"); got != http.StatusTooManyRequests {
				t.Errorf("the first visitor, who says that he is another: got %d, want %d", got, http.StatusTooManyRequests)
			}
		})
	}
}
