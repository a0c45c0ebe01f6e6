package backend

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/xaman-live/xaman-live/devserver/ledger"
	"github.com/xaman-live/xaman-live/devserver/record"
	"github.com/xaman-live/xaman-live/devserver/verify"
	"github.com/xaman-live/xaman-live/devserver/xaman"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

func TestPace(t *testing.T) {
	began := time.Date(2026, 1, 5, 10, 0, 0, 0, time.UTC)
	p := pace{began: began, ask: began}
	var asked []time.Duration
	for at := time.Duration(0); at < 3*time.Minute; at += 100 * time.Millisecond {
		if p.asking(began.Add(at)) {
			asked = append(asked, at)
		}
	}
	want := "[0s 1s 3s 7s 15s 31s 1m1s 1m31s 2m1s 2m31s]"
	if fmt.Sprint(asked) != want {
		t.Errorf("platform: got asks at %v, want %s", asked, want)
	}
	for _, tt := range []struct {
		after    time.Duration
		checking bool
		want     time.Duration
	}{
		{0, true, steadily}, {steadyFor - 1, true, steadily}, {steadyFor, true, seldom}, {followFor, true, seldom},
		{150 * time.Second, false, 31 * time.Second},
	} {
		if got := p.next(began.Add(tt.after), tt.checking); got != tt.want {
			t.Errorf("after %v, checking %v: got %v, want %v", tt.after, tt.checking, got, tt.want)
		}
	}
}

// livePayment is a payment as a page lives it, which asks when its socket is there, when it hears of the signature, and
// every second from then on. It returns how long after the ledger it has the verdict.
func livePayment(t *testing.T, f *fakePlatform, node *fakeNode, b *browser, closes time.Duration) time.Duration {
	t.Helper()
	node.missing.Store(true)
	b.create("pay")
	b.get()
	time.Sleep(20 * time.Second)
	f.become(metaSigned, true)
	signed := time.Now()
	go func() {
		time.Sleep(closes)
		node.missing.Store(false)
	}()
	for b.get().Verdict == payload.VerdictChecking {
		time.Sleep(time.Second)
	}
	f.become(metaSigned, false)
	return time.Since(signed) - closes
}

// The page has the verdict with the first ask after the ledger, and the platform is called about five times.
func TestVerdictIsThereWhenThePageAsks(t *testing.T) {
	for closes := 100 * time.Millisecond; closes < 4*time.Second; closes += 170 * time.Millisecond {
		t.Run(closes.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f, node := &fakePlatform{left: 300}, &fakeNode{}
				backend, _ := newTestBackend(t, t.TempDir(), f, node, nil)
				behind := livePayment(t, f, node, browserOf(t, backend), closes)
				if behind > time.Second {
					t.Errorf("the page is %v behind the ledger, want no more than a second", behind)
				}
				if calls := f.calls.Load(); calls > 5 {
					t.Errorf("got %d calls to the platform, want no more than 5", calls)
				}
				// One for the order, and two in each round.
				if calls, most := node.calls.Load(), int64(1+2*(2+closes/steadily+closes/leastLook)); calls > most {
					t.Errorf("got %d calls to the ledger in %v, want no more than %d", calls, closes, most)
				}
			})
		})
	}
}

// seen is what a test may see of a record while the background goes on with it.
type seen struct {
	record.Entry
	followed bool
}

func see(t *testing.T, r *request) seen {
	t.Helper()
	h, err := r.take(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer h.end()
	return seen{r.Entry, r.followed}
}

// The platform and its node answer slowly: who asks is not kept waiting for that.
func TestAskingDoesNotWaitForTheLedger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, node := &fakePlatform{meta: metaSigned}, &fakeNode{}
		node.slow.Store(int64(5 * time.Second))
		_, b := ordered(t, f, node, nil)
		began := time.Now()
		if a := b.get(); a.Verdict != payload.VerdictChecking || time.Since(began) != 400*time.Millisecond {
			t.Errorf("got %s after %v, want checking after 400 ms", a.Verdict, time.Since(began))
		}
		time.Sleep(30 * time.Second)
		if a := b.get(); a.Verdict != payload.VerdictVerified {
			t.Errorf("got %s, want it verified in the end", a.Verdict)
		}
	})
}

// A request of which the platform knows nothing is not followed any more, until there is news.
func TestUnknownRequestIsFollowedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log strings.Builder
		f := &fakePlatform{}
		backend, b := ordered(t, f, &fakeNode{}, slog.New(slog.NewTextHandler(&log, nil)))
		time.Sleep(spreading)
		f.change(func() { f.refuse = func(string) (int, string) { return 404, `{"error":{"code":404}}` } })
		b.do(webhook(testUUID, "null"))
		time.Sleep(time.Hour)
		calls := f.calls.Load()
		r, err := backend.requests.get(t.Context(), testUUID)
		if err != nil || see(t, r).followed || calls > 5 {
			t.Errorf("got %v after %d calls, want it to be given up soon", err, calls)
		}
		if want := `msg="the platform knows nothing of a request" uuid=9A2C`; !strings.Contains(log.String(), want) {
			t.Errorf("got log %s, want %s", log.String(), want)
		}
		f.change(func() { f.refuse = nil })
		f.become(metaSigned, false)
		b.do(webhook(testUUID, "null"))
		synctest.Wait()
		if got := see(t, r).Answer.Verdict; got != payload.VerdictVerified {
			t.Errorf("got %s, want it verified after another webhook", got)
		}
	})
}

