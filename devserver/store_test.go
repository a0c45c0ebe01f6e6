package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/devserver/verify"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

func newTestStore(t *testing.T, dir string, limit int) *store {
	t.Helper()
	s, err := openStore(dir, limit)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.close() })
	return s
}

func testEntry(uuid payload.UUID, session string) entry {
	return entry{Session: session, Order: verify.Order{UUID: uuid}, Answer: unsigned(uuid, payload.StatusPending)}
}

func mustAdd(t *testing.T, s *store, e entry) {
	t.Helper()
	if err := s.add(e); err != nil {
		t.Fatal(err)
	}
}

func TestStoreForgetsTheOldest(t *testing.T) {
	s := newTestStore(t, t.TempDir(), 2)
	for _, uuid := range []payload.UUID{"z", "b", "c"} {
		mustAdd(t, s, testEntry(uuid, "session of "+string(uuid)))
		r, err := s.get(uuid)
		if err != nil || r.Order.UUID != uuid {
			t.Fatalf("%s: got %v, %v, want it", uuid, r, err)
		}
		if err := s.save(r.entry, "token"); err != nil {
			t.Fatal(err)
		}
	}
	for uuid, want := range map[payload.UUID]bool{"z": false, "b": true, "c": true, "unknown": false} {
		if _, err := s.get(uuid); (err == nil) != want || err != nil && !errors.Is(err, errNotFound) {
			t.Errorf("%s: got %v, want it known: %v", uuid, err, want)
		}
		if token, err := s.token("session of " + string(uuid)); err != nil || (token != "") != want {
			t.Errorf("user token that %s brought: got %q, %v, want it known: %v", uuid, token, err, want)
		}
	}
	late := testEntry("z", "session of z")
	late.Purpose = "late"
	if err := s.save(late, "token"); err != nil {
		t.Errorf("save what was forgotten meanwhile: %v", err)
	}
	if _, err := s.get("z"); !errors.Is(err, errNotFound) {
		t.Errorf("forgotten, then saved: got %v, want it to stay forgotten", err)
	}
}

func TestStoreKeepsTheNewerToken(t *testing.T) {
	s := newTestStore(t, t.TempDir(), 1)
	for _, uuid := range []payload.UUID{"a", "b"} {
		mustAdd(t, s, testEntry(uuid, "mine"))
		if err := s.save(testEntry(uuid, "mine"), "token of "+string(uuid)); err != nil {
			t.Fatal(err)
		}
	}
	if token, err := s.token("mine"); err != nil || token != "token of b" {
		t.Errorf("got %q, %v, want the one that the remembered request brought", token, err)
	}
}

func TestStoreSurvives(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	s := newTestStore(t, dir, 10)
	e := testEntry("a", "mine")
	e.Created, e.Order.TxJSON, e.Deadline = []byte(`{"uuid":"a"}`), []byte(`{"Amount":"9223372036854775807"}`), time.Now().Round(0)
	mustAdd(t, s, e)
	if err := s.save(e, "token"); err != nil {
		t.Fatal(err)
	}
	s.close()

	s = newTestStore(t, dir, 10)
	r, err := s.get("a")
	if err != nil || fmt.Sprint(r.entry) != fmt.Sprint(e) {
		t.Errorf("got %+v, %v, want %+v", r, err, e)
	}
	if again, _ := s.get("a"); again != r {
		t.Error("got two records of one request")
	}
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("folder: got %v, %v, want it to be the owner's alone", info.Mode(), err)
	}
}

func TestStoreIsOneServers(t *testing.T) {
	dir := t.TempDir()
	newTestStore(t, dir, 10)
	begin := time.Now()
	_, err := openStore(dir, 10)
	if err == nil || !strings.Contains(err.Error(), "another server is using it") || time.Since(begin) > 5*time.Second {
		t.Errorf("got %v after %v, want to be told soon", err, time.Since(begin))
	}
}

func TestBook(t *testing.T) {
	type claim struct {
		uuid payload.UUID
		txid string
		want verify.Claim
	}
	tests := []struct {
		name   string
		claims []claim
	}{
		{"each its own", []claim{{"a", "1", verify.Booked}, {"b", "2", verify.Booked}}},
		{"same again", []claim{{"a", "1", verify.Booked}, {"a", "1", verify.Booked}}},
		{"transaction of another payload", []claim{{"a", "1", verify.Booked}, {"b", "1", verify.Taken}, {"b", "2", verify.Booked}}},
		{"payload with another transaction", []claim{{"a", "1", verify.Booked}, {"a", "2", verify.Taken}, {"b", "2", verify.Booked}}},
		{"sign-ins of one account", []claim{{"a", "", verify.Booked}, {"b", "", verify.Booked}, {"a", "", verify.Booked}}},
		{"sign-in turned payment", []claim{{"a", "", verify.Booked}, {"a", "1", verify.Taken}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			for i, c := range tt.claims {
				s := newTestStore(t, dir, 1) // the request before is forgotten, but not its booking
				if _, err := s.get(c.uuid); err != nil {
					mustAdd(t, s, testEntry(c.uuid, "mine"))
				}
				var got verify.Claim
				e, err := s.book(c.uuid, c.txid, "", func(c verify.Claim) entry {
					got = c
					e := testEntry(tt.claims[i].uuid, "mine")
					e.Purpose = "settled"
					return e
				})
				if err != nil || got != c.want || e.Purpose != "settled" {
					t.Errorf("claim %d: got %v, %v, want %v", i, got, err, c.want)
				}
				if r, err := s.get(c.uuid); err != nil || r.Purpose != "settled" {
					t.Errorf("claim %d: got %+v, %v, want the entry that was settled", i, r, err)
				}
				s.close()
			}
		})
	}
}

func TestStoreListsUnfinishedRequests(t *testing.T) {
	now := time.Now()
	s := newTestStore(t, t.TempDir(), 20)
	add := func(uuid payload.UUID, change func(*entry)) {
		e := testEntry(uuid, "mine")
		e.Deadline = now.Add(-2 * lingering)
		change(&e)
		mustAdd(t, s, e)
	}
	add("pending", func(e *entry) { e.Deadline = now.Add(time.Minute) })
	add("opened, and late", func(e *entry) { e.Answer.Status, e.Deadline = payload.StatusOpened, now.Add(-time.Minute) })
	add("announced", func(e *entry) { e.Announced = true })
	add("checking", func(e *entry) { e.Answer.Status, e.Answer.Verdict = payload.StatusSigned, payload.VerdictChecking })
	add("pending, long ago", func(*entry) {})
	add("rejected", func(e *entry) { e.Answer.Status, e.Deadline = payload.StatusRejected, now.Add(time.Minute) })
	add("verified", func(e *entry) { e.Answer.Status, e.Answer.Verdict = payload.StatusSigned, payload.VerdictVerified })
	got, err := s.unfinished(now)
	want := []payload.UUID{"announced", "checking", "opened, and late", "pending"}
	if slices.Sort(got); err != nil || !slices.Equal(got, want) {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
}
