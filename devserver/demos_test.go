package main

import (
	"encoding/json"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// Whatever the site offers can be signed, is told in full before, and ends well.
func TestEveryDemoEndsWell(t *testing.T) { everyOfferEndsWell(t, start(t, nil), len(demos)) }

func everyOfferEndsWell(t *testing.T, d devserver, offers int) {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	visitor := &http.Client{Jar: jar, Transport: transport(t)}
	call := func(into any, method, url, body string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		res, err := visitor.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		if err := json.NewDecoder(res.Body).Decode(into); err != nil || res.StatusCode >= 300 {
			t.Fatalf("%s %s %s: got %s, %v", method, url, body, res.Status, err)
		}
	}
	requests := d.site + "/api" + api.Collection
	var list api.Offers
	call(&list, "GET", requests, "")
	if len(list.Offers) != offers || len(list.Demos) != offers {
		t.Errorf("got %+v, want all %d", list, offers)
	}
	made := map[string]payload.Answer{}
	for _, offer := range list.Offers {
		var a payload.Answer
		call(&a, "POST", requests, `{"demo":"`+offer.Name+`"}`)
		s := a.Summary
		if offer.Label == "" || s.Type != offer.Type || s.Site != demoSite || s.Icon == "" || s.Network != demoNetwork ||
			(s.MaxFee == "") != (s.Type == "SignIn") {
			t.Errorf("%s: got %+v, want all of it said", offer.Name, s)
		}
		made[offer.Name] = a
		var signed struct{}
		call(&signed, "POST", d.sandbox+"/phone/"+string(a.UUID)+"/accept", "")
	}
	deadline := time.After(time.Minute)
	for name, a := range made {
		for !a.Final() {
			call(&a, "GET", requests+"/"+string(a.UUID), "")
			select {
			case <-time.After(100 * time.Millisecond):
			case <-deadline:
				t.Fatalf("%s: got %+v, and no end", name, a)
			}
		}
		if a.Verdict != payload.VerdictVerified || a.Result.Amount != a.Summary.Amount &&
			a.Summary.Type == "Payment" {
			t.Errorf("%s: got %+v, want it verified", name, a)
		}
	}
}
