package sandbox

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/devserver/sandbox/engine"
)

// form presses a button on the sign page.
func (w world) form(uuid, body string) answer {
	w.t.Helper()
	return w.do("POST", "/sign/"+uuid, body, from("", ""))
}

func TestSignPage(t *testing.T) {
	const (
		payment = `"txjson":{"TransactionType":"Payment","Destination":"` + address + `"`
		rich    = `{` + payment + `,"DestinationTag":4711,"Amount":"2500000"},"options":{"expire":15,"return_url":` +
			`{"app":"https://shop.example/done?p={id}&tx={txid}"}},"custom_meta":{"instruction":"<b>Two</b> coffees"}}`
		accepts = `value="accept"`
	)
	memo := func(kind, data string) string {
		return `"Memos":[{"Memo":{"MemoType":"` + hexOf(kind) + `","MemoData":"` + data + `"}}]`
	}
	type page struct {
		body          string
		acts          string // "form:" begins those that are done on the page
		suffix        string
		want, without []string
	}
	inWorlds(t, map[string]page{
		"incoming": {
			rich, "", "", []string{
				"Sandbox", "simulated phone", "Corner Shop", `"/assets/shop.svg"`, "Payment", "15 minutes", `value="open"`,
				"<b>" + codeMark + "</b>", "drop-after-opened<small>Every connection is cut", `value="faults"`,
			}, []string{accepts},
		},
		"faults": {
			rich, "form:faults&fault=silent&fault=no-opened", "",
			[]string{`value="silent" checked`, `value="no-opened" checked`, "<details open>"},
			[]string{`value="refused" checked`},
		},
		"unknown fault": {rich, "form:faults&fault=nonsense", "", []string{`value="open"`}, []string{" checked"}},
		"misbehaviour chosen beforehand": {
			rich, "form:open", "?misbehave=wrong-amount&x=1",
			[]string{`value="wrong-amount" checked`, "?misbehave=wrong-amount"}, []string{`value="high-s" checked`},
		},
		"deeplink": {rich, "", "/deeplink", []string{`value="open"`}, nil},
		"pushed":   {signInWith(`"user_token":"` + tokenMark + `"`), "", "", []string{"push notification"}, nil},
		"review": {
			rich, "form:open", "", []string{
				"2.5 <small>XRP", address, "4711", "&lt;b&gt;Two&lt;/b&gt; coffees", "TESTNET", "0.000012 XRP",
				wallet[0].address + `" selected`, wallet[1].address, accepts, `value="reject"`, `value="close"`,
			}, []string{"<b>Two", "Memo</dt>", "InvoiceID</dt>"},
		},
		"review with marks": {
			`{` + payment + `,"Amount":"1","Fee":"5000","InvoiceID":"` + invoice + `",` +
				memo("order shop.example", "00FF1122") + `}}`, "form:open", "",
			[]string{"InvoiceID", invoice, "Memo", "order shop.example", "00FF1122", "0.005 XRP"}, nil,
		},
		"review of a marked sign-in": {
			`{"txjson":{"TransactionType":"SignIn",` + memo("sign-in shop.example", hexOf("<i>17</i>")) + `}}`, "form:open",
			"", []string{"sign-in shop.example", "&lt;i&gt;17&lt;/i&gt;"}, []string{"Fee</dt>", "InvoiceID</dt>", "<i>"},
		},
		"signed with marks": {
			`{` + payment + `,"Amount":"1","InvoiceID":"` + invoice + `"}}`, "form:accept&misbehave=absurd-fee", "",
			[]string{"100 XRP", invoice}, nil,
		},
		"signed with a memo left out": {
			markedSignIn, "form:accept&misbehave=dropped-memo", "", []string{"Signed"}, []string{"Memo</dt>"},
		},
		"review of a sign-in": {
			signIn, "form:open", "", []string{"Sign in", accepts, "not sent to a ledger"}, []string{`value="close"`},
		},
		"review of an issued amount": {
			payWith(`"Amount":{"currency":"USD","issuer":"` + address + `","value":"12.50"}`), "form:open", "",
			[]string{"12.50 <small>USD"}, nil,
		},
		"review late": {rich, "form:open hour", "", []string{"opened in time", accepts}, nil},
		"review on an unknown network": {
			signInWith(`"options":{"force_network":"MAINET"}`), "form:open", "",
			[]string{accepts + ` disabled`, "MAINET"}, nil,
		},
		"closed": {rich, "form:open form:close", "?closed", []string{"Open again"}, []string{accepts}},
		"signing": {
			rich, "form:accept", "", []string{"Signing…", "Refresh: 1"}, nil,
		},
		"signed": {
			rich, "form:accept minute", "",
			[]string{"Signed", "https://shop.example/done?p=", ">Next</a>", wallet[0].address}, nil,
		},
		"signed with the other account": {
			rich, "form:accept&account=" + address + " minute", "", []string{address}, nil,
		},
		"signed, no return URL": {signIn, "accept", "", []string{"Signed", ">Close</a>"}, []string{"Next"}},
		"signed, dangerous return URL": {
			signInWith(`"options":{"return_url":{"app":"javascript:alert(1)//{id}"}}`), "accept", "",
			[]string{">Close</a>"}, []string{"javascript:"},
		},
		"rejected":  {rich, "form:reject", "", []string{"Declined", ">Close</a>"}, []string{"shop.example"}},
		"expired":   {rich, "hour", "", []string{"Expired"}, []string{"<form"}},
		"cancelled": {rich, "cancel", "", []string{"Cancelled"}, []string{"<form"}},
		"QR":        {rich, "", "/qr", []string{"_q.png", "Use the simulated phone"}, nil},
	}, func(w world, c page) {
		uuid := w.create(strings.ReplaceAll(c.body, tokenMark, w.token()))
		for act := range strings.FieldsSeq(c.acts) {
			form, is := strings.CutPrefix(act, "form:")
			if !is {
				w.must(uuid, act)
			} else if a := w.form(uuid, "act="+form); a.status != http.StatusSeeOther {
				w.t.Fatalf("%s: got %d, want a redirect", act, a.status)
			}
		}
		if strings.Contains(c.acts, "misbehave") {
			time.Sleep(time.Minute)
		}
		for i, text := range c.want {
			c.want[i] = strings.ReplaceAll(text, codeMark, strings.ToUpper(uuid[:4]))
		}
		checkPage(w.t, w.do("GET", "/sign/"+uuid+c.suffix, "", nil), http.StatusOK, c.want, c.without)
	})
}

