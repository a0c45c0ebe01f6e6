package sandbox

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"
)

const (
	isOpened     = `{"opened":true}`
	isFetched    = `{"devapp_fetched":true}`
	isPreSigned  = `{"pre_signed":true}`
	isDispatched = `{"dispatched":true}`
	isExpired    = `{"expired":true}`
)

func TestSocketStart(t *testing.T) {
	tests := []struct {
		name   string
		before func(w world, uuid string)
		want   []string
		after  []string // in the next 31 seconds
	}{
		{"active", func(world, string) {}, []string{`{"expires_in_seconds":60}`}, []string{`{"expires_in_seconds":45}`, `{"expires_in_seconds":30}`}},
		{"opened", func(w world, uuid string) { w.must(uuid, "open") }, []string{`{"expires_in_seconds":60}`}, []string{`{"expires_in_seconds":45}`, `{"expires_in_seconds":30}`}},
		{"expired", func(w world, uuid string) { time.Sleep(70 * time.Second) }, []string{isExpired}, []string{`{"expires_in_seconds":-25}`, `{"expires_in_seconds":-40}`}},
		{"cancelled", func(w world, uuid string) { w.api("DELETE", "payload/"+uuid, ""); time.Sleep(time.Second) }, []string{isExpired}, []string{`{"expires_in_seconds":-16}`, `{"expires_in_seconds":-31}`}},
		{"signed", func(w world, uuid string) { w.must(uuid, "accept"); time.Sleep(time.Second) }, []string{isExpired}, nil},
		{"rejected", func(w world, uuid string) { w.must(uuid, "reject"); time.Sleep(time.Second) }, []string{isExpired}, nil},
		{"signed, not yet in the database", func(w world, uuid string) { w.begin(uuid) }, []string{`{"expires_in_seconds":60}`}, []string{`{"expires_in_seconds":45}`, `{"expires_in_seconds":30}`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inWorld(t, func(w world) {
				uuid := w.create(payment)
				tt.before(w, uuid)
				l := w.listen(uuid)
				l.expect(append([]string{welcomed(uuid)}, tt.want...)...)
				time.Sleep(31 * time.Second)
				l.expect(tt.after...)
				if err := l.ended(); err != nil {
					t.Errorf("the socket ended: %v", err)
				}
			})
		})
	}
}

func TestSocketUnknownUUID(t *testing.T) {
	inWorld(t, func(w world) {
		l := w.listen(unknownUUID)
		l.expect(`{"message":"Payload not found"}`)
		if got := websocket.CloseStatus(l.ended()); got != websocket.StatusNoStatusRcvd {
			t.Errorf("got close status %v, want none: %v", got, l.ended())
		}
	})
}

func TestSocketPaths(t *testing.T) {
	inWorld(t, func(w world) {
		uuid := w.create(payment)
		for _, path := range []string{uuid, uuid + "/qr", uuid + "/deeplink", uuid + "anything", strings.ToUpper(uuid)} {
			w.listen(path).expect(welcomed(uuid), `{"expires_in_seconds":60}`)
		}
		for _, path := range []string{"", "nonsense", "9a2c7a52-3c1e-1b53-9d4e-5f1b8c1f0a77"} {
			_, res, err := websocket.Dial(w.t.Context(), "ws://sandbox.example/sign/"+path, &websocket.DialOptions{HTTPClient: w.client})
			if err == nil || res.StatusCode != http.StatusNotFound {
				t.Errorf("%q: got %v, want a 404", path, err)
			}
		}
	})
}

