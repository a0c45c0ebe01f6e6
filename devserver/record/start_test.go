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
	f, err := Open(dir, nil)
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
		if err := f.Add(tb.Context(), e); err != nil {
			tb.Fatal(err)
		}
	}
	return dir
}

// begin opens a record and finds what is unfinished, which is all that a server does with it at the start.
func begin(tb testing.TB, dir string) (*File, []payload.UUID) {
	tb.Helper()
	f, err := Open(dir, nil)
	if err != nil {
		tb.Fatal(err)
	}
	return f, unfinished(tb, f)
}

// unfinished takes what is due one day.
func unfinished(tb testing.TB, f *File) []payload.UUID {
	tb.Helper()
	if err := f.Alive(tb.Context(), "a", time.Hour); err != nil {
		tb.Fatal(err)
	}
	all, err := f.Take(tb.Context(), "a", time.Now().Add(365*24*time.Hour), 10)
	if err != nil {
		tb.Fatal(err)
	}
	return all
}

// What the start takes does not depend on how much is over, and what an order costs only by one more level of some
// tables.
func TestCostsAreFlat(t *testing.T) {
	few, many := history(t, 10), history(t, 5000)
	if few, many := allocatedAtStart(t, few), allocatedAtStart(t, many); many > 2*few {
		t.Errorf("got %d bytes allocated with 5,000 orders and %d with 10", many, few)
	}
	if few, many := touched(t, few), touched(t, many); many > few*3/2 {
		t.Errorf("got %d pages and cursors for orders among 5,000, and %d among 10", many, few)
	}
}

// allocatedAtStart is how many bytes the start allocates, at least.
func allocatedAtStart(t *testing.T, dir string) uint64 {
	t.Helper()
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

// touched is how many pages and cursors some orders need.
func touched(t *testing.T, dir string) int64 {
	t.Helper()
	f, _ := begin(t, dir)
	defer f.Close()
	life(t, f, "first") // for which pages are split that are full
	before := f.bolt.Stats()
	for n := range 10 {
		life(t, f, payload.UUID(fmt.Sprint("order ", n)))
	}
	now := f.bolt.Stats()
	spent := now.Sub(&before)
	return spent.TxStats.GetPageCount() + spent.TxStats.GetNodeCount() + spent.TxStats.GetCursorCount()
}

// Of what is over, the start reads nothing: not even that it is damaged, which shows when it is asked for.
func TestStartReadsNothingThatIsOver(t *testing.T) {
	dir := history(t, 2000)
	name := filepath.Join(dir, DatabaseFile)
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
	f, err := Open(dir, func(err error) { lost = err })
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if all := unfinished(t, f); len(all) != 2 || lost != nil {
		t.Errorf("got %q, %v, want the two that are open", all, lost)
	}
	wantKnown(t, f, map[payload.UUID]bool{"a, open": true, "00000001": true})
	mustAdd(t, f, newEntry("new", "mine"))
	if _, err := f.Get(t.Context(), "00001000"); !errors.Is(err, errDamaged) || !errors.Is(lost, errDamaged) {
		t.Errorf("got %v, and was told %v, want %v", err, lost, errDamaged)
	}
}

// life is all that an order asks of a record, from its creation to the end of its delivery.
func life(t *testing.T, f *File, uuid payload.UUID) {
	t.Helper()
	ctx, now := t.Context(), time.Now()
	e := newEntry(uuid, "somebody")
	e.Key, e.Reference, e.Deadline, e.Order.Created = "key of "+string(uuid), "invoice", now.Add(time.Minute), now
	_, _, reserve := f.Reserve(ctx, "", e.Key, now, e.Deadline)
	_, deadlines := f.Deadlines(ctx, e.Session, now)
	add := f.Add(ctx, e)
	alive := f.Alive(ctx, "server", time.Minute)
	_, take := f.Take(ctx, "server", now.Add(time.Hour), 10)
	e, get := f.Get(ctx, uuid)
	e, save := f.Save(ctx, e.as(payload.StatusSigned, payload.VerdictChecking), News{})
	told := Delivery{ID: string(uuid) + "-verified", UUID: uuid, Made: now, Due: now}
	_, free, claim := f.Claim(ctx, e.as(payload.StatusSigned, payload.VerdictVerified), "TX of "+string(uuid),
		News{Token: "token", Deliveries: []Delivery{told}})
	leave := f.Leave(ctx, "server", uuid, time.Time{})
	_, deliver := f.TakeDeliveries(ctx, "server", now, 10)
	told.Due, told.Done = time.Time{}, now
	done := f.SaveDelivery(ctx, told)
	_, find := f.ByReference(ctx, "invoice", 10)
	_, purge := f.Purge(ctx, now, Ages{Ended: 100 * 24 * time.Hour}, 10)
	err := errors.Join(reserve, deadlines, add, alive, take, get, save, claim, leave, deliver, done, find, purge)
	if err != nil || !free {
		t.Fatal(free, err)
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
