package record

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// A request that cannot be stored drops no other.
func TestStoreDropsNothingForWhatCannotBeStored(t *testing.T) {
	s := open(t, t.TempDir(), 0)
	old := newEntry("old", "mine")
	old.Deadline = time.Now()
	mustAdd(t, s, old)
	long := newEntry(payload.UUID(strings.Repeat("x", bbolt.MaxKeySize)), "mine")
	if _, err := s.Add(t.Context(), long, time.Now().Add(2*lingering)); err == nil || errors.Is(err, ErrRepeated) {
		t.Errorf("got %v, want to be told that it cannot be stored", err)
	}
	wantKnown(t, s, map[payload.UUID]bool{"old": true})
}

func TestChangesStopAtTheFirstFailure(t *testing.T) {
	s := open(t, t.TempDir(), 10)
	failure := errors.New("failed")
	mustUpdate(t, s, func(tx *bbolt.Tx) error {
		c := changes{Tx: tx, err: failure}
		c.write(newEntry("a", "mine"))
		c.drop("a")
		c.count(1)
		if tx.Bucket(requestsBucket).Get([]byte("a")) != nil || tx.Bucket(endsBucket).Sequence() != 0 {
			t.Error("got changes after a failure")
		}
		if c.err != failure {
			t.Errorf("got %v, want the failure", c.err)
		}
		c.err = nil
		c.putJSON(requestsBucket, "a", func() {})
		if c.err == nil {
			t.Error("got no failure from what is no JSON")
		}
		c.err = nil
		c.put(requestsBucket, "damaged", []byte("{"))
		if c.write(newEntry("damaged", "mine")); c.err == nil {
			t.Error("got no failure from a request that cannot be read")
		}
		return nil
	})
	if _, err := s.Add(t.Context(), Entry{}, time.Now()); err == nil {
		t.Error("got no failure from a request without a UUID")
	}
	mustAdd(t, s, newEntry("a", "mine"))
	if _, err := s.Claim(t.Context(), newEntry("a", "mine"), strings.Repeat("x", bbolt.MaxKeySize+1), ""); err == nil {
		t.Error("got no failure from a booking that cannot be stored")
	}
	long := newEntry("a", "mine")
	long.Next = strings.Repeat("x", bbolt.MaxKeySize+1)
	if err := s.Save(t.Context(), long, "token"); err == nil {
		t.Error("got no failure from a token that cannot be stored")
	}
}

// A record that may keep less than before drops what is too much bit by bit.
func TestFileDropsAFewAtOnce(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, 1000)
	const over, fewer = 205, 100
	mustUpdate(t, s, func(tx *bbolt.Tx) error {
		c := changes{Tx: tx}
		for n := range over {
			c.write(newEntry(payload.UUID(fmt.Sprint(n)), "mine").as(payload.StatusRejected, payload.VerdictNone))
		}
		return c.err
	})
	s.Close()
	s = open(t, dir, fewer)
	dropped := 0
	for n := range 30 {
		over, err := s.Add(t.Context(), newEntry(payload.UUID(fmt.Sprint("new ", n)), "mine"), time.Now())
		if err != nil || len(over) > dropsAtOnce {
			t.Fatalf("got %d dropped at once, %v", len(over), err)
		}
		dropped += len(over)
	}
	if want := over + 30 - fewer; dropped != want {
		t.Errorf("got %d dropped, want %d", dropped, want)
	}
}

// What a session has left lying does not make the look for what it has open longer and longer.
func TestFileForgetsWhatIsNoLongerOpen(t *testing.T) {
	now := time.Now()
	s := open(t, t.TempDir(), 1000)
	for n := range 3 * closesAtOnce {
		e := newEntry(payload.UUID(fmt.Sprint(n)), "mine")
		e.Deadline = now.Add(time.Duration(n) * time.Second)
		if _, err := s.Add(t.Context(), e, e.Deadline.Add(-2*time.Second)); err != nil {
			t.Fatal(err)
		}
	}
	err := s.view(func(tx *bbolt.Tx) error {
		if got := tx.Bucket(openBucket).Stats().KeyN; got > 5 {
			t.Errorf("got %d in the list, want those that are open", got)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	last := now.Add((3*closesAtOnce - 2) * time.Second)
	if got, err := s.Deadlines(t.Context(), "mine", last); err != nil || len(got) != 1 {
		t.Errorf("got %v, %v, want the last deadline", got, err)
	}
}