// codeMark stands for the four characters of the request in texts that are wanted.
const codeMark = "{code}"

// Inside another page, nothing leads away from the request but its return URL, which then takes the whole window.
func TestFramedSignPage(t *testing.T) {
	inShop(t, answering(http.StatusNoContent), func(w world, _ *shop) {
		for _, framed := range []bool{false, true} {
			header := http.Header{"Sec-Fetch-Dest": {map[bool]string{false: "document", true: "iframe"}[framed]}}
			returning := `"options":{"return_url":{"app":"https://shop.example/"}}`
			for acts, body := range map[string]string{
				"": signIn, "open": signIn, "reject": signIn, "accept": signIn, "accept second": signInWith(returning),
			} {
				uuid := w.create(body)
				w.must(uuid, strings.Fields(acts)...)
				page := w.do("GET", "/sign/"+uuid, "", header).body
				if strings.Contains(page, `href="/"`) == framed {
					w.t.Errorf("%q, framed %v: got\n%s", acts, framed, page)
				}
				if next := `href="https://shop.example/" target="_top"`; strings.Contains(page, next) != (body != signIn) {
					w.t.Errorf("%q: want %s in\n%s", acts, next, page)
				}
			}
		}
	})
}

// What is chosen beforehand stays chosen from page to page.
func TestFormsKeepTheChoice(t *testing.T) {
	inWorlds(t, map[string]string{
		"act=open": "?misbehave=high-s", "act=close": "?closed=&misbehave=high-s", "act=faults": "?misbehave=high-s",
	}, func(w world, want string) {
		uuid := w.create(payment)
		got := w.form(uuid+"?misbehave=high-s&x=1", w.name).header.Get("Location")
		if got != "/sign/"+uuid+want {
			w.t.Errorf("got %s, want %s", got, want)
		}
	})
}

