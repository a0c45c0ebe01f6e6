package backend

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/xaman-live/xaman-live/devserver/record"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// fill has a record keep so many requests, which are called by their numbers, and returns those in use.
func fill(t *testing.T, limit, most int) *requests {
	t.Helper()
	f, err := record.Open(t.TempDir(), limit, func(err error) { t.Errorf("the record is lost: %v", err) })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	for n := range most {
		if _, err := f.Add(t.Context(), newEntry(payload.UUID(fmt.Sprint(n)), "mine"), time.Time{}); err != nil {
			t.Fatal(err)
		}
	}
	return newRequests(f)
}

func TestFewRequestsStayInMemory(t *testing.T) {
	const most = 20
	s := fill(t, 1000, 3*most)
	s.most = most
	used, err := s.get(t.Context(), "0")
	if err != nil {
		t.Fatal(err)
	}
	for n := range 3 * most {
		r, err := s.get(t.Context(), payload.UUID(fmt.Sprint(n)))
		if err != nil {
			t.Fatal(err)
		}
		s.release(r)
		if len(s.kept) > most {
			t.Fatalf("got %d requests in memory after %d, want no more than %d", len(s.kept), n, most)
		}
	}
	if again, err := s.get(t.Context(), "0"); err != nil || again != used {
		t.Errorf("got %p, %v, want the request in use, %p", again, err, used)
	}
	if _, ok := s.kept["1"]; ok {
		t.Error("what nobody has used for longest is in memory still")
	}
	if _, ok := s.kept[payload.UUID(fmt.Sprint(3*most-1))]; !ok {
		t.Error("what was used just now is not in memory any more")
	}
	s.release(used)
	s.release(used)
	if used.users != 0 {
		t.Errorf("got %d users, want none", used.users)
	}
}

func TestRequestsUsedLatelyStayInMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := fill(t, 1000, maxKept+1)
		seen := map[int]*request{}
		use := func(n int) {
			r, err := s.get(t.Context(), payload.UUID(fmt.Sprint(n)))
			if err != nil {
				t.Fatal(err)
			}
			if before := seen[n]; before != nil && before != r {
				t.Errorf("%d: got another request than before", n)
			}
			seen[n] = r
			s.release(r)
			time.Sleep(time.Second)
		}
		for n := range maxKept {
			use(n)
		}
		for n := range maxKept / 2 { // which makes the first ones the last
			use(n)
		}
		use(maxKept)
		for n := range maxKept {
			_, kept := s.kept[payload.UUID(fmt.Sprint(n))]
			if kept != (n < maxKept/2) {
				t.Errorf("%d: got kept: %v, want those that were used last to stay", n, kept)
			}
		}
	})
}

// What was dropped is not known any more, although it was used just now.
func TestDroppedRequestsAreForgotten(t *testing.T) {
	s, now := fill(t, 1, 1), time.Now()
	r, err := s.get(t.Context(), "0")
	if err != nil {
		t.Fatal(err)
	}
	s.release(r)
	if err := s.add(t.Context(), newEntry("new", "mine"), now); err != nil {
		t.Fatal(err)
	}
	if r, err := s.get(t.Context(), "0"); !errors.Is(err, errNotFound) {
		t.Errorf("got %+v, %v, want it to be forgotten", r, err)
	}
}
