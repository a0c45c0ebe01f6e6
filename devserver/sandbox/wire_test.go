package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"
)

// wireWatcher is a page that watches.
type wireWatcher struct {
	conn *websocket.Conn

	mu    sync.Mutex
	lines []line
	err   error
}

// watch watches a payload. It returns nil if that is refused.
func (w world) watch(uuid, origin string) *wireWatcher {
	w.t.Helper()
	conn, _, err := websocket.Dial(w.t.Context(), base+"/wire/"+uuid, &websocket.DialOptions{
		HTTPClient: w.client, HTTPHeader: from(origin, ""),
	})
	if err != nil {
		return nil
	}
	one := &wireWatcher{conn: conn}
	go func() {
		for {
			_, data, err := conn.Read(w.t.Context())
			one.mu.Lock()
			if err != nil {
				one.err = err
				one.mu.Unlock()
				return
			}
			var l line
			if err := json.Unmarshal(data, &l); err != nil {
				w.t.Error(err)
			}
			one.lines = append(one.lines, l)
			one.mu.Unlock()
		}
	}()
	return one
}

func (one *wireWatcher) take() (lines []line, err error) {
	synctest.Wait()
	one.mu.Lock()
	defer one.mu.Unlock()
	lines, one.lines = one.lines, nil
	return lines, one.err
}

// inWords writes lines one below the other, with "{uuid}" for the payload's.
func inWords(lines []line, uuid string) string {
	var b strings.Builder
	for _, l := range lines {
		fmt.Fprintf(&b, "%s>%s %s: %s\n", l.From, l.To, l.Kind, strings.ReplaceAll(l.Summary, uuid, "{uuid}"))
	}
	return b.String()
}

// Whatever is said about a payment is there, in its order, numbered, for who came in time and for who comes late.
func TestWire(t *testing.T) {
	inShop(t, answering(http.StatusNoContent), func(w world, _ *shop) {
		uuid := w.create(payment)
		early := w.watch(uuid, site)
		l := w.listen(uuid)
		l.take()
		l.write(websocket.MessageText, "hello")
		synctest.Wait()
		w.must(uuid, "get", "open", "accept")
		hash := w.payload(uuid).Outcome.Signature.TxID
		synctest.Wait() // for the webhook
		w.rpc("tx", `{"transaction":"`+hash+`"}`)
		w.rpc("tx", `{"transaction":"`+strings.Repeat("0", 64)+`"}`)
		w.act(uuid, "open")
		l.conn.CloseNow()
		lines, _ := early.take()
		want := `site>platform rest: POST /api/v1/platform/payload
platform>site rest: 200 OK
page>platform socket: connects
platform>page socket: message: Welcome {uuid}
platform>page socket: expires_in_seconds: 60
page>platform socket: a text frame
platform>page socket: message: Right back at you!
site>platform rest: GET /api/v1/platform/payload/{uuid}
platform>page socket: devapp_fetched
platform>site rest: 200 OK
phone>platform phone: open
platform>page socket: opened
phone>platform phone: accept
platform>page socket: opened
phone>platform phone: sign
platform>page socket: pre_signed
phone>node phone: submit
platform>page socket: dispatched
node>phone phone: tesSUCCESS
phone>platform phone: signed
platform>page socket: resolved: signed
platform>site webhook: POST /hook, attempt 1
site>platform webhook: 204 No Content
site>node node: tx {hash}
node>site node: 200 OK
phone>platform phone: open
platform>page socket: opened
platform>phone phone: the payload is already signed or rejected
page>platform socket: is gone
`
		if got := strings.ReplaceAll(inWords(lines, uuid), hash, "{hash}"); got != want {
			w.t.Errorf("got\n%s\nwant\n%s", got, want)
		}
		for i, l := range lines {
			if at, err := time.Parse(time.RFC3339, l.Time); l.Seq != i+1 || err != nil || at.After(time.Now()) {
				w.t.Errorf("line %d: got %+v", i, l)
			}
		}
		if again, _ := w.watch(uuid, "").take(); inWords(again, uuid) != inWords(lines, uuid) {
			w.t.Errorf("late: got\n%s", inWords(again, uuid))
		}
	})
}

