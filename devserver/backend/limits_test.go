package backend

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

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
		who   visitor
		tries int
		want  int // that are granted
	}
	mine, yours := visitor{"s", "a"}, visitor{"t", "b"}
	tests := []struct {
		name    string
		allowed int
		steps   []step
	}{
		{"one session creates", 600, []step{{creating, mine, 100, 66}}},
		{"one address creates", 600, []step{
			{creating, mine, 100, 66}, {creating, visitor{"t", "a"}, 100, 34}, {creating, visitor{"u", "a"}, 100, 0},
		}},
		{"one session asks", 600, []step{{asking, mine, 300, 150}}},
		{"one address asks", 600, []step{{asking, mine, 300, 150}, {asking, visitor{"t", "a"}, 300, 50}}},
		{"creations count as calls", 600, []step{{creating, mine, 50, 50}, {asking, mine, 300, 100}}},
		{"another address", 600, []step{
			{asking, mine, 300, 150}, {asking, visitor{"u", "a"}, 300, 50}, {asking, yours, 300, 150}, {creating, yours, 10, 0},
			{creating, visitor{"v", "c"}, 10, 10},
		}},
		{"the server itself", 600, []step{{asking, visitor{}, 1000, 450}, {confirming, visitor{}, 1000, 150}}},
		{"what was signed is nobody's", 600, []step{{asking, mine, 1000, 150}, {confirming, mine, 1000, 450}}},
		{"creations leave room", 600, []step{
			{confirming, visitor{}, 375, 375}, {creating, mine, 1, 0}, {asking, mine, 1, 1},
		}},
		{"asks leave room", 600, []step{
			{confirming, visitor{}, 450, 450}, {asking, mine, 1, 0}, {confirming, mine, 1, 1},
		}},
		{"nothing is known", 0, []step{{creating, mine, 100, 6}, {asking, mine, 100, 8}, {confirming, mine, 100, 46}}},
		{"the platform is mean", 1, []step{{confirming, mine, 100, 60}}},
		{"the platform is generous", 1 << 40, []step{{confirming, mine, 10_000, 6000}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := newLimits(func() int { return tt.allowed })
			now := time.Date(2026, 1, 5, 10, 0, 0, 0, time.UTC)
			for i, s := range tt.steps {
				granted := 0
				for range s.tries {
					wait, ok := l.take(now, s.p, s.who)
					if ok {
						granted++
					} else if wait <= 0 {
						t.Errorf("step %d: refused without a wait", i)
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
	l := newLimits(func() int { return 600 })
	now := time.Date(2026, 1, 5, 10, 0, 0, 0, time.UTC)
	v := visitor{"s", "a"}
	for {
		wait, ok := l.take(now, creating, v)
		if ok {
			continue
		}
		if _, ok := l.take(now.Add(wait-time.Millisecond), creating, v); ok {
			t.Error("granted before the wait was over")
		}
		if _, ok := l.take(now.Add(wait), creating, v); !ok {
			t.Error("refused after the wait was over")
		}
		break
	}
	for range 1000 {
		l.take(now, confirming, visitor{})
	}
	if _, ok := l.take(now.Add(59*time.Second), confirming, visitor{}); ok {
		t.Error("the platform's minute is shorter than a minute")
	}
	if _, ok := l.take(now.Add(61*time.Second), confirming, visitor{}); !ok {
		t.Error("the platform's minute does not end")
	}
}

func TestLimitsAreBoundInMemory(t *testing.T) {
	l := newLimits(func() int { return mostCalls })
	now := time.Date(2026, 1, 5, 10, 0, 0, 0, time.UTC)
	regular := visitor{"regular", "here"}
	for range 10 {
		l.take(now, asking, regular)
	}
	for n := range 5 * maxVisitors {
		now = now.Add(20 * time.Millisecond)
		l.take(now, asking, visitor{fmt.Sprint(n), fmt.Sprint(n)})
		l.take(now, asking, regular)
		if l.remembered() > maxVisitors {
			t.Fatalf("got %d buckets after %d visitors, want no more than %d", l.remembered(), n, maxVisitors)
		}
	}
	if b := l.recent["calls of regular"]; b == nil || b.used == 0 {
		t.Error("who comes all the time is forgotten for those who came once")
	}
	l.calls = window{}
	flooding := visitor{"flooding", "there"}
	granted := 0
	for n := range 5 * maxVisitors { // all at once
		if _, ok := l.take(now, asking, flooding); ok {
			granted++
		}
		l.take(now, asking, visitor{fmt.Sprint("x", n), fmt.Sprint("x", n)})
		if l.calls = (window{}); l.remembered() > maxVisitors {
			t.Fatalf("got %d buckets, want no more than %d", l.remembered(), maxVisitors)
		}
	}
	if most, _ := (share{most: mostCalls * 3 / 8}).limit(); granted > most {
		t.Errorf("got %d calls granted at once to one session among many, want no more than %d", granted, most)
	}
}

func (l *limits) remembered() int { return len(l.recent) + len(l.older) }

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
		if got := visitorOf(r); got.address != want || got.session != session(r) {
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
