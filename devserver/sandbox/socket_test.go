package sandbox

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"
)

func TestSocketUnknownUUID(t *testing.T) {
	inWorld(t, func(w world) {
		l := w.listen(unknownUUID)
		l.expect("not-found")
		if got := websocket.CloseStatus(l.ended()); got != websocket.StatusNoStatusRcvd {
			w.t.Errorf("got close status %v, want none: %v", got, l.ended())
		}
	})
}

func TestSocketPaths(t *testing.T) {
	inWorld(t, func(w world) {
		uuid := w.create(payment)
		for _, path := range []string{uuid, uuid + "/qr", uuid + "/deeplink", uuid + "anything", strings.ToUpper(uuid)} {
			w.listen(path).expect("welcome 60")
		}
		for _, path := range []string{"", "nonsense", "9a2c7a52-3c1e-1b53-9d4e-5f1b8c1f0a77"} {
			if _, res, err := w.dial(path); err == nil || res.StatusCode != http.StatusNotFound {
				w.t.Errorf("%q: got %v, want a 404", path, err)
			}
		}
	})
}

func TestSocketSequences(t *testing.T) {
	type sequence struct{ body, acts, want string }
	inWorlds(t, map[string]sequence{
		"payment signed":     {payment, "open accept", "opened opened pre_signed dispatched signed"},
		"accept opens first": {payment, "accept", "opened opened pre_signed dispatched signed"},
		"sign-in signed":     {signIn, "open accept", "opened opened pre_signed signed"},
		"not submitted": {
			`{"txjson":{"TransactionType":"Payment"},"options":{"submit":false}}`, "open accept",
			"opened opened pre_signed signed",
		},
		"multisign": {
			`{"txjson":{"TransactionType":"Payment"},"options":{"multisign":true}}`, "open accept",
			"opened opened pre_signed signed",
		},
		"rejected":                       {payment, "open reject", "opened rejected"},
		"closed, opened again, rejected": {payment, "open close open reject", "opened opened rejected"},
		"closing a sign-in rejects it":   {signIn, "open close", "opened rejected"},
		"fetched and cancelled":          {payment, "get cancel", "devapp_fetched devapp_fetched"},
		"signed late": {
			payment, "open minute second accept", "opened 45 30 15 expired 0 opened pre_signed dispatched signed",
		},
	}, func(w world, c sequence) {
		uuid := w.create(c.body)
		l := w.listen(uuid)
		l.take()
		w.must(uuid, strings.Fields(c.acts)...)
		l.expect(c.want)
	})
}

func TestSocketEcho(t *testing.T) {
	inWorld(t, func(w world) {
		l := w.listen(w.create(payment))
		l.take()
		for _, text := range []string{`{"ping":true}`, "", "not json", strings.Repeat("x", 100_000)} {
			l.write(websocket.MessageText, text)
			l.expect("echo")
		}
		l.write(websocket.MessageBinary, "binary")
		l.expect("")
	})
}

// The message is the documented one, and comes before the database shows the outcome.
func TestResolvedMessage(t *testing.T) {
	inWorld(t, func(w world) {
		uuid := w.create(signInWith(`
			"options":{"return_url":{"web":"https://shop.example/<done>?p={id}&c={CID}&tx={txid}&b={txblob}"}},
			"custom_meta":{"identifier":"order 1&2","blob":{"table":4},"instruction":"Two coffees"}`))
		l := w.listen(uuid)
		l.take()
		w.begin(uuid)
		heard := l.take()
		if got := pick(w.get(uuid), "meta.resolved"); got != "false" {
			w.t.Errorf("resolved in the database at once: got %v, want false", got)
		}
		time.Sleep(150 * time.Millisecond)
		if pick(w.get(uuid), "meta.resolved") != "true" {
			w.t.Error("the database does not show the resolution after its lag")
		}
		o := w.payload(uuid).Outcome
		want := `{"payload_uuidv4":"` + uuid + `","reference_call_uuidv4":"` + o.CallRef + `","signed":true,` +
			`"user_token":true,"return_url":{"app":null,"web":"https://shop.example/<done>?p=` + uuid +
			`&c=order%201%262&tx=` + o.Signature.TxID + `&b=` + o.Signature.Blob + `"},` +
			`"txid":"` + o.Signature.TxID + `","opened_by_deeplink":true,` +
			`"custom_meta":{"identifier":"order 1&2","blob":{"table":4},"instruction":"Two coffees"}}`
		if got := heard[len(heard)-1]; got != want {
			w.t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	})
}

// A listener that stops reading is disconnected and does not hold up the others.
func TestSlowListener(t *testing.T) {
	inWorld(t, func(w world) {
		uuid := w.create(payment)
		slow, _, err := w.dial(uuid)
		if err != nil {
			w.t.Fatal(err)
		}
		defer slow.CloseNow()
		brisk := w.listen(uuid)
		brisk.take()
		for range maxQueue + 10 {
			w.must(uuid, "open")
			synctest.Wait() // for the brisk one to read
		}
		if got := len(brisk.take()); got != maxQueue+10 {
			w.t.Errorf("the brisk listener heard %d messages, want %d", got, maxQueue+10)
		}
		w.platform.sockets.mu.Lock()
		defer w.platform.sockets.mu.Unlock()
		if got := len(w.platform.sockets.of[uuid]); got != 1 {
			w.t.Errorf("got %d listeners, want 1", got)
		}
	})
}

// The end of its context ends the sandbox as Close does, which may be called again.
func TestEnd(t *testing.T) {
	inWorlds(t, map[string]func(w world){
		"close":   func(w world) { w.platform.Close() },
		"context": func(w world) { w.end() },
	}, func(w world, end func(w world)) {
		l := w.listen(w.create(payment))
		l.take()
		end(w)
		if l.ended() == nil {
			w.t.Error("the socket outlived the sandbox")
		}
		if got := w.api("GET", "ping", "").status; got != http.StatusServiceUnavailable {
			w.t.Errorf("afterwards: got %d, want %d", got, http.StatusServiceUnavailable)
		}
		if _, err := w.platform.Phone(w.t.Context(), l.uuid, "open", PhoneOptions{}); err != errClosed {
			w.t.Errorf("the phone: got %v, want %v", err, errClosed)
		}
		if err := w.platform.Close(); err != nil {
			w.t.Errorf("close again: %v", err)
		}
	})
}
