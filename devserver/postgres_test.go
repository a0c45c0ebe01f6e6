//go:build postgres

package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/devserver/record/postgres/postgrestest"
	"github.com/xaman-live/xaman-live/devserver/sandbox"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// shop is two servers with one database, and a visitor of both.
type shop struct {
	t           *testing.T
	client      *http.Client
	first, next devserver
}

// call returns the status of an answer, how long to wait for a better one, and what it says.
func (s *shop) call(method, url, body string) (status int, retryAfter string, a payload.Answer, text string) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := s.client.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	_ = json.Unmarshal(data, &a) // other answers have other members
	return res.StatusCode, res.Header.Get("Retry-After"), a, string(data)
}

// awaits asks until an answer is as it should be.
func (s *shop) awaits(what, url string, want func(status int, a payload.Answer) bool) {
	s.t.Helper()
	for began := time.Now(); ; time.Sleep(100 * time.Millisecond) {
		status, _, a, text := s.call("GET", url, "")
		if want(status, a) {
			return
		}
		if time.Since(began) > 30*time.Second {
			s.t.Fatalf("%s: got %d %s", what, status, text)
		}
	}
}

// The database goes away while an order is open, and the visitor pays. Until it is back, nobody is told anything that
// might be wrong; then each server knows of the payment.
func TestDatabaseGoesAwayWhileAnOrderIsOpen(t *testing.T) {
	db, err := postgrestest.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Remove(); err != nil {
			t.Error(err)
		}
	})
	args := []string{"-record", db.URL("postgres"), "-private-addr", "127.0.0.1:0"}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	s := &shop{t: t, client: &http.Client{Transport: transport(t), Jar: jar}, first: start(t, nil, args...)}
	s.next = start(t, map[string]string{"XAMAN_API_KEY": sandbox.Key, "XAMAN_API_SECRET": sandbox.Secret},
		append(args, "-platform", s.first.sandbox, "-ledger", s.first.sandbox+"/ledger")...)
	status, _, created, text := s.call("POST", s.first.site+"/api/sign-requests", `{"demo":"pay"}`)
	if status != http.StatusCreated {
		t.Fatalf("got %d %s", status, text)
	}
	path := "/api/sign-requests/" + string(created.UUID)
	if status, _, a, text := s.call("GET", s.next.site+path, ""); status != 200 || a.Status != payload.StatusPending {
		t.Fatalf("got %d %s from the other server", status, text)
	}
	if err := db.Stop(); err != nil {
		t.Fatal(err)
	}
	for _, d := range []devserver{s.first, s.next} {
		s.awaits("readyz", d.private+"/readyz", func(status int, _ payload.Answer) bool { return status == 503 })
		// What a server has just read it knows for a moment.
		s.awaits("status", d.site+path, func(status int, _ payload.Answer) bool { return status == 503 })
		for _, call := range [][2]string{{"GET", path}, {"DELETE", path}, {"POST", "/api/sign-requests"}} {
			status, retryAfter, _, text := s.call(call[0], d.site+call[1], `{"demo":"pay"}`)
			if status != 503 || retryAfter != "5" || !strings.Contains(text, `"code":"unavailable"`) {
				t.Errorf("%s: got %d, Retry-After %q: %s", call, status, retryAfter, text)
			}
		}
	}
	for _, act := range []string{"open", "accept"} {
		if status, _, _, text := s.call("POST", s.first.sandbox+"/phone/"+string(created.UUID)+"/"+act, ""); status != 200 {
			t.Fatalf("%s: got %d %s", act, status, text)
		}
	}
	if err := db.Resume(); err != nil {
		t.Fatal(err)
	}
	for _, d := range []devserver{s.next, s.first} {
		s.awaits("readyz", d.private+"/readyz", func(status int, _ payload.Answer) bool { return status == 200 })
		s.awaits("the payment", d.site+path, func(status int, a payload.Answer) bool {
			return status == 200 && a.Verdict == payload.VerdictVerified
		})
	}
	lines, err := exporting(t, "-record", db.URL("postgres"))
	if err != nil || strings.Count(lines, "\n") != 1 || !strings.Contains(lines, `"verdict":"verified"`) {
		t.Errorf("got %s, %v, want the order", lines, err)
	}
}
