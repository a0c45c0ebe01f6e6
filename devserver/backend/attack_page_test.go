package backend

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// watched is what a page believes after an answer of its backend, which is nil for none, and frames of a socket that
// anybody may write to. It also says whether a frame made it ask the backend.
func watched(known *payload.Answer, frames ...string) (s payload.State, asks bool) {
	now := time.Date(2026, 1, 5, 10, 0, 0, 0, time.UTC)
	s = payload.State{UUID: testUUID}
	if known != nil {
		s.Add(&payload.Event{Kind: payload.Answered, At: now, Answer: known})
	}
	for _, frame := range frames {
		now = now.Add(time.Millisecond)
		e := payload.Decode([]byte(frame), now)
		asks = asks || s.Asks(&e)
		s.Add(&e)
	}
	return s, asks
}

func pendingAnswer() *payload.Answer {
	left := 290
	a := unsigned(testUUID, payload.StatusPending)
	a.ExpiresIn = &left
	return &a
}

func verifiedAnswer() *payload.Answer {
	a := unsigned(testUUID, payload.StatusSigned)
	a.Verdict = payload.VerdictVerified
	return &a
}

const forgedSigned = `{"payload_uuidv4":"` + testUUID + `","signed":true}`

var frameAttacks = []attack{
	{"forged-signature", "A frame says that the request was signed.", func(a *attempt) {
		s, asks := watched(pendingAnswer(), forgedSigned)
		a.holds(s.Phase() == payload.PhaseSigned && asks, "got %s, asks %v", s.Phase(), asks)
	}},
	{"forged-verdict", "A frame is written like the backend's answer.", func(a *attempt) {
		s, _ := watched(nil, toJSON(verifiedAnswer()), `{"status":"signed","verdict":"verified"}`)
		a.holds(s.Phase() == payload.PhaseWaiting, "got %s", s.Phase())
	}},
	{"frame-of-another-request", "A frame reports the end of another request.", func(a *attempt) {
		s, _ := watched(nil, `{"payload_uuidv4":"00000000-0000-4000-8000-000000000000","signed":true}`)
		a.holds(s.Phase() == payload.PhaseWaiting, "got %s", s.Phase())
	}},
	{"forged-countdown", "A frame says that the time is over, so that the visitor makes and pays a second request.",
		func(a *attempt) {
			s, _ := watched(pendingAnswer(), `{"expires_in_seconds":-5}`)
			a.holds(s.Phase() == payload.PhaseWaiting, "got %s, although the backend knows it to be alive", s.Phase())
		}},
	{"forged-expiry", "A frame says that the request has expired.", func(a *attempt) {
		s, asks := watched(pendingAnswer(), `{"expired":true}`)
		a.holds(s.Phase() == payload.PhaseWaiting && asks, "got %s, asks %v", s.Phase(), asks)
	}},
	{"expiry-as-documented", "The same, in the malformed way that the platform's documents have.",
		func(a *attempt) {
			s, asks := watched(pendingAnswer(), `{"expired":true"}`)
			a.holds(s.Phase() == payload.PhaseWaiting && asks, "got %s, asks %v", s.Phase(), asks)
		}},
	{"forged-absence", "A frame says that there is no such request.", func(a *attempt) {
		s, asks := watched(pendingAnswer(), `{"message":"Payload not found"}`)
		a.holds(s.Phase() == payload.PhaseWaiting && asks && !s.Final(), "got %s, asks %v", s.Phase(), asks)
	}},
	{"refusal-after-success", "A frame says that a payment was declined, which the backend has verified.",
		func(a *attempt) {
			s, _ := watched(verifiedAnswer(),
				`{"payload_uuidv4":"`+testUUID+`","signed":false}`, `{"expired":true}`, `{"expires_in_seconds":-5}`)
			a.holds(s.Phase() == payload.PhaseVerified, "got %s", s.Phase())
		}},
	{"endless-asking", "The backend's own question is announced on the socket, and asked again because of that.",
		func(a *attempt) {
			_, asks := watched(pendingAnswer(), `{"devapp_fetched":true}`)
			a.holds(!asks, "the announcement of a question asks")
		}},
	{"nearly-true", "Values that are not true but that a program may take for it.", func(a *attempt) {
		for _, value := range []string{`"true"`, "1", "[true]", "{}", `"yes"`} {
			s, _ := watched(nil, `{"opened":`+value+`}`, `{"pre_signed":`+value+`}`, `{"dispatched":`+value+`}`,
				`{"expired":`+value+`}`, `{"payload_uuidv4":"`+testUUID+`","signed":`+value+`}`)
			a.holds(s.Phase() == payload.PhaseWaiting, "%s: got %s", value, s.Phase())
		}
	}},
	{"numbers-that-overflow", "The countdown is more than any clock can hold.", func(a *attempt) {
		for _, n := range []string{
			"1e308", "-1e308", "1e999", "9223372036854775807", "-9223372036854775808", `"300"`, "NaN",
		} {
			s, _ := watched(pendingAnswer(), `{"expires_in_seconds":`+n+`}`)
			a.holds(s.Phase() == payload.PhaseWaiting, "%s: got %s", n, s.Phase())
		}
	}},
	{"garbage", "Frames that are no text, no JSON, too deep, or very long.", func(a *attempt) {
		deep := strings.Repeat(`{"opened":`, 100_000)
		closed, long := deep+strings.Repeat("}", 100_000), strings.Repeat("x", 1<<20)
		for _, frame := range []string{"", "\x00", "\xff\xfe", deep, closed, long, "null", "[]"} {
			s, _ := watched(nil, frame)
			a.holds(s.Phase() == payload.PhaseWaiting, "%.20q: got %s", frame, s.Phase())
		}
	}},
	{"doubled-key-in-a-frame", "The frame says two things with one key.", func(a *attempt) {
		s, _ := watched(pendingAnswer(), `{"payload_uuidv4":"`+testUUID+`","signed":false,"signed":true}`, forgedSigned)
		a.holds(s.Phase() != payload.PhaseVerified, "got %s", s.Phase())
	}},
	{"storm-of-frames", "A hundred thousand frames contradict each other.", func(a *attempt) {
		kinds := []string{`{"opened":true}`, `{"message":"x"}`, `{"expired":true}`, `{"expires_in_seconds":60}`, forgedSigned}
		s, _ := watched(pendingAnswer(), slices.Repeat(kinds, 20_000)...)
		a.holds(s.Phase() == payload.PhaseSigned && !s.Final(), "got %s", s.Phase())
	}},
}