func TestSocketSequences(t *testing.T) {
	tests := []struct {
		name string
		body string
		acts []string
		want []string
	}{
		{"payment signed", payment, []string{"open", "accept"}, []string{isOpened, isOpened, isPreSigned, isDispatched, "signed"}},
		{"accept opens first", payment, []string{"accept"}, []string{isOpened, isOpened, isPreSigned, isDispatched, "signed"}},
		{"sign-in signed", signIn, []string{"open", "accept"}, []string{isOpened, isOpened, isPreSigned, "signed"}},
		{"not submitted", `{"txjson":{"TransactionType":"Payment"},"options":{"submit":false}}`, []string{"open", "accept"}, []string{isOpened, isOpened, isPreSigned, "signed"}},
		{"multisign", `{"txjson":{"TransactionType":"Payment"},"options":{"multisign":true}}`, []string{"open", "accept"}, []string{isOpened, isOpened, isPreSigned, "signed"}},
		{"rejected", payment, []string{"open", "reject"}, []string{isOpened, "rejected"}},
		{"closed, opened again, rejected", payment, []string{"open", "close", "open", "reject"}, []string{isOpened, isOpened, "rejected"}},
		{"closing a sign-in rejects it", signIn, []string{"open", "close"}, []string{isOpened, "rejected"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inWorld(t, func(w world) {
				uuid := w.create(tt.body)
				l := w.listen(uuid)
				l.take()
				w.must(uuid, tt.acts...)
				l.expect(tt.want...)
			})
		})
	}
}

func TestSocketDevappFetched(t *testing.T) {
	inWorld(t, func(w world) {
		uuid := w.create(`{"txjson":{"TransactionType":"SignIn"},"custom_meta":{"identifier":"order 1"}}`)
		l := w.listen(uuid)
		l.take()
		w.api("GET", "payload/"+uuid, "")
		l.expect(isFetched)
		w.api("GET", "payload/ci/order%201", "")
		l.expect(isFetched)
		w.api("DELETE", "payload/"+uuid, "")
		l.expect(isFetched)
	})
}

func TestSocketCountdown(t *testing.T) {
	inWorld(t, func(w world) {
		uuid := w.create(payment)
		time.Sleep(5 * time.Second)
		l := w.listen(uuid)
		time.Sleep(71 * time.Second)
		l.expect(welcomed(uuid), `{"expires_in_seconds":55}`, `{"expires_in_seconds":40}`, `{"expires_in_seconds":25}`, `{"expires_in_seconds":10}`, isExpired, `{"expires_in_seconds":-5}`)
	})
}

func TestSocketCountdownIgnoresCancel(t *testing.T) {
	inWorld(t, func(w world) {
		uuid := w.create(payment)
		l := w.listen(uuid)
		w.api("DELETE", "payload/"+uuid, "")
		l.take()
		time.Sleep(16 * time.Second)
		l.expect(`{"expires_in_seconds":45}`)
	})
}

func TestSocketEcho(t *testing.T) {
	inWorld(t, func(w world) {
		l := w.listen(w.create(payment))
		l.take()
		for _, text := range []string{`{"ping":true}`, "", "not json"} {
			if err := l.conn.Write(w.t.Context(), websocket.MessageText, []byte(text)); err != nil {
				t.Fatal(err)
			}
			l.expect(`{"message":"Right back at you!"}`)
		}
		if err := l.conn.Write(w.t.Context(), websocket.MessageBinary, []byte{1}); err != nil {
			t.Fatal(err)
		}
		l.expect()
	})
}

func TestLateSigning(t *testing.T) {
	inWorld(t, func(w world) {
		uuid := w.create(payment)
		w.must(uuid, "open")
		l := w.listen(uuid)
		time.Sleep(61 * time.Second)
		l.take()
		w.must(uuid, "accept")
		l.expect(isOpened, isPreSigned, isDispatched, "signed")
		time.Sleep(time.Second)
		meta := w.get(uuid)["meta"].(map[string]any)
		for key, want := range map[string]bool{"resolved": true, "signed": true, "expired": true, "app_opened": true, "cancelled": false} {
			if meta[key] != want {
				t.Errorf("%s: got %v, want %v", key, meta[key], want)
			}
		}
	})
}

