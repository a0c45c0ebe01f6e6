package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// pendingWith is an answer with more members.
func pendingWith(more string) string {
	return `{"uuid":"` + string(uuid) + `","status":"pending","verdict":"none",` + more + `}`
}

func TestWhatIsShownHasALimit(t *testing.T) {
	text := func(bytes int) string { return `"` + strings.Repeat("x", bytes) + `"` }
	list := func(length int, element string) string {
		return "[" + strings.TrimSuffix(strings.Repeat(element+",", length), ",") + "]"
	}
	for name, body := range map[string]func(more int) string{
		"memo":    func(more int) string { return `"summary":{"memo":` + text(4096+more) + `}` },
		"icon":    func(more int) string { return `"summary":{"icon":` + text(4096+more) + `}` },
		"account": func(more int) string { return `"result":{"account":` + text(4096+more) + `}` },
		"value":   func(more int) string { return `"summary":{"amounts":[{"value":` + text(4096+more) + `}]}` },
		"detail":  func(more int) string { return `"checks":[{"outcome":"pass","detail":` + text(4096+more) + `}]` },
		"amounts": func(more int) string { return `"summary":{"amounts":` + list(100+more, `{}`) + `}` },
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := answering(http.StatusOK, pendingWith(body(0)), nil).Get(t.Context(), uuid); err != nil {
				t.Errorf("got %v for the most that there may be", err)
			}
			wantBadAnswer(t, pendingWith(body(1)))
		})
	}
}

// An icon that leads to where no visitor may be led is not shown. A link that does is an answer of nobody to believe.
func TestLinksHaveToBeSafe(t *testing.T) {
	for link, want := range map[string]bool{
		"https://cdn.example/icon.png": true, "http://127.0.0.1:8081/icon.svg": true, "http://localhost/icon.svg": true,
		"http://cdn.example/icon.png": false, "javascript:alert(1)": false, "data:image/svg+xml,<svg/>": false,
		"//cdn.example/icon.png": false, "/icon.png": false, "https://user@cdn.example/": false, "blob:https://x": false,
		"https://": false, "\thttps://cdn.example/": false,
	} {
		body := marshal(t, api.SignRequest{Answer: payload.Answer{UUID: uuid, Status: payload.StatusPending,
			Verdict: payload.VerdictNone, Summary: payload.Summary{Site: "Shop", Icon: link}}})
		got, err := answering(http.StatusOK, body, nil).Get(t.Context(), uuid)
		if s := got.Summary; err != nil || s.Site != "Shop" || s.Icon != link && want || s.Icon != "" && !want {
			t.Errorf("icon %q: got %+v, %v, want it shown: %t", link, s, err, want)
		}
		body = pendingWith(`"result":` + marshal(t, payload.Result{Explorer: link}))
		if !want {
			wantBadAnswer(t, body)
		} else if _, err := answering(http.StatusOK, body, nil).Get(t.Context(), uuid); err != nil {
			t.Errorf("explorer %q: got %v, want it accepted", link, err)
		}
	}
}

// A code is a part of the name of a text.
func TestCodeHasToBeOne(t *testing.T) {
	for code, want := range map[string]string{
		"other-amount": "other-amount", "of-a-later-version-2": "of-a-later-version-2", "": "",
		"Other": "", "a.title": "", "a b": "", "ä": "", "__proto__": "",
		strings.Repeat("a", 64): strings.Repeat("a", 64), strings.Repeat("a", 65): "",
	} {
		body := pendingWith(`"checks":[{"name":"owner","outcome":"pass","code":"` + code + `"}]`)
		got, err := answering(http.StatusOK, body, nil).Get(t.Context(), uuid)
		if err != nil || got.Checks[0].Code != want {
			t.Errorf("%q: got %+v, %v, want %q", code, got.Checks, err, want)
		}
	}
	for _, code := range api.Details {
		body := pendingWith(`"checks":[{"name":"owner","outcome":"pass","code":"` + string(code) + `"}]`)
		if got, err := answering(http.StatusOK, body, nil).Get(t.Context(), uuid); err != nil ||
			got.Checks[0].Code != string(code) {
			t.Errorf("got %+v, %v, want the code %s", got.Checks, err, code)
		}
	}
}
