package recordtest

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/xaman-live/xaman-live/devserver/record"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

var following = map[string]func(*tester){
	"begins with what is due first": func(t *tester) {
		t.alive("one")
		for n, left := range []time.Duration{time.Hour, -3 * time.Minute, -time.Minute, -2 * time.Minute} {
			e := Entry(payload.UUID(fmt.Sprint(n)), "mine")
			e.Deadline = t.now.Add(left)
			t.add(e)
		}
		e := Entry("checking", "mine")
		e.Deadline = t.now.Add(time.Hour)
		e = t.save(checking(t.add(e)), record.News{})
		t.add(rejected(Entry("rejected", "mine")))
		t.wantTaken("one", t.now, 2, "checking", "1")
		t.wantTaken("one", t.now, 2, "3", "2")
		t.wantTaken("one", t.now, 2)
		t.wantTaken("one", t.now.Add(time.Hour+5*time.Second), 10, "0")
		t.save(rejected(e), record.News{})
		t.leave("one", "checking", time.Time{})
		t.wantTaken("one", t.now.Add(24*time.Hour), 10)
	},
	"is done by one of many": func(t *tester) {
		const many = 60
		for n := range many {
			t.add(checking(Entry(payload.UUID(fmt.Sprint(n)), "mine")))
		}
		var mu sync.Mutex
		by := map[payload.UUID][]int{}
		t.atOnce(4, func(n int) (bool, error) {
			server := fmt.Sprint(n)
			if err := t.Alive(t.Context(), server, time.Hour); err != nil {
				return false, err
			}
			for {
				some, err := t.Take(t.Context(), server, t.now, 5)
				if err != nil || len(some) == 0 {
					return true, err
				}
				mu.Lock()
				for _, uuid := range some {
					by[uuid] = append(by[uuid], n)
				}
				mu.Unlock()
			}
		})
		for uuid, servers := range by {
			if len(servers) != 1 {
				t.Errorf("%s is followed by %v, want one", uuid, servers)
			}
		}
		if len(by) != many {
			t.Errorf("got %d followed, want %d", len(by), many)
		}
	},
	"of one request is asked for": func(t *tester) {
		t.alive("one", "two")
		t.add(Entry("a", "mine"))
		t.wantTakes("one", "a", true)
		t.wantTakes("one", "a", true)
		t.wantTakes("two", "a", false)
		t.leave("two", "a", time.Time{}) // which is not its own
		t.wantTakes("two", "a", false)
		t.wantTaken("two", t.now, 10)
		t.leave("one", "a", time.Time{})
		t.wantTaken("two", t.now, 10, "a")
		t.wantTakes("one", "a", false)
		won := t.atOnce(8, func(n int) (bool, error) { return t.TakeOne(t.Context(), "two", "a") })
		if won != 8 {
			t.Errorf("got it %d times, want each time", won)
		}
	},
	"ends with a server's life": func(t *tester) {
		t.alive("other")
		if err := t.Alive(t.Context(), "dead", time.Nanosecond); err != nil {
			t.Fatal(err)
		}
		if err := t.Alive(t.Context(), "dying", time.Hour); err != nil {
			t.Fatal(err)
		}
		for _, uuid := range []payload.UUID{"a", "b"} {
			t.save(t.add(checking(Entry(uuid, "mine"))), record.News{Deliveries: []record.Delivery{{
				ID: string(uuid) + "-", UUID: uuid, Made: t.now, Due: t.now,
			}}})
		}
		t.wantTaken("dying", t.now, 10, "a", "b")
		t.wantDeliveries(t.TakeDeliveries(t.Context(), "dying", t.now, 10))("a-", "b-")
		t.wantTaken("other", t.now, 10)
		t.wantTakes("other", "a", false)
		t.wantDeliveries(t.TakeDeliveries(t.Context(), "other", t.now, 10))()
		if err := t.Alive(t.Context(), "dying", time.Nanosecond); err != nil {
			t.Fatal(err)
		}
		t.wantTakes("other", "a", true)
		t.wantTaken("other", t.now, 10, "b")
		t.wantDeliveries(t.TakeDeliveries(t.Context(), "other", t.now, 10))("a-", "b-")
		t.leave("dying", "a", time.Time{})
		t.alive("dying")
		t.wantTaken("dying", t.now, 10)
		t.wantTakes("dying", "a", false)
	},
	"is put off": func(t *tester) {
		t.alive("one", "two")
		e := t.add(checking(Entry("a", "mine")))
		later := t.now.Add(time.Minute)
		t.wantTaken("one", t.now, 10, "a")
		t.leave("one", "a", later)
		t.wantTaken("two", later.Add(-time.Second), 10)
		t.wantTaken("two", later, 10, "a")
		t.leave("two", "a", later.Add(time.Hour))
		t.wantTaken("two", later, 10)
		e = t.save(e, record.News{}) // which says when it is due
		t.wantTaken("one", later, 10, "a")
		t.save(rejected(e), record.News{})
		t.leave("one", "a", later)
		t.wantTaken("two", later.Add(time.Hour), 10)
	},
}

// wantTaken fails the test unless a server gets these requests to follow.
func (t *tester) wantTaken(server string, now time.Time, most int, want ...payload.UUID) {
	t.Helper()
	if got, err := t.Take(t.Context(), server, now, most); err != nil || !slices.Equal(got, want) {
		t.Errorf("%s takes %q, %v, want %q", server, got, err, want)
	}
}

func (t *tester) wantTakes(server string, uuid payload.UUID, want bool) {
	t.Helper()
	if got, err := t.TakeOne(t.Context(), server, uuid); err != nil || got != want {
		t.Errorf("%s takes %s: %t, %v, want %t", server, uuid, got, err, want)
	}
}

func (t *tester) leave(server string, uuid payload.UUID, due time.Time) {
	t.Helper()
	if err := t.Leave(t.Context(), server, uuid, due); err != nil {
		t.Error(err)
	}
}
