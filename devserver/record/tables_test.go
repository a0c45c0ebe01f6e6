package record

import (
	"errors"
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
