package backend

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing/synctest"
	"time"

	"github.com/xaman-live/xaman-live/devserver/xaman"
	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

var (
	signedMeta = xaman.Meta{Resolved: true, Signed: true}
)

const hostile = "</script><img src=x onerror=alert(1)>\r\nX-Injected: yes\x1b[2J\u202e"

var stringAttacks = []attack{
	{"markup-in-a-name", "The name of an offer is markup, which an error page would show.", func(a *attempt) {
		w := newShop(a).visitor(a).call("POST", allPath, toJSON(map[string]string{"demo": hostile}))
		a.holds(w.Code == 400 && !strings.Contains(w.Body.String(), "onerror"), "got %d %s", w.Code, w.Body)
		kind := w.Header().Get("Content-Type")
		a.holds(strings.HasPrefix(kind, "application/json"), "got %s", kind)
		a.holds(w.Header().Get("X-Content-Type-Options") == "nosniff", "a browser may take it for a page")
	}},
	{"line-in-the-log", "What a visitor sends makes a line of its own in the server's log.", func(a *attempt) {
		s := newShop(a)
		b := s.visitor(a)
		line := "x\ntime=2026 level=INFO msg=\"forged\""
		b.call("POST", allPath, toJSON(map[string]string{"demo": line}))
		r := webhook(testUUID, "null")
		r.Header.Set("X-Xumm-Request-Timestamp", line)
		b.do(r)
		r = webhook(testUUID, "null")
		r.Header.Set("X-Xumm-Attempt", line)
		b.do(r)
		s.platform.change(func() {
			s.platform.refuse = func(string) (int, string) {
				return 400, toJSON(map[string]any{"error": map[string]any{"reference": line, "code": 1}})
			}
		})
		b.call("POST", allPath, `{"demo":"pay"}`)
		a.holds(!strings.Contains(s.log.String(), "\ntime=2026 level"), "the log is %s", s.log)
	}},
	{"words-of-the-platform", "The platform's error holds markup, or what is not the visitor's to know.",
		func(a *attempt) {
			s := newShop(a)
			s.platform.change(func() {
				s.platform.refuse = func(string) (int, string) {
					return 400, toJSON(map[string]any{"error": map[string]any{"message": hostile, "reference": "r", "code": 1}})
				}
			})
			w := s.visitor(a).call("POST", allPath, `{"demo":"pay"}`)
			a.holds(w.Code == 502 && !strings.Contains(w.Body.String(), "onerror"), "got %d %s", w.Code, w.Body)
		}},
	reported("account", "The phone calls its account a piece of markup.", "response", "account"),
	reported("network", "The phone calls its network a piece of markup.", "response", "dispatched_nodetype"),
	reported("environment", "The phone calls its environment a piece of markup.", "response", "environment_nodetype"),
	reported("multisigner", "The phone calls one of several signers a piece of markup.", "response", "multisign_account"),
	reported("txid", "The phone calls its transaction a piece of markup.", "response", "txid"),
	reported("blob", "The phone calls its signature a piece of markup.", "response", "hex"),
	reported("type", "The platform calls the type a piece of markup.", "payload", "tx_type"),
	reported("identifier", "The payload's identifier is a piece of markup.", "custom_meta", "identifier"),
}

// reported puts hostile text into a field of the platform's answer about a signed payload, short and very long. Neither
// may be verified, or become part of an answer as it is.
func reported(field, how, part, key string) attack {
	return attack{"markup-for-" + field, how, bubble(func(a *attempt) {
		for _, text := range []string{hostile, strings.Repeat("<b>", 100_000)} {
			s := newShop(a)
			s.Backend = a.backend(changed{s.platform, func(p map[string]any) {
				p[part].(map[string]any)[key] = text
			}}, s.node, s.log)
			b := s.visitor(a)
			b.create("pay")
			s.platform.become(signedMeta, false)
			b.get()
			synctest.Wait()
			w := b.call("GET", onePath, "")
			answer := decodeAnswer(a.T, w)
			a.holds(answer.Verdict != payload.VerdictVerified, "got %s", answer.Verdict)
			a.holds(answer.Result == (payload.Result{}), "got %+v", answer.Result)
			a.holds(!bytes.ContainsAny(w.Body.Bytes(), "<>\r\n\x1b"), "got %.300s", w.Body)
			a.holds(w.Body.Len() < 10_000, "the answer has %d bytes", w.Body.Len())
		}
	})}
}

