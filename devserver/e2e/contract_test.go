package e2e

import (
	"encoding/json"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

func TestJourneys(t *testing.T) {
	d := start(t, nil)
	tests := []struct {
		name, demo  string
		acts        []string
		status      payload.Status
		verdict     payload.Verdict
		wantAccount bool
		wantTxID    bool
	}{
		{"sign in", "sign-in", []string{"open", "accept"}, payload.StatusSigned, payload.VerdictVerified, true, false},
		{"pay", "pay", []string{"open", "accept"}, payload.StatusSigned, payload.VerdictVerified, true, true},
		{"decline", "pay", []string{"open", "reject"}, payload.StatusRejected, payload.VerdictNone, false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			visitor := d.visitor(t)
			made, err := visitor.Create(t.Context(), tt.demo, "")
			if err != nil {
				t.Fatal(err)
			}
			d.phone(t, made.UUID, tt.acts...)
			a := await(t, visitor, made.UUID)
			if a.Status != tt.status || a.Verdict != tt.verdict {
				t.Errorf("got %s %s, want %s %s: %+v", a.Status, a.Verdict, tt.status, tt.verdict, a.Checks)
			}
			if (a.Result.Account != "") != tt.wantAccount || (a.Result.TxID != "") != tt.wantTxID {
				t.Errorf("got result %+v, want account: %v, txid: %v", a.Result, tt.wantAccount, tt.wantTxID)
			}
			if other, err := d.visitor(t).Get(t.Context(), made.UUID); err == nil {
				t.Errorf("another session: got %+v, want an error", other)
			}
		})
	}
	t.Run("cancel", func(t *testing.T) {
		visitor := d.visitor(t)
		made, err := visitor.Create(t.Context(), "pay", "")
		if err != nil {
			t.Fatal(err)
		}
		gone, err := visitor.Cancel(t.Context(), made.UUID)
		if err != nil || !gone.Cancelled || gone.Status != payload.StatusCancelled {
			t.Errorf("got %+v, %v, want it cancelled", gone, err)
		}
		if a := await(t, visitor, made.UUID); a.Status != payload.StatusCancelled {
			t.Errorf("asked again: got %s, want cancelled", a.Status)
		}
	})
}

// The same attack on a running server: the attacker's cookies in the victim's browser, a phone that signs, and both
// asking all the time.
func TestPlantedSessionInLife(t *testing.T) {
	d := start(t, nil)
	site, err := url.Parse(d.site)
	if err != nil {
		t.Fatal(err)
	}
	jars := [2]http.CookieJar{}
	for i := range jars {
		if jars[i], err = cookiejar.New(nil); err != nil {
			t.Fatal(err)
		}
	}
	attacker := &http.Client{Jar: jars[0], Transport: transport(t)}
	victim := &http.Client{Jar: jars[1], Transport: transport(t)}
	do := func(who *http.Client, method, path, body string) (status int, answer api.SignRequest) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, d.site+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		res, err := who.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		var doc struct {
			payload.Answer
			Payload json.RawMessage
		}
		_ = json.NewDecoder(res.Body).Decode(&doc)
		return res.StatusCode, api.SignRequest{Answer: doc.Answer, Payload: api.Raw(doc.Payload)}
	}
	const create = "/api/sign-requests"
	do(attacker, "GET", "/", "")
	victim.Jar.SetCookies(site, attacker.Jar.Cookies(site))
	_, made := do(victim, "POST", create, `{"demo":"sign-in"}`)
	path := create + "/" + string(made.UUID)
	d.phone(t, made.UUID, "open", "accept")
	await := time.After(20 * time.Second)
	for made.Verdict != payload.VerdictVerified {
		if status, seen := do(attacker, "GET", path, ""); status != http.StatusNotFound || seen.Result.Account != "" {
			t.Errorf("attacker: got %d %+v, want 404", status, seen)
		}
		_, made = do(victim, "GET", path, "")
		select {
		case <-await:
			t.Fatalf("victim: got %+v, want it verified", made.Answer)
		default:
		}
	}
	if status, seen := do(attacker, "GET", path, ""); status != http.StatusNotFound || seen.Result.Account != "" {
		t.Errorf("attacker, afterwards: got %d %+v, want 404", status, seen)
	}
	for who, want := range map[*http.Client]bool{attacker: false, victim: true} {
		status, next := do(who, "POST", create, `{"demo":"pay"}`)
		if got := strings.Contains(string(next.Payload), `"pushed":true`); status != http.StatusCreated || got != want {
			t.Errorf("next payment, of the victim: %v: got %d %s", want, status, next.Payload)
		}
	}
}
