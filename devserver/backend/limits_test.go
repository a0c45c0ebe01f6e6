package backend

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/xaman-live/xaman-live/devserver/record"
	"github.com/xaman-live/xaman-live/devserver/xaman"
	"github.com/xaman-live/xaman-live/wasm/api"
	"github.com/xaman-live/xaman-live/wasm/payload"
)

// at is the same browser, at another address.
func (b *browser) at(address string) *browser {
	handler := b.handler
	b.handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.RemoteAddr = address
		handler.ServeHTTP(w, r)
	})
	return b
}

const (
	customers = "192.0.2.1:40000"
	attackers = "198.51.100.%d:40000"
)

// Somebody who throws his cookies away asks for 599 requests, the platform's allowance for a minute.
func TestManyCreationsLeaveRoomForAPayment(t *testing.T) {
	visiting(t, &fakePlatform{allowed: 600}, func(v *visit) {
		attacker := v.other()
		v.at(customers).create("pay")
		refused := 0
		for n := range 599 {
			r := httptest.NewRequest("POST", "/api/sign-requests", strings.NewReader(`{"demo":"pay"}`))
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("X-Forwarded-For", fmt.Sprintf(attackers, n%250))
			w := attacker.other().at(fmt.Sprintf(attackers, 1)).do(r)
			if w.Code == http.StatusCreated {
				continue
			}
			refused++
			checkError(v.T, w, api.TooManyRequests)
			if wait, err := strconv.Atoi(w.Header().Get("Retry-After")); err != nil || wait < 1 || wait > 60 {
				v.Errorf("got Retry-After %q, want seconds", w.Header().Get("Retry-After"))
			}
		}
		if made := 599 - refused; made < 50 || made > 150 {
			v.Errorf("got %d requests made by one address, want the limit to hold, and journeys to be possible", made)
		}
		v.says(metaSigned)
		v.want(payload.VerdictVerified)
		v.create("pay")
	})
}

// Somebody polls sixty requests of his own. What was signed is confirmed nonetheless, when the customer asks, and if
// the platform has told of it even when he comes from the same address, or from several.
func TestPollingLeavesRoomForAPayment(t *testing.T) {
	for _, from := range [][]string{
		{customers}, {fmt.Sprintf(attackers, 0)},
		{fmt.Sprintf(attackers, 0), fmt.Sprintf(attackers, 1), fmt.Sprintf(attackers, 2), fmt.Sprintf(attackers, 3)},
	} {
		t.Run(fmt.Sprint(from), func(t *testing.T) {
			visiting(t, &fakePlatform{allowed: 600, meta: xaman.Meta{AppOpened: true}}, func(v *visit) {
				paths := map[*browser][]string{}
				for _, address := range from {
					paths[v.other().at(address)] = nil
				}
				v.at(customers).create("pay")
				for c := range paths {
					for range 60 {
						if w := c.call("POST", "/api/sign-requests", `{"demo":"pay"}`); w.Code == http.StatusCreated {
							paths[c] = append(paths[c], "/api/sign-requests/"+string(decodeAnswer(v.T, w).UUID))
						}
					}
				}
				for range 60 {
					for c, mine := range paths {
						for _, path := range mine {
							c.call("GET", path, "")
						}
					}
					time.Sleep(time.Second)
				}
				if calls := v.f.calls.Load(); calls > 600 {
					v.Errorf("got %d calls to the platform in a minute, want its limit to hold", calls)
				}
				v.says(metaSigned)
				if len(from) > 1 || from[0] == customers {
					v.announce()
				}
				synctest.Wait()
				v.want(payload.VerdictVerified)
			})
		})
	}
}

func TestOpenRequestsAreFew(t *testing.T) {
	f := &fakePlatform{allowed: 6000, cancel: xaman.Cancellation{Cancelled: true, Reason: "OK"}}
	visiting(t, f, func(v *visit) {
		refused := func() http.Header {
			v.Helper()
			w := v.call("POST", "/api/sign-requests", `{"demo":"pay"}`)
			checkError(v.T, w, api.TooManyRequests)
			return w.Header()
		}
		for range maxOpen {
			v.create("pay")
			time.Sleep(time.Second)
		}
		if got, want := refused().Get("Retry-After"), strconv.Itoa(5*60-maxOpen); got != want {
			v.Errorf("got Retry-After %s, want %s, when the first has expired", got, want)
		}
		v.other().create("pay")
		v.call("DELETE", onePath, "")
		v.create("pay")
		refused()
		time.Sleep(5 * time.Minute)
		v.create("pay")
	})
}

