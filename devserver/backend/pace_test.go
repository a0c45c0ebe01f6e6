package backend

import (
	"errors"
	"fmt"
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
	waiting, told := record.Entry{}, record.Entry{Announced: true, Since: began}
	checking := told
	checking.Answer.Verdict = payload.VerdictChecking
	for _, tt := range []struct {
		name  string
		after time.Duration
		entry record.Entry
		want  time.Duration
		long  bool
	}{
		{"signed", 0, checking, steadily, false},
		{"for two minutes", steadyFor - 1, checking, steadily, false},
		{"for more", steadyFor, checking, seldom, false},
		{"for long", followFor, checking, putOff, true},
		{"announced", 150 * time.Second, told, 31 * time.Second, false},
		{"announced long ago", followFor, told, putOff, true},
		{"nobody cares", 0, waiting, putOffIdle, true},
	} {
		if got, long := p.next(began.Add(tt.after), tt.entry); got != tt.want || long != tt.long {
			t.Errorf("%s: got %v, %t, want %v, %t", tt.name, got, long, tt.want, tt.long)
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
			visiting(t, &fakePlatform{left: 300}, func(v *visit) {
				if behind := livePayment(v.T, v.f, v.node, v.browser, closes); behind > time.Second {
					v.Errorf("the page is %v behind the ledger, want no more than a second", behind)
				}
				if calls := v.f.calls.Load(); calls > 5 {
					v.Errorf("got %d calls to the platform, want no more than 5", calls)
				}
				// One for the order, and two in each round.
				if calls, most := v.node.calls.Load(), int64(1+2*(2+closes/steadily+closes/leastLook)); calls > most {
					v.Errorf("got %d calls to the ledger in %v, want no more than %d", calls, closes, most)
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

func see(t testing.TB, r *request) seen {
	t.Helper()
	h, err := r.take(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer h.end()
	return seen{r.Entry, r.term != nil}
}

// The platform and its node answer slowly: who asks is not kept waiting for that.
func TestAskingDoesNotWaitForTheLedger(t *testing.T) {
	paying(t, &fakePlatform{meta: metaSigned}, func(v *visit) {
		v.node.slow.Store(int64(5 * time.Second))
		began := time.Now()
		v.want(payload.VerdictChecking)
		if waited := time.Since(began); waited != 400*time.Millisecond {
			v.Errorf("got an answer after %v, want it after 400 ms", waited)
		}
		time.Sleep(30 * time.Second)
		v.want(payload.VerdictVerified)
	})
}

// A request of which the platform knows nothing is not followed any more, until there is news.
func TestUnknownRequestIsFollowedAgain(t *testing.T) {
	paying(t, &fakePlatform{}, func(v *visit) {
		time.Sleep(spreading)
		v.refuses(404, `{"error":{"code":404}}`)
		v.announce()
		time.Sleep(time.Hour)
		if calls := v.f.calls.Load(); see(v.T, v.kept()).followed || calls > 5 {
			v.Errorf("got it followed, or %d calls, want it to be given up soon", calls)
		}
		v.wantLog(`msg="the platform knows nothing of a request" uuid=9a2c7a52`, 1)
		v.refuses(0, "")
		v.says(metaSigned)
		v.announce()
		synctest.Wait()
		v.wantKept(payload.VerdictVerified)
	})
}

// What a webhook has announced is over when the platform shows it, or a restart would ask for ever.
func TestAnnouncementIsCleared(t *testing.T) {
	for name, meta := range map[string]xaman.Meta{"signed": metaSigned, "declined": {Resolved: true, AppOpened: true}} {
		t.Run(name, func(t *testing.T) {
			paying(t, &fakePlatform{meta: xaman.Meta{AppOpened: true}}, func(v *visit) {
				want := func(announced bool) {
					v.Helper()
					if e := see(v.T, v.kept()); e.Announced != announced || e.Due().IsZero() == announced {
						v.Errorf("got announced: %t, and due %v", e.Announced, e.Due())
					}
				}
				v.announce()
				synctest.Wait()
				want(true)
				v.says(meta)
				v.pass(time.Minute)
				want(false)
			})
		})
	}
}

// Evidence is about one transaction. When the platform shows another one, it is gathered again.
func TestEvidenceIsForOneTransaction(t *testing.T) {
	paying(t, &fakePlatform{meta: metaSigned}, func(v *visit) {
		r := v.kept()
		for hex, kept := range map[string]bool{signatures["Payment"].blob: true, "1200": false} {
			r.Signed = &xaman.Payload{Response: xaman.Response{Hex: hex}}
			r.Evidence = verify.Evidence{Server: &ledger.Server{Validated: 7}}
			if err := v.backend.ask(v.Context(), held{r}); err != nil || (r.Evidence.Server != nil) != kept {
				v.Errorf("%s: got %v and evidence %+v, want it kept: %v", hex, err, r.Evidence, kept)
			}
		}
	})
}

// A server goes through what nobody cares for, so many at a time, when it is too late to open.
func TestFewAreFollowedAtOnce(t *testing.T) {
	visiting(t, &fakePlatform{allowed: mostCalls, slow: time.Second}, func(v *visit) {
		v.backend.most.Store(10)
		for range 30 {
			v.other().create("pay")
		}
		before := v.f.calls.Load()
		v.pass(4*time.Minute + 36*time.Second) // from the first to the last of them it was half a minute
		v.wantUsers(1)
		v.pass(time.Minute)
		v.wantUsers(0)
		v.wantCalls("one for each request", before+30)
	})
}

// The platform is out of reach when a server goes on with what another one has left.
func TestResumeWaitsForThePlatform(t *testing.T) {
	paying(t, &fakePlatform{meta: metaSigned}, func(v *visit) {
		v.refuses(502, "")
		v.announce()
		v.stop()
		v.start(v.options)
		v.pass(time.Minute)
		v.refuses(0, "")
		v.pass(lastAsk)
		v.wantKept(payload.VerdictVerified)
	})
}

func TestNoBackendWithoutItsRecord(t *testing.T) {
	backend, _ := newTestBackend(t, t.TempDir(), &fakePlatform{}, nil, nil)
	closeRecord(backend)
	b, err := New(t.Context(), Options{
		Origin: "http://shop.example", Networks: backend.networks, Network: testNetwork,
		Platform: backend.platform, Record: backend.record,
	})
	if b != nil || err == nil || errors.Is(err, errNotFound) {
		t.Errorf("got %v, %v, want an error", b, err)
	}
}
