package sandbox

import (
	"fmt"
	"net/http"
	"testing"
	"time"
)

var storeTime = time.Date(2026, 1, 5, 10, 0, 0, 0, time.UTC)

// stored is a payload for a store, which changes make another of than one that has just been created.
func stored(i int, changes ...func(*payload)) *payload {
	pl := &payload{
		UUID: fmt.Sprint(i), app: &apps[0], Created: storeTime, Expires: storeTime.Add(time.Hour),
		Meta: customMeta{Identifier: ptr(fmt.Sprint(i))},
	}
	for _, change := range changes {
		change(pl)
	}
	return pl
}

func isResolved(pl *payload)  { pl.Opened, pl.Outcome, pl.Visible = true, &outcome{}, storeTime }
func isUnopened(pl *payload)  { pl.Expires = storeTime.Add(-time.Second) }
func isCancelled(pl *payload) { pl.Cancelled, pl.Expires = true, storeTime.Add(-time.Second) }
func isOpen(pl *payload)      { pl.Opened = true }
func isLate(pl *payload)      { pl.Opened, pl.Expires = true, storeTime.Add(-keepExpired) }
func isTooLate(pl *payload)   { pl.Opened, pl.Expires = true, storeTime.Add(-keepExpired-time.Second) }
func isAwaited(pl *payload)   { isResolved(pl); pl.Visible = storeTime.Add(time.Second) }
func isSigning(pl *payload)   { isTooLate(pl); pl.Signing = &signing{} }
func isAnnouncing(pl *payload) {
	isResolved(pl)
	isTooLate(pl)
	pl.Webhooks = []*webhook{{}}
}

func weighs(n int) func(*payload) { return func(pl *payload) { pl.Template = make([]byte, n-1024) } }

func (s *store) check(t *testing.T, want int) {
	t.Helper()
	if len(s.payloads) != want || len(s.order) != want || len(s.identifiers) != want {
		t.Errorf("got %d payloads, %d in order, %d identifiers, want %d", len(s.payloads), len(s.order), len(s.identifiers), want)
	}
	bytes := 0
	for _, pl := range s.order {
		bytes += pl.size()
	}
	if s.bytes != bytes || bytes > maxBytes {
		t.Errorf("got %d bytes, want %d, at most %d", s.bytes, bytes, maxBytes)
	}
}

func TestStoreForgetsWhatIsFinished(t *testing.T) {
	for name, finish := range map[string]func(*payload){"resolved": isResolved, "expired": isUnopened, "cancelled": isCancelled} {
		t.Run(name, func(t *testing.T) {
			s := newStore()
			for i := range maxFinished + 10 {
				s.put(stored(i, finish), true)
			}
			if !s.makeRoom(0, storeTime) {
				t.Error("there is no room for one more")
			}
			s.check(t, maxFinished)
			if s.payloads["9"] != nil || s.payloads["10"] == nil || len(s.forgotten) != 10 {
				t.Error("want the oldest to be forgotten")
			}
		})
	}
	t.Run("by size", func(t *testing.T) {
		s := newStore()
		for i := range 100 {
			s.put(stored(i, isResolved, weighs(1<<20)), true)
		}
		if !s.makeRoom(1<<20, storeTime) {
			t.Error("there is no room for one more")
		}
		s.check(t, maxBytes>>20-1)
	})
	t.Run("by age", func(t *testing.T) {
		s := newStore()
		s.put(stored(0, isTooLate), true)
		s.put(stored(1, isLate), true)
		s.makeRoom(0, storeTime)
		s.check(t, 1)
	})
}

