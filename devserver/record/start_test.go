package record

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// history is a folder with a record of so many orders that are over, and some that are not. Those of the middle half
// have a purpose of their own.
func history(tb testing.TB, over int) (dir string) {
	tb.Helper()
	dir = tb.TempDir()
	f, err := Open(dir, over, nil)
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	now := time.Now()
	for begin := 0; begin < over; begin += 1000 {
		err := f.update(func(tx *bbolt.Tx) error {
			c := changes{Tx: tx}
			for n := begin; n < min(begin+1000, over); n++ {
				e := newEntry(payload.UUID(fmt.Sprintf("%08d", n)), fmt.Sprintf("session %d", n)).
					as(payload.StatusSigned, payload.VerdictVerified)
				if n%2 > 0 {
					e = e.as(payload.StatusRejected, payload.VerdictNone)
				}
				e.Key, e.Order.Created = fmt.Sprintf("key %d", n), now.Add(-time.Duration(over-n)*time.Second)
				e.Created = []byte(`"` + strings.Repeat("x", 500) + `"`)
				if n > over/4 && n < over*3/4 {
					e.Purpose = "middle"
				}
				c.write(e)
				c.put(usesBucket, string(e.Order.UUID), nil)
				c.put(txidsBucket, fmt.Sprintf("%064d", n), []byte(e.Order.UUID))
			}
			return c.err
		})
		if err != nil {
			tb.Fatal(err)
		}
	}
	for _, uuid := range []payload.UUID{"a, open", "b, open"} {
		e := newEntry(uuid, "mine")
		e.Deadline = now.Add(time.Minute)
		if _, err := f.Add(tb.Context(), e, now); err != nil {
			tb.Fatal(err)
		}
	}
	return dir
}

// begin opens a record and finds what is unfinished, which is all that a server does with it at the start.
func begin(tb testing.TB, dir string) (*File, []payload.UUID) {
	tb.Helper()
	f, err := Open(dir, 10_000, nil)
	if err != nil {
		tb.Fatal(err)
	}
	unfinished, _, err := f.Unfinished(tb.Context(), time.Now(), "", 10)
	if err != nil {
		tb.Fatal(err)
	}
	return f, unfinished
}

// What the start takes does not depend on how much is over.
func TestStartIsFlat(t *testing.T) {
	allocated := func(dir string) uint64 {
		least := ^uint64(0)
		for range 3 {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			f, unfinished := begin(t, dir)
			runtime.ReadMemStats(&after)
			f.Close()
			if len(unfinished) != 2 {
				t.Fatalf("got %q, want the two that are open", unfinished)
			}
			least = min(least, after.TotalAlloc-before.TotalAlloc)
		}
		return least
	}
	few, many := allocated(history(t, 10)), allocated(history(t, 10_000))
	if many > 2*few {
		t.Errorf("got %d bytes allocated with 10,000 orders and %d with 10", many, few)
	}
}

// Of what is over, the start reads nothing: not even that it is damaged, which shows when it is asked for.
func TestStartReadsNothingThatIsOver(t *testing.T) {
	dir := history(t, 2000)
	name := filepath.Join(dir, databaseFile)
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	damaged := 0
	for page := range slices.Chunk(data, os.Getpagesize()) {
		if bytes.Contains(page, []byte(`"Purpose":"middle"`)) {
			copy(page, bytes.Repeat([]byte{0xa5}, len(page)))
			damaged++
		}
	}
	if err := os.WriteFile(name, data, 0o600); err != nil || damaged < 100 {
		t.Fatalf("damaged %d pages: %v", damaged, err)
	}
	var lost error
	f, err := Open(dir, 10_000, func(err error) { lost = err })
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	unfinished, _, err := f.Unfinished(t.Context(), time.Now(), "", 10)
	if err != nil || len(unfinished) != 2 || lost != nil {
		t.Errorf("got %q, %v, %v, want the two that are open", unfinished, err, lost)
	}
	wantKnown(t, f, map[payload.UUID]bool{"a, open": true, "00000001": true})
	mustAdd(t, f, newEntry("new", "mine"))
	if _, err := f.Get(t.Context(), "00001000"); !errors.Is(err, errDamaged) || !errors.Is(lost, errDamaged) {
		t.Errorf("got %v, and was told %v, want %v", err, lost, errDamaged)
	}
}

// BenchmarkStart opens a record of so many orders that are over.
func BenchmarkStart(b *testing.B) {
	for _, over := range []int{0, 10_000, 100_000} {
		dir := history(b, over)
		b.Run(fmt.Sprintf("%d orders", over), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				f, _ := begin(b, dir)
				f.Close()
			}
		})
	}
}
