package api_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// verified are the checks of a verified answer, with every outcome that one of them may have.
func verified() []payload.Check {
	all := make([]payload.Check, len(api.Checks))
	for i, name := range api.Checks {
		all[i] = payload.Check{Name: name, Outcome: payload.Pass, Code: "code-7",
			Detail: `Signed by "Zoë" <&> \ / ` + "\u2028\U0001f600"}
		if name == "ledger" || name == "delivered" {
			all[i].Outcome = payload.Skipped
		}
	}
	return all
}

// wantBadAnswer wants that no method accepts the body.
func wantBadAnswer(t *testing.T, body string) {
	t.Helper()
	for method, err := range call(t.Context(), answering(http.StatusOK, body, nil)) {
		var e *payload.Error
		if !errors.As(err, &e) || e.Code != payload.BadAnswer {
			t.Errorf("%s: got error %v, want one of code %s", method, err, payload.BadAnswer)
		}
	}
}

func TestAnswerThatBreaksTheContract(t *testing.T) {
	sample := sample(t)
	for _, body := range []string{
		"", "<!doctype html><title>Corner Shop</title>", sample[:len(sample)-20], sample + "{}", "null", "true",
		"[" + sample + "]", "{}", `{"meta":{"exists":true,"uuid":"` + string(uuid) + `","resolved":true,"signed":true}}`,
	} {
		t.Run(body[:min(len(body), 20)], func(t *testing.T) { wantBadAnswer(t, body) })
	}
	const id, status, verdict, expires = `"uuid": "` + string(uuid) + `",
  "status"`, `"status": "signed"`, `"verdict": "checking"`, `"expires_in": 839`
	for old, becomes := range map[string][]string{
		id:     {`"status"`, `"uuid": null, "status"`, `"uuid": "9a2c7a52-3c1e-1b53-9d4e-5f1b8c1f0a77", "status"`},
		status: {`"v": 1`, `"status": ""`, `"status": null`, `"status": true`, `"status": "resolved"`, `"status": "Signed"`},
		verdict: {
			`"v": 1`, `"verdict": ""`, `"verdict": null`, `"verdict": true`, `"verdict": "ok"`, `"verdict": "VERIFIED"`,
			`"verdict": "checking", "verdict": "none"`, `"verdict": "checking", "verdi\u0063t": "none"`,
		},
		status + ",\n  " + verdict: {
			`"status": "opened", "verdict": "verified"`, `"status": "rejected", "verdict": "verified"`,
			`"status": "expired", "verdict": "verified"`, `"status": "opened", "verdict": "unverified"`,
		},
		`"pushed": false`:    {`"pushed": false, "pushed": true`},
		`"name": "ledger", `: {`"name": "ledger", "name": "network", `},
		expires: {
			`"expires_in": 839.5`, `"expires_in": "839"`, `"expires_in": true`, `"expires_in": "2026-01-05T10:15:00Z"`,
			`"expires_in": 99999999999999999999999`,
		},
	} {
		for _, now := range becomes {
			t.Run(old+" becomes "+now, func(t *testing.T) {
				if strings.Count(sample, old) != 1 {
					t.Fatalf("sample has %q %d times, want once", old, strings.Count(sample, old))
				}
				wantBadAnswer(t, strings.Replace(sample, old, now, 1))
			})
		}
	}
}

func TestVerdictAgainstItsChecks(t *testing.T) {
	with := func(name string, o payload.Outcome) []payload.Check {
		checks := verified()
		checks[slices.Index(api.Checks, name)].Outcome = o
		return checks
	}
	added := func(name string, o payload.Outcome) []payload.Check {
		return append(verified(), payload.Check{Name: name, Outcome: o})
	}
	type test struct {
		name    string
		verdict payload.Verdict
		checks  []payload.Check
		ok      bool
	}
	tests := []test{
		{"all passed or skipped", payload.VerdictVerified, verified(), true},
		{"in another order", payload.VerdictVerified, append(verified()[5:], verified()[:5]...), true},
		{"no checks", payload.VerdictVerified, nil, false},
		{"one that nobody knows", payload.VerdictVerified, added("extra", payload.Pass), false},
		{"one twice", payload.VerdictVerified, added("owner", payload.Pass), false},
		{"one failed", payload.VerdictUnverified, with("signer", payload.Fail), true},
		{"one of its own failed", payload.VerdictUnverified, added("extra", payload.Fail), true},
		{"only the one that failed is said", payload.VerdictUnverified, with("resolved", payload.Fail)[:1], true},
		{"nothing failed", payload.VerdictUnverified, verified(), false},
		{"nothing failed, something is pending", payload.VerdictUnverified, with("ledger", payload.Pending), false},
		{"no checks", payload.VerdictUnverified, nil, false},
		{"one twice", payload.VerdictUnverified,
			append(with("owner", payload.Fail), payload.Check{Name: "owner", Outcome: payload.Pass}), false},
		{"one pending", payload.VerdictChecking, with("ledger", payload.Pending), true},
		{"no checks yet", payload.VerdictChecking, nil, true},
		{"one failed", payload.VerdictChecking, with("network", payload.Fail), false},
		{"one twice", payload.VerdictChecking, added("owner", payload.Pending), false},
		{"no checks", payload.VerdictNone, nil, true},
		{"one twice", payload.VerdictNone, added("owner", payload.Pending), false},
	}
	for i, name := range api.Checks {
		tests = append(tests,
			test{name + " is missing", payload.VerdictVerified, slices.Delete(verified(), i, i+1), false},
			test{name + " is pending", payload.VerdictVerified, with(name, payload.Pending), false},
			test{name + " failed", payload.VerdictVerified, with(name, payload.Fail), false},
			test{name + " has no known outcome", payload.VerdictVerified, with(name, "probably"), false},
			test{name + " is skipped", payload.VerdictVerified, with(name, payload.Skipped), api.Skippable(name)},
			test{name + " passed", payload.VerdictVerified, with(name, payload.Pass), true},
		)
	}
	for _, tt := range tests {
		t.Run(string(tt.verdict)+", "+tt.name, func(t *testing.T) {
			body := marshal(t, api.SignRequest{Answer: payload.Answer{UUID: uuid, Status: payload.StatusSigned,
				Verdict: tt.verdict, Checks: tt.checks}})
			if !tt.ok {
				wantBadAnswer(t, body)
			} else if _, err := answering(http.StatusOK, body, nil).Get(t.Context(), uuid); err != nil {
				t.Errorf("got %v, want it accepted", err)
			}
		})
	}
}