// said is what the wire has of a payload.
func (w world) said(uuid string) []line {
	w.t.Helper()
	synctest.Wait()
	var doc struct{ Lines []line }
	if a := w.do("GET", "/wire/"+uuid, "", nil); json.Unmarshal([]byte(a.body), &doc) != nil || doc.Lines == nil {
		w.t.Fatalf("got %d %s", a.status, a.body)
	}
	return doc.Lines
}

// Secrets and tokens are in what is said, and not on the wire. What is long is shortened.
func TestWireHidesSecrets(t *testing.T) {
	inShop(t, answering(http.StatusNoContent), func(w world, _ *shop) {
		token := w.token()
		long := `","custom_meta":{"blob":{"n":"` + strings.Repeat("é", 101) + `"}}`
		uuid := w.create(signInWith(`"user_token":"` + token + long))
		w.must(uuid, "accept", "second", "get")
		lines := w.said(uuid)
		whole := show(lines)
		for _, secret := range []string{token, Secret, "hush", w.payload(uuid).Outcome.Signature.Blob} {
			if strings.Contains(whole, secret) {
				w.t.Errorf("%s is in\n%s", secret, whole)
			}
		}
		for i, want := range map[int]string{
			0: `"user_token":"(hidden)","custom_meta":{"blob":{"n":"` + strings.Repeat("é", 50) + `… (101 characters)"}}}`,
			4: `{"account":"` + wallet[0].address + `","hex":"`,
			5: `"user_token":"(hidden)"`, 8: `"issued_user_token":"(hidden)"`,
		} {
			if !strings.Contains(lines[i].Body, want) {
				w.t.Errorf("line %d: got %s, want %s", i+1, lines[i].Body, want)
			}
		}
	})
}

func TestExcerpt(t *testing.T) {
	long := strings.Repeat("x", maxExcerpt)
	for body, want := range map[string]string{
		"":                         "",
		"<html>":                   "<html>",
		`{"b":1,"a":[true,null]}`:  `{"b":1,"a":[true,null]}`,
		`{"expired":true"}`:        `{"expired":true"}`,
		"a\xffb":                   "a\uFFFDb",
		long + "x":                 long + "…",
		long[1:] + "é":             long[1:] + "…",
		`{"user_token":true}`:      `{"user_token":true}`,
		`[{"secret":"s"}]`:         `[{"secret":"(hidden)"}]`,
		strings.Repeat("{", 65537): "(65537 bytes)",
	} {
		if got := excerpt([]byte(body)); got != want {
			t.Errorf("%.40s: got %.80s, want %.80s", body, got, want)
		}
	}
}

// What is kept and who may watch has bounds.
func TestWireBounds(t *testing.T) {
	inShop(t, answering(http.StatusNoContent), func(w world, _ *shop) {
		uuid := w.create(payment)
		first := w.watch(uuid, site)
		for range maxWatchers - 1 {
			w.watch(uuid, site)
		}
		if w.watch(uuid, site) != nil {
			w.t.Error("too many watch")
		}
		first.conn.CloseNow()
		synctest.Wait()
		if first = w.watch(uuid, site); first == nil {
			w.t.Error("nobody may take the place of a watcher who has gone")
		}
		for range maxLines {
			w.must(uuid, "open")
		}
		if lines := w.said(uuid); len(lines) != maxLines || lines[0].Seq != 3 || lines[maxLines-1].Seq != maxLines+2 {
			w.t.Errorf("got %d lines, from %d on", len(lines), lines[0].Seq)
		}
		if lines, _ := first.take(); len(lines) != maxLines+2 {
			w.t.Errorf("the watcher got %d lines", len(lines))
		}
		for range maxWires {
			w.create(signIn)
		}
		if _, err := first.take(); websocket.CloseStatus(err) != websocket.StatusNormalClosure {
			w.t.Errorf("forgotten: got %v, want a normal closure", err)
		}
		for _, uuid := range []string{uuid, unknownUUID, "nonsense"} {
			if a := w.do("GET", "/wire/"+uuid, "", nil); a.status != http.StatusNotFound || w.watch(uuid, site) != nil {
				w.t.Errorf("%s: got %d, want %d", uuid, a.status, http.StatusNotFound)
			}
		}
	})
}

