package main

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.etcd.io/bbolt"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// fill stores so many requests, which are called by their numbers.
func fill(t *testing.T, s *store, most int) {
	t.Helper()
	err := s.update(func(tx *bbolt.Tx) error {
		c := changes{Tx: tx}
		for n := range most {
			c.write(testEntry(payload.UUID(fmt.Sprint(n)), "mine"))
		}
		return c.err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestStoreKeepsFewRecordsInMemory(t *testing.T) {
	s, most := newTestStore(t, t.TempDir(), 1000), 500
	mustAdd(t, s, testEntry("in use", "mine"))
	used, err := s.get("in use")
	if err != nil {
		t.Fatal(err)
	}
	fill(t, s, 3*most)
	for n := range 3 * most {
		uuid := payload.UUID(fmt.Sprint(n))
		r, err := s.get(uuid)
		if err != nil {
			t.Fatal(err)
		}
		s.release(r)
		if len(s.hot) > most {
			t.Fatalf("got %d records in memory after %d, want no more than %d", len(s.hot), n, most)
		}
	}
	if again, err := s.get("in use"); err != nil || again != used {
		t.Errorf("got %p, %v, want the record in use, %p", again, err, used)
	}
	if _, ok := s.hot["0"]; ok {
		t.Error("what nobody has used for longest is in memory still")
	}
	if _, ok := s.hot[payload.UUID(fmt.Sprint(3*most-1))]; !ok {
		t.Error("what was used just now is not in memory any more")
	}
	s.release(used)
	s.release(used)
	if used.users != 0 {
		t.Errorf("got %d users, want none", used.users)
	}
}

func TestStoreKeepsWhatWasUsedLately(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestStore(t, t.TempDir(), 1000)
		fill(t, s, maxHot+1)
		records := map[int]*record{}
		use := func(n int) {
			r, err := s.get(payload.UUID(fmt.Sprint(n)))
			if err != nil {
				t.Fatal(err)
			}
			if before := records[n]; before != nil && before != r {
				t.Errorf("%d: got another record than before", n)
			}
			records[n] = r
			s.release(r)
			time.Sleep(time.Second)
		}
		for n := range maxHot {
			use(n)
		}
		for n := range maxHot / 2 { // which makes the first ones the last
			use(n)
		}
		use(maxHot)
		for n := range maxHot {
			_, kept := s.hot[payload.UUID(fmt.Sprint(n))]
			if kept != (n < maxHot/2) {
				t.Errorf("%d: got kept: %v, want those that were used last to stay", n, kept)
			}
		}
	})
}

// What was dropped is not known any more, although it was used just now.
func TestStoreForgetsWhatItDrops(t *testing.T) {
	now := time.Now()
	s := newTestStore(t, t.TempDir(), 1)
	e := testEntry("old", "mine").as(payload.StatusRejected, payload.VerdictNone)
	e.Order.Created = now.Add(-time.Hour)
	mustAdd(t, s, e)
	wantKnown(t, s, map[payload.UUID]bool{"old": true})
	e.Order.UUID, e.Order.Created = "new", now
	mustAdd(t, s, e)
	wantKnown(t, s, map[payload.UUID]bool{"old": false, "new": true})
}

