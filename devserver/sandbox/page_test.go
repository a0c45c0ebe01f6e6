package sandbox

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// form presses a button on the sign page.
func (w world) form(uuid, body string) answer {
	w.t.Helper()
	return w.do("POST", "/sign/"+uuid, body, http.Header{"Content-Type": {"application/x-www-form-urlencoded"}})
}

func TestSignPage(t *testing.T) {
	rich := `{
		"txjson": {"TransactionType":"Payment","Destination":"` + address + `","DestinationTag":4711,"Amount":"2500000"},
		"options": {"expire":15,"return_url":{"app":"https://shop.example/done?p={id}&tx={txid}"}},
		"custom_meta": {"instruction":"<b>Two</b> coffees"}}`
	press := func(buttons ...string) func(w world, uuid string) {
		return func(w world, uuid string) {
			for _, b := range buttons {
				if a := w.form(uuid, "act="+b); a.status != http.StatusSeeOther {
					w.t.Fatalf("%s: got %d, want a redirect", b, a.status)
				}
			}
			time.Sleep(5 * time.Second)
		}
	}
	tests := []struct {
		name    string
		body    string
		before  func(w world, uuid string)
		suffix  string
		want    []string
		without []string
	}{
		{"incoming", rich, nil, "", []string{"Sandbox", "simulated phone", "Corner Shop", "Payment", `value="open"`, "15 minutes"}, []string{`value="accept"`}},
		{"deeplink", rich, nil, "/deeplink", []string{`value="open"`}, nil},
		{"pushed", `{"txjson":{"TransactionType":"SignIn"},"user_token":"` + tokenMark + `"}`, nil, "", []string{"push notification"}, nil},
		{"review", rich, press("open"), "", []string{"2.5 <small>XRP", address, "4711", "&lt;b&gt;Two&lt;/b&gt; coffees", "TESTNET", wallet[0].address + `" checked`, wallet[1].address, `value="accept"`, `value="reject"`, `value="close"`}, []string{"<b>Two"}},
		{"review with marks", `{"txjson":{"TransactionType":"Payment","Destination":"` + address + `","Amount":"1","Fee":"5000","InvoiceID":"` + invoice + `",
			"Memos":[{"Memo":{"MemoType":"` + hexOf("order shop.example") + `","MemoData":"00FF1122"}}]}}`, press("open"), "",
			[]string{"InvoiceID", invoice, "Memo", "order shop.example", "00FF1122", "0.005 XRP"}, nil},
		{"review of a marked sign-in", `{"txjson":{"TransactionType":"SignIn","Memos":[{"Memo":{"MemoType":"` + hexOf("sign-in shop.example") + `","MemoData":"` + hexOf("<i>17</i>") + `"}}]}}`,
			press("open"), "", []string{"sign-in shop.example", "&lt;i&gt;17&lt;/i&gt;"}, []string{"Fee</dt>", "InvoiceID</dt>", "<i>"}},
		{"review without marks", rich, press("open"), "", []string{"0.000012 XRP"}, []string{"Memo</dt>", "InvoiceID</dt>"}},
		{"signed with marks", `{"txjson":{"TransactionType":"Payment","Destination":"` + address + `","Amount":"1","InvoiceID":"` + invoice + `"}}`, press("accept&misbehave=absurd-fee"), "",
			[]string{"100 XRP", invoice}, nil},
		{"signed with a memo left out", markedSignIn, press("accept&misbehave=dropped-memo"), "", []string{"Signed"}, []string{"Memo</dt>"}},
		{"review of a sign-in", signIn, press("open"), "", []string{"Sign in", `value="accept"`, "not sent to a ledger"}, []string{`value="close"`}},
		{"review of an issued amount", `{"txjson":{"TransactionType":"Payment","Amount":{"currency":"USD","issuer":"` + address + `","value":"12.50"}}}`, press("open"), "", []string{"12.50 <small>USD"}, nil},
		{"review late", rich, func(w world, uuid string) { press("open")(w, uuid); time.Sleep(time.Hour) }, "", []string{"Expired", `value="accept"`}, nil},
		{"review on an unknown network", `{"txjson":{"TransactionType":"SignIn"},"options":{"force_network":"MAINET"}}`, press("open"), "", []string{`value="accept" disabled`, "MAINET"}, nil},
		{"closed", rich, press("open", "close"), "?closed", []string{"Open again"}, []string{`value="accept"`}},
		{"signing", rich, func(w world, uuid string) { w.form(uuid, "act=accept") }, "", []string{"Signing…", `http-equiv="refresh"`}, nil},
		{"signed", rich, press("accept"), "", []string{"Signed", "https://shop.example/done?p=", ">Next</a>", wallet[0].address}, nil},
		{"signed with the other account", rich, press("accept&account=" + wallet[1].address), "", []string{wallet[1].address}, nil},
		{"signed, no return URL", signIn, press("accept"), "", []string{"Signed", ">Close</a>"}, []string{"Next"}},
		{"signed, dangerous return URL", `{"txjson":{"TransactionType":"SignIn"},"options":{"return_url":{"app":"javascript:alert(1)//{id}"}}}`, press("accept"), "", []string{">Close</a>"}, []string{"javascript:"}},
		{"rejected", rich, press("reject"), "", []string{"Declined", ">Close</a>"}, []string{"shop.example"}},
		{"expired", rich, func(w world, uuid string) { time.Sleep(time.Hour) }, "", []string{"Expired"}, []string{"<form"}},
		{"cancelled", rich, func(w world, uuid string) { w.api("DELETE", "payload/"+uuid, "") }, "", []string{"Cancelled"}, []string{"<form"}},
		{"QR", rich, nil, "/qr", []string{"_q.png", "Use the simulated phone"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inWorld(t, func(w world) {
				uuid := w.create(strings.ReplaceAll(tt.body, tokenMark, w.token()))
				if tt.before != nil {
					tt.before(w, uuid)
				}
				a := w.do("GET", "/sign/"+uuid+tt.suffix, "", nil)
				checkPage(t, a, http.StatusOK)
				for _, want := range tt.want {
					if !strings.Contains(a.body, want) {
						t.Errorf("want %q in\n%s", want, a.body)
					}
				}
				for _, without := range tt.without {
					if strings.Contains(a.body, without) {
						t.Errorf("want no %q in\n%s", without, a.body)
					}
				}
			})
		})
	}
}