func TestLimits(t *testing.T) {
	type step struct {
		p     purpose
		who   caller
		tries int
		want  int // that are granted
	}
	mine, yours := caller{"s", "a"}, caller{"t", "b"}
	tests := []struct {
		name    string
		allowed int
		steps   []step
	}{
		{"one session creates", 600, []step{{creating, mine, 100, 66}}},
		{"one address creates", 600, []step{
			{creating, mine, 100, 66}, {creating, caller{"t", "a"}, 100, 34}, {creating, caller{"u", "a"}, 100, 0},
		}},
		{"one session asks", 600, []step{{asking, mine, 300, 150}}},
		{"one address asks", 600, []step{{asking, mine, 300, 150}, {asking, caller{"t", "a"}, 300, 50}}},
		{"creations count as calls", 600, []step{{creating, mine, 50, 50}, {asking, mine, 300, 100}}},
		{"another address", 600, []step{
			{asking, mine, 300, 150}, {asking, caller{"u", "a"}, 300, 50}, {asking, yours, 300, 150}, {creating, yours, 10, 0},
			{creating, caller{"v", "c"}, 10, 10},
		}},
		{"the server itself", 600, []step{{asking, caller{}, 1000, 450}, {confirming, caller{}, 1000, 150}}},
		{"what nobody cares for", 600, []step{{settling, caller{}, 1000, 225}, {creating, mine, 1, 1}}},
		{"the site's own program", 600, []step{{creating, program, 1000, 375}, {asking, program, 1000, 75}}},
		{"what was signed is nobody's", 600, []step{{asking, mine, 1000, 150}, {confirming, mine, 1000, 450}}},
		{"creations leave room", 600, []step{
			{confirming, caller{}, 375, 375}, {creating, mine, 1, 0}, {asking, mine, 1, 1},
		}},
		{"asks leave room", 600, []step{
			{confirming, caller{}, 450, 450}, {asking, mine, 1, 0}, {confirming, mine, 1, 1},
		}},
		{"nothing is known", 0, []step{{creating, mine, 100, 6}, {asking, mine, 100, 8}, {confirming, mine, 100, 46}}},
		{"the platform is mean", 1, []step{{confirming, mine, 100, 60}}},
		{"the platform is generous", 1 << 40, []step{{confirming, mine, 10_000, 6000}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := newTestLimits(t, tt.allowed)
			now := time.Date(2026, 1, 5, 10, 0, 0, 0, time.UTC)
			for i, s := range tt.steps {
				granted := 0
				for range s.tries {
					if l.take(now, s.p, s.who) == 0 {
						granted++
					}
				}
				if granted != s.want {
					t.Errorf("step %d: %d were granted, want %d", i, granted, s.want)
				}
			}
		})
	}
}

func TestLimitsComeBack(t *testing.T) {
	l := newTestLimits(t, 600)
	now := time.Date(2026, 1, 5, 10, 0, 0, 0, time.UTC)
	v := caller{"s", "a"}
	for {
		wait := l.take(now, creating, v)
		if wait == 0 {
			continue
		}
		if l.take(now.Add(wait-time.Millisecond), creating, v) == 0 {
			t.Error("granted before the wait was over")
		}
		if l.take(now.Add(wait), creating, v) > 0 {
			t.Error("refused after the wait was over")
		}
		break
	}
	for range 1000 {
		l.take(now, confirming, caller{})
	}
	if l.take(now.Add(59*time.Second), confirming, caller{}) == 0 {
		t.Error("the platform's minute is shorter than a minute")
	}
	if l.take(now.Add(61*time.Second), confirming, caller{}) > 0 {
		t.Error("the platform's minute does not end")
	}
}

// testLimits are limits that the record never fails to book.
type testLimits struct {
	t *testing.T
	limits
}

func newTestLimits(t *testing.T, allowed int) testLimits {
	f, err := record.Open(t.TempDir(), func(err error) { t.Errorf("the record is lost: %v", err) })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return testLimits{t, limits{func() int { return allowed }, f, &atomic.Int64{}}}
}

func (l testLimits) take(now time.Time, p purpose, from caller) time.Duration {
	wait, err := l.limits.take(l.t.Context(), now, p, from, "")
	if err != nil {
		l.t.Fatal(err)
	}
	return wait
}

// A server that has just started hears what is allowed, though others that share its record have made more calls than
// the least that is documented.
func TestServerFindsOutWhatIsAllowed(t *testing.T) {
	busy, now := newTestLimits(t, 600), time.Now()
	for range 300 {
		busy.take(now, confirming, caller{})
	}
	started := testLimits{t, limits{func() int { return 0 }, busy.record, &atomic.Int64{}}}
	for at, want := range []bool{true, false} {
		if granted := started.take(now, creating, caller{}) == 0; granted != want {
			t.Errorf("call %d: got it granted %t, want %t", at, granted, want)
		}
	}
	if started.take(now.Add(30*time.Second), confirming, caller{}) == 0 {
		t.Error("another call was granted within a minute")
	}
	now = now.Add(30 * time.Second)
	for range 300 {
		busy.take(now, confirming, caller{})
	}
	if started.take(now.Add(31*time.Second), creating, caller{}) > 0 {
		t.Error("no other call was granted after a minute")
	}
}

func TestVisitorOf(t *testing.T) {
	for address, want := range map[string]string{
		"192.0.2.1:40000": "192.0.2.1", "[2001:db8:1:2:3:4:5:6]:40000": "2001:db8:1:2::/64",
		"[::ffff:192.0.2.1]:1": "::ffff:192.0.2.1",
		"[::1]:40000":          "::/64", "": "", "@": "@",
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = address
		r.Header.Set("X-Forwarded-For", "203.0.113.9")
		r.Header.Set("Forwarded", "for=203.0.113.9")
		if got := callerOf(r); got.address != want || got.session != session(r) {
			t.Errorf("%s: got %+v, want %s", address, got, want)
		}
	}
}

// Under a limit of its own a page is told that the answer is old, and what is known stays.
func TestAnswersUnderALimitAreOld(t *testing.T) {
	paying(t, &fakePlatform{meta: xaman.Meta{AppOpened: true}, left: 300}, func(v *visit) {
		answers := map[bool]int64{} // by their being old
		for range 4 * 60 {
			w := v.call("GET", onePath, "")
			if decodeAnswer(v.T, w).Status != payload.StatusOpened {
				v.Fatalf("got %s, want the last answer", w.Body)
			}
			answers[stale(w)]++
			time.Sleep(250 * time.Millisecond)
		}
		// A request's own limit grants 30, and that of its session at a platform of which no more is known a few less.
		if given := v.f.calls.Load() - 1; answers[false] != given || answers[true] == 0 || given < 18 || given > 30 {
			v.Errorf("got old answers %v, want %d fresh ones, some 20, as the platform gave", answers, given)
		}
	})
}
