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

// site is the origin whose pages may watch.
const site = "http://site.example"

// inWatchedShop runs a test in a shop's world, where pages of site may watch.
func inWatchedShop(t *testing.T, test func(w world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := &shop{answer: answering(http.StatusNoContent)}
		run(t, Config{BaseURL: base, WebhookURL: hookURL + "?key=hush", Transport: s, Sites: []string{site}}, test)
	})
}

// wireWatcher is a page that watches.
type wireWatcher struct {
	mu    sync.Mutex
	lines []line
	err   error
}

func (w world) watch(uuid, origin string) (*wireWatcher, error) {
	w.t.Helper()
	header := http.Header{}
	if origin != "" {
		header.Set("Origin", origin)
	}
	conn, _, err := websocket.Dial(w.t.Context(), base+"/wire/"+uuid, &websocket.DialOptions{
		HTTPClient: w.client, HTTPHeader: header,
	})
	if err != nil {
		return nil, err
	}
	one := &wireWatcher{}
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
	return one, nil
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
	inWatchedShop(t, func(w world) {
		uuid := w.create(payment)
		early, err := w.watch(uuid, site)
		if err != nil {
			w.t.Fatal(err)
		}
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
page>platform socket: MessageText
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
		late, err := w.watch(uuid, "")
		if err != nil {
			w.t.Fatal(err)
		}
		if again, _ := late.take(); inWords(again, uuid) != inWords(lines, uuid) {
			w.t.Errorf("late: got\n%s", inWords(again, uuid))
		}
	})
}
