package backend

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/xaman-live/xaman-live/devserver/record"
	"github.com/xaman-live/xaman-live/devserver/xaman"
	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// sharedRecord is a record that other servers write to as well. It may be cut off, for all of them or for one.
type sharedRecord struct {
	record.Record
	away, cut *atomic.Bool
	claims    *atomic.Int64 // that were granted
}

func (r sharedRecord) Shared() bool { return true }

func (r sharedRecord) reach() error {
	if r.away.Load() || r.cut.Load() {
		return fmt.Errorf("dial: %w", record.ErrAway)
	}
	return nil
}

func (r sharedRecord) Add(ctx context.Context, e record.Entry) error {
	if err := r.reach(); err != nil {
		return err
	}
	return r.Record.Add(ctx, e)
}

func (r sharedRecord) Get(ctx context.Context, uuid payload.UUID) (record.Entry, error) {
	if err := r.reach(); err != nil {
		return record.Entry{}, err
	}
	return r.Record.Get(ctx, uuid)
}

func (r sharedRecord) Save(ctx context.Context, e record.Entry, n record.News) (record.Entry, error) {
	if err := r.reach(); err != nil {
		return record.Entry{}, err
	}
	return r.Record.Save(ctx, e, n)
}

func (r sharedRecord) Claim(
	ctx context.Context, e record.Entry, txid string, n record.News,
) (kept record.Entry, free bool, err error) {
	if err := r.reach(); err != nil {
		return record.Entry{}, false, err
	}
	if kept, free, err = r.Record.Claim(ctx, e, txid, n); free && err == nil {
		r.claims.Add(1)
	}
	return kept, free, err
}

func (r sharedRecord) Deadlines(ctx context.Context, session string, now time.Time) ([]time.Time, error) {
	if err := r.reach(); err != nil {
		return nil, err
	}
	return r.Record.Deadlines(ctx, session, now)
}

func (r sharedRecord) Alive(ctx context.Context, server string, lasting time.Duration) error {
	if err := r.reach(); err != nil {
		return err
	}
	return r.Record.Alive(ctx, server, lasting)
}

func (r sharedRecord) Take(
	ctx context.Context, server string, now time.Time, most int,
) ([]payload.UUID, error) {
	if err := r.reach(); err != nil {
		return nil, err
	}
	return r.Record.Take(ctx, server, now, most)
}

func (r sharedRecord) TakeOne(ctx context.Context, server string, uuid payload.UUID) (bool, error) {
	if err := r.reach(); err != nil {
		return false, err
	}
	return r.Record.TakeOne(ctx, server, uuid)
}

func (r sharedRecord) Leave(ctx context.Context, server string, uuid payload.UUID, due time.Time) error {
	if err := r.reach(); err != nil {
		return err
	}
	return r.Record.Leave(ctx, server, uuid, due)
}

func (r sharedRecord) TakeDeliveries(
	ctx context.Context, server string, now time.Time, most int,
) ([]record.Delivery, error) {
	if err := r.reach(); err != nil {
		return nil, err
	}
	return r.Record.TakeDeliveries(ctx, server, now, most)
}

func (r sharedRecord) SaveDelivery(ctx context.Context, d record.Delivery) error {
	if err := r.reach(); err != nil {
		return err
	}
	return r.Record.SaveDelivery(ctx, d)
}

// cluster is several servers with one record, on one platform.
type cluster struct {
	*testing.T
	f       *fakePlatform
	node    *fakeNode
	file    *record.File
	servers []*Backend
	cut     []*atomic.Bool // from the record, by server
	away    *atomic.Bool   // the record, from all
	claims  *atomic.Int64
	log     *lockedText

	mu   sync.Mutex
	told map[string]int // events, by their IDs
}

// logged is how many times a text was logged.
func (c *cluster) logged(text string) int { return strings.Count(c.log.String(), text) }

// sharing is a test with a clock of its own, of so many servers.
func sharing(t *testing.T, servers int, f *fakePlatform, act func(*cluster)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		file, err := record.Open(t.TempDir(), func(err error) { t.Errorf("the record is lost: %v", err) })
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		c := &cluster{
			T: t, f: f, node: &fakeNode{}, away: &atomic.Bool{}, claims: &atomic.Int64{}, log: &lockedText{},
			told: map[string]int{}, file: file,
		}
		for range servers {
			c.start()
		}
		defer func() {
			for _, b := range c.servers {
				b.Close()
			}
		}()
		act(c)
	})
}

