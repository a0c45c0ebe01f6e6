//go:build postgres

package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/devserver/record"
	"github.com/xaman-live/xaman-live/devserver/record/postgres/postgrestest"
	"github.com/xaman-live/xaman-live/devserver/record/recordtest"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// calls are every method that asks the database.
func calls(ctx context.Context, r *Record) map[string]error {
	now, e := time.Now(), recordtest.Entry("a", "mine")
	e.Version = 1
	all := map[string]error{}
	all["ping"] = r.Ping(ctx)
	all["add"] = r.Add(ctx, recordtest.Entry("new", "mine"))
	_, all["get"] = r.Get(ctx, "a")
	_, all["save"] = r.Save(ctx, e, record.News{Token: "token"})
	_, _, all["claim"] = r.Claim(ctx, e, "TX", record.News{})
	_, all["by reference"] = r.ByReference(ctx, "reference", 1)
	all["all"] = r.All(ctx, func(record.Entry) error { return nil })
	_, all["token"] = r.Token(ctx, "mine")
	_, all["deadlines"] = r.Deadlines(ctx, "mine", now)
	_, _, all["reserve"] = r.Reserve(ctx, "", "key", now, now)
	all["free"] = r.Free(ctx, "key")
	all["alive"] = r.Alive(ctx, "server", time.Minute)
	_, all["take"] = r.Take(ctx, "server", now, 1)
	_, all["take one"] = r.TakeOne(ctx, "server", "a")
	all["leave"] = r.Leave(ctx, "server", "a", now)
	_, all["take deliveries"] = r.TakeDeliveries(ctx, "server", now, 1)
	all["save delivery"] = r.SaveDelivery(ctx, record.Delivery{ID: "a-b"})
	_, all["delivery"] = r.Delivery(ctx, "a-b")
	_, all["deliveries"] = r.Deliveries(ctx, "", "", 1)
	_, all["waiting"] = r.Waiting(ctx)
	_, all["spend"] = r.Spend(ctx, now, record.Spending{Most: 1})
	_, all["purge"] = r.Purge(ctx, now, record.Ages{Ended: time.Hour}, 1)
	return all
}

// A database that goes away fails every call soon. When it is back, all goes on by itself, and nothing is lost.
func TestDatabaseGoesAwayAndComesBack(t *testing.T) {
	own, err := postgrestest.Start()
	if err != nil {
		t.Fatal(err)
	}
	defer own.Remove()
	r := open(t, strings.Replace(own.URL("postgres"), "postgres@", "postgres:"+password+"@", 1))
	const before = 20
	booked := make(chan error, before)
	for n := range before { // so that there are many connections
		go func() {
			e := recordtest.Entry(payload.UUID(fmt.Sprint(n)), "mine")
			err := r.Add(t.Context(), e)
			if err == nil {
				e.Version = 1
				_, _, err = r.Claim(t.Context(), e, fmt.Sprint("TX", n), record.News{})
			}
			booked <- err
		}()
	}
	for range before {
		if err := <-booked; err != nil {
			t.Fatal(err)
		}
	}
	if err := own.Stop(); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	for what, err := range calls(t.Context(), r) {
		if !errors.Is(err, record.ErrAway) || strings.Contains(err.Error(), password) {
			t.Errorf("%s: got %v, want that the record is away, and no password", what, err)
		}
	}
	if took := time.Since(began); took > patience {
		t.Errorf("it took %v until all calls had failed, want less than %v", took, patience)
	}
	if err := own.Resume(); err != nil {
		t.Fatal(err)
	}
	for r.Ping(t.Context()) != nil {
		if time.Since(began) > time.Minute {
			t.Fatal("it is not back")
		}
	}
	for n := range before {
		e, err := r.Get(t.Context(), payload.UUID(fmt.Sprint(n)))
		if err != nil || e.Version != 2 {
			t.Errorf("%d: got version %d, %v, want what was booked", n, e.Version, err)
		}
	}
	if err := r.Add(t.Context(), recordtest.Entry("new", "mine")); err != nil {
		t.Errorf("got %v, want it to go on", err)
	}
}

// A database that takes long, since somebody holds what a call needs, is away as well.
func TestDatabaseThatIsStuck(t *testing.T) {
	url := create(t, prepared)
	r := open(t, url)
	r.patience = 300 * time.Millisecond
	e := recordtest.Entry("a", "mine")
	if err := r.Add(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	tx, err := r.pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(t.Context())
	if _, err := tx.Exec(t.Context(), "lock table xaman_live.orders"); err != nil {
		t.Fatal(err)
	}
	if _, err = r.Get(t.Context(), "a"); !errors.Is(err, record.ErrAway) {
		t.Errorf("got %v, want that it is away", err)
	}
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Get(t.Context(), "a"); err != nil {
		t.Errorf("got %v, want it back", err)
	}
}

// What a caller gives up has not failed for the database's sake.
func TestCallerGivesUp(t *testing.T) {
	r := open(t, create(t, prepared))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for what, err := range calls(ctx, r) {
		if !errors.Is(err, context.Canceled) || errors.Is(err, record.ErrAway) {
			t.Errorf("%s: got %v, want that the caller has given up", what, err)
		}
	}
}

// A fault of what is stored, or of this server, does not go by itself.
func TestFaultsAreNotAway(t *testing.T) {
	url := create(t, prepared)
	r := open(t, url)
	if err := r.Add(t.Context(), recordtest.Entry("a", "mine")); err != nil {
		t.Fatal(err)
	}
	execute(t, url, `update xaman_live.orders set entry = '[]'`)
	if _, err := r.Get(t.Context(), "a"); err == nil || errors.Is(err, record.ErrAway) {
		t.Errorf("got %v, want that it cannot be read", err)
	}
	execute(t, url, `drop table xaman_live.tokens`)
	if _, err := r.Token(t.Context(), "mine"); err == nil || errors.Is(err, record.ErrAway) {
		t.Errorf("got %v, want that there is no such table", err)
	}
}
