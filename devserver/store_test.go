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
	s, err := openStore(dir, limit, func(err error) { t.Errorf("the store is lost: %v", err) })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.close() })
	return s
}

func testEntry(uuid payload.UUID, session string) entry {
	return entry{
		Session: session, Next: session + ", then", Order: verify.Order{UUID: uuid},
		Answer: unsigned(uuid, payload.StatusPending),
	}
}

func mustAdd(t *testing.T, s *store, e entry) {
	t.Helper()
	if err := s.add(e, time.Now()); err != nil {
		t.Fatal(err)
	}
}

func mustSave(t *testing.T, s *store, e entry, token string) {
	t.Helper()
	if err := s.save(e, token); err != nil {
		t.Fatal(err)
	}
}

// as is an entry that has come so far.
func (e entry) as(status payload.Status, v payload.Verdict) entry {
	e.Answer.Status, e.Answer.Verdict = status, v
	return e
}

func wantKnown(t *testing.T, s *store, want map[payload.UUID]bool) {
	t.Helper()
	for uuid, want := range want {
		r, err := s.get(uuid)
		if (err == nil) != want || err != nil && !errors.Is(err, errNotFound) {
			t.Errorf("%s: got %v, want it known: %v", uuid, err, want)
		}
		if err == nil {
			s.release(r)
		}
	}
}

func TestStoreDropsTheOldestThatIsOver(t *testing.T) {
	now := time.Now()
	s := newTestStore(t, t.TempDir(), 2)
	add := func(uuid payload.UUID, age time.Duration, change func(entry) entry) {
		t.Helper()
		e := testEntry(uuid, "session of "+string(uuid))
		e.Order.Created, e.Deadline, e.Key = now.Add(-age), now.Add(-age), "key of "+string(uuid)
		if err := s.add(e, now); err != nil {
			t.Fatal(err)
		}
		mustSave(t, s, change(e), "token of "+string(uuid))
	}
	rejected := func(e entry) entry { return e.as(payload.StatusRejected, payload.VerdictNone) }
	const long, short = 3 * time.Hour, lingering / 2
	add("verified", long, func(e entry) entry { return e.as(payload.StatusSigned, payload.VerdictVerified) })
	add("checking", long, func(e entry) entry { return e.as(payload.StatusSigned, payload.VerdictChecking) })
	add("announced", long, func(e entry) entry { e.Announced = true; return e })
	add("open", short, func(e entry) entry { return e })
	add("cancelled, and may be signed yet", short, func(e entry) entry {
		return e.as(payload.StatusCancelled, payload.VerdictNone)
	})
	add("expired long ago", long, func(e entry) entry { return e.as(payload.StatusExpired, payload.VerdictNone) })
	add("unverified", 2*long, func(e entry) entry { return e.as(payload.StatusSigned, payload.VerdictUnverified) })
	add("pending long ago", long, func(e entry) entry { return e })
	add("z, rejected", 2*time.Minute, rejected)
	add("a, rejected", time.Minute, rejected)
	add("new", 0, func(e entry) entry { return e })
	want := map[payload.UUID]bool{
		"verified": true, "checking": true, "announced": true, "open": true, "cancelled, and may be signed yet": true,
		"new": true, "a, rejected": false, "z, rejected": false, "expired long ago": false, "unverified": false,
		"pending long ago": false, "unknown": false,
	}
	wantKnown(t, s, want)
	for uuid, want := range want {
		if token, err := s.token("session of " + string(uuid) + ", then"); err != nil || (token != "") != want {
			t.Errorf("user token that %s brought: got %q, %v, want it known: %v", uuid, token, err, want)
		}
		if made, err := s.made("key of " + string(uuid)); err != nil || (made == uuid) != want {
			t.Errorf("idempotency key of %s: got %q, %v, want it known: %v", uuid, made, err, want)
		}
	}
	late := rejected(testEntry("z, rejected", "mine"))
	if err := s.save(late, "token"); err != nil {
		t.Errorf("save what was dropped meanwhile: %v", err)
	}
	wantKnown(t, s, map[payload.UUID]bool{"z, rejected": false})
}