// The index leads to the demo with each fault.
func TestIndexLinksToFaults(t *testing.T) {
	inShop(t, answering(http.StatusNoContent), func(w world, _ *shop) {
		body := w.do("GET", "/", "", nil).body
		for _, f := range faultTable {
			if !strings.Contains(body, `"`+site+`/?demo=pay&amp;fault=`+f.name+`"`) {
				w.t.Errorf("fault %s has no link", f.name)
			}
		}
		for _, f := range nodeFaultTable {
			if !strings.Contains(body, `"`+site+`/?demo=pay&amp;node=`+f.name+`"`) {
				w.t.Errorf("node's fault %s has no link", f.name)
			}
		}
		for _, m := range misbehaviourTable {
			if !strings.Contains(body, `&amp;misbehave=`+m.name+`"`) {
				w.t.Errorf("misbehaviour %s has no link", m.name)
			}
		}
		for _, link := range []string{"sign-in&amp;misbehave=foreign-sign-in", "pay&amp;misbehave=sign-in-for-payment"} {
			if !strings.Contains(body, `/?demo=`+link+`"`) {
				w.t.Errorf("want %s in\n%s", link, body)
			}
		}
	})
}

func hexOf(text string) string { return fmt.Sprintf("%X", text) }

// checkPage expects a page with some texts and without others.
func checkPage(t *testing.T, a answer, status int, want, without []string) {
	t.Helper()
	csp := a.header.Get("Content-Security-Policy")
	if a.status != status || !strings.HasPrefix(csp, "default-src 'none'; style-src 'self'") ||
		a.header.Get("X-Frame-Options") != "DENY" {
		t.Errorf("got %d %v, want %d", a.status, a.header, status)
	}
	a.body += "Refresh: " + a.header.Get("Refresh")
	for _, text := range want {
		if !strings.Contains(a.body, text) {
			t.Errorf("want %q in\n%s", text, a.body)
		}
	}
	for _, text := range append([]string{"<script", "<style", "style="}, without...) { // its policy forbids these three
		if strings.Contains(a.body, text) {
			t.Errorf("want no %q in\n%s", text, a.body)
		}
	}
}

func TestOtherPages(t *testing.T) {
	type page struct {
		status int
		want   string
	}
	inWorlds(t, map[string]page{
		"/sign/" + unknownUUID:               {404, "no sign request"},
		"/sign/" + unknownUUID + "/qr":       {404, "no sign request"},
		"/sign/" + unknownUUID + "/nonsense": {404, "no sign request"},
		"/sign/nonsense":                     {404, "no sign request"},
		"/nonsense":                          {404, "no sign request"},
		"/":                                  {200, Key},
	}, func(w world, c page) { checkPage(w.t, w.do("GET", w.name, "", nil), c.status, []string{c.want}, nil) })
}

func TestIndexListsPayloads(t *testing.T) {
	inWorld(t, func(w world) {
		first, second := w.create(signIn), w.create(payment)
		w.must(first, "reject")
		body := w.do("GET", "/", "", nil).body
		i, j := strings.Index(body, first), strings.Index(body, second)
		if j < 0 || i < j || !strings.Contains(body, "rejected") {
			t.Errorf("want both payloads, the latest first, in\n%s", body)
		}
	})
}

func TestAssets(t *testing.T) {
	inWorlds(t, map[string]string{
		"/assets/sandbox.css": "200 text/css; charset=utf-8",
		"/assets/shop.svg":    "200 image/svg+xml",
		"/assets/tea.svg":     "200 image/svg+xml",
		"/assets/closed.svg":  "200 image/svg+xml",
		"/assets/favicon.svg": "200 image/svg+xml",
		"/favicon.ico":        "204 ",
		"/assets/nonsense":    "404 text/plain; charset=utf-8",
	}, func(w world, want string) {
		a := w.do("GET", w.name, "", nil)
		if got := fmt.Sprint(a.status, " ", a.header.Get("Content-Type")); got != want {
			w.t.Errorf("got %s, want %s", got, want)
		}
	})
}

func TestCloseFinishesSigning(t *testing.T) {
	inWorld(t, func(w world) {
		uuid := w.create(payment)
		w.form(uuid, "act=accept")
		w.platform.Close()
		if got := w.payload(uuid).State(time.Now()); got != engine.StateSigned {
			w.t.Errorf("got %s, want signed", got)
		}
	})
}