func TestOpeningTooLate(t *testing.T) {
	for _, act := range []string{"open", "accept", "reject"} {
		t.Run(act, func(t *testing.T) {
			inWorld(t, func(w world) {
				uuid := w.create(payment)
				time.Sleep(61 * time.Second)
				l := w.listen(uuid)
				l.take()
				if got := w.act(uuid, act).status; got != http.StatusGone {
					t.Errorf("got %d, want %d", got, http.StatusGone)
				}
				l.expect(isOpened)
				meta := w.get(uuid)["meta"].(map[string]any)
				if meta["app_opened"] != false || meta["opened_by_deeplink"] != nil {
					t.Errorf("got %v, want a payload that was never opened", meta)
				}
			})
		})
	}
}

func TestResolvedMessage(t *testing.T) {
	inWorld(t, func(w world) {
		uuid := w.create(`{"txjson":{"TransactionType":"SignIn"},
			"options":{"return_url":{"web":"https://shop.example/<done>?p={id}&c={CID}&tx={txid}&b={txblob}"}},
			"custom_meta":{"identifier":"order 1&2","blob":{"table":4},"instruction":"Two coffees"}}`)
		l := w.listen(uuid)
		l.take()
		w.begin(uuid)
		heard := l.take()
		message := heard[len(heard)-1]
		if got := w.get(uuid)["meta"].(map[string]any)["resolved"]; got != false {
			t.Errorf("resolved in the database at once: got %v, want false", got)
		}
		time.Sleep(150 * time.Millisecond)
		doc := w.get(uuid)
		response := doc["response"].(map[string]any)
		if doc["meta"].(map[string]any)["resolved"] != true {
			t.Error("the database does not show the resolution after its lag")
		}
		var ref struct {
			Ref string `json:"reference_call_uuidv4"`
		}
		if err := json.Unmarshal([]byte(message), &ref); err != nil {
			t.Fatal(err)
		}
		want := `{"payload_uuidv4":"` + uuid + `","reference_call_uuidv4":"` + ref.Ref + `","signed":true,"user_token":true,` +
			`"return_url":{"app":null,"web":"https://shop.example/<done>?p=` + uuid + `&c=order%201%262&tx=` + response["txid"].(string) + `&b=` + response["hex"].(string) + `"},` +
			`"txid":"` + response["txid"].(string) + `","opened_by_deeplink":true,` +
			`"custom_meta":{"identifier":"order 1&2","blob":{"table":4},"instruction":"Two coffees"}}`
		if message != want {
			t.Errorf("got\n%s\nwant\n%s", message, want)
		}
	})
}

// A listener that stops reading is disconnected and does not hold up the others.
func TestSlowListener(t *testing.T) {
	inWorld(t, func(w world) {
		uuid := w.create(payment)
		slow, _, err := websocket.Dial(w.t.Context(), "ws://sandbox.example/sign/"+uuid, &websocket.DialOptions{HTTPClient: w.client})
		if err != nil {
			t.Fatal(err)
		}
		defer slow.CloseNow()
		brisk := w.listen(uuid)
		brisk.take()
		for range maxQueue + 10 {
			w.must(uuid, "open")
			synctest.Wait() // for the brisk one to read
		}
		if got := len(brisk.take()); got != maxQueue+10 {
			t.Errorf("the brisk listener heard %d messages, want %d", got, maxQueue+10)
		}
		w.platform.sockets.mu.Lock()
		defer w.platform.sockets.mu.Unlock()
		if got := len(w.platform.sockets.of[uuid]); got != 1 {
			t.Errorf("got %d listeners, want 1", got)
		}
	})
}

func TestCloseEndsSockets(t *testing.T) {
	inWorld(t, func(w world) {
		l := w.listen(w.create(payment))
		l.take()
		w.platform.Close()
		if l.ended() == nil {
			t.Error("the socket outlived the platform")
		}
		if got := w.api("GET", "ping", "").status; got != http.StatusServiceUnavailable {
			t.Errorf("after close: got %d, want %d", got, http.StatusServiceUnavailable)
		}
	})
}
