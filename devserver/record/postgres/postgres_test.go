//go:build postgres

package postgres

import (
	"context"
	"fmt"
	"os"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"

	"github.com/xaman-live/xaman-live/devserver/record"
	"github.com/xaman-live/xaman-live/devserver/record/postgres/postgrestest"
	"github.com/xaman-live/xaman-live/devserver/record/recordtest"
)

var (
	server    *postgrestest.Server
	databases atomic.Int64
)

// prepared is a database with tables and nothing in them.
const prepared = "prepared"

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) (code int) {
	var err error
	if server, err = postgrestest.Start(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() {
		if err := server.Remove(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
		if err := goleak.Find(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}()
	ctx := context.Background()
	url, err := server.Create(ctx, prepared, "")
	if err == nil {
		var r *Record
		if r, err = Open(ctx, url); err == nil {
			err = r.Close()
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

// create makes a database, and returns its URL.
func create(t testing.TB, template string) string {
	t.Helper()
	url, err := server.Create(t.Context(), fmt.Sprint("test", databases.Add(1)), template)
	if err != nil {
		t.Fatal(err)
	}
	return url
}

func open(t testing.TB, url string) *Record {
	t.Helper()
	r, err := Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

// A database is not made for each of the tests, since that takes longer than the test.
func TestRecord(t *testing.T) {
	url := create(t, prepared)
	r := open(t, url)
	recordtest.Test(t, func(t *testing.T) record.Record {
		execute(t, url, `
			delete from xaman_live.orders; delete from xaman_live.keys; delete from xaman_live.tokens;
			delete from xaman_live.uses; delete from xaman_live.deliveries; delete from xaman_live.servers;
			delete from xaman_live.calls; delete from xaman_live.shares`)
		return r
	})
}

func BenchmarkRecord(b *testing.B) { recordtest.Benchmark(b, open(b, create(b, prepared))) }