// start starts one more server.
func (c *cluster) start() {
	cut := &atomic.Bool{}
	o := testOptions(c.T, c.f, c.node, slog.New(slog.NewTextHandler(c.log, nil)))
	o.Server, o.Record = fmt.Sprint(len(c.servers)), sharedRecord{c.file, c.away, cut, c.claims}
	o.OnVerdict = func(_ context.Context, v Verdict) error {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.told[v.ID]++
		return nil
	}
	c.servers, c.cut = append(c.servers, startTestBackend(c.T, o)), append(c.cut, cut)
}

// at is a browser that comes to one of the servers.
func (c *cluster) at(n int, b *browser) *browser {
	other := browserOf(c.T, c.servers[n])
	if b != nil {
		other.cookies = b.cookies
	}
	return other
}

func (c *cluster) pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// wantTold wants that each event was told once.
func (c *cluster) wantTold(ids ...string) {
	c.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, id := range ids {
		if c.told[id] != 1 {
			c.Errorf("got %s told %d times, want once", id, c.told[id])
		}
	}
	if len(c.told) != len(ids) {
		c.Errorf("got %v told, want %v", c.told, ids)
	}
}

const verifiedID = testUUID + "-verified-hook"

// Whichever server a visitor comes to, and whichever hears of the signature, the order is judged once.
func TestServersShareTheWork(t *testing.T) {
	sharing(t, 3, &fakePlatform{allowed: mostCalls}, func(c *cluster) {
		c.node.missing.Store(true)
		page := c.at(0, nil)
		page.create("pay")
		c.f.become(metaSigned, false)
		c.at(1, nil).do(webhook(testUUID, "null"))
		for range 10 {
			for n := range c.servers {
				if a := c.at(n, page).get(); a.Status != payload.StatusSigned || a.Verdict != payload.VerdictChecking {
					c.Fatalf("server %d: got %+v, want it to be checked", n, a)
				}
			}
			time.Sleep(time.Second)
		}
		followers := 0
		for _, b := range c.servers {
			followers += int(b.followed.Load())
		}
		if followers != 1 {
			c.Errorf("got %d servers that follow it, want one", followers)
		}
		c.node.missing.Store(false)
		c.pass(2 * steadily)
		for n := range c.servers {
			if a := c.at(n, page).get(); a.Verdict != payload.VerdictVerified {
				c.Errorf("server %d: got %+v, want it verified", n, a)
			}
		}
		if n := c.logged("event=verified after="); n != 1 || c.claims.Load() != 1 {
			c.Errorf("got it judged %d times, and %d claims, want one", n, c.claims.Load())
		}
		c.wantTold(verifiedID)
	})
}

// A server that is cut off, as one that was killed is, is followed by another within ten seconds.
func TestServerThatDiesIsTakenOver(t *testing.T) {
	sharing(t, 2, &fakePlatform{allowed: mostCalls, meta: metaSigned}, func(c *cluster) {
		c.node.missing.Store(true)
		page := c.at(0, nil)
		page.create("pay")
		page.get()
		c.pass(1700 * time.Millisecond)
		dead := slices.IndexFunc(c.servers, func(b *Backend) bool { return b.followed.Load() == 1 })
		c.cut[dead].Store(true)
		died := time.Now()
		c.node.missing.Store(false)
		for c.claims.Load() == 0 && time.Since(died) < time.Minute {
			c.pass(100 * time.Millisecond)
		}
		if took := time.Since(died); took >= 10*time.Second {
			c.Errorf("got it taken over after %v, want it within 10 s", took)
		}
		c.pass(5 * time.Second)
		c.cut[dead].Store(false) // it was not dead after all
		c.pass(time.Minute)
		if a := c.at(dead, page).get(); a.Verdict != payload.VerdictVerified || c.claims.Load() != 1 {
			c.Errorf("got %+v and %d claims, want it verified once", a, c.claims.Load())
		}
		c.wantTold(verifiedID)
	})
}

// A server that ends leaves to another at once what it has followed.
func TestServerThatEndsLeavesItsWork(t *testing.T) {
	sharing(t, 2, &fakePlatform{allowed: mostCalls, meta: metaSigned}, func(c *cluster) {
		c.node.missing.Store(true)
		page := c.at(0, nil)
		page.create("pay")
		page.get()
		c.servers[0].Close()
		c.node.missing.Store(false)
		c.pass(2 * takeEvery)
		if a := c.at(1, page).get(); a.Verdict != payload.VerdictVerified {
			c.Errorf("got %+v, want it verified by the other", a)
		}
		c.wantTold(verifiedID)
	})
}

