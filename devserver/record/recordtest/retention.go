package recordtest

import (
	"fmt"
	"slices"
	"time"

	"github.com/xaman-live/xaman-live/devserver/record"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

var retention = map[string]func(*tester){
	"drops what is over": func(t *tester) {
		all := t.everyKind()
		t.purge(record.Ages{Ended: 24 * time.Hour}, "unverified", "rejected", "expired", "closed")
		t.wantLeft(all)
		t.purge(record.Ages{Ended: 24 * time.Hour})
	},
	"drops what has counted only if it is told to": func(t *tester) {
		all := t.everyKind()
		t.purge(record.Ages{})
		t.purge(record.Ages{Verified: 24 * time.Hour}, "verified")
		t.wantLeft(all)
		other := verified(t.add(Entry("other", "mine")))
		if _, free, err := t.Claim(t.Context(), other, "TX", record.News{}); err != nil || free {
			t.Errorf("got free: %t, %v, want what was booked to stay booked", free, err)
		}
		t.wantErr("its UUID", t.Add(t.Context(), Entry("verified", "mine")), record.ErrRepeated)
	},
	"drops the oldest, bit by bit": func(t *tester) {
		for n := range 25 {
			e := rejected(Entry(payload.UUID(fmt.Sprint(n)), "mine"))
			e.Order.Created = t.now.Add(-time.Duration(100-n) * time.Hour)
			t.add(e)
		}
		for n := 0; n < 20; n += 10 {
			var want []payload.UUID
			for i := range 10 {
				want = append(want, payload.UUID(fmt.Sprint(n+i)))
			}
			t.purgeSome(record.Ages{Ended: time.Hour}, 10, want...)
		}
		t.purgeSome(record.Ages{Ended: 77 * time.Hour}, 10, "20", "21", "22")
	},
	"leaves the user token that a newer request of the session brought": func(t *tester) {
		for n, uuid := range []payload.UUID{"brings one", "brings none", "brings another"} {
			e := rejected(Entry(uuid, "mine"))
			e.Next, e.Order.Created = "mine", t.now.Add(-time.Duration(72-n)*time.Hour)
			e = t.add(e)
			t.save(e, record.News{Token: []string{"old", "", "new"}[n]})
		}
		wantToken := func(want string) {
			t.Helper()
			if got, err := t.Token(t.Context(), "mine"); err != nil || got != want {
				t.Errorf("got %q, %v, want %q", got, err, want)
			}
		}
		t.purge(record.Ages{Ended: 71 * time.Hour}, "brings one")
		wantToken("new")
		t.purge(record.Ages{Ended: 70*time.Hour + time.Minute}, "brings none")
		wantToken("new")
		t.purge(record.Ages{Ended: time.Hour}, "brings another")
		wantToken("")
	},
	"waits for deliveries": func(t *tester) {
		e := rejected(Entry("a", "mine"))
		e.Order.Created = t.now.Add(-48 * time.Hour)
		e = t.add(e)
		made, due := t.delivery("a", "made", 0), t.delivery("a", "due", time.Hour)
		made.Due, made.Done = time.Time{}, t.now
		t.save(e, record.News{Deliveries: []record.Delivery{made, due}})
		t.purge(record.Ages{Ended: time.Hour})
		due.Due = time.Time{}
		if err := t.SaveDelivery(t.Context(), due); err != nil {
			t.Fatal(err)
		}
		t.purge(record.Ages{Ended: time.Hour}, "a")
		t.wantDeliveries(t.Deliveries(t.Context(), "", "", 10))()
		_, err := t.Delivery(t.Context(), "a-made")
		t.wantErr("its delivery", err, record.ErrNotFound)
	},
	"never touches what others are at": func(t *tester) {
		for n := range 20 {
			e := rejected(Entry(payload.UUID(fmt.Sprint(n)), "mine"))
			e.Order.Created = t.now.Add(-48 * time.Hour)
			t.add(e)
		}
		dropped := make(chan payload.UUID, 100)
		t.atOnce(4, func(int) (bool, error) {
			for range 5 {
				some, err := t.Purge(t.Context(), t.now, record.Ages{Ended: time.Hour}, 4)
				if err != nil {
					return false, err
				}
				for _, uuid := range some {
					dropped <- uuid
				}
			}
			return true, nil
		})
		seen := map[payload.UUID]bool{}
		for range len(dropped) {
			uuid := <-dropped
			if seen[uuid] {
				t.Errorf("%s was dropped twice", uuid)
			}
			seen[uuid] = true
		}
		if len(seen) != 20 {
			t.Errorf("got %d dropped, want all", len(seen))
		}
	},
}

// everyKind adds an old request of each kind, with a key and a token, and returns which.
func (t *tester) everyKind() (all []payload.UUID) {
	t.Helper()
	for uuid, change := range map[payload.UUID]func(*record.Entry){
		"unverified": func(e *record.Entry) { *e = as(*e, payload.StatusSigned, payload.VerdictUnverified) },
		"rejected":   func(e *record.Entry) { *e = rejected(*e) },
		"expired":    func(e *record.Entry) { *e = as(*e, payload.StatusExpired, payload.VerdictNone) },
		"closed":     func(e *record.Entry) { e.Closed = true },
		"verified":   func(e *record.Entry) { *e = verified(*e) },
		"pending":    func(*record.Entry) {},
		"checking":   func(e *record.Entry) { *e = checking(*e) },
		"announced":  func(e *record.Entry) { e.Announced = true },
		"late":       func(e *record.Entry) { *e, e.Late = as(*e, payload.StatusOpened, payload.VerdictNone), true },
		"new": func(e *record.Entry) {
			*e = rejected(*e)
			e.Order.Created = t.now
		},
		"expired lately": func(e *record.Entry) {
			*e = as(*e, payload.StatusExpired, payload.VerdictNone)
			e.Deadline = t.now.Add(-24*time.Hour - 30*time.Minute) // after which it might be signed for an hour
		},
	} {
		e := Entry(uuid, "session of "+string(uuid))
		e.Key, e.Reference = "key of "+string(uuid), "same"
		e.Order.Created, e.Deadline = t.now.Add(-49*time.Hour), t.now.Add(-48*time.Hour)
		e = t.add(e)
		change(&e)
		news := record.News{Token: "token of " + string(uuid)}
		if !e.Verified() {
			t.save(e, news)
		} else if _, free, err := t.Claim(t.Context(), e, "TX", news); err != nil || !free {
			t.Fatal(free, err)
		}
		all = append(all, uuid)
	}
	return all
}

// purge drops what is old, and fails the test unless that is what was wanted, in whatever order.
func (t *tester) purge(ages record.Ages, want ...payload.UUID) {
	t.Helper()
	got, err := t.Purge(t.Context(), t.now, ages, 100)
	slices.Sort(got)
	slices.Sort(want)
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %q dropped, %v, want %q", got, err, want)
	}
	for _, uuid := range want {
		t.wantKnown(map[payload.UUID]bool{uuid: false})
	}
}

func (t *tester) purgeSome(ages record.Ages, most int, want ...payload.UUID) {
	t.Helper()
	if got, err := t.Purge(t.Context(), t.now, ages, most); err != nil || !slices.Equal(got, want) {
		t.Errorf("got %q dropped, %v, want %q", got, err, want)
	}
}

// wantLeft fails the test unless of each request there is all or nothing.
func (t *tester) wantLeft(all []payload.UUID) {
	t.Helper()
	found, err := t.ByReference(t.Context(), "same", 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, uuid := range all {
		_, gone := t.Get(t.Context(), uuid)
		made, _, noKey := t.Reserve(t.Context(), "", "key of "+string(uuid), t.now, t.now)
		token, noToken := t.Token(t.Context(), "session of "+string(uuid)+", then")
		known := gone == nil
		if noKey != nil || noToken != nil || known != (made == uuid) || known != (token != "") ||
			known != slices.Contains(found, uuid) {
			t.Errorf("%s is known: %t, and its key has made %q, %v, its token is %q, %v, and its reference finds %q", uuid,
				known, made, noKey, token, noToken, found)
		}
	}
}
