package backend

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/xaman-live/xaman-live/devserver/xaman"
	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// seen is what a page shows of a request for a transaction, once the platform has said who asks.
func (a *attempt) seen(who xaman.Application, transaction string) payload.Summary {
	a.Helper()
	s := newShop(a)
	s.platform.app = who
	s.offers = map[string]Offer{"asked": Fixed("", Order{TxJSON: json.RawMessage(transaction)})}
	c := s.visitor(a).client()
	if _, err := c.Create(a.Context(), api.Create{Demo: "asked"}, ""); err != nil {
		a.Fatal(err)
	}
	r, err := c.Get(a.Context(), testUUID)
	if err != nil {
		a.Fatal(err)
	}
	return r.Summary
}

const settings = `{"TransactionType":"AccountSet"}`

// withMemo is a transaction with a text.
func withMemo(text string) string {
	return fmt.Sprintf(`{"TransactionType":"AccountSet","Memos":[{"Memo":{"MemoData":"%x"}}]}`, text)
}

// inCoin is a transaction that pays in a token whose code is what letters say.
func inCoin(letters string) string {
	code := hex.EncodeToString([]byte(letters)) + strings.Repeat("00", 20-len(letters))
	return `{"TransactionType":"CheckCreate","Destination":"` + testShop + `","SendMax":{"value":"1","issuer":"` +
		testAccount + `","currency":"` + code + `"}}`
}

// lookAttacks make a card look like another one, beside the phone that it is compared with.
func lookAttacks() []attack {
	all := []attack{
		{"name-that-turns-around", "An application's name writes what stands behind it from the right.", func(a *attempt) {
			s := a.seen(xaman.Application{Name: "Shop\u202e\u2066 evil"}, settings)
			a.holds(s.Site == "Shop evil", "got %q", s.Site)
		}},
		{"name-on-lines", "An application's name goes on where the amount stands.", func(a *attempt) {
			s := a.seen(xaman.Application{Name: "Shop\r\n\n\u2028\u0085Amount: 1 XRP" + strings.Repeat("\u00a0x", 99)}, settings)
			a.holds(!strings.ContainsAny(s.Site, "\r\n\u2028\u0085\u00a0") && len([]rune(s.Site)) == maxName, "got %q", s.Site)
		}},
		{"name-that-is-not-there", "An application's name has nothing that can be seen.", func(a *attempt) {
			s := a.seen(xaman.Application{Name: "\u200b\u2060\ufeff\t\u00ad"}, settings)
			a.holds(s.Site == "Shop", "got %q", s.Site)
		}},
		{"name-of-another-application", "The platform answers about the request of another application.", func(a *attempt) {
			other := xaman.Application{UUID: testSecret, Name: "Bank", IconURL: "https://bank.example/icon.png"}
			s := a.seen(other, settings)
			a.holds(s.Site == "Shop" && s.Icon == "", "got %q", s)
		}},
		{"memo-that-turns-around", "A memo writes what stands behind it from the right.", func(a *attempt) {
			s := a.seen(xaman.Application{}, withMemo("pay\u202e\n10"))
			a.holds(s.Memo == "pay 10", "got %q", s.Memo)
		}},
		{"domain-that-turns-around", "A domain writes what stands behind it from the right.", func(a *attempt) {
			domain := hex.EncodeToString([]byte("a\u202eb"))
			s := a.seen(xaman.Application{}, `{"TransactionType":"AccountSet","Domain":"`+domain+`"}`)
			a.holds(len(s.Fields) == 1 && s.Fields[0].Value == "61E280AE62", "got %q", s.Fields)
		}},
		{"memo-that-is-no-text", "A memo is bytes that no phone shows as text.", func(a *attempt) {
			s := a.seen(xaman.Application{}, withMemo("\xff\x00\xfe"))
			a.holds(s.Memo == "", "got %q", s.Memo)
		}},
		{"memo-without-an-end", "A memo fills the page.", func(a *attempt) {
			s := a.seen(xaman.Application{}, withMemo(strings.Repeat("𝕏", 5000)))
			a.holds(len([]rune(s.Memo)) == 1000, "got %d characters", len([]rune(s.Memo)))
		}},
	}
	for name, icon := range map[string]string{
		"runs-a-script": "javascript:alert(1)", "holds-a-script": "data:image/svg+xml,<svg onload=alert(1)>",
		"comes-in-the-clear": "http://cdn.example/icon.png", "signs-in": "https://me:secret@cdn.example/icon.png",
		"is-of-this-site": "/api/sign-requests", "has-no-end": "https://cdn.example/" + strings.Repeat("x", 1<<20),
		"names-no-host": "https:///icon.png", "has-a-line-break": "https://cdn.example/\nSet-Cookie:x",
	} {
		all = append(all, attack{"icon-that-" + name, "An application's icon is no picture of an HTTPS server.",
			func(a *attempt) {
				s := a.seen(xaman.Application{Name: "Corner Shop", IconURL: icon}, settings)
				a.holds(s.Icon == "" && s.Site == "Corner Shop", "got %.100q", s)
			}})
	}
	for name, letters := range map[string]string{
		"xrp": "XRP", "small-xrp": "xrp", "xrp-and-a-blank": "XRP ", "xrp-in-front-of-nothing": "XRP\u200b", "nothing": "   ",
		"lines": "\nXRP",
	} {
		all = append(all, attack{"coin-called-" + name, "The code of a worthless token reads like XRP.", func(a *attempt) {
			s := a.seen(xaman.Application{}, inCoin(letters))
			a.holds(len(s.Amounts) == 1 && len(s.Amounts[0].Currency) == 40 && s.Amounts[0].Issuer == testAccount, "got %+v", s)
		}})
	}
	for name, member := range map[string]string{
		"endless-memo": `"summary":{"memo":"` + strings.Repeat("x", 5000) + `"}`,
		"endless-list": `"summary":{"amounts":[` + strings.Repeat("{},", 5000) + `{}]}`,
		"endless-code": `"checks":[{"name":"` + strings.Repeat("x", 5000) + `","outcome":"pass"}]`,
	} {
		all = append(all, attack{name, "An answer has more to show than any card can.", func(a *attempt) {
			got, err := answerWith(member).Get(a.Context(), testUUID)
			var e *payload.Error
			a.holds(errors.As(err, &e) && e.Code == payload.BadAnswer && got == nil, "got %.100v, %v", got, err)
		}})
	}
	return append(all, attack{"code-of-another-text", "A check has the name of a text that says something else.",
		func(a *attempt) {
			for _, code := range []string{"../verified.title", "__proto__", "a.b", "Verified", "{site}", "\u202e"} {
				got, err := answerWith(`"checks":[{"name":"owner","outcome":"fail","code":"`+code+`"}]`).Get(a.Context(), testUUID)
				a.holds(err == nil && got.Checks[0].Code == "", "%q: got %+v, %v", code, got, err)
			}
		}})
}

// answerWith is the client of a server that answers always the same, with one more member.
func answerWith(member string) api.Client {
	body := `{"uuid":"` + testUUID + `","status":"pending","verdict":"none",` + member + `}`
	fetch := func(context.Context, string, string, map[string]string, []byte) (int, []byte, error) {
		return http.StatusOK, []byte(body), nil
	}
	return api.Client{Base: "/api", Fetch: fetch}
}
