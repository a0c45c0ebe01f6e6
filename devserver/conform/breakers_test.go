package conform_test

import (
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/xaman-live/xaman-live/devserver/sandbox"
	"github.com/xaman-live/xaman-live/wasm/api"
)

// forgetful does not know on the second time that a request was verified.
func forgetful(w world) http.Handler {
	var mu sync.Mutex
	told := map[string]bool{}
	return altering(func(r *http.Request, a *reply) {
		mu.Lock()
		defer mu.Unlock()
		if !strings.Contains(a.body, `"verdict":"verified"`) {
			return
		}
		if told[r.URL.Path] {
			a.change(func(doc map[string]any) {
				doc["status"], doc["verdict"], doc["checks"], doc["result"] = "pending", "none", nil, map[string]any{}
			})
		}
		told[r.URL.Path] = true
	})(w)
}

// hasty does not look whether a key is being used.
func hasty() breaking {
	var mu sync.Mutex
	busy := map[string]bool{}
	return deaf(func(r *http.Request, body string) string {
		key := r.Header.Get("Idempotency-Key")
		mu.Lock()
		taken := busy[key]
		busy[key] = true
		mu.Unlock()
		if taken {
			r.Header.Del("Idempotency-Key")
		}
		return body
	})
}

// trusting believes the platform that a UUID is new.
func trusting(w world) http.Handler {
	var mu sync.Mutex
	var last *reply
	return altering(func(r *http.Request, a *reply) {
		mu.Lock()
		defer mu.Unlock()
		switch {
		case r.Method != "POST":
		case a.Code == http.StatusCreated:
			last = a
		case a.Code == http.StatusBadGateway:
			*a = *last
		}
	})(w)
}

// pushing sends to the phone of whoever signed in a session before.
func pushing(w world) http.Handler {
	var mu sync.Mutex
	sessions := map[string]bool{}
	return altering(func(r *http.Request, a *reply) {
		mu.Lock()
		defer mu.Unlock()
		if r.Method == "POST" && sessions[sessionOf(r)] {
			a.replace(`"pushed":false`, `"pushed":true`)
		}
		sessions[sessionOf(r)] = true
	})(w)
}

// talkative says which requests there are.
func talkative(w world) http.Handler {
	var mu sync.Mutex
	made := map[string]bool{}
	return altering(func(r *http.Request, a *reply) {
		mu.Lock()
		defer mu.Unlock()
		a.change(func(doc map[string]any) {
			if uuid, ok := doc["uuid"].(string); ok {
				made[uuid] = true
			}
		})
		if a.Code == 404 && made[string(uuidOf(r))] {
			a.replace("There is no such sign request.", "It is somebody else's.")
		}
	})(w)
}

// denying says that there is no request which the platform may not know yet.
func denying(w world) http.Handler {
	return altering(func(r *http.Request, a *reply) {
		if isOne(r) && strings.Contains(a.body, `"stale":true`) {
			a.refuse(404, "not-found")
		}
	})(w)
}

// asking asks the platform whenever somebody asks, if he gets some answers.
func asking(when func(*http.Request, *reply) bool) breaking {
	return func(w world) http.Handler {
		return altering(func(r *http.Request, a *reply) {
			if !isOne(r) || !when(r, a) {
				return
			}
			call, err := http.NewRequest("GET", platformOrigin+"/api/v1/platform/payload/"+string(uuidOf(r)), nil)
			if err != nil {
				return
			}
			call.Header.Set("X-API-Key", sandbox.Key)
			call.Header.Set("X-API-Secret", sandbox.Secret)
			if res, err := w.network.RoundTrip(call); err == nil {
				res.Body.Close()
			}
		})(w)
	}
}

// particular takes the platform's answers in their usual form alone.
func particular(w world) http.Handler {
	return altering(func(_ *http.Request, a *reply) {
		if strings.Contains(a.body, `"verdict":"verified"`) {
			a.change(func(doc map[string]any) {
				doc["verdict"], doc["result"] = "unverified", map[string]any{}
				doc["checks"] = append(passed("resolved"), map[string]any{
					"name": "request", "outcome": "fail", "code": "unreadable", "detail": "What is this?",
				})
			})
		}
	})(w)
}

// slow answers from memory for longer than anybody waits.
func slow(w world) http.Handler {
	var mu sync.Mutex
	kept := map[string]*reply{}
	return altering(func(r *http.Request, a *reply) {
		mu.Lock()
		defer mu.Unlock()
		if r.Method != "GET" || !isOne(r) {
			return
		}
		if before := kept[r.URL.Path]; before != nil {
			*a = *before
			return
		}
		kept[r.URL.Path] = a
	})(w)
}

// hospitable does not look who asks by a method.
func hospitable(method string) breaking {
	return deaf(func(r *http.Request, body string) string {
		if r.Method == method {
			r.Header.Del("Origin")
			r.Header.Del("Sec-Fetch-Site")
		}
		return body
	})
}

// obeying asks for another amount if a body has some text, which the backend behind it would refuse.
func obeying(text string) breaking {
	return func(w world) http.Handler {
		return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			a := w.ask(r, strings.Replace(string(body), `,"amount":"-5"`, "", 1))
			if strings.Contains(string(body), text) {
				a.replace(`"amount":"2.5"`, `"amount":"0.000001"`)
			}
			a.send(out)
		})
	}
}

// generous takes any key for a request whose own key it has seen.
func generous(w world) http.Handler {
	var mu sync.Mutex
	seen := map[string]string{}
	return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		key := r.Header.Get(api.ViewKey)
		a := w.ask(r, "")
		switch good := seen[r.URL.Path]; {
		case key != "" && a.Code == http.StatusOK:
			seen[r.URL.Path] = key
		case key != "" && good != "":
			r.Header.Set(api.ViewKey, good)
			a = w.ask(r, "")
		}
		a.send(out)
	})
}