// What a webhook has announced is over when the platform shows it, or a restart would ask for ever.
func TestAnnouncementIsCleared(t *testing.T) {
	for name, meta := range map[string]xaman.Meta{"signed": metaSigned, "declined": {Resolved: true, AppOpened: true}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := &fakePlatform{meta: xaman.Meta{AppOpened: true}}
				backend, b := ordered(t, f, nil, nil)
				b.do(webhook(testUUID, "null"))
				synctest.Wait()
				r, err := backend.requests.get(t.Context(), testUUID)
				if err != nil || !see(t, r).Announced {
					t.Fatalf("got %+v, %v, want it announced", r, err)
				}
				if all, err := backend.record.Unfinished(t.Context(), time.Now().Add(24*time.Hour)); err != nil || len(all) != 1 {
					t.Errorf("got %q, %v, want it to be unfinished for as long as that takes", all, err)
				}
				f.become(meta, false)
				time.Sleep(time.Minute)
				synctest.Wait()
				if see(t, r).Announced {
					t.Error("it is announced still")
				}
				if all, err := backend.record.Unfinished(t.Context(), time.Now().Add(24*time.Hour)); err != nil || len(all) != 0 {
					t.Errorf("got %q, %v, want nothing unfinished", all, err)
				}
			})
		})
	}
}

// Evidence is about one transaction. When the platform shows another one, it is gathered again.
func TestEvidenceIsForOneTransaction(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakePlatform{meta: metaSigned}
		backend, _ := ordered(t, f, nil, nil)
		r := kept(t, backend)
		for _, tt := range []struct {
			name string
			hex  string
			kept bool
		}{{"same", signatures["Payment"].blob, true}, {"another", "1200", false}} {
			r.Signed = &xaman.Payload{Response: xaman.Response{Hex: tt.hex}}
			r.Evidence = verify.Evidence{Server: &ledger.Server{Validated: 7}}
			if err := backend.ask(t.Context(), held{r}); err != nil {
				t.Fatal(err)
			}
			if (r.Evidence.Server != nil) != tt.kept {
				t.Errorf("%s transaction: got evidence %+v, want it kept: %v", tt.name, r.Evidence, tt.kept)
			}
		}
	})
}

// A server that was away goes through what it left behind, so many at a time, and what was signed comes first.
func TestResumeIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakePlatform{allowed: mostCalls, slow: time.Second}
		backend, _ := newTestBackend(t, t.TempDir(), f, nil, nil)
		b := browserOf(t, backend)
		for range 3 * resumedAtOnce {
			b.other().create("pay")
		}
		before := f.calls.Load()
		if err := backend.resume(t.Context()); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		inUse := func() (n int) {
			backend.requests.mu.Lock()
			defer backend.requests.mu.Unlock()
			for _, r := range backend.requests.kept {
				n += r.users
			}
			return n
		}
		if got := inUse(); got != resumedAtOnce {
			t.Errorf("got %d requests followed at once, want %d", got, resumedAtOnce)
		}
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		if got := inUse(); got != 0 {
			t.Errorf("got %d requests that nobody has opened followed still", got)
		}
		if calls := f.calls.Load() - before; calls != 3*resumedAtOnce {
			t.Errorf("got %d calls to the platform, want one for each request", calls)
		}
	})
}

// The platform is out of reach while the server starts.
func TestResumeWaitsForThePlatform(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakePlatform{meta: metaSigned}
		backend, _ := ordered(t, f, nil, nil)
		f.change(func() { f.refuse = func(string) (int, string) { return 502, "" } })
		if err := backend.resume(t.Context()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute)
		f.change(func() { f.refuse = nil })
		time.Sleep(lastAsk)
		synctest.Wait()
		if r, err := backend.requests.get(t.Context(), testUUID); err != nil || r.Answer.Verdict != payload.VerdictVerified {
			t.Errorf("got %+v, %v, want it verified", r.Answer, err)
		}
	})
}

func TestNoBackendWithoutItsRecord(t *testing.T) {
	backend, _ := newTestBackend(t, t.TempDir(), &fakePlatform{}, nil, nil)
	closeRecord(backend)
	b, err := New(t.Context(), Options{Platform: backend.platform, Record: backend.record})
	if b != nil || err == nil || errors.Is(err, errNotFound) {
		t.Errorf("got %v, %v, want an error", b, err)
	}
}
