//go:build e2e && bench && unix

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
	"github.com/xaman-live/xaman-live/devserver/record/postgres"
	"github.com/xaman-live/xaman-live/devserver/record/postgres/postgrestest"
	"github.com/xaman-live/xaman-live/devserver/verify"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// form is one that a record has.
type form struct {
	name  string
	rate  limit           // of status calls
	place func() []string // options of a server with an empty record
	open  func([]string) (closer, error)
}

// closer is a record that is closed in the end.
type closer interface {
	record.Record
	Close() error
}

func forms(t *testing.T) []form {
	database := 0
	server, err := postgrestest.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Remove() })
	return []form{
		{"a file", atLeast(40_000), func() []string {
			return []string{"-data", inRAM(t)}
		}, func(place []string) (closer, error) {
			return record.Open(place[1], func(err error) { t.Error(err) })
		}},
		{"PostgreSQL", limit{}, func() []string {
			database++
			url, err := server.Create(t.Context(), fmt.Sprintf("bench%d", database), "")
			if err != nil {
				t.Fatal(err)
			}
			return []string{"-data", inRAM(t), "-record", url}
		}, func(place []string) (closer, error) { return postgres.Open(t.Context(), place[3]) }},
	}
}

// benchServer times the dev server as it is built for people, with few orders in its record and with many.
func benchServer(t *testing.T) (rows []row) {
	const few, many = 1000, 100_000
	for _, f := range forms(t) {
		empty, long := f.place(), f.place()
		early, late := remember(t, f, long, many, few)
		fast, small := starts(t, empty)
		took, memory := starts(t, long)
		rows = append(rows,
			row{fmt.Sprintf("%s: keep and book order %d", f.name, many), "µs", late, timesPeer(2), fmt.Sprintf("order %d", few),
				early},
			row{fmt.Sprintf("%s: start with %d orders", f.name, many), "ms", took, timesPeer(1.5), "with none", fast},
			row{f.name + ": memory after it", "kB", memory, timesPeer(1.5), "with none", small})
		rows = append(rows, benchStatus(t, f.name, 16, empty, f.rate)...)
		rows = append(rows, benchStatus(t, f.name, 500, long, f.rate)...)
		spent, spentMore := benchOrders(t, empty), benchOrders(t, long)
		rows = append(rows,
			row{f.name + ": orders made and verified", "1/s", spent.rate, limit{}, "", 0},
			row{fmt.Sprintf("%s: processor for an order after %d", f.name, many), "ms", spentMore.each, timesPeer(1.5),
				"after none", spent.each})
	}
	return append(rows, benchManyServers(t)...)
}

// benchManyServers has a site's program order from one server and from three, which share the machine.
func benchManyServers(t *testing.T) []row {
	const orders = 1000
	rate := func(servers int) float64 {
		m := startServers(t, servers, startDatabase(t))
		_, rate := m.buyAll(orders, 100, func(int) {})
		for _, p := range m.processes {
			p.kill(t)
		}
		return rate
	}
	return []row{{"orders of a program, by three servers", "1/s", rate(3), limit{}, "by one", rate(1)}}
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

// remember fills a record with so many orders that were verified. It returns the microseconds that each of the first
// takes, after few, and each of the last.
func remember(t *testing.T, f form, place []string, many, few int) (early, late float64) {
	t.Helper()
	r, err := f.open(place)
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
		if err := r.Add(t.Context(), pending); err != nil {
			t.Fatal(err)
		}
		e.Version = 1
		if _, free, err := r.Claim(t.Context(), e, e.Answer.Result.TxID, record.News{}); err != nil || !free {
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

// starts starts the dev server some times on a record, and returns the medians: the milliseconds until it says where it
// is to be opened, and the kilobytes that it has in memory then.
func starts(t *testing.T, place []string) (took, memory float64) {
	t.Helper()
	var times, sizes []float64
	for range 5 {
		p := &process{args: append([]string{
			"-addr", "127.0.0.1:0", "-sandbox-addr", "127.0.0.1:0", "-site", t.TempDir(),
		}, place...)}
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
