package sandbox

import (
	"net/http"
	"testing"
	"time"

	"github.com/xaman-live/xaman-live/devserver/sandbox/engine"
)

func TestCreateWithoutRoom(t *testing.T) {
	inWorld(t, func(w world) {
		large := make([]byte, 64<<20-2000) // with what a payload counts besides, there is no room for another
		w.platform.look(func(e *engine.Engine, now time.Time) {
			if _, err := e.Create(now, engine.Request{App: Key, Template: large}); err != nil {
				t.Error(err)
			}
		})
		a := w.api("POST", "payload", payment)
		if a.status != http.StatusServiceUnavailable || a.json["error"] != true || a.json["reference"] == "" {
			t.Errorf("got %d %s, want it refused for now", a.status, a.body)
		}
	})
}

// After more payloads than the sandbox keeps, nothing that is kept for them is more, and what is unfinished is still
// there.
func TestSandboxIsBounded(t *testing.T) {
	inWorld(t, func(w world) {
		waiting := w.create(`{"txjson":{"TransactionType":"SignIn"},"options":{"expire":10000}}`)
		w.fault(waiting, "no-opened")
		unfinished := w.listen(waiting)
		var gone *listener
		for i := range engine.MaxFinished + 200 {
			w.fault(nextPayload, "no-pre-signed")
			uuid := w.create(signIn)
			if i == 0 {
				gone = w.listen(uuid)
			}
			w.must(uuid, "accept")
		}
		w.create(payment)
		kept := 0
		w.platform.look(func(e *engine.Engine, _ time.Time) {
			for range e.Payloads() {
				kept++
			}
		})
		for what, n := range map[string][2]int{ // is, may be
			"payloads": {kept, engine.MaxFinished + 2},
			"faults":   {len(w.platform.faults.of), engine.MaxFinished + 1},
			"sockets":  {len(w.platform.sockets.of), 1},
		} {
			if n[0] > n[1] {
				t.Errorf("%s: got %d, want at most %d", what, n[0], n[1])
			}
		}
		if gone.ended() == nil {
			t.Error("a socket has outlived its payload")
		}
		unfinished.take()
		w.must(waiting, "accept")
		unfinished.expect(isPreSigned, "signed")
	})
}
