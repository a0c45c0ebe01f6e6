package record

import (
	"testing"
	"testing/synctest"
	"time"
)

// What is over, given back, or of a server that is dead, is not in memory any more.
func TestTurnsForget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		turns, now := newTurns(), time.Now()
		turns.live("dead", now, now.Add(time.Second))
		turns.live("alive", now, now.Add(time.Hour))
		for server, what := range map[string]string{"dead": "a", "alive": "b"} {
			if !turns.take(server, what) {
				t.Errorf("%s cannot take %s", server, what)
			}
		}
		time.Sleep(2 * time.Second)
		turns.live("alive", time.Now(), now.Add(time.Hour))
		if len(turns.alive) != 1 || len(turns.taken) != 1 || turns.taken["b"] != "alive" {
			t.Errorf("got %v and %v, want what is alive", turns.alive, turns.taken)
		}
		turns.leave("alive", "b", time.Now())
		if !turns.takeDue("alive", "b", time.Now()) || len(turns.later) != 0 {
			t.Errorf("got %v put off, want nothing", turns.later)
		}
		turns.leave("alive", "b", time.Time{})
		if len(turns.taken) != 0 || len(turns.later) != 0 {
			t.Errorf("got %v taken and %v put off, want nothing", turns.taken, turns.later)
		}
		turns.take("alive", "b")
		turns.leave("alive", "b", time.Now())
		turns.take("alive", "b")
		if turns.forget("b"); len(turns.taken) != 0 || len(turns.later) != 0 {
			t.Errorf("got %v taken and %v put off, want nothing", turns.taken, turns.later)
		}
	})
}
