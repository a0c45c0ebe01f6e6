package recordtest

import (
	"fmt"
	"slices"
	"time"

	"github.com/xaman-live/xaman-live/devserver/record"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

var deliveries = map[string]func(*tester){
	"are kept with what they tell of": func(t *tester) {
		e := t.add(Entry("a", "mine"))
		d := t.delivery("a", "verified", 0)
		d.Body, d.Problem, d.Attempts = []byte(`{"verdict":"verified","text":"\u0000 <&>"}`), "it said \x00", 3
		_, free, err := t.Claim(t.Context(), verified(e), "TX", record.News{Deliveries: []record.Delivery{d}})
		if err != nil || !free {
			t.Fatal(free, err)
		}
		if got, err := t.Delivery(t.Context(), d.ID); err != nil || asJSON(got) != asJSON(d) {
			t.Errorf("got %s, %v, want %s", asJSON(got), err, asJSON(d))
		}
		_, err = t.Delivery(t.Context(), "a-unknown")
		t.wantErr("an unknown one", err, record.ErrNotFound)
		t.wantErr("saving an unknown one", t.SaveDelivery(t.Context(), t.delivery("a", "unknown", 0)), record.ErrNotFound)
	},
	"are not kept without what they tell of": func(t *tester) {
		t.add(verified(Entry("a", "mine")))
		if _, free, err := t.Claim(t.Context(), verified(t.add(Entry("b", "mine"))), "TX", record.News{}); !free {
			t.Fatal(err)
		}
		late := t.add(Entry("c", "mine"))
		news := record.News{Token: "token", Deliveries: []record.Delivery{t.delivery("c", "verified", 0)}}
		if _, free, err := t.Claim(t.Context(), verified(late), "TX", news); err != nil || free {
			t.Errorf("got free: %t, %v, want a transaction that has counted", free, err)
		}
		t.wantEntry(late)
		t.wantDeliveries(t.Deliveries(t.Context(), "", "", 10))()
		if token, err := t.Token(t.Context(), late.Next); err != nil || token != "" {
			t.Errorf("got the token %q, %v, want none", token, err)
		}
	},
	"are told once": func(t *tester) {
		t.alive("one")
		e := t.add(Entry("a", "mine"))
		d := t.delivery("a", "expired", 0)
		news := record.News{Deliveries: []record.Delivery{d}}
		e = t.save(e, news)
		d.Done, d.Due, d.Attempts = t.now, time.Time{}, 1
		if err := t.SaveDelivery(t.Context(), d); err != nil {
			t.Error(err)
		}
		t.save(e, news)
		if got, err := t.Delivery(t.Context(), d.ID); err != nil || asJSON(got) != asJSON(d) {
			t.Errorf("got %s, %v, want the one that was made", asJSON(got), err)
		}
		t.wantDeliveries(t.TakeDeliveries(t.Context(), "one", t.now.Add(time.Hour), 10))()
	},
	"are taken when they are due": func(t *tester) {
		t.alive("one", "two")
		t.save(t.add(Entry("a", "mine")), record.News{Deliveries: []record.Delivery{
			t.delivery("a", "late", -time.Minute), t.delivery("a", "later", 0), t.delivery("a", "soon", time.Minute),
		}})
		t.wantDeliveries(t.TakeDeliveries(t.Context(), "one", t.now, 1))("a-late")
		t.wantDeliveries(t.TakeDeliveries(t.Context(), "two", t.now, 10))("a-later")
		t.wantDeliveries(t.TakeDeliveries(t.Context(), "two", t.now, 10))()
		late := t.delivery("a", "late", time.Hour)
		late.Made = t.now.Add(-time.Minute)
		if err := t.SaveDelivery(t.Context(), late); err != nil {
			t.Error(err)
		}
		t.wantDeliveries(t.TakeDeliveries(t.Context(), "two", t.now.Add(time.Hour), 10))("a-soon", "a-late")
	},
	"are taken by one of many": func(t *tester) {
		const many = 40
		var all []record.Delivery
		for n := range many {
			all = append(all, t.delivery("a", fmt.Sprint(n), 0))
		}
		t.save(t.add(Entry("a", "mine")), record.News{Deliveries: all})
		taken := make(chan string, 2*many)
		t.atOnce(4, func(n int) (bool, error) {
			server := fmt.Sprint(n)
			if err := t.Alive(t.Context(), server, time.Hour); err != nil {
				return false, err
			}
			for {
				some, err := t.TakeDeliveries(t.Context(), server, t.now, 3)
				if err != nil || len(some) == 0 {
					return true, err
				}
				for _, d := range some {
					taken <- d.ID
				}
			}
		})
		close(taken)
		seen := map[string]bool{}
		for id := range taken {
			if seen[id] {
				t.Errorf("%s was taken twice", id)
			}
			seen[id] = true
		}
		if len(seen) != many {
			t.Errorf("got %d taken, want %d", len(seen), many)
		}
	},
	"are counted until they are made or given up": func(t *tester) {
		t.alive("one")
		want := func(when string, want int) {
			t.Helper()
			if n, err := t.Waiting(t.Context()); err != nil || n != want {
				t.Errorf("%s: got %d, %v, want %d", when, n, err, want)
			}
		}
		want("before", 0)
		t.save(t.add(Entry("a", "mine")), record.News{Deliveries: []record.Delivery{
			t.delivery("a", "first", 0), t.delivery("a", "second", time.Minute), t.delivery("a", "third", 0),
		}})
		want("made", 3)
		some, err := t.TakeDeliveries(t.Context(), "one", t.now, 1)
		if err != nil || len(some) != 1 {
			t.Fatalf("got %v, %v", some, err)
		}
		want("taken", 3)
		some[0].Due = t.now.Add(time.Hour)
		if err := t.SaveDelivery(t.Context(), some[0]); err != nil {
			t.Error(err)
		}
		want("to be tried again", 3)
		some[0].Due, some[0].Done = time.Time{}, t.now
		if err := t.SaveDelivery(t.Context(), some[0]); err != nil {
			t.Error(err)
		}
		want("done", 2)
	},
	"are listed": func(t *tester) {
		for _, uuid := range []payload.UUID{"a", "b"} {
			t.save(t.add(Entry(uuid, "mine")), record.News{Deliveries: []record.Delivery{
				t.delivery(uuid, "first", -2*time.Minute), t.delivery(uuid, "second", -time.Minute),
			}})
		}
		t.wantDeliveries(t.Deliveries(t.Context(), "", "", 3))("b-second", "a-second", "b-first")
		t.wantDeliveries(t.Deliveries(t.Context(), "", "b-first", 3))("a-first")
		t.wantDeliveries(t.Deliveries(t.Context(), "", "a-first", 3))()
		t.wantDeliveries(t.Deliveries(t.Context(), "a", "", 3))("a-second", "a-first")
		t.wantDeliveries(t.Deliveries(t.Context(), "a", "", 1))("a-second")
		t.wantDeliveries(t.Deliveries(t.Context(), "a", "a-second", 3))("a-first")
		t.wantDeliveries(t.Deliveries(t.Context(), "c", "", 3))()
		for _, uuid := range []payload.UUID{"", "a"} {
			for _, id := range []string{"a-unknown", "a-\x00", "a-\xff"} { // whoever calls the server may send any bytes
				_, err := t.Deliveries(t.Context(), uuid, id, 3)
				t.wantErr("behind an unknown one", err, record.ErrNotFound)
				_, err = t.Delivery(t.Context(), id)
				t.wantErr("an unknown one", err, record.ErrNotFound)
			}
		}
	},
}

// delivery is one of an event, which is due some time from now and was made then, or now.
func (t *tester) delivery(uuid payload.UUID, event string, due time.Duration) record.Delivery {
	return record.Delivery{
		ID: string(uuid) + "-" + event, UUID: uuid, Event: event, To: "shop", Body: []byte(`{}`),
		Made: t.now.Add(min(due, 0)).UTC(), Due: t.now.Add(due).UTC(),
	}
}

// wantDeliveries fails the test unless these were listed.
func (t *tester) wantDeliveries(got []record.Delivery, err error) func(want ...string) {
	return func(want ...string) {
		t.Helper()
		var ids []string
		for _, d := range got {
			ids = append(ids, d.ID)
		}
		if err != nil || !slices.Equal(ids, want) {
			t.Errorf("got %q, %v, want %q", ids, err, want)
		}
	}
}
