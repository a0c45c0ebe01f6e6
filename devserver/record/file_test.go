package record

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/devserver/verify"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

func open(t *testing.T, dir string) *File {
	t.Helper()
	f, err := Open(dir, func(err error) { t.Errorf("the record is lost: %v", err) })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func newEntry(uuid payload.UUID, session string) Entry {
	return Entry{
		Session: session, Next: session + ", then", Order: verify.Order{UUID: uuid},
		Answer: payload.Answer{
			UUID: uuid, Status: payload.StatusPending, Verdict: payload.VerdictNone, Checks: []payload.Check{},
		},
	}
}

func mustAdd(t *testing.T, f *File, e Entry) Entry {
	t.Helper()
	if err := f.Add(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	e.Version = 1
	return e
}

func mustSave(t *testing.T, f *File, e Entry, n News) Entry {
	t.Helper()
	e, err := f.Save(t.Context(), e, n)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// as is an entry that has come so far.
func (e Entry) as(status payload.Status, v payload.Verdict) Entry {
	e.Answer.Status, e.Answer.Verdict = status, v
	return e
}

func wantKnown(t *testing.T, f *File, want map[payload.UUID]bool) {
	t.Helper()
	for uuid, want := range want {
		_, err := f.Get(t.Context(), uuid)
		if (err == nil) != want || err != nil && !errors.Is(err, ErrNotFound) {
			t.Errorf("%s: got %v, want it known: %v", uuid, err, want)
		}
	}
}

func TestFileSaysWhenItCannotWrite(t *testing.T) {
	f := open(t, t.TempDir())
	e := mustAdd(t, f, newEntry("a", "mine"))
	f.Close()
	_, save := f.Save(t.Context(), e, News{})
	_, free, claim := f.Claim(t.Context(), e, "1", News{})
	_, get := f.Get(t.Context(), "a")
	_, noToken := f.Token(t.Context(), "mine")
	_, booked, noKey := f.Reserve(t.Context(), "", "key", time.Now(), time.Now().Add(time.Minute))
	_, noDeadlines := f.Deadlines(t.Context(), "mine", time.Now())
	_, noReference := f.ByReference(t.Context(), "reference", 1)
	_, noTake := f.Take(t.Context(), "server", time.Now(), 1)
	_, noDeliveries := f.Deliveries(t.Context(), "", "", 1)
	_, noDelivery := f.Delivery(t.Context(), "a")
	_, noneDue := f.TakeDeliveries(t.Context(), "server", time.Now(), 1)
	_, noPurge := f.Purge(t.Context(), time.Now(), Ages{Ended: time.Hour}, 1)
	for what, err := range map[string]error{
		"add": f.Add(t.Context(), newEntry("b", "mine")), "save": save, "claim": claim, "get": get, "token": noToken,
		"reserve": noKey, "deadlines": noDeadlines, "by reference": noReference, "take": noTake,
		"deliveries": noDeliveries, "delivery": noDelivery, "take deliveries": noneDue, "purge": noPurge,
		"save delivery": f.SaveDelivery(t.Context(), Delivery{ID: "a"}), "ping": f.Ping(t.Context()),
		"all": f.All(t.Context(), func(Entry) error { return nil }),
	} {
		if err == nil || errors.Is(err, ErrNotFound) {
			t.Errorf("%s: got %v, want an error, and not that there is none", what, err)
		}
	}
	if free || booked {
		t.Errorf("got %t, %t, want errors alone", free, booked)
	}
}

func TestFileSurvives(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	f := open(t, dir)
	e := newEntry("a", "mine")
	e.Created, e.Order.TxJSON, e.Deadline = []byte(`{"uuid":"a"}`), []byte(`{"Amount":"9223372036854775807"}`),
		time.Now().Round(0)
	e = mustSave(t, f, mustAdd(t, f, e), News{Token: "token"})
	f.Close()

	f = open(t, dir)
	r, err := f.Get(t.Context(), "a")
	if err != nil || fmt.Sprint(r) != fmt.Sprint(e) {
		t.Errorf("got %+v, %v, want %+v", r, err, e)
	}
	for path, want := range map[string]os.FileMode{dir: 0o700, filepath.Join(dir, DatabaseFile): 0o600} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: got %v, %v, want it to be the owner's alone", path, info.Mode(), err)
		}
	}
}

func TestFileIsOneServers(t *testing.T) {
	dir := t.TempDir()
	open(t, dir)
	begin := time.Now()
	_, err := Open(dir, nil)
	if err == nil || !strings.Contains(err.Error(), "another server is using it") || time.Since(begin) > 5*time.Second {
		t.Errorf("got %v after %v, want to be told soon", err, time.Since(begin))
	}
}