// Whatever else is asked for, somebody waits for these.
func TestStoreKeepsWhatIsUnfinished(t *testing.T) {
	for name, change := range map[string]func(*payload){
		"pending": func(*payload) {}, "opened": isOpen, "opened, to be signed late": isLate, "signing": isSigning,
		"not in the database yet": isAwaited, "with a webhook": isAnnouncing,
	} {
		t.Run(name, func(t *testing.T) {
			s := newStore()
			s.put(stored(0, change, weighs(maxBytes/2)), true)
			for i := range maxFinished + 10 {
				s.put(stored(i+1, isResolved), true)
			}
			s.makeRoom(maxBytes/2, storeTime)
			if s.payloads["0"] == nil {
				t.Fatal("it was forgotten")
			}
			s.check(t, 1)
			for i := range maxUnfinished - 1 {
				s.put(stored(i+1, change), true)
			}
			if s.makeRoom(0, storeTime) {
				t.Errorf("there is room for more than %d", maxUnfinished)
			}
			s.check(t, maxUnfinished)
		})
	}
	t.Run("by size", func(t *testing.T) {
		s := newStore()
		s.put(stored(0, weighs(maxBytes)), true)
		if s.makeRoom(1, storeTime) {
			t.Error("there is room for more bytes than there may be")
		}
		s.check(t, 1)
	})
}

func TestCreateWithoutRoom(t *testing.T) {
	inWorld(t, func(w world) {
		first := w.create(payment)
		w.platform.mu.Lock()
		for range maxUnfinished - 1 {
			pl := stored(0)
			pl.UUID, pl.Meta.Identifier, pl.Expires = newUUID(), nil, time.Now().Add(time.Minute)
			w.platform.store.put(pl, false)
		}
		w.platform.mu.Unlock()
		a := w.api("POST", "payload", payment)
		if a.status != http.StatusServiceUnavailable || a.json["error"] != true || a.json["reference"] == "" {
			t.Errorf("got %d %s, want it refused for now", a.status, a.body)
		}
		w.must(first, "accept")
		w.create(payment)
	})
}

// After more payloads, each with all that a payload can have, than the sandbox keeps, none of its collections is larger
// than it may be, and what is unfinished is still there.
func TestPlatformIsBounded(t *testing.T) {
	inWorld(t, func(w world) {
		waiting := w.create(`{"txjson":{"TransactionType":"SignIn"},"options":{"expire":10000}}`)
		w.fault(waiting, "no-opened")
		unfinished := w.listen(waiting)
		var gone *listener
		p := w.platform
		for i := range maxFinished + 200 {
			p.mu.Lock()
			clear(p.limits) // of calls in a minute
			p.mu.Unlock()
			w.fault(nextPayload, "no-pre-signed")
			uuid := w.create(fmt.Sprintf(`{"txjson":{"TransactionType":"Payment","Destination":"%s","Amount":"1"},"custom_meta":{"identifier":"%d"}}`, demoShop, i))
			if i == 0 {
				gone = w.listen(uuid)
			}
			w.must(uuid, "accept")
		}
		w.create(payment)
		p.mu.Lock()
		counts := map[string][2]int{ // is, may be
			"payloads":     {len(p.store.payloads), maxFinished + 2},
			"in order":     {len(p.store.order), maxFinished + 2},
			"identifiers":  {len(p.store.identifiers), maxFinished},
			"forgotten":    {len(p.store.forgotten), 0},
			"tokens":       {len(p.store.tokens), len(apps)},
			"issued":       {len(p.store.issued), len(apps)},
			"faults":       {len(p.faults), maxFinished + 1},
			"sockets":      {len(p.sockets), 1},
			"limits":       {len(p.limits), len(apps)},
			"calls":        {len(p.limits[Key].calls), callsPerMinute},
			"earlier":      {len(p.earlier), 1},
			"transactions": {len(p.ledger.entries), maxEntries},
			"unsaved":      {len(p.ledger.unsaved), 0},
		}
		p.mu.Unlock()
		for what, n := range counts {
			if n[0] > n[1] {
				t.Errorf("%s: got %d, want at most %d", what, n[0], n[1])
			}
		}
		if gone.ended() == nil {
			t.Error("a socket has outlived its payload")
		}
		unfinished.take()
		w.must(waiting, "accept")
		unfinished.expect(isPreSigned, "signed")
	})
}
