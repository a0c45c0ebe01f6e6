package record

import (
	"maps"
	"sync"
	"time"
)

// maxShares is how many shares are remembered, at most. With more than that those begin anew that were not used for
// longest.
const maxShares = 40_000

// spendings are the platform's calls of this process.
type spendings struct {
	mu            sync.Mutex
	calls         window
	recent, older Full // those used since half of maxShares were, and those used before
}

func (s *spendings) book(now time.Time, n Spending) (wait time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	known := Full{}
	for _, share := range n.Shares {
		full, ok := s.recent[share.Of]
		if !ok {
			full = s.older[share.Of]
		}
		known[share.Of] = full
	}
	then, wait := n.Book(now, s.calls.count(now), known)
	if wait > 0 {
		return wait
	}
	if s.recent == nil || len(s.recent) >= maxShares/2 {
		s.recent, s.older = Full{}, s.recent
	}
	maps.Copy(s.recent, then)
	s.calls.add(now)
	return 0
}

// window counts calls in a sliding minute, by the second.
type window [minute]struct {
	second int64
	calls  int
}

func (w *window) add(now time.Time) {
	slot := &w[now.Unix()%minute]
	if slot.second != now.Unix() {
		slot.second, slot.calls = now.Unix(), 0
	}
	slot.calls++
}

func (w *window) count(now time.Time) int {
	n := 0
	for _, slot := range w {
		// Calls are later than now if the clock was set back. By more than a minute, they say nothing any more.
		if age := now.Unix() - slot.second; age > -minute && age < minute {
			n += slot.calls
		}
	}
	return n
}
