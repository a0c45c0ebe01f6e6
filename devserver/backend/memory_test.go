package backend

import (
	"fmt"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// What the server holds in memory does not grow with the requests that it has served: records in use, the limits of
// visitors, creations under way and goroutines all have a bound, and come back to what they were.
func TestMemoryDoesNotGrow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakePlatform{allowed: mostCalls, meta: metaSigned, token: "T"}
		b, _ := newTestBackend(t, t.TempDir(), f, nil, nil)
		b.requests.most = 20
		first := browserOf(t, b)
		first.create("pay")
		first.get()
		synctest.Wait()
		goroutines := runtime.NumGoroutine()
		for n := range 5 * b.requests.most {
			visitor := first.other().at(fmt.Sprintf("192.0.%d.%d:1", n/250, n%250))
			made := decodeAnswer(t, visitor.call("POST", "/api/sign-requests", `{"demo":"pay"}`))
			w := visitor.call("GET", "/api/sign-requests/"+string(made.UUID), "")
			if a := decodeAnswer(t, w); a.Status != payload.StatusSigned {
				t.Fatalf("got %+v, want it signed", a)
			}
			time.Sleep(time.Second)
		}
		synctest.Wait()
		if got := len(b.requests.kept); got > b.requests.most {
			t.Errorf("got %d records in memory, want no more than %d", got, b.requests.most)
		}
		for uuid, r := range b.requests.kept {
			if r.users != 0 || r.term != nil {
				t.Fatalf("%s is in use by %d, followed: %v", uuid, r.users, r.term != nil)
			}
		}
		if len(b.creations.sessions) != 0 {
			t.Errorf("got %+v, want no creation under way", b.creations)
		}
		for began := time.Now(); runtime.NumGoroutine() > goroutines && time.Since(began) < time.Minute; {
			time.Sleep(100 * time.Millisecond) // until nothing is being written any more
			synctest.Wait()
		}
		if got := runtime.NumGoroutine(); got > goroutines {
			t.Errorf("got %d goroutines, want no more than the %d after the first request", got, goroutines)
		}
	})
}
