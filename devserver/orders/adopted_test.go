package orders

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/devserver/backend"
	"github.com/xaman-live/xaman-live/devserver/sandbox"
	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// markedPayment is one of a kind, for which its program answers.
var markedPayment = testPayment[:len(testPayment)-1] + `,"InvoiceID":"` + strings.Repeat("5A", 32) + `"}`

// sdk makes a payload as the vendor's SDK does, and returns the platform's answer.
func (w *world) sdk(body string) string {
	w.Helper()
	var created json.RawMessage
	w.read(w.call("POST", w.platform+"/api/v1/platform/payload", body, "Content-Type", "application/json",
		"X-API-Key", sandbox.Key, "X-API-Secret", sandbox.Secret), &created, 200)
	return string(created)
}

// uuidOf is that of the payload in a create response.
func (w *world) uuidOf(created string) payload.UUID {
	w.Helper()
	c, err := payload.ParseCreated([]byte(created), w.platform)
	if err != nil {
		w.Fatal(err)
	}
	return c.UUID
}

// A program that makes its payloads itself has them verified.
func TestPayloadOfTheProgramIsVerified(t *testing.T) {
	w := newWorld(t)
	for name, signed := range map[string]bool{"signed afterwards": false, "signed before": true} {
		created := w.sdk(`{"txjson":` + markedPayment + `,"options":{"expire":7},` +
			`"custom_meta":{"identifier":"` + name + `"}}`)
		uuid := w.uuidOf(created)
		if signed {
			w.accept(uuid, "")
		}
		body := `{"txjson":` + markedPayment + `,"created":` + created + `,"reference":"` + name + `","callback":"till"}`
		key := string(uuid)
		o := w.order(body, api.IdempotencyKey, key)
		left := o.ExpiresAt.Sub(o.CreatedAt).Round(10e9)
		if o.UUID != uuid || o.Reference != name || string(o.Created) != created || left != 420e9 {
			t.Errorf("%s: got %+v, want an order for %s", name, o, uuid)
		}
		var again ordered
		w.read(w.program("POST", "/api/orders", body, api.IdempotencyKey, key), &again, 200)
		if again.UUID != uuid {
			t.Errorf("%s: sent again: got %+v, want the same", name, again)
		}
		w.wantRefusal(name+", twice", w.program("POST", "/api/orders", body), 409, OrderExists, "GET /api/orders/")
		if signed {
			w.wantTold(uuid, backend.EventVerified)
		} else {
			w.accept(uuid, "")
		}
		if r := w.await(uuid); r.Verdict != payload.VerdictVerified || r.Result.Amount != "2.5" {
			t.Errorf("%s: got %s %+v, want it verified", name, r.Verdict, r.Checks)
		}
	}
}

// What became of a payload before it was ordered, the platform does not tell again.
func TestCallbackHearsOfPayloadThatWasOver(t *testing.T) {
	w := newWorld(t)
	phone := func(act string) func(payload.UUID) {
		return func(uuid payload.UUID) {
			w.read(w.call("POST", w.platform+"/phone/"+string(uuid)+"/"+act, ""), new(any), 200)
		}
	}
	for event, end := range map[string]func(payload.UUID){
		backend.EventVerified: phone("accept"),
		backend.EventRejected: phone("reject"),
		backend.EventCancelled: func(uuid payload.UUID) {
			w.read(w.call("DELETE", w.platform+"/api/v1/platform/payload/"+string(uuid), "",
				"X-API-Key", sandbox.Key, "X-API-Secret", sandbox.Secret), new(any), 200)
		},
	} {
		created := w.sdk(`{"txjson":` + markedPayment + `,"custom_meta":{"identifier":"` + event + `"}}`)
		end(w.uuidOf(created))
		o := w.order(`{"txjson":` + markedPayment + `,"created":` + created + `,"callback":"till"}`)
		w.wantTold(o.UUID, event)
	}
}

// wantTold wants that a callback is told of an event without anybody asking.
func (w *world) wantTold(uuid payload.UUID, event string) {
	w.Helper()
	for patience := time.After(20 * time.Second); ; {
		select {
		case d := <-w.told:
			if d.UUID != uuid {
				continue // told once more of another
			}
			if d.Event != event {
				w.Errorf("got told of %s, want %s", d.Event, event)
			}
			return
		case <-patience:
			w.Errorf("got told of nothing, want %s", event)
			return
		}
	}
}

// The platform needs a moment to know of a payload that was just made.
func TestPayloadThatThePlatformDoesNotKnowYet(t *testing.T) {
	w := newWorld(t)
	w.read(w.call("PUT", w.platform+"/faults/next", `{"faults":["early-404"]}`), new(any), 200)
	created := w.sdk(`{"txjson":` + markedPayment + `}`)
	w.order(`{"txjson":` + markedPayment + `,"created":` + created + `}`)
}

// What is in a ledger that there was before is not what is signed for it.
func TestPayloadOfTheProgramIsNotPaidBefore(t *testing.T) {
	w := newWorld(t)
	created := w.sdk(`{"txjson":` + markedPayment + `}`)
	o := w.order(`{"txjson":` + markedPayment + `,"created":` + created + `}`)
	w.accept(o.UUID, `{"misbehave":["older-transaction"]}`)
	if r := w.await(o.UUID); r.Verdict != payload.VerdictUnverified {
		t.Errorf("got %s %+v, want it unverified", r.Verdict, r.Checks)
	}
}

func TestPayloadsThatAreNoOrder(t *testing.T) {
	w := newWorld(t)
	created := w.sdk(`{"txjson":` + markedPayment + `,"options":{"force_network":"TESTNET"}}`)
	unknown := strings.ReplaceAll(created, string(w.uuidOf(created)), "9a2c7a52-3c1e-4b53-9d4e-5f1b8c1f0a77")
	unmarked := w.sdk(`{"txjson":` + testPayment + `}`)
	const elsewhere = `{"uuid":"9a2c7a52-3c1e-4b53-9d4e-5f1b8c1f0a77","next":{"always":"https://evil.example/sign/` +
		`9a2c7a52-3c1e-4b53-9d4e-5f1b8c1f0a77"},"refs":{"websocket_status":"wss://evil.example/sign/` +
		`9a2c7a52-3c1e-4b53-9d4e-5f1b8c1f0a77"}}`
	for name, tt := range map[string]struct{ txjson, created, more, want string }{
		"not a payload":    {markedPayment, `{}`, "", "created: "},
		"links of another": {markedPayment, elsewhere, "", "does not lead to its request"},
		"no mark":          {testPayment, unmarked, "", "has no mark of its own"},
		"unknown":          {markedPayment, unknown, "", "does not know the payload"},
		"another amount":   {strings.Replace(markedPayment, "2500000", "1", 1), created, "", "differs in Amount"},
		"not to be submitted": {markedPayment, created, `,"options":{"submit":false}`,
			"submit is true, and that of this order false"},
		"template of nobody's": {`{"TransactionType":"Paymnt"}`, created, "", "not supported"},
	} {
		res := w.program("POST", "/api/orders", `{"txjson":`+tt.txjson+`,"created":`+tt.created+tt.more+`}`)
		w.wantRefusal(name, res, 400, BadOrder, tt.want)
	}
}
