package recordtest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/xaman-live/xaman-live/devserver/record"
	"github.com/xaman-live/xaman-live/devserver/xaman"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

var orders = map[string]func(*tester){
	"are kept as they are": func(t *tester) {
		e := Entry("a", "mine")
		e.Key, e.Purpose, e.Reference, e.Callback = "key", "pay", "invoice \x00 7 "+strings.Repeat("ä", 5000), "shop"
		e.Created = []byte(`{"z":1,"a":[1.50,18446744073709551616],"text":"\u0000 <&>"}`)
		e.Order.TxJSON = []byte(`{"Amount":"9223372036854775807","Fee":"12"}`)
		e.Order.Created, e.Deadline = t.now.UTC().Add(123456789), t.now.UTC().Add(time.Minute)
		e = t.add(e)
		t.wantEntry(e)
		e = checking(e)
		e.Announced, e.Late, e.Closed, e.Signed = true, true, true, &xaman.Payload{}
		e.Evidence.Trouble = "The node is behind."
		saved := t.save(e, record.News{})
		e.Version = 2
		if asJSON(saved) != asJSON(e) || saved.Version != 2 {
			t.Errorf("got version %d of %+v, want what is kept", saved.Version, saved)
		}
		t.wantEntry(e)
	},
	"that nobody has made are not found": func(t *tester) {
		_, get := t.Get(t.Context(), "a")
		_, save := t.Save(t.Context(), Entry("a", "mine"), record.News{Token: "token"})
		_, free, claim := t.Claim(t.Context(), verified(Entry("a", "mine")), "TX", record.News{})
		for what, err := range map[string]error{"get": get, "save": save, "claim": claim} {
			t.wantErr(what, err, record.ErrNotFound)
		}
		if token, err := t.Token(t.Context(), "mine, then"); err != nil || token != "" || free {
			t.Errorf("got the token %q, %v, and a claim: %t, want nothing", token, err, free)
		}
		e := t.add(Entry("b", "mine"))
		if _, free, err := t.Claim(t.Context(), verified(e), "TX", record.News{}); err != nil || !free {
			t.Errorf("got free: %t, %v, want a transaction that was not booked", free, err)
		}
	},
	"have a UUID of their own": func(t *tester) {
		first := Entry("a", "mine")
		first.Purpose = "first"
		first = t.add(first)
		t.wantErr("another", t.Add(t.Context(), Entry("a", "another's")), record.ErrRepeated)
		t.wantEntry(first)
	},
	"are changed by who knows the last version": func(t *tester) {
		e := t.add(Entry("a", "mine"))
		changed := e
		changed.Purpose = "changed"
		changed = t.save(changed, record.News{})
		_, save := t.Save(t.Context(), e, record.News{Token: "token", Deliveries: []record.Delivery{{ID: "a-late"}}})
		_, _, claim := t.Claim(t.Context(), verified(e), "TX", record.News{})
		t.wantErr("save", save, record.ErrChanged)
		t.wantErr("claim", claim, record.ErrChanged)
		t.wantEntry(changed)
		if token, err := t.Token(t.Context(), e.Next); err != nil || token != "" {
			t.Errorf("got the token %q, %v, want none", token, err)
		}
		_, err := t.Delivery(t.Context(), "a-late")
		t.wantErr("delivery", err, record.ErrNotFound)
	},
	"are changed by one at a time": func(t *tester) {
		e := t.add(Entry("a", "mine"))
		saved := t.atOnce(8, func(n int) (bool, error) {
			mine := e
			mine.Purpose = fmt.Sprint(n)
			_, err := t.Save(t.Context(), mine, record.News{})
			if errors.Is(err, record.ErrChanged) {
				return false, nil
			}
			return err == nil, err
		})
		if got, err := t.Get(t.Context(), "a"); saved != 1 || err != nil || got.Version != 2 {
			t.Errorf("got %d of 8 changes, and version %d, %v, want one", saved, got.Version, err)
		}
	},
	"are found by their reference": func(t *tester) {
		for n, reference := range []string{"one", "two", "one", "one more", "", "one"} {
			e := Entry(payload.UUID(fmt.Sprint(n)), "mine")
			e.Reference, e.Order.Created = reference, t.now.Add(time.Duration(n)*time.Second)
			t.add(e)
		}
		for _, tt := range []struct {
			reference string
			most      int
			want      []payload.UUID
		}{
			{"one", 10, []payload.UUID{"5", "2", "0"}}, {"one", 2, []payload.UUID{"5", "2"}},
			{"two", 10, []payload.UUID{"1"}}, {"on", 10, nil}, {"one\x00", 10, nil}, {"", 10, nil},
		} {
			got, err := t.ByReference(t.Context(), tt.reference, tt.most)
			if err != nil || !slices.Equal(got, tt.want) {
				t.Errorf("%q: got %q, %v, want %q", tt.reference, got, err, tt.want)
			}
		}
	},
	"are read one after the other": func(t *tester) {
		const many = 450
		for n := range many {
			e := Entry(payload.UUID(fmt.Sprint((n*7)%many)), "mine")
			e.Order.Created = t.now.Add(time.Duration((n*7)%many/2) * time.Second)
			t.add(e)
		}
		var last record.Entry
		seen := map[payload.UUID]bool{}
		err := t.All(t.Context(), func(e record.Entry) error {
			if e.Order.Created.Before(last.Order.Created) {
				t.Errorf("got %s before %s, want the oldest first", last.Order.UUID, e.Order.UUID)
			}
			last, seen[e.Order.UUID] = e, true
			return nil
		})
		if err != nil || len(seen) != many {
			t.Errorf("got %d, %v, want %d", len(seen), err, many)
		}
		enough, read := errors.New("enough"), 0
		err = t.All(t.Context(), func(record.Entry) error {
			read++
			return enough
		})
		if read != 1 || err != enough {
			t.Errorf("got %d, %v, want to be told that it was enough", read, err)
		}
	},
	// A token is not for the session that asked, which somebody may have planted, but for the one that follows.
	"bring a token for the next session": func(t *tester) {
		a, b := t.add(Entry("a", "first")), t.add(Entry("b", "first, then"))
		check := func(when string, want map[string]string) {
			t.Helper()
			for session, want := range want {
				if got, err := t.Token(t.Context(), session); err != nil || got != want {
					t.Errorf("%s: %q has %q, %v, want %q", when, session, got, err, want)
				}
			}
		}
		a = t.save(a, record.News{Token: "of a"})
		check("signed", map[string]string{"first": "", "first, then": "of a"})
		t.save(verified(a), record.News{})
		check("verified", map[string]string{"first": "", "first, then": "of a"})
		b = t.save(b, record.News{Token: "old"})
		b = t.save(b, record.News{Token: "of b"})
		check("signed again", map[string]string{"first, then": "of a", "first, then, then": "of b"})
		t.save(verified(b), record.News{})
		check("verified again", map[string]string{"first, then": "", "first, then, then": "of b"})
		t.save(t.add(Entry("c", "")), record.News{Token: "of nobody's"})
		check("nobody's", map[string]string{"": ""})
	},
	// The host program's own sessions do not change.
	"bring a token for the same session": func(t *tester) {
		e := Entry("a", "mine")
		e.Next = e.Session
		e = t.save(t.add(e), record.News{Token: "token"})
		t.save(verified(e), record.News{})
		if got, err := t.Token(t.Context(), "mine"); err != nil || got != "token" {
			t.Errorf("got the token %q, %v, want it to stay", got, err)
		}
	},
	"are open until their deadlines": func(t *tester) {
		add := func(uuid payload.UUID, session string, left time.Duration, status payload.Status) {
			e := Entry(uuid, session)
			e.Deadline = t.now.Add(left)
			t.save(as(t.add(e), status, payload.VerdictNone), record.News{})
		}
		add("a", "mine", time.Hour, payload.StatusPending)
		add("b", "mine", 2*time.Hour, payload.StatusOpened)
		add("c", "mine", 0, payload.StatusPending)
		add("d", "mine", time.Hour, payload.StatusRejected)
		add("e", "mine", time.Hour, payload.StatusCancelled)
		add("f", "yours", time.Hour, payload.StatusPending)
		add("g", "", time.Hour, payload.StatusPending)
		for session, want := range map[string][]time.Time{
			"mine": {t.now.Add(time.Hour), t.now.Add(2 * time.Hour)}, "": nil,
		} {
			got, err := t.Deadlines(t.Context(), session, t.now)
			if err != nil || !slices.EqualFunc(got, want, time.Time.Equal) {
				t.Errorf("%q: got %v, %v, want %v", session, got, err, want)
			}
		}
	},
}
