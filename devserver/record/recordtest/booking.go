package recordtest

import (
	"errors"
	"fmt"

	"github.com/xaman-live/xaman-live/devserver/record"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// A transaction counts once, and an order once.
var booking = map[string]func(*tester){
	"each its own":                     claims([]claim{{"a", "1", true}, {"b", "2", true}}),
	"same again":                       claims([]claim{{"a", "1", true}, {"a", "1", true}}),
	"transaction of another payload":   claims([]claim{{"a", "1", true}, {"b", "1", false}, {"b", "2", true}}),
	"payload with another transaction": claims([]claim{{"a", "1", true}, {"a", "2", false}, {"b", "2", true}}),
	"sign-ins of one account":          claims([]claim{{"a", "", true}, {"b", "", true}, {"a", "", true}}),
	"sign-in turned payment":           claims([]claim{{"a", "", true}, {"a", "1", false}}),

	"of what was changed meanwhile books nothing": func(t *tester) {
		e := t.add(Entry("a", "mine"))
		t.save(e, record.News{})
		_, _, err := t.Claim(t.Context(), verified(e), "TX", record.News{})
		t.wantErr("claim", err, record.ErrChanged)
		if _, free, err := t.Claim(t.Context(), verified(t.add(Entry("b", "mine"))), "TX", record.News{}); !free {
			t.Errorf("got %v, want the transaction to be free", err)
		}
	},
	"by many at once: a transaction counts once": func(t *tester) {
		const many = 8
		for n := range many {
			t.add(Entry(payload.UUID(fmt.Sprint(n)), "mine"))
		}
		booked := t.atOnce(many, func(n int) (bool, error) {
			e := verified(Entry(payload.UUID(fmt.Sprint(n)), "mine"))
			e.Version = 1
			_, free, err := t.Claim(t.Context(), e, "TX", record.News{})
			return free, err
		})
		counted := 0
		err := t.All(t.Context(), func(e record.Entry) error {
			if e.Verified() {
				counted++
			}
			return nil
		})
		if booked != 1 || counted != 1 || err != nil {
			t.Errorf("got %d claims, and %d orders verified, %v, want one", booked, counted, err)
		}
	},
	"by many at once: an order counts once": func(t *tester) {
		e := verified(t.add(Entry("a", "mine")))
		booked := t.atOnce(8, func(n int) (bool, error) {
			_, free, err := t.Claim(t.Context(), e, fmt.Sprint("TX", n), record.News{})
			if errors.Is(err, record.ErrChanged) {
				err = nil
			}
			return free, err
		})
		if booked != 1 {
			t.Errorf("got %d claims, want one", booked)
		}
	},
}

// claim is one that is made, and whether it is free.
type claim struct {
	uuid payload.UUID
	txid string
	free bool
}

// claims tests some claims, one after the other.
func claims(all []claim) func(*tester) {
	return func(t *tester) {
		for i, c := range all {
			before, err := t.Get(t.Context(), c.uuid)
			if err != nil {
				before = t.add(Entry(c.uuid, "mine"))
			}
			e := verified(before)
			e.Purpose = fmt.Sprint("claim ", i)
			got, free, err := t.Claim(t.Context(), e, c.txid, record.News{})
			if err != nil || free != c.free {
				t.Errorf("claim %d: got %t, %v, want %t", i, free, err, c.free)
			}
			want := before
			if c.free {
				want = e
				want.Version++
				if asJSON(got) != asJSON(want) || got.Version != want.Version {
					t.Errorf("claim %d: got version %d of %+v, want what is kept", i, got.Version, got)
				}
			}
			t.wantEntry(want)
		}
		t.wantErr("a repeated UUID", t.Add(t.Context(), Entry(all[0].uuid, "mine")), record.ErrRepeated)
	}
}
