package recordtest

import (
	"fmt"
	"time"

	"github.com/xaman-live/xaman-live/devserver/record"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

var keys = map[string]func(*tester){
	"lead to what they have made": func(t *tester) {
		t.wantKey("key", 0, "", true)
		t.wantKey("key", 0, "", false)
		e := Entry("a", "mine")
		e.Key = "key"
		e = t.add(e)
		t.wantKey("key", 0, "a", false)
		t.wantKey("key", time.Hour, "a", false)
		t.save(rejected(e), record.News{})
		if err := t.Free(t.Context(), "key"); err != nil {
			t.Error(err)
		}
		t.wantKey("key", time.Hour, "a", false)
		t.wantKey("another", 0, "", true)
	},
	"are free again if nothing was made": func(t *tester) {
		t.wantKey("key", 0, "", true)
		if err := t.Free(t.Context(), "key"); err != nil {
			t.Error(err)
		}
		t.wantKey("key", 0, "", true)
		t.wantKey("key", time.Minute-1, "", false)
		t.wantKey("key", time.Minute, "", true)
		if err := t.Free(t.Context(), "unknown"); err != nil {
			t.Error(err)
		}
	},
	"make one request, though they were booked twice": func(t *tester) {
		t.wantKey("key", 0, "", true)
		t.wantKey("key", time.Hour, "", true)
		first, second := Entry("a", "mine"), Entry("b", "mine")
		first.Key, second.Key = "key", "key"
		t.add(second)
		t.wantErr("the second", t.Add(t.Context(), first), record.ErrChanged)
		t.wantKnown(map[payload.UUID]bool{"a": false, "b": true})
		t.wantKey("key", time.Hour, "b", false)
	},
	"are free again if the server that they are booked for is dead": func(t *tester) {
		book := func(server string) bool {
			_, free, err := t.Reserve(t.Context(), server, "key", t.now, t.now.Add(time.Minute))
			if err != nil {
				t.Error(err)
			}
			return free
		}
		t.alive("one", "two")
		first, second := book("one"), book("two")
		if err := t.Alive(t.Context(), "one", time.Nanosecond); err != nil {
			t.Error(err)
		}
		t.alive("two")
		if third, fourth := book("two"), book("two"); !first || second || !third || fourth {
			t.Errorf("got it booked %t, %t, after that %t, %t, want it for the living alone, once", first, second, third, fourth)
		}
	},
	"are booked for one of many": func(t *tester) {
		booked := t.atOnce(8, func(int) (bool, error) {
			made, free, err := t.Reserve(t.Context(), "", "key", t.now, t.now.Add(time.Minute))
			if made != "" {
				err = fmt.Errorf("made %s", made)
			}
			return free, err
		})
		if booked != 1 {
			t.Errorf("got %d bookings, want one", booked)
		}
	},
}

// wantKey asks for a key at a moment, to book it for a minute.
func (t *tester) wantKey(key string, after time.Duration, made payload.UUID, free bool) {
	t.Helper()
	at := t.now.Add(after)
	gotMade, gotFree, err := t.Reserve(t.Context(), "", key, at, at.Add(time.Minute))
	if err != nil || gotMade != made || gotFree != free {
		t.Errorf("%s after %v: got %q, %t, %v, want %q, %t", key, after, gotMade, gotFree, err, made, free)
	}
}
