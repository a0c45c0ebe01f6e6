package conform_test

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// breaking makes of a backend one that breaks a rule.
type breaking func(world) http.Handler

// reply is an answer that is not yet sent.
type reply struct {
	*httptest.ResponseRecorder
	body string
}

// ask has the backend answer, with the body that was read before.
func (w world) ask(r *http.Request, body string) *reply {
	in := r.Clone(r.Context())
	in.Body, in.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
	rec := httptest.NewRecorder()
	w.backend.ServeHTTP(rec, in)
	return &reply{rec, rec.Body.String()}
}

func (a *reply) send(w http.ResponseWriter) {
	maps.Copy(w.Header(), a.Header())
	w.Header().Del("Content-Length")
	w.WriteHeader(a.Code)
	io.WriteString(w, a.body)
}

// refuse makes a refusal of an answer.
func (a *reply) refuse(status int, code string) {
	a.Code, a.body = status, `{"error":{"code":"`+code+`","message":"No."}}`
}

func (a *reply) replace(old, now string) { a.body = strings.ReplaceAll(a.body, old, now) }

// change changes what an answer says of a request.
func (a *reply) change(do func(doc map[string]any)) {
	var doc map[string]any
	d := json.NewDecoder(strings.NewReader(a.body))
	d.UseNumber()
	if a.Code >= 300 || d.Decode(&doc) != nil {
		return
	}
	do(doc)
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if e.Encode(doc) == nil {
		a.body = out.String()
	}
}

// altering is a backend whose answers are changed.
func altering(change func(r *http.Request, a *reply)) breaking {
	return func(w world) http.Handler {
		return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			a := w.ask(r, string(body))
			change(r, a)
			a.send(out)
		})
	}
}

// deaf is a backend that hears other calls than those that are made.
func deaf(hear func(r *http.Request, body string) string) breaking {
	return func(w world) http.Handler {
		return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			in := r.Clone(r.Context())
			text := hear(in, string(body))
			w.ask(in, text).send(out)
		})
	}
}

// saying is a backend that says one thing where another is true.
func saying(old, now string) breaking {
	return altering(func(_ *http.Request, a *reply) { a.replace(old, now) })
}

// admitting is a backend that lets some in without the cookie of a request. It is told whether they have one, and
// whether they are in the session that made the request.
func admitting(admits func(r *http.Request, holder, session bool) bool) breaking {
	return func(w world) http.Handler {
		var mu sync.Mutex
		holders, sessions := map[string]*http.Cookie{}, map[string]string{}
		return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			body, _ := io.ReadAll(r.Body)
			in := r.Clone(r.Context())
			uuid := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
			if k, made := holders[uuid]; made {
				_, err := r.Cookie(k.Name)
				if admits(r, err == nil, sessionOf(r) == sessions[uuid]) {
					in.Header.Del("Cookie")
					in.AddCookie(k)
				}
			}
			a := w.ask(in, string(body))
			for _, k := range a.Result().Cookies() {
				if of, ok := strings.CutPrefix(k.Name, "xaman-live-request-"); ok {
					holders[of], sessions[of] = k, sessionOf(r)
				}
			}
			a.send(out)
		})
	}
}

func sessionOf(r *http.Request) string {
	k, err := r.Cookie("xaman-live-session")
	if err != nil {
		return ""
	}
	return k.Value
}

// repeating is a backend that answers a POST as the first with the same mark; "" is none.
func repeating(mark func(r *http.Request) string) breaking {
	return func(w world) http.Handler {
		var mu sync.Mutex
		first := map[string]*reply{}
		return altering(func(r *http.Request, a *reply) {
			mu.Lock()
			defer mu.Unlock()
			m := mark(r)
			if r.Method != "POST" || a.Code != http.StatusCreated || m == "" {
				return
			}
			if before := first[m]; before != nil {
				*a = *before
				return
			}
			first[m] = a
		})(w)
	}
}

// passed are the checks of a request that is verified.
func passed(names ...string) (checks []any) {
	for _, name := range names {
		checks = append(checks, map[string]any{"name": name, "outcome": "pass", "code": "x", "detail": "It is so."})
	}
	return checks
}

// verify has an answer say that it is verified.
func verify(doc map[string]any) {
	doc["status"], doc["verdict"] = "signed", "verified"
	doc["checks"] = passed("resolved", "owner", "network", "request", "txid", "signature", "signer", "ledger", "delivered",
		"single-use")
}

// believing is a backend that verifies where a check that has not passed has one of some codes, or says so in its
// detail.
func believing(codes ...string) breaking {
	return altering(func(_ *http.Request, a *reply) {
		a.change(func(doc map[string]any) {
			checks, _ := doc["checks"].([]any)
			for _, c := range checks {
				check := c.(map[string]any)
				detail, _ := check["detail"].(string)
				for _, code := range codes {
					if check["outcome"] != "pass" && (check["code"] == code || strings.Contains(detail, code)) {
						verify(doc)
					}
				}
			}
		})
	})
}

// isOne reports whether a call is about one request.
func isOne(r *http.Request) bool { return strings.Contains(r.URL.Path, "/sign-requests/") }

func uuidOf(r *http.Request) payload.UUID {
	return payload.UUID(r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:])
}
