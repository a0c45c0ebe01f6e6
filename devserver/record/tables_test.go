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

func TestChangesStopAtTheFirstFailure(t *testing.T) {
	f := open(t, t.TempDir())
	failure := errors.New("failed")
	mustUpdate(t, f, func(tx *bbolt.Tx) error {
		c := changes{Tx: tx, err: failure}
		c.write(newEntry("a", "mine"))
		c.drop(newEntry("a", "mine"))
		c.news(newEntry("a", "mine"), News{Token: "token", Deliveries: []Delivery{{ID: "a-b"}}})
		for _, name := range [][]byte{requestsBucket, createdBucket, tokensBucket, deliveriesBucket} {
			if k, _ := tx.Bucket(name).Cursor().First(); k != nil {
				t.Errorf("got a change of %s after a failure", name)
			}
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
	if err := f.Add(t.Context(), Entry{}); err == nil {
		t.Error("got no failure from a request without a UUID")
	}
	a := mustAdd(t, f, newEntry("a", "mine"))
	if _, _, err := f.Claim(t.Context(), a, strings.Repeat("x", bbolt.MaxKeySize+1), News{}); err == nil {
		t.Error("got no failure from a booking that cannot be stored")
	}
	a.Next = strings.Repeat("x", bbolt.MaxKeySize+1)
	if _, err := f.Save(t.Context(), a, News{Token: "token"}); err == nil {
		t.Error("got no failure from a token that cannot be stored")
	}
}

// What a session has left lying does not make the look for what it has open longer and longer.
func TestFileForgetsWhatIsNoLongerOpen(t *testing.T) {
	now := time.Now()
	f := open(t, t.TempDir())
	const late = 3 * closesAtOnce
	for n := range late {
		e := newEntry(payload.UUID(fmt.Sprint(n)), "mine")
		e.Deadline = now.Add(-time.Second)
		mustAdd(t, f, e)
	}
	last := newEntry("last", "mine")
	last.Deadline = now.Add(time.Hour)
	mustAdd(t, f, last)
	err := f.view(func(tx *bbolt.Tx) error {
		if got := tx.Bucket(openBucket).Stats().KeyN; got > 2 {
			t.Errorf("got %d in the list, want those that are open", got)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	if got, err := f.Deadlines(t.Context(), "mine", now); err != nil || len(got) != 1 {
		t.Errorf("got %v, %v, want the last deadline", got, err)
	}
}