// The end of the sandbox ends who watches.
func TestWireEnd(t *testing.T) {
	inShop(t, answering(http.StatusNoContent), func(w world, _ *shop) {
		one := w.watch(w.create(payment), site)
		one.take()
		w.platform.Close()
		if _, err := one.take(); websocket.CloseStatus(err) != websocket.StatusGoingAway {
			w.t.Errorf("got %v, want that it goes away", err)
		}
	})
}

// A node is asked about what was signed before a restart, too.
func TestWireAfterRestart(t *testing.T) {
	var uuid, hash string
	inLives(t, func(w world) {
		uuid = w.create(payment)
		w.must(uuid, "accept")
		hash = w.payload(uuid).Outcome.Signature.TxID
	}, func(w world) {
		w.rpc("tx", `{"transaction":"`+hash+`"}`)
		if got := inWords(w.said(uuid), uuid); got != "site>node node: tx "+hash+"\nnode>site node: 200 OK\n" {
			w.t.Errorf("got\n%s", got)
		}
	})
}

// The pages of Config.Sites may watch, read the lists, switch faults and show the phone in a frame. Others may not.
func TestSites(t *testing.T) {
	for origin, ok := range map[string]bool{
		site: true, "https://evil.example": false, "null": false, site + ".evil.example": false,
		"http://site.example:81": false, "https://site.example": false,
	} {
		inShop(t, answering(http.StatusNoContent), func(w world, _ *shop) {
			uuid := w.create(payment)
			if one := w.watch(uuid, origin); (one != nil) != ok {
				w.t.Errorf("%s watches: %v, want %v", origin, one != nil, ok)
			}
			allowed := map[bool]string{true: origin}[ok]
			for call, status := range map[string]int{
				"GET /wire/" + uuid: 200, "GET /faults": 200, "GET /phone/misbehaviours": 200,
				"OPTIONS /faults/" + uuid: 204, "PUT /faults/" + uuid: 200, "PUT /faults/next": 200, "PUT /faults/node": 200,
			} {
				method, path, _ := strings.Cut(call, " ")
				a := w.do(method, path, `{"faults":[]}`, from(origin, "cross-site"))
				if (a.status == status) != ok || a.header.Get("Access-Control-Allow-Origin") != allowed {
					w.t.Errorf("%s, %s: got %d %v", origin, call, a.status, a.header)
				}
				if method == "OPTIONS" && ok && (a.header.Get("Access-Control-Allow-Methods") != "PUT" ||
					a.header.Get("Access-Control-Allow-Headers") != "Content-Type") {
					w.t.Errorf("before a PUT: got %v", a.header)
				}
			}
			for _, call := range []string{"POST /phone/" + uuid + "/accept", "POST /sign/" + uuid} {
				method, path, _ := strings.Cut(call, " ")
				if a := w.do(method, path, "", from(origin, "")); a.status != http.StatusForbidden {
					w.t.Errorf("%s, %s: got %d, want %d", origin, call, a.status, http.StatusForbidden)
				}
			}
			page := w.do("GET", "/sign/"+uuid, "", nil).header
			policy := page.Get("Content-Security-Policy")
			if !strings.HasSuffix(policy, "; frame-ancestors "+site) || page.Get("X-Frame-Options") != "" {
				w.t.Errorf("frames: got %v", page)
			}
		})
	}
}
