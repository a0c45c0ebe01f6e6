package backend

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"github.com/xaman-live/xaman-live/devserver/xaman"
	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// coffees is what the site's own program asks for.
func coffees() Order {
	o := testOrders["pay"]
	o.Reference, o.Custom, o.Account = "17", json.RawMessage(`{"table":4}`), testAccount
	return o
}

func TestProgramOrders(t *testing.T) {
	visiting(t, &fakePlatform{}, func(v *visit) {
		e, made, err := v.backend.Create(v.Context(), coffees(), "")
		if err != nil || !made || e.Order.UUID != testUUID || e.Reference != "17" || e.Session != "" || e.Next != "" {
			v.Fatalf("got %+v, %t, %v, want an order of no visitor", e, made, err)
		}
		asked := v.f.request.Load()
		if asked.Options.ReturnURL.App != "" || string(asked.CustomMeta.Blob) != `{"table":4}` ||
			len(asked.Options.Signers) != 1 || asked.Options.Signers[0] != testAccount {
			v.Errorf("the platform was asked for %+v, want what the program said, and no page of the site", asked)
		}
		checkError(v.T, v.call("GET", onePath, ""), api.NotFound)

		v.says(metaSigned)
		e, err = v.backend.Lookup(v.Context(), testUUID)
		r := NewReport(e)
		if err != nil || r.Verdict != payload.VerdictVerified || !r.Final || r.Reference != "17" || len(r.Checks) != 10 ||
			r.Result.Amount != "2.5" || r.Evidence.Transaction == nil || !r.CreatedAt.Equal(e.Order.Created) {
			v.Errorf("got %+v, %v, want it verified, and why", r, err)
		}
		if _, err := v.backend.Lookup(v.Context(), "00000000-0000-4000-8000-000000000000"); !errors.Is(err, errNotFound) {
			v.Errorf("got %v of what is unknown, want so", err)
		}
	})
}

func TestProgramSeesWhatThePlatformHasForgotten(t *testing.T) {
	visiting(t, &fakePlatform{}, func(v *visit) {
		if _, _, err := v.backend.Create(v.Context(), coffees(), ""); err != nil {
			v.Fatal(err)
		}
		v.pass(spreading)
		v.refuses(404, `{"error":{"code":404}}`)
		e, err := v.backend.Lookup(v.Context(), testUUID)
		if err != nil || e.Answer.Status != payload.StatusPending || e.Reference != "17" {
			v.Errorf("got %+v, %v, want it as it was", e, err)
		}
	})
}

func TestProgramStopsAnOrder(t *testing.T) {
	visiting(t, &fakePlatform{}, func(v *visit) {
		v.create("pay")
		e, c, err := v.backend.Stop(v.Context(), testUUID)
		if err != nil || !c.Cancelled || c.Reason != "OK" || e.Answer.Status != payload.StatusCancelled {
			v.Errorf("got %+v, %+v, %v, want it cancelled", e.Answer, c, err)
		}
	})
}

func TestProgramRepeatsAnOrder(t *testing.T) {
	visiting(t, &fakePlatform{}, func(v *visit) {
		order := coffees()
		order.Asked = "a"
		first, _, err := v.backend.Create(v.Context(), order, "k")
		again, made, second := v.backend.Create(v.Context(), order, "k")
		if err != nil || second != nil || made || again.Order.UUID != first.Order.UUID {
			v.Errorf("got %s, %t, %v, want %s again", again.Order.UUID, made, second, first.Order.UUID)
		}
		order.Asked = "b"
		if _, _, err := v.backend.Create(v.Context(), order, "k"); !errors.Is(err, ErrKeyReused) {
			v.Errorf("got %v, want the key to have been used", err)
		}
		v.wantCalls("of three", 1)
	})
}

func TestProgramOrdersAnOffer(t *testing.T) {
	visiting(t, &fakePlatform{}, func(v *visit) {
		v.backend.callbacks = map[string]bool{"shop": false}
		e, _, err := v.backend.Create(v.Context(), Order{Offer: "pay", Reference: "18", Callback: "shop"}, "")
		if err != nil || e.Purpose != "pay" || e.Reference != "18" || e.Callback != "shop" || e.Summary.Amount != "2.5" {
			v.Errorf("got %+v, %v, want what the offer says, and the reference", e, err)
		}
	})
}

func TestOrdersThatCannotBeMade(t *testing.T) {
	b, _ := newTestBackend(t, t.TempDir(), &fakePlatform{}, nil, nil)
	elsewhere, free := coffees(), coffees()
	elsewhere.Network = "MAINNET"
	unknown := coffees()
	unknown.Callback = "shop"
	free.TxJSON = json.RawMessage(`{"TransactionType":"Payment","Destination":"` + testShop + `"}`)
	for name, o := range map[string]Order{
		"network without a node": elsewhere, "no amount": free, "callback": unknown,
		"no JSON": {TxJSON: json.RawMessage(`{`)},
	} {
		if e, _, err := b.Create(t.Context(), o, ""); !errors.Is(err, ErrOrder) {
			t.Errorf("%s: got %+v, %v, want it refused", name, e, err)
		}
	}
	if _, _, err := b.Create(t.Context(), Order{Offer: "tea"}, ""); !errors.Is(err, errUnknownOffer) {
		t.Errorf("got %v, want the offer to be unknown", err)
	}
}

func TestOfferDecidesForEachVisitor(t *testing.T) {
	visiting(t, &fakePlatform{allowed: mostCalls}, func(v *visit) {
		hosting(v.backend)
		var asked []Visitor
		v.backend.offers = map[string]Offer{"donation": {Order: func(_ context.Context, who Visitor) (Order, error) {
			asked = append(asked, who)
			switch who.Amount {
			case "0":
				return Order{}, &api.Error{Code: api.AmountRefused, Message: "Give at least 1 XRP."}
			case "1":
				return Order{}, &api.Error{Code: api.Forbidden, Message: "The shop is closed."}
			case "2":
				return Order{}, errors.New("secret")
			}
			o := testOrders["pay"]
			o.TxJSON = json.RawMessage(`{"TransactionType":"Payment","Destination":"` + testShop +
				`","Amount":"` + who.Amount + `000000"}`)
			o.Options = xaman.Options{Submit: true}
			return o, nil
		}}}
		give := func(amount string) string { return `{"demo":"donation","amount":"` + amount + `"}` }
		checkError(v.T, v.call("POST", "/api/sign-requests", give("0")), api.AmountRefused)
		checkError(v.T, v.call("POST", "/api/sign-requests", give("2")), api.Internal)
		checkError(v.T, v.call("POST", "/api/sign-requests", give("1")), api.Forbidden)
		v.wantCalls("for what was refused", 0)
		a := decodeAnswer(v.T, v.as("alice").call("POST", "/api/sign-requests", give("5")))
		if a.Summary.Amount != "5" || *a.ExpiresIn != defaultExpire*60 {
			v.Errorf("got %+v, want what the offer made of the amount", a)
		}
		v.call("POST", "/api/sign-requests", give("5"))
		if who := asked[0].ID; len(who) != 64 || asked[3] != (Visitor{"alice", "5"}) || asked[4].ID != who {
			v.Errorf("got %+v, want the ids of two visitors", asked)
		}
	})
}
