package record

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

func open(t *testing.T, dir string, limit int) *File {
	t.Helper()
	s, err := Open(dir, limit, func(err error) { t.Errorf("the store is lost: %v", err) })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func newEntry(uuid payload.UUID, session string) Entry {
	return Entry{
		Session: session, Next: session + ", then", Order: verify.Order{UUID: uuid},
		Answer: payload.Answer{
			UUID: uuid, Status: payload.StatusPending, Verdict: payload.VerdictNone, Checks: []payload.Check{},
		},
	}
}

func mustAdd(t *testing.T, s *File, e Entry) {
	t.Helper()
	if _, err := s.Add(t.Context(), e, time.Now()); err != nil {
		t.Fatal(err)
	}
}

func mustSave(t *testing.T, s *File, e Entry, token string) {
	t.Helper()
	if err := s.Save(t.Context(), e, token); err != nil {
		t.Fatal(err)
	}
}

// as is an entry that has come so far.
func (e Entry) as(status payload.Status, v payload.Verdict) Entry {
	e.Answer.Status, e.Answer.Verdict = status, v
	return e
}

func wantKnown(t *testing.T, s *File, want map[payload.UUID]bool) {
	t.Helper()
	for uuid, want := range want {
		_, err := s.Get(t.Context(), uuid)
		if (err == nil) != want || err != nil && !errors.Is(err, ErrNotFound) {
			t.Errorf("%s: got %v, want it known: %v", uuid, err, want)
		}
	}
}

func TestFileDropsTheOldestThatIsOver(t *testing.T) {
	now := time.Now()
	s := open(t, t.TempDir(), 2)
	add := func(uuid payload.UUID, age time.Duration, change func(Entry) Entry) {
		t.Helper()
		e := newEntry(uuid, "session of "+string(uuid))
		e.Order.Created, e.Deadline, e.Key = now.Add(-age), now.Add(-age), "key of "+string(uuid)
		if _, err := s.Add(t.Context(), e, now); err != nil {
			t.Fatal(err)
		}
		mustSave(t, s, change(e), "token of "+string(uuid))
	}
	same := func(e Entry) Entry { return e }
	to := func(status payload.Status, v payload.Verdict) func(Entry) Entry {
		return func(e Entry) Entry { return e.as(status, v) }
	}
	rejected := to(payload.StatusRejected, payload.VerdictNone)
	const long, short = 3 * time.Hour, lingering / 2
	add("verified", long, to(payload.StatusSigned, payload.VerdictVerified))
	add("checking", long, to(payload.StatusSigned, payload.VerdictChecking))
	add("announced", long, func(e Entry) Entry { e.Announced = true; return e })
	add("open", short, same)
	add("cancelled, and may be signed yet", short, to(payload.StatusCancelled, payload.VerdictNone))
	add("expired, and may be signed yet", short, to(payload.StatusExpired, payload.VerdictNone))
	add("expired long ago", long, to(payload.StatusExpired, payload.VerdictNone))
	add("unverified", 2*long, to(payload.StatusSigned, payload.VerdictUnverified))
	add("pending long ago", long, same)
	add("z, rejected", 2*time.Minute, rejected)
	add("a, rejected", time.Minute, rejected)
	add("new", 0, same)
	want := map[payload.UUID]bool{
		"verified": true, "checking": true, "announced": true, "open": true, "cancelled, and may be signed yet": true,
		"expired, and may be signed yet": true, "new": true, "a, rejected": false, "z, rejected": false,
		"expired long ago": false, "unverified": false, "pending long ago": false, "unknown": false,
	}
	wantKnown(t, s, want)
	for uuid, want := range want {
		if token, err := s.Token(t.Context(), "session of "+string(uuid)+", then"); err != nil || (token != "") != want {
			t.Errorf("user token that %s brought: got %q, %v, want it known: %v", uuid, token, err, want)
		}
		if made, err := s.Made(t.Context(), "key of "+string(uuid)); err != nil || (made == uuid) != want {
			t.Errorf("idempotency key of %s: got %q, %v, want it known: %v", uuid, made, err, want)
		}
	}
	mustSave(t, s, rejected(newEntry("z, rejected", "mine")), "token") // which was dropped meanwhile
	wantKnown(t, s, map[payload.UUID]bool{"z, rejected": false})
}

func TestFileKeepsTheNewestOfWhatIsOver(t *testing.T) {
	now := time.Now()
	s := open(t, t.TempDir(), 3)
	// What stays for ever is not counted, however often it is written.
	paid := newEntry("paid", "mine").as(payload.StatusSigned, payload.VerdictVerified)
	mustAdd(t, s, paid)
	mustSave(t, s, paid, "")
	var dropped []payload.UUID
	for i, uuid := range []payload.UUID{"d", "c", "b", "a"} {
		e := newEntry(uuid, "mine").as(payload.StatusRejected, payload.VerdictNone)
		e.Order.Created = now.Add(time.Duration(i) * time.Minute)
		over, err := s.Add(t.Context(), e, now.Add(time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		dropped = append(dropped, over...)
	}
	if !slices.Equal(dropped, []payload.UUID{"d"}) {
		t.Errorf("got told that %q were dropped, want the oldest", dropped)
	}
	wantKnown(t, s, map[payload.UUID]bool{"paid": true, "d": false, "c": true, "b": true, "a": true})
}

func TestFileRefusesARepeatedUUID(t *testing.T) {
	s := open(t, t.TempDir(), 10)
	first := newEntry("a", "mine")
	first.Purpose = "first"
	mustAdd(t, s, first)
	if _, err := s.Add(t.Context(), newEntry("a", "another's"), time.Now()); !errors.Is(err, ErrRepeated) {
		t.Errorf("got %v, want the second to be refused", err)
	}
	if r, err := s.Get(t.Context(), "a"); err != nil || r.Purpose != "first" || r.Session != "mine" {
		t.Errorf("got %+v, %v, want the first to stay", r, err)
	}
	if free, err := s.Claim(t.Context(), newEntry("b", "mine"), "1", ""); err != nil || !free {
		t.Fatal(free, err)
	}
	if _, err := s.Add(t.Context(), newEntry("b", "another's"), time.Now()); !errors.Is(err, ErrRepeated) {
		t.Errorf("got %v, want a UUID that has counted to be refused", err)
	}
}

func TestFileSaysWhenItCannotWrite(t *testing.T) {
	s := open(t, t.TempDir(), 10)
	mustAdd(t, s, newEntry("a", "mine"))
	s.Close()
	_, add := s.Add(t.Context(), newEntry("b", "mine"), time.Now())
	free, claim := s.Claim(t.Context(), newEntry("a", "mine"), "1", "")
	_, get := s.Get(t.Context(), "a")
	token, noToken := s.Token(t.Context(), "mine")
	made, noMade := s.Made(t.Context(), "key")
	deadlines, noDeadlines := s.Deadlines(t.Context(), "mine", time.Now())
	unfinished, rest, noUnfinished := s.Unfinished(t.Context(), time.Now(), "", 10)
	for what, err := range map[string]error{
		"add": add, "save": s.Save(t.Context(), newEntry("a", "mine"), "token"), "claim": claim, "get": get,
		"token": noToken, "made": noMade, "deadlines": noDeadlines, "unfinished": noUnfinished,
	} {
		if err == nil || errors.Is(err, ErrNotFound) {
			t.Errorf("%s: got %v, want an error, and not that there is none", what, err)
		}
	}
	if free || token != "" || made != "" || deadlines != nil || unfinished != nil || rest != "" {
		t.Errorf("got %t, %q, %q, %v, %v, %q, want errors alone", free, token, made, deadlines, unfinished, rest)
	}
}

// A token is not for the session that asked, which somebody may have planted, but for the one that follows.
func TestFileTokenIsForTheNextSession(t *testing.T) {
	s := open(t, t.TempDir(), 10)
	a, b := newEntry("a", "first"), newEntry("b", "first, then")
	mustAdd(t, s, a)
	mustAdd(t, s, b)
	check := func(when string, want map[string]string) {
		t.Helper()
		for session, want := range want {
			if got, err := s.Token(t.Context(), session); err != nil || got != want {
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

func TestFileListsDeadlines(t *testing.T) {
	now := time.Now().Truncate(time.Millisecond)
	s := open(t, t.TempDir(), 20)
	add := func(uuid payload.UUID, session string, left time.Duration, status payload.Status) {
		e := newEntry(uuid, session)
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
	got, err := s.Deadlines(t.Context(), "mine", now)
	want := []time.Time{now.Add(time.Minute), now.Add(2 * time.Minute)}
	if err != nil || !slices.EqualFunc(got, want, time.Time.Equal) {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
}

func TestFileSurvives(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	s := open(t, dir, 10)
	e := newEntry("a", "mine")
	e.Created, e.Order.TxJSON, e.Deadline = []byte(`{"uuid":"a"}`), []byte(`{"Amount":"9223372036854775807"}`),
		time.Now().Round(0)
	mustAdd(t, s, e)
	mustSave(t, s, e, "token")
	s.Close()

	s = open(t, dir, 10)
	r, err := s.Get(t.Context(), "a")
	if err != nil || fmt.Sprint(r) != fmt.Sprint(e) {
		t.Errorf("got %+v, %v, want %+v", r, err, e)
	}
	for path, want := range map[string]os.FileMode{dir: 0o700, filepath.Join(dir, databaseFile): 0o600} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: got %v, %v, want it to be the owner's alone", path, info.Mode(), err)
		}
	}
}

func TestFileIsOneServers(t *testing.T) {
	dir := t.TempDir()
	open(t, dir, 10)
	begin := time.Now()
	_, err := Open(dir, 10, nil)
	if err == nil || !strings.Contains(err.Error(), "another server is using it") || time.Since(begin) > 5*time.Second {
		t.Errorf("got %v after %v, want to be told soon", err, time.Since(begin))
	}
}

func TestClaim(t *testing.T) {
	type claim struct {
		uuid payload.UUID
		txid string
		free bool
	}
	tests := []struct {
		name   string
		claims []claim
	}{
		{"each its own", []claim{{"a", "1", true}, {"b", "2", true}}},
		{"same again", []claim{{"a", "1", true}, {"a", "1", true}}},
		{"transaction of another payload", []claim{{"a", "1", true}, {"b", "1", false}, {"b", "2", true}}},
		{"payload with another transaction", []claim{{"a", "1", true}, {"a", "2", false}, {"b", "2", true}}},
		{"sign-ins of one account", []claim{{"a", "", true}, {"b", "", true}, {"a", "", true}}},
		{"sign-in turned payment", []claim{{"a", "", true}, {"a", "1", false}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			for i, c := range tt.claims {
				s := open(t, dir, 10)
				before, err := s.Get(t.Context(), c.uuid)
				if err != nil {
					before = newEntry(c.uuid, "mine")
					mustAdd(t, s, before)
				}
				e := newEntry(c.uuid, "mine")
				e.Purpose = fmt.Sprint("claim ", i)
				free, err := s.Claim(t.Context(), e, c.txid, "")
				if err != nil || free != c.free {
					t.Errorf("claim %d: got %t, %v, want %t", i, free, err, c.free)
				}
				want := map[bool]string{true: e.Purpose, false: before.Purpose}[c.free]
				if got, err := s.Get(t.Context(), c.uuid); err != nil || got.Purpose != want {
					t.Errorf("claim %d: got %+v, %v, want %q", i, got, err, want)
				}
				s.Close()
			}
		})
	}
}

func TestFileListsUnfinishedRequests(t *testing.T) {
	now := time.Now()
	s := open(t, t.TempDir(), 20)
	add := func(uuid payload.UUID, change func(*Entry)) {
		e := newEntry(uuid, "mine")
		e.Deadline = now.Add(-2 * lingering)
		change(&e)
		mustAdd(t, s, e)
	}
	add("pending", func(e *Entry) { e.Deadline = now.Add(time.Minute) })
	add("opened, and late", func(e *Entry) { e.Answer.Status, e.Deadline = payload.StatusOpened, now.Add(-time.Minute) })
	add("announced", func(e *Entry) { e.Announced = true })
	add("checking", func(e *Entry) { e.Answer.Status, e.Answer.Verdict = payload.StatusSigned, payload.VerdictChecking })
	add("pending, long ago", func(*Entry) {})
	add("rejected", func(e *Entry) { e.Answer.Status, e.Deadline = payload.StatusRejected, now.Add(time.Minute) })
	add("verified", func(e *Entry) { e.Answer.Status, e.Answer.Verdict = payload.StatusSigned, payload.VerdictVerified })
	want := []payload.UUID{"checking", "announced", "pending", "opened, and late"} // what was signed comes first
	for most := 1; most < 6; most++ {
		var got []payload.UUID
		for from := ""; ; {
			some, rest, err := s.Unfinished(t.Context(), now, from, most)
			if err != nil || len(some) > most || len(some) == 0 && rest != "" {
				t.Fatalf("got %q and the rest at %q, %v, want no more than %d", some, rest, err, most)
			}
			if got = append(got, some...); rest == "" {
				break
			}
			from = rest
		}
		if !slices.Equal(got, want) {
			t.Errorf("%d at once: got %q, want %q", most, got, want)
		}
	}
	_, rest, err := s.Unfinished(t.Context(), now, "", 1)
	mustSave(t, s, newEntry("checking", "mine").as(payload.StatusRejected, payload.VerdictNone), "")
	got, _, more := s.Unfinished(t.Context(), now, rest, 10)
	if err != nil || more != nil || !slices.Equal(got, want[1:]) {
		t.Errorf("got %q, %v, %v, want the rest although the one before it is over: %q", got, err, more, want[1:])
	}
}
