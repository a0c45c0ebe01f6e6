package orders

import (
	"encoding/json"
	"html"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/devserver/backend"
	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

const testOrder = `{"txjson":` + testPayment + `,"options":{"expire":10},"reference":"order 117",` +
	`"custom_meta":{"instruction":"Two coffees","blob":{"table":4}}}`

// A program orders, a phone pays, and the program hears of it.
func TestOrderIsPaid(t *testing.T) {
	w := newWorld(t)
	began := time.Now()
	o := w.order(testOrder)
	if o.Status != payload.StatusPending || o.Verdict != payload.VerdictNone || o.Reference != "order 117" || o.Final ||
		o.Network != "TESTNET" || o.Evidence != nil || o.CreatedAt.Before(began) {
		t.Errorf("got %+v, want a pending order", o)
	}
	if left := o.ExpiresAt.Sub(o.CreatedAt); left != 10*time.Minute {
		t.Errorf("got %v to open it, want what was ordered", left)
	}
	if left := o.Expires.Sub(o.ExpiresAt); left > afterwards || left < afterwards-time.Second {
		t.Errorf("got a view key until %v, want %v longer than the order", o.Expires, afterwards)
	}
	if created, err := payload.ParseCreated(o.Created, w.platform); err != nil || created.UUID != o.UUID {
		t.Errorf("got create response %s, %v", o.Created, err)
	}
	w.accept(o.UUID, "")
	r := w.await(o.UUID)
	if r.Status != payload.StatusSigned || r.Verdict != payload.VerdictVerified || r.Result.Amount != "2.5" ||
		r.Result.Currency != "XRP" || r.Result.Destination != testShop || r.Result.TxID == "" {
		t.Errorf("got %+v, want it verified with a result", r)
	}
	if r.Evidence == nil || r.Evidence.Transaction == nil || !r.Evidence.Transaction.Validated {
		t.Errorf("got evidence %+v, want what the ledger said", r.Evidence)
	}
	var names []string
	for _, c := range r.Checks {
		names = append(names, c.Name)
		if c.Outcome != payload.Pass || c.Detail == "" {
			t.Errorf("got check %+v, want it passed", c)
		}
	}
	if !reflect.DeepEqual(names, api.Checks) {
		t.Errorf("got checks %q, want %q", names, api.Checks)
	}
	var found struct{ Orders []backend.Report }
	w.read(w.program("GET", "/api/orders?reference=order+117", ""), &found, 200)
	if len(found.Orders) != 1 || !reflect.DeepEqual(found.Orders[0], r) {
		t.Errorf("by its reference: got %+v, want %+v", found.Orders, r)
	}
	var gone struct {
		backend.Report
		Cancelled bool
		Reason    string
	}
	w.read(w.program("DELETE", "/api/orders/"+string(o.UUID), ""), &gone, 200)
	if gone.Cancelled || gone.Reason != "ALREADY_RESOLVED" || gone.Verdict != payload.VerdictVerified {
		t.Errorf("cancelled when it was paid: got %+v", gone)
	}
	if log := w.log.String(); strings.Contains(log, testKey) || strings.Contains(log, o.ViewKey) {
		t.Errorf("a key is in the log: %s", log)
	}
}

// The visitor of a page on another site sees the one order that his key is for, and nothing that is the program's.
func TestOrderIsSeenByItsVisitor(t *testing.T) {
	w := newWorld(t)
	o, other := w.order(testOrder), w.order(`{"offer":"coffee"}`)
	see := func(method string, uuid payload.UUID, key string) *http.Response {
		t.Helper()
		return w.call(method, w.site+"/api/sign-requests/"+string(uuid), "", api.ViewKey, key, "Origin", shopPage,
			"Sec-Fetch-Site", "cross-site")
	}
	w.accept(o.UUID, "")
	w.await(o.UUID)
	res := see("GET", o.UUID, o.ViewKey)
	if allowed := res.Header.Get("Access-Control-Allow-Origin"); allowed != shopPage || len(res.Cookies()) != 0 {
		t.Errorf("got allowed %q and cookies %v", allowed, res.Cookies())
	}
	var seen map[string]any
	w.read(res, &seen, 200)
	for _, secret := range []string{"evidence", "reference", "deliveries", "view_key", "offer"} {
		if seen[secret] != nil {
			t.Errorf("the visitor sees %s: %v", secret, seen[secret])
		}
	}
	if seen["verdict"] != "verified" {
		t.Errorf("got %v, want it verified", seen)
	}
	w.wantRefusal("another order's key", see("GET", o.UUID, other.ViewKey), 404, api.NotFound, "no such sign request")
	w.wantRefusal("cancelled with another's key", see("DELETE", other.UUID, o.ViewKey), 404, api.NotFound, "no such")
	w.wantRefusal("the program's key", see("GET", o.UUID, testKey), 404, api.NotFound, "no such")
	w.wantRefusal("no key", w.call("GET", w.site+"/api/sign-requests/"+string(o.UUID), ""), 404, api.NotFound, "no such")

	var another struct {
		Key     string    `json:"view_key"`
		Expires time.Time `json:"view_key_expires"`
		HTML    string
	}
	until := time.Now().Add(time.Minute)
	w.read(w.program("POST", "/api/orders/"+string(other.UUID)+"/view-keys", `{"expires_in":60}`), &another, 201)
	if late := another.Expires.Sub(until); late > time.Second || late < -time.Second {
		t.Errorf("got a key until %v, want %v", another.Expires, until)
	}
	if !strings.Contains(another.HTML, `view-key="`+html.EscapeString(another.Key)+`"`) {
		t.Errorf("got %s, want the key in it", another.HTML)
	}
	var a api.Cancellation
	w.read(see("DELETE", other.UUID, another.Key), &a.Answer, 200)
	if a.Status != payload.StatusCancelled {
		t.Errorf("got %s, want it cancelled by its visitor", a.Status)
	}
	var r backend.Report
	if w.read(w.program("GET", "/api/orders/"+string(other.UUID), ""), &r, 200); r.Status != payload.StatusCancelled {
		t.Errorf("the program sees it %s", r.Status)
	}
}

func TestOrderIsMadeOnce(t *testing.T) {
	w := newWorld(t)
	key := []string{api.IdempotencyKey, "order-117"}
	var uuids sync.Map
	var both sync.WaitGroup
	for range 2 { // at once
		both.Go(func() {
			var o ordered
			w.read(w.program("POST", "/api/orders", testOrder, key...), &o, 200, 201)
			uuids.Store(o.UUID, true)
		})
	}
	both.Wait()
	var again ordered
	w.read(w.program("POST", "/api/orders", testOrder, key...), &again, 200)
	uuids.Store(again.UUID, true)
	made := 0
	uuids.Range(func(any, any) bool { made++; return true })
	if made != 1 || again.Created == nil || again.HTML == "" {
		t.Errorf("got %d orders, the last %+v, want one", made, again)
	}
	w.wantRefusal("another body", w.program("POST", "/api/orders", testOrder+" ", key...), 409, IdempotencyConflict,
		"byte for byte")
	if o := w.order(testOrder, api.IdempotencyKey, "order-118"); o.UUID == again.UUID {
		t.Error("another key: got the same order")
	}
	if a, b := w.order(testOrder), w.order(testOrder); a.UUID == b.UUID {
		t.Error("no key: got the same order twice")
	}
	var found struct{ Orders []backend.Report }
	w.read(w.program("GET", "/api/orders?reference=order+117", ""), &found, 200)
	if len(found.Orders) != 4 || found.Orders[3].UUID != again.UUID {
		t.Errorf("got %d orders of the reference, want four, the newest first", len(found.Orders))
	}
}

// A callback that has failed is told again as soon as the program wants it.
func TestCallbackOfAnOrder(t *testing.T) {
	w := newWorld(t)
	o := w.order(strings.Replace(testOrder, `"reference"`, `"callback":"till","reference"`, 1))
	w.accept(o.UUID, "")
	r := w.await(o.UUID)
	var failed struct{ Deliveries []delivery }
	for first := <-w.told; len(failed.Deliveries) == 0 || failed.Deliveries[0].Attempts == 0; {
		w.read(w.program("GET", "/api/deliveries?order="+string(first.UUID), ""), &failed, 200)
	}
	d := failed.Deliveries[0]
	if len(failed.Deliveries) != 1 || d.Order != o.UUID || d.Event != "verified" || d.Callback != "till" ||
		d.Problem != "It answered 500." || d.Next.IsZero() || !d.Done.IsZero() {
		t.Errorf("got %+v, want it to be tried again", failed.Deliveries)
	}
	var one delivery
	var body struct {
		ID, Event string
		backend.Report
	}
	w.read(w.program("GET", "/api/deliveries/"+d.ID, ""), &one, 200)
	if err := json.Unmarshal(one.Body, &body); err != nil || body.ID != d.ID || body.Event != "verified" ||
		!reflect.DeepEqual(body.Report, r) {
		t.Errorf("got %s, %v, want what the program would be answered: %+v", one.Body, err, r)
	}
	w.read(w.program("POST", "/api/deliveries/"+d.ID+"/retry", ""), new(any), 202)
	if again := <-w.told; again.ID != d.ID || string(again.Body) != string(one.Body) {
		t.Errorf("got %+v, want the same again", again)
	}
	for now := (delivery{}); now.Attempts < 2; {
		now = delivery{}
		w.read(w.program("GET", "/api/deliveries/"+d.ID, ""), &now, 200)
		if delivered := !now.Done.IsZero() && now.Problem == "" && now.Next.IsZero(); delivered != (now.Attempts == 2) {
			t.Errorf("got %+v, want it delivered with the second attempt", now)
		}
	}
}

func TestOrderIsCancelled(t *testing.T) {
	w := newWorld(t)
	o := w.order(`{"offer":"coffee","reference":"118"}`)
	if o.Offer != "coffee" || o.Reference != "118" || o.Summary.Amount != "2.5" {
		t.Errorf("got %+v, want what the offer says", o)
	}
	var gone struct {
		backend.Report
		Cancelled bool
		Reason    string
	}
	for _, reason := range []string{"OK", "ALREADY_CANCELLED"} {
		w.read(w.program("DELETE", "/api/orders/"+string(o.UUID), ""), &gone, 200)
		if gone.Cancelled != (reason == "OK") || gone.Reason != reason || gone.Status != payload.StatusCancelled {
			t.Errorf("got %+v, want it cancelled: %s", gone, reason)
		}
	}
}

// A phone that had it open signs what was cancelled. The ledger has the payment, and nobody is to deliver for it.
func TestOrderIsSignedAlthoughItWasCancelled(t *testing.T) {
	w := newWorld(t)
	w.read(w.call("PUT", w.platform+"/faults/next", `{"faults":["cancel-races"]}`), new(any), 200)
	o := w.order(`{"offer":"coffee"}`)
	w.read(w.call("POST", w.platform+"/phone/"+string(o.UUID)+"/open", ""), new(any), 200)
	var r backend.Report
	w.read(w.program("DELETE", "/api/orders/"+string(o.UUID), ""), &r, 200)
	if r.Status != payload.StatusCancelled || r.Final {
		t.Errorf("got %s, final: %t, want it cancelled, and not final", r.Status, r.Final)
	}
	w.accept(o.UUID, "")
	r = w.await(o.UUID)
	if r.Verdict != payload.VerdictUnverified || r.Checks[0].Code != string(api.Cancelled) {
		t.Errorf("got %+v, want it unverified, since it had been cancelled", r)
	}
}

// What a phone makes of it does not count if it is not what was asked for.
func TestOrderIsNotPaid(t *testing.T) {
	w := newWorld(t)
	o := w.order(testOrder)
	w.accept(o.UUID, `{"misbehave":["wrong-amount"]}`)
	r := w.await(o.UUID)
	failed := slices.IndexFunc(r.Checks, func(c payload.Check) bool { return c.Outcome == payload.Fail })
	if r.Verdict != payload.VerdictUnverified || failed < 0 || r.Checks[failed].Name != api.CheckRequest {
		t.Errorf("got %s, want it unverified since another amount was signed: %+v", r.Verdict, r.Checks)
	}
}

// A program that knows who its visitor is wants nobody else's signature.
func TestOrderIsForOneAccount(t *testing.T) {
	w := newWorld(t)
	const visitor = "rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh"
	o, other := w.order(`{"txjson":`+testSignIn+`,"account":"`+visitor+`"}`), w.order(
		`{"txjson":`+testSignIn+`,"account":"`+testShop+`"}`)
	w.accept(o.UUID, "")
	if r := w.await(o.UUID); r.Verdict != payload.VerdictVerified || r.Result.Account != visitor {
		t.Errorf("got %s for %+v, want it verified", r.Verdict, r.Result)
	}
	w.wantRefusal("signed by another", w.call("POST", w.platform+"/phone/"+string(other.UUID)+"/accept", ""), 409,
		"wrong-signer", "this account")
}