// bodyAttacks are bodies that two readers take for different things, or that cost more to read than to write.
func bodyAttacks() []attack {
	deep := strings.Repeat("[", 1500) + strings.Repeat("]", 1500)
	rows := []struct{ name, how, body string }{
		{"doubled-key", "A key is there twice.", `{"demo":"sign-in","demo":"pay"}`},
		{"doubled-key-in-disguise", "A key is there twice, once escaped.", `{"demo":"sign-in","\u0064emo":"pay"}`},
		{"miscased-key", "A key is spelled in capitals.", `{"DEMO":"pay"}`},
		{"miscased-twin", "A key is there twice, once in capitals.", `{"demo":"sign-in","Demo":"pay"}`},
		{"folded-key", "A letter of a key only looks the same when folded.",
			`{"demo":"sign-in","\u017fession":"x","DEMO":"pay"}`},
		{"deep-body", "The body nests without end.", `{"demo":` + deep + `}`},
		{"deep-unknown-key", "What is not read nests without end.", `{"demo":"pay","x":` + deep + `}`},
		{"list-for-an-object", "The body is a list.", `[{"demo":"pay"}]`},
		{"nothing", "The body is null.", `null`},
		{"number-for-a-name", "The name is a number.", `{"demo":1e400}`},
		{"list-for-a-name", "The name is a list of names.", `{"demo":["pay"]}`},
		{"two-bodies", "Another body stands behind the first.", `{"demo":"pay"}{"demo":"sign-in"}`},
		{"byte-order-mark", "The body begins with a mark that some readers drop.", "\ufeff" + `{"demo":"pay"}`},
		{"not-utf-8", "The name is not UTF-8.", "{\"demo\":\"p\xffay\"}"},
		{"zero-byte", "A zero byte ends the name early.", `{"demo":"pay\u0000"}`},
		{"comment", "The body has a comment.", `{"demo":"pay"/**/}`},
		{"path-for-a-name", "The name is a path.", `{"demo":"../pay"}`},
		{"name-of-every-object", "The name is one that every JavaScript object has.", `{"demo":"__proto__"}`},
		{"transaction-of-the-visitor", "The visitor brings a transaction to be signed.",
			`{"demo":"","txjson":{"TransactionType":"AccountDelete"}}`},
		{"empty-body", "There is no body.", ``},
		{"large-body", "The body is larger than any.", `{"demo":"` + strings.Repeat("x", maxBody) + `"}`},
	}
	var all []attack
	for _, row := range rows {
		all = append(all, attack{row.name, row.how, func(a *attempt) {
			s := newShop(a)
			w := s.visitor(a).call("POST", allPath, row.body)
			a.holds(w.Code == 400 || w.Code == 413, "got %d %s", w.Code, w.Body)
			a.holds(s.platform.calls.Load() == 0, "the platform was asked")
		}})
	}
	const app = `"application_uuidv4":"` + testApp + `",`
	const other = `"application_uuidv4":"00000000-0000-4000-8000-000000000000",`
	for name, body := range map[string]string{
		"doubled-key-in-a-webhook":  `{"meta":{` + app + `"payload_uuidv4":"x","payload_uuidv4":"` + testUUID + `"}}`,
		"miscased-key-in-a-webhook": `{"Meta":{` + app + `"payload_uuidv4":"` + testUUID + `"}}`,
		"webhook-for-another":       `{"meta":{` + other + `"payload_uuidv4":"` + testUUID + `"}}`,
		"path-in-a-webhook":         `{"meta":{` + app + `"payload_uuidv4":"../` + testUUID + `"}}`,
		"deep-webhook":              `{"meta":` + strings.Repeat("[", 30_000) + strings.Repeat("]", 30_000) + `}`,
	} {
		all = append(all, attack{name, "A webhook is signed, and says something odd.", func(a *attempt) {
			s := newShop(a)
			w := s.visitor(a).do(signedWebhook(body, time.Now()))
			a.holds(w.Code == 400 && s.platform.calls.Load() == 0, "got %d %s", w.Code, w.Body)
		}})
	}
	return all
}

