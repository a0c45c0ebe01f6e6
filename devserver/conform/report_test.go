package conform_test

import (
	"encoding/json"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"github.com/xaman-live/xaman-live/devserver/conform"
)

func TestReport(t *testing.T) {
	r := conform.Report{URL: "http://127.0.0.1:8080/api", Rules: []conform.Result{
		{Rule: "not-kept", Why: "A cache keeps it.", Outcome: conform.Kept},
		{Rule: "same-key-same-request", Why: "It is paid twice.", Outcome: conform.Broken, Seen: "two\nrequests",
			Mend: "Keep it."},
		{Rule: "news-is-told-soon", Why: "He presses again.", Outcome: conform.Untried, Seen: "There is no sandbox."},
	}}
	var out strings.Builder
	if err := r.Write(&out); err != nil {
		t.Fatal(err)
	}
	const want = `kept     not-kept
broken   same-key-same-request
         Why:  It is paid twice.
         Seen: two
               requests
         Do:   Keep it.
untried  news-is-told-soon
         There is no sandbox.
http://127.0.0.1:8080/api: 1 rules kept, 1 broken, 1 not tried
`
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
	out.Reset()
	if err := r.WriteJSON(&out); err != nil {
		t.Fatal(err)
	}
	var back conform.Report
	if err := json.Unmarshal([]byte(out.String()), &back); err != nil || !reflect.DeepEqual(back, r) {
		t.Errorf("got %s, %v", out.String(), err)
	}
}

// Without a sandbox, without offers, or with another thing than a backend.
func TestWhatCannotBeTried(t *testing.T) {
	inWorld(t, func(t *testing.T, w world) {
		w.site.to(saying(`,"sandbox":"`+platformOrigin+`"`, "")(w))
		kept, untried := 0, 0
		plain, err := conform.Run(t.Context(), conform.Options{URL: siteOrigin, Transport: w.network})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range plain.Rules {
			switch {
			case r.Outcome == conform.Kept:
				kept++
			case r.Outcome == conform.Untried && strings.HasSuffix(r.Seen, "."):
				untried++
			default:
				t.Errorf("%s: got %s: %s", r.Rule, r.Outcome, r.Seen)
			}
		}
		if kept < 20 || untried < 30 {
			t.Errorf("without a sandbox: got %d rules kept and %d untried", kept, untried)
		}
		for key, want := range map[string]conform.Outcome{"": conform.Untried, privateKey: conform.Kept} {
			o := conform.Options{URL: siteOrigin, Transport: w.network, Orders: privateOrigin, Key: key,
				Only: []string{"a-view-key-shows-its-request"}}
			if r, err := conform.Run(t.Context(), o); err != nil || r.Rules[0].Outcome != want {
				t.Errorf("with the key %q: got %+v, %v, want it %s", key, r.Rules, err, want)
			}
		}
		w.site.to(saying(`"offers":[`, `"offers":[],"more":[`)(w))
		for _, r := range w.try(t, "a-payment-is-verified", "a-sign-in-is-verified", "a-request-is-new").Rules {
			if r.Outcome != conform.Untried {
				t.Errorf("without offers, %s: got %s: %s", r.Rule, r.Outcome, r.Seen)
			}
		}
		for url, says := range map[string]string{
			"":                                    "is not the URL of a backend",
			"ftp://127.0.0.1/api":                 "is not the URL of a backend",
			"http://127.0.0.1:8080/nothing":       "there is no backend at",
			platformOrigin:                        "there is no backend at",
			"http://127.0.0.1:7/api":              "has no answer",
			siteOrigin + "/api#" + "no-such-rule": "there is no rule",
		} {
			url, rule, named := strings.Cut(url, "#")
			o := conform.Options{URL: url, Transport: w.network}
			if named {
				o.Only = []string{rule}
			}
			if _, err := conform.Run(t.Context(), o); err == nil || !strings.Contains(err.Error(), says) {
				t.Errorf("%s: got %v, want %q", url, err, says)
			}
		}
		for name, tt := range map[string]struct{ orders, key, says string }{
			"no URL":              {"127.0.0.1:8082", privateKey, "is not the URL of a private API"},
			"nobody there":        {"http://127.0.0.1:7/api", privateKey, "the private API does not answer"},
			"nothing at the path": {privateOrigin + "/private", privateKey, "there is no private API at"},
			"another server":      {platformOrigin, privateKey, "there is no private API at"},
			"the backend itself":  {siteOrigin, privateKey, "there is no private API at"},
			"another key":         {privateOrigin, strings.Repeat("x", 32), "does not take the key in XAMAN_LIVE_KEY"},
		} {
			o := conform.Options{URL: siteOrigin, Transport: w.network, Orders: tt.orders, Key: tt.key}
			if _, err := conform.Run(t.Context(), o); err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("a private API, %s: got %v, want %q", name, err, tt.says)
			}
		}
		o := conform.Options{URL: siteOrigin, Sandbox: siteOrigin, Transport: w.network}
		if _, err := conform.Run(t.Context(), o); err == nil {
			t.Error("a site was taken for a sandbox")
		}
	})
}

// Each misbehaviour of the sandbox's phone is in a rule.
func TestEveryLieIsTried(t *testing.T) {
	inWorld(t, func(t *testing.T, w world) {
		tried := strings.Join(conform.Names(), " ") + " "
		for _, m := range misbehaviours(t, w) {
			if m != "regular-key" && !strings.Contains(tried, "no-belief-in-"+m+" ") {
				t.Errorf("no rule has the phone err by %s", m)
			}
		}
	})
}

func misbehaviours(t *testing.T, w world) (names []string) {
	t.Helper()
	w.backend = w.network[host(platformOrigin)]
	a := w.ask(httptest.NewRequest("GET", platformOrigin+"/phone/misbehaviours", nil), "").body
	var list struct{ Misbehaviours []struct{ Name string } }
	if err := json.Unmarshal([]byte(a), &list); err != nil || len(list.Misbehaviours) == 0 {
		t.Fatalf("got %s, %v", a, err)
	}
	for _, m := range list.Misbehaviours {
		names = append(names, m.Name)
	}
	return names
}