// A backend in another language may leave out what is empty, write null for it, or know more.
func TestAnswerOfAnotherServer(t *testing.T) {
	least := api.SignRequest{Answer: payload.Answer{UUID: uuid, Status: payload.StatusPending,
		Verdict: payload.VerdictNone}}
	tests := []struct {
		name, body string
	}{
		{"the least", `{"uuid":"` + string(uuid) + `","status":"pending","verdict":"none"}`},
		{"upper-case uuid", `{"uuid":"` + strings.ToUpper(string(uuid)) + `","status":"pending","verdict":"none"}`},
		{"null for empty", `{"uuid":"` + string(uuid) +
			`","status":"pending","verdict":"none","checks":null,"result":null,"payload":null,"summary":null,` +
			`"expires_in":null}`},
		{"empty members", `{"uuid":"` + string(uuid) +
			`","status":"pending","verdict":"none","checks":[],"result":{},"summary":{}}`},
		{"members of another type",
			`{"uuid":"` + string(uuid) +
				`","status":"pending","verdict":"none","checks":{},"result":[],"payload":"x","summary":1,"stale":1,"platform":[]}`},
		{"more members", `{"v":2,"uuid":"` + string(uuid) + `","status":"pending","verdict":"none","cancelled":"no"}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := answering(http.StatusOK, test.body, nil).Get(t.Context(), uuid)
			if err != nil || !reflect.DeepEqual(got, &least) {
				t.Errorf("got %+v, %v, want %+v", got, err, least)
			}
		})
	}
}

func FuzzDecodeAnswer(f *testing.F) {
	sample := sample(f)
	f.Add([]byte(sample))
	f.Add([]byte(strings.Replace(sample, `"checking"`, `"verified"`, 1)))
	f.Add([]byte(strings.Replace(sample, `839`, `-1e2`, 1)))
	all, err := json.Marshal(api.SignRequest{Answer: payload.Answer{UUID: uuid, Status: payload.StatusSigned,
		Verdict: payload.VerdictVerified, Checks: verified()}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(all)
	f.Add([]byte(`{"uuid":"` + string(uuid) + `","status":"pending","verdict":"none","checks":[{"name":1},null,[]]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := answering(http.StatusOK, string(body), nil).Get(t.Context(), uuid)
		if err != nil {
			var e *payload.Error
			if !errors.As(err, &e) || e.Code != payload.BadAnswer || e.Message == "" {
				t.Errorf("got error %#v, want one of code %s with a message", err, payload.BadAnswer)
			}
			if got != nil {
				t.Errorf("got %+v beside an error, want nothing", got)
			}
			return
		}
		if u, err := payload.ParseUUID(string(got.UUID)); err != nil || u != got.UUID {
			t.Errorf("got uuid %q, want a version 4 UUID in lower case", got.UUID)
		}
		if got.Verdict == payload.VerdictVerified && got.Status != payload.StatusSigned {
			t.Errorf("got %+v verified without being signed", got)
		}
		state := payload.State{UUID: got.UUID}
		state.Add(&payload.Event{Kind: payload.Answered, Answer: &got.Answer})
		if phase := state.Phase(); phase == payload.PhaseVerified != (got.Verdict == payload.VerdictVerified) {
			t.Errorf("got phase %s for verdict %s", phase, got.Verdict)
		}

		// encoding/json is stricter than the reader: what it would not write, it need not be able to.
		if !json.Valid(body) || !utf8.Valid(body) {
			return
		}
		if got.Payload == nil {
			got.Payload = api.Raw("{}")
		}
		written, err := json.Marshal(got)
		if err != nil {
			t.Fatal(err)
		}
		again, err := answering(http.StatusOK, string(written), nil).Get(t.Context(), uuid)
		if err != nil {
			t.Fatal(err)
		}
		again.Payload = got.Payload // spelled another way, perhaps
		if !reflect.DeepEqual(again, got) {
			t.Errorf("got %+v after writing and reading, want %+v", again, got)
		}
	})
}

func sample(tb testing.TB) string {
	tb.Helper()
	data, err := os.ReadFile("testdata/signed.json")
	if err != nil {
		tb.Fatal(err)
	}
	return string(data)
}
