package backend

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/xaman-live/xaman-live/devserver/record"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// fill has a record keep so many requests, which are called by their numbers, and returns those in use.
func fill(t *testing.T, most int) *requests {
	t.Helper()
	f, err := record.Open(t.TempDir(), func(err error) { t.Errorf("the record is lost: %v", err) })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	for n := range most {
		if err := f.Add(t.Context(), newEntry(payload.UUID(fmt.Sprint(n)), "mine")); err != nil {
			t.Fatal(err)
		}
	}
	return newRequests(f)
}

func TestFewRequestsStayInMemory(t *testing.T) {
	const most = 20
	s := fill(t, 3*most)
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
		if len(s.kept) > most+1 {
			t.Fatalf("got %d requests in memory after %d, want no more than %d and one in use", len(s.kept), n, most)
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
		s := fill(t, maxKept+1)
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
			if kept != (n != maxKept/2) {
				t.Errorf("%d: got kept: %v, want the one that was not used for longest to go", n, kept)
			}
		}
	})
}

// What was dropped is not known any more, although it was used just now.
func TestDroppedRequestsAreForgotten(t *testing.T) {
	s := fill(t, 1)
	r, err := s.get(t.Context(), "0")
	if err != nil {
		t.Fatal(err)
	}
	s.release(r)
	over := r.Entry
	over.Closed = true
	if _, err := s.record.Save(t.Context(), over, record.News{}); err != nil {
		t.Fatal(err)
	}
	all, err := s.record.Purge(t.Context(), time.Now().Add(24*time.Hour), record.Ages{Ended: time.Hour}, 10)
	if err != nil {
		t.Fatal(err)
	}
	s.dropped(all)
	if r, err := s.get(t.Context(), "0"); !errors.Is(err, errNotFound) {
		t.Errorf("got %+v, %v, want it to be forgotten", r, err)
	}
}

// slowRecord is a record of which one request takes long to read.
type slowRecord struct {
	record.Record
	slow payload.UUID
	read chan struct{}
	seen atomic.Int64
}

func (r *slowRecord) Get(ctx context.Context, uuid payload.UUID) (record.Entry, error) {
	if uuid == r.slow {
		r.seen.Add(1)
		<-r.read
	}
	return r.Record.Get(ctx, uuid)
}

// While a request is read from the record, those who want it wait for one another, and nobody else does.
func TestOthersDoNotWaitForTheRecord(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := fill(t, 2)
		slow := &slowRecord{Record: s.record, slow: "0", read: make(chan struct{})}
		s.record = slow
		got := make(chan *request, 2)
		for range 2 {
			go func() {
				r, err := s.get(t.Context(), "0")
				if err != nil {
					t.Error(err)
				}
				got <- r
			}()
		}
		synctest.Wait()
		if r, err := s.get(t.Context(), "1"); err != nil || r.Order.UUID != "1" {
			t.Errorf("got %+v, %v, want the other request at once", r, err)
		}
		close(slow.read)
		if a, b := <-got, <-got; a != b || a.Order.UUID != "0" || a.users != 2 || slow.seen.Load() != 1 {
			t.Errorf("got %+v and %+v after %d reads, want one for both", a, b, slow.seen.Load())
		}
	})
}

// What could not be read is not kept, and read again.
func TestRequestsThatCannotBeReadAreNotKept(t *testing.T) {
	s := fill(t, 1)
	for range 3 {
		if r, err := s.get(t.Context(), "unknown"); !errors.Is(err, errNotFound) {
			t.Errorf("got %+v, %v, want that there is none", r, err)
		}
	}
	if len(s.kept) != 0 {
		t.Errorf("got %d in memory, want none", len(s.kept))
	}
	if err := s.record.Add(t.Context(), newEntry("unknown", "mine")); err != nil {
		t.Fatal(err)
	}
	if _, err := s.get(t.Context(), "unknown"); err != nil {
		t.Errorf("got %v, want it as soon as there is one", err)
	}
}
