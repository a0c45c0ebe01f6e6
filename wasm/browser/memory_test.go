//go:build js && wasm

package browser

import (
	"runtime"
	"runtime/debug"
	"syscall/js"
	"testing"

	"github.com/xaman-live/xaman-live/wasm/payload"
)

// A card that waits may take so much memory, its goroutines included. What is not collected yet comes on top of it.
const memoryOfCard = 44_000 // bytes

func TestMemoryOfACard(t *testing.T) {
	w := newMounts(t)
	live := func() (n int) {
		for _, e := range w.events {
			if e.Get("connection").String() == string(payload.Live) {
				n++
			}
		}
		return n
	}
	shown := func(n int) {
		var cards []js.Value
		for range n {
			cards = append(cards, w.card(pasted(t)))
		}
		until(t, "the cards are live", func() bool { return live() == n })
		w.events = nil
		if n == 1 {
			return
		}
		t.Cleanup(func() {
			for _, c := range cards {
				c.Call("close")
			}
		})
	}
	used := func() (m runtime.MemStats) {
		for range 5 { // stacks become smaller by half each time
			runtime.GC()
			turn()
		}
		runtime.ReadMemStats(&m)
		return m
	}
	const n = 50
	shown(1) // with what all cards share
	before, began := used(), runtime.NumGoroutine()
	shown(n)
	after := used()
	heap, stacks := (after.HeapAlloc-before.HeapAlloc)/n, (after.StackInuse-before.StackInuse)/n
	if got := float64(runtime.NumGoroutine()-began) / n; got > 3 {
		t.Errorf("got %v goroutines for a card, want its own, that of its subscription, and that of its socket", got)
	}
	if got := heap + stacks; got > memoryOfCard {
		t.Errorf("a card takes %d bytes and %d of stack, want at most %d together", heap, stacks, memoryOfCard)
	}
}

// A page that shows many cards as it loads keeps for good what they leave behind.
func TestLittleGarbageWithASecondCard(t *testing.T) {
	before := debug.SetGCPercent(100)
	defer debug.SetGCPercent(before)
	w := newMounts(t)
	for n, want := range []int{100, garbage} {
		defer w.card(pasted(t)).Call("close")
		got := debug.SetGCPercent(100)
		if got != want {
			t.Errorf("with %d cards there may be %d %% of garbage, want %d", n+1, got, want)
		}
		debug.SetGCPercent(got)
	}
}
