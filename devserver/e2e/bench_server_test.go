//go:build e2e && bench

package e2e

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/devserver/record"
	"github.com/xaman-live/xaman-live/devserver/verify"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// benchServer times the dev server as it is built for people, with records of different lengths.
func benchServer(t *testing.T) (rows []row) {
	few, many := 1000, 100_000
	empty := inRAM(t)
	long := inRAM(t)
	early, late := remember(t, long, many, few)
	rows = append(rows, row{fmt.Sprintf("record: keep and book order %d", many), "µs", late, timesPeer(2),
		fmt.Sprintf("order %d", few), early})
	some := inRAM(t)
	remember(t, some, 10_000, 1)
	fast, small := starts(t, empty)
	for _, r := range []struct {
		name, data string
	}{{"10000", some}, {strconv.Itoa(many), long}} {
		took, memory := starts(t, r.data)
		rows = append(rows,
			row{"start with " + r.name + " orders in the record", "ms", took, timesPeer(1.5), "an empty one", fast},
			row{"memory after it", "kB", memory, timesPeer(1.5), "an empty one", small})
	}
	rows = append(rows, benchStatus(t)...)
	spent, spentMore := benchOrders(t, empty), benchOrders(t, long)
	return append(rows,
		row{"orders made and verified at once", "1/s", spent.rate, limit{}, "", 0},
		row{fmt.Sprintf("processor for an order, with the sandbox, after %d", many), "ms", spentMore.each, timesPeer(1.5),
			"with none before", spent.each})
}

// inRAM is a folder that is kept in memory where the system has a place for that, so that the disk has no part in
// what is measured.
func inRAM(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "bench")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// remember fills the record in a folder with so many orders that were verified. It returns the microseconds that each
// of the first takes, after few, and each of the last.
func remember(t *testing.T, dir string, many, few int) (early, late float64) {
	t.Helper()
	r, err := record.Open(dir, many, func(err error) { t.Error(err) })
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	began, now := time.Now(), time.Now()
	for n := range many {
		switch n {
		case few:
			began = time.Now()
		case 2 * few:
			early = each(began, few)
		case many - few:
			began = time.Now()
		}
		e := finished(n, now)
		pending := e
		pending.Answer.Status, pending.Answer.Verdict = payload.StatusPending, payload.VerdictNone
		if _, err := r.Add(t.Context(), pending, now); err != nil {
			t.Fatal(err)
		}
		if free, err := r.Claim(t.Context(), e, e.Answer.Result.TxID, ""); err != nil || !free {
			t.Fatal(free, err)
		}
	}
	return early, each(began, few)
}

func each(since time.Time, n int) float64 {
	return float64(time.Since(since).Microseconds()) / float64(n)
}

// finished is an order as it is kept when it was paid. Its UUID is one of many in no order.
func finished(n int, now time.Time) record.Entry {
	uuid := payload.UUID(fmt.Sprintf("%08x-0000-4000-8000-%012x", uint32(n)*2654435761, n))
	checks := slices.Repeat([]payload.Check{{
		Name: "ledger", Outcome: payload.Pass, Detail: "The transaction is in a validated ledger.",
	}}, 10)
	return record.Entry{
		Session: fmt.Sprintf("%064x", n), Next: fmt.Sprintf("%064x", ^n), Key: fmt.Sprintf("%064x", n*3), Purpose: "pay",
		Order: verify.Order{
			UUID: uuid, Application: "5a6d0c1e-0000-4000-8000-000000000001", Network: "TESTNET", NetworkID: 1, Submit: true,
			TxJSON:  []byte(`{"TransactionType":"Payment","Amount":"2500000","InvoiceID":"` + fmt.Sprintf("%064X", n) + `"}`),
			Created: now,
		},
		Created:  []byte(`{"uuid":"` + string(uuid) + `","refs":"` + strings.Repeat("x", 600) + `"}`),
		Deadline: now.Add(5 * time.Minute),
		Answer: payload.Answer{
			UUID: uuid, Status: payload.StatusSigned, Verdict: payload.VerdictVerified, Checks: checks,
			Result: payload.Result{TxID: fmt.Sprintf("%064X", n)},
		},
	}
}

// starts starts the dev server some times on a folder, and returns the medians: the milliseconds until it says where it
// is to be opened, and the kilobytes that it has in memory then.
func starts(t *testing.T, data string) (took, memory float64) {
	t.Helper()
	var times, sizes []float64
	for range 5 {
		p := &process{args: []string{
			"-addr", "127.0.0.1:0", "-sandbox-addr", "127.0.0.1:0", "-site", t.TempDir(), "-data", data,
		}}
		began := time.Now()
		p.start(t)
		times = append(times, float64(time.Since(began).Microseconds())/1000)
		sizes = append(sizes, inMemory(t, p))
		p.kill(t)
	}
	return median(times), median(sizes)
}

// inMemory is how many kilobytes a process has in memory.
func inMemory(t *testing.T, p *process) float64 {
	t.Helper()
	return ofProcess(t, p, "status", func(text string) (string, bool) {
		_, after, found := strings.Cut(text, "VmRSS:")
		return strings.Fields(cmp.Or(after, "0"))[0], found
	})
}

// processor is how many milliseconds a process has computed.
func processor(t *testing.T, p *process) float64 {
	t.Helper()
	ticks := 0.0
	for _, field := range []int{11, 12} { // in user mode and in the kernel, behind the name in brackets
		ticks += ofProcess(t, p, "stat", func(text string) (string, bool) {
			_, after, found := strings.Cut(text, ") ")
			return strings.Fields(after)[field], found
		})
	}
	return ticks * 10 // a hundred a second
}

// ofProcess reads a figure that Linux gives of a process.
func ofProcess(t *testing.T, p *process, file string, figure func(string) (string, bool)) float64 {
	t.Helper()
	if runtime.GOOS != "linux" {
		return 0
	}
	data, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(p.cmd.Process.Pid), file))
	if err != nil {
		t.Fatal(err)
	}
	text, found := figure(string(data))
	f, err := strconv.ParseFloat(text, 64)
	if !found || err != nil {
		t.Fatalf("%s of the process: %v in %s", file, err, data)
	}
	return f
}
