package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/xaman-live/xaman-live/devserver/record"
)

// pinged is a record that can be reached, or cannot.
type pinged struct {
	record.Record
	err error
}

func (p pinged) Ping(context.Context) error { return p.err }

func TestReadiness(t *testing.T) {
	ended := make(chan struct{})
	close(ended)
	tests := []struct {
		name   string
		ready  readiness
		path   string
		status int
		body   string
	}{
		{"ready", readiness{pinged{}, nil}, "/readyz", 200, `{"ok":true}`},
		{"record away", readiness{pinged{err: record.ErrAway}, nil}, "/readyz", 503,
			`{"ok":false,"problem":"The record cannot be reached."}`},
		{"record broken", readiness{pinged{err: errors.New("disk full at /var/lib")}, nil}, "/readyz", 503,
			`{"ok":false,"problem":"The record cannot be reached."}`},
		{"ending", readiness{pinged{}, ended}, "/readyz", 503, `{"ok":false,"problem":"The server is ending."}`},
		{"alive while the record is away", readiness{pinged{err: record.ErrAway}, nil}, "/healthz", 200, `{"ok":true}`},
		{"alive while it ends", readiness{pinged{}, ended}, "/healthz", 200, `{"ok":true}`},
		{"nothing else", readiness{pinged{}, nil}, "/", 404, "404 page not found"},
		{"orders", readiness{pinged{}, nil}, "/api/orders", 200, "an order"},
	}
	orders := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "an order") })
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := httptest.NewRecorder()
			privateHandler(orders, tt.ready, http.NotFoundHandler()).ServeHTTP(w, httptest.NewRequest("GET", tt.path, nil))
			if got := strings.TrimSpace(w.Body.String()); w.Code != tt.status || got != tt.body {
				t.Errorf("got %d %s, want %d %s", w.Code, got, tt.status, tt.body)
			}
			if again := w.Header().Get("Retry-After"); (again != "") != (tt.status == 503) {
				t.Errorf("got Retry-After %q", again)
			}
		})
	}
}

// What watches over the server is not for visitors, and what is for visitors is not there.
func TestPrivateAddress(t *testing.T) {
	d := start(t, nil, "-private-addr", "127.0.0.1:0")
	client := &http.Client{Transport: transport(t)}
	get := func(url string) (int, string) {
		t.Helper()
		res, err := client.Get(url)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return res.StatusCode, string(body)
	}
	for _, path := range []string{"/healthz", "/readyz", "/metrics"} {
		if status, body := get(d.private + path); status != 200 {
			t.Errorf("%s: got %d %s", path, status, body)
		}
		if status, _ := get(d.site + path); status != 404 {
			t.Errorf("%s of the site: got %d, want 404", path, status)
		}
	}
	if status, _ := get(d.private + "/api/sign-requests"); status != 401 {
		t.Errorf("the visitors' calls on the private address: got %d, want 401", status)
	}
	get(d.site + "/api/sign-requests")
	_, body := get(d.private + "/metrics")
	const want = `xaman_live_http_request_seconds_count{code="200",route="GET /api/sign-requests"} 1`
	if !strings.Contains(body, want) {
		t.Errorf("got no %s in %s", want, body)
	}
}