func TestStoreKeepsTheNewestOfWhatIsOver(t *testing.T) {
	now := time.Now()
	s := newTestStore(t, t.TempDir(), 3)
	for i, uuid := range []payload.UUID{"d", "c", "b", "a"} {
		e := testEntry(uuid, "mine").as(payload.StatusRejected, payload.VerdictNone)
		e.Order.Created = now.Add(time.Duration(i) * time.Minute)
		if err := s.add(e, now.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	wantKnown(t, s, map[payload.UUID]bool{"d": false, "c": true, "b": true, "a": true})
}

// Ten thousand strangers ask for something while one customer pays.
func TestStoreKeepsThePaidRequest(t *testing.T) {
	now := time.Now()
	s := newTestStore(t, t.TempDir(), 100)
	paid := testEntry("paid", "customer")
	paid.Order.Created, paid.Deadline = now, now.Add(5*time.Minute)
	mustAdd(t, s, paid)
	for n := range 150 {
		e := testEntry(payload.UUID(fmt.Sprint("stranger ", n)), "stranger")
		e.Order.Created, e.Deadline = now, now.Add(5*time.Minute)
		mustAdd(t, s, e)
		mustSave(t, s, e.as(payload.StatusRejected, payload.VerdictNone), "")
	}
	wantKnown(t, s, map[payload.UUID]bool{"paid": true, "stranger 0": false, "stranger 149": true})
}

func TestStoreRefusesARepeatedUUID(t *testing.T) {
	s := newTestStore(t, t.TempDir(), 10)
	first := testEntry("a", "mine")
	first.Purpose = "first"
	mustAdd(t, s, first)
	if err := s.add(testEntry("a", "another's"), time.Now()); !errors.Is(err, errRepeated) {
		t.Errorf("got %v, want the second to be refused", err)
	}
	if r, err := s.get("a"); err != nil || r.Purpose != "first" || r.session != "mine" {
		t.Errorf("got %+v, %v, want the first to stay", r, err)
	}
	if _, err := s.book("b", "1", "", func(verify.Claim) entry { return testEntry("b", "mine") }); err != nil {
		t.Fatal(err)
	}
	if err := s.add(testEntry("b", "another's"), time.Now()); !errors.Is(err, errRepeated) {
		t.Errorf("got %v, want a UUID that has counted to be refused", err)
	}
}

func TestStoreSaysWhenItCannotWrite(t *testing.T) {
	s := newTestStore(t, t.TempDir(), 10)
	mustAdd(t, s, testEntry("a", "mine"))
	s.close()
	booked := func(verify.Claim) entry { return testEntry("a", "mine") }
	if err := s.add(testEntry("b", "mine"), time.Now()); err == nil {
		t.Error("add: got no error")
	}
	if err := s.save(testEntry("a", "mine"), "token"); err == nil {
		t.Error("save: got no error")
	}
	if e, err := s.book("a", "1", "", booked); err == nil || e.Order.UUID != "" {
		t.Errorf("book: got %+v, %v, want an error alone", e, err)
	}
	if _, err := s.get("a"); err == nil || errors.Is(err, errNotFound) {
		t.Errorf("get: got %v, want an error, and not that there is none", err)
	}
	if token, err := s.token("mine"); err == nil || token != "" {
		t.Errorf("token: got %q, %v, want an error alone", token, err)
	}
	if uuid, err := s.made("key"); err == nil || uuid != "" {
		t.Errorf("made: got %q, %v, want an error alone", uuid, err)
	}
	if all, err := s.deadlines("mine", time.Now()); err == nil || all != nil {
		t.Errorf("deadlines: got %v, %v, want an error alone", all, err)
	}
	if all, err := s.unfinished(time.Now()); err == nil || all != nil {
		t.Errorf("unfinished: got %v, %v, want an error alone", all, err)
	}
}

// A token is not for the session that asked, which somebody may have planted, but for the one that follows.
func TestStoreTokenIsForTheNextSession(t *testing.T) {
	s := newTestStore(t, t.TempDir(), 10)
	a, b := testEntry("a", "first"), testEntry("b", "first, then")
	mustAdd(t, s, a)
	mustAdd(t, s, b)
	check := func(when string, want map[string]string) {
		t.Helper()
		for session, want := range want {
			if got, err := s.token(session); err != nil || got != want {
				t.Errorf("%s: %q has %q, %v, want %q", when, session, got, err, want)
			}
		}
	}
	mustSave(t, s, a, "of a")
	check("signed", map[string]string{"first": "", "first, then": "of a"})
	mustSave(t, s, a.as(payload.StatusSigned, payload.VerdictVerified), "")
	check("verified", map[string]string{"first": "", "first, then": "of a"})
	mustSave(t, s, b, "of b")
	check("signed again", map[string]string{"first, then": "of a", "first, then, then": "of b"})
	mustSave(t, s, b.as(payload.StatusSigned, payload.VerdictVerified), "")
	check("verified again", map[string]string{"first, then": "", "first, then, then": "of b"})
}

func TestStoreListsDeadlines(t *testing.T) {
	now := time.Now().Truncate(time.Millisecond)
	s := newTestStore(t, t.TempDir(), 20)
	add := func(uuid payload.UUID, session string, left time.Duration, status payload.Status) {
		e := testEntry(uuid, session)
		e.Deadline = now.Add(left)
		mustAdd(t, s, e)
		mustSave(t, s, e.as(status, payload.VerdictNone), "")
	}
	add("a", "mine", time.Minute, payload.StatusPending)
	add("b", "mine", 2*time.Minute, payload.StatusOpened)
	add("c", "mine", 0, payload.StatusPending)
	add("d", "mine", time.Minute, payload.StatusRejected)
	add("e", "mine", time.Minute, payload.StatusCancelled)
	add("f", "yours", time.Minute, payload.StatusPending)
	got, err := s.deadlines("mine", now)
	want := []time.Time{now.Add(time.Minute), now.Add(2 * time.Minute)}
	if err != nil || !slices.EqualFunc(got, want, time.Time.Equal) {
		t.Errorf("got %v, %v, want %v", got, err, want)
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
	for path, want := range map[string]os.FileMode{dir: 0o700, filepath.Join(dir, databaseFile): 0o600} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: got %v, %v, want it to be the owner's alone", path, info.Mode(), err)
		}
	}
}

func TestStoreIsOneServers(t *testing.T) {
	dir := t.TempDir()
	newTestStore(t, dir, 10)
	begin := time.Now()
	_, err := openStore(dir, 10, nil)
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
				s := newTestStore(t, dir, 10)
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
	want := []payload.UUID{"checking", "announced", "pending", "opened, and late"} // what was signed comes first
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
}