// The record is away for half a minute, in the middle of everything.
func TestRecordThatIsAway(t *testing.T) {
	sharing(t, 2, &fakePlatform{allowed: mostCalls}, func(c *cluster) {
		page := c.at(0, nil)
		page.create("pay")
		c.node.missing.Store(true)
		c.f.become(metaSigned, false)
		page.get()
		waiting := c.at(1, nil)
		made := decodeAnswer(c.T, waiting.call("POST", "/api/sign-requests", `{"demo":"sign-in"}`))
		c.pass(time.Second)
		c.away.Store(true)
		c.node.missing.Store(false)
		for range 30 {
			c.pass(time.Second)
			for _, call := range []struct{ method, path, body string }{
				{"GET", onePath, ""}, {"DELETE", onePath, ""}, {"POST", "/api/sign-requests", `{"demo":"pay"}`},
			} {
				w := page.call(call.method, call.path, call.body)
				if checkError(c.T, w, api.Unavailable); w.Header().Get("Retry-After") != "5" {
					c.Errorf("%s: got Retry-After %q, want 5", call.method, w.Header().Get("Retry-After"))
				}
			}
			checkError(c.T, c.at(1, nil).do(webhook(string(made.UUID), "null")), api.Unavailable)
		}
		c.away.Store(false)
		c.pass(5 * time.Second)
		c.at(1, nil).do(webhook(string(made.UUID), "null")) // again, as the platform does
		c.pass(5 * time.Second)
		w := waiting.call("GET", "/api/sign-requests/"+string(made.UUID), "")
		if a := decodeAnswer(c.T, w); a.Verdict != payload.VerdictVerified {
			c.Errorf("got %+v, want the webhook to have counted", a)
		}
		if c.claims.Load() != 2 {
			c.Errorf("got %d claims, want both", c.claims.Load())
		}
		if got := c.logged(`msg="no answer, trying again" from=record`); got > 2 {
			c.Errorf("got %d lines for one outage, want one of each server", got)
		}
		c.wantTold(verifiedID, string(made.UUID)+"-verified-hook")
	})
}

// What one server has changed another one sees, and does not undo.
func TestServersSeeEachOthersChanges(t *testing.T) {
	f := &fakePlatform{allowed: mostCalls, meta: xaman.Meta{AppOpened: true}}
	sharing(t, 2, f, func(c *cluster) {
		page := c.at(0, nil)
		page.create("pay")
		if a := c.at(1, page).get(); a.Status != payload.StatusOpened {
			c.Fatalf("got %+v, want it opened", a)
		}
		c.f.change(func() { c.f.cancel, c.f.meta = xaman.Cancellation{Cancelled: true, Reason: "OK"}, xaman.Meta{} })
		page.call("DELETE", onePath, "")
		time.Sleep(freshFor)
		for n := range c.servers {
			if a := c.at(n, page).get(); a.Status != payload.StatusCancelled {
				c.Errorf("server %d: got %+v, want it cancelled", n, a)
			}
		}
		c.pass(takeEvery)
		c.wantTold(testUUID + "-cancelled-hook")
	})
}

// The limits hold for all servers together, and a key makes one request whichever server it comes to.
func TestServersShareLimitsAndKeys(t *testing.T) {
	sharing(t, 3, &fakePlatform{slow: time.Second}, func(c *cluster) {
		first := c.at(0, nil)
		first.call("GET", "/", "")
		var all sync.WaitGroup
		made := make([]payload.UUID, 3)
		for n := range c.servers {
			page := browserOf(c.T, c.servers[n])
			page.with(first.cookies)
			all.Go(func() { made[n] = decodeAnswer(c.T, page.post("pay", "k")).UUID })
		}
		all.Wait()
		if made[0] != testUUID || made[1] != testUUID || made[2] != testUUID {
			c.Errorf("got %v, want one request", made)
		}
		created := 0
		for n := range 90 {
			if c.at(n%3, nil).call("POST", "/api/sign-requests", `{"demo":"pay"}`).Code == 201 {
				created++
			}
		}
		if most := leastCalls / 4 * 2; created == 0 || created > most {
			c.Errorf("got %d requests made from one address in 90 s, want some, and no more than %d", created, most)
		}
	})
}