var secretAttacks = []attack{
	{"secret-in-an-error", "The platform's error repeats what it was sent.", func(a *attempt) {
		s := newShop(a)
		s.platform.change(func() {
			s.platform.refuse = func(string) (int, string) {
				return 403, `{"error":{"code":813,"reference":"` + testSecret + `"}}`
			}
		})
		w := s.visitor(a).call("POST", allPath, `{"demo":"pay"}`)
		a.holds(!strings.Contains(w.Body.String(), testSecret), "got %s", w.Body)
	}},
	{"secret-after-a-redirect", "The platform's name is taken over, and redirects elsewhere.", func(a *attempt) {
		var hosts []string
		s := newShop(a)
		s.Backend = a.backend(tripper(func(r *http.Request) (*http.Response, error) {
			hosts = append(hosts, r.URL.Host)
			res := reply(http.StatusTemporaryRedirect, "")
			res.Header.Set("Location", "https://evil.example/")
			return res, nil
		}), s.node, s.log)
		w := s.visitor(a).call("POST", allPath, `{"demo":"pay"}`)
		a.holds(fmt.Sprint(hosts) == "[xumm.app]" && w.Code >= 500, "went to %v, got %d", hosts, w.Code)
	}},
	{"secret-in-print", "Whoever reads the log finds the application's secret.", func(a *attempt) {
		s := newShop(a)
		c := s.Backend.platform.Credentials()
		text := fmt.Sprintf("%v %+v %#v %s %q %x %v", c, c, c, c, c, c, &c)
		slog.New(slog.NewTextHandler(s.log, nil)).Info("x", "credentials", c)
		a.holds(!strings.Contains(text+s.log.String(), testSecret[:13]), "got %s %s", text, s.log)
	}},
	{"uuid-in-the-log", "Whoever reads the log listens to the requests in it.", bubble(func(a *attempt) {
		s := newShop(a)
		answer := s.signed(a, "pay")
		b := s.visitor(a)
		b.do(webhook(testUUID, "null"))
		s.platform.change(func() { s.platform.refuse = func(string) (int, string) { return 502, "" } })
		b.call("DELETE", onePath, "")
		a.holds(answer.Verdict == payload.VerdictVerified && s.log.String() != "", "got %s and no log", answer.Verdict)
		a.holds(!strings.Contains(s.log.String(), testUUID), "the log is %s", s.log)
	})},
	{"session-in-the-log", "Whoever reads the log takes over a session.", bubble(func(a *attempt) {
		s := newShop(a)
		b := s.visitor(a)
		b.create("pay")
		text := s.log.String()
		a.holds(text != "" && !strings.Contains(text, b.cookies[sessionCookie].Value), "the log is %s", text)
	})},
	{"session-in-the-database", "Whoever reads the database takes over a session.", func(a *attempt) {
		s := newShop(a)
		b := s.visitor(a)
		b.create("pay")
		r, err := s.requests.get(a.Context(), testUUID)
		if err != nil {
			a.Fatal(err)
		}
		a.holds(r.Session != "" && r.Session != b.cookies[sessionCookie].Value, "it is stored as it is")
	}},
	{"reason-of-a-refusal", "The answer to a forged webhook tells what is wrong with it.", func(a *attempt) {
		s := newShop(a)
		b := s.visitor(a)
		var bodies []string
		for _, signature := range []string{"", "0", strings.Repeat("0", 40), strings.Repeat("f", 40)} {
			r := webhook(testUUID, "null")
			r.Header.Set("X-Xumm-Request-Signature", signature)
			bodies = append(bodies, b.do(r).Body.String())
		}
		for _, body := range bodies {
			a.holds(body == bodies[0], "got %q and %q", bodies[0], body)
		}
	}},
	{"time-of-a-comparison", "A signature is guessed from the time that its comparison takes.",
		func(a *attempt) {
			file, err := parser.ParseFile(token.NewFileSet(), "../xaman/webhook.go", nil, 0)
			if err != nil {
				a.Fatal(err)
			}
			steady, hasty := 0, 0
			ast.Inspect(file, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.SelectorExpr:
					if of, ok := n.X.(*ast.Ident); ok && of.Name == "hmac" && n.Sel.Name == "Equal" {
						steady++
					}
				case *ast.BinaryExpr:
					for _, side := range []ast.Expr{n.X, n.Y} {
						if call, ok := side.(*ast.CallExpr); ok && (n.Op == token.EQL || n.Op == token.NEQ) {
							if f, ok := call.Fun.(*ast.SelectorExpr); ok && (f.Sel.Name == "sign" || f.Sel.Name == "Get") {
								hasty++
							}
						}
					}
				}
				return true
			})
			a.holds(steady == 1 && hasty == 0, "it is compared %d times in constant time and %d times not", steady, hasty)
		}},
	{"words-of-a-panic", "A panic's text reaches the visitor.", func(a *attempt) {
		w := httptest.NewRecorder()
		h := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(errors.New(testSecret)) })
		Recovering(slog.New(slog.DiscardHandler), h).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
		a.holds(w.Code == 500, "got %d", w.Code)
		for _, inside := range []string{testSecret, "goroutine", ".go:"} {
			a.holds(!strings.Contains(w.Body.String(), inside), "got %s", w.Body)
		}
	}},
}