// answerAttacks are answers that a page's question gets: from a proxy, a wrong server, or a backend with an error.
func answerAttacks() []attack {
	good := func() map[string]any {
		var checks []any
		for _, name := range api.Checks {
			checks = append(checks, map[string]any{"name": name, "outcome": "pass", "detail": "Good."})
		}
		return map[string]any{
			"uuid": testUUID, "status": "signed", "verdict": "verified", "checks": checks,
			"result": map[string]any{"account": testAccount}, "summary": map[string]any{"site": "Corner Shop"},
		}
	}
	ask := func(status int, body string) (*api.SignRequest, error) {
		fetch := func(context.Context, string, string, map[string]string, []byte) (int, []byte, error) {
			return status, []byte(body), nil
		}
		return api.Client{Base: "/api", Fetch: fetch}.Get(context.Background(), testUUID)
	}
	check := func(i int) func(map[string]any) map[string]any {
		return func(m map[string]any) map[string]any { return m["checks"].([]any)[i].(map[string]any) }
	}
	rows := []struct {
		name, how string
		change    func(map[string]any) string // returns the body, or "" for what became of the map
	}{
		{"answer-about-another-request", "The answer is another request's success.", func(m map[string]any) string {
			m["uuid"] = "00000000-0000-4000-8000-000000000000"
			return ""
		}},
		{"verified-with-a-failed-check", "The answer says verified, and that the signature is bad.",
			func(m map[string]any) string {
				check(5)(m)["outcome"] = "fail"
				return ""
			}},
		{"verified-with-a-pending-check", "The answer says verified before the ledger has answered.",
			func(m map[string]any) string {
				check(7)(m)["outcome"] = "pending"
				return ""
			}},
		{"verified-with-an-unknown-outcome", "A check has an outcome that nobody knows.",
			func(m map[string]any) string {
				check(0)(m)["outcome"] = "passed"
				return ""
			}},
		{"verified-without-a-check", "The check of the signature is missing.", func(m map[string]any) string {
			m["checks"] = append(m["checks"].([]any)[:5:5], m["checks"].([]any)[6:]...)
			return ""
		}},
		{"verified-without-checks", "There is not a single check.", func(m map[string]any) string {
			m["checks"] = []any{}
			return ""
		}},
		{"check-in-place-of-another", "One check is there twice and another not.", func(m map[string]any) string {
			check(5)(m)["name"] = "txid"
			return ""
		}},
		{"skipped-signature", "The check of the signature was skipped.", func(m map[string]any) string {
			check(5)(m)["outcome"] = "skipped"
			return ""
		}},
		{"verified-and-expired", "The answer says verified and expired.", func(m map[string]any) string {
			m["status"] = "expired"
			return ""
		}},
		{"verified-and-cancelled", "The answer says verified and cancelled.", func(m map[string]any) string {
			m["status"] = "cancelled"
			return ""
		}},
		{"verdict-in-capitals", "The verdict is spelled in another way.", func(m map[string]any) string {
			m["verdict"] = "Verified"
			return ""
		}},
		{"explorer-runs-a-script", "The link to the transaction is a script.", func(m map[string]any) string {
			m["result"] = map[string]any{"explorer": "javascript:alert(1)"}
			return ""
		}},
		{"doubled-verdict", "The answer has two verdicts.", func(m map[string]any) string {
			return strings.Replace(toJSON(m), `"verdict":`, `"verdict":"none","verdict":`, 1)
		}},
		{"answers-in-a-list", "The answer is one of several.",
			func(m map[string]any) string { return "[" + toJSON(m) + "]" }},
		{"second-answer-behind", "Another answer stands behind the first.",
			func(m map[string]any) string { return toJSON(m) + toJSON(m) }},
		{"deep-answer", "The answer is nested a hundred thousand deep.", func(map[string]any) string {
			return strings.Repeat(`{"uuid":`, 100_000) + "1" + strings.Repeat("}", 100_000)
		}},
		{"page-for-an-answer", "A login page of a hotel answers in the backend's place.",
			func(map[string]any) string {
				return "<!doctype html><title>Welcome</title>"
			}},
		{"answer-of-the-platform", "The platform's own words stand where the backend's should.",
			func(map[string]any) string {
				return `{"meta":{"exists":true,"uuid":"` + testUUID + `","resolved":true,"signed":true}}`
			}},
	}
	var all []attack
	for _, row := range rows {
		all = append(all, attack{row.name, row.how, func(a *attempt) {
			if r, err := ask(http.StatusOK, toJSON(good())); err != nil || r.Verdict != payload.VerdictVerified {
				a.Fatalf("without the attack: %+v, %v", r, err)
			}
			m := good()
			body := row.change(m)
			if body == "" {
				body = toJSON(m)
			}
			got, err := ask(http.StatusOK, body)
			var e *payload.Error
			a.holds(errors.As(err, &e) && e.Code == payload.BadAnswer && got == nil, "got %+v, %v", got, err)
		}})
	}
	for status, name := range map[int]string{301: "moved", 302: "redirected", 404: "missing", 500: "broken"} {
		try := func(a *attempt) {
			got, err := ask(status, toJSON(good()))
			a.holds(err != nil && got == nil, "got %+v, %v", got, err)
		}
		all = append(all, attack{"success-in-a-" + name + "-answer", "A good answer comes with a status that is none.", try})
	}
	return all
}