func hexOf(text string) string { return fmt.Sprintf("%X", text) }

func checkPage(t *testing.T, a answer, status int) {
	t.Helper()
	if a.status != status {
		t.Errorf("got %d, want %d", a.status, status)
	}
	if csp := a.header.Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'none'; style-src 'self'") || a.header.Get("X-Frame-Options") != "DENY" {
		t.Errorf("got headers %v", a.header)
	}
	for _, forbidden := range []string{"<script", "<style", "style="} {
		if strings.Contains(a.body, forbidden) {
			t.Errorf("the page contains %q, which its policy forbids", forbidden)
		}
	}
}

func TestOtherPages(t *testing.T) {
	tests := []struct {
		name, path string
		status     int
		want       string
	}{
		{"unknown payload", "/sign/" + unknownUUID, 404, "no sign request"},
		{"unknown payload's QR page", "/sign/" + unknownUUID + "/qr", 404, "no sign request"},
		{"malformed uuid", "/sign/nonsense", 404, "no sign request"},
		{"something else below a payload", "/sign/" + unknownUUID + "/nonsense", 404, "no sign request"},
		{"nonsense", "/nonsense", 404, "no sign request"},
		{"index", "/", 200, Key},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inWorld(t, func(w world) {
				a := w.do("GET", tt.path, "", nil)
				checkPage(t, a, tt.status)
				if !strings.Contains(a.body, tt.want) {
					t.Errorf("want %q in\n%s", tt.want, a.body)
				}
			})
		})
	}
}

func TestIndexListsPayloads(t *testing.T) {
	inWorld(t, func(w world) {
		first, second := w.create(signIn), w.create(payment)
		w.must(first, "reject")
		body := w.do("GET", "/", "", nil).body
		if i, j := strings.Index(body, first), strings.Index(body, second); j < 0 || i < j || !strings.Contains(body, "rejected") {
			t.Errorf("want both payloads, the latest first, in\n%s", body)
		}
	})
}

func TestAssets(t *testing.T) {
	tests := []struct {
		path, contentType string
		status            int
	}{
		{"/assets/sandbox.css", "text/css; charset=utf-8", 200},
		{"/assets/shop.svg", "image/svg+xml", 200},
		{"/assets/favicon.svg", "image/svg+xml", 200},
		{"/favicon.ico", "", 204},
		{"/assets/nonsense", "text/plain; charset=utf-8", 404},
	}
	for _, tt := range tests {
		t.Run(tt.path, func(t *testing.T) {
			inWorld(t, func(w world) {
				a := w.do("GET", tt.path, "", nil)
				if got := a.header.Get("Content-Type"); a.status != tt.status || got != tt.contentType {
					t.Errorf("got %d %s, want %d %s", a.status, got, tt.status, tt.contentType)
				}
			})
		})
	}
}

// For people the stages of signing are far enough apart to be seen.
func TestSignPagePacesStages(t *testing.T) {
	inWorld(t, func(w world) {
		uuid := w.create(payment)
		l := w.listen(uuid)
		l.take()
		w.form(uuid, "act=open")
		w.form(uuid, "act=accept")
		l.expect(isOpened, isOpened, isPreSigned)
		time.Sleep(stagePause)
		l.expect(isDispatched)
		time.Sleep(stagePause)
		l.expect("signed")
	})
}

func TestCloseFinishesSigning(t *testing.T) {
	inWorld(t, func(w world) {
		uuid := w.create(payment)
		w.form(uuid, "act=accept")
		w.platform.Close()
		if got := w.payload(uuid).State(time.Now()); got != "signed" {
			t.Errorf("got %s, want signed", got)
		}
	})
}

func TestAmount(t *testing.T) {
	tests := []struct {
		drops, want string
	}{
		{"2500000", "2.5"}, {"1", "0.000001"}, {"0", "0"}, {"1000000", "1"}, {"10000000", "10"}, {"100000000000000000", "100000000000"},
	}
	for _, tt := range tests {
		if got := amount(tt.drops); got.Value != tt.want {
			t.Errorf("%s drops: got %s, want %s", tt.drops, got.Value, tt.want)
		}
	}
}