type tripper func(*http.Request) (*http.Response, error)

func (t tripper) RoundTrip(r *http.Request) (*http.Response, error) { return t(r) }

var idempotencyAttacks = []attack{
	{"key-of-a-stranger", "A visitor guesses the key of another's request, to get that.", func(a *attempt) {
		s := newShop(a)
		b := s.visitor(a)
		first := b.post("pay", "key")
		second := b.other().post("pay", "key")
		other := second.Code != 201 || s.platform.calls.Load() == 2
		a.holds(first.Code == 201 && other, "got %d, and no second request", second.Code)
	}},
	{"key-for-something-else", "A key is used again for another offer.", func(a *attempt) {
		b := newShop(a).visitor(a)
		first, second := b.post("pay", "key"), b.post("sign-in", "key")
		other := second.Code != 201 || !strings.Contains(second.Body.String(), `"type":"Payment"`)
		a.holds(first.Code == 201 && other, "got %d %s", second.Code, second.Body)
	}},
	{"repeated-creation", "A request is sent again, so that the visitor pays twice.", func(a *attempt) {
		s := newShop(a)
		b := s.visitor(a)
		first, second := b.post("pay", "key"), b.post("pay", "key")
		a.holds(first.Code == 201 && second.Code/100 == 2, "got %d and %d", first.Code, second.Code)
		a.holds(s.platform.calls.Load() == 1, "%d requests were made", s.platform.calls.Load())
	}},
	{"creations-at-once", "The same is sent ten times in one moment.", bubble(func(a *attempt) {
		s := newShop(a)
		b := s.visitor(a)
		b.call("GET", allPath, "")
		s.platform.change(func() { s.platform.slow = time.Second })
		for range 10 {
			go func() {
				r := httptest.NewRequestWithContext(a.Context(), "POST", allPath, strings.NewReader(`{"demo":"pay"}`))
				r.Header.Set("Content-Type", "application/json")
				r.Header.Set(api.IdempotencyKey, "key")
				r.AddCookie(b.cookies[sessionCookie])
				b.handler.ServeHTTP(httptest.NewRecorder(), r)
			}()
		}
		time.Sleep(time.Minute)
		a.holds(s.platform.calls.Load() == 1, "%d requests were made", s.platform.calls.Load())
	})},
	{"key-of-any-length", "A key is too long, or not of visible letters.", func(a *attempt) {
		s := newShop(a)
		b := s.visitor(a)
		for _, key := range []string{"", strings.Repeat("k", 65), "a b", "a\x7fb", "a\tb", "k\u00e4y",
			strings.Repeat("k", 10_000)} {
			w := b.post("pay", key)
			a.holds(w.Code == 400 && s.platform.calls.Load() == 0, "%.20q: got %d", key, w.Code)
		}
	}},
}

// endless is a body without end, of which it counts what was read.
type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) {
	e.read += len(p)
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

func (e *endless) Close() error { return nil }
